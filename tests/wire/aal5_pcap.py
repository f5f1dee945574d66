#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""aal5_pcap.py IN.pcap OUT.pcap llc|vc-mux cells-eth|cells-udp|pdus-eth|sdus-tcp

Takes the ATM out of a capture of the cable, by itself and by the book (I.361, I.432 HEC, I.363.5): what a
sniffer on the line would have put together.  OUT has one AAL5 SDU per frame, by LLC as SUNATM (123), else as
exported PDUs (252) that name L2TP.  Whatever is wrong on the way is said, and the status is 1."""
import struct
import sys

HEADER = {'cells-udp': 'nni'}
bad = []


def crc32(data):
    """AAL5: most significant bit first, from all ones, complemented."""
    crc = 0xffffffff
    for octet in data:
        crc ^= octet << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04c11db7 if crc & 0x80000000 else crc << 1) & 0xffffffff
    return crc ^ 0xffffffff


def hec(four):
    """CRC-8 of x^8 + x^2 + x + 1, and the coset 0x55."""
    crc = 0
    for octet in four:
        crc ^= octet
        for _ in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xff
    return crc ^ 0x55


def packets(path):
    data = open(path, 'rb').read()
    order = '<' if data[:4] == b'\xd4\xc3\xb2\xa1' else '>'
    at = 24
    while at < len(data):
        sec, usec, n, _ = struct.unpack_from(order + 'IIII', data, at)
        yield (sec, usec), data[at + 16:at + 16 + n]
        at += 16 + n


def frames(kind, path):
    """What the link's frames were, with whose they are."""
    stream = {}
    for when, p in packets(path):
        ethertype, = struct.unpack_from('>H', p, 12)
        if kind.endswith('eth') and ethertype == 0x88b5:
            n, = struct.unpack_from('>H', p, 14)
            yield when, p[6:12], p[16:16 + n]
        elif ethertype == 0x0800 and p[23] == (17 if kind.endswith('udp') else 6):
            ip = p[14:14 + struct.unpack_from('>H', p, 16)[0]]
            who, inner = ip[12:16] + ip[20:22], ip[20:]
            if kind.endswith('udp'):
                yield when, who, inner[8:]
            elif kind.endswith('tcp'):
                sequence, = struct.unpack_from('>I', inner, 4)
                body = inner[inner[12] // 16 * 4:]
                if inner[13] & 2 or who not in stream:  # SYN, or joined in the middle
                    stream[who] = [(sequence + 1) & 0xffffffff if inner[13] & 2 else sequence, b'']
                s = stream[who]
                if not body or sequence != s[0]:
                    continue
                s[0], s[1] = (sequence + len(body)) & 0xffffffff, s[1] + body
                while len(s[1]) >= 8 and len(s[1]) >= 8 + struct.unpack_from('>I', s[1], 4)[0]:
                    n, = struct.unpack_from('>I', s[1], 4)
                    yield when, who, s[1][:4] + s[1][8:8 + n]
                    s[1] = s[1][8 + n:]


def address(kind, four):
    word, = struct.unpack('>I', four)
    vpi = word >> 20 if HEADER.get(kind) == 'nni' else word >> 20 & 0xff
    return (vpi, word >> 4 & 0xffff), word >> 1 & 7


def sdu_of(pdu):
    n, = struct.unpack_from('>H', pdu, len(pdu) - 6)
    if len(pdu) % 48 or crc32(pdu[:-4]) != struct.unpack('>I', pdu[-4:])[0]:
        bad.append('CRC-32')
    if not n <= len(pdu) - 8 < n + 48:
        bad.append('length')
    if pdu[n:-8].strip(b'\0'):
        bad.append('pad')
    return pdu[:n]


def sdus(kind, path):
    partial = {}
    for when, who, f in frames(kind, path):
        if kind.startswith('sdus'):
            yield when, struct.unpack_from('>HH', f), f[4:]
            continue
        if kind.startswith('pdus'):
            vc, pti = address(kind, f[:4])
            if not pti & 4:
                yield when, vc, sdu_of(f[4:])
            continue
        if len(f) % 53:
            bad.append('cut cell')
        for at in range(0, len(f), 53):
            cell = f[at:at + 53]
            if hec(cell[:4]) != cell[4]:
                bad.append('HEC')
            vc, pti = address(kind, cell[:4])
            if pti & 4:
                continue
            partial[who, vc] = partial.get((who, vc), b'') + cell[5:]
            if pti & 1:
                yield when, vc, sdu_of(partial.pop((who, vc)))


def main(source, target, mux, kind):
    count = 0
    with open(target, 'wb') as out:
        out.write(struct.pack('>IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 123 if mux == 'llc' else 252))
        for (sec, usec), (vpi, vci), sdu in sdus(kind, source):
            if mux == 'llc':
                sdu = struct.pack('>BBH', 2, vpi, vci) + sdu
            else:
                sdu = struct.pack('>HH8sHH', 12, 8, b'l2tpraw\0', 0, 0) + sdu
            out.write(struct.pack('>IIII', sec, usec, len(sdu), len(sdu)) + sdu)
            count += 1
    print(f'{count} AAL5 SDUs' + ''.join(f', wrong: {b}' for b in bad))
    return bool(bad) or not count


sys.exit(main(*sys.argv[1:]))
