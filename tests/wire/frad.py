#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""frad.py INTERFACE DLCI: a network device of type Frame Relay (a TUN so typed) with the network's side of
the Q.933 Annex A LMI behind it, until it is killed.  Prints each STATUS ENQUIRY in hex."""
import fcntl
import os
import struct
import subprocess
import sys

TUNSETIFF, TUNSETLINK, IFF_TUN, ARPHRD_FRAD = 0x400454CA, 0x400454CD, 0x0001, 770
name, dlci = sys.argv[1], int(sys.argv[2])
tun = os.open("/dev/net/tun", os.O_RDWR)
# With the 4 octets of packet information: without, the kernel takes IP only.
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN))
fcntl.ioctl(tun, TUNSETLINK, ARPHRD_FRAD)
subprocess.run(["ip", "link", "set", name, "up", "mtu", "1600"], check=True)

HEAD = bytes.fromhex("0001030800")
sent = 0
while True:
    frame = os.read(tun, 4096)[4:]
    if not frame.startswith(HEAD + b"\x75\x51\x01") or len(frame) < 12:
        continue
    print("enquiry", frame.hex(), flush=True)
    report, theirs = frame[8], frame[11]
    sent = sent % 255 + 1
    answer = HEAD + bytes([0x7D, 0x51, 1, report, 0x53, 2, sent, theirs])
    if report == 0:
        answer += bytes([0x57, 3, dlci >> 4, 0x80 | (dlci & 15) << 3, 0x82])
    os.write(tun, struct.pack(">HH", 0, 0x0019) + answer)
