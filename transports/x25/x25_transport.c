/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The x25 transport as the host sees it: the table at the end of this file.
 *
 * A port has one timer.  Each layer gives its deadline to x25_port_wake_at; when the earliest has
 * come, all layers look at their timers.  x25_enter and x25_leave stand around every callback of a
 * descriptor or timer.  A request of the host ends in x25_after_request, which leaves the reports
 * to the timer (x25_port.h says why).
 */
#include "transports/x25/x25_transport.h"

#include "transports/kit/linktype.h"
#include "transports/x25/x25_port.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ist_counter counters[] = {
#define X(sym, name, words) {name, words},
	X25_PORT_COUNTERS(X) X25_COUNTERS(X) LAPB_COUNTERS(X) LINK_COUNTERS(X)
#undef X
		{NULL, NULL},
};

/* --- timer ------------------------------------------------------------------------------------- */

static void x25_on_time(void *arg, uint64_t now);

uint64_t x25_now(const struct ist_port *p)
{
	return p->host->now(p->ctx);
}

void x25_port_wake_at(struct ist_port *p, uint64_t when)
{
	if (when < p->next)
		p->next = when;
}

void x25_set_timer(struct ist_port *p)
{
	uint64_t at = p->noted_first ? 0 : p->next;

	if (at == p->timer_at || at == X25_NO_TIME)
		return;
	p->timer_at = at;
	p->host->timer(p->ctx, &p->timer, at ? at : x25_now(p), x25_on_time, p);
}

void x25_enter(struct ist_port *p)
{
	p->running++;
}

/* The outermost callback makes the reports; what the host does in them may cause more reports. */
void x25_leave(struct ist_port *p)
{
	if (p->running == 1) {
		do {
			x25_circuit_report_all(p);
			p->below->flush(p, x25_now(p));
			p->below->reap(p);
		} while (p->noted_first);
		x25_set_timer(p);
	}
	p->running--;
}

/* After a request of the host. */
static void x25_after_request(struct ist_port *p)
{
	if (p->running)
		return;
	p->below->flush(p, x25_now(p));
	x25_set_timer(p);
}

static void x25_on_time(void *arg, uint64_t now)
{
	struct ist_port *p = arg;

	x25_enter(p);
	p->timer_at = X25_NO_TIME;
	if (now >= p->next) {
		p->next = X25_NO_TIME;
		p->below->expire(p, now);
		x25_circuit_expire(p, now);
	}
	x25_leave(p);
}

void x25_tap(const struct x25_line *l, bool outbound, const char *dissector, const void *data,
	     size_t len)
{
	const struct ist_port *p = l->port;
	uint8_t head[LINKTYPE_TAGS_MAX];
	size_t head_len;

	if (!*p->host->tap_on)
		return;
	head_len = linktype_tags_encode(head, dissector, outbound != p->conf.x.dce, l->connection);
	p->host->tap(p->ctx, outbound, LINKTYPE_UPPER_PDU, head, (uint32_t)head_len, data,
		     (uint32_t)len);
}

/* --- opening ---------------------------------------------------------------------------------- */

void x25_port_close(struct ist_port *p)
{
	p->running++; /* no more reports */
	if (p->below)
		p->below->close(p);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, x25_on_time, p);
	x25_circuits_close(p);
	x25_conf_free(&p->conf);
	free(p);
}

static const struct x25_below *const belows[] = {
	[X25_LAPB] = &x25_on_link,
	[X25_PSEUDO_HEADER] = &x25_on_link,
	[X25_XOT] = &x25_on_xot,
	[X25_SOCKETS] = &x25_on_sockets,
};

static int x25_tr_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n,
			char *err, size_t err_len)
{
	const struct settings set = {x25_keys, cfg->setting, cfg->settings};
	struct x25_conf c;
	int r = x25_conf_read(&c, cfg, err, err_len);

	if (r == -ENOMEM)
		settings_error(err, err_len, ENOMEM, "out of memory");
	if (!r)
		r = belows[c.framing]->check(&c, &set, opens, n, err, err_len);
	x25_conf_free(&c);
	return r;
}

int x25_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		  const struct ist_port_config *cfg, struct handover *from, char *err,
		  size_t err_len)
{
	const struct settings set = {x25_keys, cfg->setting, cfg->settings};
	int r = settings_host_ok(host, err, err_len);
	struct ist_port *p;

	if (r < 0)
		return r;
	p = calloc(1, sizeof(*p));
	if (!p)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	p->host = host;
	p->ctx = ctx;
	p->timer_at = p->next = X25_NO_TIME;
	p->noted_last = &p->noted_first;
	snprintf(p->name, sizeof(p->name), "%s", cfg->name ? cfg->name : "");
	r = x25_circuits_open(p);
	if (!r)
		r = x25_conf_read(&p->conf, cfg, err, err_len);
	if (!r && !from)
		r = x25_circuits_pvcs(p);
	if (r == -ENOMEM)
		settings_error(err, err_len, ENOMEM, "out of memory");
	if (!r) {
		p->below = belows[p->conf.framing];
		p->from = from;
		r = p->below->open(p, &set, err, err_len);
		p->from = NULL;
	}
	if (r < 0) {
		x25_port_close(p);
		return r;
	}
	x25_set_timer(p);
	*out = p;
	return 0;
}

static int x25_tr_open(struct ist_port **out, const struct ist_host *host, void *ctx,
		       const struct ist_port_config *cfg, char *err, size_t err_len)
{
	return x25_open_from(out, host, ctx, cfg, NULL, err, err_len);
}

/* --- calls ------------------------------------------------------------------------------------ */

static int x25_tr_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	int r = x25_circuit_send(p, f, n);

	x25_after_request(p);
	return r;
}

static int x25_tr_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
			  const struct ist_attrs *a, ist_channel *out)
{
	int r = x25_circuit_connect(p, to, payload, a, out);

	x25_after_request(p);
	return r;
}

static int x25_tr_answer(struct ist_port *p, ist_channel c)
{
	int r = x25_circuit_answer(p, c);

	x25_after_request(p);
	return r;
}

static int x25_tr_refuse(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	int r = x25_circuit_refuse(p, c, why);

	x25_after_request(p);
	return r;
}

static void x25_tr_disconnect(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	x25_circuit_disconnect(p, c, why);
	x25_after_request(p);
}

static uint32_t x25_tr_mtu(const struct ist_port *p, ist_channel id)
{
	const struct x25_circuit *c = x25_circuit_get(p, id);
	uint8_t head[X25_SNAP_LEN];

	return p->conf.mtu - (c ? (uint32_t)x25_encap_head(c->encap, head) : 0);
}

/* --- addresses -------------------------------------------------------------------------------- */

static int x25_tr_addr_parse(struct ist_addr *out, const char *text)
{
	if (!x25_digits_ok(text))
		return -EINVAL;
	x25_addr_set(out, text);
	return 0;
}

/* A Call need not have a calling address. */
static int x25_tr_addr_format(const struct ist_addr *a, char *buf, size_t len)
{
	char digits[X25_DIGITS + 1];

	x25_addr_digits(a, digits);
	return snprintf(buf, len, "%s", *digits ? digits : "unknown");
}

/* "3110*" matches addresses that begin with 3110; "*" also matches a call without one. */
static bool x25_tr_addr_match(const struct ist_addr *a, const char *pattern)
{
	char digits[X25_DIGITS + 1];
	size_t n = strcspn(pattern, "*");

	x25_addr_digits(a, digits);
	if (!pattern[n])
		return !strcmp(digits, pattern);
	return !pattern[n + 1] && !strncmp(digits, pattern, n);
}

/* --- counters and status --------------------------------------------------------------------------------- */

static void x25_tr_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	uint64_t all[X25_COUNTERS_ALL] = {0};

	memcpy(all, p->count, sizeof(p->count));
	memcpy(all + X25_P_COUNT, p->gone, sizeof(p->gone));
	p->below->count(p, all + X25_P_COUNT);
	handover_count(out, n, all, p->before, X25_COUNTERS_ALL);
}

static int x25_tr_status(const struct ist_port *p, char *buf, size_t len)
{
	return p->below->status(p, buf, len);
}

static unsigned x25_tr_fill(const struct ist_port *p, struct ist_fill *out, unsigned n)
{
	return p->below->fill(p, out, n);
}

static unsigned x25_tr_offloads(const struct ist_port *p, struct ist_offload *out, unsigned n)
{
	return p->below->offloads ? p->below->offloads(p, out, n) : 0;
}

static bool x25_tr_begins(const char *spec, const char *word)
{
	return !strncmp(spec, word, strlen(word));
}

/* Calls over TCP and of the kernel have a descriptor each; LAPB carries all on one link. */
static void x25_tr_need(const struct ist_port_config *cfg, struct ist_need *out)
{
	const struct settings set = {x25_keys, cfg->setting, cfg->settings};
	const char *spec = settings_text(&set, "link"), *key = NULL;

	if (spec && x25_tr_begins(spec, "xot"))
		key = "xot-connections";
	else if (spec && x25_tr_begins(spec, "x25-socket"))
		key = "socket-calls";
	if (key)
		out->circuits = out->descriptors = (uint32_t)settings_number(&set, key);
	else
		out->circuits = X25_LCI_MAX;
}

/* Who only listens has nobody to connect to. */
static bool x25_tr_calls(const struct ist_port_config *cfg)
{
	const char *link =
		settings_text(&(struct settings){x25_keys, cfg->setting, cfg->settings}, "link");

	return !link || strncmp(link, "xot-listen:", 11) != 0;
}

const struct ist_transport x25_transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "x25",
	.caps = IST_CAP_L2TP | IST_CAP_PPP | IST_CAP_FLOW | IST_CAP_UNKNOWN | IST_CAP_SWITCHED,
	.keys = x25_keys,
	.circuit_word = "pvc",
	.counters = counters,
	.open = x25_tr_open,
	.close = x25_port_close,
	.send = x25_tr_send,
	.mtu = x25_tr_mtu,
	.addr_parse = x25_tr_addr_parse,
	.addr_format = x25_tr_addr_format,
	.connect = x25_tr_connect,
	.count = x25_tr_count,
	.disconnect = x25_tr_disconnect,
	.answer = x25_tr_answer,
	.refuse = x25_tr_refuse,
	.status = x25_tr_status,
	.fill = x25_tr_fill,
	.need = x25_tr_need,
	.addr_match = x25_tr_addr_match,
	.check = x25_tr_check,
	.freeze = x25_freeze,
	.thaw = x25_thaw,
	.calls = x25_tr_calls,
	.offloads = x25_tr_offloads,
};
