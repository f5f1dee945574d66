/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What data and control may take and do at most, besides the rights that they give up. */
#ifndef GW_LIMITS_H
#define GW_LIMITS_H

#include "cfg/cfg.h"

struct limits {
	unsigned seccomp; /* enum cfg_seccomp */
	bool plugins;	  /* data has some; not in the text */
	bool maps;	  /* control fills those of the XDP program; not in the text */
	bool marks;	  /* a port of data has IPsec, and sets marks */
	uint64_t memory;  /* octets of address space */
	uint64_t files;	  /* descriptors */
};
/* As a configuration has it, with plugins false. */
struct limits limits_of(const struct cfg_model *cfg);

/* As an argument for data, which has no configuration; what limits_text() returns is buf. */
#define LIMITS_TEXT_MAX 64
const char *limits_text(char buf[LIMITS_TEXT_MAX], const struct limits *l);
/* False: it is none. */
bool limits_parse(const char *text, struct limits *out);

#endif
