/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services with their pools and devices; what becomes of a device that is removed is in
 * test_device.c too. */
#include "gw/service.h"

#include "gw/aaa/aaa.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"

#include <string.h>

#define SERVICE_CONF                                                                           \
	"host-name = gw\nlogin-delay = 0\n"                                                    \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                              \
	"peer lac { service = s }\n"                                                           \
	"peer core { port = a dial = \"192.0.2.9:1701\" hostname = core }\n"                   \
	"pool p { ranges = { \"10.64.0.0/29\" } }\n"                                           \
	"service s { local = 10.64.0.1  pool = p  tun = near0  auth = { chap }  ipv6 = no }\n" \
	"service t { local = 10.64.0.2  pool = p  tun = near1 }\n"                             \
	"outgoing o { peer = core service = s called = 1 address = 10.64.0.3 }\n"              \
	"user ann { secret = a }\n"                                                            \
	"user bob { secret = b  address = 10.64.0.4 }\n"

/* What a section names is nobody else's: of 10.64.0.1 to 10.64.0.6 two are left. */
static void addresses_that_sections_name(void)
{
	uint32_t got[3] = {0};

	bench_start(SERVICE_CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	for (unsigned i = 0; i < 3; i++) {
		struct far_call *c = bench_call("ann", "a", PPP_AUTH_CHAP_MD5);

		CU_ASSERT_EQUAL(c->ip4, i < 2);
		got[i] = c->ip4 ? c->got.local4 : 0;
	}
	CU_ASSERT((got[0] == 0x0a400005 && got[1] == 0x0a400006) ||
		  (got[0] == 0x0a400006 && got[1] == 0x0a400005));
	/* but he whose it is has it */
	CU_ASSERT_TRUE(bench_call("bob", "b", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_EQUAL(bench.call[3].got.local4, 0x0a400004);
	bench_stop();
}

/* RFC 5072 4.1: not 0, and with the "u" bit clear, since it is from no hardware address. */
static void interface_identifiers(void)
{
	for (unsigned i = 0; i < 8; i++) {
		bench_start(SERVICE_CONF);
		for (unsigned k = 0; k < 2; k++) {
			CU_ASSERT_NOT_EQUAL(bench.gw->service[k].iid, 0);
			CU_ASSERT_EQUAL(bench.gw->service[k].iid & UINT64_C(0x0200000000000000), 0);
		}
		CU_ASSERT_NOT_EQUAL(bench.gw->service[0].iid, bench.gw->service[1].iid);
		bench_stop();
	}
}

static void the_service_of_a_section(void)
{
	bench_start(SERVICE_CONF "service u { local = 10.66.0.1 }\n");
	for (unsigned i = 0; i < 3; i++) {
		struct gw_service *s = service_of(bench.gw, &bench.gw->cfg->service[i]);

		CU_ASSERT_PTR_EQUAL(s, &bench.gw->service[i]);
		CU_ASSERT(s->gw == bench.gw && s->cfg == &bench.gw->cfg->service[i]);
		CU_ASSERT_PTR_EQUAL(s->pool, i < 2 ? bench.gw->pool[0] : bench.gw->no_pool);
		CU_ASSERT_NOT_EQUAL(s->tun, 0);
	}
	bench_stop();
}

/* Calls behind the device that somebody has removed end, those of another service do not. */
static void a_device_that_is_removed(void)
{
	struct far_call *c;

	bench_start(SERVICE_CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	fake.gone = "near1";
	bench_pass(SEC);
	CU_ASSERT_FALSE(c->down);
	CU_ASSERT_EQUAL(bench_logged("main error: service t: device * has been removed; its calls "
				     "are ended"),
			1);
	CU_ASSERT_EQUAL(bench_logged("main notice: service t: device * is there again"), 1);
	fake.gone = "near0";
	bench_pass(SEC);
	CU_ASSERT_TRUE(c->down);
	CU_ASSERT_STRING_EQUAL(c->result.text, "the TUN device is gone");
	CU_ASSERT_EQUAL(bench_logged("main notice: service s: device * is there again"), 1);
	CU_ASSERT_TRUE(bench_call("ann", "a", PPP_AUTH_CHAP_MD5)->ip4);
	bench_stop();
}

static const struct test_case cases[] = {
	{"addresses_that_sections_name", addresses_that_sections_name},
	{"interface_identifiers", interface_identifiers},
	{"the_service_of_a_section", the_service_of_a_section},
	{"a_device_that_is_removed", a_device_that_is_removed},
	{NULL, NULL},
};
const struct test_suite suite_service = {"service", cases};
