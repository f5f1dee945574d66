/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tunnels that an answer names (RFC 2868).  Attributes of one tag are one tunnel; without a tag
 * they are one too.  Several tunnels are alternatives, in the order of their preferences.  A tunnel
 * that cannot be used is there as well, with the reason.  An answer in, values out.
 */
#ifndef GW_AAA_RADIUS_RADIUS_TUNNEL_H
#define GW_AAA_RADIUS_RADIUS_TUNNEL_H

#include "gw/aaa/radius/radius.h"

#define RADIUS_TUNNELS	   32u /* tags 1 to 31, and none */
#define RADIUS_TUNNEL_TEXT 254u

struct radius_tunnel {
	uint8_t tag;	     /* 0 = none */
	uint32_t preference; /* the lowest is tried first; 0 also when none is given */
	/* Text; "" = not given. */
	char client[RADIUS_TUNNEL_TEXT], server[RADIUS_TUNNEL_TEXT]; /* endpoints */
	char client_name[RADIUS_TUNNEL_TEXT], server_name[RADIUS_TUNNEL_TEXT];
	char assignment[RADIUS_TUNNEL_TEXT];
	uint8_t secret[RADIUS_VALUE_MAX], secret_len; /* 0 = none is given */
	bool has_group;				      /* Tunnel-Private-Group-ID is there */
	const char *wrong;			      /* why it cannot be used; NULL = it can */
	uint32_t given;	 /* which attributes have been read, as bits of this file's */
	bool l2tp;	 /* one of its types is L2TP */
	uint32_t medium; /* 0 = not given */
};

struct radius_tunnels {
	unsigned n;
	struct radius_tunnel tunnel[];
};

/* NULL: the answer names none, or there is no memory, and *memory says which.  request, secret: as
 * for radius_reveal(). */
struct radius_tunnels *radius_tunnels_read(const struct radius_packet *p,
					   const uint8_t request[RADIUS_AUTH], const void *secret,
					   size_t secret_len, bool *memory);
/* Passwords are wiped.  NULL is fine. */
void radius_tunnels_free(struct radius_tunnels *t);

#endif
