#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Plays systemd's journal: journal.py SOCKET RECORDS SYSLOG
#
# Each datagram is a record of its native protocol.  RECORDS gets each as a line of JSON, _PID as the kernel
# says it among the fields; SYSLOG gets the lines that journalctl would print.  It ends when RECORDS is removed.
import json
import os
import socket
import struct
import sys


def fields(octets):
    out = {}
    while octets:
        head, octets = octets.split(b"\n", 1)
        if b"=" in head:
            name, value = head.split(b"=", 1)
        else:  # the length, 64 bits little endian, then the value and a line end
            name = head
            (length,) = struct.unpack("<Q", octets[:8])
            value, octets = octets[8:8 + length], octets[8 + length:]
            assert octets[:1] == b"\n", "no line end behind the value"
            octets = octets[1:]
        assert name.decode().replace("_", "").isalnum() and name.upper() == name and name[:1] != b"_", name
        out[name.decode()] = value.decode()
    return out


def main(path, records, syslog):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    s.bind(path)
    s.settimeout(2)
    os.chmod(path, 0o666)
    with open(records, "w", buffering=1) as r, open(syslog, "w", buffering=1) as lines:
        while os.path.exists(records):
            try:
                octets, ancillary, _, _ = s.recvmsg(1 << 16, socket.CMSG_SPACE(12))
            except TimeoutError:
                continue
            f = fields(octets)
            f["_PID"] = str(struct.unpack("iII", ancillary[0][2])[0])
            r.write(json.dumps(f) + "\n")
            for line in f["MESSAGE"].split("\n"):
                lines.write(f"Nov 28 21:00:00 gw {f['SYSLOG_IDENTIFIER']}[{f['_PID']}]: {line}\n")


main(*sys.argv[1:])
