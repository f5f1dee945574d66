/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LCP and authentication that one owner of a link has had and another goes on from: RFC 2661 4.4.5.
 */
#include "tests/harness.h"
#include "tests/ppp/lone.h"
#include "tests/ppp/pair.h"

#include <stdio.h>
#include <string.h>

/* --- giving ----------------------------------------------------------------------------------- */

#define IS_HEX(rd, hex)                                          \
	do {                                                     \
		uint8_t want_[300];                              \
		size_t n_ = test_hex(want_, sizeof(want_), hex); \
		CU_ASSERT_PTR_NOT_NULL((rd).p);                  \
		ASSERT_OCTETS((rd).p, (rd).left, want_, n_);     \
	} while (0)

static void give_init(struct lone *l, enum ppp_auth method)
{
	lone_init(l, true);
	l->cfg.keep_requests = true;
	l->cfg.mru = 1400;
	l->cfg.n_auth = method != PPP_AUTH_NONE;
	l->cfg.auth[0] = (uint8_t)method;
	strcpy(l->cfg.name, "lac");
	lone_open(l);
}

/* "starting at the first option within the body of the LCP message" */
static void rfc2661_4_4_5_requests_are_kept(void)
{
	struct ppp_proxy x;
	struct lone l;

	give_init(&l, PPP_AUTH_CHAP_MD5);
	CU_ASSERT(lone_sent(&l, "c021 01 01 0013 0104 0578 0305 c22305 0506 01010101"));
	CU_ASSERT_FALSE(ppp_get_proxy(l.ppp, &x));
	lone_rx(&l, "c021 01 07 000a 0206 000a0000");  /* well, and then */
	lone_rx(&l, "c021 01 08 000a 0104 0040 0702"); /* an MRU of 64 is too small */
	lone_rx(&l, "c021 01 09 0010 0104 05d4 0506 a0a0a0a0 0702");
	CU_ASSERT_FALSE(ppp_get_proxy(l.ppp, &x));
	lone_rx(&l, "c021 02 01 0013 0104 0578 0305 c22305 0506 01010101");
	CU_ASSERT_TRUE_FATAL(ppp_get_proxy(l.ppp, &x));
	IS_HEX(x.first_rx, "0206 000a0000");
	IS_HEX(x.last_tx, "0104 0578 0305 c22305 0506 01010101");
	IS_HEX(x.last_rx, "0104 05d4 0506 a0a0a0a0 0702");
	CU_ASSERT_PTR_NULL(x.claim);
	CU_ASSERT_FALSE(x.unasked);
	lone_rx(&l, "c223 02 01 0019 10 000102030405060708090a0b0c0d0e0f 75736572");
	CU_ASSERT_TRUE_FATAL(ppp_get_proxy(l.ppp, &x));
	CU_ASSERT_PTR_NOT_NULL_FATAL(x.claim);
	CU_ASSERT_STRING_EQUAL(x.claim->name, "user");
	CU_ASSERT_EQUAL(x.claim->id, 1);
	CU_ASSERT_EQUAL(x.claim->challenge_len, 16);
	CU_ASSERT_EQUAL(x.claim->response_len, 16);
	/* the client starts again: what was said before is void */
	lone_rx(&l, "c021 01 0a 0004");
	CU_ASSERT_FALSE(ppp_get_proxy(l.ppp, &x));
	lone_free(&l);
}

static void a_new_negotiation_has_a_new_first_request(void)
{
	struct ppp_proxy x;
	struct lone l;

	give_init(&l, PPP_AUTH_NONE);
	lone_rx(&l, "c021 01 07 000a 0206 000a0000");
	lone_rx(&l, "c021 02 01 000e 0104 0578 0506 01010101");
	CU_ASSERT_TRUE_FATAL(ppp_get_proxy(l.ppp, &x));
	CU_ASSERT_TRUE(x.unasked);
	IS_HEX(x.first_rx, "0206 000a0000");
	lone_rx(&l, "c021 01 08 0006 0702");
	lone_rx(&l, "c021 02 02 000e 0104 0578 0506 02020202");
	CU_ASSERT_TRUE_FATAL(ppp_get_proxy(l.ppp, &x));
	IS_HEX(x.first_rx, "0702");
	IS_HEX(x.last_rx, "0702");
	IS_HEX(x.last_tx, "0104 0578 0506 02020202");
	lone_free(&l);
}

/* An option list may be empty; one that is too long to keep is not known. */
static void requests_of_any_length(void)
{
	uint8_t frame[6 + 258] = {0xc0, 0x21, 1, 7};
	struct ppp_proxy x;
	struct lone l;

	give_init(&l, PPP_AUTH_NONE);
	lone_rx(&l, "c021 02 01 000e 0104 0578 0506 01010101");
	wr_put16(frame + 4, 4 + 258);
	for (unsigned i = 0; i < 43; i++)
		memcpy(frame + 6 + 6 * i, "\x02\x06\x00\x00\x00\x00", 6);
	lone_rx_octets(&l, frame, sizeof(frame));
	CU_ASSERT_TRUE_FATAL(ppp_get_proxy(l.ppp, &x));
	CU_ASSERT_PTR_NULL(x.first_rx.p);
	CU_ASSERT_PTR_NULL(x.last_rx.p);
	CU_ASSERT_PTR_NOT_NULL(x.last_tx.p);
	lone_free(&l);
	give_init(&l, PPP_AUTH_NONE);
	lone_rx(&l, "c021 02 01 000e 0104 0578 0506 01010101");
	lone_rx(&l, "c021 01 07 0004");
	CU_ASSERT_TRUE_FATAL(ppp_get_proxy(l.ppp, &x));
	CU_ASSERT_PTR_NOT_NULL(x.first_rx.p);
	CU_ASSERT_EQUAL(x.last_rx.left, 0);
	lone_free(&l);
}

/* 255 octets are kept, with what is in them, 256 are not. */
static void requests_at_the_limit(void)
{
	uint8_t frame[6 + 256] = {0xc0, 0x21, 1, 7};
	struct ppp_proxy x;
	struct lone l;

	give_init(&l, PPP_AUTH_NONE);
	lone_rx(&l, "c021 02 01 000e 0104 0578 0506 01010101");
	for (unsigned i = 0; i < 42; i++)
		memcpy(frame + 6 + 6 * i, "\x02\x06\x00\x00\x00\x00", 6);
	wr_put16(frame + 4, 4 + 255);
	memcpy(frame + 6 + 252, "\x0d\x03\x77", 3); /* callback, refused */
	lone_rx_octets(&l, frame, 6 + 255);
	wr_put16(frame + 4, 4 + 256);
	memcpy(frame + 6 + 252, "\x01\x04\x05\xd4", 4);
	lone_rx_octets(&l, frame, 6 + 256);
	CU_ASSERT_TRUE_FATAL(ppp_get_proxy(l.ppp, &x));
	CU_ASSERT_PTR_NULL(x.last_rx.p);
	memcpy(frame + 6 + 252, "\x0d\x03\x77", 3);
	CU_ASSERT_PTR_NOT_NULL_FATAL(x.first_rx.p);
	ASSERT_OCTETS(x.first_rx.p, x.first_rx.left, frame + 6, 255);
	lone_free(&l);
}

static void nothing_is_kept_unless_asked_for(void)
{
	struct ppp_proxy x;
	struct lone l;

	lone_init(&l, true);
	lone_lcp_up(&l);
	CU_ASSERT_FALSE(ppp_get_proxy(l.ppp, &x));
	lone_free(&l);
}

static void silence(void)
{
	struct lone l;

	give_init(&l, PPP_AUTH_NONE);
	lone_rx(&l, "c021 01 07 0004");
	lone_rx(&l, "c021 02 01 000e 0104 0578 0506 01010101");
	lone_skip(&l);
	ppp_lower_down(l.ppp, l.now);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	lone_wait(&l, 100 * SEC);
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
}

/* --- taking ----------------------------------------------------------------------------------- */

struct taken {
	uint8_t tx[300], rx[300];
	struct ppp_proxy x;
};

/* NULL = not known */
static void take_init(struct taken *t, const char *tx, const char *rx)
{
	memset(t, 0, sizeof(*t));
	if (tx)
		t->x.last_tx = rd_init(t->tx, test_hex(t->tx, sizeof(t->tx), tx));
	if (rx)
		t->x.last_rx = rd_init(t->rx, test_hex(t->rx, sizeof(t->rx), rx));
}

static const char *take(struct lone *l, enum ppp_auth method, const struct ppp_proxy *x)
{
	lone_init(l, true);
	l->cfg.n_auth = method != PPP_AUTH_NONE;
	l->cfg.auth[0] = (uint8_t)method;
	strcpy(l->cfg.name, "lns");
	lone_make(l);
	return ppp_open_proxied(l->ppp, x, l->now);
}

/* Each row of LCP's options, both ways.  RFC 1661 section 6, RFC 1662 section 7. */
static void every_option_is_taken_over(void)
{
	static const struct {
		const char *tx, *rx;
		struct ppp_link want;
	} rows[] = {
		{"", "", {.peer_mru = 1500, .our_mru = 1500, .tx_accm = 0xffffffff}},
		{"0104 0578",
		 "0104 05d4",
		 {.peer_mru = 1492, .our_mru = 1400, .tx_accm = 0xffffffff}},
		{"0206 00000000",
		 "0206 000a0000",
		 {.peer_mru = 1500, .our_mru = 1500, .tx_accm = 0x000a0000}},
		{"0506 01020304",
		 "0506 a1a2a3a4",
		 {.peer_mru = 1500,
		  .our_mru = 1500,
		  .tx_accm = 0xffffffff,
		  .our_magic = 0x01020304,
		  .peer_magic = 0xa1a2a3a4}},
		{"",
		 "0506 01010101", /* what we would have chosen, had we asked for one */
		 {.peer_mru = 1500,
		  .our_mru = 1500,
		  .tx_accm = 0xffffffff,
		  .peer_magic = 0x01010101}},
		{"0702",
		 "0802",
		 {.peer_mru = 1500,
		  .our_mru = 1500,
		  .tx_accm = 0xffffffff,
		  .rx_pfc = true,
		  .tx_acfc = true}},
		{"0802",
		 "0702",
		 {.peer_mru = 1500,
		  .our_mru = 1500,
		  .tx_accm = 0xffffffff,
		  .rx_acfc = true,
		  .tx_pfc = true}},
	};
	struct taken t;
	struct lone l;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		take_init(&t, rows[i].tx, rows[i].rx);
		CU_ASSERT_PTR_NULL(take(&l, PPP_AUTH_NONE, &t.x));
		CU_ASSERT(lone_lcp_is(&l, "Opened"));
		CU_ASSERT_EQUAL(l.count[PPP_EV_LCP_UP], 1);
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
		CU_ASSERT_EQUAL(l.link.peer_mru, rows[i].want.peer_mru);
		CU_ASSERT_EQUAL(l.link.our_mru, rows[i].want.our_mru);
		CU_ASSERT_EQUAL(l.link.tx_accm, rows[i].want.tx_accm);
		CU_ASSERT_EQUAL(l.link.our_magic, rows[i].want.our_magic);
		CU_ASSERT_EQUAL(l.link.peer_magic, rows[i].want.peer_magic);
		CU_ASSERT_EQUAL(l.link.tx_pfc, rows[i].want.tx_pfc);
		CU_ASSERT_EQUAL(l.link.rx_pfc, rows[i].want.rx_pfc);
		CU_ASSERT_EQUAL(l.link.tx_acfc, rows[i].want.tx_acfc);
		CU_ASSERT_EQUAL(l.link.rx_acfc, rows[i].want.rx_acfc);
		CU_ASSERT(lone_quiet(&l));
		lone_free(&l);
	}
}

/* The magic number taken over is the one in echoes. */
static void echo_with_the_magic_taken_over(void)
{
	struct taken t;
	struct lone l;

	take_init(&t, "0506 01020304", "0506 a1a2a3a4");
	CU_ASSERT_PTR_NULL(take(&l, PPP_AUTH_NONE, &t.x));
	lone_rx(&l, "c021 09 05 0008 a1a2a3a4");
	CU_ASSERT(lone_sent(&l, "c021 0a 05 0008 01020304"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MAGIC), 0);
	/* and an Ack that was under way changes nothing */
	lone_rx(&l, "c021 02 01 000a 0506 01020304");
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
	take_init(&t, "", "");
	CU_ASSERT_PTR_NULL(take(&l, PPP_AUTH_NONE, &t.x));
	lone_rx(&l, "c021 02 00 0004"); /* of no Request of ours */
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_ID), 1);
	CU_ASSERT(lone_lcp_is(&l, "Opened"));
	CU_ASSERT(lone_quiet(&l));
	lone_free(&l);
}

/* RFC 1661 4.6: when the client begins anew, our Request is repeated like any other. */
static void a_request_after_the_take_over_is_repeated(void)
{
	struct taken t;
	struct lone l;

	take_init(&t, "0506 01020304", "0506 a1a2a3a4");
	CU_ASSERT_PTR_NULL(take(&l, PPP_AUTH_NONE, &t.x));
	lone_rx(&l, "c021 01 07 000a 0506 a1a2a3a5");
	CU_ASSERT(lone_sent(&l, "c021 01 01 000a 0506????????"));
	CU_ASSERT(lone_sent(&l, "c021 02 07 000a 0506 a1a2a3a5"));
	lone_wait(&l, 3 * SEC);
	CU_ASSERT(lone_sent(&l, "c021 01 01 000a 0506????????"));
	lone_free(&l);
}

#define CHAP "0305 c22305"

static void take_refused(enum ppp_auth method, const char *tx, const char *rx, enum ppp_reason why)
{
	struct taken t;
	struct lone l;

	take_init(&t, tx, rx);
	CU_ASSERT_PTR_NOT_NULL(take(&l, method, &t.x));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PROXY), why == PPP_R_PROXY);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MISFIT), why == PPP_R_MISFIT);
	CU_ASSERT(lone_phase_is(&l, "dead"));
	CU_ASSERT_EQUAL(ppp_deadline(l.ppp), DEADLINE_NEVER);
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(l.count[PPP_EV_LCP_UP] + l.count[PPP_EV_DOWN], 0);
	/* from the beginning, then: with our own wishes */
	ppp_open(l.ppp, l.now);
	CU_ASSERT(lone_sent(&l, method == PPP_AUTH_NONE
					? "c021 01 01 000a 0506 ????????"
					: "c021 01 01 000f 0305 c22305 0506 ????????"));
	lone_free(&l);
}

static void what_does_not_fit(void)
{
	static const struct {
		enum ppp_auth method;
		const char *tx, *rx;
	} rows[] = {
		{PPP_AUTH_NONE, "0104 05dd", ""},	/* MRU 1501, ours is 1500 */
		{PPP_AUTH_NONE, CHAP, ""},		/* asked here of nobody */
		{PPP_AUTH_CHAP_MD5, "", ""},		/* not asked there */
		{PPP_AUTH_CHAP_MD5, "0304 c023", ""},	/* PAP */
		{PPP_AUTH_CHAP_MD5, "0305 c22380", ""}, /* MS-CHAP, of which we have version 2 */
		{PPP_AUTH_NONE, "0d03 00", ""},		/* callback */
		{PPP_AUTH_NONE, "1104 05dc", ""},	/* MRRU: Multilink */
		{PPP_AUTH_NONE, "", "1104 05dc"},
		{PPP_AUTH_NONE, "", "0305 c22305"}, /* the client wants proof of us */
		{PPP_AUTH_NONE, "", "0104 007f"},   /* MRU 127 */
		{PPP_AUTH_NONE, "", "0506 00000000"},
		{PPP_AUTH_NONE, "0506 a1a2a3a4", "0506 a1a2a3a4"}, /* looped back */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		take_refused(rows[i].method, rows[i].tx, rows[i].rx, PPP_R_MISFIT);
}

/* What was refused leaves nothing for the next. */
static void refused_and_then_taken(void)
{
	struct taken bad, good;
	struct lone l;

	take_init(&bad, "0104 0578 0506 01020304", "0104 05d4 0702 1104 05dc");
	CU_ASSERT_PTR_NOT_NULL(take(&l, PPP_AUTH_NONE, &bad.x));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MISFIT), 1);
	take_init(&good, "0104 0514", "");
	CU_ASSERT_PTR_NULL(ppp_open_proxied(l.ppp, &good.x, l.now));
	CU_ASSERT_EQUAL(l.link.our_mru, 1300);
	CU_ASSERT_EQUAL(l.link.our_magic, 0);
	CU_ASSERT_EQUAL(l.link.peer_mru, 1500);
	CU_ASSERT_FALSE(l.link.tx_pfc);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MISFIT), 1);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PROXY), 0);
	lone_free(&l);
}

static void what_is_malformed(void)
{
	static const char *const lists[] = {
		"01",
		"0100",
		"0101",
		"0103 05",
		"0105 05dc00",
		"0104 05",
		"0206 0000",
		"0205 000000",
		"0503 01",
		"0703 00",
		"0803 00",
		"0104 05dc 05",
		"0104 05dc 0507 0102030405",
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		take_refused(PPP_AUTH_NONE, lists[i], "", PPP_R_PROXY);
		take_refused(PPP_AUTH_NONE, "", lists[i], PPP_R_PROXY);
	}
	take_refused(PPP_AUTH_NONE, "0302 0104 05dc", "", PPP_R_PROXY);
	take_refused(PPP_AUTH_NONE, "0104 05dc 0104 05dc", "", PPP_R_PROXY); /* twice */
}

static void nothing_to_take(void)
{
	static const char *const lists[][2] = {{NULL, NULL}, {"", NULL}, {NULL, ""}};
	struct taken t;
	struct lone l;

	for (size_t i = 0; i < 3; i++) {
		take_init(&t, lists[i][0], lists[i][1]);
		CU_ASSERT_PTR_NOT_NULL(take(&l, PPP_AUTH_NONE, &t.x));
		CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PROXY) + lone_counter(&l, PPP_R_MISFIT), 0);
		lone_free(&l);
	}
	take_init(&t, "", "");
	CU_ASSERT_PTR_NULL(take(&l, PPP_AUTH_NONE, &t.x));
	CU_ASSERT_PTR_NOT_NULL(ppp_open_proxied(l.ppp, &t.x, l.now)); /* it is open */
	lone_free(&l);
	lone_init(&l, false);
	lone_make(&l);
	CU_ASSERT_PTR_NOT_NULL(ppp_open_proxied(l.ppp, &t.x, l.now)); /* a client */
	lone_free(&l);
}

/* --- authentication --------------------------------------------------------------------------- */

static void claim_init(struct ppp_auth_claim *c, enum ppp_auth m, const char *name,
		       const char *challenge, const char *response)
{
	memset(c, 0, sizeof(*c));
	c->method = m;
	c->id = 7;
	c->name_len = (uint16_t)snprintf(c->name, sizeof(c->name), "%s", name);
	c->challenge_len = (uint8_t)test_hex(c->challenge, sizeof(c->challenge), challenge);
	c->response_len = (uint8_t)test_hex(c->response, sizeof(c->response), response);
}

/* RFC 1994 4.1: MD5 of 07, "secret" and the challenge, by md5sum */
#define MD5_CHALLENGE "00112233445566778899aabbccddeeff"
#define MD5_RESPONSE  "15c1682eb7ac3daca85d727884af20a0"
/* RFC 2759 9.2 */
#define MS_CHALLENGE "5B5D7C7D7B3F2F3E3C2C602132262628"
#define MS_RESPONSE                                         \
	"21402324255E262A28295F2B3A337C7E 0000000000000000" \
	"82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF 00"

/* "533d..." is "S=407A5589115FD0D6209F510FE9C04566932CDA56 M=" */
#define MS_SUCCESS                                                                             \
	"c223 03 07 0031 533d3430374135353839313135464430443632303946353130464539433034353636" \
	"393332434441353620 4d3d"

static const struct {
	enum ppp_auth method;
	const char *option, *name, *password, *challenge, *response, *yes, *no;
} proofs[] = {
	{PPP_AUTH_PAP, "0304 c023", "user", "secret", "", "736563726574", "c023 02 07 0005 00",
	 "c023 03 07 0005 00"},
	{PPP_AUTH_CHAP_MD5, CHAP, "user", "secret", MD5_CHALLENGE, MD5_RESPONSE, "c223 03 07 0004",
	 "c223 04 07 0004"},
	{PPP_AUTH_MSCHAPV2, "0305 c22381", "User", "clientPass", MS_CHALLENGE, MS_RESPONSE,
	 MS_SUCCESS, NULL},
};

static void rfc2661_4_4_5_a_claim_is_judged_here(void)
{
	struct ppp_auth_claim c;
	struct taken t;
	struct lone l;

	for (size_t i = 0; i < sizeof(proofs) / sizeof(*proofs); i++) {
		take_init(&t, proofs[i].option, "");
		claim_init(&c, proofs[i].method, proofs[i].name, proofs[i].challenge,
			   proofs[i].response);
		t.x.claim = &c;
		CU_ASSERT_PTR_NULL(take(&l, proofs[i].method, &t.x));
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
		CU_ASSERT_STRING_EQUAL(l.claim.name, proofs[i].name);
		CU_ASSERT_EQUAL(l.claim.method, proofs[i].method);
		CU_ASSERT(lone_quiet(&l));
		l.password = proofs[i].password;
		{
			struct ppp_auth_reply reply;
			bool ok = ppp_auth_check(&l.claim, l.password, strlen(l.password), &reply);

			CU_ASSERT_TRUE(ok);
			ppp_auth_answer(l.ppp, l.claim.serial, ok, &reply, NULL, l.now);
		}
		CU_ASSERT(lone_sent(&l, proofs[i].yes));
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
		CU_ASSERT(lone_quiet(&l));
		lone_free(&l);
	}
}

static void rfc2661_4_4_5_and_refused_here(void)
{
	struct ppp_auth_claim c;
	struct taken t;
	struct lone l;

	for (size_t i = 0; i < 2; i++) {
		take_init(&t, proofs[i].option, "");
		claim_init(&c, proofs[i].method, proofs[i].name, proofs[i].challenge,
			   proofs[i].response);
		t.x.claim = &c;
		CU_ASSERT_PTR_NULL(take(&l, proofs[i].method, &t.x));
		CU_ASSERT_FALSE(ppp_auth_check(&l.claim, "secreT", 6, NULL));
		ppp_auth_verdict(l.ppp, false, NULL, NULL, l.now);
		CU_ASSERT(lone_sent(&l, proofs[i].no));
		CU_ASSERT(lone_sent(&l, "c021 05 ?? 0004"));
		lone_wait(&l, 10 * SEC);
		CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_FAILED);
		lone_free(&l);
	}
}

/* The client may not have heard the answer. */
static void a_response_that_comes_again(void)
{
	struct ppp_auth_claim c;
	struct taken t;
	struct lone l;

	take_init(&t, CHAP, "");
	claim_init(&c, PPP_AUTH_CHAP_MD5, "user", MD5_CHALLENGE, MD5_RESPONSE);
	t.x.claim = &c;
	CU_ASSERT_PTR_NULL(take(&l, PPP_AUTH_CHAP_MD5, &t.x));
	lone_rx(&l, "c223 02 07 0019 10 " MD5_RESPONSE " 75736572");
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	ppp_auth_verdict(l.ppp, true, NULL, NULL, l.now);
	CU_ASSERT(lone_sent(&l, "c223 03 07 0004"));
	lone_rx(&l, "c223 02 07 0019 10 " MD5_RESPONSE " 75736572");
	CU_ASSERT(lone_sent(&l, "c223 03 07 0004"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	lone_free(&l);
}

/* A claim serves once: when the client negotiates again, it is asked. */
static void renegotiated_after_a_claim(void)
{
	struct ppp_auth_claim c;
	struct taken t;
	struct lone l;

	take_init(&t, CHAP, "");
	claim_init(&c, PPP_AUTH_CHAP_MD5, "user", MD5_CHALLENGE, MD5_RESPONSE);
	t.x.claim = &c;
	CU_ASSERT_PTR_NULL(take(&l, PPP_AUTH_CHAP_MD5, &t.x));
	ppp_auth_verdict(l.ppp, true, NULL, NULL, l.now);
	CU_ASSERT(lone_sent(&l, "c223 03 07 0004"));
	lone_rx(&l, "c021 01 09 0004");
	CU_ASSERT(lone_sent(&l, "c021 01 01 000f 0305 c22305 0506 02020202"));
	CU_ASSERT(lone_sent(&l, "c021 02 09 0004"));
	lone_rx(&l, "c021 02 01 000f 0305 c22305 0506 02020202");
	CU_ASSERT(lone_sent(&l, "c223 01 ?? 0018 10 ????????????????????????????????6c6e73"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 1);
	lone_free(&l);
}

/* "requiring a restart of the authentication phase at the LNS" */
static void rfc2661_4_4_5_without_a_claim_the_client_is_asked(void)
{
	struct taken t;
	struct lone l;

	take_init(&t, CHAP, "");
	CU_ASSERT_PTR_NULL(take(&l, PPP_AUTH_CHAP_MD5, &t.x));
	CU_ASSERT(lone_sent(&l, "c223 01 01 0018 10 ????????????????????????????????"
				"6c6e73"));
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	/* and not for ever */
	lone_wait(&l, 61 * SEC);
	CU_ASSERT_EQUAL(l.why, PPP_WHY_AUTH_TIMEOUT);
	lone_free(&l);
}

static void claims_that_do_not_fit(void)
{
	static const struct {
		enum ppp_auth agreed, claimed;
		const char *option, *challenge, *response;
		enum ppp_reason why;
	} rows[] = {
		{PPP_AUTH_CHAP_MD5, PPP_AUTH_PAP, CHAP, "", "736563726574", PPP_R_MISFIT},
		{PPP_AUTH_PAP, PPP_AUTH_CHAP_MD5, "0304 c023", MD5_CHALLENGE, MD5_RESPONSE,
		 PPP_R_MISFIT},
		{PPP_AUTH_NONE, PPP_AUTH_PAP, "", "", "736563726574", PPP_R_MISFIT},
		{PPP_AUTH_CHAP_MD5, PPP_AUTHS, CHAP, MD5_CHALLENGE, MD5_RESPONSE, PPP_R_MISFIT},
		{PPP_AUTH_CHAP_MD5, PPP_AUTH_CHAP_MD5, CHAP, MD5_CHALLENGE, "00", PPP_R_PROXY},
		{PPP_AUTH_CHAP_MD5, PPP_AUTH_CHAP_MD5, CHAP, MD5_CHALLENGE, MS_RESPONSE,
		 PPP_R_PROXY},
		{PPP_AUTH_MSCHAPV2, PPP_AUTH_CHAP_MD5, "0305 c22381", MS_CHALLENGE, MD5_RESPONSE,
		 PPP_R_PROXY},
		{PPP_AUTH_MSCHAPV2, PPP_AUTH_CHAP_MD5, "0305 c22381", "00", MS_RESPONSE,
		 PPP_R_PROXY},
	};
	struct ppp_auth_claim c;
	struct taken t;
	struct lone l;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		take_init(&t, rows[i].option, "");
		claim_init(&c, rows[i].claimed, "user", rows[i].challenge, rows[i].response);
		t.x.claim = &c;
		CU_ASSERT_PTR_NOT_NULL(take(&l, rows[i].agreed, &t.x));
		CU_ASSERT_EQUAL(lone_counter(&l, rows[i].why), 1);
		CU_ASSERT(lone_quiet(&l));
		CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
		lone_free(&l);
	}
}

/* RFC 2661 knows PPP CHAP only: the algorithm is what LCP has agreed. */
static void the_algorithm_is_that_of_lcp(void)
{
	struct ppp_auth_claim c;
	struct taken t;
	struct lone l;

	take_init(&t, "0305 c22381", "");
	claim_init(&c, PPP_AUTH_CHAP_MD5, "User", MS_CHALLENGE, MS_RESPONSE);
	t.x.claim = &c;
	CU_ASSERT_PTR_NULL(take(&l, PPP_AUTH_MSCHAPV2, &t.x));
	CU_ASSERT_EQUAL(l.claim.method, PPP_AUTH_MSCHAPV2);
	CU_ASSERT_TRUE(ppp_auth_check(&l.claim, "clientPass", 10, NULL));
	lone_free(&l);
}

/* --- from one to the other -------------------------------------------------------------------- */

static bool no_lcp_request(struct pair *p, struct pair_end *from, uint8_t *frame, size_t *len)
{
	(void)len;
	if (from == &p->a && frame[0] == 0xc0 && frame[1] == 0x21 && frame[2] == 1)
		p->filter_state++;
	return true;
}

static void pair_handed_over(enum ppp_auth method, bool with_claim, unsigned loss)
{
	struct ppp_config lns;
	struct pair p;

	pair_init(&p);
	p.a.cfg.keep_requests = true;
	p.a.cfg.auth[0] = p.b.cfg.auth[0] = (uint8_t)method;
	lns = p.a.cfg;
	strcpy(lns.name, "lns");
	lns.keep_requests = false;
	p.a.answer_later = true;
	pair_start(&p);
	CU_ASSERT_EQUAL_FATAL(p.a.claims, 1);
	p.a.answer_later = false;
	p.filter = no_lcp_request;
	p.loss = loss;
	CU_ASSERT_PTR_NULL(pair_hand_over(&p, &lns, with_claim));
	pair_run(&p, p.now + 40 * SEC);
	CU_ASSERT_TRUE(pair_is_up(&p));
	CU_ASSERT_EQUAL(p.filter_state, 0);
	CU_ASSERT_EQUAL(p.b.count[PPP_EV_LCP_UP], 1);
	pair_free(&p);
}

static void handed_over_with_the_answer(void)
{
	for (unsigned m = PPP_AUTH_PAP; m < PPP_AUTH_EAP; m++) {
		pair_handed_over((enum ppp_auth)m, true, 0);
		pair_handed_over((enum ppp_auth)m, true, 100);
	}
}

static void handed_over_and_asked_again(void)
{
	for (unsigned m = PPP_AUTH_PAP; m < PPP_AUTH_EAP; m++) {
		pair_handed_over((enum ppp_auth)m, false, 0);
		pair_handed_over((enum ppp_auth)m, false, 100);
	}
}

/* What does not fit is negotiated anew, and the client follows. */
static void handed_over_and_renegotiated(void)
{
	struct ppp_config lns;
	struct pair p;

	pair_init(&p);
	p.a.cfg.keep_requests = true;
	lns = p.a.cfg;
	lns.mru = 1400;
	p.a.answer_later = true;
	pair_start(&p);
	p.a.answer_later = false;
	CU_ASSERT_PTR_NOT_NULL(pair_hand_over(&p, &lns, true));
	pair_run(&p, p.now + 40 * SEC);
	CU_ASSERT_TRUE(pair_is_up(&p));
	CU_ASSERT_EQUAL(p.b.link.peer_mru, 1400);
	CU_ASSERT_EQUAL(p.b.count[PPP_EV_LCP_UP], 2);
	pair_free(&p);
}

static const struct test_case cases[] = {
	{"rfc2661_4_4_5_requests_are_kept", rfc2661_4_4_5_requests_are_kept},
	{"a_new_negotiation_has_a_new_first_request", a_new_negotiation_has_a_new_first_request},
	{"requests_of_any_length", requests_of_any_length},
	{"requests_at_the_limit", requests_at_the_limit},
	{"nothing_is_kept_unless_asked_for", nothing_is_kept_unless_asked_for},
	{"silence", silence},
	{"every_option_is_taken_over", every_option_is_taken_over},
	{"echo_with_the_magic_taken_over", echo_with_the_magic_taken_over},
	{"a_request_after_the_take_over_is_repeated", a_request_after_the_take_over_is_repeated},
	{"what_does_not_fit", what_does_not_fit},
	{"refused_and_then_taken", refused_and_then_taken},
	{"what_is_malformed", what_is_malformed},
	{"nothing_to_take", nothing_to_take},
	{"rfc2661_4_4_5_a_claim_is_judged_here", rfc2661_4_4_5_a_claim_is_judged_here},
	{"rfc2661_4_4_5_and_refused_here", rfc2661_4_4_5_and_refused_here},
	{"a_response_that_comes_again", a_response_that_comes_again},
	{"renegotiated_after_a_claim", renegotiated_after_a_claim},
	{"rfc2661_4_4_5_without_a_claim_the_client_is_asked",
	 rfc2661_4_4_5_without_a_claim_the_client_is_asked},
	{"claims_that_do_not_fit", claims_that_do_not_fit},
	{"the_algorithm_is_that_of_lcp", the_algorithm_is_that_of_lcp},
	{"handed_over_with_the_answer", handed_over_with_the_answer},
	{"handed_over_and_asked_again", handed_over_and_asked_again},
	{"handed_over_and_renegotiated", handed_over_and_renegotiated},
	{NULL, NULL},
};
const struct test_suite suite_proxy = {"proxy", cases};
