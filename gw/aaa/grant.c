/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row for each attribute.  What would let a user do more than he may, or give him what nobody
 * has meant, is a refusal: a name that no section can have, a second filter, a prefix that is no
 * /64.  A route that cannot be read is left out and told, as the log-in is good without it.
 */
#include "gw/aaa/grant.h"

#include "gw/aaa/radius/radius.h"
#include "gw/aaa/rate.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_OF_USER 0xffffffffu /* RFC 2865 5.8 */
#define MTU_LEAST	64u	    /* RFC 2865 5.12 */
#define IP6_BITS	64u	    /* the longest prefix that the data plane leads by */
#define PARTS		8u	    /* of a route: prefix, next hop, metrics */

/* --- routes ------------------------------------------------------------------------------------ */

static bool grant_is_number(const char *s)
{
	s += *s == '-';
	return *s && strspn(s, "0123456789") == strlen(s);
}

static bool grant_bits(uint8_t *out, const char *text, unsigned most)
{
	unsigned n = 0;

	if (!*text || strlen(text) > 3 || strspn(text, "0123456789") != strlen(text))
		return false;
	for (; *text; text++)
		n = 10 * n + (unsigned)(*text - '0');
	*out = (uint8_t)n;
	return n <= most;
}

/* RFC 2865 5.22: without a length it is that of the address's class. */
static uint8_t grant_class_bits(const uint8_t *addr)
{
	return addr[0] < 128 ? 8 : addr[0] < 192 ? 16 : 24;
}

/* Bits of the host are none of the network's. */
static void grant_mask(struct cfg_prefix *p)
{
	unsigned at = p->v6 ? 0 : 12, bits = p->bits;

	for (; at < 16; at++) {
		if (bits >= 8) {
			bits -= 8;
			continue;
		}
		p->addr[at] &= (uint8_t)(0xff00u >> bits);
		bits = 0;
	}
}

static const char *grant_prefix(struct cfg_prefix *p, char *text)
{
	char *slash = strchr(text, '/');
	uint8_t *at = p->addr + (p->v6 ? 0 : 12);

	if (slash)
		*slash++ = '\0';
	if (inet_pton(p->v6 ? AF_INET6 : AF_INET, text, at) != 1)
		return "no address";
	if (!slash && p->v6)
		return "no prefix length";
	if (!slash)
		p->bits = grant_class_bits(at);
	else if (!grant_bits(&p->bits, slash, p->v6 ? 128 : 32))
		return "a wrong prefix length";
	if (!p->bits)
		return "a default route";
	if (p->v6 && p->bits > IP6_BITS)
		return "more than 64 bits";
	grant_mask(p);
	return NULL;
}

static const char *grant_next_hop(bool v6, const char *text)
{
	uint8_t addr[16];

	return inet_pton(v6 ? AF_INET6 : AF_INET, text, addr) == 1 ? NULL : "a wrong next hop";
}

const char *grant_route(struct cfg_prefix *out, bool v6, const char *text)
{
	char copy[RADIUS_VALUE_MAX + 1], *save = NULL, *part;
	const char *wrong = "no address";

	*out = (struct cfg_prefix){.v6 = v6};
	if (strlen(text) >= sizeof(copy))
		return "too long";
	memcpy(copy, text, strlen(text) + 1);
	part = strtok_r(copy, " ", &save);
	for (unsigned i = 0; part && i < PARTS; i++) {
		if (i == 0)
			wrong = grant_prefix(out, part);
		else if (i == 1)
			wrong = grant_next_hop(v6, part);
		else
			wrong = grant_is_number(part) ? NULL : "a metric that is no number";
		if (wrong)
			return wrong;
		part = strtok_r(NULL, " ", &save);
	}
	return part ? "more than five metrics" : wrong;
}

/* --- attributes -------------------------------------------------------------------------------- */

/* Octets of a text; those that no line may have become question marks. */
static void grant_text(char *out, size_t cap, struct rd octets)
{
	size_t n = octets.left < cap ? octets.left : cap - 1;

	memcpy(out, octets.p, n);
	out[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
			out[i] = '?';
}

/* False: no section has such a name. */
static bool grant_name(char out[GRANT_NAME + 1], struct rd octets)
{
	if (octets.left > GRANT_NAME)
		return false;
	grant_text(out, GRANT_NAME + 1, octets);
	return true;
}

static const char *grant_add_address(struct grant_draft *d, const struct radius_value *v)
{
	d->g.chooses4 = v->number == ADDRESS_OF_USER;
	return NULL;
}

static const char *grant_add_pool4(struct grant_draft *d, const struct radius_value *v)
{
	return grant_name(d->g.pool4, v->octets) ? NULL : "a Framed-Pool that is no name";
}

static const char *grant_add_pool6(struct grant_draft *d, const struct radius_value *v)
{
	return grant_name(d->g.pool6, v->octets) ? NULL : "a Framed-IPv6-Pool that is no name";
}

static const char *grant_add_filter(struct grant_draft *d, const struct radius_value *v)
{
	if (rate_is_filter_id(v->octets))
		return NULL;
	if (*d->g.filter)
		return "more than one Filter-Id";
	return grant_name(d->g.filter, v->octets) ? NULL : "a Filter-Id that is no name";
}

static const char *grant_add_dns1(struct grant_draft *d, const struct radius_value *v)
{
	d->g.dns4[0] = v->number;
	return NULL;
}

static const char *grant_add_dns2(struct grant_draft *d, const struct radius_value *v)
{
	d->g.dns4[1] = v->number;
	return NULL;
}

static const char *grant_add_dns6(struct grant_draft *d, const struct radius_value *v)
{
	if (d->g.dns6s < GRANT_DNS6)
		memcpy(d->g.dns6[d->g.dns6s++], v->octets.p, 16);
	return NULL;
}

/* The first one counts. */
static const char *grant_add_prefix6(struct grant_draft *d, const struct radius_value *v)
{
	uint8_t prefix[16];

	if (radius_prefix6(v, prefix) != IP6_BITS)
		return "a Framed-IPv6-Prefix that is no /64";
	if (!d->g.has_prefix6)
		memcpy(d->g.prefix6, prefix, IP6_BITS / 8);
	d->g.has_prefix6 = true;
	return NULL;
}

static const char *grant_add_pool_pd(struct grant_draft *d, const struct radius_value *v)
{
	return grant_name(d->g.pool_pd, v->octets) ? NULL
						   : "a Delegated-IPv6-Prefix-Pool that is no name";
}

/* RFC 4818 section 3, in the same form.  The first one counts: there is one for a link. */
static const char *grant_add_delegated(struct grant_draft *d, const struct radius_value *v)
{
	struct cfg_prefix p = {.v6 = true};

	p.bits = radius_prefix6(v, p.addr);
	if (!p.bits || p.bits > IP6_BITS)
		return "a Delegated-IPv6-Prefix that is not of 1 to 64 bits";
	if (!d->g.delegated.bits)
		d->g.delegated = p;
	return NULL;
}

static const char *grant_add_iid(struct grant_draft *d, const struct radius_value *v)
{
	struct rd r = v->octets;

	d->g.iid = rd_u64(&r);
	return NULL;
}

static const char *grant_add_mtu(struct grant_draft *d, const struct radius_value *v)
{
	if (v->number < MTU_LEAST)
		return "a Framed-MTU under 64";
	d->g.mtu = v->number < UINT16_MAX ? (uint16_t)v->number : UINT16_MAX;
	return NULL;
}

static const char *grant_add_links(struct grant_draft *d, const struct radius_value *v)
{
	if (!v->number)
		return "a Port-Limit of 0";
	d->g.links = v->number < UINT16_MAX ? (uint16_t)v->number : UINT16_MAX;
	return NULL;
}

/* Several are one text, as far as there is room. */
static const char *grant_add_message(struct grant_draft *d, const struct radius_value *v)
{
	size_t n = strlen(d->message);

	grant_text(d->message + n, sizeof(d->message) - n, v->octets);
	return NULL;
}

static const char *grant_add_route(struct grant_draft *d, const struct radius_value *v)
{
	char text[RADIUS_VALUE_MAX + 1];
	struct cfg_prefix to;
	const char *why;

	grant_text(text, sizeof(text), v->octets);
	why = grant_route(&to, v->name == RADIUS_FRAMED_IPV6_ROUTE, text);
	if (!why && d->g.routes == GRANT_ROUTES)
		why = "more than 16 routes";
	if (!why) {
		d->route[d->g.routes++] = to;
		return NULL;
	}
	if (!d->skipped_why) {
		d->skipped_name = radius_attrs[v->name].words;
		d->skipped_why = why;
		grant_text(d->skipped, sizeof(d->skipped), v->octets);
	}
	return NULL;
}

static const struct {
	enum radius_name name;
	const char *(*add)(struct grant_draft *d, const struct radius_value *v);
} grant_rows[] = {
	{RADIUS_FRAMED_IP_ADDRESS, grant_add_address},
	{RADIUS_FRAMED_POOL, grant_add_pool4},
	{RADIUS_FRAMED_IPV6_POOL, grant_add_pool6},
	{RADIUS_FILTER_ID, grant_add_filter},
	{RADIUS_MS_PRIMARY_DNS, grant_add_dns1},
	{RADIUS_MS_SECONDARY_DNS, grant_add_dns2},
	{RADIUS_DNS_SERVER_IPV6_ADDRESS, grant_add_dns6},
	{RADIUS_FRAMED_IPV6_PREFIX, grant_add_prefix6},
	{RADIUS_DELEGATED_IPV6_POOL, grant_add_pool_pd},
	{RADIUS_DELEGATED_IPV6_PREFIX, grant_add_delegated},
	{RADIUS_FRAMED_INTERFACE_ID, grant_add_iid},
	{RADIUS_FRAMED_MTU, grant_add_mtu},
	{RADIUS_PORT_LIMIT, grant_add_links},
	{RADIUS_REPLY_MESSAGE, grant_add_message},
	{RADIUS_FRAMED_ROUTE, grant_add_route},
	{RADIUS_FRAMED_IPV6_ROUTE, grant_add_route},
};

void grant_begin(struct grant_draft *d)
{
	*d = (struct grant_draft){0};
	d->g.route = d->route;
}

const char *grant_add(struct grant_draft *d, const struct radius_value *v)
{
	for (size_t i = 0; i < sizeof(grant_rows) / sizeof(grant_rows[0]); i++)
		if (grant_rows[i].name == v->name)
			return grant_rows[i].add(d, v);
	return NULL;
}

void grant_say(struct grant_draft *d, const char *words)
{
	if (!*d->message)
		grant_text(d->message, sizeof(d->message), rd_init(words, strlen(words)));
}

/* --- kept -------------------------------------------------------------------------------------- */

struct grant *grant_keep(const struct grant *g)
{
	size_t routes = g ? g->routes * sizeof(g->route[0]) : 0;
	struct grant *out = g ? malloc(sizeof(*out) + routes) : NULL;

	if (!out)
		return NULL;
	*out = *g;
	out->route = (const struct cfg_prefix *)(out + 1);
	if (routes)
		memcpy(out + 1, g->route, routes);
	return out;
}

static void grant_put_text(struct wr *w, const char *text)
{
	wr_u8(w, (uint8_t)strlen(text));
	wr_bytes(w, text, strlen(text));
}

static void grant_put(struct wr *w, const struct grant *g)
{
	grant_put_text(w, g->pool4);
	grant_put_text(w, g->pool6);
	grant_put_text(w, g->filter);
	wr_u8(w, g->chooses4);
	wr_u32(w, g->dns4[0]);
	wr_u32(w, g->dns4[1]);
	wr_u8(w, g->dns6s);
	for (unsigned i = 0; i < g->dns6s; i++)
		wr_bytes(w, g->dns6[i], 16);
	wr_u8(w, g->has_prefix6);
	wr_bytes(w, g->prefix6, 16);
	wr_u64(w, g->iid);
	wr_u16(w, g->mtu);
	wr_u16(w, g->links);
	wr_u8(w, g->routes);
	for (unsigned i = 0; i < g->routes; i++) {
		wr_u8(w, g->route[i].v6);
		wr_u8(w, g->route[i].bits);
		wr_bytes(w, g->route[i].addr, 16);
	}
	grant_put_text(w, g->pool_pd);
	wr_u8(w, g->delegated.bits);
	wr_bytes(w, g->delegated.addr, 16);
}

void grant_save(const struct grant *g, struct wr *w)
{
	size_t at = w->len;

	wr_u16(w, 0);
	if (!g)
		return;
	grant_put(w, g);
	wr_patch16(w, at, (uint16_t)(w->len - at - 2));
}

static void grant_get_text(struct rd *r, char out[GRANT_NAME + 1])
{
	uint8_t n = rd_u8(r);
	const uint8_t *p = rd_take(r, n);

	if (!p || n > GRANT_NAME) {
		rd_fail(r);
		return;
	}
	grant_text(out, GRANT_NAME + 1, rd_init(p, n));
}

static void grant_get_octets(struct rd *r, uint8_t out[16])
{
	const uint8_t *p = rd_take(r, 16);

	if (p)
		memcpy(out, p, 16);
}

static void grant_get_route(struct rd *r, struct cfg_prefix *p)
{
	p->v6 = rd_u8(r);
	p->bits = rd_u8(r);
	grant_get_octets(r, p->addr);
	if (!p->bits || p->bits > (p->v6 ? IP6_BITS : 32))
		rd_fail(r);
	else
		grant_mask(p);
}

/* A record of an older release ends before it. */
static void grant_get_delegated(struct rd *r, struct grant *g)
{
	if (r->bad || !r->left)
		return;
	grant_get_text(r, g->pool_pd);
	g->delegated.bits = rd_u8(r);
	g->delegated.v6 = g->delegated.bits;
	grant_get_octets(r, g->delegated.addr);
	if (g->delegated.bits > IP6_BITS)
		rd_fail(r);
	else
		grant_mask(&g->delegated);
}

static void grant_get(struct rd *r, struct grant_draft *d)
{
	struct grant *g = &d->g;
	uint8_t n;

	grant_get_text(r, g->pool4);
	grant_get_text(r, g->pool6);
	grant_get_text(r, g->filter);
	g->chooses4 = rd_u8(r);
	g->dns4[0] = rd_u32(r);
	g->dns4[1] = rd_u32(r);
	n = rd_u8(r);
	if (n > GRANT_DNS6)
		rd_fail(r);
	for (; g->dns6s < n && !r->bad; g->dns6s++)
		grant_get_octets(r, g->dns6[g->dns6s]);
	g->has_prefix6 = rd_u8(r);
	grant_get_octets(r, g->prefix6);
	g->iid = rd_u64(r);
	g->mtu = rd_u16(r);
	g->links = rd_u16(r);
	n = rd_u8(r);
	if (n > GRANT_ROUTES)
		rd_fail(r);
	for (; g->routes < n && !r->bad; g->routes++)
		grant_get_route(r, &d->route[g->routes]);
	grant_get_delegated(r, g);
}

bool grant_read(struct rd *r, struct grant **out)
{
	struct rd in = rd_sub(r, rd_u16(r));
	struct grant_draft d;

	*out = NULL;
	if (!in.left)
		return !r->bad;
	grant_begin(&d);
	grant_get(&in, &d);
	if (in.bad)
		return false;
	*out = grant_keep(&d.g);
	return *out;
}
