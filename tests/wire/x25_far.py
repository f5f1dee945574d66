#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The far end of an X.25 line in UDP datagrams, each a packet behind the kernel's octet, or of XOT.

x25_far.py calls OURS THEIRS    lines of standard input "what|packet|answer" in hex: sends the packet, prints
                                "ok what", or what came instead.  The answer is all that comes in 0.3 s.
x25_far.py xot THEIRS           the same, with a connection for each line
x25_far.py jam OURS THEIRS INSIDE-OURS INSIDE-THEIRS FILE
                                carries packets between the two; prints the number called on each channel.
                                While FILE holds a channel, the far end of it is told RNR and then nothing.
Addresses are IP:PORT."""
import os
import select
import socket
import sys
import time

RR, RNR, REJ = 0x01, 0x05, 0x09


def address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def udp(ours, theirs):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(address(ours))
    s.connect(address(theirs))
    return s


def all_for(seconds, read):
    """What read() gives, packet by packet, until nothing has come for so long."""
    got = []
    while (p := read(seconds)) is not None:
        got.append(p)
    return got


# --- a far end that only calls


def read_udp(s, seconds):
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and select.select([s], [], [], left)[0]:
        frame = s.recv(4096)
        if frame[:1] == b"\0":
            return frame[1:]
    return None


def read_xot(s, seconds):
    if not select.select([s], [], [], seconds)[0]:
        return None
    head = s.recv(4, socket.MSG_WAITALL)
    return s.recv(int.from_bytes(head[2:], "big"), socket.MSG_WAITALL) if len(head) == 4 else None


def start(s):
    """Connect, and answer the Restart of the DCE."""
    while True:
        s.send(b"\1")
        p = read_udp(s, 1)
        while p is not None and p[2] != 0xFB:
            p = read_udp(s, 1)
        if p is not None:
            break
    s.send(bytes.fromhex("00 1000ff"))
    all_for(0.3, lambda t: read_udp(s, t))


def try_lines(one):
    for line in sys.stdin:
        what, packet, answer = line.rstrip("\n").split("|")
        got = [p.hex() for p in one(bytes.fromhex(packet))]
        want = [bytes.fromhex(a).hex() for a in answer.split(",") if a.strip()]
        print("ok" if got == want else "wrong (%s)" % " ".join(got), what, flush=True)


def calls(ours, theirs):
    s = udp(ours, theirs)
    start(s)

    def one(packet):
        s.send(b"\0" + packet)
        got = all_for(0.3, lambda t: read_udp(s, t))
        for p in got:
            if p[2] in (0x13, 0x1B):  # a Clear or a Reset is confirmed
                s.send(b"\0" + p[:2] + bytes([p[2] + 4]))
        return got

    try_lines(one)


def xot(theirs):
    def one(packet):
        with socket.create_connection(address(theirs)) as s:
            s.send(b"\0\0" + len(packet).to_bytes(2, "big") + packet)
            return all_for(0.3, lambda t: read_xot(s, t))

    try_lines(one)


# --- a far end that is stuck


class Jam:
    """Between two that are not: what one of them sends on the jammed channel is kept back."""

    def __init__(self, out, held_file):
        self.out, self.file, self.channel = out, held_file, 0
        self.kept, self.pr = [], {}

    def say(self, kind):
        c = self.channel
        self.out.send(bytes([0, 0x10 | c >> 8, c & 255, kind | self.pr.get(c, 0) << 5]))

    def look(self):
        try:
            wanted = int(open(self.file).read())
        except (OSError, ValueError):
            wanted = 0
        if wanted == self.channel:
            return
        if self.channel:
            self.say(RR)
            for p in self.kept:
                self.pass_on(p)
            self.kept = []
        self.channel = wanted
        if wanted:
            self.say(RNR)

    def pass_on(self, frame):
        if len(frame) > 3 and frame[0] == 0:
            c, kind = (frame[1] & 15) << 8 | frame[2], frame[3]
            if not kind & 1 or kind & 31 in (RR, RNR, REJ):
                self.pr[c] = kind >> 5
            if kind == 0x0B:
                called = frame[5:].hex()[: frame[4] & 15]
                print(called, c, flush=True)
                self.pr[c] = 0
        self.out.send(frame)

    def take(self, frame):
        if frame[:1] == b"\0" and self.channel and (frame[1] & 15) << 8 | frame[2] == self.channel:
            self.kept.append(frame)
        else:
            self.pass_on(frame)


def jam(ours, theirs, inside_ours, inside_theirs, held_file):
    outside, inside = udp(ours, theirs), udp(inside_ours, inside_theirs)
    j = Jam(outside, held_file)
    while True:
        ready = select.select([outside, inside], [], [], 0.05)[0]
        j.look()
        for s in ready:
            try:
                frame = s.recv(4096)
                if s is inside:
                    j.take(frame)
                else:
                    inside.send(frame)
            except ConnectionRefusedError:
                pass  # the other daemon is not there yet


if __name__ == "__main__":
    {"calls": calls, "xot": xot, "jam": jam}[sys.argv[1]](*sys.argv[2:])
