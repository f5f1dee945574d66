/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel tells of security associations to who has CAP_NET_ADMIN, made into what anybody
 * may have: no key is in it.
 */
#ifndef GW_SA_XFRM_H
#define GW_SA_XFRM_H

#include <stdbool.h>

struct nlmsghdr;
struct sa;

enum sa_xfrm {
	SA_XFRM_LIST,	/* those there are now, as sa_table_read() reads them */
	SA_XFRM_EVENTS, /* a socket that is readable when any was made, changed or has gone */
	SA_XFRM_KINDS
};
/* A descriptor or -errno. */
int sa_xfrm_open(unsigned which);

/* What one message of the kernel's list is about; false: nothing by ESP. */
bool sa_xfrm_read(struct sa *out, const struct nlmsghdr *nlh);

#endif
