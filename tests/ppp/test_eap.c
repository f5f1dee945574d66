/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EAP as an authenticator that passes through; packets typed from RFC 3748 sections 4 and 5. */
#include "ppp/ppp.h"
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/ppp/lone.h"

#include <stdio.h>
#include <string.h>

#define IDENTITY "c227 01 01 0005 01"
#define MY_NAME	 "c227 02 01 0008 01 616e6e"
#define MD5_HEX	 "01 47 0016 04 10 00112233445566778899aabbccddeeff"
#define MD5	 "c227 " MD5_HEX
#define MD5_NAK	 "c227 02 47 0006 03 1a"

/* LCP has agreed on EAP, and the peer was asked who it is. */
static void eap_start(struct lone *l)
{
	lone_init(l, true);
	l->cfg.n_auth = 1;
	l->cfg.auth[0] = PPP_AUTH_EAP;
	l->cfg.auth_timeout = 60 * SEC;
	l->give = &lone_given;
	lone_open(l);
	/* RFC 3748 section 2.1: the option's value is C227 */
	CU_ASSERT(lone_sent(l, "c021 01 01 000e 0304c227 050601010101"));
	lone_rx(l, "c021 02 01 000e 0304c227 050601010101");
	lone_rx(l, "c021 01 01 000a 0506a0a0a0a0");
	CU_ASSERT(lone_sent(l, "c021 02 01 000a 0506a0a0a0a0"));
	CU_ASSERT(lone_sent(l, IDENTITY));
	CU_ASSERT_EQUAL(l->count[PPP_EV_AUTH], 0);
}

/* The owner's Request; false: it is not taken. */
static bool eap_ask(struct lone *l, const char *hex)
{
	uint8_t packet[PPP_EAP_MAX + 8];

	return ppp_auth_eap(l->ppp, l->claim.serial, packet, test_hex(packet, sizeof(packet), hex),
			    l->now);
}

static void rfc3748_2_3_passes_through(void)
{
	struct lone l;

	eap_start(&l);
	lone_rx(&l, MY_NAME);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT_EQUAL(l.claim.method, PPP_AUTH_EAP);
	CU_ASSERT_STRING_EQUAL(l.claim.name, "ann");
	CU_ASSERT_TRUE(l.claim.eap_begins);
	ASSERT_OCTETS(l.claim.eap.p, l.claim.eap.left, "\x02\x01\x00\x08\x01\x61nn", 8);
	/* while the server thinks, a repeated Response is not asked about again */
	lone_rx(&l, MY_NAME);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	CU_ASSERT_TRUE(eap_ask(&l, MD5_HEX));
	CU_ASSERT(lone_sent(&l, MD5));
	lone_rx(&l, MD5_NAK);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 2);
	CU_ASSERT_STRING_EQUAL(l.claim.name, "ann");
	CU_ASSERT_FALSE(l.claim.eap_begins);
	ASSERT_OCTETS(l.claim.eap.p, l.claim.eap.left, "\x02\x47\x00\x06\x03\x1a", 6);
	ppp_auth_verdict(l.ppp, true, NULL, NULL, l.now);
	/* 4.2: Success has the Identifier of the Response */
	CU_ASSERT(lone_sent(&l, "c227 03 47 0004"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	/* it was lost: the same again */
	lone_skip(&l);
	lone_rx(&l, MD5_NAK);
	CU_ASSERT(lone_sent(&l, "c227 03 47 0004"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 2);
	lone_free(&l);
}

static void rfc3748_4_2_failure(void)
{
	struct lone l;

	eap_start(&l);
	lone_rx(&l, MY_NAME);
	ppp_auth_verdict(l.ppp, false, NULL, "no", l.now);
	CU_ASSERT(lone_sent(&l, "c227 04 01 0004"));
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0006 6e6f"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 0);
	lone_free(&l);
}

/* 4.3: the same Request with the same Identifier, until an answer comes; then the link ends. */
static void rfc3748_4_3_requests_are_repeated(void)
{
	struct lone l;

	eap_start(&l);
	lone_wait(&l, 3 * SEC);
	CU_ASSERT(lone_sent(&l, IDENTITY));
	lone_rx(&l, MY_NAME);
	/* nothing is said while the server thinks */
	lone_wait(&l, 20 * SEC);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_TRUE(eap_ask(&l, MD5_HEX));
	CU_ASSERT(lone_sent(&l, MD5));
	lone_wait(&l, 3 * SEC);
	CU_ASSERT(lone_sent(&l, MD5));
	lone_wait(&l, 60 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_TIMEOUT);
	lone_free(&l);
}

/* Each is counted, and nobody is asked. */
static void responses_that_are_none(void)
{
	static const struct {
		const char *frame;
		enum ppp_reason why;
	} rows[] = {
		{"c227 02 02 0008 01 616e6e", PPP_R_ID},
		{"c227 02 01 0004", PPP_R_LENGTH},
		{"c227 02 01 0009 01 616e6e", PPP_R_LENGTH},
		{"c227 02 01 0003 01", PPP_R_LENGTH},
		{"c227 02 01", PPP_R_SHORT},
		{"c227 01 01 0008 01 616e6e", PPP_R_CODE},
		{"c227 03 01 0004", PPP_R_CODE},
		{"c227 02 01 0006 03 04", PPP_R_STATE},
		{"c223 02 01 0008 01 616e6e", PPP_R_PHASE},
	};
	struct lone l;

	eap_start(&l);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t before = lone_counter(&l, rows[i].why);

		lone_rx(&l, rows[i].frame);
		CU_ASSERT_EQUAL(lone_counter(&l, rows[i].why), before + 1);
	}
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
}

static void requests_that_are_none(void)
{
	struct lone l;

	eap_start(&l);
	CU_ASSERT_FALSE(eap_ask(&l, MD5_HEX)); /* nothing waits for it */
	lone_rx(&l, MY_NAME);
	CU_ASSERT_FALSE(eap_ask(&l, "02 47 0006 03 1a"));
	CU_ASSERT_FALSE(eap_ask(&l, "01 47 0007 03 1a"));
	CU_ASSERT_FALSE(eap_ask(&l, "01 47 0004"));
	CU_ASSERT_FALSE(eap_ask(&l, ""));
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_TRUE(eap_ask(&l, MD5_HEX));
	lone_free(&l);
}

/* RFC 3748 section 3.1: what the peer cannot receive is not sent. */
static void a_request_fits_the_mru(void)
{
	static uint8_t packet[PPP_EAP_MAX + 1] = {1, 9};
	struct lone l;

	eap_start(&l);
	lone_rx(&l, MY_NAME);
	wr_put16(packet + 2, sizeof(packet));
	CU_ASSERT_FALSE(ppp_auth_eap(l.ppp, l.claim.serial, packet, sizeof(packet), l.now));
	wr_put16(packet + 2, PPP_EAP_MAX);
	CU_ASSERT_TRUE(ppp_auth_eap(l.ppp, l.claim.serial, packet, PPP_EAP_MAX, l.now));
	lone_free(&l);
}

/* A peer that answers for ever is refused. */
static void rounds_have_an_end(void)
{
	char request[64], response[64];
	struct lone l;
	unsigned i;

	eap_start(&l);
	lone_rx(&l, MY_NAME);
	for (i = 0; i < 100; i++) {
		snprintf(request, sizeof(request), "01 %02x 0006 04 00", i + 2);
		snprintf(response, sizeof(response), "c227 02 %02x 0006 04 00", i + 2);
		if (!eap_ask(&l, request))
			break;
		lone_skip(&l);
		lone_rx(&l, response);
	}
	CU_ASSERT_EQUAL(i, 64);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 64);
	CU_ASSERT(lone_sent(&l, "c227 04 41 0004"));
	lone_free(&l);
}

/* Another process: what was not over begins again with LCP; what was goes on. */
static void eap_outlives_the_process(void)
{
	uint8_t rec[PPP_RECORD_MAX];
	struct lone l, next;
	size_t len;

	eap_start(&l);
	lone_rx(&l, MY_NAME);
	len = lone_record(&l, rec);
	CU_ASSERT_TRUE_FATAL(lone_restore(&next, &l, rec, len));
	lone_wait(&next, 0);
	CU_ASSERT(lone_sent(&next, "c021 01 ?? 000e 0304c227 0506????????"));
	lone_free(&next);
	ppp_auth_verdict(l.ppp, true, NULL, NULL, l.now);
	len = lone_record(&l, rec);
	CU_ASSERT_TRUE_FATAL(lone_restore(&next, &l, rec, len));
	CU_ASSERT(lone_phase_is(&next, "network"));
	lone_wait(&next, 0);
	lone_skip(&next);
	lone_rx(&next, MY_NAME);
	CU_ASSERT(lone_sent(&next, "c227 03 01 0004"));
	lone_free(&next);
	lone_free(&l);
}

static void eap_without_memory(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.n_auth = 1;
	l.cfg.auth[0] = PPP_AUTH_EAP;
	lone_open(&l);
	lone_rx(&l, "c021 02 01 000e 0304c227 050601010101");
	lone_skip(&l);
	heap_refuse(0);
	lone_rx(&l, "c021 01 01 000a 0506a0a0a0a0");
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT(lone_sent(&l, "c021 02 01 000a 0506a0a0a0a0"));
	CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
	lone_free(&l);
}

/* We prove nothing by it ourselves. */
static void a_client_does_not_speak_it(void)
{
	struct lone l;

	lone_init(&l, false);
	l.cfg.n_auth = 2;
	l.cfg.auth[0] = PPP_AUTH_EAP;
	l.cfg.auth[1] = PPP_AUTH_PAP;
	lone_open(&l);
	lone_rx(&l, "c021 01 01 0008 0304c227");
	for (unsigned i = 0; i < 2; i++) /* at once, and since the peer has come */
		CU_ASSERT(lone_sent(&l, "c021 01 01 000a 050601010101"));
	CU_ASSERT(lone_sent(&l, "c021 03 01 0008 0304c023"));
	lone_free(&l);
}

static const struct test_case cases[] = {
	{"rfc3748_2_3_passes_through", rfc3748_2_3_passes_through},
	{"rfc3748_4_2_failure", rfc3748_4_2_failure},
	{"rfc3748_4_3_requests_are_repeated", rfc3748_4_3_requests_are_repeated},
	{"responses_that_are_none", responses_that_are_none},
	{"requests_that_are_none", requests_that_are_none},
	{"a_request_fits_the_mru", a_request_fits_the_mru},
	{"rounds_have_an_end", rounds_have_an_end},
	{"eap_outlives_the_process", eap_outlives_the_process},
	{"eap_without_memory", eap_without_memory},
	{"a_client_does_not_speak_it", a_client_does_not_speak_it},
	{NULL, NULL},
};
const struct test_suite suite_eap = {"eap", cases};
