/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between one PPP engine and its join: frames out, frames in, deadlines, and events.  The data
 * plane is told after every event that changes how IP may flow; PPP itself never sees IP.
 *
 * The PPP engine may not be freed inside its own event handler: it lives until the join is reaped.
 */
#include "gw/legs/leg_terminal.h"

#include "core/container.h"
#include "gw/legs/leg_entry.h"
#include "gw/random.h"
#include "gw/record.h"
#include "gw/resume.h"
#include "gw/text.h"
#include "gw/trace.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEG_TERMINAL_AGAIN 1000000u /* us: what could not be done without memory */

static const uint16_t auth_proto[PPP_AUTHS] = {
	[PPP_AUTH_PAP] = PPP_PAP,
	[PPP_AUTH_CHAP_MD5] = PPP_CHAP,
	[PPP_AUTH_MSCHAPV2] = PPP_CHAP,
	[PPP_AUTH_EAP] = PPP_EAP,
};

/* RFC 3145 section 3: code, whether it is about LCP (else nothing or the authentication protocol),
 * and whether the direction says who required what. */
static const struct why_row {
	enum leg_cause cause;
	uint16_t code, proto;
	bool auth;		/* the protocol is that of the authentication */
	uint8_t server, client; /* direction as either */
} why_table[PPP_WHYS] = {
	[PPP_WHY_NONE] = {LEG_BY_LOSS, 0, 0, false, 0, 0},
	[PPP_WHY_LOCAL] = {LEG_BY_OPERATOR, 3, 0, false, 2, 2},
	[PPP_WHY_PEER] = {LEG_BY_PEER, 3, 0, false, 1, 1},
	[PPP_WHY_NO_ANSWER] = {LEG_BY_TIMEOUT, 5, PPP_LCP, false, 0, 0},
	[PPP_WHY_AUTH_FAILED] = {LEG_BY_AUTH, 16, 0, true, 1, 2},
	[PPP_WHY_AUTH_TIMEOUT] = {LEG_BY_AUTH, 13, 0, true, 0, 0},
	[PPP_WHY_AUTH_REFUSED] = {LEG_BY_AUTH, 15, 0, true, 1, 2},
	[PPP_WHY_ECHO] = {LEG_BY_TIMEOUT, 8, PPP_LCP, false, 0, 0},
	[PPP_WHY_LOOP] = {LEG_BY_MISMATCH, 7, PPP_LCP, false, 0, 0},
	[PPP_WHY_NO_NETWORK] = {LEG_BY_MISMATCH, 18, 0x8021, false, 0, 0},
	[PPP_WHY_LOWER] = {LEG_BY_LOSS, 0, 0, false, 0, 0},
};

struct leg_end leg_terminal_why(enum ppp_why why, enum ppp_auth auth, bool server)
{
	const struct why_row *row = &why_table[why < PPP_WHYS ? why : PPP_WHY_NONE];
	struct leg_end e = leg_end(row->cause, ppp_why_words(why));

	e.has_ppp = true;
	e.ppp_code = row->code;
	e.ppp_proto = row->auth && auth < PPP_AUTHS ? auth_proto[auth] : row->proto;
	e.ppp_direction = server ? row->server : row->client;
	return e;
}

static struct leg_terminal *leg_terminal_from(struct leg *l)
{
	return (struct leg_terminal *)l;
}

/* The data plane answers Echo-Requests while LCP is open.  True = that has changed. */
static bool leg_terminal_follow_lcp(struct leg_terminal *t)
{
	struct ppp_echo before = t->net.magic;
	bool was_open = t->net.echo;

	t->net.echo = t->ppp && ppp_get_echo(t->ppp, &t->net.magic);
	return t->net.echo != was_open || t->net.magic.our_magic != before.our_magic ||
	       t->net.magic.peer_magic != before.peer_magic;
}

/* For a call that does not leave it as it is; NULL: there is no memory to wake it up. */
static struct ppp *leg_terminal_wake(struct leg_terminal *t)
{
	struct ppp *up = ppp_wake(t->ppp);

	if (up)
		t->ppp = up;
	return up;
}

static void leg_terminal_wait(struct leg_terminal *t, uint64_t when);

void leg_terminal_touch(struct leg_terminal *t)
{
	if (t->leg.state != LEG_GONE && leg_terminal_follow_lcp(t))
		leg_terminal_tell(t);
	leg_terminal_wait(t, t->leg.state == LEG_GONE ? DEADLINE_NEVER : ppp_deadline(t->ppp));
	if (t->ppp)
		t->ppp = ppp_rest(t->ppp);
}

static void leg_terminal_release(struct leg_terminal *t)
{
	loop_cancel_deadline(t->gw->loop, &t->timer);
	if (!t->released)
		t->role->release(t);
	t->released = true;
}

const struct leg_end *leg_terminal_ended(const struct leg_terminal *t)
{
	static const struct leg_end none;

	return t->end ? t->end : &none;
}

void leg_terminal_ends(struct leg_terminal *t, const struct leg_end *why)
{
	t->end = leg_end_keep(t->end, why);
}

struct ppp_addresses leg_terminal_addresses(const struct leg_terminal *t)
{
	struct ppp_info i = {.ip4_up = false};

	if (t->ppp)
		ppp_get_info(t->ppp, &i);
	return i.addr;
}

const char *leg_terminal_name(const struct leg_terminal *t)
{
	return t->user ? t->user : "";
}

bool leg_terminal_set_name(struct leg_terminal *t, const char *user)
{
	char *copy = *user ? strdup(user) : NULL;

	if (*user && !copy)
		return false;
	free(t->user);
	t->user = copy;
	return true;
}

static void leg_terminal_gone(struct leg_terminal *t, const struct leg_end *why, uint64_t now)
{
	if (t->leg.state == LEG_GONE)
		return;
	leg_terminal_ends(t, why);
	leg_terminal_release(t);
	join_leg_gone(&t->leg, why, now);
}

/* --- what PPP says ---------------------------------------------------------------------------- */

void leg_terminal_tell(struct leg_terminal *t)
{
	leg_terminal_follow_lcp(t);
	join_network(&t->leg, &t->net);
	if (t->role->told)
		t->role->told(t);
}

static uint16_t leg_terminal_carries(const struct leg_terminal *t, uint16_t mru)
{
	uint16_t most = t->user_mtu && t->user_mtu < 1280 && t->wants6 ? 1280 : t->user_mtu;
	uint16_t mtu = mru && mru < t->mtu ? mru : t->mtu;

	return most && most < mtu ? most : mtu;
}

void leg_terminal_set_user_mtu(struct leg_terminal *t, uint16_t most)
{
	struct ppp_info i;

	t->user_mtu = most;
	if (!t->ppp)
		return;
	ppp_get_info(t->ppp, &i);
	t->net.mtu = leg_terminal_carries(t, i.link.peer_mru);
}

static void leg_terminal_on_lcp_up(struct leg_terminal *t, const struct ppp_event *ev)
{
	t->auth = (uint8_t)ev->link->auth;
	join_leg_recovers(&t->leg);
	t->net.ff03 = !ev->link->tx_acfc;
	t->net.pfc = ev->link->tx_pfc;
	t->net.mtu = leg_terminal_carries(t, ev->link->peer_mru);
	leg_terminal_tell(t);
	if (t->role->lcp_up)
		t->role->lcp_up(t);
	join_accm(&t->leg, ev->link->tx_accm, ev->link->rx_accm, ev->now);
}

static void leg_terminal_on_auth(struct leg_terminal *t, const struct ppp_event *ev)
{
	char user[PPP_NAME_MAX + 1];

	gw_word(user, sizeof(user), ev->auth->name, ev->auth->name_len);
	if (!leg_terminal_set_name(t, user)) {
		ppp_auth_verdict(t->ppp, false, NULL, NULL, ev->now);
		return;
	}
	if (trace_on())
		trace_named(t->gw, &t->leg);
	if (t->role->auth)
		t->role->auth(t, ev->auth, ev->now);
}

static void leg_terminal_on_auth_ok(struct leg_terminal *t, const struct ppp_event *ev)
{
	if (t->wants6 && !ppp_carries_ipv6(t->ppp)) {
		gw_log_peer(about_leg(&t->leg), GW_LOG_PPP, LOGL_NOTICE, 0, ev->now,
			    "%s %s: no IPv6 for %s: MRU %u is under 1280", t->leg.ops->name,
			    t->role->section(t), leg_terminal_user(t), t->net.mtu);
	}
	t->role->auth_ok(t, ev->now);
}

static void leg_terminal_on_ip4(struct leg_terminal *t, const struct ppp_event *ev)
{
	t->net.ip4 = ev->kind == PPP_EV_IP4_UP;
	t->role->ip4(t, ev->addr, t->net.ip4);
	leg_terminal_tell(t);
	if (t->net.ip4)
		join_leg_up(&t->leg, ev->now);
}

static void leg_terminal_on_ip6(struct leg_terminal *t, const struct ppp_event *ev)
{
	t->net.ip6 = ev->kind == PPP_EV_IP6_UP;
	t->role->ip6(t, ev->addr, t->net.ip6);
	leg_terminal_tell(t);
	if (t->net.ip6)
		join_leg_up(&t->leg, ev->now);
}

const char *leg_terminal_user(const struct leg_terminal *t)
{
	return t->user ? t->user : "a peer without a name";
}

static struct leg_end leg_terminal_end(const struct leg_terminal *t, const struct ppp_event *ev)
{
	struct leg_end why =
		leg_terminal_why(ev->why, (enum ppp_auth)t->auth, t->leg.ops->kind != LEG_CLIENT);
	size_t used = strlen(why.words);

	if (t->has_end) {
		why.cause = t->end->cause;
		memcpy(why.words, t->end->words, sizeof(why.words));
	} else if (ev->message && *ev->message) {
		snprintf(why.words + used, sizeof(why.words) - used, ", peer says \"%s\"",
			 ev->message);
	}
	return why;
}

/* The call or circuit may go before our PPP has ended; the reason is the peer's all the same. */
static void leg_terminal_on_peer_closes(struct leg_terminal *t, const struct ppp_event *ev)
{
	struct leg_end why = leg_terminal_end(t, ev);

	gw_log_peer(about_leg(&t->leg), GW_LOG_PPP, LOGL_INFO, 0, ev->now, "%s %s: %s: %s",
		    t->leg.ops->name, t->role->section(t), leg_terminal_user(t), why.words);
	join_leg_ends(&t->leg, &why);
}

/* RFC 1990 5.1.1: no multilink packet goes by a link whose LCP has not agreed on it anew. */
static void leg_terminal_on_lcp_down(struct leg_terminal *t, const struct ppp_event *ev)
{
	struct leg_end why = ev->why == PPP_WHY_NONE ? leg_end(LEG_BY_PEER, "LCP begins anew")
						     : leg_terminal_end(t, ev);

	t->role->leaves(t, &why, ev->now);
	t->net.bundle = 0;
	leg_terminal_tell(t);
}

static void leg_terminal_on_down(struct leg_terminal *t, const struct ppp_event *ev)
{
	struct leg_end why = leg_terminal_end(t, ev);

	leg_terminal_gone(t, &why, ev->now);
}

static void leg_terminal_on_event(void *ctx, const struct ppp_event *ev)
{
	static void (*const handler[])(struct leg_terminal * t, const struct ppp_event *ev) = {
		[PPP_EV_LCP_UP] = leg_terminal_on_lcp_up,
		[PPP_EV_AUTH] = leg_terminal_on_auth,
		[PPP_EV_AUTH_OK] = leg_terminal_on_auth_ok,
		[PPP_EV_IP4_UP] = leg_terminal_on_ip4,
		[PPP_EV_IP6_UP] = leg_terminal_on_ip6,
		[PPP_EV_IP4_DOWN] = leg_terminal_on_ip4,
		[PPP_EV_IP6_DOWN] = leg_terminal_on_ip6,
		[PPP_EV_PEER_CLOSES] = leg_terminal_on_peer_closes,
		[PPP_EV_LCP_DOWN] = leg_terminal_on_lcp_down,
		[PPP_EV_DOWN] = leg_terminal_on_down,
	};
	struct leg_terminal *t = ctx;

	if (t->leg.state != LEG_GONE)
		handler[ev->kind](t, ev);
}

static void leg_terminal_on_tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct leg_terminal *t = ctx;

	if (t->leg.state == LEG_GONE)
		return;
	if (trace_on())
		trace_ppp(&t->leg, true, frame, len);
	join_frame(&t->leg, frame, len, loop_now(t->gw->loop));
}

static void leg_terminal_on_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	gw_random(buf, len);
}

/* A frame follows that shows what has changed. */
static void leg_terminal_on_keep(void *ctx)
{
	struct leg_terminal *t = ctx;

	join_changed(&t->leg);
}

static bool leg_terminal_may_have4(void *ctx, uint32_t addr)
{
	struct leg_terminal *t = ctx;

	return t->role->may_have4 && t->role->may_have4(t, addr);
}

static const struct ppp_ops ops = {.tx = leg_terminal_on_tx,
				   .event = leg_terminal_on_event,
				   .random = leg_terminal_on_random,
				   .keep = leg_terminal_on_keep,
				   .may_have4 = leg_terminal_may_have4};

static void leg_terminal_on_time(struct deadline *d, uint64_t now)
{
	struct leg_terminal *t = IST_CONTAINER_OF(d, struct leg_terminal, timer);

	if (!leg_terminal_wake(t)) {
		leg_terminal_wait(t, now + LEG_TERMINAL_AGAIN);
		return;
	}
	ppp_expire(t->ppp, now);
	leg_terminal_touch(t);
}

static void leg_terminal_wait(struct leg_terminal *t, uint64_t when)
{
	loop_set_deadline(t->gw->loop, &t->timer, leg_terminal_on_time, when);
}

/* --- what the join says ----------------------------------------------------------------------- */

/* c: a copy of the section's. */
static void leg_terminal_bound(struct leg_terminal *t, struct ppp_config *c, uint16_t mtu)
{
	const struct leg *other = join_other(&t->leg);
	uint16_t carries = other->ops->mtu(other);

	t->mtu = carries < mtu ? carries : mtu;
	t->net = (struct leg_network){.ff03 = true,
				      .mtu = t->mtu,
				      .client = t->leg.ops->kind == LEG_CLIENT,
				      .tun = t->net.tun};
	if (!c->mru || c->mru > t->mtu)
		c->mru = t->mtu;
	if (!c->mtu || c->mtu > t->mtu)
		c->mtu = t->mtu;
	t->wants6 = c->ipv6;
}

bool leg_terminal_make(struct leg_terminal *t, const struct ppp_config *cfg, uint16_t mtu)
{
	struct ppp_config c = *cfg;

	leg_terminal_bound(t, &c, mtu);
	t->ppp = ppp_new(&c, &ops, t);
	explicit_bzero(&c, sizeof(c));
	return t->ppp;
}

bool leg_terminal_open(struct leg_terminal *t, const struct ppp_config *cfg, uint16_t mtu,
		       uint64_t now)
{
	if (!leg_terminal_make(t, cfg, mtu))
		return false;
	ppp_open(t->ppp, now);
	leg_terminal_touch(t);
	return true;
}

/* --- going on in another life ----------------------------------------------------------------- */

bool leg_terminal_save(const struct leg_terminal *t, struct wr *w)
{
	uint8_t rec[PPP_RECORD_MAX];
	size_t n = t->ppp ? ppp_save(t->ppp, rec, sizeof(rec)) : 0;

	record_text(w, leg_terminal_name(t));
	wr_u16(w, t->net.bundle);
	wr_u16(w, (uint16_t)n);
	wr_bytes(w, rec, n);
	return !t->has_end;
}

void leg_terminal_read(struct leg_terminal *t, struct rd *r)
{
	char user[RECORD_TEXT_MAX + 1];

	record_read_text(r, user, sizeof(user));
	if (!leg_terminal_set_name(t, user))
		rd_fail(r);
	t->was_of = rd_u16(r);
}

/* What its events have said in the life before. */
static void leg_terminal_recall(struct leg_terminal *t, uint64_t now)
{
	struct ppp_info i;

	ppp_get_info(t->ppp, &i);
	t->auth = (uint8_t)i.link.auth;
	t->net.ff03 = !i.link.tx_acfc;
	t->net.pfc = i.link.tx_pfc;
	t->net.mtu = leg_terminal_carries(t, i.link.peer_mru);
	t->net.ip4 = i.ip4_up;
	t->net.ip6 = i.ip6_up;
	if (t->net.ip4)
		t->role->ip4(t, &i.addr, true);
	if (t->net.ip6)
		t->role->ip6(t, &i.addr, true);
	leg_terminal_tell(t);
	if (t->net.ip4 || t->net.ip6 || t->net.bundle)
		join_leg_up(&t->leg, now);
}

bool leg_terminal_resume(struct leg_terminal *t, const struct ppp_config *cfg, uint16_t mtu,
			 struct rd *r, uint64_t now)
{
	struct rd rec = rd_sub(r, rd_u16(r));
	struct ppp_config c = *cfg;

	bool anew;

	leg_terminal_bound(t, &c, mtu);
	t->ppp = rec.left ? ppp_restore(&c, &ops, t, rec.p, rec.left, now) : NULL;
	anew = !t->ppp;
	if (anew)
		t->ppp = ppp_new(&c, &ops, t);
	explicit_bzero(&c, sizeof(c));
	if (r->bad || !t->ppp)
		return false;
	t->net.bundle = anew ? 0 : t->was_of;
	leg_terminal_recall(t, now);
	if (anew)
		ppp_open(t->ppp, now);
	leg_terminal_touch(t);
	return true;
}

void leg_terminal_close(struct leg_terminal *t, const struct leg_end *why, uint64_t now)
{
	if (!t->has_end) {
		t->has_end = true;
		leg_terminal_ends(t, why);
	}
	if (!leg_terminal_wake(t)) {
		struct leg_end end = *t->end;

		leg_terminal_gone(t, &end, now);
		return;
	}
	ppp_close_saying(t->ppp, t->end->words, now);
	leg_terminal_touch(t);
}

void leg_terminal_stop(struct leg *l, const struct leg_end *why, uint64_t now)
{
	if (leg_terminal_from(l)->ppp)
		leg_terminal_close(leg_terminal_from(l), why, now);
	else
		leg_terminal_gone(leg_terminal_from(l), why, now);
}

void leg_terminal_lost(struct leg *l, const struct leg_end *why, uint64_t now)
{
	leg_terminal_gone(leg_terminal_from(l), why, now);
}

/* An IP packet of an open NCP, or any frame of a bundle.  The data plane did not know yet that it
 * is when the packet came: the peer may send right behind its Ack, and we have been busy since. */
static bool leg_terminal_network(struct leg_terminal *t, const uint8_t *frame, size_t len,
				 uint64_t now)
{
	struct leg *other = join_other(&t->leg);
	bool ip4 = len > 2 && frame[0] == 0 && frame[1] == PPP_IP && t->net.ip4;
	bool ip6 = len > 2 && frame[0] == 0 && frame[1] == PPP_IPV6 && t->net.ip6;

	if (t->net.bundle && len > 2 && frame[0] < PPP_LCP >> 8) {
		leg_entry_ip_rx(other->ops->entry(other), frame, len);
		return true;
	}
	if (!ip4 && !ip6)
		return false;
	if (ip6 && t->role->ip6_packet && t->role->ip6_packet(t, frame + 2, len - 2, now))
		return true;
	if (other->state == LEG_UP && other->ops->entry)
		leg_entry_ip_rx(other->ops->entry(other), frame, len);
	else
		join_drop(&t->leg, JOIN_D_OTHER_NOT_UP);
	return true;
}

void leg_terminal_frame(struct leg *l, const uint8_t *frame, size_t len, uint64_t now)
{
	struct leg_terminal *t = leg_terminal_from(l);

	if (!t->ppp) {
		join_drop(l, JOIN_D_NOT_STARTED);
		return;
	}
	if (leg_terminal_network(t, frame, len, now))
		return;
	if (!leg_terminal_wake(t)) {
		join_drop(l, JOIN_D_NO_MEMORY);
		return;
	}
	if (trace_on())
		trace_ppp(l, false, frame, len);
	ppp_rx(t->ppp, frame, len, now);
	leg_terminal_touch(t);
}

uint16_t leg_terminal_mtu(const struct leg *l)
{
	(void)l;
	return UINT16_MAX;
}

void leg_terminal_free(struct leg *l)
{
	struct leg_terminal *t = leg_terminal_from(l);

	leg_terminal_release(t);
	if (t->ppp) {
		ppp_add_counters(t->ppp, t->gw->ppp_count);
		ppp_free(t->ppp);
	}
	leg_end_forget(t->end);
	free(t->user);
	free(t);
}

bool leg_terminal_view(const struct leg *l, struct leg_terminal_view *out)
{
	const struct leg_terminal *t = (const struct leg_terminal *)l;

	if (l->ops->entry)
		return false;
	*out = (struct leg_terminal_view){
		.user = leg_terminal_name(t), .ppp = t->ppp, .net = &t->net, .tun = t->net.tun};
	return true;
}

uint32_t leg_terminal_client4(const struct leg_terminal_view *v)
{
	struct ppp_info i;

	if (!v->net->client || !v->ppp)
		return v->net->peer4;
	ppp_get_info(v->ppp, &i);
	return i.addr.local4;
}
