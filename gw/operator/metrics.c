/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/metrics.h"

#include "config.h"

#include "gw/histogram.h"
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/operator/metrics_listen.h"
#include "gw/operator/vty.h"
#include "gw/port.h"

#include <string.h>

#define METRIC_LABELS 3u
#define METRIC_GROUPS 256u /* series of one metric that counts rows; others are left out */
#define METRIC_TEXT   768u /* octets of the labels of a series, with the NUL */

const struct counter_name metrics_counter_names[METRICS_N_COUNT] = {
#define X(sym, key, words) {key, words},
	METRICS_COUNTERS(X)
#undef X
};

struct metric;
struct metric_out {
	struct gw *gw;
	struct ctl_text *text;
	const struct metric *of;
};

/* A column of the metric's table as a label. */
struct metric_label {
	const char *name, *column;
};

struct metric {
	const char *name, *type, *help;
	void (*samples)(struct metric_out *o);
	/* metric_of_counters: a part of show_counters.c, those by reason or the others, and what
	 * the counter is called among labels. */
	enum counter_part part;
	bool reasons;
	const char *label;
	/* metric_of_rows: the value of this column; NULL = count the rows that have the same
	 * labels. */
	const struct table *table;
	const char *value;
	struct metric_label labels[METRIC_LABELS];
};

/* --- text ------------------------------------------------------------------------------------------ */

/* A label's value: what is no printable ASCII is \xNN, as text. */
static void metric_escape(char *out, size_t cap, const char *value)
{
	size_t n = strlen(out);

	for (; *value && n + 6 < cap; value++) {
		unsigned char c = (unsigned char)*value;

		if (c == '"' || c == '\\')
			n += (size_t)snprintf(out + n, cap - n, "\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			n += (size_t)snprintf(out + n, cap - n, "\\\\x%02x", c);
		else
			out[n++] = (char)c;
	}
	out[n] = '\0';
}

/* One more label behind those in `labels`, which begins as "". */
static void metric_add_label(char labels[METRIC_TEXT], const char *name, const char *value)
{
	size_t n = strlen(labels);

	if (n + strlen(name) + 5 >= METRIC_TEXT)
		return;
	snprintf(labels + n, METRIC_TEXT - n, "%s%s=\"", n ? "," : "", name);
	metric_escape(labels, METRIC_TEXT - 2, value);
	strcat(labels, "\"");
}

/* ends: behind the metric's name, as "_sum". */
static void metric_line(struct metric_out *o, const char *ends, const char *labels,
			const char *value)
{
	ctl_text_words(o->text, o->of->name);
	ctl_text_words(o->text, ends);
	if (*labels) {
		ctl_text_words(o->text, "{");
		ctl_text_words(o->text, labels);
		ctl_text_words(o->text, "}");
	}
	ctl_text_words(o->text, " ");
	ctl_text_words(o->text, value);
	ctl_text_words(o->text, "\n");
}

static void metric_sample(struct metric_out *o, const char *labels, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	metric_line(o, "", labels, text);
}

/* --- of the rows of a table ------------------------------------------------------------------------ */

struct metric_rows {
	struct table_sink sink; /* first: found from it */
	struct metric_out *out;
	unsigned groups;
	struct {
		char *labels;
		uint64_t n;
	} group[METRIC_GROUPS];
};

static const struct table_column *metric_column(const struct table *t, const char *key)
{
	unsigned i = 0;

	while (i < t->columns && strcmp(t->column[i].key, key) != 0)
		i++;
	return i < t->columns ? &t->column[i] : NULL;
}

static void metric_row_labels(const struct metric *m, const void *row, char labels[METRIC_TEXT])
{
	*labels = '\0';
	for (unsigned i = 0; i < METRIC_LABELS && m->labels[i].name; i++) {
		char cell[TABLE_CELL_MAX] = "";

		metric_column(m->table, m->labels[i].column)->print(row, cell, sizeof(cell));
		metric_add_label(labels, m->labels[i].name, cell);
	}
}

static void metric_row_count(struct metric_rows *r, const char *labels)
{
	unsigned i = 0;

	while (i < r->groups && strcmp(r->group[i].labels, labels) != 0)
		i++;
	if (i == METRIC_GROUPS)
		return;
	if (i == r->groups) {
		r->group[i].labels = strdup(labels);
		if (!r->group[i].labels) {
			r->out->text->failed = true;
			return;
		}
		r->groups++;
	}
	r->group[i].n++;
}

static void metric_row(struct table_sink *sink, const void *row)
{
	struct metric_rows *r = (struct metric_rows *)sink;
	const struct metric *m = r->out->of;
	char labels[METRIC_TEXT];
	uint64_t value;

	metric_row_labels(m, row, labels);
	if (!m->value)
		metric_row_count(r, labels);
	else if (metric_column(m->table, m->value)->number(row, &value))
		metric_sample(r->out, labels, value);
}

static void metric_of_rows(struct metric_out *o)
{
	struct metric_rows r = {.sink = {o->of->table, metric_row}, .out = o};

	o->of->table->rows(o->gw, &r.sink);
	for (unsigned i = 0; i < r.groups; i++) {
		metric_sample(o, r.group[i].labels, r.group[i].n);
		free(r.group[i].labels);
	}
}

/* --- of counters ----------------------------------------------------------------------------------- */

struct metric_counters {
	struct table_sink sink; /* first: found from it */
	struct metric_out *out;
};

static const char *metric_port_medium(struct gw *gw, const char *name)
{
	const struct gw_port *p = port_named(gw, name);

	return p ? p->cfg->transport->name : "";
}

/* Of a message without its direction, "rx-ICRQ". */
static const char *metric_counter_name(const struct metric *m, const char *key)
{
	return m->part == COUNTER_L2TP && !m->reasons ? key + strlen("rx-") : key;
}

static void metric_counter(struct table_sink *sink, const void *row)
{
	const struct metric_counters *c = (const struct metric_counters *)sink;
	const struct metric *m = c->out->of;
	const struct counter_row *r = row;
	char labels[METRIC_TEXT] = "";

	if (r->reason != m->reasons)
		return;
	if (m->part == COUNTER_PORTS) {
		metric_add_label(labels, "medium", metric_port_medium(c->out->gw, r->where));
		metric_add_label(labels, "port", r->where);
	}
	if (m->part == COUNTER_PPP)
		metric_add_label(labels, "of", r->where);
	if (m->part == COUNTER_L2TP && !m->reasons)
		metric_add_label(labels, "direction", r->key[0] == 'r' ? "rx" : "tx");
	metric_add_label(labels, m->label, metric_counter_name(m, r->key));
	metric_sample(c->out, labels, r->count);
}

static void metric_of_counters(struct metric_out *o)
{
	struct metric_counters c = {.sink = {&table_counters, metric_counter}, .out = o};

	counter_part_rows(o->gw, o->of->part, &c.sink);
}

/* --- what has no table ----------------------------------------------------------------------------- */

static void metric_of_build(struct metric_out *o)
{
	char labels[METRIC_TEXT] = "";

	metric_add_label(labels, "version", PACKAGE_VERSION);
	metric_sample(o, labels, 1);
}

static void metric_of_start(struct metric_out *o)
{
	metric_sample(o, "", loop_wall() - (loop_now(o->gw->loop) - o->gw->started) / 1000000);
}

static void metric_of_workers(struct metric_out *o)
{
	metric_sample(o, "", dp_workers(o->gw->dp));
}

static void metric_of_joins(struct metric_out *o)
{
	metric_sample(o, "", o->gw->joins->n);
}

/* Counts of things in states, for each medium: the transports of the ports. */
struct metric_media {
	const char *medium[METRIC_GROUPS];
	unsigned media;
	unsigned n[METRIC_GROUPS][L2TP_C_STATES]; /* the longest list of states */
};
_Static_assert((int)L2TP_C_STATES >= (int)L2TP_T_STATES, "there is room for the states of tunnels");

static void metric_media_init(struct metric_media *m, const struct gw *gw)
{
	memset(m, 0, sizeof(*m));
	for (unsigned i = 0; i < gw->cfg->ports; i++) {
		const char *name = gw->cfg->port[i].transport->name;
		unsigned k = 0;

		while (k < m->media && strcmp(m->medium[k], name) != 0)
			k++;
		if (k == m->media && k < METRIC_GROUPS)
			m->medium[m->media++] = name;
	}
}

/* The counts of a medium, by state; NULL = it is no port's. */
static unsigned *metric_media_of(struct metric_media *m, const char *medium)
{
	for (unsigned i = 0; i < m->media; i++)
		if (!strcmp(m->medium[i], medium))
			return m->n[i];
	return NULL;
}

static void metric_media_write(struct metric_out *o, const struct metric_media *m, unsigned states,
			       const char *(*name)(unsigned state))
{
	for (unsigned i = 0; i < m->media; i++)
		for (unsigned k = 0; k < states; k++) {
			char labels[METRIC_TEXT] = "";

			metric_add_label(labels, "medium", m->medium[i]);
			if (name)
				metric_add_label(labels, "state", name(k));
			metric_sample(o, labels, m->n[i][k]);
		}
}

static const char *metric_channel_medium(struct gw *gw, l2tp_channel c)
{
	const struct gw_port *p = port_by_number(gw, dp_channel_port(c));

	return p ? p->cfg->transport->name : "";
}

static const char *metric_tunnel_state(unsigned state)
{
	return l2tp_tunnel_state_name((enum l2tp_tunnel_state)state);
}

static void metric_of_tunnels(struct metric_out *o)
{
	static struct metric_media m;
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info i;
	unsigned *of;

	metric_media_init(&m, o->gw);
	while ((t = l2tp_tunnel_next(o->gw->engine, t))) {
		l2tp_tunnel_info(t, &i);
		of = metric_media_of(&m, metric_channel_medium(o->gw, i.channel));
		if (of)
			of[i.state]++;
	}
	metric_media_write(o, &m, L2TP_T_STATES, metric_tunnel_state);
}

static const char *metric_call_state(unsigned state)
{
	return l2tp_call_state_name((enum l2tp_call_state)state);
}

static void metric_of_calls(struct metric_out *o)
{
	static struct metric_media m;
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info i;
	struct l2tp_call_info ci;
	unsigned *of;

	metric_media_init(&m, o->gw);
	while ((t = l2tp_tunnel_next(o->gw->engine, t))) {
		l2tp_tunnel_info(t, &i);
		of = metric_media_of(&m, metric_channel_medium(o->gw, i.channel));
		for (struct l2tp_call *c = of ? l2tp_call_next(t, NULL) : NULL; c;
		     c = l2tp_call_next(t, c)) {
			l2tp_call_info(c, &ci);
			of[ci.state]++;
		}
	}
	metric_media_write(o, &m, L2TP_C_STATES, metric_call_state);
}

static const char *metric_circuit_state(unsigned state)
{
	return state ? "up" : "down";
}

static void metric_of_circuits(struct metric_out *o)
{
	static struct metric_media m;

	metric_media_init(&m, o->gw);
	for (unsigned i = 0; i < o->gw->cfg->ports; i++) {
		const struct gw_port *p = &o->gw->port[i];
		unsigned *of = metric_media_of(&m, p->cfg->transport->name);

		for (unsigned k = 0; of && k < p->cfg->circuits; k++)
			of[port_circuit_carries(p, k)]++;
	}
	metric_media_write(o, &m, 2, metric_circuit_state);
}

/* Of a bundle the medium is not one, and it has none. */
static const char *metric_leg_medium(struct gw *gw, const struct leg *l)
{
	const struct dp_call *e = l->ops->kind == LEG_CALL   ? leg_call_entry(l)
				  : l->ops->kind == LEG_LINE ? leg_line_entry(l)
							     : NULL;

	return e ? metric_channel_medium(gw, e->channel) : "";
}

static void metric_of_users(struct metric_out *o)
{
	static struct metric_media m;
	struct join *j;
	unsigned *of;

	metric_media_init(&m, o->gw);
	llist_for_each_entry(j, &o->gw->joins->head, entry)
	{
		struct leg_terminal_view v;

		if (!leg_terminal_view(j->leg[1], &v) || !*v.user || v.net->client)
			continue;
		of = metric_media_of(&m, metric_leg_medium(o->gw, j->leg[0]));
		if (of)
			of[0]++;
	}
	metric_media_write(o, &m, 1, NULL);
}

/* Tunnels and calls that the whole gateway may have. */
struct metric_limit {
	const char *of;
	uint64_t taken, most;
};

static void metric_limits(struct metric_out *o, bool most)
{
	struct l2tp_counters n;

	l2tp_engine_counters(o->gw->engine, &n);
	const struct metric_limit rows[] = {
		{"tunnels", n.tunnels, n.limits.max_tunnels},
		{"half-open", n.half_open, n.limits.max_half_open},
		{"calls", n.calls, n.limits.max_calls},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char labels[METRIC_TEXT] = "";

		metric_add_label(labels, "of", rows[i].of);
		metric_sample(o, labels, most ? rows[i].most : rows[i].taken);
	}
}

static void metric_of_limits(struct metric_out *o)
{
	metric_limits(o, true);
}

static void metric_of_taken(struct metric_out *o)
{
	metric_limits(o, false);
}

/* --- all of them ----------------------------------------------------------------------------------- */

#define GAUGE	      "gauge"
#define COUNTER	      "counter"
#define ROWS(of)      .samples = metric_of_rows, .table = &table_##of
#define RADIUS_LABELS .labels = {{"section", "radius"}, {"server", "server"}, {NULL, NULL}}
#define COUNTS(of, by_reason, called) \
	.samples = metric_of_counters, .part = COUNTER_##of, .reasons = by_reason, .label = called

/* The name of a counter ends in _total, that of a time in _seconds; others rely on all of them. */
static const struct metric metrics_table[] = {
	{"isthmus_build_info", GAUGE, "1, with the version of the program.",
	 .samples = metric_of_build},
	{"isthmus_start_time_seconds", GAUGE,
	 "When this life of the control process began, in seconds since 1970.",
	 .samples = metric_of_start},
	{"isthmus_workers", GAUGE, "Threads that carry frames.", .samples = metric_of_workers},
	{"isthmus_ports", GAUGE, "Ports of the configuration.", ROWS(ports),
	 .labels = {{"medium", "transport"}, {"port", "port"}, {"state", "state"}}},
	{"isthmus_circuits", GAUGE, "Circuits of the configuration that can carry frames or not.",
	 .samples = metric_of_circuits},
	{"isthmus_tunnels", GAUGE, "Tunnels.", .samples = metric_of_tunnels},
	{"isthmus_calls", GAUGE, "Calls.", .samples = metric_of_calls},
	{"isthmus_joins", GAUGE, "Pairs of legs that are connected or about to be.",
	 .samples = metric_of_joins},
	{"isthmus_users", GAUGE, "Users who are logged in here, by the medium they come by.",
	 .samples = metric_of_users},
	{"isthmus_clients", GAUGE, "Links that we dial.", ROWS(clients),
	 .labels = {{"state", "state"}, {NULL, NULL}}},
	{"isthmus_limit", GAUGE, "What there may be at a time.", .samples = metric_of_limits},
	{"isthmus_limit_taken", GAUGE, "What there is of that.", .samples = metric_of_taken},
	{"isthmus_pool_addresses", GAUGE, "IPv4 addresses of a pool.", ROWS(pools), .value = "ipv4",
	 .labels = {{"pool", "pool"}, {NULL, NULL}}},
	{"isthmus_pool_addresses_used", GAUGE, "IPv4 addresses of a pool that clients have.",
	 ROWS(pools), .value = "ipv4-used", .labels = {{"pool", "pool"}, {NULL, NULL}}},
	{"isthmus_pool_prefixes", GAUGE, "IPv6 prefixes of a pool, for links of clients.",
	 ROWS(pools), .value = "ipv6", .labels = {{"pool", "pool"}, {NULL, NULL}}},
	{"isthmus_pool_prefixes_used", GAUGE, "IPv6 prefixes of a pool that clients have.",
	 ROWS(pools), .value = "ipv6-used", .labels = {{"pool", "pool"}, {NULL, NULL}}},
	{"isthmus_radius_servers", GAUGE, "RADIUS servers, dead or alive.", ROWS(radius),
	 .labels = {{"section", "radius"}, {"server", "server"}, {"state", "state"}}},
	{"isthmus_radius_waiting", GAUGE, "Requests that wait for an answer.", ROWS(radius),
	 .value = "waiting", RADIUS_LABELS},
	{"isthmus_radius_requests_total", COUNTER, "Requests to RADIUS servers.", ROWS(radius),
	 .value = "asked", RADIUS_LABELS},
	{"isthmus_radius_answers_total", COUNTER, "Answers of RADIUS servers.", ROWS(radius),
	 .value = "answered", RADIUS_LABELS},
	{"isthmus_radius_retransmissions_total", COUNTER, "Requests that were sent again.",
	 ROWS(radius), .value = "resent", RADIUS_LABELS},
	{"isthmus_radius_timeouts_total", COUNTER, "Requests that this server left unanswered.",
	 ROWS(radius), .value = "timeouts", RADIUS_LABELS},
	{"isthmus_port_failures_total", COUNTER, "Times that a port could not be opened or failed.",
	 ROWS(ports), .value = "failures",
	 .labels = {{"medium", "transport"}, {"port", "port"}, {NULL, NULL}}},
	{"isthmus_port_events_total", COUNTER, "What a port's medium counts.",
	 COUNTS(PORTS, false, "event")},
	{"isthmus_l2tp_messages_total", COUNTER, "Control messages received and sent, by type.",
	 COUNTS(L2TP, false, "message")},
	{"isthmus_l2tp_refusals_total", COUNTER,
	 "What the engine has dropped, refused or tolerated, by reason.",
	 COUNTS(L2TP, true, "reason")},
	{"isthmus_ppp_refusals_total", COUNTER,
	 "What PPP and joins have dropped, refused or tolerated, by reason.",
	 COUNTS(PPP, true, "reason")},
	{"isthmus_logins_total", COUNTER, "Log-ins by what became of them.",
	 COUNTS(AAA, false, "result")},
	{"isthmus_control_clients_total", COUNTER, "Clients and requests of the control socket.",
	 COUNTS(CONTROL, false, "event")},
	{"isthmus_http_clients_total", COUNTER, "Clients and requests of HTTP.",
	 COUNTS(METRICS, false, "event")},
	{"isthmus_data_frames_total", COUNTER, "Frames and packets, by what became of them.",
	 COUNTS(DATA, false, "event")},
	{"isthmus_data_drops_total", COUNTER, "Frames and packets that were dropped, by reason.",
	 COUNTS(DATA, true, "reason")},
	{"isthmus_xdp_passed_total", COUNTER,
	 "Packets that the XDP program has left to the workers, by reason.",
	 COUNTS(XDP, true, "reason")},
};

static void metric_head(struct ctl_text *out, const char *name, const char *type, const char *help)
{
	char text[512];

	snprintf(text, sizeof(text), "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
	ctl_text_words(out, text);
}

/* "0.0025" */
static void metric_seconds(char *buf, size_t cap, uint64_t us)
{
	size_t n = (size_t)snprintf(buf, cap, "%llu.%06u", (unsigned long long)(us / 1000000),
				    (unsigned)(us % 1000000));

	while (buf[n - 1] == '0')
		buf[--n] = '\0';
	if (buf[n - 1] == '.')
		buf[n - 1] = '\0';
}

static void metric_histogram(struct metric_out *o, enum histogram_kind k)
{
	const struct histogram_counts *c = histogram_counts(k);
	uint64_t below = 0;
	char le[32], labels[48], value[24];

	for (unsigned i = 0; i <= HISTOGRAM_BOUNDS; i++) {
		below += c->in[i];
		if (i < HISTOGRAM_BOUNDS)
			metric_seconds(le, sizeof(le), histograms[k].bound[i]);
		else
			strcpy(le, "+Inf");
		snprintf(labels, sizeof(labels), "le=\"%s\"", le);
		snprintf(value, sizeof(value), "%llu", (unsigned long long)below);
		metric_line(o, "_bucket", labels, value);
	}
	metric_seconds(le, sizeof(le), c->sum);
	metric_line(o, "_sum", "", le);
	snprintf(value, sizeof(value), "%llu", (unsigned long long)c->n);
	metric_line(o, "_count", "", value);
}

void metrics_text(struct gw *gw, struct ctl_text *out)
{
	struct metric_out o = {.gw = gw, .text = out};

	for (size_t i = 0; i < sizeof(metrics_table) / sizeof(metrics_table[0]); i++) {
		o.of = &metrics_table[i];
		metric_head(out, o.of->name, o.of->type, o.of->help);
		o.of->samples(&o);
	}
	for (unsigned k = 0; k < HISTOGRAM_KINDS; k++) {
		const struct metric m = {histograms[k].name, "histogram", histograms[k].words,
					 .samples = NULL};

		o.of = &m;
		metric_head(out, m.name, m.type, m.help);
		metric_histogram(&o, (enum histogram_kind)k);
	}
}
