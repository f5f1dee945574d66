/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LCP as a table of options and a table of codes.  The peer's side of each option ends in
 * lcp_vars.peer and becomes the link's when we acknowledge it; our side is asked for from lcp_vars
 * and the configuration, and holds when the peer acknowledges.  Options without a row (quality
 * protocol, callback and so on) are rejected; so is FCS-Alternatives (RFC 1570 2.1), since the
 * medium makes and checks the FCS and frames come here without it.
 */
#include "ppp/lcp.h"

#include "ppp/link.h"

#define ACCM_DEFAULT 0xffffffffu

static struct lcp_proposal *lcp_peer(struct ppp *p)
{
	return &p->lcp_vars.peer;
}

/* --- MRU (6.1) -------------------------------------------------------------------------------- */

static enum cp_verdict lcp_mru_judge(struct ppp *p, struct rd v)
{
	lcp_peer(p)->mru = rd_u16(&v);
	return lcp_peer(p)->mru >= PPP_MRU_MIN ? CP_ACK : CP_NAK;
}

static bool lcp_mru_suggest(struct ppp *p, struct wr *w)
{
	(void)p;
	wr_u16(w, PPP_MRU_MIN);
	return true;
}

static bool lcp_mru_ask(struct ppp *p, struct wr *w)
{
	wr_u16(w, p->lcp_vars.mru);
	return p->lcp_vars.mru != PPP_MRU_DEFAULT;
}

static const char *lcp_mru_adopt(struct ppp *p, struct rd v)
{
	p->lcp_vars.mru = rd_u16(&v);
	return NULL; /* lcp_misfit() judges, also when it was left out */
}

/* More than we can take is no use; less is. */
static void lcp_mru_nakked(struct ppp *p, struct rd v)
{
	uint16_t mru = rd_u16(&v);

	if (mru >= PPP_MRU_MIN && mru <= p->cfg->mru)
		p->lcp_vars.mru = mru;
}

/* --- ACCM (RFC 1662 7.1): taken from the peer, never asked for -------------------------------- */

static enum cp_verdict lcp_accm_judge(struct ppp *p, struct rd v)
{
	lcp_peer(p)->accm = rd_u32(&v);
	return CP_ACK;
}

static bool lcp_accm_suggest(struct ppp *p, struct wr *w)
{
	(void)p;
	wr_u32(w, ACCM_DEFAULT);
	return true;
}

/* Only the end with the asynchronous line uses it. */
static const char *lcp_accm_adopt(struct ppp *p, struct rd v)
{
	(void)p;
	(void)v;
	return NULL;
}

/* --- Authentication-Protocol (6.2) ------------------------------------------------------------ */

static bool lcp_allowed(const struct ppp *p, unsigned method)
{
	for (unsigned i = 0; i < p->cfg->n_auth; i++)
		if (p->cfg->auth[i] == method)
			return true;
	return false;
}

/* Only a client proves itself to the peer. */
static enum cp_verdict lcp_auth_judge(struct ppp *p, struct rd v)
{
	enum ppp_auth m = auth_by_option(v);

	if (p->cfg->server)
		return CP_REJECT;
	if (m != PPP_AUTH_NONE && lcp_allowed(p, m)) {
		lcp_peer(p)->auth = (uint8_t)m;
		return CP_ACK;
	}
	p->lcp_vars.auth_disagreed = true;
	return p->cfg->n_auth ? CP_NAK : CP_REJECT;
}

/* Each refusal suggests another one of ours: not every server takes the first. */
static bool lcp_auth_suggest(struct ppp *p, struct wr *w)
{
	if (p->cfg->server || !p->cfg->n_auth)
		return false;
	auth_put_option(w, (enum ppp_auth)p->cfg->auth[p->lcp_vars.auth_hint++ % p->cfg->n_auth]);
	return true;
}

static bool lcp_auth_ask(struct ppp *p, struct wr *w)
{
	if (!p->cfg->server || p->lcp_vars.auth == PPP_AUTH_NONE)
		return false;
	auth_put_option(w, (enum ppp_auth)p->lcp_vars.auth);
	return true;
}

static void lcp_auth_try(struct ppp *p, uint8_t m)
{
	p->lcp_vars.auth = m;
	p->lcp_vars.auth_tried |= (uint8_t)(1u << m);
}

static bool lcp_untried(const struct ppp *p, unsigned m)
{
	return lcp_allowed(p, m) && !(p->lcp_vars.auth_tried & 1u << m);
}

/* Refused: the next of our list; when there is none, the link cannot be. */
static bool lcp_auth_next(struct ppp *p)
{
	for (unsigned i = 0; i < p->cfg->n_auth; i++) {
		if (lcp_untried(p, p->cfg->auth[i])) {
			lcp_auth_try(p, p->cfg->auth[i]);
			return true;
		}
	}
	ppp_link_close(p, PPP_WHY_AUTH_REFUSED);
	return true;
}

static void lcp_auth_nakked(struct ppp *p, struct rd v)
{
	enum ppp_auth m = auth_by_option(v);

	if (m != PPP_AUTH_NONE && lcp_untried(p, m))
		lcp_auth_try(p, (uint8_t)m);
	else
		lcp_auth_next(p);
}

static const char *lcp_auth_adopt(struct ppp *p, struct rd v)
{
	enum ppp_auth m = auth_by_option(v);

	if (m == PPP_AUTH_NONE || !lcp_allowed(p, m))
		return "an authentication method that is not used here";
	lcp_auth_try(p, (uint8_t)m);
	return NULL;
}

/* --- Magic-Number (6.4) ----------------------------------------------------------------------- */

static uint32_t lcp_fresh_magic(struct ppp *p)
{
	uint32_t m = ppp_link_random32(p);

	return m ? m : 1;
}

static void lcp_loop_seen(struct ppp *p)
{
	ppp_link_count(p, PPP_R_MAGIC);
	if (++p->lcp_vars.loops >= p->cfg->max_failure)
		ppp_link_close(p, PPP_WHY_LOOP);
}

static enum cp_verdict lcp_magic_judge(struct ppp *p, struct rd v)
{
	uint32_t m = rd_u32(&v);

	lcp_peer(p)->magic = m;
	if (m && m != p->lcp_vars.magic)
		return CP_ACK;
	if (m)
		lcp_loop_seen(p);
	return CP_NAK;
}

static bool lcp_magic_suggest(struct ppp *p, struct wr *w)
{
	p->lcp_vars.nak_magic = lcp_fresh_magic(p);
	wr_u32(w, p->lcp_vars.nak_magic);
	return true;
}

static bool lcp_magic_ask(struct ppp *p, struct wr *w)
{
	wr_u32(w, p->lcp_vars.magic);
	return true;
}

/* Our own suggestion coming back is a loop; any other is a peer that chose as we did. */
static void lcp_magic_nakked(struct ppp *p, struct rd v)
{
	if (p->lcp_vars.nak_magic && rd_u32(&v) == p->lcp_vars.nak_magic)
		lcp_loop_seen(p);
	p->lcp_vars.magic = lcp_fresh_magic(p);
}

static const char *lcp_magic_adopt(struct ppp *p, struct rd v)
{
	p->lcp_vars.magic = rd_u32(&v);
	return NULL;
}

/* --- compression of the framing (6.5, 6.6): options without a value --------------------------- */

static enum cp_verdict lcp_pfc_judge(struct ppp *p, struct rd v)
{
	(void)v;
	lcp_peer(p)->pfc = true;
	return p->cfg->accept_pfc ? CP_ACK : CP_REJECT;
}

static bool lcp_pfc_ask(struct ppp *p, struct wr *w)
{
	(void)w;
	return p->cfg->ask_pfc;
}

static enum cp_verdict lcp_acfc_judge(struct ppp *p, struct rd v)
{
	(void)v;
	lcp_peer(p)->acfc = true;
	return p->cfg->accept_acfc ? CP_ACK : CP_REJECT;
}

static bool lcp_acfc_ask(struct ppp *p, struct wr *w)
{
	(void)w;
	return p->cfg->ask_acfc;
}

/* --- multilink (RFC 1990 5.1) ------------------------------------------------------------------ */

static enum cp_verdict lcp_mrru_judge(struct ppp *p, struct rd v)
{
	lcp_peer(p)->mrru = rd_u16(&v);
	if (!p->cfg->mrru)
		return CP_REJECT;
	return lcp_peer(p)->mrru >= PPP_MRU_MIN ? CP_ACK : CP_NAK;
}

static bool lcp_mrru_suggest(struct ppp *p, struct wr *w)
{
	(void)p;
	wr_u16(w, PPP_MRU_DEFAULT);
	return true;
}

static bool lcp_mrru_ask(struct ppp *p, struct wr *w)
{
	wr_u16(w, p->lcp_vars.mrru);
	return p->lcp_vars.mrru;
}

static void lcp_mrru_nakked(struct ppp *p, struct rd v)
{
	uint16_t mrru = rd_u16(&v);

	if (mrru >= PPP_MRU_MIN && mrru <= p->cfg->mrru)
		p->lcp_vars.mrru = mrru;
}

/* What we send may always be numbered with 12 bits. */
static enum cp_verdict lcp_short_seq_judge(struct ppp *p, struct rd v)
{
	(void)v;
	lcp_peer(p)->short_seq = true;
	return p->cfg->mrru ? CP_ACK : CP_REJECT;
}

static bool lcp_short_seq_ask(struct ppp *p, struct wr *w)
{
	(void)w;
	return p->lcp_vars.mrru && p->cfg->short_seq;
}

/* Octets of an address, by class. */
static const struct {
	uint8_t min, max;
} lcp_endpoint_classes[] = {{0, 0}, {1, 20}, {4, 4}, {6, 6}, {4, 20}, {1, 15}};

/* Never a Nak; a class of later days is any address. */
static enum cp_verdict lcp_endpoint_judge(struct ppp *p, struct rd v)
{
	struct ppp_endpoint *e = &lcp_peer(p)->endpoint;
	uint8_t kind = v.p[0];
	size_t len = v.left - 1;

	e->len = (uint8_t)v.left;
	memcpy(e->octets, v.p, v.left);
	if (!p->cfg->mrru)
		return CP_REJECT;
	if (kind < sizeof(lcp_endpoint_classes) / sizeof(lcp_endpoint_classes[0]) &&
	    (len < lcp_endpoint_classes[kind].min || len > lcp_endpoint_classes[kind].max))
		return CP_REJECT;
	if (!kind)
		e->len = 0; /* as if it had not been there */
	return CP_ACK;
}

static bool lcp_endpoint_ask(struct ppp *p, struct wr *w)
{
	wr_bytes(w, p->cfg->endpoint.octets, p->cfg->endpoint.len);
	return p->lcp_vars.mrru && p->cfg->endpoint.len && !p->lcp_vars.no_endpoint;
}

static void lcp_endpoint_nakked(struct ppp *p, struct rd v)
{
	(void)v;
	p->lcp_vars.no_endpoint = true;
}

/* What we receive is read compressed or not, whatever was agreed. */
static const char *lcp_compression_adopt(struct ppp *p, struct rd v)
{
	(void)p;
	(void)v;
	return NULL;
}

static const struct cp_option options[] = {
	{LCP_MRU, 2, 2, lcp_mru_judge, lcp_mru_suggest, NULL, lcp_mru_ask, lcp_mru_nakked, NULL,
	 lcp_mru_adopt},
	{LCP_ACCM, 4, 4, lcp_accm_judge, lcp_accm_suggest, NULL, NULL, NULL, NULL, lcp_accm_adopt},
	{LCP_AUTH, 2, 253, lcp_auth_judge, lcp_auth_suggest, NULL, lcp_auth_ask, lcp_auth_nakked,
	 lcp_auth_next, lcp_auth_adopt},
	{LCP_MAGIC, 4, 4, lcp_magic_judge, lcp_magic_suggest, NULL, lcp_magic_ask, lcp_magic_nakked,
	 NULL, lcp_magic_adopt},
	{LCP_PFC, 0, 0, lcp_pfc_judge, NULL, NULL, lcp_pfc_ask, NULL, NULL, lcp_compression_adopt},
	{LCP_ACFC, 0, 0, lcp_acfc_judge, NULL, NULL, lcp_acfc_ask, NULL, NULL,
	 lcp_compression_adopt},
	{LCP_MRRU, 2, 2, lcp_mrru_judge, lcp_mrru_suggest, NULL, lcp_mrru_ask, lcp_mrru_nakked,
	 NULL, NULL},
	{LCP_SHORT_SEQ, 0, 0, lcp_short_seq_judge, NULL, NULL, lcp_short_seq_ask, NULL, NULL, NULL},
	{LCP_ENDPOINT, 1, PPP_ENDPOINT_MAX, lcp_endpoint_judge, NULL, NULL, lcp_endpoint_ask,
	 lcp_endpoint_nakked, NULL, NULL},
};

/* --- echo and its kin (5.7 to 5.9, RFC 1570) -------------------------------------------------- */

/* The magic number in front: ours on the way back is a loop, any other stranger is counted. */
static bool lcp_check_magic(struct ppp *p, const struct cp_packet *in)
{
	struct rd r = in->body;
	uint32_t m = rd_u32(&r);

	if (r.bad) {
		ppp_link_count(p, PPP_R_SHORT);
		return false;
	}
	if (p->lcp.state != FSM_OPENED)
		return true;
	if (m && m == p->link.our_magic) {
		lcp_loop_seen(p);
		return false;
	}
	if (m && m != p->link.peer_magic)
		ppp_link_count(p, PPP_R_MAGIC);
	return true;
}

static void lcp_rx_echo_request(struct ppp *p, const struct cp_packet *in)
{
	if (lcp_check_magic(p, in))
		cp_event(p, &p->lcp, FSM_RXR, in);
}

/* On a slow line a reply may well come after the next request has gone. */
static void lcp_rx_echo_reply(struct ppp *p, const struct cp_packet *in)
{
	struct lcp_vars *v = &p->lcp_vars;
	uint8_t age = (uint8_t)(v->echo_id - in->id);

	if (!lcp_check_magic(p, in))
		return;
	if (age < v->echo_open) {
		v->echo_open = age;
		v->echo_lost = 0;
	} else {
		ppp_link_count(p, PPP_R_ID);
	}
}

/* Discard-Request, Identification and Time-Remaining ask for nothing. */
static void lcp_rx_ignored(struct ppp *p, const struct cp_packet *in)
{
	lcp_check_magic(p, in);
}

static void lcp_rx_protocol_reject(struct ppp *p, const struct cp_packet *in)
{
	struct rd r = in->body;
	uint16_t proto = rd_u16(&r);

	if (r.bad)
		ppp_link_count(p, PPP_R_SHORT);
	else if (p->lcp.state != FSM_OPENED)
		ppp_link_count(p, PPP_R_STATE);
	else if (proto == PPP_LCP && p->bundle)
		ppp_link_count(p, PPP_R_PHASE);
	else if (proto == PPP_LCP)
		cp_event(p, &p->lcp, FSM_RXJ_MINUS, in);
	else
		ppp_link_protocol_rejected(p, proto);
}

/* RFC 1990 section 2: a bundle's LCP is open, and takes none of these.  Nor do we send what a
 * Code-Reject could refuse. */
static bool lcp_is_of_a_link(struct rd r)
{
	uint8_t code = rd_u8(&r);

	return code >= CP_CONF_REQ && code <= CP_CODE_REJ;
}

void lcp_rx(struct ppp *p, struct rd r)
{
	if (p->bundle && lcp_is_of_a_link(r))
		ppp_link_count(p, PPP_R_PHASE);
	else
		cp_rx(p, &p->lcp, r);
}

void lcp_open_bundle(struct ppp *p, const struct ppp_link *l)
{
	p->link = *l;
	p->link.peer_mru = l->peer_mrru;
	p->link.our_mru = l->our_mrru;
	p->link.tx_acfc = p->link.tx_pfc = true; /* section 2 */
	p->link.our_magic = p->link.peer_magic = 0;
	p->link.auth = PPP_AUTH_NONE;
	p->lcp.state = FSM_OPENED;
	ppp_link_lcp_up(p);
}

static const struct cp_handler handlers[] = {
	{CP_PROTO_REJ, lcp_rx_protocol_reject}, {CP_ECHO_REQ, lcp_rx_echo_request},
	{CP_ECHO_REP, lcp_rx_echo_reply},	{CP_DISCARD, lcp_rx_ignored},
	{CP_IDENTIFICATION, lcp_rx_ignored},	{CP_TIME_REMAINING, lcp_rx_ignored},
};

void lcp_reject_protocol(struct ppp *p, uint16_t proto, const uint8_t *info, size_t len)
{
	uint8_t buf[PPP_TX_MAX];
	struct wr w = wr_init(buf, ppp_link_tx_room(p) - 4);

	wr_u16(&w, proto);
	wr_bytes(&w, info, len < w.cap - 2 ? len : w.cap - 2);
	cp_send(p, &p->lcp, CP_PROTO_REJ, ++p->lcp.id, buf, w.len);
}

void lcp_echo_timeout(struct ppp *p)
{
	struct lcp_vars *v = &p->lcp_vars;
	uint8_t magic[4];

	if (v->no_echo)
		return;
	if (p->cfg->echo_failures && v->echo_lost >= p->cfg->echo_failures) {
		ppp_link_close(p, PPP_WHY_ECHO);
		return;
	}
	if (v->echo_lost < UINT8_MAX)
		v->echo_lost++;
	if (v->echo_open < UINT8_MAX)
		v->echo_open++;
	wr_put32(magic, p->link.our_magic);
	cp_send(p, &p->lcp, CP_ECHO_REQ, ++v->echo_id, magic, sizeof(magic));
	ppp_timer_set(p, TIMER_ECHO, p->now + p->cfg->echo_interval);
}

/* --- hooks ------------------------------------------------------------------------------------ */

static void lcp_begin(struct ppp *p)
{
	struct lcp_vars *v = &p->lcp_vars;

	ppp_link_login_begins(p);
	v->mru = p->cfg->mru;
	v->mrru = p->cfg->mrru;
	v->no_endpoint = false;
	v->magic = lcp_fresh_magic(p);
	v->nak_magic = 0;
	v->loops = 0;
	v->auth_tried = 0;
	v->auth_hint = 0;
	v->auth_disagreed = false;
	v->auth = PPP_AUTH_NONE;
	if (p->cfg->server && p->cfg->n_auth)
		lcp_auth_try(p, p->cfg->auth[0]);
}

static void lcp_fresh(struct ppp *p)
{
	*lcp_peer(p) = (struct lcp_proposal){.mru = PPP_MRU_DEFAULT, .accm = ACCM_DEFAULT};
}

static void lcp_keep(struct lcp_request *to, struct rd asked)
{
	to->len = asked.left <= PPP_OPTIONS_MAX ? (uint16_t)asked.left : PPP_OPTIONS_MAX + 1;
	if (asked.left && asked.left <= PPP_OPTIONS_MAX)
		memcpy(to->octets, asked.p, asked.left);
}

static void lcp_heard(struct ppp *p, struct rd asked, bool first)
{
	if (!p->requests)
		return;
	if (first)
		lcp_keep(&p->requests->first, asked);
	lcp_keep(&p->requests->last, asked);
}

static void lcp_commit(struct ppp *p)
{
	const struct lcp_proposal *v = lcp_peer(p);

	p->link.peer_mru = v->mru;
	p->link.tx_accm = v->accm;
	p->link.peer_magic = v->magic;
	p->link.tx_pfc = v->pfc;
	p->link.tx_acfc = v->acfc;
	p->link.peer_mrru = v->mrru;
	p->link.tx_short = v->short_seq;
	p->link.endpoint = v->endpoint;
	if (!p->cfg->server)
		p->link.auth = (enum ppp_auth)v->auth;
}

static void lcp_up(struct ppp *p)
{
	struct lcp_vars *v = &p->lcp_vars;

	p->link.our_mru = cp_asked(&p->lcp, LCP_MRU) ? v->mru : PPP_MRU_DEFAULT;
	p->link.our_magic = cp_asked(&p->lcp, LCP_MAGIC) ? v->magic : 0;
	p->link.rx_pfc = cp_asked(&p->lcp, LCP_PFC);
	p->link.rx_acfc = cp_asked(&p->lcp, LCP_ACFC);
	p->link.rx_accm = ACCM_DEFAULT;
	p->link.our_mrru = cp_asked(&p->lcp, LCP_MRRU) ? v->mrru : 0;
	p->link.rx_short = cp_asked(&p->lcp, LCP_SHORT_SEQ);
	if (p->cfg->server)
		p->link.auth = cp_asked(&p->lcp, LCP_AUTH) ? (enum ppp_auth)v->auth : PPP_AUTH_NONE;
	v->loops = 0;
	v->echo_lost = v->echo_open = 0;
	v->no_echo = false;
	if (p->cfg->echo_interval)
		ppp_timer_set(p, TIMER_ECHO, p->now + p->cfg->echo_interval);
	ppp_link_lcp_up(p);
}

static void lcp_down(struct ppp *p)
{
	ppp_timer_cancel(p, TIMER_ECHO);
	ppp_link_lcp_down(p);
}

/* RFC 1661 section 6: an option that was left out has its default. */
static const char *lcp_misfit(struct ppp *p)
{
	const char *words = NULL;

	if (p->lcp_vars.mru > p->cfg->mru)
		words = "an MRU larger than ours";
	else if (p->cfg->n_auth && p->lcp_vars.auth == PPP_AUTH_NONE)
		words = "no authentication";
	if (words)
		ppp_link_count(p, PPP_R_MISFIT);
	return words;
}

const char *lcp_adopt(struct ppp *p, const struct ppp_proxy *x)
{
	struct lcp_vars *v = &p->lcp_vars;
	const char *words;

	cp_begin(p, &p->lcp);
	v->mru = PPP_MRU_DEFAULT;
	v->magic = 0;
	v->auth = PPP_AUTH_NONE;
	words = cp_adopt_ours(p, &p->lcp, x->last_tx);
	if (!words)
		words = lcp_misfit(p);
	if (!words)
		words = cp_adopt_peers(p, &p->lcp, x->last_rx);
	if (!words && x->claim)
		words = auth_misfit(p, (enum ppp_auth)v->auth, x->claim);
	if (words)
		return words;
	p->claimed = x->claim;
	cp_adopted(p, &p->lcp);
	p->claimed = NULL;
	return NULL;
}

const struct cp_def lcp_def = {
	.proto = PPP_LCP,
	.options = options,
	.n_options = sizeof(options) / sizeof(*options),
	.handlers = handlers,
	.n_handlers = sizeof(handlers) / sizeof(*handlers),
	.begin = lcp_begin,
	.fresh = lcp_fresh,
	.heard = lcp_heard,
	.commit = lcp_commit,
	.up = lcp_up,
	.down = lcp_down,
	.finished = ppp_link_lcp_finished,
};
