/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `radius` sections and the servers in them. */
#ifndef CFG_RADIUS_H
#define CFG_RADIUS_H

#include "cfg/schema.h"

/* The keys and servers of a section into its object. */
void cfg_build_radius(struct cfg_load *l, struct cfg_item *section, struct cfg_radius *r);

/* A secret that is good enough, in the model's memory; NULL = it is none, which is told. */
const char *cfg_radius_secret(struct cfg_load *l, const struct cfg_item *it, const char *text);
/* This section has either `secret-file` or `secret`. */
void cfg_radius_check_secret(struct cfg_load *l, const struct cfg_item *it);

/* coa.c: what of a section is about changes of log-ins (RFC 5176). */
extern const struct cfg_schema cfg_schema_coa_client;
void cfg_coa_set_listen(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text);
void cfg_coa_set_nas(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text);
void cfg_coa_build(struct cfg_load *l, struct cfg_item *section, struct cfg_radius *r);

#endif
