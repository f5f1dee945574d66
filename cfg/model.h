/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From checked items to the model: objects are made for all sections first, so that names can be
 * resolved in any order; then every key is stored where its row says.
 */
#ifndef CFG_MODEL_H
#define CFG_MODEL_H

#include "cfg/keys.h"

/* Fill l->m from l->root; what does not fit is reported. */
void cfg_build(struct cfg_load *l);
/* Ports: settings and circuits for the transports. */
void cfg_build_port(struct cfg_load *l, struct cfg_item *it, struct cfg_port *port);

/* Store one key by its row. */
void cfg_store(struct cfg_load *l, const struct cfg_item *it, void *obj);
/* Defaults that depend on other keys, once all keys of the section are stored. */
void cfg_finish_peer(struct cfg_load *l, const struct cfg_item *it, struct cfg_peer *p);
void cfg_finish_service(struct cfg_load *l, const struct cfg_item *it, struct cfg_service *s);
void cfg_finish_client(struct cfg_load *l, const struct cfg_item *it, struct cfg_client *c);

/* The key in this section, given rightly or wrongly; NULL = not given. */
const struct cfg_item *cfg_given(const struct cfg_item *section, const char *key);
/* The next section of this kind behind `after` (NULL = the first) that was not dropped. */
struct cfg_item *cfg_next(const struct cfg_item *parent, const struct cfg_item *after,
			  enum cfg_section kind);

/* Copy into the model. */
const char *cfg_keep(struct cfg_load *l, const char *text);
struct cfg_where cfg_where_of(struct cfg_load *l, const struct cfg_item *it);

#endif
