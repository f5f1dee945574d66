#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""sccrq.py WHO ADDRESS PORT SERVER [TIMES]: sends the SCCRQ of WHO from there to port 1701, PORT 0 = any, and a StopCCN
when there is an answer.  Status 0: an SCCRP has come, 1: nothing in two seconds."""
import socket
import struct
import sys


def avp(kind, value, mandatory=True):
    return struct.pack(">HHH", 0x8000 * mandatory | 6 + len(value), 0, kind) + value


def u16(kind, value, mandatory=True):
    return avp(kind, struct.pack(">H", value), mandatory)


def u32(kind, value):
    return avp(kind, struct.pack(">I", value))


OURS = 0xD6A
VERSION, FRAMING, BEARER, FIRMWARE, HOST, VENDOR, TUNNEL, WINDOW = 2, 3, 4, 6, 7, 8, 9, 10
# RFC 2661; what clients send, in their order: Windows 10 by the log in xl2tpd's issue 219, Android by the dump in
# Openswan's issue 204 and the source of its mtpd.  None of them sends a challenge.
SCCRQ = {
    "plain": (67, [u16(VERSION, 0x100), u32(FRAMING, 3), avp(HOST, b"plain"), u16(TUNNEL, OURS), u32(BEARER, 0)]),
    "windows": (108, [u16(VERSION, 0x100), u32(FRAMING, 1), u32(BEARER, 0), u16(FIRMWARE, 0xA00, False),
                      avp(HOST, b"LAPTOP-OF-ALICE"), avp(VENDOR, b"Microsoft", False), u16(TUNNEL, OURS),
                      u16(WINDOW, 8)]),
    "android": (69, [u16(VERSION, 0x100), avp(HOST, b"anonymous"), u32(FRAMING, 3), u16(TUNNEL, OURS),
                     u16(WINDOW, 1)]),
}


def message(who):
    octets, avps = SCCRQ[who]
    body = u16(0, 1) + b"".join(avps)
    assert octets == 12 + len(body), (who, 12 + len(body))
    return struct.pack(">HHHHHH", 0xC802, octets, 0, 0, 0, 0) + body


def assigned(answer):
    """The Assigned Tunnel ID of an SCCRP; 0 = it is none."""
    avps, at, found = {}, 12, 0
    while at + 6 <= len(answer):
        head, vendor, kind = struct.unpack_from(">HHH", answer, at)
        avps[vendor, kind] = answer[at + 6:at + (head & 0x3FF)]
        at += max(head & 0x3FF, 6)
    if avps.get((0, 0)) == b"\0\2":
        found = int.from_bytes(avps.get((0, TUNNEL), b""), "big")
    return found


def stop(to):
    body = u16(0, 4) + u16(1, 1) + u16(TUNNEL, OURS)
    return struct.pack(">HHHHHH", 0xC802, 12 + len(body), to, 0, 1, 1) + body


def main(who, address, port, server, times="1"):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((address, int(port)))
    s.settimeout(2)
    for _ in range(int(times)):
        s.sendto(message(who), (server, 1701))
    try:
        got = s.recv(2000)
    except TimeoutError:
        return 1
    tunnel = assigned(got)
    if tunnel:
        s.sendto(stop(tunnel), (server, 1701))
    return 0 if tunnel else 1


sys.exit(main(*sys.argv[1:]))
