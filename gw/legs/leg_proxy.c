/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our PPP as server on a line, until it is known whose PPP that is: LCP and authentication, whose
 * answer waits for the LNS's verdict.  It ends in silence when the call is up, or refuses.
 */
#include "gw/about.h"
#include "gw/event.h"
#include "gw/legs/leg_entry.h"
#include "gw/legs/leg_terminal.h"
#include "gw/log_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct leg_proxy {
	struct leg_terminal t;
	struct cfg_lcp cfg;
	const struct leg_proxy_owner *owner;
	void *ctx;
	bool known;
};

static struct leg_proxy *leg_proxy_of(struct leg_terminal *t)
{
	return (struct leg_proxy *)t;
}

static const char *proxy_section(const struct leg_terminal *t)
{
	struct leg *line = join_other(&t->leg);

	return leg_entry_circuit(line->ops->entry(line));
}

static void leg_proxy_say(struct leg_proxy *p, const char *user, uint64_t now)
{
	p->known = true;
	p->owner->known(p->ctx, user, now);
}

static void proxy_auth(struct leg_terminal *t, const struct ppp_auth_claim *claim, uint64_t now)
{
	leg_proxy_say(leg_proxy_of(t), claim->name, now);
}

/* Nothing had to be proved. */
static void proxy_auth_ok(struct leg_terminal *t, uint64_t now)
{
	leg_proxy_say(leg_proxy_of(t), "", now);
}

static void proxy_release(struct leg_terminal *t)
{
	(void)t;
}

static void proxy_start(struct leg *l, uint64_t now)
{
	struct leg_proxy *p = (struct leg_proxy *)l;
	struct ppp_config c;

	ppp_config_default(&c);
	c.keep_requests = true;
	c.ipv4 = c.ipv6 = false;
	c.mru = p->cfg.mru;
	c.n_auth = p->cfg.n_auth;
	memcpy(c.auth, p->cfg.auth, sizeof(c.auth));
	snprintf(c.name, sizeof(c.name), "%s", p->t.gw->cfg->host_name);
	if (!leg_terminal_open(&p->t, &c, UINT16_MAX, now)) {
		struct leg_end why = leg_end(LEG_BY_RESOURCES, "out of memory");

		leg_terminal_stop(l, &why, now);
	}
}

/* A client that had nothing to prove negotiates its network at once: that is for the LNS. */
static void proxy_frame(struct leg *l, const uint8_t *frame, size_t len, uint64_t now)
{
	struct leg_proxy *p = (struct leg_proxy *)l;
	struct rd r = rd_init(frame, len);
	uint16_t proto = rd_u16(&r);

	if (p->known && proto != PPP_LCP && proto != PPP_PAP && proto != PPP_CHAP)
		p->owner->frame(p->ctx, frame, len, now);
	else
		leg_terminal_frame(l, frame, len, now);
}

static const struct leg_ops proxy_ops = {
	.kind = LEG_PROXY,
	.name = "proxy",
	.start = proxy_start,
	.stop = leg_terminal_stop,
	.lost = leg_terminal_lost,
	.frame = proxy_frame,
	.mtu = leg_terminal_mtu,
	.free = leg_terminal_free,
};
/* No NCP is ever started. */
static const struct leg_role proxy_role = {
	.ops = &proxy_ops,
	.section = proxy_section,
	.auth = proxy_auth,
	.auth_ok = proxy_auth_ok,
	.release = proxy_release,
};

struct leg *leg_proxy_new(struct gw *gw, const struct cfg_lcp *cfg,
			  const struct leg_proxy_owner *owner, void *ctx)
{
	struct leg_proxy *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->t.leg.ops = &proxy_ops;
	p->t.role = &proxy_role;
	p->t.gw = gw;
	p->cfg = *cfg;
	p->owner = owner;
	p->ctx = ctx;
	return &p->t.leg;
}

void leg_proxy_refuse(struct leg *l, const struct leg_end *why, const char *message, uint64_t now)
{
	struct leg_proxy *p = (struct leg_proxy *)l;
	const struct leg_entry *e = join_other(l)->ops->entry(join_other(l));
	char name[GW_LEG_NAME];

	if (l->state != LEG_STARTING || p->t.has_end)
		return;
	EVENT(USER_REFUSED, about_leg(l), why->words);
	gw_log_peer(about_event(LOG_ID_REFUSED, about_leg(l)), GW_LOG_CALL, LOGL_NOTICE, e->source,
		    now, "%s: refused: user %s: %s", leg_entry_name(name, sizeof(name), e),
		    leg_terminal_user(&p->t), why->words);
	p->t.has_end = true;
	leg_terminal_ends(&p->t, why);
	ppp_auth_verdict(p->t.ppp, false, NULL, message, now);
	ppp_close_saying(p->t.ppp, message, now);
	leg_terminal_touch(&p->t);
}

bool leg_proxy_state(const struct leg *l, struct ppp_proxy *out)
{
	const struct leg_proxy *p = (const struct leg_proxy *)l;

	return l->state == LEG_STARTING && ppp_get_proxy(p->t.ppp, out);
}
