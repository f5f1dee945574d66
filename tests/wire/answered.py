#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""answered.py ADDRESS SECONDS < LINES

Was each HELLO and each LCP Echo-Request of the peer at ADDRESS answered within SECONDS?  LINES are packets of one
tunnel as tshark tells them (`answered` of tests/lib.sh): time, source, Ns, Nr, message type, PPP protocol, its code and identifier,
with tabs between.  What was asked less than SECONDS before the last packet need not be answered.  Prints a line for
each kind; ends with 0 when there was one of either kind and none was late."""
import collections
import sys

HELLO, LCP, ECHO_REQUEST, ECHO_REPLY = "6", "0xc021", "9", "10"


def number(text):
    return int(text.split(",")[0], 0)


peer, limit = sys.argv[1], float(sys.argv[2])
hellos, echoes = [], collections.defaultdict(collections.deque)  # not answered yet
waits = {"HELLO": [], "Echo-Request": []}
now = 0.0
for line in sys.stdin:
    time, source, ns, nr, kind, protocol, code, identifier = line.rstrip("\n").split("\t")
    now = float(time)
    if source == peer:
        if kind.split(",")[0] == HELLO:
            hellos.append((now, number(ns)))
        elif protocol == LCP and code == ECHO_REQUEST:
            echoes[identifier].append(now)
    elif protocol == LCP and code == ECHO_REPLY:
        if echoes[identifier]:
            waits["Echo-Request"].append(now - echoes[identifier].popleft())
    elif kind or not protocol:  # a control message, or one without a body
        done = [h for h in hellos if nr and 0 < (number(nr) - h[1] & 0xFFFF) < 0x8000]
        waits["HELLO"] += [now - asked for asked, _ in done]
        hellos = [h for h in hellos if h not in done]

waits["HELLO"] += [now - asked for asked, _ in hellos if now - asked > limit]
waits["Echo-Request"] += [now - asked for q in echoes.values() for asked in q if now - asked > limit]
bad = not any(waits.values())
for kind, times in waits.items():
    late = sum(t > limit for t in times)
    print(f"{kind}: {len(times)}, late {late}, longest wait {max(times, default=0) * 1000:.0f} ms")
    bad |= late > 0
sys.exit(bad)
