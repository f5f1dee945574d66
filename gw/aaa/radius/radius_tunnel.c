/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row for each attribute of a tunnel.  One that is given twice, or holds what no name or address
 * can, spoils the tunnel and not the answer: the others are alternatives to it.
 */
#include "gw/aaa/radius/radius_tunnel.h"

#include <stdlib.h>
#include <string.h>

#define TYPE_L2TP   3u /* Tunnel-Type, RFC 2868 3.1 */
#define MEDIUM_IPV4 1u /* Tunnel-Medium-Type, 3.2 */
#define MEDIUM_IPV6 2u

/* What the reader of a value needs besides it. */
struct radius_tunnel_in {
	const uint8_t *request;
	const void *secret;
	size_t secret_len;
};

static const char *radius_tunnel_text(char out[RADIUS_TUNNEL_TEXT], struct rd octets,
				      const char *wrong)
{
	if (!octets.left || octets.left >= RADIUS_TUNNEL_TEXT)
		return wrong;
	for (size_t i = 0; i < octets.left; i++)
		if (octets.p[i] < ' ' || octets.p[i] == 0x7f)
			return wrong;
	memcpy(out, octets.p, octets.left);
	out[octets.left] = '\0';
	return NULL;
}

static const char *radius_tunnel_type(struct radius_tunnel *t, const struct radius_value *v,
				      const struct radius_tunnel_in *in)
{
	(void)in;
	t->l2tp |= v->number == TYPE_L2TP;
	return NULL;
}

static const char *radius_tunnel_medium(struct radius_tunnel *t, const struct radius_value *v,
					const struct radius_tunnel_in *in)
{
	(void)in;
	t->medium = v->number;
	return v->number == MEDIUM_IPV4 || v->number == MEDIUM_IPV6
		       ? NULL
		       : "its Tunnel-Medium-Type is neither IPv4 nor IPv6";
}

static const char *radius_tunnel_preference(struct radius_tunnel *t, const struct radius_value *v,
					    const struct radius_tunnel_in *in)
{
	(void)in;
	t->preference = v->number;
	return NULL;
}

static const char *radius_tunnel_password(struct radius_tunnel *t, const struct radius_value *v,
					  const struct radius_tunnel_in *in)
{
	int n = radius_reveal(v, in->request, in->secret, in->secret_len, t->secret);

	t->secret_len = n > 0 ? (uint8_t)n : 0;
	if (n > 0)
		return NULL;
	return n ? "its Tunnel-Password is not hidden by the servers' secret"
		 : "its Tunnel-Password is empty";
}

static const char *radius_tunnel_group(struct radius_tunnel *t, const struct radius_value *v,
				       const struct radius_tunnel_in *in)
{
	(void)v, (void)in;
	t->has_group = true;
	return NULL;
}

static const struct radius_tunnel_row {
	enum radius_name name;
	bool often; /* it may be there more than once */
	const char *(*read)(struct radius_tunnel *t, const struct radius_value *v,
			    const struct radius_tunnel_in *in);
	/* Or, of a text: where it goes, and what is wrong with one that is none. */
	size_t text;
	const char *wrong;
} radius_tunnel_rows[] = {
#define TEXT(member) NULL, offsetof(struct radius_tunnel, member)
	{RADIUS_TUNNEL_TYPE, true, radius_tunnel_type, 0, NULL},
	{RADIUS_TUNNEL_MEDIUM_TYPE, false, radius_tunnel_medium, 0, NULL},
	{RADIUS_TUNNEL_CLIENT_ENDPOINT, false, TEXT(client),
	 "its Tunnel-Client-Endpoint is no address"},
	{RADIUS_TUNNEL_SERVER_ENDPOINT, false, TEXT(server),
	 "its Tunnel-Server-Endpoint is no address"},
	{RADIUS_TUNNEL_PASSWORD, false, radius_tunnel_password, 0, NULL},
	{RADIUS_TUNNEL_PRIVATE_GROUP_ID, true, radius_tunnel_group, 0, NULL},
	{RADIUS_TUNNEL_ASSIGNMENT_ID, false, TEXT(assignment),
	 "its Tunnel-Assignment-ID is empty or no text"},
	{RADIUS_TUNNEL_PREFERENCE, false, radius_tunnel_preference, 0, NULL},
	{RADIUS_TUNNEL_CLIENT_AUTH_ID, false, TEXT(client_name),
	 "its Tunnel-Client-Auth-ID is no name"},
	{RADIUS_TUNNEL_SERVER_AUTH_ID, false, TEXT(server_name),
	 "its Tunnel-Server-Auth-ID is no name"},
#undef TEXT
};
#define ROWS (sizeof(radius_tunnel_rows) / sizeof(radius_tunnel_rows[0]))

/* ROWS = it is of no tunnel. */
static unsigned radius_tunnel_row_of(enum radius_name name)
{
	unsigned i = 0;

	while (i < ROWS && radius_tunnel_rows[i].name != name)
		i++;
	return i;
}

/* --- an answer --------------------------------------------------------------------------------- */

/* Bits of the tags that attributes of tunnels have. */
static uint32_t radius_tunnels_tags(const struct radius_packet *p)
{
	struct radius_walk at = radius_walk(p);
	struct radius_value v;
	uint32_t tags = 0;

	while (radius_next(&at, &v))
		if (radius_tunnel_row_of(v.name) < ROWS)
			tags |= UINT32_C(1) << v.tag;
	return tags;
}

static const char *radius_tunnel_read(const struct radius_tunnel_row *row, struct radius_tunnel *t,
				      const struct radius_value *v,
				      const struct radius_tunnel_in *in)
{
	if (row->read)
		return row->read(t, v, in);
	return radius_tunnel_text((char *)t + row->text, v->octets, row->wrong);
}

static void radius_tunnel_take(struct radius_tunnel *t, const struct radius_value *v,
			       const struct radius_tunnel_in *in)
{
	unsigned row = radius_tunnel_row_of(v->name);
	const char *wrong = "an attribute of it is given twice";

	if (row == ROWS)
		return;
	if (!(t->given >> row & 1) || radius_tunnel_rows[row].often)
		wrong = radius_tunnel_read(&radius_tunnel_rows[row], t, v, in);
	t->given |= UINT32_C(1) << row;
	if (!t->wrong)
		t->wrong = wrong;
}

/* RFC 2868 3.4: the server's endpoint must be there when a tunnel is to be opened. */
static void radius_tunnel_end(struct radius_tunnel *t)
{
	if (t->wrong)
		return;
	if (!t->l2tp)
		t->wrong = "its Tunnel-Type is not L2TP";
	else if (!*t->server)
		t->wrong = "it has no Tunnel-Server-Endpoint";
}

static struct radius_tunnel *radius_tunnels_of(struct radius_tunnels *all, uint8_t tag)
{
	unsigned i = 0;

	while (i < all->n && all->tunnel[i].tag != tag)
		i++;
	if (i == all->n)
		all->tunnel[all->n++].tag = tag;
	return &all->tunnel[i];
}

struct radius_tunnels *radius_tunnels_read(const struct radius_packet *p,
					   const uint8_t request[RADIUS_AUTH], const void *secret,
					   size_t secret_len, bool *memory)
{
	const struct radius_tunnel_in in = {request, secret, secret_len};
	struct radius_walk at = radius_walk(p);
	uint32_t tags = radius_tunnels_tags(p);
	struct radius_tunnels *all;
	struct radius_value v;
	unsigned n = 0;

	for (uint32_t left = tags; left; left &= left - 1)
		n++;
	*memory = true;
	if (!n)
		return NULL;
	all = calloc(1, sizeof(*all) + n * sizeof(all->tunnel[0]));
	*memory = all;
	while (all && radius_next(&at, &v))
		if (radius_tunnel_row_of(v.name) < ROWS)
			radius_tunnel_take(radius_tunnels_of(all, v.tag), &v, &in);
	for (unsigned i = 0; all && i < all->n; i++)
		radius_tunnel_end(&all->tunnel[i]);
	return all;
}

void radius_tunnels_free(struct radius_tunnels *t)
{
	if (t)
		explicit_bzero(t, sizeof(*t) + t->n * sizeof(t->tunnel[0]));
	free(t);
}
