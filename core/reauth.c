/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Periodic re-authentication of a peer.  RFC 2661 authenticates only at set-up, so at the
 * configured interval a second, authenticated control connection is opened on the tunnel's channel;
 * when the peer has answered our Challenge, the second is closed again.  If that fails, the first
 * ends with StopCCN "not authorized".  The owner never sees the second connection, only the
 * outcome.
 */
#include "core/engine_int.h"

bool reauth_wanted(const struct l2tp_tunnel *t)
{
	return t->policy.reauth && t->policy.secret.len && !t->policy.single_tunnel;
}

void reauth_arm(struct l2tp_tunnel *t)
{
	if (reauth_wanted(t))
		deadline_set(&t->e->heap, &t->due[D_REAUTH], t->e->now + t->policy.reauth);
}

void reauth_start(struct l2tp_tunnel *t)
{
	struct l2tp_peer_answer who = {.policy = t->policy, .peer = t->peer};
	enum l2tp_reason why;
	struct l2tp_tunnel *p;

	who.policy.challenge = true;
	p = t->due[D_HOLD].set ? NULL : tunnel_new(t->e, t->channel, &who, &why);
	if (!p) { /* not possible now: try again at the next interval */
		reauth_arm(t);
		return;
	}
	p->is_proof = p->initiator = true;
	p->proof = t;
	t->proof = p;
	tunnel_step(p, CC_OPEN, NULL, L2TP_BY_US);
}

static void reauth_outcome(struct l2tp_tunnel *t, bool ok)
{
	t->proof->proof = NULL;
	t->proof = NULL;
	t->reauth_ok = ok;
	events_tunnel(t, L2TP_EV_REAUTH);
}

void reauth_proved(struct l2tp_tunnel *p)
{
	struct l2tp_tunnel *t = p->proof;

	t->authenticated = true;
	reauth_outcome(t, true);
	reauth_arm(t);
}

void reauth_close(struct l2tp_tunnel *p)
{
	struct l2tp_result r = engine_result(L2TP_STOP_GENERAL_CLEAR, 0, "re-authentication done");

	if (p->state == L2TP_T_ESTABLISHED)
		tunnel_step(p, CC_CLOSE, &r, L2TP_BY_US);
}

/* The second tunnel ended before the peer had proved itself. */
static void reauth_failed(struct l2tp_tunnel *p)
{
	struct l2tp_tunnel *t = p->proof;
	struct l2tp_result r = engine_result(L2TP_STOP_NOT_AUTHORIZED, 0,
					     "re-authentication failed: %.200s", p->result.text);

	engine_count(t->e, L2TP_R_AUTH_FAILED);
	reauth_outcome(t, false);
	tunnel_step(t, CC_CLOSE, &r, L2TP_BY_US);
}

void reauth_over(struct l2tp_tunnel *t)
{
	struct l2tp_result r = engine_result(L2TP_STOP_GENERAL_CLEAR, 0, "nothing left to prove");
	struct l2tp_tunnel *other = t->proof;

	if (!other)
		return;
	if (t->is_proof) {
		reauth_failed(t);
		return;
	}
	t->proof = other->proof = NULL;
	tunnel_step(other, CC_CLOSE, &r, L2TP_BY_US);
}
