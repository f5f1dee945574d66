/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of IP addresses that may connect to a listener: a key of kind IST_KEY_LIST, each member
 * an address or a prefix, "192.0.2.1" or "2001:db8::/32". */
#ifndef TRANSPORTS_KIT_ACCESS_H
#define TRANSPORTS_KIT_ACCESS_H

#include "transports/kit/settings.h"
#include "transports/kit/udp_addr.h"

struct access {
	char **pattern;
	unsigned n; /* 0 = everybody may */
};

/* Copies the values of `key`.  0, or -errno with words; access_free is due either way. */
int access_read(struct access *a, const struct settings *set, const char *key, char *err,
		size_t err_len);
void access_free(struct access *a);
bool access_allows(const struct access *a, const struct udp_ep *from);

/* accept() failed for want of descriptors or memory: its socket stays readable, so its watcher
 * looks away for a while. */
bool access_starved(int err);

#endif
