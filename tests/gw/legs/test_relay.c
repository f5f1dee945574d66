/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a switch passes on, attribute by attribute; whole calls are in test_switch_sides.c. */
#include "gw/legs/relay.h"

#include "tests/gw/bench.h"

#include <stdlib.h>
#include <string.h>

#define RELAY_CONF                                                       \
	"host-name = gw\n"                                               \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                        \
	"peer lac { port = a  dial = \"192.0.2.8:1701\"  secret = x }\n" \
	"peer none { port = a  dial = \"192.0.2.9:1701\" }\n"

/* A message with attributes of each kind: one of a call, one of the message, one of the tunnel, one
 * without a row, and two more of a call, of which one came hidden. */
static void relay_message(struct l2tp_msg *m)
{
	static const struct l2tp_avp avps[] = {
		{.type = L2TP_AVP_CALLED_NUMBER, .len = 2, .val = (const uint8_t *)"42"},
		{.type = L2TP_AVP_MESSAGE_TYPE, .len = 2, .val = (const uint8_t *)"\0\12"},
		{.type = L2TP_AVP_HOST_NAME, .len = 1, .val = (const uint8_t *)"h"},
		{.vendor = 99, .type = 1, .len = 1, .val = (const uint8_t *)"?"},
		{.type = L2TP_AVP_SUB_ADDRESS, .hidden = true, .len = 0, .val = NULL},
		{.type = L2TP_AVP_CALLING_NUMBER,
		 .mandatory = true,
		 .len = 3,
		 .val = (const uint8_t *)"123"},
	};

	memset(m, 0, sizeof(*m));
	m->type = L2TP_ICRQ;
	m->n = sizeof(avps) / sizeof(*avps);
	for (unsigned i = 0; i < m->n; i++) {
		m->avp[i] = avps[i];
		m->avp[i].row = l2tp_avp_row(avps[i].vendor, avps[i].type);
	}
	CU_ASSERT_PTR_NULL(m->avp[3].row);
}

static struct relay_to relay_to(const char *peer)
{
	struct relay_to to = {.peer = cfg_named(bench.gw->cfg, "peer", peer),
			      .tid = 3,
			      .sid = 4,
			      .gw = bench.gw,
			      .channel = FAR_CHANNEL};

	CU_ASSERT_PTR_NOT_NULL_FATAL(to.peer);
	return to;
}

/* out has these types, in this order. */
static void relay_types(const struct l2tp_avp *out, unsigned n, const uint16_t *want,
			unsigned wanted)
{
	CU_ASSERT_EQUAL_FATAL(n, wanted);
	for (unsigned i = 0; i < n; i++)
		CU_ASSERT_EQUAL(out[i].type, want[i]);
}

static const uint16_t all[] = {L2TP_AVP_CALLED_NUMBER, L2TP_AVP_SUB_ADDRESS,
			       L2TP_AVP_CALLING_NUMBER},
		      open[] = {L2TP_AVP_CALLED_NUMBER, L2TP_AVP_CALLING_NUMBER};
#define LEFT_OUT "call notice: call 3/4: 1 attributes that came hidden are left out, *"

/* RFC 2661 4.3: what came hidden is hidden again, for which there must be a secret. */
static void rfc2661_4_3_hidden_needs_a_secret(void)
{
	static struct l2tp_msg m;
	struct l2tp_avp out[L2TP_MSG_AVPS];
	struct relay_to lac, none;

	bench_start(RELAY_CONF);
	lac = relay_to("lac");
	none = relay_to("none");
	relay_message(&m);
	relay_types(out, relay_pick(&m, &lac, out, clock_us), all, 3);
	CU_ASSERT(out[1].hidden && !out[0].hidden && !out[2].hidden);
	CU_ASSERT(out[2].mandatory && !out[0].mandatory);
	ASSERT_OCTETS(out[2].val, out[2].len, "123", 3);
	CU_ASSERT_EQUAL(bench_logged(LEFT_OUT), 0);
	relay_types(out, relay_pick(&m, &none, out, clock_us), open, 2);
	ASSERT_OCTETS(out[1].val, out[1].len, "123", 3);
	CU_ASSERT_EQUAL(bench_logged(LEFT_OUT), 1);
	CU_ASSERT_EQUAL(bench_logged("*since peer none has no secret to hide them with"), 1);
	bench_stop();
}

/* No message is one without attributes. */
static void nothing_to_pick(void)
{
	static struct l2tp_msg m;
	struct l2tp_avp out[L2TP_MSG_AVPS];
	struct relay_to none;

	bench_start(RELAY_CONF);
	none = relay_to("none");
	CU_ASSERT_EQUAL(relay_pick(NULL, &none, out, clock_us), 0);
	CU_ASSERT_EQUAL(relay_pick(&m, &none, out, clock_us), 0);
	CU_ASSERT_EQUAL(bench_logged("*left out*"), 0);
	bench_stop();
}

/* A copy has values of its own, hidden or not, and goes to each peer as the message would. */
static void a_copy_outlives_its_message(void)
{
	static struct l2tp_msg m;
	struct l2tp_avp out[L2TP_MSG_AVPS];
	struct relay_to lac, none;
	struct l2tp_avps *copy;
	uint8_t digits[] = "123";

	bench_start(RELAY_CONF);
	lac = relay_to("lac");
	none = relay_to("none");
	relay_message(&m);
	m.avp[5].val = digits;
	copy = relay_new(&m, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	relay_types(copy->avp, copy->n, all, 3);
	memset(digits, 'x', sizeof(digits));
	memset(&m, 0, sizeof(m));
	relay_types(out, relay_copied(copy, &lac, out, clock_us), all, 3);
	CU_ASSERT(out[1].hidden);
	ASSERT_OCTETS(out[2].val, out[2].len, "123", 3);
	CU_ASSERT_EQUAL(bench_logged(LEFT_OUT), 0);
	relay_types(out, relay_copied(copy, &none, out, clock_us), open, 2);
	CU_ASSERT_EQUAL(bench_logged(LEFT_OUT), 1);
	CU_ASSERT_TRUE(relay_is_whole(copy, lac.peer));
	CU_ASSERT_FALSE(relay_is_whole(copy, none.peer));
	copy->avp[1].hidden = false;
	CU_ASSERT_TRUE(relay_is_whole(copy, none.peer));
	free(copy);
	bench_stop();
}

/* One more comes behind the others, and is found like them. */
static void one_more(void)
{
	static struct l2tp_msg m;
	static const struct l2tp_avp more = {
		.vendor = L2TP_BROADBAND_FORUM, .type = 7, .len = 1, .val = (const uint8_t *)"m"};
	const struct l2tp_avp *found;
	struct l2tp_avps *copy;

	relay_message(&m);
	copy = relay_new(&m, &more);
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	CU_ASSERT_EQUAL(copy->n, 4);
	CU_ASSERT_PTR_EQUAL(relay_find(copy, L2TP_BROADBAND_FORUM, 7), &copy->avp[3]);
	CU_ASSERT_PTR_NULL(relay_find(copy, 0, 7));
	CU_ASSERT_PTR_NULL(relay_find(copy, L2TP_BROADBAND_FORUM, 8));
	CU_ASSERT_PTR_NULL(relay_find(copy, 0, L2TP_AVP_HOST_NAME));
	CU_ASSERT_PTR_NULL(relay_find(NULL, 0, L2TP_AVP_CALLED_NUMBER));
	found = relay_find(copy, 0, L2TP_AVP_CALLED_NUMBER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	ASSERT_OCTETS(found->val, found->len, "42", 2);
	free(copy);
}

/* A message as full as can be, and one more. */
static void a_full_message(void)
{
	static struct l2tp_msg m;
	struct l2tp_avps *copy;

	relay_message(&m);
	for (unsigned i = 0; i < L2TP_MSG_AVPS; i++)
		m.avp[i] = m.avp[5];
	m.n = L2TP_MSG_AVPS;
	copy = relay_new(&m, &m.avp[0]);
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	CU_ASSERT_EQUAL(copy->n, L2TP_MSG_AVPS + 1);
	ASSERT_OCTETS(copy->avp[L2TP_MSG_AVPS].val, copy->avp[L2TP_MSG_AVPS].len, "123", 3);
	free(copy);
}

static const struct test_case cases[] = {
	{"rfc2661_4_3_hidden_needs_a_secret", rfc2661_4_3_hidden_needs_a_secret},
	{"nothing_to_pick", nothing_to_pick},
	{"a_copy_outlives_its_message", a_copy_outlives_its_message},
	{"one_more", one_more},
	{"a_full_message", a_full_message},
	{NULL, NULL},
};
const struct test_suite suite_relay = {"relay", cases};
