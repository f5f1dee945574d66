/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of a frame-relay port that are wrong: each is refused with words. */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "transports/frame-relay/frame_relay.h"

#include <errno.h>
#include <string.h>

static void fr_conf_bad_settings(void)
{
	static const struct {
		const char *cfg[5], *words;
	} rows[] = {
		{{"@100 l2tp"}, "needs a link"},
		{{"link=serial:ttyS0"}, "is none of udp:"},
		{{"link=loop:x", "@1008 l2tp"}, "dlci 1008 is not 16 to 1007"},
		{{"link=loop:x", "@15 l2tp"}, "dlci 15 is not 16 to 1007"},
		{{"link=loop:x", "@100 l2tp", "@100 ppp"}, "dlci 100 is there twice"},
		{{"link=loop:x", "mtu=1525", "@100 l2tp"}, "mtu 1525 is under 1526"},
		{{"link=loop:x", "n392=5", "n393=4"}, "n392"},
		{{"link=loop:x", "n391=0"}, "n391"},
		{{"link=loop:x", "t391=0"}, "t391"},
		{{"link=loop:x", "address-octets=4", "lmi=cisco"}, "annex-a or annex-d"},
		{{"link=loop:x", "address-octets=4", "lmi=auto"}, "annex-a or annex-d"},
		{{"link=loop:x", "role=nni", "lmi=cisco"}, "nni"},
		{{"link=loop:x", "role=nni", "lmi=auto"}, "nni"},
		{{"link=loop:x", "lmi=none", "address-octets=3", "@1023 ppp"},
		 "dlci 1023 is not 1024 to"},
		{{"link=loop:x", "ethertype=0x5ff"}, "ethertype: \"0x5ff\" is not"},
		{{"link=loop:x", "impair-loss=x"}, "impair-loss"},
		{{"link=loop:x", "fragment=127"}, "fragment must be 0 or at least 128"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_host h;
		char err[200] = "";

		CU_ASSERT_EQUAL(fake_try(&h, &frame_relay_transport, rows[i].cfg, err, sizeof(err)),
				-EINVAL);
		if (!strstr(err, rows[i].words))
			CU_FAIL(rows[i].words);
	}
}

static void committed_rates_are_told(void)
{
	static const char *const cfg[] = {"link=loop:rates", "lmi=none", "@100 l2tp",
					  "cir=9600",	     "@101 ppp", "@102 ppp",
					  "cir=10000000000", NULL};
	static const uint64_t want[] = {9600, 0, 10000000000};
	struct fake_host h[2];

	for (size_t i = 0; i < 2; i++)
		fake_open(&h[i], &frame_relay_transport, cfg);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + 1000000);
	for (size_t i = 0; i < 3; i++) {
		struct fake_event *e = fake_take(&h[0], FAKE_UP);

		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->attrs.tx_bps, want[i]);
		CU_ASSERT_EQUAL(e->attrs.rx_bps, want[i]);
		fake_free(e);
	}
	fake_close(&h[0]);
	fake_close(&h[1]);
}

static const struct test_case cases[] = {
	{"bad_settings_have_words", fr_conf_bad_settings},
	{"committed_rates_are_told", committed_rates_are_told},
	{NULL, NULL},
};
const struct test_suite suite_fr_conf = {"fr_conf", cases};
