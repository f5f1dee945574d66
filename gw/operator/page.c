/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/page.h"

#include "core/container.h"
#include "core/htab.h"
#include "gw/client.h"
#include "gw/legs/legs.h"
#include "gw/operator/ctl_table.h"
#include "gw/operator/vty.h"
#include "gw/port.h"
#include "gw/recent.h"
#include "gw/text.h"
#include "transports/transport.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <string.h>

#define PAGE_WITHOUT "user" /* the column of tables that is nobody's business here */

/* --- the document ---------------------------------------------------------------------------------- */

void page_html(struct gw *gw, uint16_t arg, struct ctl_text *out)
{
	(void)gw;
	(void)arg;
	ctl_text_words(out, page_html_text);
}

/* The hash of what is between two marks of the document (Content Security Policy 3, 6.7.2.4). */
static void page_hash(char out[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1], const char *begin,
		      const char *end)
{
	const char *from = strstr(page_html_text, begin) + strlen(begin);
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx h;

	sha256_init(&h);
	sha256_update(&h, (size_t)(strstr(from, end) - from), (const uint8_t *)from);
	sha256_digest(&h, sizeof(digest), digest);
	base64_encode_raw(out, sizeof(digest), digest);
	out[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE)] = '\0';
}

const char *page_policy(char buf[PAGE_POLICY])
{
	char script[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1], style[sizeof(script)];

	page_hash(script, "<script>", "</script>");
	page_hash(style, "<style>", "</style>");
	snprintf(buf, PAGE_POLICY,
		 "default-src 'none'; script-src 'sha256-%s'; style-src 'sha256-%s'; connect-src "
		 "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		 script, style);
	return buf;
}

/* --- values ---------------------------------------------------------------------------------------- */

/* ,"key": or the same without the comma behind { and [ */
static void page_key(struct ctl_text *out, const char *key)
{
	char last = out->len ? out->at[out->len - 1] : '{';

	if (last != '{' && last != '[')
		ctl_text_words(out, ",");
	if (!*key)
		return;
	ctl_text_words(out, "\"");
	ctl_text_words(out, key);
	ctl_text_words(out, "\":");
}

static void page_number(struct ctl_text *out, const char *key, uint64_t n)
{
	page_key(out, key);
	ctl_text_json(out, json_integer(n < INT64_MAX ? (json_int_t)n : INT64_MAX));
}

static void page_text(struct ctl_text *out, const char *key, const char *words)
{
	page_key(out, key);
	ctl_text_json(out, ctl_string(words));
}

static void page_bool(struct ctl_text *out, const char *key, bool is)
{
	page_key(out, key);
	ctl_text_words(out, is ? "true" : "false");
}

/* The rows of a table as a list; false = there are more. */
static bool page_rows(struct gw *gw, struct ctl_text *out, const struct table *t, unsigned most)
{
	page_key(out, t->name);
	return ctl_table_list(t, gw, most, PAGE_WITHOUT, out);
}

/* --- circuits and messages ------------------------------------------------------------------------- */

/* False: there are more. */
static bool page_circuits(struct gw *gw, struct ctl_text *out)
{
	unsigned left = PAGE_ROWS;

	page_key(out, "circuits");
	ctl_text_words(out, "[");
	for (unsigned i = 0; i < gw->cfg->ports; i++)
		for (unsigned k = 0; k < gw->port[i].cfg->circuits && left; k++, left--) {
			const struct gw_port *p = &gw->port[i];

			page_key(out, "");
			ctl_text_words(out, "{");
			page_text(out, "port", p->cfg->config.name);
			page_text(out, "address", p->cfg->circuit[k].addr_text);
			page_bool(out, "up", port_circuit_carries(p, k));
			ctl_text_words(out, "}");
		}
	ctl_text_words(out, "]");
	return left;
}

static void page_messages(struct gw *gw, struct ctl_text *out)
{
	uint64_t now = loop_now(gw->loop);
	const struct recent *m;

	page_key(out, "messages");
	ctl_text_words(out, "[");
	for (unsigned i = 0; (m = recent_get(i)); i++) {
		char words[GW_TEXT_MAX];

		page_key(out, "");
		ctl_text_words(out, "{");
		page_number(out, "ago-seconds", now > m->when ? (now - m->when) / 1000000 : 0);
		page_bool(out, "sent", m->sent);
		page_text(out, "message", l2tp_msg_name(m->type, words, sizeof(words)));
		page_text(out, "channel", port_channel_text(words, sizeof(words), gw, m->channel));
		page_number(out, "tunnel-id", m->tid);
		page_number(out, "session-id", m->sid);
		ctl_text_words(out, "}");
	}
	ctl_text_words(out, "]");
}

/* --- joins ----------------------------------------------------------------------------------------- */

/* All joins between the same two. */
struct page_joins {
	struct hnode node;
	char from[GW_TEXT_MAX], to[GW_TEXT_MAX];
	unsigned legs, up;
	uint64_t in, out, dropped;
};

static const char *page_service(struct gw *gw, const struct leg *l)
{
	struct leg_terminal_view v;

	for (unsigned i = 0; leg_terminal_view(l, &v) && v.tun && i < gw->cfg->services; i++)
		if (gw->service[i].tun == v.tun)
			return gw->service[i].cfg->name;
	return "?";
}

static const char *page_client(struct gw *gw, const struct join *j)
{
	for (unsigned i = 0; i < gw->cfg->clients; i++)
		if (gw->client[i].join == j)
			return gw->client[i].cfg->name;
	return "?";
}

/* "tunnel 7", "line fr0 100", "service gold": what the picture has a box for. */
static void page_leg(char *buf, size_t cap, struct gw *gw, const struct join *j,
		     const struct leg *l)
{
	uint64_t source;

	switch (l->ops->kind) {
	case LEG_CALL:
		snprintf(buf, cap, "tunnel %u", leg_key(l) >> 16);
		break;
	case LEG_LINE:
		snprintf(buf, cap, "line %s", leg_circuit(l, &source));
		break;
	case LEG_SERVER:
		snprintf(buf, cap, "service %s", page_service(gw, l));
		break;
	case LEG_CLIENT:
		snprintf(buf, cap, "client %s", page_client(gw, j));
		break;
	default:
		snprintf(buf, cap, "ppp %s", l->ops->name);
	}
}

struct page_pairs {
	struct page_joins *all; /* room for PAGE_JOINS */
	unsigned n;
	struct htab by; /* its two names */
};

/* Room for this pair; NULL = there are too many. */
static struct page_joins *page_pair(struct page_pairs *p, const char *from, const char *to)
{
	const uint64_t key = htab_key(htab_octets(from, strlen(from)), htab_octets(to, strlen(to)));
	struct page_joins *j;

	for (struct hnode *h = htab_first(&p->by, key); h; h = htab_more(h)) {
		j = container_of(h, struct page_joins, node);
		if (!strcmp(j->from, from) && !strcmp(j->to, to))
			return j;
	}
	if (p->n == PAGE_JOINS)
		return NULL;
	j = &p->all[p->n++];
	snprintf(j->from, sizeof(j->from), "%s", from);
	snprintf(j->to, sizeof(j->to), "%s", to);
	htab_add(&p->by, &j->node, key);
	return j;
}

static void page_add(struct gw *gw, struct page_joins *p, const struct join *j)
{
	uint32_t key = leg_key(j->leg[0]);
	struct dp_call_stats s;

	p->legs++;
	p->up += j->told_up;
	if (!dp_call_stats(gw->dp, (uint16_t)(key >> 16), (uint16_t)key, &s))
		return;
	p->in += s.rx_frames;
	p->out += s.tx_frames;
	p->dropped += s.drops;
}

/* False: there are more. */
static bool page_joins(struct gw *gw, struct ctl_text *out)
{
	struct page_pairs pairs = {.all = calloc(PAGE_JOINS, sizeof(*pairs.all))};
	char from[GW_TEXT_MAX], to[GW_TEXT_MAX];
	struct page_joins *p;
	bool whole = true;
	struct join *j;

	htab_init(&pairs.by, 0);
	out->failed |= !pairs.all;
	llist_for_each_entry(j, &gw->joins->head, entry)
	{
		if (!pairs.all || j->over)
			continue;
		page_leg(from, sizeof(from), gw, j, j->leg[0]);
		page_leg(to, sizeof(to), gw, j, j->leg[1]);
		p = page_pair(&pairs, from, to);
		if (p)
			page_add(gw, p, j);
		whole = whole && p;
	}
	page_key(out, "joins");
	ctl_text_words(out, "[");
	for (unsigned i = 0; i < pairs.n; i++) {
		p = &pairs.all[i];
		page_key(out, "");
		ctl_text_words(out, "{");
		page_text(out, "from", p->from);
		page_text(out, "to", p->to);
		page_number(out, "legs", p->legs);
		page_number(out, "up", p->up);
		page_number(out, "frames-in", p->in);
		page_number(out, "frames-out", p->out);
		page_number(out, "dropped", p->dropped);
		ctl_text_words(out, "}");
	}
	ctl_text_words(out, "]");
	htab_free(&pairs.by);
	free(pairs.all);
	return whole;
}

/* --- all ------------------------------------------------------------------------------------------- */

static void page_numbers(struct gw *gw, struct ctl_text *out)
{
	uint64_t now = loop_now(gw->loop);
	struct l2tp_counters n;
	struct dp_counters d;

	l2tp_engine_counters(gw->engine, &n);
	dp_count(gw->dp, &d);
	page_key(out, "numbers");
	ctl_text_words(out, "{");
	page_text(out, "host-name", gw->cfg->host_name);
	page_number(out, "at-milliseconds", now / 1000);
	page_number(out, "up-seconds", (now - gw->started) / 1000000);
	page_number(out, "tunnels", n.tunnels);
	page_number(out, "calls", n.calls);
	page_number(out, "joins", gw->joins->n);
	page_number(out, "frames-in", d.rx_frames);
	page_number(out, "frames-out", d.tx_frames);
	page_number(out, "dropped", d.dropped);
	ctl_text_words(out, "}");
}

void page_state(struct gw *gw, uint16_t arg, struct ctl_text *out)
{
	bool whole = true;

	(void)arg;
	ctl_text_words(out, "{");
	page_numbers(gw, out);
	whole &= page_rows(gw, out, &table_ports, PAGE_ROWS);
	whole &= page_circuits(gw, out);
	whole &= page_rows(gw, out, &table_tunnels, PAGE_ROWS);
	whole &= page_joins(gw, out);
	page_rows(gw, out, &table_failures, 50);
	page_messages(gw, out);
	page_bool(out, "more", !whole);
	ctl_text_words(out, "}\n");
}

void page_calls(struct gw *gw, uint16_t tunnel, struct ctl_text *out)
{
	json_t *arguments = json_pack("{s{si} si}", "match", "tunnel-id", (int)tunnel, "limit",
				      (int)PAGE_CALLS);
	char words[CTL_WORDS_MAX];

	if (arguments)
		ctl_table_without(&table_calls, gw, arguments, PAGE_WITHOUT, out, words);
	else
		out->failed = true;
	json_decref(arguments);
}
