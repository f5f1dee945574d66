#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends a request of RFC 5176 and prints its answer: code, identifier, octets in hex; nothing when there is none.

  coa.py disconnect USER FILE   a Disconnect-Request for that user, which is kept in FILE
  coa.py again FILE             the same octets from the same port
"""

import hashlib
import hmac
import os
import random
import socket
import struct
import sys
import time

SERVER = ("127.0.0.1", 3799)
FROM = ("127.0.0.1", 40001)
SECRET = os.environ["SECRET"].encode()


def request(user):
    name = user.encode()
    attributes = bytes([80, 18]) + bytes(16) + bytes([1, 2 + len(name)]) + name
    attributes += struct.pack("!BBI", 55, 6, int(time.time()))
    head = struct.pack("!BBH", 40, random.randrange(256), 20 + len(attributes))
    proof = hmac.new(SECRET, head + bytes(16) + attributes, "md5").digest()
    attributes = attributes[:2] + proof + attributes[18:]
    return head + hashlib.md5(head + bytes(16) + attributes + SECRET).digest() + attributes


if sys.argv[1] == "disconnect":
    with open(sys.argv[3], "wb") as f:
        f.write(request(sys.argv[2]))
with open(sys.argv[-1], "rb") as f:
    octets = f.read()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(FROM)
    s.settimeout(5)
    s.sendto(octets, SERVER)
    try:
        answer = s.recv(4096)
    except socket.timeout:
        sys.exit(1)
print(answer[0], answer[1], answer.hex())
