/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a port over TCP is told: its link, and who may connect. */
#include "transports/x25/x25_xot.h"

#include "transports/kit/impair.h"

#include <errno.h>
#include <string.h>

struct ist_open xot_opening(const struct xot *x)
{
	struct ist_open w = opening_at(IST_OPEN_LISTEN, &x->local);

	w.backlog = XOT_BACKLOG;
	return w;
}

static bool xot_parse_link(struct xot *x, const char *spec)
{
	const char *rest = strchr(spec, ':'), *arrow = strchr(spec, '>');
	bool listen_only = !strncmp(spec, "xot-listen:", 11);
	char local[80];
	size_t n;

	if (!rest++ || (!listen_only && strncmp(spec, "xot:", 4)) || (listen_only && arrow))
		return false;
	x->listens = listen_only || arrow;
	x->dials = !listen_only;
	n = arrow ? (size_t)(arrow - rest) : strlen(rest);
	if (n >= sizeof(local))
		return false;
	memcpy(local, rest, n);
	local[n] = '\0';
	if (x->listens && !udp_ep_parse(&x->local, local, XOT_PORT))
		return false;
	return !x->dials || udp_ep_parse(&x->remote, arrow ? arrow + 1 : local, XOT_PORT);
}

int xot_read(struct xot *x, const struct settings *set, char *err, size_t err_len)
{
	const char *spec = settings_text(set, "link");
	struct impair line = {0};
	int r = impair_init(&line, set, err, err_len);

	if (!r && impair_on(&line))
		r = settings_error(err, err_len, EINVAL,
				   "impair: not over XOT, TCP neither loses nor reorders");
	if (r)
		return r;
	if (!xot_parse_link(x, spec))
		return settings_error(err, err_len, EINVAL,
				      "link: \"%s\" is not xot:ADDRESS, xot:LOCAL>ADDRESS nor "
				      "xot-listen:LOCAL",
				      spec);
	return access_read(&x->from, set, "xot-from", err, err_len);
}

int xot_check(const struct x25_conf *c, const struct settings *set, struct ist_open *opens,
	      unsigned n, char *err, size_t err_len)
{
	struct xot x = {.fd = -1};
	unsigned there = 0;
	struct ist_open w;
	int r = xot_read(&x, set, err, err_len);

	(void)c;
	access_free(&x.from);
	if (!r && x.listens) {
		w = xot_opening(&x);
		opening_list(&w, opens, n, &there);
	}
	return r ? r : (int)there;
}
