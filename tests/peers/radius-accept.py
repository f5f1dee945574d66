#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""radius-accept.py SECRET [AUTHPORT ACCTPORT]: says yes to every Access-Request and Accounting-Request.
l2tpns authenticates by RADIUS only; this is the least that satisfies it."""
import hashlib
import select
import socket
import struct
import sys

ACCEPT_REQUEST, ACCOUNTING_REQUEST = 1, 4
REPLY = {ACCEPT_REQUEST: 2, ACCOUNTING_REQUEST: 5}
FRAMED_PPP = bytes.fromhex('0606000000020706' '00000001')  # Service-Type Framed, Framed-Protocol PPP

secret = sys.argv[1].encode()
sockets = []
for port in [int(x) for x in sys.argv[2:4]] or [1812, 1813]:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', port))
    sockets.append(s)
while True:
    for s in select.select(sockets, [], [])[0]:
        packet, sender = s.recvfrom(4096)
        code, ident = packet[0], packet[1]
        if code not in REPLY:
            continue
        attributes = FRAMED_PPP if code == ACCEPT_REQUEST else b''
        head = struct.pack('>BBH', REPLY[code], ident, 20 + len(attributes))
        authenticator = hashlib.md5(head + packet[4:20] + attributes + secret).digest()
        s.sendto(head + authenticator + attributes, sender)
        print('radius', code, '->', REPLY[code], flush=True)
