#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""patch-atmtcp.py IN.ko OUT.ko

Since Linux 6.1.150 (CVE-2025-39828) the kernel's atmtcp refuses every control record from user space, also
the answers of its own tool, so that no circuit can be opened at all.  The check is the device operation
pre_send; here the one relocation that fills it becomes R_X86_64_NONE, so that it is NULL as before.
For a guest kernel that is thrown away.  A module without the check is copied as it is."""
import struct
import sys

ko = bytearray(open(sys.argv[1], 'rb').read())
table, = struct.unpack_from('<Q', ko, 40)
count, names_at = struct.unpack_from('<HH', ko, 60)
# name, type, flags, address, offset, size, link, info, alignment, entry size
headers = [struct.unpack_from('<IIQQQQIIQQ', ko, table + i * 64) for i in range(count)]


def text(at):
    return ko[at:ko.index(0, at)].decode()


section = {text(headers[names_at][4] + h[0]): h for h in headers}


def entries(name, size):
    return range(section[name][4], section[name][4] + section[name][5], size)


check = None
for at in entries('.symtab', 24):
    name, = struct.unpack_from('<I', ko, at)
    if text(section['.strtab'][4] + name) == 'atmtcp_c_pre_send':
        check, = struct.unpack_from('<Q', ko, at + 8)
if check is not None:
    hits = 0
    for at in entries('.rela.rodata', 24):
        _, info, addend = struct.unpack_from('<QQq', ko, at)
        if addend == check and info & 0xffffffff == 1:  # R_X86_64_64
            struct.pack_into('<Q', ko, at + 8, 0)
            hits += 1
    assert hits == 1, f'{hits} relocations'
open(sys.argv[2], 'wb').write(ko)
