/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bench with a VTY, and an operator at it. */
#ifndef TESTS_GW_OPERATOR_SAYS_H
#define TESTS_GW_OPERATOR_SAYS_H

#include "gw/operator/vty.h"
#include "tests/gw/bench.h"

extern char vty_folder[40];  /* of captures, and of the socket */
extern char vty_told[16384]; /* by the last command */
extern int vty_result;	     /* of it: CMD_SUCCESS ... */

/* A tunnel switch: calls of peer lac go on to peer one. */
#define VTY_SWITCH                                                         \
	"host-name = gw\n"                                                 \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                          \
	"peer lac { port = a  hostname = lac }\n"                          \
	"peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n" \
	"route sw { from-peer = lac  to = one }\n"

/* Start with this configuration, to which a section `vty` is added. */
void vty_begin(const char *conf);
void vty_end(void);
/* The same with a keeper, which the test plays: its answers, sent at this end, wait already when
 * control asks. */
extern int vty_keeper;
void vty_begin_keeper(const char *conf);
void vty_end_keeper(void);
/* Its answer to so many who ask what the check of a reload has printed. */
void vty_report(const char *text, unsigned times);
/* What a command tells the operator, in enabled mode or in another node. */
const char *vty_says(const char *command);
const char *vty_says_in(enum node_type node, const char *command);
/* The whole of it, by a shell pattern. */
bool vty_matches(const char *command, const char *pattern);
/* The table that a command shows, each run of blanks as one: its titles are the first line of the
 * text, and its rows the others, in any order. */
bool vty_rows(const char *command, const char *text);
/* The whole of it, character by character. */
bool vty_equals(const char *command, const char *text);

#endif
