#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""l2tp_far.py ROLE ARGUMENT...: a scripted peer at UDP port 1701, for tests/wire/switch-faults and tests/wire/deaths.

refuse   a LAC that answers OCRQ as the Called Number asks: cdn-RESULT[-ERROR], late-RESULT[-ERROR] (after OCRP),
         short-RESULT (a Result Code alone), stop-RESULT[-ERROR], acks (nothing else), silent (not even that)
tie win  opens a tunnel when it is asked for one, with a Tie Breaker that wins, takes the call in that, and prints
tie lose "answered" when PPP at the far end of the call answers; or with one that loses: the call is in the other
cross in ADDRESS   opens a tunnel and places a call, or takes one; prints "answered" when it has been, and does not
cross out          connect it; when a CDN comes it sends ICCN or OCCN as if that had not come yet, and prints "crossed"; it
                   connects the next call, and prints "served"
check ADDRESS      opens a tunnel, prints "up", and sends a HELLO every 0.3 s; "down" when the peer ends it

It prints READY, then what its role says.  It ends after ten minutes, or when it is told to."""
import struct
import sys

from l2tp import (
    CALLED, CDN, HELLO, ICCN, ICRP, ICRQ, OCCN, OCRP, OCRQ, RESULT, SCCRP, SERIAL, SESSION_ID, TIE, Far, avp, u16, u32,
)  # fmt: skip


class Refuser(Far):
    def message(self, tunnel, kind, sid, found):
        if kind != OCRQ:
            return
        words = found[CALLED].decode().split("-")
        how, codes = words[0], b"".join(u16(int(w)) for w in words[1:])
        peer_sid = struct.unpack(">H", found[SESSION_ID])[0]
        ours = avp(SESSION_ID, u16(self.new_sid()))
        text = b"for " + found[CALLED]
        if how == "late":
            tunnel.send(OCRP, peer_sid, ours)
        if how in ("cdn", "late"):
            tunnel.send(CDN, peer_sid, avp(RESULT, (codes + b"\0\0")[:4] + text), ours)
        elif how == "short":
            tunnel.send(CDN, peer_sid, avp(RESULT, codes), ours)
        elif how == "stop":
            tunnel.stop(int(words[1]), (codes[2:] + b"\0\0")[:2] + text)
        elif how == "silent":
            tunnel.deaf = True


def refuse():
    Refuser(b"refuser").run(lambda: False, 600)


class Tied(Far):
    def __init__(self, wins):
        super().__init__(b"tied")
        self.wins, self.opened = wins, False

    def asked(self, t, found):
        t.deaf = self.wins
        if not self.opened:
            # its M bit is 0
            own = self.open(t.to[0], struct.pack(">HHH", 14, 0, TIE) + (bytes(8) if self.wins else b"\xff" * 8))
            own.deaf = not self.wins
        self.opened = True
        if not self.wins:
            self.answer(t)

    def message(self, tunnel, kind, sid, found):
        if kind != OCRQ:
            return
        peer_sid = struct.unpack(">H", found[SESSION_ID])[0]
        tunnel.send(OCRP, peer_sid, avp(SESSION_ID, u16(self.new_sid())))
        tunnel.send(OCCN, peer_sid, avp(24, u32(64000)), avp(19, u32(1)))
        self.call = tunnel, peer_sid

    def lcp(self):
        """Our Configure-Request, without any option."""
        tunnel, sid = self.call
        head = struct.pack(">HHH", 2, tunnel.peer_tid, sid)
        self.socket.sendto(head + bytes.fromhex("ff03 c021 01 4d 0004"), tunnel.to)

    def data(self, sid, frame):
        frame = frame[2:] if frame[:2] == b"\xff\x03" else frame
        if frame[:3] == b"\xc0\x21\1":  # it has begun
            self.lcp()
        elif frame[:4] == b"\xc0\x21\2\x4d":
            print("answered", flush=True)


def tie(outcome):
    Tied(outcome == "win").run(lambda: False, 600)


class Crosser(Far):
    def __init__(self, outgoing):
        super().__init__(b"crosser")
        self.connected = OCCN if outgoing else ICCN
        self.peer_sid, self.crossed = 0, False

    def connect(self, tunnel, **how):
        tunnel.send(self.connected, self.peer_sid, avp(24, u32(64000)), avp(19, u32(1)), **how)

    def place(self, tunnel):
        tunnel.send(ICRQ, 0, avp(SESSION_ID, u16(self.new_sid())), avp(SERIAL, u32(self.sids)))

    def answered(self, tunnel, found):
        self.peer_sid = struct.unpack(">H", found[SESSION_ID])[0]
        if self.connected == OCCN:
            tunnel.send(OCRP, self.peer_sid, avp(SESSION_ID, u16(self.new_sid())))
        if self.crossed:
            self.connect(tunnel)
        print("served" if self.crossed else "answered", flush=True)

    def message(self, tunnel, kind, sid, found):
        if kind == SCCRP:
            self.place(tunnel)
        elif kind in (ICRP, OCRQ):
            self.answered(tunnel, found)
        elif kind == CDN and not self.crossed:
            self.connect(tunnel, nr=tunnel.nr - 1 & 0xFFFF)
            self.crossed = True
            print("crossed", flush=True)
            if self.connected == ICCN:
                self.place(tunnel)


def cross(way, address=None):
    far = Crosser(way == "out")
    if address:
        far.open(address)
    far.run(lambda: False, 600)


class Checker(Far):
    def message(self, tunnel, kind, sid, found):
        if kind == SCCRP:
            print("up", flush=True)


def check(address):
    far = Checker(b"checker")
    t = far.open(address)
    while not t.over:
        far.run(lambda: t.over, 0.3)
        if t.peer_tid and not t.unsent:
            t.send(HELLO, 0)
    print("down", flush=True)


if __name__ == "__main__":
    print("READY", flush=True)
    {"refuse": refuse, "tie": tie, "cross": cross, "check": check}[sys.argv[1]](*sys.argv[2:])
