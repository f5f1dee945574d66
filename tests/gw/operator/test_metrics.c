/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metrics as text: the format of Prometheus, and values that are known. */
#include "gw/operator/metrics.h"

#include "gw/bind.h"
#include "gw/histogram.h"
#include "gw/port.h"
#include "tests/gw/operator/says.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONF                                                                   \
	"host-name = gw\n"                                                     \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                              \
	"udp b { listen = \"192.0.2.1:1702\" }\n"                              \
	"frame-relay f { link = \"packet:eth1\" dlci 100 { } dlci 200 { } }\n" \
	"peer lac { port = a  service = s  hostname = lac }\n"                 \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                           \
	"radius r { server 192.0.2.7 { secret = 0123456789abcdef } }\n"        \
	"service s { local = 10.64.0.1  pool = p  auth = { chap } }\n"         \
	"service t { local = 10.64.1.1  radius = r }\n"                        \
	"user ann { secret = \"a password\" }\n"

static struct ctl_text said;

static void metrics_say(void)
{
	ctl_text_free(&said);
	metrics_text(bench.gw, &said);
	ctl_text_add(&said, "", 1);
	CU_ASSERT_FALSE_FATAL(said.failed);
}

static void metrics_end(void)
{
	ctl_text_free(&said);
	vty_end();
}

/* There is a line that is just this. */
static bool metrics_has(const char *line)
{
	size_t n = strlen(line);

	for (const char *at = said.at; (at = strstr(at, line)); at += n)
		if ((at == said.at || at[-1] == '\n') && at[n] == '\n')
			return true;
	printf("there is no line %s\n", line);
	return false;
}

static bool metrics_starts(const char *begin)
{
	for (const char *at = said.at; (at = strstr(at, begin)); at++)
		if (at == said.at || at[-1] == '\n')
			return true;
	return false;
}

static void a_gateway_without_calls(void)
{
	vty_begin(CONF);
	metrics_say();
	CU_ASSERT_TRUE(
		metrics_has("# HELP isthmus_build_info 1, with the version of the program."));
	CU_ASSERT_TRUE(metrics_has("# TYPE isthmus_build_info gauge"));
	CU_ASSERT_TRUE(metrics_starts("isthmus_build_info{version=\""));
	CU_ASSERT_TRUE(metrics_has("isthmus_ports{medium=\"udp\",port=\"a\",state=\"open\"} 1"));
	CU_ASSERT_TRUE(metrics_has("isthmus_calls{medium=\"udp\",state=\"established\"} 0"));
	CU_ASSERT_TRUE(metrics_has("isthmus_joins 0"));
	CU_ASSERT_TRUE(metrics_has("isthmus_pool_addresses_used{pool=\"p\"} 0"));
	CU_ASSERT_TRUE(metrics_has("isthmus_limit{of=\"tunnels\"} 32768"));
	CU_ASSERT_TRUE(metrics_has(
		"isthmus_radius_servers{section=\"r\",server=\"192.0.2.7\",state=\"alive\"} 1"));
	CU_ASSERT_TRUE(
		metrics_has("isthmus_radius_requests_total{section=\"r\",server=\"192.0.2.7\"} 0"));
	/* what the data plane of the bench has counted, and a reason that was never needed */
	CU_ASSERT_TRUE(metrics_has("isthmus_data_frames_total{event=\"rx-frames\"} 12"));
	CU_ASSERT_TRUE(metrics_has("isthmus_data_drops_total{reason=\"data-spoof\"} 7"));
	CU_ASSERT_TRUE(metrics_has("isthmus_data_drops_total{reason=\"no-line\"} 0"));
	CU_ASSERT_TRUE(metrics_has(
		"isthmus_port_events_total{medium=\"udp\",port=\"a\",event=\"rx-frames\"} 100"));
	metrics_end();
}

static void circuits_and_ports_that_are_down(void)
{
	struct gw_port *p;

	vty_begin(CONF);
	p = port_named(bench.gw, "f");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	p->up[0] = true;
	p->up[1] = false;
	metrics_say();
	CU_ASSERT_TRUE(metrics_has("isthmus_circuits{medium=\"frame-relay\",state=\"down\"} 1"));
	CU_ASSERT_TRUE(metrics_has("isthmus_circuits{medium=\"frame-relay\",state=\"up\"} 1"));
	fake.port_refuses = true;
	bind_dp_ops.port_failed(bench.gw, 1, -5, "cable cut", clock_us);
	metrics_say();
	CU_ASSERT_TRUE(metrics_has("isthmus_ports{medium=\"udp\",port=\"b\",state=\"failed\"} 1"));
	metrics_end();
}

static void calls_that_are_up(void)
{
	vty_begin(CONF);
	histogram_clear();
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_TRUE_FATAL(bench_call("ann", "a password", PPP_AUTH_CHAP_MD5)->ip4);
	bench_call("ann", "another password", PPP_AUTH_CHAP_MD5);
	metrics_say();
	CU_ASSERT_TRUE(metrics_has("isthmus_tunnels{medium=\"udp\",state=\"established\"} 1"));
	CU_ASSERT_TRUE(metrics_has("isthmus_calls{medium=\"udp\",state=\"established\"} 3"));
	CU_ASSERT_TRUE(
		metrics_has("isthmus_calls{medium=\"frame-relay\",state=\"established\"} 0"));
	CU_ASSERT_TRUE(metrics_has("isthmus_users{medium=\"udp\"} 3"));
	CU_ASSERT_TRUE(metrics_has("isthmus_joins 3"));
	CU_ASSERT_TRUE(metrics_has("isthmus_limit_taken{of=\"calls\"} 3"));
	CU_ASSERT_TRUE(metrics_has("isthmus_pool_addresses_used{pool=\"p\"} 3"));
	CU_ASSERT_TRUE(
		metrics_has("isthmus_l2tp_messages_total{direction=\"rx\",message=\"ICRQ\"} 4"));
	CU_ASSERT_TRUE(metrics_has("isthmus_logins_total{result=\"accepted\"} 3"));
	CU_ASSERT_TRUE(metrics_has("isthmus_logins_total{result=\"refused\"} 1"));
	CU_ASSERT_TRUE(metrics_has("isthmus_call_setup_seconds_bucket{le=\"+Inf\"} 3"));
	CU_ASSERT_TRUE(metrics_has("isthmus_call_setup_seconds_count 3"));
	CU_ASSERT_PTR_NULL(strstr(said.at, "\"ann")); /* nothing names a user */
	metrics_end();
}

static void times_are_in_seconds(void)
{
	vty_begin(CONF);
	histogram_clear();
	histogram_add(HISTOGRAM_RADIUS, 2500);
	histogram_add(HISTOGRAM_RADIUS, 1000001);
	metrics_say();
	CU_ASSERT_TRUE(metrics_has("# TYPE isthmus_radius_round_trip_seconds histogram"));
	CU_ASSERT_TRUE(metrics_has("isthmus_radius_round_trip_seconds_bucket{le=\"0.001\"} 0"));
	CU_ASSERT_TRUE(metrics_has("isthmus_radius_round_trip_seconds_bucket{le=\"0.0025\"} 1"));
	CU_ASSERT_TRUE(metrics_has("isthmus_radius_round_trip_seconds_bucket{le=\"1\"} 1"));
	CU_ASSERT_TRUE(metrics_has("isthmus_radius_round_trip_seconds_bucket{le=\"2.5\"} 2"));
	CU_ASSERT_TRUE(metrics_has("isthmus_radius_round_trip_seconds_bucket{le=\"+Inf\"} 2"));
	CU_ASSERT_TRUE(metrics_has("isthmus_radius_round_trip_seconds_sum 1.002501"));
	CU_ASSERT_TRUE(metrics_has("isthmus_radius_round_trip_seconds_count 2"));
	histogram_clear();
	metrics_end();
}

static int metrics_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every series is there once, under the HELP and TYPE of its metric; counters end in _total. */
static void the_form_of_all(void)
{
	static char *series[8192];
	char *line, *next, name[128] = "", type[32] = "";
	unsigned n = 0, heads = 0;

	vty_begin(CONF);
	metrics_say();
	for (line = said.at; *line; line = next) {
		next = strchr(line, '\n');
		CU_ASSERT_PTR_NOT_NULL_FATAL(next);
		*next++ = '\0';
		if (sscanf(line, "# TYPE %127s %31s", name, type) == 2) {
			const char *end = strlen(name) > 6 ? name + strlen(name) - 6 : name;

			CU_ASSERT_EQUAL(!strcmp(end, "_total"), !strcmp(type, "counter"));
			heads++;
			continue;
		}
		if (*line == '#')
			continue;
		CU_ASSERT_EQUAL(strncmp(line, name, strlen(name)), 0);
		*strrchr(line, ' ') = '\0';
		CU_ASSERT_FATAL(n < 8192);
		series[n++] = line;
	}
	CU_ASSERT(heads > 30);
	qsort(series, n, sizeof(series[0]), metrics_order);
	for (unsigned i = 1; i < n; i++)
		CU_ASSERT_STRING_NOT_EQUAL(series[i], series[i - 1]);
	metrics_end();
}

static const struct test_case cases[] = {
	{"a_gateway_without_calls", a_gateway_without_calls},
	{"circuits_and_ports_that_are_down", circuits_and_ports_that_are_down},
	{"calls_that_are_up", calls_that_are_up},
	{"times_are_in_seconds", times_are_in_seconds},
	{"the_form_of_all", the_form_of_all},
	{NULL, NULL},
};
const struct test_suite suite_metrics = {"metrics", cases};
