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
/* Of each process, in the same order. */
void keeper_put_program(struct wr *w, const char *file, uint64_t built);
/* False, and no program is known, when the octets are not of n processes. */
bool keeper_get_programs(const uint8_t *body, size_t len, struct keeper_process *of, unsigned n);

void keeper_put_progress(struct wr *w, const struct keeper_progress *p);
bool keeper_get_progress(const uint8_t *body, size_t len, struct keeper_progress *out);

#endif
