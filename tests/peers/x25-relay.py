#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""x25-relay.py DEVICE ADDRESS:PORT ADDRESS:PORT DIGITS LOG
x25-relay.py DEVICE xot ADDRESS DIGITS LOG
x25-relay.py DEVICE route DIGITS

In a guest with AF_X25: makes a TUN device of X.25 and carries its frames to a udp: link with the pseudo-header
and back, from the first address to the second; or makes an XOT connection to ADDRESS for each call of the kernel's.
Calls to DIGITS go there.  Each packet is a line in LOG, ">" or "<" and hex.  The device goes when this ends.
route: calls to DIGITS go to a DEVICE that is there, and that is all."""
import fcntl
import os
import select
import socket
import struct
import sys

TUNSETIFF, TUNSETLINK, SIOCADDRT = 0x400454ca, 0x400454cd, 0x890b
ARPHRD_X25, ETH_P_X25, AF_X25 = 271, 0x0805, 9
DATA, CONNECT = b"\0", b"\1"  # the pseudo-header of the kernel
CALL, CLEAR, CLEAR_CONFIRM, RESTART = 0x0B, 0x13, 0x17, 0xFB
XOT_PORT = 1998


def address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def route(device, digits):
    with socket.socket(AF_X25, socket.SOCK_SEQPACKET) as s:
        fcntl.ioctl(s, SIOCADDRT, struct.pack("16sI200s", digits.encode(), len(digits), device.encode()))


class Tun:
    def __init__(self, device, log):
        self.fd = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(self.fd, TUNSETIFF, struct.pack("16sH22x", device.encode(), 1))
        fcntl.ioctl(self.fd, TUNSETLINK, ARPHRD_X25)
        self.log = open(log, "a", buffering=1)

    def read(self):
        frame = os.read(self.fd, 5000)[4:]
        self.log.write(f"> {frame[:40].hex()}\n")
        return frame

    def write(self, frame):
        self.log.write(f"< {frame[:40].hex()}\n")
        os.write(self.fd, struct.pack(">HH", 0, ETH_P_X25) + frame)


class Udp:
    """The far end is the DCE of the kernel's line."""

    def __init__(self, tun, local, remote):
        self.tun = tun
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(address(local))
        self.socket.connect(address(remote))

    def sockets(self):
        return [self.socket]

    def out(self, frame):
        try:
            self.socket.send(frame)
        except ConnectionRefusedError:
            pass

    def into(self, _):
        try:
            self.tun.write(self.socket.recv(5000))
        except ConnectionRefusedError:
            pass


class Xot:
    """This is the DCE of the kernel's line, and the far end that of each call."""

    def __init__(self, tun, host):
        self.tun, self.host, self.calls = tun, host, {}  # by logical channel

    def sockets(self):
        return list(self.calls.values())

    def out(self, frame):
        packet = frame[1:]
        if frame[:1] != DATA:
            if frame[:1] == CONNECT:
                self.tun.write(CONNECT)
            return
        channel, kind = int.from_bytes(packet[:2], "big") & 0xFFF, packet[2]
        if kind == RESTART:
            self.tun.write(DATA + packet[:2] + b"\xff")
            return
        if kind == CALL:
            self.calls[channel] = socket.create_connection((self.host, XOT_PORT))
        if channel in self.calls:
            self.calls[channel].sendall(struct.pack(">HH", 0, len(packet)) + packet)

    def into(self, s):
        channel = next(c for c, of in self.calls.items() if of is s)
        head = s.recv(4, socket.MSG_WAITALL)
        if len(head) == 4:
            packet = s.recv(int.from_bytes(head[2:], "big"), socket.MSG_WAITALL)
            self.tun.write(DATA + packet)
            if packet[2] != CLEAR_CONFIRM:
                return
        else:
            self.tun.write(DATA + struct.pack(">HBBB", 0x1000 | channel, CLEAR, 0, 0))
        self.calls.pop(channel).close()


device, how, *more = sys.argv[1:]
if how == "route":
    route(device, more[0])
    sys.exit()
far, digits, log = more
tun = Tun(device, log)
line = Xot(tun, far) if how == "xot" else Udp(tun, how, far)
os.system(f"ip link set {device} up")
route(device, digits)
while True:
    ready, _, _ = select.select([tun.fd, *line.sockets()], [], [])
    for one in ready:
        if one == tun.fd:
            line.out(tun.read())
        else:
            line.into(one)
