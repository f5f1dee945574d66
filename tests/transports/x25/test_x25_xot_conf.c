/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link of a port over TCP: who dials, who listens, and where (RFC 1613 5: port 1998). */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "transports/x25/x25_transport.h"
#include "transports/x25/x25_xot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Reads these settings; x->from is freed. */
static int xot_conf_read(struct xot *x, const struct ist_setting *setting, unsigned n, char *err,
			 size_t err_len)
{
	const struct settings set = {x25_transport.keys, setting, n};
	int r;

	memset(x, 0, sizeof(*x));
	r = xot_read(x, &set, err, err_len);
	access_free(&x->from);
	return r;
}

/* "" where there is none. */
static void xot_conf_is(const struct udp_ep *ep, const char *want)
{
	char text[80] = "";

	if (ep->family)
		udp_ep_format(ep, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, want);
}

static void who_dials_and_who_listens(void)
{
	static const struct {
		const char *link;
		bool dials, listens;
		const char *local, *remote;
	} rows[] = {
		{"xot:192.0.2.1", true, false, "", "192.0.2.1:1998"},
		{"xot:192.0.2.1:2000", true, false, "", "192.0.2.1:2000"},
		{"xot:2001:db8::1", true, false, "", "[2001:db8::1]:1998"},
		{"xot:192.0.2.2>192.0.2.1", true, true, "192.0.2.2:1998", "192.0.2.1:1998"},
		{"xot:[2001:db8::2]:5>[2001:db8::1]:6", true, true, "[2001:db8::2]:5",
		 "[2001:db8::1]:6"},
		{"xot-listen:192.0.2.2", false, true, "192.0.2.2:1998", ""},
		{"xot-listen:192.0.2.2:7", false, true, "192.0.2.2:7", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct ist_setting link = {"link", rows[i].link};
		struct xot x;

		CU_ASSERT_EQUAL(xot_conf_read(&x, &link, 1, NULL, 0), 0);
		CU_ASSERT_EQUAL(x.dials, rows[i].dials);
		CU_ASSERT_EQUAL(x.listens, rows[i].listens);
		xot_conf_is(&x.local, rows[i].local);
		xot_conf_is(&x.remote, rows[i].remote);
	}
}

static void wrong_settings(void)
{
	static const struct {
		struct ist_setting set[2];
		const char *words;
	} rows[] = {
		{{{"link", "xot:"}}, "link: \"xot:\" is not xot:ADDRESS"},
		{{{"link", "xot"}}, "link: \"xot\" is not xot:ADDRESS"},
		{{{"link", "xot:nowhere"}}, "link: "},
		{{{"link", "xot-listen:"}}, "link: "},
		{{{"link", "xot-listen:127.0.0.1>127.0.0.1"}}, "link: "},
		{{{"link", "xot:127.0.0.1>"}}, "link: "},
		{{{"link", "xot:>127.0.0.1"}}, "link: "},
		{{{"link", "xot:127.0.0.1:0x"}}, "link: "},
		{{{"link", "xota:127.0.0.1"}}, "link: "},
		{{{"link", "xot-listens:127.0.0.1"}}, "link: "},
		{{{"link", "xot:" /* 80 octets */
			   "0123456789012345678901234567890123456789"
			   "0123456789012345678901234567890123456789"}},
		 "link: "},
		{{{"link", "xot-listen:127.0.0.1:1"}, {"xot-from", "here"}}, "xot-from"},
		{{{"link", "xot:127.0.0.1"}, {"impair-loss", "1"}}, "impair: not over XOT"},
		{{{"link", "xot:127.0.0.1"}, {"impair-loss", "much"}}, "impair-loss"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char err[200] = "";
		struct xot x;

		CU_ASSERT_EQUAL(xot_conf_read(&x, rows[i].set, rows[i].set[1].key ? 2 : 1, err,
					      sizeof(err)),
				-EINVAL);
		if (!strstr(err, rows[i].words))
			printf("%s: %s\n", rows[i].set[0].value, err);
		CU_ASSERT_PTR_NOT_NULL(strstr(err, rows[i].words));
	}
}

/* Who may connect is kept, and nothing of it is left. */
static void xot_conf_who_may_connect(void)
{
	static const struct ist_setting set[] = {{"link", "xot-listen:127.0.0.1"},
						 {"xot-from", "192.0.2.0/24"}};
	const struct settings of = {x25_transport.keys, set, 2};
	struct udp_ep near, far;
	struct xot x = {.fd = -1};

	CU_ASSERT(udp_ep_parse(&near, "192.0.2.200:7", 1));
	CU_ASSERT(udp_ep_parse(&far, "192.0.3.1:7", 1));
	CU_ASSERT_EQUAL(xot_read(&x, &of, NULL, 0), 0);
	CU_ASSERT_TRUE(access_allows(&x.from, &near));
	CU_ASSERT_FALSE(access_allows(&x.from, &far));
	access_free(&x.from);
}

/* What a port asks its host to open: the socket of a listener, and nothing for others. */
static void what_is_opened(void)
{
	static const struct {
		const char *link;
		int opens; /* or -errno */
	} rows[] = {
		{"xot:192.0.2.1", 0},
		{"xot-listen:192.0.2.2:7", 1},
		{"xot:192.0.2.2:7>192.0.2.1", 1},
		{"xot:", -EINVAL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct ist_setting set[] = {{"link", rows[i].link},
						  {"xot-from", "192.0.2.0/24"}};
		const struct settings of = {x25_transport.keys, set, 2};
		struct ist_open w = {.kind = 0};

		CU_ASSERT_EQUAL(xot_check(NULL, &of, &w, 1, NULL, 0), rows[i].opens);
		CU_ASSERT_EQUAL(xot_check(NULL, &of, NULL, 0, NULL, 0), rows[i].opens);
		if (rows[i].opens < 1)
			continue;
		CU_ASSERT_EQUAL(w.size, sizeof(w));
		CU_ASSERT_EQUAL(w.kind, IST_OPEN_LISTEN);
		CU_ASSERT(w.family == 4 && w.port == 7);
		ASSERT_OCTETS(w.ip, 4, "\xc0\x00\x02\x02", 4);
		/* the permanent circuits of a peer connect all at once: each is a channel */
		CU_ASSERT(w.backlog >= X25_LCI_MAX);
	}
}

static const struct test_case cases[] = {
	{"who_dials_and_who_listens", who_dials_and_who_listens},
	{"wrong_settings", wrong_settings},
	{"xot_conf_who_may_connect", xot_conf_who_may_connect},
	{"what_is_opened", what_is_opened},
	{NULL, NULL},
};
const struct test_suite suite_x25_xot_conf = {"x25_xot_conf", cases};
