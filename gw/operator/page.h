/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The web page: one document without anything of another host, and what it asks for as JSON, made
 * of the rows of `show` without the names of users.  How many rows an answer has is bounded; calls
 * are told together for each pair of what they join.
 */
#ifndef GW_OPERATOR_PAGE_H
#define GW_OPERATOR_PAGE_H

#include "gw/gw.h"
#include "gw/operator/ctl_text.h"

#define PAGE_ROWS  256u /* of each table */
#define PAGE_JOINS 256u /* pairs of what is joined */
#define PAGE_CALLS 100u

/* The document, page.html. */
extern const char page_html_text[];
/* `/` itself, and what a browser is to allow it: its own script and style and nothing else. */
void page_html(struct gw *gw, uint16_t arg, struct ctl_text *out);
#define PAGE_POLICY 256u
const char *page_policy(char buf[PAGE_POLICY]);
/* All of the picture. */
void page_state(struct gw *gw, uint16_t arg, struct ctl_text *out);
/* The calls of the tunnel with our id `tunnel`, as {"rows": [], "next": N or null}. */
void page_calls(struct gw *gw, uint16_t tunnel, struct ctl_text *out);

#endif
