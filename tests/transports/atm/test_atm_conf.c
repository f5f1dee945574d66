/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "tests/transports/keys.h"
#include "transports/atm/atm.h"

#include <stdio.h>
#include <string.h>

static void atm_conf_refused(const char *const *config, const char *words)
{
	struct fake_host h;
	char err[200] = "";

	CU_ASSERT_TRUE(fake_try(&h, &atm_transport, config, err, sizeof(err)) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, words));
	if (!strstr(err, words))
		printf("\n   got: %s\n", err);
}

static void mistakes_are_named(void)
{
	atm_conf_refused((const char *const[]){"link=loop:c", "@0/5 l2tp", NULL},
			 "0 to 31 are reserved");
	atm_conf_refused((const char *const[]){"link=loop:c", "@300/40 l2tp", NULL},
			 "need header = nni");
	atm_conf_refused((const char *const[]){"link=loop:c", "@0/40 l2tp ppp",
					       "encapsulation=vc-mux", NULL},
			 "carries one payload");
	atm_conf_refused((const char *const[]){"link=loop:c", "@0/40 l2tp", "sdu-max=1000", NULL},
			 "sdu-max is too small");
	atm_conf_refused((const char *const[]){"link=loop:c", "@0/40 l2tp", "@0/40 ppp", NULL},
			 "0/40: is there twice");
	atm_conf_refused((const char *const[]){"link=loop:c", "framing=sdus", "@0/40 l2tp",
					       "oam-interval=5000000", NULL},
			 "between SDUs there is no loopback cell");
	atm_conf_refused((const char *const[]){"link=nowhere:c", "@0/40 l2tp", NULL}, "link");
	atm_conf_refused((const char *const[]){"@0/40 l2tp", NULL}, "needs a link");
}

/* RFC 3355 3.1: PPP of 1500 octets in L2TP is an SDU of 1514, LLC/SNAP puts 8 in front. */
static void rfc3355_3_1_least_sdu(void)
{
	static const struct {
		const char *pvc, *encapsulation, *sdu_max;
		bool ok;
	} rows[] = {
		{"@0/40 l2tp", "encapsulation=vc-mux", "sdu-max=1514", true},
		{"@0/40 l2tp", "encapsulation=vc-mux", "sdu-max=1513", false},
		{"@0/40 l2tp ppp", "encapsulation=llc", "sdu-max=1522", true},
		{"@0/40 l2tp ppp", "encapsulation=llc", "sdu-max=1521", false},
		{"@0/40 ppp", "encapsulation=llc", "sdu-max=48", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const config[] = {"link=loop:least", rows[i].pvc, rows[i].encapsulation,
					      rows[i].sdu_max, NULL};
		struct fake_host h;
		char err[200];

		CU_ASSERT_EQUAL(!fake_try(&h, &atm_transport, config, err, sizeof(err)),
				rows[i].ok);
		if (rows[i].ok)
			fake_close(&h);
		else
			CU_ASSERT_PTR_NOT_NULL(strstr(err, "sdu-max is too small"));
	}
}

static void atm_conf_addresses(void)
{
	struct ist_addr a;
	char buf[32];

	CU_ASSERT_EQUAL(atm_transport.addr_parse(&a, "8/48"), 0);
	CU_ASSERT_EQUAL(atm_transport.addr_format(&a, buf, sizeof(buf)), 4);
	CU_ASSERT_STRING_EQUAL(buf, "8/48");
	ASSERT_OCTETS(a.data, a.len, "\0\x08\0\x30",
		      4); /* the rest is zero: it is compared whole */
	CU_ASSERT_FALSE(a.data[4] || a.data[sizeof(a.data) - 1]);
	CU_ASSERT_TRUE(atm_transport.addr_parse(&a, "8.48") < 0);
	CU_ASSERT_TRUE(atm_transport.addr_parse(&a, "5000/48") < 0);
}

static void mtu_is_the_sdu_less_its_head(void)
{
	struct fake_host h;
	ist_channel c;

	fake_open(&h, &atm_transport,
		  (const char *const[]){"link=loop:m", "@0/40 l2tp ppp", "sdu-max=2000",
					"@0/41 ppp", "encapsulation=vc-mux", NULL});
	CU_ASSERT_EQUAL(fake_connect(&h, "0/40", IST_PAYLOAD_L2TP, &c), 0);
	CU_ASSERT_EQUAL(atm_transport.mtu(h.port, c), 1992);
	CU_ASSERT_EQUAL(fake_connect(&h, "0/40", IST_PAYLOAD_PPP, &c), 0);
	CU_ASSERT_EQUAL(atm_transport.mtu(h.port, c), 1996);
	CU_ASSERT_EQUAL(fake_connect(&h, "0/41", IST_PAYLOAD_PPP, &c), 0);
	CU_ASSERT_EQUAL(atm_transport.mtu(h.port, c), 9216);
	CU_ASSERT_TRUE(fake_connect(&h, "0/41", IST_PAYLOAD_L2TP, &c) < 0);
	CU_ASSERT_TRUE(fake_connect(&h, "0/99", IST_PAYLOAD_L2TP, &c) < 0);
	CU_ASSERT_EQUAL(atm_transport.mtu(h.port, 0), 0);
	fake_close(&h);
}

/* All that RFC 3355 asks of SVCs is for implementations that have them: this transport places no
 * call, takes none, and has no key that would. */
static void rfc3355_7_no_svc_signalling(void)
{
	CU_ASSERT_EQUAL(atm_transport.caps & (IST_CAP_SWITCHED | IST_CAP_UNKNOWN), 0);
	CU_ASSERT_PTR_NULL(atm_transport.answer);
	CU_ASSERT_PTR_NULL(atm_transport.refuse);
	for (const struct ist_key *k = atm_transport.keys; k->name; k++)
		CU_ASSERT_PTR_NULL(strstr(k->name, "svc"));
}

/* All of the VPIs and VCIs that the header has room for, and not one more. */
static void the_header_is_the_limit(void)
{
	static const struct {
		const char *header, *pvc;
		bool ok;
	} rows[] = {
		{"header=uni", "@255/65535 l2tp", true},  {"header=uni", "@256/32 l2tp", false},
		{"header=nni", "@4095/65535 l2tp", true}, {"header=uni", "@0/32 l2tp", true},
		{"header=nni", "@0/31 l2tp", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fake_host h;
		char err[200];

		CU_ASSERT_EQUAL(!fake_try(&h, &atm_transport,
					  (const char *const[]){"link=loop:l", rows[i].header,
								rows[i].pvc, NULL},
					  err, sizeof(err)),
				rows[i].ok);
		if (rows[i].ok)
			fake_close(&h);
	}
}

static void rows_of_the_key_table(void)
{
	static const struct key_row rows[] = {
		{"atmtcp-from", "port list"},
		{"atmtcp-idle", "port time =30s"},
		{"framing", "port word =cells"},
		{"header", "port word =uni"},
		{"cells-per-frame", "port number 1-192 =1"},
		{"reassembly-timeout", "port time =10s"},
		{"encapsulation", "circuit word =llc"},
		{"aal5-crc", "circuit word =strict"},
		{"sdu-max", "circuit number 48-65535 =9216"},
		{"pcr", "circuit number 0-10000000 =0"},
		{"oam-interval", "circuit time =0s"},
		{"oam-flow", "circuit word =end-to-end"},
		{"oam-misses", "circuit number 1-255 =3"},
	};

	keys_are(&atm_transport, rows, sizeof(rows) / sizeof(*rows));
}

/* Two channels for each of the 65535 indices a handle has: 32767 circuits at most. */
static void as_many_circuits_as_handles(void)
{
	static struct ist_circuit_config circuit[32768];
	static const struct ist_setting link = {"link", "loop:full"};
	struct ist_port_config cfg = {
		.size = sizeof(cfg), .setting = &link, .settings = 1, .circuit = circuit};
	struct ist_port *p;
	struct fake_host h;
	char err[200] = "";

	fake_init(&h);
	for (unsigned i = 0; i < 32768; i++) {
		char text[16];

		snprintf(text, sizeof(text), "0/%u", 32 + i);
		circuit[i].payloads = 1u << IST_PAYLOAD_PPP;
		CU_ASSERT_EQUAL_FATAL(atm_transport.addr_parse(&circuit[i].addr, text), 0);
	}
	cfg.circuits = 32768;
	CU_ASSERT_EQUAL(atm_transport.open(&p, &h.host, &h, &cfg, err, sizeof(err)), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "more than 32767 circuits");
	cfg.circuits = 32767;
	CU_ASSERT_EQUAL_FATAL(atm_transport.open(&p, &h.host, &h, &cfg, err, sizeof(err)), 0);
	atm_transport.close(p);
}

static const struct test_case cases[] = {
	{"rows_of_the_key_table", rows_of_the_key_table},
	{"as_many_circuits_as_handles", as_many_circuits_as_handles},
	{"mistakes_are_named", mistakes_are_named},
	{"rfc3355_3_1_least_sdu", rfc3355_3_1_least_sdu},
	{"addresses", atm_conf_addresses},
	{"the_header_is_the_limit", the_header_is_the_limit},
	{"rfc3355_7_no_svc_signalling", rfc3355_7_no_svc_signalling},
	{"mtu_is_the_sdu_less_its_head", mtu_is_the_sdu_less_its_head},
	{NULL, NULL},
};
const struct test_suite suite_atm_conf = {"atm_conf", cases};
