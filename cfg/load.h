/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two ends of a load; the whole of it is cfg_load_text(). */
#ifndef CFG_LOAD_H
#define CFG_LOAD_H

#include "cfg/item.h"

void cfg_load_init(struct cfg_load *l, const char *name,
		   const struct ist_transport *const *transports);
/* Gives the scratch memory back, and with mistakes the model too. */
unsigned cfg_load_report(struct cfg_load *l, cfg_report report, void *ctx);
/* An end without a model and without a word. */
void cfg_load_drop(struct cfg_load *l);

#endif
