/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What messages of Q.933 Annex A, T1.617 Annex D and the consortium tell of the far end's settings.
 */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/frame-relay/lmi_hint.h"

#include <string.h>

#define S UINT64_C(1000000)

static const struct ist_transport *const fr = &frame_relay_transport;

static const struct {
	enum lmi_kind kind;
	bool automatic, nni;
	enum lmi_role role;
	uint32_t dlci;
	const char *pdu, *words; /* NULL = it tells of nothing */
} lmi_hint_rows[] = {
	/* a user hears a network of its own kind, and of others */
	{LMI_ANNEX_A, false, false, LMI_USER, 0, "03 08 00 7d 51 01 00 53 02 07 01 57 03 06 a0 82",
	 NULL},
	{LMI_ANNEX_A, false, false, LMI_USER, 0,
	 "03 08 00 7d 95 01 01 00 03 02 05 06 07 03 06 a0 8a",
	 "the far end speaks annex-d, here lmi = annex-a"},
	{LMI_ANNEX_D, false, false, LMI_USER, 0, "03 08 00 7d 51 01 00 53 02 07 01 57 03 06 a0 82",
	 "the far end speaks annex-a, here lmi = annex-d"},
	{LMI_ANNEX_A, false, false, LMI_USER, 1023,
	 "03 09 00 7d 01 01 00 03 02 05 06 07 06 00 64 02 00 00 00",
	 "the far end speaks cisco, here lmi = annex-a"},
	/* a network hears a user of another kind */
	{LMI_CISCO, false, false, LMI_NETWORK, 0, "03 08 00 75 95 01 01 00 03 02 01 00",
	 "the far end speaks annex-d, here lmi = cisco"},
	{LMI_ANNEX_D, false, false, LMI_NETWORK, 0, "03 08 00 75 95 01 01 00 03 02 01 00", NULL},
	/* both have one role; with another kind, too, that is said first */
	{LMI_ANNEX_A, false, false, LMI_USER, 0, "03 08 00 75 51 01 00 53 02 2a 00",
	 "the far end has role = user too"},
	{LMI_ANNEX_A, false, false, LMI_USER, 1023, "03 09 00 75 01 01 00 03 02 01 00",
	 "the far end has role = user too"},
	{LMI_ANNEX_A, false, false, LMI_NETWORK, 0,
	 "03 08 00 7d 51 01 00 53 02 07 01 57 03 06 a0 82", "the far end has role = network too"},
	/* an NNI has both roles at each end */
	{LMI_ANNEX_A, false, true, LMI_USER, 0, "03 08 00 75 51 01 00 53 02 2a 00", NULL},
	{LMI_ANNEX_A, false, true, LMI_USER, 0, "03 08 00 75 95 01 01 00 03 02 01 00",
	 "the far end speaks annex-d, here lmi = annex-a"},
	/* as long as the kind is looked for, none is another one */
	{LMI_ANNEX_A, true, false, LMI_USER, 0,
	 "03 08 00 7d 95 01 01 00 03 02 05 06 07 03 06 a0 8a", NULL},
	/* on a DLCI of another kind, or of none; cut off; of no kind */
	{LMI_ANNEX_A, false, false, LMI_USER, 0,
	 "03 09 00 7d 01 01 00 03 02 05 06 07 06 00 64 02 00 00 00", NULL},
	{LMI_CISCO, false, false, LMI_USER, 100, "03 08 00 75 51 01 00 53 02 2a 00", NULL},
	{LMI_ANNEX_A, false, false, LMI_USER, 0, "03 08 00 7d 95 01", NULL},
	{LMI_ANNEX_A, false, false, LMI_USER, 0, "03 cc 45 00", NULL},
	{LMI_ANNEX_A, false, false, LMI_USER, 0, "", NULL},
};

static void lmi_hint_on_tx(void *ctx, const uint8_t *pdu, size_t len)
{
	(void)ctx;
	(void)pdu;
	(void)len;
}

static const struct lmi_ops lmi_hint_ops = {.tx = lmi_hint_on_tx};

static void lmi_hint_each_row(void)
{
	for (size_t i = 0; i < sizeof(lmi_hint_rows) / sizeof(lmi_hint_rows[0]); i++) {
		const struct lmi_conf c = {.kind = lmi_hint_rows[i].kind,
					   .automatic = lmi_hint_rows[i].automatic,
					   .role = lmi_hint_rows[i].role,
					   .n391 = 6,
					   .n392 = 3,
					   .n393 = 4,
					   .t391 = 10 * S,
					   .t392 = 15 * S};
		char words[LMI_HINT_MAX] = "as it was";
		uint8_t pdu[64];
		struct lmi_sides s;
		size_t len = test_hex(pdu, sizeof(pdu), lmi_hint_rows[i].pdu);
		bool tells;

		CU_ASSERT_EQUAL_FATAL(
			lmi_sides_init(&s, &c, lmi_hint_rows[i].nni, &lmi_hint_ops, NULL, NULL, 0),
			0);
		lmi_sides_start(&s, 0);
		tells = lmi_hint(&s, lmi_hint_rows[i].dlci, pdu, len, words, sizeof(words));
		CU_ASSERT_EQUAL(tells, lmi_hint_rows[i].words != NULL);
		CU_ASSERT_STRING_EQUAL(words, tells ? lmi_hint_rows[i].words : "as it was");
		lmi_sides_free(&s);
	}
}

/* --- ports ------------------------------------------------------------------------------------ */

/* Each end says what is wrong, once, and where its state is shown, until it is mended. */
static void lmi_hint_same_role(void)
{
	static const char *const user[] = {"link=loop:fr", "@100 l2tp", NULL};
	struct fake_host end[2];

	fake_open(&end[0], fr, user);
	fake_open(&end[1], fr, user);
	fake_join(&end[0], &end[1]);
	fake_run(&end[0], fake_now + 60 * S);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_STRING_EQUAL(end[i].last_log, "LMI: the far end has role = user too");
		CU_ASSERT_EQUAL(end[i].last_level, 4);
		CU_ASSERT_EQUAL(end[i].warnings, 1);
		CU_ASSERT_STRING_EQUAL(fake_status(&end[i]),
				       "link up, LMI annex-a user down, the far end has role = "
				       "user too, 0 of 1 DLCIs up");
	}
	fake_close(&end[0]);
	fake_close(&end[1]);
}

/* A user of one kind polls a network of another, which does not answer: it alone can tell. */
static void lmi_hint_other_kind(void)
{
	static const char *const network[] = {"link=loop:fr", "role=network", "lmi=cisco",
					      "@100 l2tp", NULL};
	static const char *const user[] = {"link=loop:fr", "@100 l2tp", NULL};
	struct fake_host u, n;

	fake_open(&u, fr, user);
	fake_open(&n, fr, network);
	fake_join(&u, &n);
	fake_run(&u, fake_now + 60 * S);
	CU_ASSERT_STRING_EQUAL(n.last_log, "LMI: the far end speaks annex-a, here lmi = cisco");
	CU_ASSERT_STRING_EQUAL(fake_status(&n),
			       "link up, LMI cisco network down, the far end speaks "
			       "annex-a, here lmi = cisco, 0 of 1 DLCIs up");
	fake_close(&n);
	static const char *const mended[] = {"link=loop:fr", "role=network", "@100 l2tp", NULL};

	fake_open(&n, fr, mended);
	fake_join(&u, &n);
	fake_run(&u, fake_now + 100 * S);
	CU_ASSERT_STRING_EQUAL(fake_status(&n), "link up, LMI annex-a network up, 1 of 1 DLCIs up");
	fake_close(&u);
	fake_close(&n);
}

static const struct test_case cases[] = {
	{"each_row", lmi_hint_each_row},
	{"both_are_users", lmi_hint_same_role},
	{"the_far_end_speaks_another_lmi", lmi_hint_other_kind},
	{NULL, NULL},
};
const struct test_suite suite_lmi_hint = {"lmi_hint", cases};
