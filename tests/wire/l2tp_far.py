#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""l2tp_far.py ROLE ARGUMENT...: a scripted peer at UDP port 1701, for tests/wire/switch-faults.

refuse   a LAC that answers OCRQ as the Called Number asks: cdn-RESULT[-ERROR], late-RESULT[-ERROR] (after OCRP),
         short-RESULT (a Result Code alone), stop-RESULT[-ERROR], acks (nothing else), silent (not even that)
tie win  opens a tunnel when it is asked for one, with a Tie Breaker that wins, takes the call in that, and prints
tie lose "answered" when PPP at the far end of the call answers; or with one that loses: the call is in the other

It prints READY, then what its role says.  It ends after ten minutes, or when it is told to."""
import struct
import sys

from l2tp import CALLED, CDN, OCCN, OCRP, OCRQ, RESULT, SESSION_ID, TIE, Far, avp, u16, u32


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


if __name__ == "__main__":
    print("READY", flush=True)
    {"refuse": refuse, "tie": tie}[sys.argv[1]](*sys.argv[2:])
