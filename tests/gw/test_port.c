/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/port.h"

#include "gw/bind.h"
#include "gw/resume.h"
#include "tests/gw/bench.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/x25/x25_transport.h"
#include <stddef.h>
#include <string.h>

#define CONF                                                                         \
	"host-name = gw\n"                                                           \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                    \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp }\n"            \
	"  dlci 101 { carries = ppp } }\n"                                           \
	"x25 x { link = \"loop:y\"  address = 1  accept \"42*\" { carries = ppp }\n" \
	"  accept \"43*\" { carries = ppp } }\n"

static struct ist_addr port_address(const struct ist_transport *t, const char *text)
{
	struct ist_addr a = {0};

	CU_ASSERT_FATAL(!t->addr_parse(&a, text));
	return a;
}

static struct gw_port *port_at(unsigned i)
{
	return &bench.gw->port[i];
}

static void every_port_is_opened_and_found(void)
{
	bench_start(CONF);
	CU_ASSERT_EQUAL(bench_logged("port notice: port a: open"), 1);
	CU_ASSERT_EQUAL(bench_logged("port notice: port f: open"), 1);
	CU_ASSERT_EQUAL(bench_logged("port notice: port x: open"), 1);
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_PTR_EQUAL(port_by_number(bench.gw, i), port_at(i));
		CU_ASSERT_EQUAL(port_at(i)->failures, 0);
	}
	CU_ASSERT_PTR_NULL(port_by_number(bench.gw, 3));
	bench_stop();
}

/* The next life, while the one before has some open: it came to the end of its first turn. */
static void port_life(const char *left, const char *in_use, bool others_left)
{
	if (bench.gw)
		resume_write(bench.gw->resume);
	fake.lines = 0;
	fake.port_left = left;
	fake.port_in_use = in_use;
	fake.others_left = others_left;
	bench_kill(CONF);
}

static void ports_said(const char *const *want)
{
	unsigned n = 0;

	for (unsigned i = 0; i < fake.lines; i++) {
		if (strncmp(fake.line[i], "open ", 5) != 0 &&
		    strcmp(fake.line[i], "close left") != 0)
			continue;
		CU_ASSERT_FATAL(want[n] != NULL);
		CU_ASSERT_STRING_EQUAL(fake.line[i], want[n]);
		n++;
	}
	CU_ASSERT_PTR_NULL(want[n]);
}
#define PORTS_SAID(...) ports_said((const char *const[]){__VA_ARGS__, NULL})

static void new_ports_are_opened_first(void)
{
	bench_start_kept(CONF);
	port_life("a", NULL, false);
	PORTS_SAID("open f", "open x", "open a");
	/* what it wants is another's that is not configured any more, */
	port_life(NULL, "f", true);
	PORTS_SAID("open a", "open f", "open x", "close left", "open f");
	CU_ASSERT_TRUE(port_at(1)->number >= 0);
	/* or one's that has other settings now */
	port_life("a", "f", false);
	PORTS_SAID("open f", "open x", "open a", "close left", "open f");
	CU_ASSERT_TRUE(port_at(1)->number >= 0);
	/* what cannot be mended touches nobody */
	bench_kill_may_fail = true;
	port_life(NULL, "f", false);
	PORTS_SAID("open a", "open f", "open x", "close left");
	CU_ASSERT_PTR_NULL(bench.gw);
	port_life(NULL, NULL, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.gw);
	fake.port_refuses = true;
	port_life("a", NULL, true);
	PORTS_SAID("open f", "open x");
	CU_ASSERT_PTR_NULL(bench.gw);
	/* whoever comes then goes on with what there is */
	port_life("a", "x", false);
	bench_kill_may_fail = false;
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench.gw);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_TRUE(port_at(i)->number < 0);
	fake.port_refuses = false;
	bench_pass(SEC);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_TRUE(port_at(i)->number >= 0);
	bench_stop();
}

/* Its address comes later than the gateway.  The others are at work, and a reload meanwhile is none
 * of its business. */
static void an_address_that_comes_later(void)
{
	fake_port_absent = "a";
	bench_start_kept(CONF);
	fake_port_absent = NULL;
	CU_ASSERT_TRUE(port_at(0)->number < 0 && port_at(1)->number >= 0);
	CU_ASSERT_EQUAL(bench_logged("port error: port a: cannot open: no such address"), 1);
	CU_ASSERT_STRING_EQUAL(port_at(0)->error, "no such address");
	/* the next lives, by a death or a reload, go on waiting */
	port_life("f", NULL, false);
	CU_ASSERT_TRUE(port_at(0)->number < 0 && port_at(1)->number >= 0);
	port_life("f", NULL, false);
	CU_ASSERT_TRUE(port_at(0)->number < 0);
	/* a second, two, four */
	fake.lines = 0;
	bench_pass(3 * SEC);
	CU_ASSERT_EQUAL(fake_said("open a"), 2);
	fake.port_absent = NULL;
	bench_pass(4 * SEC);
	CU_ASSERT_EQUAL(fake_said("open a"), 3);
	CU_ASSERT_TRUE(port_at(0)->number >= 0);
	CU_ASSERT_EQUAL(bench_logged("port notice: port a: open"), 1);
	/* it was open: in a reload an address that is not there is a mistake again */
	fake.port_absent = "a";
	bench_kill_may_fail = true;
	port_life("f", NULL, false);
	CU_ASSERT_PTR_NULL(bench.gw);
	fake.port_absent = NULL;
	port_life("f", NULL, false);
	bench_kill_may_fail = false;
	CU_ASSERT_PTR_NOT_NULL(bench.gw);
	bench_stop();
}

/* Only that is waited for at the first start. */
static void what_else_fails_at_the_start(void)
{
	bench_start_kept(CONF);
	bench_kill_may_fail = true;
	fake.port_absent = "x";
	port_life(NULL, NULL, false);
	CU_ASSERT_PTR_NULL(bench.gw);
	bench_kill_may_fail = false;
	fake.port_absent = NULL;
	port_life(NULL, NULL, false);
	bench_stop();
}

/* A device that was pulled: control may die meanwhile, and a reload is no use to it. */
static void a_port_that_has_failed_waits_in_the_next_life(void)
{
	bench_start_kept(CONF);
	port_failed(bench.gw, 1, -5, "pulled", clock_us);
	fake.port_refuses = true;
	bench_kill_may_fail = true;
	port_life("a", NULL, false); /* x refuses, which did not wait */
	CU_ASSERT_PTR_NULL(bench.gw);
	bench_kill_may_fail = false;
	fake.port_refuses = false;
	port_life("a", NULL, false);
	CU_ASSERT_TRUE(port_at(0)->number >= 0 && port_at(1)->number >= 0);
	port_failed(bench.gw, (unsigned)port_at(1)->number, -5, "pulled", clock_us);
	fake.port_absent = "f";
	port_life("a", NULL, false);
	CU_ASSERT_TRUE(port_at(0)->number >= 0 && port_at(1)->number < 0);
	fake.port_absent = NULL;
	bench_pass(SEC);
	CU_ASSERT_TRUE(port_at(1)->number >= 0);
	bench_stop();
}

static void a_port_that_fails(void)
{
	struct ist_addr dlci;

	bench_start(CONF);
	dlci = port_address(&frame_relay_transport, "101");
	port_circuit_set(port_at(1), &dlci, true);
	port_failed(bench.gw, 7, -5, "another's", clock_us);
	CU_ASSERT_EQUAL(fake_said("close"), 0);
	port_failed(bench.gw, 1, -5, "cable cut", clock_us);
	CU_ASSERT_EQUAL(bench_logged("port error: port f: failed: cable cut"), 1);
	CU_ASSERT_STRING_EQUAL(port_at(1)->error, "cable cut");
	CU_ASSERT_EQUAL(port_at(1)->failures, 1);
	CU_ASSERT_EQUAL(port_at(1)->number, -1);
	CU_ASSERT_FALSE(port_circuit_up(port_at(1), &dlci));
	CU_ASSERT_EQUAL(fake_said("close 1"), 1);
	CU_ASSERT_EQUAL(fake_said("close"), 1);
	/* it does not open: one more failure, and still no number */
	fake.port_refuses = true;
	bench_pass(SEC);
	CU_ASSERT_EQUAL(port_at(1)->failures, 2);
	CU_ASSERT_EQUAL(port_at(1)->number, -1);
	CU_ASSERT_EQUAL(bench_logged("port error: port f: cannot open: no such wire"), 1);
	CU_ASSERT_STRING_EQUAL(port_at(1)->error, "no such wire");
	fake.port_refuses = false;
	bench_pass(2 * SEC);
	CU_ASSERT_EQUAL(port_at(1)->number, 3);
	CU_ASSERT_PTR_EQUAL(port_by_number(bench.gw, 3), port_at(1));
	CU_ASSERT_EQUAL(bench_logged("port notice: port f: open"), 2);
	/* without words, those of the error */
	port_failed(bench.gw, 3, -5, NULL, clock_us);
	CU_ASSERT_STRING_EQUAL(port_at(1)->error, "Input/output error");
	port_failed(bench.gw, 0, 19, NULL, clock_us);
	CU_ASSERT_STRING_EQUAL(port_at(0)->error, "No such device");
	bench_stop();
}

/* The wait doubles until a circuit comes up, not only the port. */
static void the_wait_begins_anew_with_a_circuit(void)
{
	struct ist_attrs up = {.size = sizeof(up), .payload = IST_PAYLOAD_PPP, .permanent = true};

	bench_start(CONF);
	for (unsigned i = 0; i < 3; i++) {
		unsigned number = (unsigned)port_at(1)->number;

		port_failed(bench.gw, number, -5, "gone", clock_us);
		bench_pass((SEC << i) - 1);
		CU_ASSERT_EQUAL(port_at(1)->number, -1);
		bench_pass(1);
		CU_ASSERT(port_at(1)->number >= 0);
	}
	up.peer = fake.peer = port_address(&frame_relay_transport, "100");
	bind_dp_ops.up(bench.gw, (l2tp_channel)(port_at(1)->number + 1) << 32 | 1, &up, clock_us);
	port_failed(bench.gw, (unsigned)port_at(1)->number, -5, "gone", clock_us);
	bench_pass(SEC - 1);
	CU_ASSERT_EQUAL(port_at(1)->number, -1);
	bench_pass(1);
	CU_ASSERT(port_at(1)->number >= 0);
	bench_stop();
}

static void it_is_not_opened_again_while_going_down(void)
{
	bench_start(CONF);
	port_failed(bench.gw, 1, -5, "gone", clock_us);
	bench.gw->phase = GW_CLOSING;
	bench_pass(10 * SEC);
	CU_ASSERT_EQUAL(fake_said("open f"), 1);
	CU_ASSERT_EQUAL(port_at(1)->number, -1);
	bench_stop();
}

static void circuits_of_a_port(void)
{
	struct ist_addr a[3];

	bench_start(CONF);
	a[0] = port_address(&frame_relay_transport, "100");
	a[1] = port_address(&frame_relay_transport, "101");
	a[2] = port_address(&frame_relay_transport, "102");
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_PTR_EQUAL(port_circuit(port_at(1), &a[i]), &port_at(1)->cfg->circuit[i]);
		CU_ASSERT_FALSE(port_circuit_up(port_at(1), &a[i]));
		port_circuit_set(port_at(1), &a[i], true);
		CU_ASSERT_TRUE(port_circuit_up(port_at(1), &a[i]));
		CU_ASSERT_EQUAL(port_circuit_up(port_at(1), &a[1]), i == 1);
	}
	port_circuit_set(port_at(1), &a[0], false);
	CU_ASSERT_FALSE(port_circuit_up(port_at(1), &a[0]));
	CU_ASSERT_TRUE(port_circuit_up(port_at(1), &a[1]));
	/* of one that no section lists nothing is known */
	CU_ASSERT_PTR_NULL(port_circuit(port_at(1), &a[2]));
	port_circuit_set(port_at(1), &a[2], false);
	CU_ASSERT_TRUE(port_circuit_up(port_at(1), &a[2]));
	bench_stop();
}

static void calls_that_a_port_accepts(void)
{
	static const struct {
		const char *address;
		int accept;
	} rows[] = {{"4242", 0}, {"4299", 0}, {"4300", 1}, {"4400", -1}};

	bench_start(CONF);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ist_addr a = port_address(&x25_transport, rows[i].address);

		CU_ASSERT_PTR_EQUAL(port_accept(port_at(2), &a),
				    rows[i].accept < 0 ? NULL
						       : &port_at(2)->cfg->accept[rows[i].accept]);
	}
	CU_ASSERT_TRUE(port_switched(bench.gw, (l2tp_channel)3 << 32 | 1));
	CU_ASSERT_FALSE(port_switched(bench.gw, (l2tp_channel)2 << 32 | 1));
	CU_ASSERT_FALSE(port_switched(bench.gw, (l2tp_channel)4 << 32 | 1));
	bench_stop();
}

static void what_a_channel_is_called(void)
{
	char text[100];

	bench_start(CONF);
	CU_ASSERT_PTR_EQUAL(port_channel_text(text, sizeof(text), bench.gw, FAR_CHANNEL), text);
	CU_ASSERT_STRING_EQUAL(text, "a 192.0.2.9:1701");
	CU_ASSERT_PTR_EQUAL(port_channel_text(text, sizeof(text), bench.gw, (l2tp_channel)9 << 32),
			    text);
	CU_ASSERT_STRING_EQUAL(text, "?");
	bench_stop();
}

static int port_parse_digit(struct ist_addr *out, const char *text)
{
	*out = (struct ist_addr){0};
	out->data[0] = (uint8_t)text[0];
	return text[0] >= '0' && text[0] <= '9' ? 0 : -1;
}

/* A transport without a rule of its own: the pattern is one address. */
static void an_address_that_is_no_pattern(void)
{
	static const struct ist_transport t = {.addr_parse = port_parse_digit};
	static const struct cfg_port cfg = {.transport = &t};
	const struct gw_port p = {.cfg = &cfg};
	struct ist_addr a;

	CU_ASSERT_FATAL(!port_parse_digit(&a, "7"));
	CU_ASSERT_TRUE(port_match(&p, &a, "7"));
	CU_ASSERT_FALSE(port_match(&p, &a, "8"));
	port_parse_digit(&a, "*");
	CU_ASSERT_FALSE(port_match(&p, &a, "*")); /* cannot be read */
}

/* A transport that does not say what its ports may need: many calls, if it has calls at all. */
static void what_a_port_may_need(void)
{
	struct ist_transport t = x25_transport;
	const struct cfg_port p = {.transport = &t};

	t.need = NULL;
	CU_ASSERT_EQUAL(port_need(&p).circuits, 1024);
	CU_ASSERT_EQUAL(port_need(&p).descriptors, 1024);
	t = x25_transport;
	t.size = offsetof(struct ist_transport, need);
	CU_ASSERT_EQUAL(port_need(&p).descriptors, 1024);
	t.caps &= ~(unsigned)IST_CAP_SWITCHED;
	CU_ASSERT_EQUAL(port_need(&p).circuits, 0);
	CU_ASSERT_EQUAL(port_need(&p).descriptors, 0);
}

static const struct test_case cases[] = {
	{"new_ports_are_opened_first", new_ports_are_opened_first},
	{"every_port_is_opened_and_found", every_port_is_opened_and_found},
	{"an_address_that_comes_later", an_address_that_comes_later},
	{"what_else_fails_at_the_start", what_else_fails_at_the_start},
	{"a_port_that_has_failed_waits_in_the_next_life",
	 a_port_that_has_failed_waits_in_the_next_life},
	{"a_port_that_fails", a_port_that_fails},
	{"the_wait_begins_anew_with_a_circuit", the_wait_begins_anew_with_a_circuit},
	{"it_is_not_opened_again_while_going_down", it_is_not_opened_again_while_going_down},
	{"circuits_of_a_port", circuits_of_a_port},
	{"calls_that_a_port_accepts", calls_that_a_port_accepts},
	{"what_a_channel_is_called", what_a_channel_is_called},
	{"what_a_port_may_need", what_a_port_may_need},
	{"an_address_that_is_no_pattern", an_address_that_is_no_pattern},
	{NULL, NULL},
};
const struct test_suite suite_port = {"port", cases};
