/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a server answers (RFC 8415 18.3): a row for each message says what becomes of the IAs in it
 * and what else is told.  A message is answered anew each time, since lifetimes run.
 */
#include "gw/dhcp6/dhcp6_int.h"

#include <nettle/sha1.h>

#define SECOND	   UINT64_C(1000000)
#define MAX_RT	   3600u  /* seconds: RFC 8415 7.6 has the same */
#define REFRESH	   14400u /* seconds between Information-requests */
#define DUID_UUID  4u	  /* RFC 6355 */
#define PREFIX_LEN 25u	  /* of its option: lifetimes, length, prefix */

struct dhcp6_reply {
	struct wr w;
	struct dhcp6_lease *l;
	const struct dhcp6_says *s;
	const struct dhcp6_msg *m;
	uint64_t now;
	bool rapid;
	uint32_t chosen; /* the IAID of the IA_PD that can have the prefix */
	bool given;	 /* it has it */
};

/* --- options ----------------------------------------------------------------------------------- */

/* Where its length is, for dhcp6_end(). */
static size_t dhcp6_begin(struct wr *w, uint16_t code)
{
	wr_u16(w, code);
	wr_u16(w, 0);
	return w->len - 2;
}

static void dhcp6_end(struct wr *w, size_t at)
{
	wr_patch16(w, at, (uint16_t)(w->len - at - 2));
}

static void dhcp6_put(struct wr *w, uint16_t code, const void *octets, size_t len)
{
	wr_u16(w, code);
	wr_u16(w, (uint16_t)len);
	wr_bytes(w, octets, len);
}

static void dhcp6_put_status(struct wr *w, uint8_t status)
{
	static const char *const words[] = {
		[DHCP6_SUCCESS] = "done",
		[DHCP6_NO_ADDRS_AVAIL] = "addresses are not given here",
		[DHCP6_NO_BINDING] = "it has none",
		[DHCP6_NOT_ON_LINK] = "not of this link",
		[DHCP6_USE_MULTICAST] = "ask all servers",
		[DHCP6_NO_PREFIX_AVAIL] = "there is no prefix",
	};
	size_t at = dhcp6_begin(w, DHCP6_O_STATUS);

	wr_u16(w, status);
	wr_bytes(w, words[status], strlen(words[status]));
	dhcp6_end(w, at);
}

static void dhcp6_put_prefix(struct wr *w, const struct dhcp6_prefix *p, uint32_t preferred,
			     uint32_t valid)
{
	wr_u16(w, DHCP6_O_PREFIX);
	wr_u16(w, PREFIX_LEN);
	wr_u32(w, preferred);
	wr_u32(w, valid);
	wr_u8(w, p->bits);
	wr_bytes(w, p->addr, sizeof(p->addr));
}

static void dhcp6_put_u32(struct wr *w, uint16_t code, uint32_t value)
{
	wr_u16(w, code);
	wr_u16(w, 4);
	wr_u32(w, value);
}

/* T1 at half and T2 at four fifths of the preferred lifetime (RFC 8415 21.21); 0: there is nothing
 * to renew. */
static size_t dhcp6_begin_ia(struct wr *w, const struct dhcp6_ia *ia, uint32_t preferred)
{
	size_t at = dhcp6_begin(w, ia->code);

	wr_u32(w, ia->iaid);
	if (ia->code != DHCP6_O_IA_TA) {
		wr_u32(w, preferred / 2);
		wr_u32(w, preferred / 5 * 4);
	}
	return at;
}

static void dhcp6_put_none(struct wr *w, const struct dhcp6_ia *ia, uint8_t status)
{
	size_t at = dhcp6_begin_ia(w, ia, 0);

	dhcp6_put_status(w, status);
	dhcp6_end(w, at);
}

/* --- prefixes ---------------------------------------------------------------------------------- */

static bool dhcp6_same(const struct dhcp6_prefix *a, const struct dhcp6_prefix *b)
{
	return a->bits == b->bits && !memcmp(a->addr, b->addr, sizeof(a->addr));
}

static bool dhcp6_bound(const struct dhcp6_reply *r, uint32_t iaid)
{
	const struct dhcp6_lease *l = r->l;

	return l->prefix.bits && l->duid_len && l->duid_len == r->m->client.left &&
	       !memcmp(l->duid, r->m->client.p, l->duid_len) && l->iaid == iaid;
}

static void dhcp6_bind(struct dhcp6_reply *r, uint32_t iaid)
{
	r->l->duid_len = (uint8_t)r->m->client.left;
	memcpy(r->l->duid, r->m->client.p, r->l->duid_len);
	r->l->iaid = iaid;
	r->l->until = r->now + r->s->valid * SECOND;
}

/* Those that the client says and that are not its own: it is not to use them any more. */
static void dhcp6_put_others(struct dhcp6_reply *r, struct dhcp6_ia ia)
{
	static const uint8_t hint[16];
	struct dhcp6_prefix p;

	while (dhcp6_next_lease(&ia, &p))
		if (!dhcp6_same(&p, &r->l->prefix) && memcmp(p.addr, hint, sizeof(hint)) != 0)
			dhcp6_put_prefix(&r->w, &p, 0, 0);
}

static void dhcp6_put_ours(struct dhcp6_reply *r, const struct dhcp6_ia *ia, bool others)
{
	size_t at = dhcp6_begin_ia(&r->w, ia, r->s->preferred);

	dhcp6_put_prefix(&r->w, &r->l->prefix, r->s->preferred, r->s->valid);
	if (others)
		dhcp6_put_others(r, *ia);
	dhcp6_end(&r->w, at);
	r->given = true;
}

/* The one of this message that has it already, or else the first. */
static void dhcp6_choose(struct dhcp6_reply *r)
{
	struct rd options = r->m->options;
	bool first = true;
	struct dhcp6_ia ia;

	while (dhcp6_next_ia(&options, &ia)) {
		if (ia.code != DHCP6_O_IA_PD)
			continue;
		if (first || dhcp6_bound(r, ia.iaid))
			r->chosen = ia.iaid;
		first = false;
	}
}

static bool dhcp6_may_have(const struct dhcp6_reply *r, const struct dhcp6_ia *ia)
{
	return r->l->prefix.bits && !r->given && ia->iaid == r->chosen;
}

static void dhcp6_pd_offer(struct dhcp6_reply *r, const struct dhcp6_ia *ia)
{
	if (dhcp6_may_have(r, ia))
		dhcp6_put_ours(r, ia, false);
	else
		dhcp6_put_none(&r->w, ia, DHCP6_NO_PREFIX_AVAIL);
}

static void dhcp6_pd_request(struct dhcp6_reply *r, const struct dhcp6_ia *ia)
{
	if (dhcp6_may_have(r, ia))
		dhcp6_bind(r, ia->iaid);
	dhcp6_pd_offer(r, ia);
}

static void dhcp6_pd_renew(struct dhcp6_reply *r, const struct dhcp6_ia *ia)
{
	if (!dhcp6_bound(r, ia->iaid) || r->given) {
		dhcp6_put_none(&r->w, ia, DHCP6_NO_BINDING);
		return;
	}
	dhcp6_bind(r, ia->iaid);
	dhcp6_put_ours(r, ia, true);
}

/* RFC 8415 18.3.5: whoever answers to Rapid Commit may bind here. */
static void dhcp6_pd_rebind(struct dhcp6_reply *r, const struct dhcp6_ia *ia)
{
	size_t at;

	if (dhcp6_may_have(r, ia)) {
		dhcp6_bind(r, ia->iaid);
		dhcp6_put_ours(r, ia, true);
		return;
	}
	at = dhcp6_begin_ia(&r->w, ia, 0);
	dhcp6_put_others(r, *ia);
	dhcp6_put_status(&r->w, DHCP6_NO_PREFIX_AVAIL);
	dhcp6_end(&r->w, at);
}

static void dhcp6_pd_release(struct dhcp6_reply *r, const struct dhcp6_ia *ia)
{
	struct dhcp6_ia in = *ia;
	struct dhcp6_prefix p;

	if (!dhcp6_bound(r, ia->iaid)) {
		dhcp6_put_none(&r->w, ia, DHCP6_NO_BINDING);
		return;
	}
	while (dhcp6_next_lease(&in, &p))
		if (dhcp6_same(&p, &r->l->prefix))
			r->l->duid_len = 0;
}

/* RFC 8415 18.3.8: addresses are declined, and those are not given. */
static void dhcp6_pd_decline(struct dhcp6_reply *r, const struct dhcp6_ia *ia)
{
	if (!dhcp6_bound(r, ia->iaid))
		dhcp6_put_none(&r->w, ia, DHCP6_NO_BINDING);
}

/* --- configuration ------------------------------------------------------------------------------ */

static void dhcp6_put_dns(struct dhcp6_reply *r)
{
	if (r->s->dns_n)
		dhcp6_put(&r->w, DHCP6_O_DNS, r->s->dns, 16 * (size_t)r->s->dns_n);
}

static void dhcp6_put_domains(struct dhcp6_reply *r)
{
	if (r->s->domains_len)
		dhcp6_put(&r->w, DHCP6_O_DOMAINS, r->s->domains, r->s->domains_len);
}

/* RFC 8415 21.23: in answers to Information-request only. */
static void dhcp6_put_refresh(struct dhcp6_reply *r)
{
	if (r->m->type == DHCP6_INFORMATION)
		dhcp6_put_u32(&r->w, DHCP6_O_REFRESH, REFRESH);
}

static void dhcp6_put_sol_max_rt(struct dhcp6_reply *r)
{
	dhcp6_put_u32(&r->w, DHCP6_O_SOL_MAX_RT, MAX_RT);
}

static void dhcp6_put_inf_max_rt(struct dhcp6_reply *r)
{
	dhcp6_put_u32(&r->w, DHCP6_O_INF_MAX_RT, MAX_RT);
}

static const struct {
	uint16_t code;
	void (*put)(struct dhcp6_reply *r);
} dhcp6_told[] = {
	{DHCP6_O_DNS, dhcp6_put_dns},
	{DHCP6_O_DOMAINS, dhcp6_put_domains},
	{DHCP6_O_REFRESH, dhcp6_put_refresh},
	{DHCP6_O_SOL_MAX_RT, dhcp6_put_sol_max_rt},
	{DHCP6_O_INF_MAX_RT, dhcp6_put_inf_max_rt},
};

static bool dhcp6_wants(struct rd wants, uint16_t code)
{
	while (wants.left)
		if (rd_u16(&wants) == code)
			return true;
	return false;
}

static void dhcp6_tell(struct dhcp6_reply *r)
{
	for (size_t i = 0; i < sizeof(dhcp6_told) / sizeof(dhcp6_told[0]); i++)
		if (dhcp6_wants(r->m->wants, dhcp6_told[i].code))
			dhcp6_told[i].put(r);
}

/* --- messages ---------------------------------------------------------------------------------- */

static bool dhcp6_on_link(const struct dhcp6_says *s, const struct dhcp6_prefix *addr)
{
	return !memcmp(addr->addr, s->on_link.addr, s->on_link.bits / 8);
}

enum dhcp6_where { NO_ADDRESS, ON_LINK, ELSEWHERE };

static enum dhcp6_where dhcp6_where(const struct dhcp6_says *s, struct dhcp6_ia ia)
{
	enum dhcp6_where where = NO_ADDRESS;
	struct dhcp6_prefix p;

	while (where != ELSEWHERE && dhcp6_next_lease(&ia, &p))
		where = dhcp6_on_link(s, &p) ? ON_LINK : ELSEWHERE;
	return where;
}

/* RFC 8415 18.3.3.  False: there is nothing to judge, or we cannot. */
static bool dhcp6_confirm(struct dhcp6_reply *r)
{
	struct rd options = r->m->options;
	enum dhcp6_where all = NO_ADDRESS;
	struct dhcp6_ia ia;

	while (all != ELSEWHERE && dhcp6_next_ia(&options, &ia)) {
		enum dhcp6_where one =
			ia.code == DHCP6_O_IA_PD ? NO_ADDRESS : dhcp6_where(r->s, ia);

		all = one > all ? one : all;
	}
	if (all == NO_ADDRESS || !r->s->on_link.bits)
		return false;
	dhcp6_put_status(&r->w, all == ON_LINK ? DHCP6_SUCCESS : DHCP6_NOT_ON_LINK);
	return true;
}

static const struct dhcp6_row {
	void (*pd)(struct dhcp6_reply *r, const struct dhcp6_ia *ia);
	uint8_t na;   /* what becomes of an IA for addresses */
	bool success; /* the answer begins with that */
	bool tells;   /* what the client wants to know is told */
} dhcp6_rows[DHCP6_TYPES] = {
	[DHCP6_SOLICIT] = {dhcp6_pd_offer, DHCP6_NO_ADDRS_AVAIL, false, true},
	[DHCP6_REQUEST] = {dhcp6_pd_request, DHCP6_NO_ADDRS_AVAIL, false, true},
	[DHCP6_RENEW] = {dhcp6_pd_renew, DHCP6_NO_BINDING, false, true},
	[DHCP6_REBIND] = {dhcp6_pd_rebind, DHCP6_NO_ADDRS_AVAIL, false, true},
	[DHCP6_RELEASE] = {dhcp6_pd_release, DHCP6_NO_BINDING, true, false},
	[DHCP6_DECLINE] = {dhcp6_pd_decline, DHCP6_NO_BINDING, true, false},
	[DHCP6_INFORMATION] = {NULL, 0, false, true},
};

/* RFC 8415 18.3.2: who requests an address of another link is told so. */
static void dhcp6_answer_na(struct dhcp6_reply *r, const struct dhcp6_ia *ia, uint8_t status)
{
	if (r->m->type == DHCP6_REQUEST && r->s->on_link.bits &&
	    dhcp6_where(r->s, *ia) == ELSEWHERE)
		status = DHCP6_NOT_ON_LINK;
	dhcp6_put_none(&r->w, ia, status);
}

static void dhcp6_answer_row(struct dhcp6_reply *r, const struct dhcp6_row *row)
{
	struct rd options = r->m->options;
	struct dhcp6_ia ia;

	dhcp6_choose(r);
	if (row->success)
		dhcp6_put_status(&r->w, DHCP6_SUCCESS);
	while (dhcp6_next_ia(&options, &ia)) {
		if (ia.code == DHCP6_O_IA_PD)
			row->pd(r, &ia);
		else
			dhcp6_answer_na(r, &ia, row->na);
	}
	if (row->tells)
		dhcp6_tell(r);
}

/* Its type, what it answers to, and whose it is. */
static void dhcp6_put_head(struct dhcp6_reply *r)
{
	const struct dhcp6_msg *m = r->m;
	bool offer = m->type == DHCP6_SOLICIT && !r->rapid;

	wr_u32(&r->w, (offer ? DHCP6_ADVERTISE : DHCP6_REPLY) << 24 | m->xid);
	dhcp6_put(&r->w, DHCP6_O_SERVER, r->s->duid, sizeof(r->s->duid));
	if (m->client.p)
		dhcp6_put(&r->w, DHCP6_O_CLIENT, m->client.p, m->client.left);
	if (r->rapid)
		wr_u32(&r->w, DHCP6_O_RAPID << 16); /* of no octets */
}

/* False: it gets no answer. */
static bool dhcp6_answer_all(struct dhcp6_reply *r)
{
	const struct dhcp6_msg *m = r->m;

	if (m->unicast)
		dhcp6_put_status(&r->w, DHCP6_USE_MULTICAST);
	else if (m->type == DHCP6_CONFIRM)
		return dhcp6_confirm(r);
	else if (m->type == DHCP6_REBIND && !m->ias)
		return false;
	else
		dhcp6_answer_row(r, &dhcp6_rows[r->rapid ? DHCP6_REQUEST : m->type]);
	return true;
}

size_t dhcp6_answer(struct dhcp6_lease *l, const struct dhcp6_says *s, const struct dhcp6_msg *m,
		    uint64_t now, uint8_t out[DHCP6_MAX])
{
	struct dhcp6_lease after = *l;
	struct dhcp6_reply r = {.w = wr_init(out, DHCP6_MAX),
				.l = &after,
				.s = s,
				.m = m,
				.now = now,
				.rapid = m->type == DHCP6_SOLICIT && m->rapid};

	dhcp6_put_head(&r);
	if (!dhcp6_answer_all(&r) || r.w.bad)
		return 0;
	*l = after; /* what is not answered has not been done */
	return r.w.len;
}

/* --- names ------------------------------------------------------------------------------------- */

void dhcp6_server_duid(uint8_t out[DHCP6_DUID_SERVER], const char *name)
{
	static const uint8_t of_names[16] = {/* RFC 9562 6.6: Namespace_DNS */
					     0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
					     0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
	uint8_t *uuid = out + 2;
	struct sha1_ctx h;

	wr_put16(out, DUID_UUID);
	sha1_init(&h);
	sha1_update(&h, sizeof(of_names), of_names);
	sha1_update(&h, strlen(name), (const uint8_t *)name);
	sha1_digest(&h, 16, uuid);
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x50);
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
}
