/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which socket of a group (SO_REUSEPORT) a datagram of L2TP goes to, as a program of the classic
 * BPF machine, which needs no privilege (SO_ATTACH_REUSEPORT_CBPF).
 */
#ifndef TRANSPORTS_UDP_UDP_STEER_H
#define TRANSPORTS_UDP_UDP_STEER_H

#include <linux/filter.h>

#define UDP_STEER_CODE 16u /* instructions, at most */

/* The group has, in the order in which they were bound, `readers` of data, from 1 on, and one of
 * control.  Data is spread by Tunnel and Session ID, so that frames of a call are read by one and
 * keep their order; what is too short to have them goes to the first.  Returns how many
 * instructions. */
unsigned udp_steer_code(struct sock_filter out[UDP_STEER_CODE], unsigned readers);

#endif
