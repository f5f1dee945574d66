/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/replay/replay.h"

#include <arpa/inet.h>

static void replay_end_address(const struct replay_end *e, bool alone, char *buf, size_t cap)
{
	bool six = e->kind == REPLAY_IPV6;
	char addr[INET6_ADDRSTRLEN] = "?";

	inet_ntop(six ? AF_INET6 : AF_INET, e->system, addr, sizeof(addr));
	if (alone)
		snprintf(buf, cap, "%s", addr);
	else
		snprintf(buf, cap, six ? "[%s]:%u" : "%s:%u", addr, e->at);
}

const char *replay_end_text(const struct replay_end *e, bool alone, char *buf, size_t cap)
{
	char side[8] = {"?ab"[e->system[0] % 3]};

	if (e->system[1])
		snprintf(side + 1, sizeof(side) - 1, "%u", e->system[1]);
	if (e->kind == REPLAY_IPV4 || e->kind == REPLAY_IPV6)
		replay_end_address(e, alone, buf, cap);
	else if (alone || e->kind == REPLAY_BARE)
		snprintf(buf, cap, "%s", side);
	else if (e->kind == REPLAY_ATM)
		snprintf(buf, cap, "pvc %u/%u %s", e->at >> 16, e->at & 0xffffu, side);
	else
		snprintf(buf, cap, "%s %u %s", e->kind == REPLAY_X25 ? "lci" : "dlci", e->at, side);
	return buf;
}
