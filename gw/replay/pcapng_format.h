/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of pcapng (draft-ietf-opsawg-pcapng): blocks, the options that we write or read, and the
 * direction of a frame.
 */
#ifndef GW_REPLAY_PCAPNG_FORMAT_H
#define GW_REPLAY_PCAPNG_FORMAT_H

#define PCAPNG_BYTE_ORDER 0x1a2b3c4du

enum pcapng_block {
	PCAPNG_IDB = 1,
	PCAPNG_PB = 2,
	PCAPNG_SPB = 3,
	PCAPNG_ISB = 5,
	PCAPNG_EPB = 6,
	PCAPNG_SHB = 0x0a0d0d0a,
};

/* Of any block, then of one kind each. */
enum pcapng_option {
	PCAPNG_END = 0,
	PCAPNG_COMMENT = 1,
	PCAPNG_SHB_USERAPPL = 4,
	PCAPNG_IF_NAME = 2,
	PCAPNG_IF_DESCRIPTION = 3,
	PCAPNG_IF_TSRESOL = 9,
	PCAPNG_IF_TSOFFSET = 14,
	PCAPNG_EPB_FLAGS = 2,
	PCAPNG_ISB_STARTTIME = 2,
	PCAPNG_ISB_ENDTIME = 3,
	PCAPNG_ISB_IFRECV = 4,
	PCAPNG_ISB_IFDROP = 5,
};

/* Bits 0 and 1 of epb_flags. */
enum { PCAPNG_WAY_UNKNOWN, PCAPNG_INBOUND, PCAPNG_OUTBOUND, PCAPNG_WAY_MASK };

#endif
