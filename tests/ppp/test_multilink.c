/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multilink in LCP, and the PPP of a bundle: RFC 1990 sections 2 and 5.1. */
#include "tests/harness.h"
#include "tests/ppp/lone.h"

#include <string.h>

static void multilink_make(struct lone *l, bool server)
{
	lone_init(l, server);
	l->cfg.mrru = 1600;
	l->cfg.endpoint = (struct ppp_endpoint){.len = 5, .octets = {2, 192, 0, 2, 1}};
	lone_open(l);
}

/* 5.1.1 to 5.1.3: types 17, 18 and 19. */
static void our_side_is_asked_for(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.mrru = 1600;
	l.cfg.short_seq = true;
	l.cfg.endpoint = (struct ppp_endpoint){.len = 5, .octets = {2, 192, 0, 2, 1}};
	lone_open(&l);
	CU_ASSERT(lone_sent(&l, "c021 01 01 0017 050601010101 11040640 1202 130702c0000201"));
	lone_rx(&l, "c021 02 01 0017 050601010101 11040640 1202 130702c0000201");
	lone_rx(&l, "c021 01 01 000e 0506a0a0a0a0 110405dc");
	CU_ASSERT(lone_sent(&l, "c021 02 01 000e 0506a0a0a0a0 110405dc"));
	CU_ASSERT_EQUAL(l.link.our_mrru, 1600);
	CU_ASSERT_EQUAL(l.link.peer_mrru, 1500);
	CU_ASSERT_TRUE(l.link.rx_short);
	CU_ASSERT_FALSE(l.link.tx_short);
	CU_ASSERT_EQUAL(l.link.endpoint.len, 0);
	CU_ASSERT_TRUE(ppp_is_multilink(&l.link));
	lone_free(&l);
}

static void without_mrru_nothing_is_asked_for_or_taken(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.short_seq = true;
	l.cfg.endpoint = (struct ppp_endpoint){.len = 5, .octets = {2, 192, 0, 2, 1}};
	lone_open(&l);
	CU_ASSERT(lone_sent(&l, "c021 01 01 000a 050601010101"));
	lone_rx(&l, "c021 02 01 000a 050601010101");
	lone_rx(&l, "c021 01 01 0017 0506a0a0a0a0 110405dc 1202 1307020a090001");
	CU_ASSERT(lone_sent(&l, "c021 04 01 0011 110405dc 1202 1307020a090001"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_OPTION), 0);
	lone_free(&l);
}

static void the_peers_side_is_taken(void)
{
	struct lone l;

	multilink_make(&l, true);
	lone_rx(&l, "c021 02 01 0015 050601010101 11040640 130702c0000201");
	lone_skip(&l);
	lone_rx(&l, "c021 01 01 0017 0506a0a0a0a0 110405dc 1202 1307020a090001");
	CU_ASSERT(lone_sent(&l, "c021 02 01 0017 0506a0a0a0a0 110405dc 1202 1307020a090001"));
	CU_ASSERT_EQUAL(l.link.peer_mrru, 1500);
	CU_ASSERT_TRUE(l.link.tx_short);
	CU_ASSERT_FALSE(l.link.rx_short);
	ASSERT_OCTETS(l.link.endpoint.octets, l.link.endpoint.len, "\x02\x0a\x09\x00\x01", 5);
	CU_ASSERT_TRUE(ppp_is_multilink(&l.link));
	lone_free(&l);
}

static void multilink_judge(const char *request, const char *answer)
{
	struct lone l;

	multilink_make(&l, true);
	lone_rx(&l, "c021 02 01 0015 050601010101 11040640 130702c0000201");
	lone_skip(&l);
	lone_rx(&l, request);
	CU_ASSERT(lone_sent(&l, answer));
	lone_free(&l);
}

/* "MUST NOT generate a Configure-Nak of this option for any reason"; "invalid if the Length field
 * indicates a size below the minimum for the class". */
static void each_option_is_judged(void)
{
	multilink_judge("c021 01 01 0008 1104007f", "c021 03 01 0008 110405dc");
	multilink_judge("c021 01 01 0008 11040080", "c021 02 01 0008 11040080");
	multilink_judge("c021 01 01 0007 130300", "c021 02 01 0007 130300");
	multilink_judge("c021 01 01 0008 13040001", "c021 04 01 0008 13040001");
	multilink_judge("c021 01 01 0007 130301", "c021 04 01 0007 130301");
	multilink_judge("c021 01 01 0008 130401aa", "c021 02 01 0008 130401aa");
	multilink_judge("c021 01 01 000a 130602c00002", "c021 04 01 000a 130602c00002");
	multilink_judge("c021 01 01 000c 130802c000020101", "c021 04 01 000c 130802c000020101");
	multilink_judge("c021 01 01 000d 1309030200000000 01",
			"c021 02 01 000d 130903020000000001");
	multilink_judge("c021 01 01 000c 1308030200000000", "c021 04 01 000c 1308030200000000");
	multilink_judge("c021 01 01 000a 1306 04 010203", "c021 04 01 000a 130604010203");
	multilink_judge("c021 01 01 000b 1307 04 01020304", "c021 02 01 000b 13070401020304");
	multilink_judge("c021 01 01 0007 130305", "c021 04 01 0007 130305");
	multilink_judge("c021 01 01 0016 1312 05 313233343536373839303132333435",
			"c021 02 01 0016 1312 05 313233343536373839303132333435");
	multilink_judge("c021 01 01 0017 1313 05 31323334353637383930313233343536",
			"c021 04 01 0017 1313 05 31323334353637383930313233343536");
	multilink_judge("c021 01 01 0008 130409aa", "c021 02 01 0008 130409aa");
}

/* "If a system receives a Configure-Nak or Configure-Reject of this option, it MUST remove it." */
static void our_endpoint_goes_when_it_is_refused(void)
{
	struct lone l;

	multilink_make(&l, true);
	CU_ASSERT(lone_sent(&l, "c021 01 01 0015 050601010101 11040640 130702c0000201"));
	lone_rx(&l, "c021 03 01 0008 130401aa");
	CU_ASSERT(lone_sent(&l, "c021 01 02 000e 050601010101 11040640"));
	lone_free(&l);
	multilink_make(&l, true);
	lone_skip(&l);
	lone_rx(&l, "c021 04 01 000b 130702c0000201");
	CU_ASSERT(lone_sent(&l, "c021 01 02 000e 050601010101 11040640"));
	lone_free(&l);
}

static void a_smaller_mrru_is_taken_a_larger_one_is_not(void)
{
	struct lone l;

	multilink_make(&l, true);
	lone_skip(&l);
	lone_rx(&l, "c021 03 01 0008 11040641");
	CU_ASSERT(lone_sent(&l, "c021 01 02 0015 050601010101 11040640 130702c0000201"));
	lone_rx(&l, "c021 03 02 0008 1104007f");
	CU_ASSERT(lone_sent(&l, "c021 01 03 0015 050601010101 11040640 130702c0000201"));
	lone_rx(&l, "c021 03 03 0008 110405dc");
	CU_ASSERT(lone_sent(&l, "c021 01 04 0015 050601010101 110405dc 130702c0000201"));
	lone_free(&l);
}

/* Rejected: the link goes on alone, and what the peer can do does not matter. */
static void one_side_alone_makes_no_multilink(void)
{
	struct lone l;

	multilink_make(&l, true);
	lone_skip(&l);
	lone_rx(&l, "c021 04 01 0008 11040640");
	CU_ASSERT(lone_sent(&l, "c021 01 02 0011 050601010101 130702c0000201"));
	lone_rx(&l, "c021 02 02 0011 050601010101 130702c0000201");
	lone_rx(&l, "c021 01 01 000e 0506a0a0a0a0 110405dc");
	CU_ASSERT_EQUAL(l.link.our_mrru, 0);
	CU_ASSERT_EQUAL(l.link.peer_mrru, 1500);
	CU_ASSERT_FALSE(ppp_is_multilink(&l.link));
	lone_free(&l);
	multilink_make(&l, true);
	lone_rx(&l, "c021 02 01 0015 050601010101 11040640 130702c0000201");
	lone_rx(&l, "c021 01 01 000a 0506a0a0a0a0");
	CU_ASSERT_EQUAL(l.link.our_mrru, 1600);
	CU_ASSERT_FALSE(ppp_is_multilink(&l.link));
	lone_free(&l);
}

/* --- links of a bundle -------------------------------------------------------------------------- */

static void multilink_up(struct lone *l, bool server)
{
	multilink_make(l, server);
	lone_rx(l, "c021 02 01 0015 050601010101 11040640 130702c0000201");
	lone_rx(l, "c021 01 01 000e 0506a0a0a0a0 110405dc");
	lone_skip(l);
	CU_ASSERT_EQUAL(l->count[PPP_EV_AUTH_OK], 1);
}

static void a_link_that_joins_has_no_network(void)
{
	struct lone l;

	for (unsigned server = 0; server < 2; server++) {
		multilink_up(&l, server);
		CU_ASSERT(lone_phase_is(&l, "authenticate"));
		ppp_join_bundle(l.ppp, l.now);
		CU_ASSERT(lone_phase_is(&l, "network"));
		CU_ASSERT(lone_quiet(&l));
		lone_rx(&l, "c021 09 01 0008 a0a0a0a0");
		CU_ASSERT(lone_sent(&l, "c021 0a 01 0008 01010101"));
		lone_rx(&l, "c021 05 02 0004");
		CU_ASSERT(lone_sent(&l, "c021 06 02 0004"));
		lone_free(&l);
	}
}

/* 5.1.1: "MUST NOT send any multilink packets on any link unless ... during the most recent LCP
 * negotiation": the owner is told when one begins, and when the link ends. */
static void the_owner_is_told_when_lcp_goes(void)
{
	static const struct {
		const char *rx;
		enum ppp_why why;
	} rows[] = {{"c021 01 02 000e 0506b0b0b0b0 110405dc", PPP_WHY_NONE},
		    {"c021 05 02 0004", PPP_WHY_PEER},
		    {NULL, PPP_WHY_LOWER}};
	struct lone l;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		multilink_up(&l, true);
		ppp_join_bundle(l.ppp, l.now);
		CU_ASSERT_EQUAL(l.count[PPP_EV_LCP_DOWN], 0);
		if (rows[i].rx)
			lone_rx(&l, rows[i].rx);
		else
			ppp_lower_down(l.ppp, l.now);
		CU_ASSERT_EQUAL(l.count[PPP_EV_LCP_DOWN], 1);
		CU_ASSERT_EQUAL(l.lcp_why, rows[i].why);
		lone_free(&l);
	}
	multilink_up(&l, true); /* which has not joined */
	lone_rx(&l, "c021 05 02 0004");
	CU_ASSERT_EQUAL(l.count[PPP_EV_LCP_DOWN], 0);
	lone_free(&l);
}

static void only_an_authenticated_link_joins(void)
{
	struct lone l;

	multilink_make(&l, true);
	ppp_join_bundle(l.ppp, l.now);
	CU_ASSERT(lone_phase_is(&l, "establish"));
	lone_free(&l);
}

/* --- the bundle ----------------------------------------------------------------------------------- */

static void bundle_open(struct lone *l, bool server)
{
	static const struct ppp_addresses give = {.local4 = 0x0a400001, .peer4 = 0x0a400002};
	const struct ppp_link first = {.peer_mru = 1400,
				       .our_mru = 1400,
				       .our_mrru = 1600,
				       .peer_mrru = 1500,
				       .our_magic = 0x01010101,
				       .auth = PPP_AUTH_CHAP_MD5};

	lone_init(l, server);
	l->cfg.ipv6 = false;
	l->cfg.mru = 1600;
	l->cfg.mtu = 1600;
	l->give = &give;
	lone_make(l);
	ppp_open_bundle(l->ppp, &first, l->now);
}

static void a_bundle_opens_its_network_at_once(void)
{
	struct lone l;

	bundle_open(&l, true);
	CU_ASSERT_EQUAL(l.count[PPP_EV_LCP_UP], 1);
	CU_ASSERT_EQUAL(l.link.peer_mru, 1500);
	CU_ASSERT_EQUAL(l.link.our_mru, 1600);
	CU_ASSERT_TRUE(l.link.tx_acfc && l.link.tx_pfc);
	CU_ASSERT_EQUAL(l.link.auth, PPP_AUTH_NONE);
	CU_ASSERT(lone_phase_is(&l, "network"));
	CU_ASSERT(lone_sent(&l, "8021 01 01 000a 03060a400001"));
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
	bundle_open(&l, false);
	CU_ASSERT(lone_phase_is(&l, "network"));
	CU_ASSERT(lone_sent(&l, "8021 01 01 0016 030600000000 810600000000 830600000000"));
	lone_free(&l);
}

/* Section 2: Configure-Request to Terminate-Ack are silently discarded, the others are served. */
static void lcp_of_links_is_discarded_in_a_bundle(void)
{
	static const char *const codes[] = {"01", "02", "03", "04", "05", "06", "07"};
	char text[32];
	struct lone l;

	bundle_open(&l, true);
	lone_skip(&l);
	for (unsigned i = 0; i < 7; i++) {
		memcpy(text, "c021 ", 5);
		memcpy(text + 5, codes[i], 2);
		memcpy(text + 7, " 01 0004", 9);
		lone_rx(&l, text);
		CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PHASE), i + 1);
	}
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT(lone_phase_is(&l, "network"));
	lone_rx(&l, "c021 09 01 0008 00000000");
	CU_ASSERT(lone_sent(&l, "c021 0a 01 0008 00000000"));
	lone_rx(&l, "c021 08 01 000a c021 01010004");
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PHASE), 8);
	CU_ASSERT(lone_quiet(&l));
	lone_rx(&l, "8053 01 01 0004");
	CU_ASSERT(lone_sent(&l, "c021 08 ?? 000a 8053 01010004"));
	lone_free(&l);
}

static void a_bundle_ends_without_a_word(void)
{
	struct lone l;

	bundle_open(&l, true);
	lone_skip(&l);
	ppp_close(l.ppp, l.now);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_LOCAL);
	CU_ASSERT(lone_phase_is(&l, "dead"));
	lone_free(&l);
}

static const struct test_case cases[] = {
	{"our_side_is_asked_for", our_side_is_asked_for},
	{"without_mrru_nothing_is_asked_for_or_taken", without_mrru_nothing_is_asked_for_or_taken},
	{"the_peers_side_is_taken", the_peers_side_is_taken},
	{"each_option_is_judged", each_option_is_judged},
	{"our_endpoint_goes_when_it_is_refused", our_endpoint_goes_when_it_is_refused},
	{"a_smaller_mrru_is_taken_a_larger_one_is_not",
	 a_smaller_mrru_is_taken_a_larger_one_is_not},
	{"one_side_alone_makes_no_multilink", one_side_alone_makes_no_multilink},
	{"a_link_that_joins_has_no_network", a_link_that_joins_has_no_network},
	{"the_owner_is_told_when_lcp_goes", the_owner_is_told_when_lcp_goes},
	{"only_an_authenticated_link_joins", only_an_authenticated_link_joins},
	{"a_bundle_opens_its_network_at_once", a_bundle_opens_its_network_at_once},
	{"lcp_of_links_is_discarded_in_a_bundle", lcp_of_links_is_discarded_in_a_bundle},
	{"a_bundle_ends_without_a_word", a_bundle_ends_without_a_word},
	{NULL, NULL},
};
const struct test_suite suite_multilink = {"multilink", cases};
