#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pty_pair.py A B [LOG]: a null-modem cable between two ptys, to which A and B become symbolic links.
pty_pair.py --modems A B [LOG]: two modems on one telephone line instead.

Octets to an end that nobody has open are lost.  SIGTERM pulls the cable out: both ends are hung up.  SIGUSR1
turns one bit of the next octets over.  What A sends is written to LOG, by a modem the commands it gets too.  READY is printed when both ends are there.

A modem takes AT commands: ATD calls the other, which says RING every second until ATA; then both say CONNECT and
carry octets.  An end that is closed, as when DTR falls, hangs up, and the other modem says NO CARRIER."""
import os
import select
import signal
import sys
import time
import tty

PAUSE = 0.02  # seconds between two looks whether an end is in use


def in_use(master):
    p = select.poll()
    p.register(master, 0)
    return not p.poll(0)


class End:
    def __init__(self, path):
        self.path = path
        self.master, slave = os.openpty()
        tty.setraw(slave)
        if os.path.islink(path):
            os.unlink(path)
        os.symlink(os.ttyname(slave), path)
        os.close(slave)
        os.set_blocking(self.master, False)
        self.begin()

    def begin(self):
        self.state, self.command, self.ring_at = "idle", bytearray(), 0

    def in_use(self):
        return in_use(self.master)

    def read(self):
        try:
            return bytearray(os.read(self.master, 4096))
        except OSError:
            return bytearray()  # has just been closed

    def write(self, octets):
        while octets and self.in_use():
            try:
                octets = octets[os.write(self.master, octets):]
            except BlockingIOError:
                select.select([], [self.master], [], PAUSE)

    def say(self, words):
        self.write(b"\r\n" + words + b"\r\n")


class Cable:
    def __init__(self, log):
        self.noise, self.log = False, log

    def octets(self, end, other, octets):
        if self.noise and len(octets) > 8:
            octets[len(octets) // 2] ^= 0x40
            self.noise = False
        if self.log and end is ends[0]:
            self.log.write(octets)
            self.log.flush()
        other.write(octets)

    def look(self):
        pass


class Modems(Cable):
    def octets(self, end, other, octets):
        if end.state == "online":
            super().octets(end, other, octets)
            return
        for octet in octets:
            if octet == 13:
                self.command(end, other, bytes(end.command).strip().upper())
                end.command.clear()
            else:
                end.command.append(octet)

    def command(self, end, other, words):
        if self.log and end is ends[0]:
            self.log.write(b"\n" + words + b"\n")
            self.log.flush()
        if words.startswith(b"ATD") and other.state == "idle" and other.in_use():
            end.state, other.state = "calling", "ringing"
        elif words.startswith(b"ATD"):
            end.say(b"BUSY")
        elif words == b"ATA" and end.state == "ringing":
            for one in (end, other):
                one.say(b"CONNECT 115200")
                one.state = "online"
        elif words:
            end.say(b"OK" if words.startswith(b"AT") and words != b"ATA" else b"ERROR")

    def look(self):
        for end, other in (ends, ends[::-1]):
            if end.state != "idle" and not end.in_use():
                end.begin()
                if other.state in ("online", "calling"):
                    other.say(b"NO CARRIER")
                other.begin()
            if end.state == "ringing" and time.monotonic() >= end.ring_at:
                end.ring_at = time.monotonic() + 1
                end.say(b"RING")


arguments = sys.argv[1:]
modems = arguments[:1] == ["--modems"]
paths = arguments[modems:modems + 2]
log = arguments[modems + 2:]
between = (Modems if modems else Cable)(open(log[0], "ab") if log else None)
ends = [End(path) for path in paths]


def make_noise(*_):
    between.noise = True


signal.signal(signal.SIGUSR1, make_noise)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("READY", flush=True)
try:
    while True:
        used = [end for end in ends if end.in_use()]
        between.look()
        wait = None if len(used) == 2 and not modems else PAUSE
        ready = select.select([end.master for end in used], [], [], wait)[0]
        for end in used:
            if end.master in ready:
                between.octets(end, ends[end is ends[0]], end.read())
finally:
    for path in paths:
        os.unlink(path)
