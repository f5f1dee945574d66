#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pty_pair.py A B [LOG]: a null-modem cable between two ptys, to which A and B become symbolic links.

SIGTERM pulls it out: both ends are hung up.  SIGUSR1 turns one bit of the next octets over.  What A sends is
written to LOG.  READY is printed when both ends are there."""
import os
import select
import signal
import sys
import tty

noise = False


def make_noise(*_):
    global noise
    noise = True


def end(path):
    master, slave = os.openpty()
    tty.setraw(slave)
    if os.path.islink(path):
        os.unlink(path)
    os.symlink(os.ttyname(slave), path)
    return master, slave  # the slave stays open: a pty without one reads as hung up


def carry(source, to, log):
    global noise
    octets = bytearray(os.read(source, 4096))
    if noise and len(octets) > 8:
        octets[len(octets) // 2] ^= 0x40
        noise = False
    if log:
        log.write(octets)
        log.flush()
    while octets:
        octets = octets[os.write(to, octets):]


signal.signal(signal.SIGUSR1, make_noise)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ends = [end(path) for path in sys.argv[1:3]]
masters = [master for master, _ in ends]
log = open(sys.argv[3], "ab") if len(sys.argv) > 3 else None
print("READY", flush=True)
try:
    while True:
        for ready in select.select(masters, [], [])[0]:
            carry(ready, masters[ready == masters[0]], log if ready == masters[0] else None)
finally:
    for path in sys.argv[1:3]:
        os.unlink(path)
