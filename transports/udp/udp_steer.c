/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RFC 2661 3.1: bits T and L in the first octets, then the length if there is one, Tunnel and
 * Session ID.  A load behind the end of a datagram ends the program, which means the first member.
 */
#include "transports/udp/udp_steer.h"

#include <string.h>

#define T_BIT  0x8000u
#define L_BIT  0x4000u
#define SPREAD 0x9e3779b1u /* of 32 bits the upper ones then depend on all that are below */

unsigned udp_steer_code(struct sock_filter out[UDP_STEER_CODE], unsigned readers)
{
	const struct sock_filter one[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, T_BIT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_filter many[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, T_BIT, 8, 0),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, L_BIT, 2, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2),
		BPF_STMT(BPF_JMP | BPF_JA, 1),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4),
		BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, SPREAD),
		BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 16),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, readers),
		BPF_STMT(BPF_RET | BPF_A, 0),
		BPF_STMT(BPF_RET | BPF_K, readers),
	};

	_Static_assert(sizeof(many) <= UDP_STEER_CODE * sizeof(out[0]), "it fits");
	if (readers < 2) {
		memcpy(out, one, sizeof(one));
		return sizeof(one) / sizeof(one[0]);
	}
	memcpy(out, many, sizeof(many));
	return sizeof(many) / sizeof(many[0]);
}
