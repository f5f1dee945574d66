/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From checked items to the model: objects are made for all sections first, so that names can be
 * resolved in any order; then every key is stored where its row says.
 */
#ifndef CFG_MODEL_H
#define CFG_MODEL_H

#include "cfg/schema.h"

/* Fill l->m from l->root; what does not fit is reported. */
void cfg_build(struct cfg_load *l);

#endif
