/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/table.h"
#include "gw/operator/vty.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"
#include "transports/builtin.h"

#include <string.h>

static char out[65536];

static void table_collect(void *ctx, const char *line)
{
	size_t n = strlen(out);

	(void)ctx;
	snprintf(out + n, sizeof(out) - n, "%s\n", line);
}

struct thing {
	const char *name;
	unsigned count;
	const char *words;
};
static struct thing things[200];
static unsigned n_things;

TABLE_TEXT(thing_name, thing, row->name)
TABLE_NUMBER(thing_count, thing, row->count)
TABLE_TEXT(thing_words, thing, row->words)
static const struct table_column table_things_columns[] = {
	{"Name", "name", TABLE_LEFT, TABLE_WORDS(thing_name)},
	{"Count", "count", TABLE_RIGHT, TABLE_COUNT(thing_count)},
	{"Words", "words", TABLE_LEFT, TABLE_WORDS(thing_words)},
};
static void table_things_rows(struct gw *gw, struct table_sink *to)
{
	(void)gw;
	for (unsigned i = 0; i < n_things; i++)
		table_row(to, &things[i]);
}
static TABLE(table_things, "things");

static void columns_are_as_wide_as_their_widest_cell(void)
{
	things[0] = (struct thing){"a", 12345678, ""};
	things[1] = (struct thing){"longer", 7, "no blanks behind"};
	n_things = 2;
	out[0] = '\0';
	table_print(&table_things, NULL, table_collect, NULL);
	CU_ASSERT_STRING_EQUAL(out, "Name       Count  Words\n"
				    "a       12345678  -\n"
				    "longer         7  no blanks behind\n");
}

static void an_empty_table_has_its_titles(void)
{
	n_things = 0;
	out[0] = '\0';
	table_print(&table_things, NULL, table_collect, NULL);
	CU_ASSERT_STRING_EQUAL(out, "Name  Count  Words\n");
}

static void many_rows(void)
{
	n_things = 200;
	for (unsigned i = 0; i < n_things; i++)
		things[i] = (struct thing){"abcd", 10000 + i, "x"};
	out[0] = '\0';
	table_print(&table_things, NULL, table_collect, NULL);
	CU_ASSERT_EQUAL(strlen(out),
			strlen("Name  Count  Words\n") + 200 * strlen("abcd  10199  x\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "\nabcd  10199  x\n"));
}

static void a_cell_that_is_too_long_is_cut(void)
{
	static char name[TABLE_CELL_MAX + 50];

	memset(name, 'x', sizeof(name) - 1);
	things[0] = (struct thing){name, 1, "y"};
	n_things = 1;
	out[0] = '\0';
	table_print(&table_things, NULL, table_collect, NULL);
	CU_ASSERT_EQUAL(strspn(strchr(out, '\n') + 1, "x"), TABLE_CELL_MAX - 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "x      1  y\n"));
}

static bool table_is_key(const char *key)
{
	return *key && !key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-")];
}

/* Of every table that an operator can ask for. */
static void every_title_has_a_cell_and_a_key(void)
{
	for (unsigned i = 0; operator_tables[i]; i++) {
		const struct table *t = operator_tables[i];

		CU_ASSERT_TRUE_FATAL(table_is_key(t->name) && t->rows);
		CU_ASSERT_TRUE_FATAL(t->columns && t->columns <= TABLE_COLUMNS_MAX);
		for (unsigned k = 0; k < t->columns; k++) {
			const struct table_column *c = &t->column[k];

			CU_ASSERT_TRUE_FATAL(c->title && *c->title && c->key && c->print);
			CU_ASSERT_TRUE(table_is_key(c->key));
			for (unsigned m = 0; m < k; m++)
				CU_ASSERT_STRING_NOT_EQUAL(c->key, t->column[m].key);
		}
	}
}

#define CONF                                                                            \
	"host-name = gw\n"                                                              \
	"udp wan { listen = \"192.0.2.1:1701\" }\n"                                     \
	"udp b { listen = \"192.0.2.1:1702\" }\n"                                       \
	"peer lac { port = wan  service = gold\n"                                       \
	"  address = { \"192.0.2.0/24\", \"198.51.100.0/24\" } }\n"                     \
	"peer other { port = b  dial = \"192.0.2.7:1701\"  secret = \"between us\" }\n" \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                                    \
	"service gold { local = 10.64.0.1  pool = p  auth = { chap }  mtu = 1400 }\n"   \
	"user ann { secret = \"a password\" }\n"                                        \
	"client home { peer = other  user = ann  secret = \"a password\"  redial = 9s }\n"

/* The same with each run of blanks as one. */
static void table_squeeze(void *ctx, const char *line)
{
	char text[1024];
	size_t n = 0;

	for (line += strspn(line, " "); *line; line++)
		if (*line != ' ' || line[1] != ' ')
			text[n++] = *line;
	text[n] = '\0';
	table_collect(ctx, text);
}

static bool table_shows(const struct table *t, const char *row)
{
	char line[1024];

	strcpy(out, "\n");
	table_print(t, bench.gw, table_squeeze, NULL);
	snprintf(line, sizeof(line), "\n%s\n", row);
	if (strstr(out, line))
		return true;
	fprintf(stderr, "%s: no `%s` in:%s", t->name, row, out);
	return false;
}

static void rows_of_a_gateway(void)
{
	const struct dp_call *e;
	struct far_call *c;
	char row[200];

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	bench_pass(61 * SEC);
	e = fake.call[0].data.lns ? &fake.call[0] : &fake.call[1];
	CU_ASSERT_TRUE(table_shows(&table_ports, "wan udp open any 0 fine"));
	CU_ASSERT_TRUE(
		table_shows(&table_peers, "lac wan 192.0.2.0/24,... any - gold no 1 64 1 1024"));
	CU_ASSERT_TRUE(
		table_shows(&table_peers, "other b any any 192.0.2.7:1701 - yes 1 1024 1 65535"));
	snprintf(row, sizeof(row),
		 "%u %u established by peer lac lac wan 192.0.2.7:1701 1 1m01s 1s 0 0/4 0 -",
		 e->tid, e->data.peer_tid);
	CU_ASSERT_TRUE(table_shows(&table_tunnels, row));
	snprintf(row, sizeof(row),
		 "%u %u %u established LNS server ann 10.64.0.2 no 1400 1m01s - 3 4 5 0 0", e->tid,
		 e->sid, e->data.peer_sid);
	CU_ASSERT_TRUE(table_shows(&table_calls, row));
	/* 31 s to give up, then 9 s */
	CU_ASSERT_TRUE(table_shows(&table_clients,
				   "home other dialling 21s - - - 2 - general error: no control "
				   "connection (tunnel ended: general error (no "
				   "acknowledgement after 5 retransmissions))"));
	CU_ASSERT_TRUE(table_shows(&table_services, "gold ist%d 10.64.0.1 p 1400 1 0 0"));
	CU_ASSERT_TRUE(table_shows(&table_pools, "p 254 1 1 0 0 0 0 0"));
	CU_ASSERT_TRUE(table_shows(&table_counters,
				   "data data-spoof 7 source address is not the client's"));
	CU_ASSERT_TRUE(table_shows(&table_counters, "b rx-frames 101 datagrams received"));
	CU_ASSERT_FALSE(strstr(out, " 0 ") != NULL);
	CU_ASSERT_TRUE(table_shows(&table_captures, "Port File Files Frames Octets Lost State"));
	bench_stop();
}

struct table_first {
	struct table_sink sink; /* first: found from it */
	const struct table_column *column;
	uint64_t value;
	bool found;
};

static void table_take_first(struct table_sink *to, const void *row)
{
	struct table_first *f = (struct table_first *)to;

	if (!f->found)
		f->found = f->column->number(row, &f->value);
}

/* The number in the first row that has one. */
static bool table_first(const struct table *t, const char *key, uint64_t *value)
{
	struct table_first f = {.sink = {t, table_take_first}};

	for (unsigned i = 0; i < t->columns; i++)
		if (!strcmp(t->column[i].key, key))
			f.column = &t->column[i];
	if (f.column)
		t->rows(bench.gw, &f.sink);
	*value = f.value;
	return f.found;
}

/* Digits for people are the number for programs; a cell without one has no number. */
static void table_numbers_agree(struct table_sink *to, const void *row)
{
	for (unsigned i = 0; i < to->table->columns; i++) {
		const struct table_column *c = &to->table->column[i];
		char cell[TABLE_CELL_MAX] = "", digits[24];
		uint64_t n = 0;

		if (!c->number)
			continue;
		c->print(row, cell, sizeof(cell));
		CU_ASSERT_EQUAL(c->number(row, &n), *cell != '\0');
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
		if (*cell && !strchr(cell, 's') && !strchr(cell, 'm') && !strchr(cell, '.'))
			CU_ASSERT_STRING_EQUAL(cell, digits);
		things[0].count++;
	}
}

static void numbers_are_those_of_the_text(void)
{
	uint64_t age = 0;
	struct table_sink to = {.row = table_numbers_agree};

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	bench_pass(61 * SEC);
	things[0].count = 0;
	for (unsigned i = 0; operator_tables[i]; i++) {
		to.table = operator_tables[i];
		to.table->rows(bench.gw, &to);
	}
	CU_ASSERT_TRUE(things[0].count > 50);
	CU_ASSERT_TRUE(table_first(&table_calls, "age-seconds", &age));
	CU_ASSERT_EQUAL(age, 61);
	CU_ASSERT_TRUE(table_first(&table_clients, "for-seconds", &age));
	CU_ASSERT_EQUAL(age, 21); /* as in rows_of_a_gateway */
	bench_stop();
}

/* What is left out is said, and the rest stands. */
static void a_table_without_memory(void)
{
	bool more = true;

	n_things = 200;
	for (unsigned i = 0; i < n_things; i++)
		things[i] = (struct thing){"abcd", 10000 + i, "x"};
	for (unsigned n = 0; more; n++) {
		out[0] = '\0';
		heap_refuse(n);
		table_print(&table_things, NULL, table_collect, NULL);
		more = heap_refused();
		CU_ASSERT_EQUAL(strstr(out, "(out of memory: the rest is left out)\n") != NULL,
				more);
		CU_ASSERT_EQUAL(strstr(out, "abcd  10000  x\n") != NULL, n > 0);
		CU_ASSERT_EQUAL(strstr(out, "abcd  10199  x\n") != NULL, !more);
	}
}

static void row_is_shown(const char *what, const char *key, uint64_t n, const char *words)
{
	char row[300];

	snprintf(row, sizeof(row), "%s %s %llu %s", what, key, (unsigned long long)n, words);
	CU_ASSERT_TRUE(n && table_shows(&table_counters, row));
}

/* Each counter under its own name, and none of them at zero. */
static void every_counter_has_its_row(void)
{
	struct aaa_counters n;

	bench_start(CONF);
	fake.count = (struct dp_counters){.rx_frames = 21,
					  .tx_frames = 22,
					  .rx_control = 23,
					  .tx_control = 24,
					  .rx_congested = 25,
					  .rx_discard = 26,
					  .tun_rx = 27,
					  .tun_tx = 28,
					  .fragmented = 29,
					  .echoes = 30,
					  .tun_cut = 31,
					  .tun_joined = 32};
	for (unsigned i = 0; i < DP_R_COUNT; i++)
		fake.count.reason[i] = 100 + i;
	row_is_shown("data", "rx-frames", 21, "PPP frames in");
	row_is_shown("data", "tx-frames", 22, "PPP frames out");
	row_is_shown("data", "rx-control", 23, "L2TP control messages in");
	row_is_shown("data", "tx-control", 24, "L2TP control messages out");
	row_is_shown("data", "rx-congested", 25,
		     "frames in with FECN, BECN or EFCI: their circuit is congested");
	row_is_shown("data", "rx-discard", 26,
		     "frames in with DE or CLP: the network may drop them first");
	row_is_shown("data", "tun-rx", 27, "packets read from TUN devices");
	row_is_shown("data", "tun-tx", 28, "packets written to TUN devices");
	row_is_shown("data", "tun-cut", 31, "of those read: cut out of super-packets (TSO, USO)");
	row_is_shown("data", "tun-joined", 32, "of those written: in super-packets (TSO, USO)");
	row_is_shown("data", "fragmented", 29, "IPv4 packets cut to the MTU of their leg");
	row_is_shown("data", "echoes", 30, "LCP echo requests answered without the control thread");
	for (unsigned i = 0; i < DP_R_COUNT; i++)
		row_is_shown("data", dp_reasons[i].key, 100 + i, dp_reasons[i].words);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	for (unsigned i = 0; i < 10; i++) { /* eight lock */
		bench.calls = 0;
		bench_call("ann", "a guess", PPP_AUTH_CHAP_MD5);
		bench_pass(20 * SEC);
		ppp_free(bench.call[0].ppp);
		bench.call[0].ppp = NULL;
	}
	bench.calls = 0;
	bench_pass(400 * SEC);
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	aaa_count(bench.gw->aaa, &n);
	row_is_shown("aaa", "asked", n.asked, "log-ins asked about");
	row_is_shown("aaa", "accepted", n.accepted, "log-ins accepted");
	row_is_shown("aaa", "refused", n.refused, "log-ins refused");
	row_is_shown("aaa", "delayed", n.delayed, "log-ins answered later after failed ones");
	row_is_shown("aaa", "locks", n.locks, "users locked where their log-ins failed");
	row_is_shown("aaa", "refused-locked", n.refused_locked,
		     "log-ins refused since the user was locked there");
	row_is_shown("l2tp", "rx-SCCRQ", 1, "control messages received");
	row_is_shown("l2tp", "tx-SCCRP", 1, "control messages sent");
	bench_stop();
}

static const struct test_case cases[] = {
	{"a_table_without_memory", a_table_without_memory},
	{"every_counter_has_its_row", every_counter_has_its_row},
	{"numbers_are_those_of_the_text", numbers_are_those_of_the_text},
	{"columns_are_as_wide_as_their_widest_cell", columns_are_as_wide_as_their_widest_cell},
	{"an_empty_table_has_its_titles", an_empty_table_has_its_titles},
	{"many_rows", many_rows},
	{"a_cell_that_is_too_long_is_cut", a_cell_that_is_too_long_is_cut},
	{"every_title_has_a_cell_and_a_key", every_title_has_a_cell_and_a_key},
	{"rows_of_a_gateway", rows_of_a_gateway},
	{NULL, NULL},
};
const struct test_suite suite_table = {"table", cases};
