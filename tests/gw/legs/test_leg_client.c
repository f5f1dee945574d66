/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our PPP as client: the test is the server at the end of its line, and its owner. */
#include "gw/client.h"
#include "gw/record.h"
#include "tests/gw/legs/far_leg.h"
#include "tests/heap.h"

#include <stdio.h>
#include <string.h>

/* Their circuits are down, so nobody dials by himself. */
#define CONF                                                                                   \
	"host-name = gw\n"                                                                     \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp }  dlci 101 { carries = " \
	"ppp } }\n"                                                                            \
	"client other { port = f  circuit = \"100\"  user = x  secret = x }\n"                 \
	"client home { port = f  circuit = \"101\"  user = ann  secret = a  mtu = 1400 }\n"

#define TUN 0x77u

static struct {
	struct leg *leg;
	struct join *join;
	uint32_t tun;
	unsigned devices, ip4s, ip6s;
	bool ip4, ip6;
	struct ppp_addresses addr;
} at;

/* --- the owner --------------------------------------------------------------------------------- */

static uint32_t leg_client_on_device(void *ctx)
{
	CU_ASSERT_PTR_EQUAL(ctx, &at);
	at.devices++;
	return at.tun;
}

/* The data plane has been told before. */
static void leg_client_on_ip4(void *ctx, const struct ppp_addresses *addr, bool up)
{
	CU_ASSERT(ctx == &at && fake_entry(0, FAR_LEG_NUMBER)->ip4 == up);
	at.ip4s++;
	at.ip4 = up;
	at.addr = *addr;
}

static void leg_client_on_ip6(void *ctx, const struct ppp_addresses *addr, bool up)
{
	CU_ASSERT(ctx == &at && fake_entry(0, FAR_LEG_NUMBER)->ip6 == up);
	at.ip6s++;
	at.ip6 = up;
	at.addr = *addr;
}

static struct leg *leg_client_no_network(void *ctx)
{
	(void)ctx;
	return NULL;
}

static const struct leg_client_owner leg_client_owner = {.device = leg_client_on_device,
							 .ip4 = leg_client_on_ip4,
							 .ip6 = leg_client_on_ip6,
							 .network = leg_client_no_network};

static const struct cfg_client *leg_client_home(void)
{
	return &bench.gw->cfg->client[1];
}

static void leg_client_make(const struct cfg_client *cfg)
{
	at.tun = TUN;
	at.leg = leg_client_new(bench.gw, cfg, &leg_client_owner, &at);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at.leg);
	at.join = far_leg_join(at.leg);
}

static void leg_client_begin(void)
{
	memset(&at, 0, sizeof(at));
	bench_start(CONF);
	leg_client_make(leg_client_home());
}

/* LCP asks for the section's MTU (RFC 1661 6.1); the server wants no proof. */
static void leg_client_open(void)
{
	leg_client_begin();
	join_start(at.join, clock_us);
	far_leg_hears_request("c021 01 01 000e 0104 0578 0506 ????????");
	far_leg_asks("c021 01 01 0004", "c021 02 01 0004");
	far_leg_acks();
}

/* RFC 1332 3.3: 10.100.0.2 is ours, 10.100.0.1 the server's. */
static void leg_client_ipcp(void)
{
	far_leg_says("8021 03 01 0016 0306 0a640002 8106 0a640009 8306 0a640009");
	CU_ASSERT_TRUE(frames_next("8021 01 02 0016 0306 0a640002 8106 0a640009 8306 0a640009"));
	far_leg_says("8021 02 02 0016 0306 0a640002 8106 0a640009 8306 0a640009");
	far_leg_says("8021 01 01 000a 0306 0a640001");
	CU_ASSERT_TRUE(frames_next("8021 02 01 000a 0306 0a640001"));
}

/* RFC 5072 4.1 */
static void leg_client_ipv6cp(void)
{
	far_leg_says("8057 03 01 000e 010a 00000000000000aa");
	CU_ASSERT_TRUE(frames_next("8057 01 02 000e 010a 00000000000000aa"));
	far_leg_says("8057 02 02 000e 010a 00000000000000aa");
	far_leg_says("8057 01 01 000e 010a 00000000000000bb");
	CU_ASSERT_TRUE(frames_next("8057 02 01 000e 010a 00000000000000bb"));
}

static void leg_client_up(void)
{
	leg_client_open();
	CU_ASSERT_TRUE(frames_next("8021 01 01 0016 0306 00000000 8106 00000000 8306 00000000"));
	CU_ASSERT_TRUE(frames_next("8057 01 01 000e 010a ????????????????"));
	leg_client_ipcp();
	leg_client_ipv6cp();
}

/* --- tests ------------------------------------------------------------------------------------- */

/* One device for both; each protocol is told once, with its addresses. */
static void the_owner_hears_of_addresses(void)
{
	const struct dp_call *e;

	leg_client_open();
	CU_ASSERT_EQUAL(bench_logged("ppp info: client home: the server asks for no "
				     "authentication"),
			1);
	CU_ASSERT(!at.devices && !at.ip4s && !at.ip6s && at.leg->state == LEG_STARTING);
	CU_ASSERT_TRUE(frames_next("8021 *") && frames_next("8057 *"));
	leg_client_ipcp();
	CU_ASSERT(at.devices == 1 && at.ip4s == 1 && at.ip4 && !at.ip6s);
	CU_ASSERT(at.addr.local4 == 0x0a640002 && at.addr.peer4 == 0x0a640001);
	CU_ASSERT_EQUAL(at.leg->state, LEG_UP);
	e = fake_entry(0, FAR_LEG_NUMBER);
	CU_ASSERT(e->client && e->ip4 && !e->ip6 && e->tun == TUN && e->peer4 == 0x0a640001);
	leg_client_ipv6cp();
	CU_ASSERT(at.devices == 1 && at.ip4s == 1 && at.ip6s == 1 && at.ip6);
	CU_ASSERT(at.addr.local_iid == 0xaa && at.addr.peer_iid == 0xbb);
	CU_ASSERT(fake_entry(0, FAR_LEG_NUMBER)->ip6 && e->peer_iid == 0xbb);
	bench_stop();
}

/* LCP begins anew: what was agreed holds no more, and is told once; the device stays. */
static void what_is_gone_is_told(void)
{
	leg_client_up();
	far_leg_says("c021 01 02 0004");
	CU_ASSERT(at.ip4s == 2 && !at.ip4 && at.ip6s == 2 && !at.ip6);
	CU_ASSERT_EQUAL(fake_entry(0, FAR_LEG_NUMBER)->peer4, 0);
	CU_ASSERT_EQUAL(fake_entry(0, FAR_LEG_NUMBER)->peer_iid, 0);
	CU_ASSERT_EQUAL(far_leg_gone, 0);
	far_leg_hears_request("c021 01 02 *");
	CU_ASSERT_TRUE(frames_next("c021 02 02 0004"));
	far_leg_acks();
	CU_ASSERT_TRUE(frames_next("8021 01 *"));
	far_leg_says("8021 02 03 0016 0306 00000000 8106 00000000 8306 00000000");
	CU_ASSERT_EQUAL(at.ip4s, 2);
	CU_ASSERT_EQUAL(at.devices, 1);
	bench_stop();
}

/* The end of the join, whatever ends it. */
static void the_end_is_told(void)
{
	struct leg_end why = leg_end(LEG_BY_LOSS, "the line is gone");

	leg_client_up();
	join_cut(at.join, &why, clock_us);
	CU_ASSERT(at.ip4s == 2 && !at.ip4 && at.ip6s == 2 && !at.ip6);
	CU_ASSERT_EQUAL(far_leg_gone, 1);
	CU_ASSERT_STRING_EQUAL(far_leg_why.words, "the line is gone");
	bench_stop();
	/* nothing was: nothing goes */
	leg_client_open();
	join_cut(at.join, &why, clock_us);
	CU_ASSERT(!at.ip4s && !at.ip6s && far_leg_gone == 1);
	bench_stop();
}

static void no_device_is_the_end(void)
{
	leg_client_open();
	at.tun = 0;
	CU_ASSERT_TRUE(frames_next("8021 *") && frames_next("8057 *"));
	leg_client_ipcp();
	CU_ASSERT_EQUAL(at.devices, 1);
	CU_ASSERT_TRUE(frames_next("c021 05 *")); /* RFC 1661 5.5 */
	far_leg_says("c021 06 02 0004");
	CU_ASSERT_EQUAL_FATAL(far_leg_gone, 1);
	CU_ASSERT_EQUAL(far_leg_why.cause, LEG_BY_RESOURCES);
	CU_ASSERT_STRING_EQUAL(far_leg_why.words, "no network device");
	bench_stop();
}

/* One that is for a bundle can be nothing else; RFC 1990 5.1.1. */
static void a_server_without_multilink(void)
{
	struct cfg_client link;

	memset(&at, 0, sizeof(at));
	bench_start(CONF);
	link = *leg_client_home();
	link.bundle = leg_client_home();
	leg_client_make(&link);
	join_start(at.join, clock_us);
	far_leg_hears_request("c021 01 01 *");
	far_leg_asks("c021 01 01 0004", "c021 02 01 0004");
	far_leg_acks();
	CU_ASSERT_TRUE(frames_next("8021 *") && frames_next("8057 *") && frames_next("c021 05 *"));
	far_leg_says("c021 06 02 0004");
	CU_ASSERT_EQUAL_FATAL(far_leg_gone, 1);
	CU_ASSERT_EQUAL(far_leg_why.cause, LEG_BY_MISMATCH);
	CU_ASSERT_STRING_EQUAL(far_leg_why.words, "the server does no multilink");
	CU_ASSERT_EQUAL(at.devices, 0);
	bench_stop();
}

/* --- in another life --------------------------------------------------------------------------- */

static size_t leg_client_record(uint8_t rec[1000])
{
	struct wr w = wr_init(rec, 1000);

	CU_ASSERT_TRUE(at.leg->ops->save(at.leg, &w));
	CU_ASSERT_FALSE_FATAL(w.bad);
	return w.len;
}

/* The section is found by its name, and may be gone. */
static void the_section_of_a_record(void)
{
	uint8_t rec[1000];
	struct rd r;

	leg_client_begin();
	r = rd_init(rec, leg_client_record(rec));
	ASSERT_OCTETS(rec, 5, "\4home", 5);
	CU_ASSERT_PTR_EQUAL(leg_client_read(bench.gw, &r), leg_client_home());
	ASSERT_OCTETS(r.p, 4, "\3ann", 4); /* the rest is left */
	rec[1] = 'x';
	r = rd_init(rec, 5);
	CU_ASSERT_PTR_NULL(leg_client_read(bench.gw, &r));
	for (unsigned n = 0; n < 5; n++) {
		rec[1] = 'h';
		r = rd_init(rec, n);
		CU_ASSERT_PTR_NULL(leg_client_read(bench.gw, &r));
	}
	bench_stop();
}

/* Another leg goes on where this one was, without a word on the line. */
static void another_leg_goes_on(void)
{
	struct leg_end why = leg_end(LEG_BY_LOSS, "");
	uint8_t rec[1000];
	struct rd r;

	leg_client_up();
	r = rd_init(rec, leg_client_record(rec));
	join_cut(at.join, &why, clock_us);
	bench_pass(0);
	memset(&at, 0, sizeof(at));
	CU_ASSERT_PTR_EQUAL(leg_client_read(bench.gw, &r), leg_client_home());
	leg_client_make(leg_client_home());
	at.join->leg[0]->state = LEG_UP;
	at.leg->state = LEG_STARTING;
	CU_ASSERT_PTR_NULL(at.leg->ops->resume(at.leg, &r, clock_us));
	CU_ASSERT(at.devices == 1 && at.ip4s == 1 && at.ip4 && at.ip6s == 1 && at.ip6);
	CU_ASSERT(at.addr.local4 == 0x0a640002 && at.addr.peer_iid == 0xbb);
	CU_ASSERT_EQUAL(at.leg->state, LEG_UP);
	CU_ASSERT_TRUE(frames_none());
	far_leg_says("c021 09 07 0008 00000000"); /* RFC 1661 5.8: LCP is open */
	CU_ASSERT_TRUE(frames_next("c021 0a 07 0008 ????????"));
	bench_stop();
}

/* What cannot be read is no record to go on from. */
static void a_client_whose_record_is_cut(void)
{
	uint8_t rec[1000];
	struct rd r;

	leg_client_begin();
	r = rd_init(rec, leg_client_record(rec));
	CU_ASSERT_PTR_EQUAL(leg_client_read(bench.gw, &r), leg_client_home());
	r.left--;
	at.join->leg[0]->state = LEG_UP;
	at.leg->state = LEG_STARTING;
	CU_ASSERT_PTR_NOT_NULL(at.leg->ops->resume(at.leg, &r, clock_us));
	bench_stop();
}

static void without_memory_for_a_client(void)
{
	bench_start(CONF);
	for (unsigned skip = 0; skip < 2; skip++) {
		heap_refuse(skip);
		CU_ASSERT_PTR_NULL(
			leg_client_new(bench.gw, leg_client_home(), &leg_client_owner, &at));
		CU_ASSERT_TRUE(heap_refused());
	}
	bench_stop();
	leg_client_begin();
	far_leg_starts_without_memory(at.join);
	bench_stop();
}

static const struct test_case cases[] = {
	{"the_owner_hears_of_addresses", the_owner_hears_of_addresses},
	{"what_is_gone_is_told", what_is_gone_is_told},
	{"the_end_is_told", the_end_is_told},
	{"no_device_is_the_end", no_device_is_the_end},
	{"a_server_without_multilink", a_server_without_multilink},
	{"the_section_of_a_record", the_section_of_a_record},
	{"another_leg_goes_on", another_leg_goes_on},
	{"a_client_whose_record_is_cut", a_client_whose_record_is_cut},
	{"without_memory_for_a_client", without_memory_for_a_client},
	{NULL, NULL},
};
const struct test_suite suite_leg_client = {"leg_client", cases};
