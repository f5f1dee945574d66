#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""l2tp_far.py ROLE ARGUMENT...: a scripted peer at UDP port 1701, for tests/wire/switch-faults.

refuse   a LAC that answers OCRQ as the Called Number asks: cdn-RESULT[-ERROR], late-RESULT[-ERROR] (after OCRP),
         short-RESULT (a Result Code alone), stop-RESULT[-ERROR], acks (nothing else), silent (not even that)

It prints READY, then what its role says.  It ends after ten minutes, or when it is told to."""
import struct
import sys

from l2tp import CALLED, CDN, OCRP, OCRQ, RESULT, SESSION_ID, Far, avp, u16


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


if __name__ == "__main__":
    print("READY", flush=True)
    {"refuse": refuse}[sys.argv[1]](*sys.argv[2:])
