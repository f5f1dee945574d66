#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a hostile host sends, for tests/wire/attacks.  Each attack ends by itself, after SECONDS at most.

attack.py sccrq DEVICE MAC TO SECONDS RATE SOURCES   SCCRQs from forged addresses of 198.18.0.0/15, RATE a second
attack.py replay DEVICE MAC FILE TIMES               the L2TP packets of a capture to TO's side, as they were
attack.py hoard KIND TO SECONDS NUMBER               TCP connections to ADDRESS:PORT, held: `silent`, `half` a
                                                     packet, or a `call` that XOT refuses and nobody clears
attack.py count KIND TO SECONDS NUMBER               the same; ends as soon as none is left
attack.py renegotiate TO SECONDS EVERY               a call whose LCP begins anew EVERY so many seconds and never
                                                     comes to an authentication; ends with the call

Prints what it did in one line."""
import os
import random
import select
import socket
import struct
import sys
import time

from l2tp import avp, packet, sccrq

LIMIT = 60  # seconds, whatever was asked for


def packet_socket(device):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    s.bind((device, 0))
    return s


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


# --- L2TP


def ones_sum(data):
    n = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while n >> 16:
        n = (n & 0xFFFF) + (n >> 16)
    return ~n & 0xFFFF


def heads(device, to_mac, to, sources, length):
    """Ethernet, IPv4 and UDP in front of so many octets, one for each source."""
    own = mac(open("/sys/class/net/%s/address" % device).read().strip())
    out = []
    for i in range(sources):
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 28 + length, 0, 0, 64, 17, 0)
        ip += struct.pack(">I", (198 << 24 | 18 << 16) + 1 + i) + socket.inet_aton(to)
        ip = ip[:10] + struct.pack(">H", ones_sum(ip)) + ip[12:]
        udp = struct.pack(">HHHH", 1024 + i % 60000, 1701, 8 + length, 0)
        out.append(to_mac + own + b"\x08\0" + ip + udp)
    return out


def flood_sccrq(device, to_mac, to, seconds, rate, sources):
    s, rate = packet_socket(device), int(rate)
    head = heads(device, mac(to_mac), to, int(sources), len(sccrq(1)))
    begin, n, lost = time.monotonic(), 0, 0
    end = begin + min(float(seconds), LIMIT)
    while (now := time.monotonic()) < end:
        due = int((now - begin) * rate)
        for n in range(n + 1, due + 1):
            try:
                s.send(head[n % len(head)] + sccrq(random.randrange(65536)))
            except OSError:
                lost += 1
        time.sleep(0.002)
    print("%d sent from %s sources, %d not" % (n - lost, sources, lost))


def replay(device, to_mac, name, times):
    """Of a pcap file with Ethernet frames, those to UDP port 1701, to this MAC."""
    data = open(name, "rb").read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at, frames, own = 24, [], mac(to_mac)
    while at + 16 <= len(data):
        size = struct.unpack_from(order + "I", data, at + 8)[0]
        f = data[at + 16 : at + 16 + size]
        at += 16 + size
        if f[12:14] == b"\x08\0" and f[23] == 17 and f[36:38] == b"\x06\xa5":
            frames.append(own + f[6:])
    s = packet_socket(device)
    for _ in range(min(int(times), 100)):
        for f in frames:
            s.send(f)
        time.sleep(0.01)
    print("%d packets replayed %s times" % (len(frames), times))


class Caller:
    """A tunnel with one call, to ADDRESS, one message at a time."""

    def __init__(self, to):
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.connect((to, 1701))
        self.s.settimeout(0.1)
        self.ns = self.nr = self.tid = self.sid = 0
        self.over = False
        self.frames = []

    def control(self, sid, body):
        self.s.send(packet(self.tid, sid, self.ns, self.nr, body))

    def hear(self):
        """One packet, if there is one."""
        try:
            p = self.s.recv(2000)
        except OSError:
            return
        if not p[0] & 0x80:
            # as our flags ask of it: no sequence numbers
            self.frames.append(p[8 if p[0] & 0x40 else 6 :])
            return
        ns, nr = struct.unpack_from(">HH", p, 8)
        if len(p) > 12 and ns == self.nr:
            self.nr = ns + 1 & 0xFFFF
            self.message(p[12:])
        if len(p) > 12:
            self.control(0, b"")

    def message(self, p):
        kind, at = struct.unpack_from(">H", p, 6)[0], 0
        self.over = self.over or kind in (4, 14)  # StopCCN, CDN
        while at + 6 <= len(p):
            n, _, avp_type = struct.unpack_from(">HHH", p, at)
            if (kind, avp_type) == (2, 9):
                self.tid = struct.unpack_from(">H", p, at + 6)[0]
            if (kind, avp_type) == (11, 14):
                self.sid = struct.unpack_from(">H", p, at + 6)[0]
            at += max(n & 0x3FF, 6)

    def say(self, sid, body, done):
        """A message until it has had its effect."""
        for _ in range(50):
            self.control(sid, body)
            self.hear()
            if done():
                break
        self.ns += 1

    def place(self):
        self.say(0, sccrq(7, b"again")[12:], lambda: self.tid)
        self.ns_of(0, avp(0, b"\0\3"))
        self.say(0, avp(0, b"\0\x0a") + avp(14, b"\0\5") + avp(15, bytes(4)), lambda: self.sid)
        self.ns_of(self.sid, avp(0, b"\0\x0c") + avp(24, b"\0\0\x25\x80") + avp(19, b"\0\0\0\1"))

    def ns_of(self, sid, body):
        self.control(sid, body)
        self.ns += 1

    def lcp(self, code, ident, options):
        f = struct.pack(">HHBBH", 0xFF03, 0xC021, code, ident & 255, 4 + len(options)) + options
        self.s.send(struct.pack(">HHH", 2, self.tid, self.sid) + f)


def renegotiate(to, seconds, every):
    c = Caller(to)
    c.place()
    begin = asked = time.monotonic()
    ident = 0
    while not c.over and time.monotonic() < begin + min(float(seconds), LIMIT):
        if time.monotonic() >= asked:
            ident += 1
            asked += float(every)
            c.lcp(1, ident, b"")
        c.hear()
        for f in c.frames:
            f = f[2:] if f[:2] == b"\xff\x03" else f
            if f[:3] == b"\xc0\x21\1":  # whatever it asks for is granted
                c.lcp(2, f[3], f[6 : struct.unpack_from(">H", f, 4)[0] + 2])
        c.frames = []
    print("%s, asked %d times" % ("ended" if c.over else "still there", ident))


# --- TCP

SAYS = {
    "silent": b"",
    "half": b"\0\0\0\x20\x10",
    # of IP (call user data CC), with the packet and window sizes that XOT wants
    "call": bytes.fromhex("0000 0012 10010b48311099993110 06420707430202 cc".replace(" ", "")),
}


def closed(s):
    """Reads what is there."""
    try:
        while s.recv(4096):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


def hoard(kind, to, seconds, number, stay=True):
    host, port = to.rsplit(":", 1)
    end = time.monotonic() + min(float(seconds), LIMIT)
    held, refused = [], 0
    for _ in range(int(number)):
        s = socket.socket()
        s.settimeout(1)
        try:
            s.connect((host, int(port)))
            s.sendall(SAYS[kind])
            s.setblocking(False)
            held.append(s)
        except OSError:
            refused += 1
            s.close()
    print("%d held, %d refused" % (len(held), refused), flush=True)
    while time.monotonic() < end and (stay or held):
        select.select(held, [], [], 0.1)
        held = [s for s in held if not closed(s)]
    print("%d left" % len(held))


if __name__ == "__main__":
    {
        "sccrq": flood_sccrq,
        "replay": replay,
        "renegotiate": renegotiate,
        "hoard": hoard,
        "count": lambda *a: hoard(*a, stay=False),
    }[sys.argv[1]](*sys.argv[2:])
