/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the web page is made of: JSON without users, and a document whose hashes are those of its
 * policy. */
#include "gw/operator/page.h"

#include "gw/port.h"
#include "gw/recent.h"
#include "tests/gw/operator/says.h"

#include <string.h>

#define CONF                                                                   \
	"host-name = gw\n"                                                     \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                              \
	"frame-relay f { link = \"packet:eth1\" dlci 100 { } dlci 200 { } }\n" \
	"peer lac { port = a  service = gold  hostname = lac }\n"              \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                           \
	"service gold { local = 10.64.0.1  pool = p  auth = { chap } }\n"      \
	"user ann { secret = \"a password\" }\n"

static struct ctl_text said;

static json_t *page_get(void (*make)(struct gw *gw, uint16_t arg, struct ctl_text *out),
			uint16_t arg)
{
	json_t *j;

	ctl_text_free(&said);
	make(bench.gw, arg, &said);
	CU_ASSERT_FALSE_FATAL(said.failed);
	j = json_loadb(said.at, said.len, 0, NULL);
	ctl_text_add(&said, "", 1); /* so that it can be searched */
	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	return j;
}

static long long page_number_of(const json_t *of, const char *key)
{
	return json_integer_value(json_object_get(of, key));
}

static const char *page_text_of(const json_t *of, const char *key)
{
	const char *text = json_string_value(json_object_get(of, key));

	return text ? text : "";
}

static void page_end(json_t *j)
{
	json_decref(j);
	ctl_text_free(&said);
	recent_clear();
	vty_end();
}

static void a_page_without_calls(void)
{
	const json_t *circuits;
	json_t *j;

	vty_begin(CONF);
	recent_clear();
	port_named(bench.gw, "f")->up[0] = true;
	port_named(bench.gw, "f")->up[1] = false;
	j = page_get(page_state, 0);
	CU_ASSERT_STRING_EQUAL(page_text_of(json_object_get(j, "numbers"), "host-name"), "gw");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "ports")), 2);
	circuits = json_object_get(j, "circuits");
	CU_ASSERT_EQUAL(json_array_size(circuits), 2);
	CU_ASSERT_STRING_EQUAL(page_text_of(json_array_get(circuits, 1), "address"), "200");
	CU_ASSERT_TRUE(json_is_true(json_object_get(json_array_get(circuits, 0), "up")));
	CU_ASSERT_TRUE(json_is_false(json_object_get(json_array_get(circuits, 1), "up")));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "tunnels")), 0);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "joins")), 0);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "messages")), 0);
	CU_ASSERT_TRUE(json_is_false(json_object_get(j, "more")));
	page_end(j);
}

/* Those of one tunnel to one service are one. */
static void a_page_with_calls(void)
{
	const json_t *joins, *messages, *row;
	char from[32];
	json_t *j;

	vty_begin(CONF);
	recent_clear();
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	fake.stats.rx_frames = 5;
	fake.stats.drops = 1;
	j = page_get(page_state, 0);
	CU_ASSERT_EQUAL(page_number_of(json_object_get(j, "numbers"), "tunnels"), 1);
	row = json_array_get(json_object_get(j, "tunnels"), 0);
	snprintf(from, sizeof(from), "tunnel %lld", page_number_of(row, "id"));
	joins = json_object_get(j, "joins");
	CU_ASSERT_EQUAL(json_array_size(joins), 1);
	row = json_array_get(joins, 0);
	CU_ASSERT_STRING_EQUAL(page_text_of(row, "from"), from);
	CU_ASSERT_STRING_EQUAL(page_text_of(row, "to"), "service gold");
	CU_ASSERT_EQUAL(page_number_of(row, "legs"), 2);
	CU_ASSERT_EQUAL(page_number_of(row, "frames-in"), 10);
	CU_ASSERT_EQUAL(page_number_of(row, "dropped"), 2);
	messages = json_object_get(j, "messages");
	row = json_array_get(messages, json_array_size(messages) - 1);
	CU_ASSERT_STRING_EQUAL(page_text_of(row, "message"), "SCCRQ");
	CU_ASSERT_TRUE(json_is_false(json_object_get(row, "sent")));
	CU_ASSERT_PTR_NULL(strstr(said.at, "\"ann\""));
	page_end(j);
}

static void the_calls_of_a_tunnel(void)
{
	json_t *j;
	uint16_t id;

	vty_begin(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	j = page_get(page_state, 0);
	id = (uint16_t)page_number_of(json_array_get(json_object_get(j, "tunnels"), 0), "id");
	json_decref(j);
	j = page_get(page_calls, id);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "rows")), 1);
	CU_ASSERT_TRUE(json_is_null(json_object_get(j, "next")));
	CU_ASSERT_PTR_NULL(json_object_get(json_array_get(json_object_get(j, "rows"), 0), "user"));
	json_decref(j);
	j = page_get(page_calls, (uint16_t)(id + 1));
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "rows")), 0);
	page_end(j);
}

/* Chromium holds it to be right (tests/wire/page); here it is whole. */
static void the_document_and_its_policy(void)
{
	char policy[PAGE_POLICY];
	struct ctl_text t = {0};

	page_html(NULL, 0, &t);
	ctl_text_add(&t, "", 1);
	CU_ASSERT_EQUAL(strncmp(t.at, "<!doctype html>\n", 16), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.at, "</html>\n"));
	CU_ASSERT_PTR_NULL(strstr(t.at, "innerHTML"));
	CU_ASSERT_PTR_NULL(strstr(t.at, "https://"));
	ctl_text_free(&t);
	page_policy(policy);
	CU_ASSERT_PTR_NOT_NULL(strstr(policy, "default-src 'none'; script-src 'sha256-"));
	CU_ASSERT_PTR_NOT_NULL(strstr(policy, "frame-ancestors 'none'")); /* it is not cut */
	CU_ASSERT_PTR_NULL(strstr(policy, "unsafe"));
}

static const struct test_case cases[] = {
	{"a_page_without_calls", a_page_without_calls},
	{"a_page_with_calls", a_page_with_calls},
	{"the_calls_of_a_tunnel", the_calls_of_a_tunnel},
	{"the_document_and_its_policy", the_document_and_its_policy},
	{NULL, NULL},
};
const struct test_suite suite_page = {"page", cases};
