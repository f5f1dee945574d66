#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""l2tp_fr.py DLCI SCCRQ SECRET INTERFACE...: a LAC in RFC 3070 frames on each of these HDLC devices.

Sends the recorded SCCRQ (hex), with the pad on every other device; checks the SCCRP and its Challenge
Response, answers its Challenge with an SCCCN, then waits for the StopCCN and acknowledges it.  Prints
"INTERFACE up", "INTERFACE closed", or what was wrong."""
import hashlib
import socket
import struct
import sys
import time

HDLC, OUTGOING = 0x0019, 4  # ETH_P_HDLC, PACKET_OUTGOING
SCCRP, SCCCN, STOPCCN = 2, 3, 4
MESSAGE_TYPE, TUNNEL_ID, CHALLENGE, RESPONSE = 0, 9, 11, 13
dlci, sccrq, secret = int(sys.argv[1]), bytes.fromhex(sys.argv[2]), sys.argv[3].encode()
ADDRESS = bytes([dlci >> 4 << 2, (dlci & 15) << 4 | 1])
SNAP = bytes.fromhex("800000" "5e0007")  # NLPID 80, OUI 00-00-5E, PID 0007


def avps(octets):
    found = {}
    while octets:
        flags, vendor, kind = struct.unpack(">HHH", octets[:6])
        length = flags & 0x3FF
        if vendor == 0:
            found[kind] = octets[6:length]
        octets = octets[length:]
    return found


def avp(kind, value):
    return struct.pack(">HHH", 0x8000 | 6 + len(value), 0, kind) + value


def answer_to(challenge, message_type):
    return hashlib.md5(bytes([message_type]) + secret + challenge).digest()


class Tunnel:
    def __init__(self, name, pad):
        self.name, self.head = name, ADDRESS + b"\x03" + pad + SNAP
        self.line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(HDLC))
        self.line.bind((name, HDLC))
        self.line.settimeout(5)
        self.theirs = bytes(2)

    def send(self, ns, nr, body=b""):
        head = struct.pack(">HH2sHHH", 0xC802, 12 + len(body), self.theirs, 0, ns, nr)
        self.line.send(self.head + head + body)

    def wait_for(self, kind):
        """The next control message of that type: its header and its AVPs."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            frame, whence = self.line.recvfrom(4096)
            if whence[2] == OUTGOING or frame[:3] != ADDRESS + b"\x03":
                continue
            rest = frame[4:] if frame[3] == 0 else frame[3:]
            if rest[:6] != SNAP or rest[6] & 0xCB != 0xC8 or len(rest) <= 6 + 12:
                continue
            _, length, *header = struct.unpack(">6H", rest[6:18])
            found = avps(rest[18:6 + length])
            if found.get(MESSAGE_TYPE) == struct.pack(">H", kind):
                return header, found
        raise TimeoutError("no message of type %d" % kind)

    def open(self):
        mine = avps(sccrq[12:])
        self.line.send(self.head + sccrq)
        header, found = self.wait_for(SCCRP)
        assert header == [int.from_bytes(mine[TUNNEL_ID], "big"), 0, 0, 1], "header %s" % header
        assert found.get(RESPONSE) == answer_to(mine[CHALLENGE], SCCRP), "wrong Challenge Response"
        self.theirs = found[TUNNEL_ID]
        response = answer_to(found[CHALLENGE], SCCCN)
        self.send(1, 1, avp(MESSAGE_TYPE, struct.pack(">H", SCCCN)) + avp(RESPONSE, response))
        return "up"

    def closed(self):
        header, _ = self.wait_for(STOPCCN)
        self.send(2, header[2] + 1 & 0xFFFF)
        return "closed"


tunnels = [Tunnel(name, b"" if number % 2 else b"\0") for number, name in enumerate(sys.argv[4:])]
for step in Tunnel.open, Tunnel.closed:
    for tunnel in tunnels:
        try:
            print(tunnel.name, step(tunnel), flush=True)
        except (AssertionError, KeyError, OSError) as why:
            sys.exit("%s failed: %r" % (tunnel.name, why))
