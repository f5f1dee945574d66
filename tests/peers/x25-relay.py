#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""x25-relay.py DEVICE ADDRESS:PORT ADDRESS:PORT DIGITS LOG

In a guest with AF_X25: makes a TUN device of X.25 and carries its frames to a udp: link with the pseudo-header
and back, from the first address to the second; calls to DIGITS go there.  Each packet is a line in LOG, ">" or
"<" and hex.  The device goes when this ends."""
import fcntl
import os
import select
import socket
import struct
import sys

TUNSETIFF, TUNSETLINK, SIOCADDRT = 0x400454ca, 0x400454cd, 0x890b
ARPHRD_X25, ETH_P_X25, AF_X25 = 271, 0x0805, 9


def address(text):
    host, port = text.rsplit(':', 1)
    return host, int(port)


device, local, remote, digits, log = sys.argv[1:]
tun = os.open('/dev/net/tun', os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', device.encode(), 1))
fcntl.ioctl(tun, TUNSETLINK, ARPHRD_X25)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(address(local))
udp.connect(address(remote))
os.system(f'ip link set {device} up')
with socket.socket(AF_X25, socket.SOCK_SEQPACKET) as s:
    fcntl.ioctl(s, SIOCADDRT, struct.pack('16sI200s', digits.encode(), len(digits), device.encode()))
lines = open(log, 'a', buffering=1)
while True:
    ready, _, _ = select.select([tun, udp], [], [])
    if tun in ready:
        frame = os.read(tun, 5000)[4:]
        lines.write(f'> {frame[:40].hex()}\n')
        try:
            udp.send(frame)
        except ConnectionRefusedError:
            pass
    if udp in ready:
        try:
            frame = udp.recv(5000)
        except ConnectionRefusedError:
            continue
        lines.write(f'< {frame[:40].hex()}\n')
        os.write(tun, struct.pack('>HH', 0, ETH_P_X25) + frame)
