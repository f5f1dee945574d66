/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets typed from RFC 8415 sections 8 and 21, RFC 3646 sections 3 and 4, and RFC 6355. */
#include "gw/dhcp6/dhcp6.h"
#include "tests/harness.h"

#define SEC UINT64_C(1000000)

/* Of RFC 9562 A.4: the UUID of www.example.com. */
#define SERVER	     "0002 0012 0004 2ed6657de927568b95e12665a8aea6a2"
#define CLIENT	     "0001 000a 0003 0001 020304050607"
#define ANOTHER	     "0001 000a 0003 0001 020304050608"
#define XID	     "a1b2c3"
#define WANTS(x)     "0006 0002 " x
#define IA(id)	     "0019 000c " id " 00000000 00000000"
#define IA_NA(id)    "0003 000c " id " 00000000 00000000"
#define PREFIX(p)    "001a 0019 00000000 00000000 " p
#define IA_OF(id, p) "0019 0029 " id " 00000000 00000000 " PREFIX(p)
#define ADDRESS(a)   "0005 0018 " a " 00000000 00000000"
#define NA_OF(id, a) "0003 0028 " id " 00000000 00000000 " ADDRESS(a)
#define ONE	     "00000001"
#define TWO	     "00000002"
/* T1 two hours, T2 three hours and twelve minutes; preferred four hours, valid a day */
#define TIMES			       " 00001c20 00002d00 "
#define LIVES			       " 00003840 00015180 "
#define OURS			       "38 20010db8 01000100 0000000000000000"
#define THEIRS			       "38 20010db8 0bad0000 0000000000000000"
#define GIVEN(id)		       "0019 0029 " id TIMES "001a 0019" LIVES OURS
#define NONE_OF(kind, len, id, status) kind " " len " " id " 00000000 00000000 " status
/* codes with our words for people */
#define DONE	    "000d 0006 0000 646f6e65"
#define NO_ADDRS    "000d 001e 0002 61646472657373657320617265206e6f7420676976656e2068657265"
#define NO_BINDING  "000d 000d 0003 697420686173206e6f6e65"
#define NOT_ON_LINK "000d 0012 0004 6e6f74206f662074686973206c696e6b"
#define MULTICAST   "000d 0011 0005 61736b20616c6c2073657276657273"
#define NO_PREFIX   "000d 0014 0006 7468657265206973206e6f20707265666978"

static const uint8_t name_server[1][16] = {{0x20, 1, 0x0d, 0xb8, [15] = 0x53}};
static const uint8_t domain[] = "\7example\3net";

static struct dhcp6_says says;
static struct dhcp6_lease lease;
static uint64_t clock_now;
static uint8_t answer[DHCP6_MAX];

/* A link that has a prefix which nobody has asked for. */
static void link_begins(void)
{
	says = (struct dhcp6_says){.on_link = {.bits = 64},
				   .dns = name_server,
				   .dns_n = 1,
				   .domains = domain,
				   .domains_len = sizeof(domain),
				   .preferred = 14400,
				   .valid = 86400};
	dhcp6_server_duid(says.duid, "www.example.com");
	test_hex(says.on_link.addr, 16, "20010db8 00640005 0000000000000000");
	lease = (struct dhcp6_lease){.prefix = {.bits = 56}};
	test_hex(lease.prefix.addr, 16, "20010db8 01000100 0000000000000000");
	clock_now = 1000 * SEC;
}

/* Octets of the answer; 0 = none. */
static size_t said(const char *hex, bool unicast)
{
	uint8_t in[1500];
	size_t n = test_hex(in, sizeof(in), hex);
	struct dhcp6_msg m;

	return dhcp6_read(&m, &says, in, n, unicast)
		       ? dhcp6_answer(&lease, &says, &m, clock_now, answer)
		       : 0;
}

#define ANSWERED(in, out)                                            \
	do {                                                         \
		uint8_t want_[DHCP6_MAX];                            \
		size_t n_ = test_hex(want_, sizeof(want_), (out));   \
		ASSERT_OCTETS(answer, said((in), false), want_, n_); \
	} while (0)
#define UNANSWERED(in) CU_ASSERT_EQUAL(said((in), false), 0)

static void rfc9562_a_name_is_a_uuid(void)
{
	uint8_t got[DHCP6_DUID_SERVER], want[DHCP6_DUID_SERVER];

	test_hex(want, sizeof(want), "0004 2ed6657de927568b95e12665a8aea6a2");
	dhcp6_server_duid(got, "www.example.com");
	ASSERT_OCTETS(got, sizeof(got), want, sizeof(want));
	dhcp6_server_duid(got, "www.example.org");
	CU_ASSERT_NOT_EQUAL(got[2], want[2]);
}

static bool is_bound(void)
{
	return lease.duid_len;
}

/* RFC 8415 18.3.9 and 18.3.2: offered, and had when it is asked for. */
static void a_prefix_is_offered_and_requested(void)
{
	link_begins();
	ANSWERED("01" XID CLIENT WANTS("0017") "0008 0002 0000" IA(ONE),
		 "02" XID SERVER CLIENT GIVEN(ONE) "0017 0010 20010db8000000000000000000000053");
	CU_ASSERT_FALSE(is_bound());
	ANSWERED("03" XID SERVER CLIENT WANTS("0018") IA_OF(ONE, OURS),
		 "07" XID SERVER CLIENT GIVEN(ONE) "0018 000d 076578616d706c65 036e6574 00");
	CU_ASSERT_TRUE(is_bound());
	CU_ASSERT_EQUAL(lease.iaid, 1);
	CU_ASSERT_EQUAL(lease.until, (1000 + 86400) * SEC);
	/* again, as when our answer was lost */
	clock_now += SEC;
	ANSWERED("03" XID SERVER CLIENT IA_OF(ONE, OURS), "07" XID SERVER CLIENT GIVEN(ONE));
	CU_ASSERT_EQUAL(lease.until, (1001 + 86400) * SEC);
}

/* RFC 8415 18.3.1 and 21.14 */
static void with_rapid_commit_at_once(void)
{
	link_begins();
	ANSWERED("01" XID CLIENT "000e 0000" IA(ONE),
		 "07" XID SERVER CLIENT "000e 0000" GIVEN(ONE));
	CU_ASSERT_TRUE(is_bound());
}

static void where_there_is_none(void)
{
	link_begins();
	lease.prefix.bits = 0;
	ANSWERED("01" XID CLIENT IA(ONE),
		 "02" XID SERVER CLIENT NONE_OF("0019", "0024", ONE, NO_PREFIX));
	ANSWERED("03" XID SERVER CLIENT IA(ONE),
		 "07" XID SERVER CLIENT NONE_OF("0019", "0024", ONE, NO_PREFIX));
	ANSWERED("06" XID CLIENT IA_OF(ONE, THEIRS), "07" XID SERVER CLIENT "0019 0041 " ONE
						     " 00000000 00000000" PREFIX(THEIRS) NO_PREFIX);
	CU_ASSERT_FALSE(is_bound());
}

/* There is one for a link: of two that ask at once the first has it, or the one that had it. */
static void one_prefix_for_a_link(void)
{
	link_begins();
	ANSWERED("03" XID SERVER CLIENT IA(ONE) IA(TWO),
		 "07" XID SERVER CLIENT GIVEN(ONE) NONE_OF("0019", "0024", TWO, NO_PREFIX));
	ANSWERED("03" XID SERVER CLIENT IA(TWO) IA(ONE),
		 "07" XID SERVER CLIENT NONE_OF("0019", "0024", TWO, NO_PREFIX) GIVEN(ONE));
	ANSWERED("03" XID SERVER CLIENT IA(ONE) IA(ONE),
		 "07" XID SERVER CLIENT GIVEN(ONE) NONE_OF("0019", "0024", ONE, NO_PREFIX));
	/* a client that has begun anew, with another name */
	ANSWERED("03" XID SERVER ANOTHER IA(TWO), "07" XID SERVER ANOTHER GIVEN(TWO));
	CU_ASSERT_EQUAL(lease.iaid, 2);
	ANSWERED("05" XID SERVER CLIENT IA_OF(ONE, OURS),
		 "07" XID SERVER CLIENT NONE_OF("0019", "001d", ONE, NO_BINDING));
}

/* RFC 8415 18.3.4: more time; what is not the client's has none left; and who has nothing is told
 * so. */
static void renewed(void)
{
	link_begins();
	ANSWERED("05" XID SERVER CLIENT IA_OF(ONE, OURS),
		 "07" XID SERVER CLIENT NONE_OF("0019", "001d", ONE, NO_BINDING));
	said("03" XID SERVER CLIENT IA(ONE), false);
	clock_now += 7200 * SEC;
	ANSWERED("05" XID SERVER CLIENT IA_OF(ONE, OURS), "07" XID SERVER CLIENT GIVEN(ONE));
	CU_ASSERT_EQUAL(lease.until, (8200 + 86400) * SEC);
	ANSWERED("05" XID SERVER CLIENT "0019 0046 " ONE " 00000000 00000000" PREFIX(THEIRS)
			 PREFIX(OURS),
		 "07" XID SERVER CLIENT "0019 0046 " ONE TIMES
		 "001a 0019" LIVES OURS PREFIX(THEIRS));
	/* "::/48" asks for a length (RFC 8168) */
	ANSWERED("05" XID SERVER CLIENT IA_OF(ONE, "30 00000000 00000000 0000000000000000"),
		 "07" XID SERVER CLIENT GIVEN(ONE));
	ANSWERED("05" XID SERVER CLIENT IA_NA(TWO),
		 "07" XID SERVER CLIENT NONE_OF("0003", "001d", TWO, NO_BINDING));
}

/* RFC 8415 18.3.5: a router whose link has begun anew says what it had. */
static void rebound(void)
{
	link_begins();
	ANSWERED("06" XID CLIENT IA_OF(ONE, OURS), "07" XID SERVER CLIENT GIVEN(ONE));
	CU_ASSERT_TRUE(is_bound());
	link_begins();
	ANSWERED("06" XID CLIENT IA_OF(ONE, THEIRS), "07" XID SERVER CLIENT "0019 0046 " ONE TIMES
						     "001a 0019" LIVES OURS PREFIX(THEIRS));
	UNANSWERED("06" XID CLIENT);
}

/* RFC 8415 18.3.7 */
static void dhcp6_released(void)
{
	link_begins();
	ANSWERED("08" XID SERVER CLIENT IA_OF(ONE, OURS),
		 "07" XID SERVER CLIENT DONE NONE_OF("0019", "001d", ONE, NO_BINDING));
	said("03" XID SERVER CLIENT IA(ONE), false);
	ANSWERED("08" XID SERVER CLIENT IA_OF(ONE, THEIRS), "07" XID SERVER CLIENT DONE);
	CU_ASSERT_TRUE(is_bound());
	ANSWERED("08" XID SERVER CLIENT IA_OF(ONE, OURS) IA_NA(TWO),
		 "07" XID SERVER CLIENT DONE NONE_OF("0003", "001d", TWO, NO_BINDING));
	CU_ASSERT_FALSE(is_bound());
	CU_ASSERT_EQUAL(lease.prefix.bits, 56); /* it stays that of the link */
}

/* RFC 8415 18.3.8 */
static void declined(void)
{
	link_begins();
	said("03" XID SERVER CLIENT IA(ONE), false);
	ANSWERED("09" XID SERVER CLIENT NA_OF(TWO, "20010db8 00640005 0000000000000007"),
		 "07" XID SERVER CLIENT DONE NONE_OF("0003", "001d", TWO, NO_BINDING));
	ANSWERED("09" XID SERVER CLIENT IA_OF(ONE, OURS), "07" XID SERVER CLIENT DONE);
	CU_ASSERT_TRUE(is_bound());
}

#define ON_LINK	  "20010db8 00640005 0000000000000007"
#define ELSEWHERE "20010db8 00640006 0000000000000007"

static void addresses_are_not_given(void)
{
	link_begins();
	ANSWERED("01" XID CLIENT IA_NA(TWO) IA(ONE),
		 "02" XID SERVER CLIENT NONE_OF("0003", "002e", TWO, NO_ADDRS) GIVEN(ONE));
	ANSWERED("01" XID CLIENT "0004 0004" TWO, "02" XID SERVER CLIENT "0004 0026" TWO NO_ADDRS);
	ANSWERED("03" XID SERVER CLIENT NA_OF(TWO, ON_LINK),
		 "07" XID SERVER CLIENT NONE_OF("0003", "002e", TWO, NO_ADDRS));
	ANSWERED("03" XID SERVER CLIENT NA_OF(TWO, ELSEWHERE),
		 "07" XID SERVER CLIENT NONE_OF("0003", "0022", TWO, NOT_ON_LINK));
}

/* RFC 8415 18.3.3 */
static void confirmed(void)
{
	link_begins();
	ANSWERED("04" XID CLIENT NA_OF(ONE, ON_LINK), "07" XID SERVER CLIENT DONE);
	ANSWERED("04" XID CLIENT NA_OF(ONE, ON_LINK) NA_OF(TWO, ELSEWHERE),
		 "07" XID SERVER CLIENT NOT_ON_LINK);
	UNANSWERED("04" XID CLIENT IA_NA(ONE));
	UNANSWERED("04" XID CLIENT IA_OF(ONE, OURS));
	says.on_link.bits = 0; /* what is on the link is not known */
	UNANSWERED("04" XID CLIENT NA_OF(ONE, ON_LINK));
}

/* RFC 8415 18.3.6, 21.23 to 21.25: 14400 s, and an hour each */
static void information(void)
{
	link_begins();
	ANSWERED("0b" XID CLIENT "0006 000c 0017 0018 0020 0052 0053 0017",
		 "07" XID SERVER CLIENT "0017 0010 20010db8000000000000000000000053"
		 "0018 000d 076578616d706c65 036e6574 00 0020 0004 00003840"
		 "0052 0004 00000e10 0053 0004 00000e10");
	ANSWERED("0b" XID WANTS("0017"),
		 "07" XID SERVER "0017 0010 20010db8000000000000000000000053");
	ANSWERED("0b" XID SERVER, "07" XID SERVER);
	says.dns_n = says.domains_len = 0;
	ANSWERED("0b" XID "0006 0004 0017 0018", "07" XID SERVER);
	/* the time to ask again is for those only */
	ANSWERED("01" XID CLIENT WANTS("0020"), "02" XID SERVER CLIENT);
}

/* RFC 8415 18.4, and section 16 for the others */
static void unicast_is_for_nobody(void)
{
	static const char *const answered[] = {"03", "05", "08", "09"}, *const not [] = {"01", "04",
											 "06"};
	uint8_t want[100];
	size_t n = test_hex(want, sizeof(want), "07" XID SERVER CLIENT MULTICAST);
	char hex[400];

	link_begins();
	for (unsigned i = 0; i < 4; i++) {
		snprintf(hex, sizeof(hex), "%s" XID SERVER CLIENT IA_OF(ONE, OURS), answered[i]);
		ASSERT_OCTETS(answer, said(hex, true), want, n);
	}
	for (unsigned i = 0; i < 3; i++) {
		snprintf(hex, sizeof(hex), "%s" XID CLIENT NA_OF(ONE, ON_LINK), not [i]);
		CU_ASSERT_EQUAL(said(hex, true), 0);
		CU_ASSERT_NOT_EQUAL(said(hex, false), 0);
	}
	CU_ASSERT_EQUAL(said("0b" XID, true), 0);
}

/* Nothing is bound by an answer that cannot be sent. */
static void an_answer_has_an_end(void)
{
	uint8_t in[DHCP6_MAX + 200];
	struct wr w = wr_init(in, sizeof(in));
	struct dhcp6_msg m;
	uint8_t part[64];

	link_begins();
	wr_bytes(&w, part, test_hex(part, sizeof(part), "03" XID SERVER CLIENT IA(ONE)));
	wr_bytes(&w, part, test_hex(part, sizeof(part), "0019 04b0" TWO "0000000000000000"));
	for (unsigned i = 0; i < 41; i++)
		wr_bytes(&w, part, test_hex(part, sizeof(part), PREFIX(THEIRS)));
	CU_ASSERT_TRUE_FATAL(!w.bad);
	wr_patch16(&w, w.len - 41 * 29 - 14, 41 * 29 + 12);
	in[0] = 3;
	CU_ASSERT_TRUE(dhcp6_read(&m, &says, in, w.len, false));
	CU_ASSERT_NOT_EQUAL(dhcp6_answer(&lease, &says, &m, clock_now, answer), 0);
	CU_ASSERT_TRUE(is_bound());
	link_begins();
	m.type = 6; /* a Rebind gets all of them back */
	CU_ASSERT_EQUAL(dhcp6_answer(&lease, &says, &m, clock_now, answer), 0);
	CU_ASSERT_FALSE(is_bound());
}

static const struct test_case cases[] = {
	{"rfc9562_a_name_is_a_uuid", rfc9562_a_name_is_a_uuid},
	{"a_prefix_is_offered_and_requested", a_prefix_is_offered_and_requested},
	{"with_rapid_commit_at_once", with_rapid_commit_at_once},
	{"where_there_is_none", where_there_is_none},
	{"one_prefix_for_a_link", one_prefix_for_a_link},
	{"renewed", renewed},
	{"rebound", rebound},
	{"dhcp6_released", dhcp6_released},
	{"declined", declined},
	{"addresses_are_not_given", addresses_are_not_given},
	{"confirmed", confirmed},
	{"information", information},
	{"unicast_is_for_nobody", unicast_is_for_nobody},
	{"an_answer_has_an_end", an_answer_has_an_end},
	{NULL, NULL},
};
const struct test_suite suite_dhcp6 = {"dhcp6", cases};
