#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""echo.py serve PORT: sends UDP datagrams back.
echo.py check ADDRESS PORT COUNT LARGEST DEVICE...: COUNT datagrams of every length up to LARGEST out by each device
and back, all devices at a time.

No more than a few datagrams of a device are on their way: one is sent when one has come back, so that no queue
overflows and no clock matters.  Each must come back unchanged, in order, and once.  A line "OK DEVICE" or
"BAD DEVICE: words" for each device, and 0 when all are well."""
import random
import selectors
import socket
import struct
import sys

ON_WAY = 4
PATIENCE = 20  # seconds in which nothing at all comes back
HEAD = struct.Struct(">IH")
blob = random.Random(1).randbytes(1 << 16)


class Flow:
    def __init__(self, device, to, count, largest):
        self.device, self.count, self.largest = device, count, largest
        self.sent = self.came = 0
        self.bad = ""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        self.socket.connect(to)
        self.socket.setblocking(False)

    def datagram(self, n):
        length = max(HEAD.size, (n * 367) % (self.largest + 1))
        at = (n * 7919) % (len(blob) - length)
        return HEAD.pack(n, length) + blob[at:at + length - HEAD.size]

    def fill(self):
        while self.sent < self.count and self.sent - self.came < ON_WAY:
            self.socket.send(self.datagram(self.sent))
            self.sent += 1

    def take(self):
        while not self.bad:
            try:
                octets = self.socket.recv(2048)
            except BlockingIOError:
                break
            if self.came == self.sent or octets != self.datagram(self.came):
                self.bad = f"datagram {self.came} of {len(self.datagram(self.came))} octets: " \
                           f"came as {len(octets)} octets, {octets[:HEAD.size].hex()}"
            self.came += 1
        self.fill()

    def ended(self):
        return self.bad or self.came == self.count


def serve(port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    s.bind(("0.0.0.0", port))
    print("READY", flush=True)
    while True:
        s.sendto(*s.recvfrom(2048))


def check(address, port, count, largest, *devices):
    flows = [Flow(d, (address, int(port)), int(count), int(largest)) for d in devices]
    waiting = selectors.DefaultSelector()
    for flow in flows:
        waiting.register(flow.socket, selectors.EVENT_READ, flow)
        flow.fill()
    left = len(flows)
    while left:
        ready = waiting.select(PATIENCE)
        if not ready:
            break
        for key, _ in ready:
            key.data.take()
            if key.data.ended():
                waiting.unregister(key.fileobj)
                left -= 1
    for flow in flows:
        if not flow.ended():
            flow.bad = f"{flow.came} of {flow.sent} came back"
        print(f"BAD {flow.device}: {flow.bad}" if flow.bad else f"OK {flow.device}")
    return any(flow.bad for flow in flows)


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
sys.exit(check(*sys.argv[2:]))
