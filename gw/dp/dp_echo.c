/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LCP Echo-Requests of open links (RFC 1661 5.8), answered where they come in: a peer that asks
 * whether its link lives hears so while the control process is being replaced, or is busy.
 *
 * What the engine has to see is left to it: a magic number that is ours (6.4: the link is looped
 * back) or a stranger's, lengths that are wrong, an answer that is too long for the link.  From the
 * first packet that may end the Opened state on, all requests are left to it, until it has set the
 * entry anew.
 */
#include "gw/dp/data.h"

#define ECHO_HEAD 8u /* code, Identifier, Length, Magic-Number */

enum { CODE_CONFIGURE_REQUEST = 1, CODE_CODE_REJECT = 7, CODE_ECHO_REQUEST = 9, CODE_ECHO_REPLY };

/* RFC 1661 4.1: any of these takes LCP out of Opened in some case. */
static bool echo_ends_opened(uint8_t code)
{
	return code >= CODE_CONFIGURE_REQUEST && code <= CODE_CODE_REJECT;
}

/* The request up to its Length, what follows is padding; NULL = not to be answered here. */
static const uint8_t *echo_request(const struct call *c, const struct rd *info, uint16_t *len)
{
	struct rd r = *info;
	uint32_t magic;

	rd_skip(&r, 2);
	*len = rd_u16(&r);
	magic = rd_u32(&r);
	if (r.bad || *len < ECHO_HEAD || *len > info->left || *len > c->c.mtu)
		return NULL;
	return magic && magic != c->c.peer_magic ? NULL : info->p;
}

static void echo_reply(struct worker *w, struct call *c, const uint8_t *request, uint16_t len)
{
	uint8_t *out = worker_scratch(w, len);

	if (!out) {
		tx_flush(w);
		out = worker_scratch(w, len);
	}
	memcpy(out, request, len);
	out[0] = CODE_ECHO_REPLY;
	wr_put32(out + 4, c->c.our_magic);
	count_add(&w->n->echoes, 1);
	count_add(&c->st->n->control, 2);
	if (c->c.watched) {
		call_copy(w, c, false, PPP_LCP, request, len);
		call_copy(w, c, true, PPP_LCP, out, len);
	}
	tx_frame(w, c, PPP_LCP, out, len);
}

bool call_echo(struct worker *w, struct call *c, const struct rd *info)
{
	uint8_t code = info->left ? info->p[0] : 0;
	const uint8_t *request;
	uint16_t len;

	if (echo_ends_opened(code))
		c->st->lcp_version = c->version;
	if (code != CODE_ECHO_REQUEST || !c->c.echo || c->st->lcp_version == c->version)
		return false;
	request = echo_request(c, info, &len);
	if (!request)
		return false;
	if (call_may_punt(w, c->st, PPP_LCP)) {
		echo_reply(w, c, request, len);
	} else {
		count_add(&c->st->n->control, 1);
		call_drop(w, c, DP_R_PUNT_LIMIT);
	}
	return true;
}
