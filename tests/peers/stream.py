#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""stream.py serve PORT: takes TCP connections and says a digest of what each has sent.
stream.py send ADDRESS PORT SECONDS RATE: sends RATE octets a second for so long, in pieces, then compares the digest.
Prints "OK OCTETS, longest wait MS" and ends with 0 when every octet has come as it was sent."""
import hashlib
import random
import socket
import sys
import threading
import time


def serve(port):
    def one(peer):
        digest = hashlib.sha256()
        while octets := peer.recv(1 << 16):
            digest.update(octets)
        peer.sendall(digest.digest())
        peer.close()

    listener = socket.create_server(("", port))
    print("READY", flush=True)
    while True:
        threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()


def send(address, port, seconds, rate):
    digest, rng, sent, longest = hashlib.sha256(), random.Random(1), 0, 0.0
    peer = socket.create_connection((address, port), timeout=30)
    begun = time.monotonic()
    while (now := time.monotonic()) < begun + seconds:
        octets = rng.randbytes(max(1, rate // 20))
        peer.sendall(octets)
        digest.update(octets)
        sent += len(octets)
        longest = max(longest, time.monotonic() - now)
        time.sleep(0.05)
    peer.shutdown(socket.SHUT_WR)
    there = b""
    while octets := peer.recv(64):
        there += octets
    if there != digest.digest():
        print(f"BAD: the digest of {sent} octets differs")
        return 1
    print(f"OK {sent} octets, longest wait {longest * 1000:.0f} ms")
    return 0


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
else:
    sys.exit(send(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])))
