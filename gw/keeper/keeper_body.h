/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bodies of messages that hold more than names.  Decoders take any octets. */
#ifndef GW_KEEPER_KEEPER_BODY_H
#define GW_KEEPER_KEEPER_BODY_H

#include "gw/keeper/keeper.h"

void keeper_put_go(struct wr *w, const struct keeper_go *go);
bool keeper_get_go(const uint8_t *body, size_t len, struct keeper_go *out);

void keeper_put_process(struct wr *w, const struct keeper_process *p);
/* How many of out have been filled; 0 when the octets are none. */
unsigned keeper_get_processes(const uint8_t *body, size_t len,
			      struct keeper_process out[KEEPER_PROCESSES_MAX]);

#endif
