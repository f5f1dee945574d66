# SPDX-License-Identifier: GPL-2.0-or-later
"""L2TP over UDP as the scripted peers of the wire tests speak it: attributes, messages, and a control connection
that delivers its messages in order.  Not a test."""
import collections
import select
import socket
import struct
import time

SCCRQ, SCCRP, SCCCN, STOPCCN, HELLO = 1, 2, 3, 4, 6
OCRQ, OCRP, OCCN, ICRQ, ICRP, ICCN, CDN = 7, 8, 9, 10, 11, 12, 14
NAMES = {
    SCCRQ: "SCCRQ", SCCRP: "SCCRP", SCCCN: "SCCCN", STOPCCN: "StopCCN", HELLO: "HELLO", OCRQ: "OCRQ", OCRP: "OCRP",
    OCCN: "OCCN", ICRQ: "ICRQ", ICRP: "ICRP", ICCN: "ICCN", CDN: "CDN",
}  # fmt: skip
TYPE, RESULT, TIE, TUNNEL_ID, SESSION_ID, SERIAL, CALLED = 0, 1, 5, 9, 14, 15, 21
AGAIN = 0.3  # seconds until a message is sent again


def u16(value):
    return struct.pack(">H", value)


def u32(value):
    return struct.pack(">I", value)


def avp(kind, value):
    return struct.pack(">HHH", 0x8000 | 6 + len(value), 0, kind) + value


def avps(body):
    """By type, those of the IETF."""
    out, at = {}, 0
    while at + 6 <= len(body):
        n, vendor, kind = struct.unpack_from(">HHH", body, at)
        n &= 0x3FF
        if n < 6:
            break
        if not vendor:
            out[kind] = body[at + 6 : at + n]
        at += n
    return out


def packet(tid, sid, ns, nr, body=b""):
    return struct.pack(">HHHHHH", 0xC802, 12 + len(body), tid, sid, ns, nr) + body


def hello_avps(host, tid):
    """What SCCRQ and SCCRP say."""
    return avp(2, b"\1\0") + avp(3, u32(3)) + avp(4, u32(3)) + avp(7, host) + avp(TUNNEL_ID, u16(tid))


def sccrq(tid, host=b"x"):
    """One packet, of a peer without any capability."""
    body = avp(TYPE, u16(SCCRQ)) + avp(2, b"\1\0") + avp(3, bytes(4)) + avp(7, host) + avp(TUNNEL_ID, u16(tid))
    return packet(0, 0, 0, 0, body)


class Tunnel:
    def __init__(self, far, to, tid):
        self.far, self.to, self.tid, self.peer_tid = far, to, tid, 0
        self.ns = self.nr = 0
        self.unsent = collections.OrderedDict()  # by Ns, until acknowledged
        self.at = 0  # when they were sent
        self.deaf = self.over = False

    def send(self, kind, sid, *attributes, nr=None):
        """nr: as if nothing from there on had arrived yet."""
        self.unsent[self.ns] = (sid, avp(TYPE, u16(kind)) + b"".join(attributes))
        self.put(self.ns, self.nr if nr is None else nr)
        self.ns = self.ns + 1 & 0xFFFF
        self.at = time.monotonic()
        self.far.sent[NAMES[kind]] += 1

    def put(self, ns, nr):
        sid, body = self.unsent[ns]
        self.far.socket.sendto(packet(self.peer_tid, sid, ns, nr, body), self.to)

    def stop(self, result, *more):
        self.send(STOPCCN, 0, avp(TUNNEL_ID, u16(self.tid)), avp(RESULT, u16(result) + b"".join(more)))
        self.over = True

    def zlb(self):
        self.far.socket.sendto(packet(self.peer_tid, 0, self.ns, self.nr), self.to)

    def again(self):
        if self.unsent and not self.deaf and time.monotonic() >= self.at + AGAIN:
            self.at = time.monotonic()
            for ns in list(self.unsent)[:8]:
                self.put(ns, self.nr)

    def receive(self, p):
        _, _, _, sid, ns, nr = struct.unpack_from(">HHHHHH", p)
        while self.unsent and 0 < (nr - next(iter(self.unsent)) & 0xFFFF) < 0x8000:
            self.unsent.popitem(last=False)
        if len(p) == 12:
            return
        if ns == self.nr:
            self.nr = ns + 1 & 0xFFFF
            found = avps(p[12:])
            kind = struct.unpack(">H", found[TYPE])[0]
            self.far.heard[NAMES.get(kind, str(kind))] += 1
            if kind == SCCRP:
                self.peer_tid = struct.unpack(">H", found[TUNNEL_ID])[0]
                self.send(SCCCN, 0)
            if kind == STOPCCN:
                self.over = True
            self.far.message(self, kind, sid, found)
        if not self.deaf:
            self.zlb()


class Far:
    """Answers every tunnel, at port 1701 of all addresses; message() is for the one who inherits."""

    def __init__(self, host=b"far"):
        self.host, self.tunnels, self.sids = host, {}, 0
        self.sent, self.heard = collections.Counter(), collections.Counter()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("", 1701))

    def message(self, tunnel, kind, sid, found):
        pass

    def data(self, sid, frame):
        """A PPP frame."""

    def new_sid(self):
        self.sids += 1
        return self.sids

    def tunnel(self, to):
        t = Tunnel(self, to, len(self.tunnels) + 1)
        self.tunnels[t.tid] = t
        return t

    def open(self, address, *more):
        t = self.tunnel((address, 1701))
        t.send(SCCRQ, 0, hello_avps(self.host, t.tid), *more)
        return t

    def answer(self, t, *more):
        """To the SCCRQ of the peer."""
        t.send(SCCRP, 0, hello_avps(self.host, t.tid), *more)

    def asked(self, t, found):
        """The peer's SCCRQ."""
        self.answer(t)

    def request(self, p, to):
        """An SCCRQ, new or again."""
        found = avps(p[12:])
        peer_tid = struct.unpack(">H", found[TUNNEL_ID])[0]
        for t in self.tunnels.values():
            if (t.to, t.peer_tid, t.over) == (to, peer_tid, False):
                if not t.deaf:
                    t.zlb()
                return
        t = self.tunnel(to)
        t.peer_tid, t.nr = peer_tid, 1
        self.heard["SCCRQ"] += 1
        self.asked(t, found)

    def step(self):
        """One packet, if there is one, and what is due."""
        if select.select([self.socket], [], [], 0.05)[0]:
            p, to = self.socket.recvfrom(4096)
            if len(p) >= 12 and p[0] & 0x80:
                t = self.tunnels.get(struct.unpack_from(">H", p, 4)[0])
                if t and not t.deaf:
                    t.receive(p)
                elif not t and len(p) > 12:
                    self.request(p, to)
            elif len(p) >= 8:
                at = 4 if p[0] & 0x40 else 2
                self.data(struct.unpack_from(">H", p, at + 2)[0], p[at + 4 :])
        for t in self.tunnels.values():
            t.again()

    def run(self, done, seconds=60):
        """Until done(), False after so many seconds."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                return False
            self.step()
        return True

    def settled(self):
        """All that was sent has been taken."""
        return not any(t.unsent and not t.deaf for t in self.tunnels.values())
