/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Q.933 Annex A.5 and A.6 in words.  The user sends STATUS ENQUIRY every T391 and expects a STATUS
 * that carries back its sequence number before the next; the network expects an ENQUIRY at least
 * every T392, with its own number carried back.  A right message is a good event, a wrong one or
 * none is an error; N392 errors in the last N393 events take the link down, N392 good events in a
 * row bring it up.  An interval counts once: when a wrong STATUS and then the right one come, it
 * stays an error.
 *
 * While the link is down every poll asks for the full status, so that when it comes up the PVCs are
 * known.  A PVC missing from a full status is deleted.  As network, a new PVC is announced as new
 * until the user's next sequence number shows that the announcement arrived, then as active;
 * after a change the next answer is a full status, asked for or not.  A changed state of a PVC that
 * the user knows is also sent at once, in an asynchronous status message.  That message has no
 * sequence number: it may be lost, and some users ignore it.
 */
#include "transports/frame-relay/lmi.h"

#include "transports/kit/handover.h"

#include <errno.h>
#include <stdlib.h>

#define N393_MAX 10u /* RFC 2115 frDlcmiMonitoredEvents */

enum poll { POLL_NONE, POLL_WAITING, POLL_ERRED, POLL_DONE };

const char *lmi_conf_check(const struct lmi_conf *c)
{
	if (c->n392 < 1 || c->n393 > N393_MAX || c->n392 > c->n393)
		return "n392: it and n393 must be 1 to 10, n392 not above n393";
	if (c->n391 < 1 || c->n391 > 255)
		return "n391: must be 1 to 255";
	if (!c->t391)
		return "t391: must not be 0";
	if (!c->t392)
		return "t392: must not be 0";
	if (!lmi_msg_fits(c->automatic ? LMI_CISCO : c->kind, c->address))
		return "lmi: with addresses of 4 octets it must be annex-a or annex-d";
	return NULL;
}

int lmi_init(struct lmi *l, const struct lmi_conf *c, const struct lmi_ops *ops, void *ctx,
	     const uint32_t *dlci, unsigned n)
{
	*l = (struct lmi){.conf = *c, .ops = ops, .ctx = ctx, .deadline = UINT64_MAX};
	l->pvc = calloc((size_t)n + 1, sizeof(*l->pvc));
	if (!l->pvc)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++)
		l->pvc[i].dlci = dlci[i];
	l->pvcs = n;
	for (unsigned i = 0; i < n && c->role == LMI_NETWORK; i++)
		lmi_set_pvc(l, dlci[i], LMI_PVC_ACTIVE);
	return 0;
}

void lmi_free(struct lmi *l)
{
	free(l->pvc);
	l->pvc = NULL;
	l->pvcs = 0;
}

uint64_t lmi_deadline(const struct lmi *l)
{
	return l->deadline;
}

static struct lmi_pvc *lmi_find(const struct lmi *l, uint32_t dlci)
{
	unsigned low = 0, high = l->pvcs;

	while (low < high) {
		unsigned mid = (low + high) / 2;

		if (l->pvc[mid].dlci == dlci)
			return &l->pvc[mid];
		if (l->pvc[mid].dlci < dlci)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

bool lmi_pvc_up(const struct lmi *l, uint32_t dlci)
{
	const struct lmi_pvc *p = lmi_find(l, dlci);

	return p && p->up;
}

bool lmi_pvc_absent(const struct lmi *l, uint32_t dlci)
{
	const struct lmi_pvc *p = lmi_find(l, dlci);

	return !p || p->state == LMI_PVC_ABSENT;
}

/* --- events ----------------------------------------------------------------------------------- */

static void lmi_report_pvcs(struct lmi *l)
{
	for (unsigned i = 0; i < l->pvcs; i++) {
		struct lmi_pvc *p = &l->pvc[i];
		bool up = l->up && p->state == LMI_PVC_ACTIVE && !p->fresh;

		if (up == p->up)
			continue;
		p->up = up;
		l->ops->pvc(l->ctx, p->dlci, up);
	}
}

static void lmi_go_up(struct lmi *l)
{
	l->up = true;
	l->window = 0;
	l->ops->link(l->ctx, true);
	lmi_report_pvcs(l);
}

static void lmi_go_down(struct lmi *l)
{
	l->up = false;
	l->good = 0;
	l->searching = l->conf.automatic;
	for (unsigned i = 0; i < l->pvcs && l->conf.role == LMI_USER; i++)
		l->pvc[i].state = LMI_PVC_ABSENT;
	lmi_report_pvcs(l);
	l->ops->link(l->ctx, false);
}

static void lmi_event(struct lmi *l, bool error)
{
	if (!l->up) {
		l->good = error ? 0 : l->good + 1;
		if (l->good >= l->conf.n392)
			lmi_go_up(l);
		return;
	}
	l->window = (uint16_t)((l->window << 1 | error) & ((1u << l->conf.n393) - 1));
	if ((unsigned)__builtin_popcount(l->window) < l->conf.n392)
		return;
	l->count[LMI_LINK_DOWN]++;
	lmi_go_down(l);
}

static uint8_t lmi_next_seq(uint8_t s)
{
	return s == 255 ? 1 : (uint8_t)(s + 1);
}

static void lmi_put_msg(struct lmi *l, const struct lmi_msg *m)
{
	uint8_t pdu[16 + LMI_MSG_PVCS * 8];
	struct wr w = wr_init(pdu, sizeof(pdu));

	lmi_msg_put(&w, l->conf.kind, l->conf.address, m);
	l->ops->tx(l->ctx, pdu, w.len);
}

static void lmi_send_msg(struct lmi *l, struct lmi_msg *m)
{
	l->send_seq = lmi_next_seq(l->send_seq);
	m->has_keepalive = true;
	m->send = l->send_seq;
	m->recv = l->recv_seq;
	lmi_put_msg(l, m);
	for (unsigned k = 0; k + 1 < LMI_KINDS && l->searching; k++) { /* the others too */
		l->conf.kind = (enum lmi_kind)((l->conf.kind + 1) % LMI_KINDS);
		lmi_put_msg(l, m);
	}
}

/* --- the user's side -------------------------------------------------------------------------- */

static void lmi_poll_network(struct lmi *l, uint64_t now)
{
	struct lmi_msg m;

	m.type = LMI_STATUS_ENQUIRY;
	m.pvcs = 0;
	m.report = !l->up || ++l->polls >= l->conf.n391 ? LMI_FULL : LMI_INTEGRITY;
	if (m.report == LMI_FULL)
		l->polls = 0;
	l->asked = m.report;
	l->poll = POLL_WAITING;
	l->deadline = now + l->conf.t391;
	l->count[LMI_ENQUIRY_TX]++;
	lmi_send_msg(l, &m);
}

static void lmi_user_expired(struct lmi *l, uint64_t now)
{
	if (l->poll == POLL_WAITING) {
		l->count[LMI_TIMEOUT]++;
		lmi_event(l, true);
	}
	lmi_poll_network(l, now);
}

static void lmi_apply_pvc(struct lmi *l, const struct lmi_msg_pvc *from)
{
	struct lmi_pvc *p = lmi_find(l, from->dlci);

	if (!p) {
		l->count[LMI_PVC_UNKNOWN]++;
		return;
	}
	if (from->bits & LMI_PVC_D)
		p->state = LMI_PVC_ABSENT;
	else
		p->state = from->bits & LMI_PVC_A ? LMI_PVC_ACTIVE : LMI_PVC_INACTIVE;
}

static void lmi_apply_status(struct lmi *l, const struct lmi_msg *m)
{
	for (unsigned i = 0; i < l->pvcs && m->report == LMI_FULL; i++)
		l->pvc[i].state = LMI_PVC_ABSENT;
	for (unsigned i = 0; i < m->pvcs && m->report != LMI_INTEGRITY; i++)
		lmi_apply_pvc(l, &m->pvc[i]);
}

static void lmi_wrong(struct lmi *l, enum lmi_counter why)
{
	l->count[why]++;
	if (l->conf.role == LMI_USER) {
		if (l->poll != POLL_WAITING)
			return;
		l->poll = POLL_ERRED;
	}
	lmi_event(l, true);
}

static void lmi_user_status(struct lmi *l, const struct lmi_msg *m)
{
	bool good = l->poll == POLL_WAITING;

	l->count[LMI_STATUS_RX] += m->type == LMI_STATUS;
	if (m->report == LMI_ASYNC) {
		l->count[LMI_ASYNC_RX]++;
		lmi_apply_status(l, m);
		lmi_report_pvcs(l);
		return;
	}
	if (l->poll != POLL_WAITING && l->poll != POLL_ERRED) {
		l->count[LMI_UNEXPECTED]++;
		return;
	}
	if (m->recv != l->send_seq) {
		lmi_wrong(l, LMI_BAD_SEQ);
		return;
	}
	l->poll = POLL_DONE;
	l->recv_seq = m->send;
	l->count[LMI_FULL_RX] += m->report == LMI_FULL;
	if (l->asked == LMI_FULL && m->report != LMI_FULL)
		l->polls = l->conf.n391; /* ask again */
	lmi_apply_status(l, m);
	if (good)
		lmi_event(l, false);
	lmi_report_pvcs(l);
}

/* --- the network's side ----------------------------------------------------------------------- */

static void lmi_list_pvcs(struct lmi *l, struct lmi_msg *m)
{
	for (unsigned i = 0; i < l->pvcs && m->pvcs < LMI_MSG_PVCS; i++) {
		struct lmi_pvc *p = &l->pvc[i];
		uint8_t bits = p->fresh ? LMI_PVC_N : p->state == LMI_PVC_ACTIVE ? LMI_PVC_A : 0;

		p->announced = p->state != LMI_PVC_ABSENT;
		if (p->announced)
			m->pvc[m->pvcs++] = (struct lmi_msg_pvc){p->dlci, bits};
	}
}

/* The user's number shows whether our last STATUS arrived. */
static void lmi_confirm(struct lmi *l, bool arrived)
{
	if (!l->unconfirmed)
		return;
	l->unconfirmed = false;
	if (!arrived)
		l->changed = true;
	for (unsigned i = 0; i < l->pvcs && arrived; i++) {
		struct lmi_pvc *p = &l->pvc[i];

		if (p->fresh && p->announced) {
			p->fresh = false;
			l->changed = true;
		}
	}
}

static void lmi_network_enquiry(struct lmi *l, const struct lmi_msg *m, uint64_t now)
{
	bool right = m->recv == l->send_seq;
	struct lmi_msg answer;

	l->count[LMI_ENQUIRY_RX]++;
	l->deadline = now + l->conf.t392;
	l->recv_seq = m->send;
	lmi_confirm(l, right);
	l->only_asked = l->only_asked || (l->unasked && !right);
	if (!right)
		lmi_wrong(l, LMI_BAD_SEQ);
	answer.type = LMI_STATUS;
	answer.pvcs = 0;
	answer.report = l->changed && !l->only_asked ? LMI_FULL : m->report;
	l->unasked = answer.report != m->report;
	if (answer.report == LMI_FULL) {
		lmi_list_pvcs(l, &answer);
		l->unconfirmed = true;
		l->changed = false;
		l->count[LMI_FULL_TX]++;
	}
	l->count[LMI_STATUS_TX]++;
	lmi_send_msg(l, &answer);
	if (right)
		lmi_event(l, false);
	lmi_report_pvcs(l);
}

static void lmi_network_expired(struct lmi *l, uint64_t now)
{
	l->deadline = now + l->conf.t392;
	lmi_wrong(l, LMI_TIMEOUT);
}

static void lmi_tell(struct lmi *l, const struct lmi_pvc *p)
{
	struct lmi_msg m;

	m.type = lmi_variants[l->conf.kind].update ? LMI_UPDATE : LMI_STATUS;
	m.report = LMI_ASYNC;
	m.has_keepalive = false;
	m.pvcs = 1;
	m.pvc[0].dlci = p->dlci;
	m.pvc[0].bits = p->state == LMI_PVC_ACTIVE   ? LMI_PVC_A
			: p->state == LMI_PVC_ABSENT ? LMI_PVC_D
						     : 0;
	l->count[LMI_ASYNC_TX]++;
	lmi_put_msg(l, &m);
}

void lmi_set_pvc(struct lmi *l, uint32_t dlci, enum lmi_pvc_state state)
{
	struct lmi_pvc *p = lmi_find(l, dlci);
	bool known;

	if (!p || p->state == state)
		return;
	known = p->state != LMI_PVC_ABSENT && !p->fresh;
	p->fresh = p->state == LMI_PVC_ABSENT || (p->fresh && state != LMI_PVC_ABSENT);
	p->announced = false;
	p->state = (uint8_t)state;
	l->changed = true;
	if (l->up && known && !l->only_asked)
		lmi_tell(l, p);
	lmi_report_pvcs(l);
}

/* --- both ------------------------------------------------------------------------------------- */

bool lmi_on_dlci(const struct lmi *l, uint32_t dlci)
{
	for (unsigned k = 0; k < LMI_KINDS; k++)
		if (lmi_variants[k].dlci == dlci && (l->searching || k == l->conf.kind))
			return true;
	return false;
}

const char *lmi_name(const struct lmi *l)
{
	return l->searching ? "auto" : lmi_variants[l->conf.kind].name;
}

void lmi_start(struct lmi *l, uint64_t now)
{
	l->running = true;
	l->searching = l->conf.automatic;
	l->send_seq = l->recv_seq = 0;
	l->good = 0;
	l->poll = POLL_NONE;
	l->polls = 0;
	l->unconfirmed = l->unasked = l->only_asked = false;
	l->changed = l->conf.role == LMI_NETWORK;
	for (unsigned i = 0; i < l->pvcs && l->conf.role == LMI_NETWORK; i++)
		l->pvc[i].fresh = l->pvc[i].state != LMI_PVC_ABSENT;
	l->deadline = l->conf.role == LMI_USER ? now : now + l->conf.t392;
}

void lmi_stop(struct lmi *l)
{
	l->running = false;
	l->deadline = UINT64_MAX;
	if (l->up)
		lmi_go_down(l);
}

void lmi_expire(struct lmi *l, uint64_t now)
{
	if (!l->running || now < l->deadline)
		return;
	if (l->conf.role == LMI_USER)
		lmi_user_expired(l, now);
	else
		lmi_network_expired(l, now);
}

/* lmi = auto: is this a message our side waits for, in any variant? */
static void lmi_recognise(struct lmi *l, struct lmi_msg *m, const uint8_t *pdu, size_t len)
{
	for (unsigned k = 0; k < LMI_KINDS; k++) {
		if (!lmi_msg_get(m, (enum lmi_kind)k, l->conf.address, pdu, len))
			continue;
		if (l->conf.role == LMI_USER ? m->type != LMI_STATUS || m->recv != l->send_seq
					     : m->type != LMI_STATUS_ENQUIRY)
			continue;
		l->conf.kind = (enum lmi_kind)k;
		l->searching = false;
		return;
	}
}

void lmi_rx(struct lmi *l, const uint8_t *pdu, size_t len, uint64_t now)
{
	struct lmi_msg m;

	if (!l->running)
		return;
	if (l->searching)
		lmi_recognise(l, &m, pdu, len);
	if (!lmi_msg_get(&m, l->conf.kind, l->conf.address, pdu, len))
		lmi_wrong(l, LMI_MALFORMED);
	else if (l->conf.role == LMI_USER && m.type != LMI_STATUS_ENQUIRY)
		lmi_user_status(l, &m);
	else if (l->conf.role == LMI_NETWORK && m.type == LMI_STATUS_ENQUIRY)
		lmi_network_enquiry(l, &m, now);
	else
		l->count[LMI_UNEXPECTED]++;
}

/* --- to and from another process ----------------------------------------------------------------- */

static void lmi_hand_pvc(struct lmi_pvc *p, struct handover *h)
{
	p->state = (uint8_t)handover_word(h, p->state, LMI_PVC_ACTIVE);
	p->fresh = handover_flag(h, p->fresh);
	p->announced = handover_flag(h, p->announced);
	p->up = handover_flag(h, p->up);
}

static void lmi_hand_pvcs(struct lmi *l, struct handover *h)
{
	unsigned n = handover_word(h, l->pvcs, LMI_MSG_PVCS), known = 0;
	struct lmi_pvc gone = {0}, *p;

	for (unsigned i = 0; i < n && !h->bad; i++) {
		uint32_t dlci = handover_word(h, h->thawing ? 0 : l->pvc[i].dlci, UINT32_MAX);

		p = lmi_find(l, dlci);
		known += p != NULL;
		lmi_hand_pvc(p ? p : &gone, h);
	}
	if (l->conf.role == LMI_NETWORK && known != l->pvcs)
		l->changed = true;
}

static void lmi_hand_numbers(struct lmi *l, struct handover *h)
{
	uint64_t most = l->conf.role == LMI_USER ? l->conf.t391 : l->conf.t392;

	l->deadline = handover_time(h, l->deadline, most);
	l->up = handover_flag(h, l->up);
	l->send_seq = (uint8_t)handover_word(h, l->send_seq, UINT8_MAX);
	l->recv_seq = (uint8_t)handover_word(h, l->recv_seq, UINT8_MAX);
	l->window = (uint16_t)handover_word(h, l->window, UINT16_MAX);
	l->window &= (uint16_t)((1u << l->conf.n393) - 1);
	l->good = handover_word(h, l->good, UINT32_MAX);
	l->poll = (uint8_t)handover_word(h, l->poll, POLL_DONE);
	l->asked = (uint8_t)handover_word(h, l->asked, UINT8_MAX);
	l->polls = handover_word(h, l->polls, UINT32_MAX);
	l->changed = handover_flag(h, l->changed);
	l->unconfirmed = handover_flag(h, l->unconfirmed);
	l->unasked = handover_flag(h, l->unasked);
	l->only_asked = handover_flag(h, l->only_asked);
}

bool lmi_hand(struct lmi *l, struct handover *h)
{
	bool automatic = handover_flag(h, l->conf.automatic), searching;
	enum lmi_kind kind = (enum lmi_kind)handover_word(h, l->conf.kind, LMI_KINDS - 1);
	bool user = handover_flag(h, l->conf.role == LMI_USER);

	searching = handover_flag(h, l->searching);
	if (h->bad || automatic != l->conf.automatic || user != (l->conf.role == LMI_USER) ||
	    (!automatic && kind != l->conf.kind))
		return false;
	l->conf.kind = kind;
	l->searching = automatic && searching;
	l->running = true;
	lmi_hand_numbers(l, h);
	lmi_hand_pvcs(l, h);
	return true;
}
