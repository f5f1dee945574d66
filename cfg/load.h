/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Beginning and end of a load; cfg_load_text() is the whole of it. */
#ifndef CFG_LOAD_H
#define CFG_LOAD_H

#include "cfg/item.h"

void cfg_load_init(struct cfg_load *l, const char *name,
		   const struct ist_transport *const *transports);
/* Reports, then frees the scratch memory and, after a mistake, the model. */
unsigned cfg_load_report(struct cfg_load *l, cfg_report report, void *ctx);
/* Frees everything and reports nothing. */
void cfg_load_drop(struct cfg_load *l);

#endif
