/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole link: phases, events, ends, and two links against each other over good and bad lines.
 */
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/ppp/lone.h"
#include "tests/ppp/pair.h"

#include <stdio.h>
#include <string.h>

static void methods(struct pair *p, enum ppp_auth server, enum ppp_auth client)
{
	p->a.cfg.n_auth = server != PPP_AUTH_NONE;
	p->a.cfg.auth[0] = (uint8_t)server;
	p->b.cfg.n_auth = client != PPP_AUTH_NONE;
	p->b.cfg.auth[0] = (uint8_t)client;
}

static void comes_up(enum ppp_auth method)
{
	struct pair p;

	pair_init(&p);
	methods(&p, method, method);
	pair_start(&p);
	CU_ASSERT(pair_is_up(&p));
	CU_ASSERT_EQUAL(p.a.claims, method != PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(p.b.addr.local4, 0x0a400002);
	CU_ASSERT_EQUAL(p.b.addr.dns4[0], 0x0a4000fe);
	CU_ASSERT_EQUAL(p.b.addr.dns4[1], 0x0a4000ff);
	CU_ASSERT_EQUAL(p.a.link.auth, method);
	CU_ASSERT_EQUAL(p.b.link.auth, method);
	ppp_close(p.b.ppp, p.now);
	pair_both_down(&p, PPP_WHY_PEER, PPP_WHY_LOCAL);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_IP4_DOWN], 1);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_IP6_DOWN], 1);
	pair_free(&p);
}

static void up_and_down_without_auth(void)
{
	comes_up(PPP_AUTH_NONE);
}

static void up_and_down_pap(void)
{
	comes_up(PPP_AUTH_PAP);
}

static void up_and_down_chap(void)
{
	comes_up(PPP_AUTH_CHAP_MD5);
}

static void up_and_down_mschapv2(void)
{
	comes_up(PPP_AUTH_MSCHAPV2);
}

/* IPv4 takes a round more, for the Nak that gives the address. */
static void events_come_in_order(void)
{
	static const uint8_t server[] = {PPP_EV_LCP_UP, PPP_EV_AUTH, PPP_EV_AUTH_OK, PPP_EV_IP6_UP,
					 PPP_EV_IP4_UP};
	static const uint8_t client[] = {PPP_EV_LCP_UP, PPP_EV_AUTH_OK, PPP_EV_IP6_UP,
					 PPP_EV_IP4_UP};
	struct pair p;

	pair_init(&p);
	pair_start(&p);
	ASSERT_OCTETS(p.a.seen, p.a.n_seen, server, sizeof(server));
	ASSERT_OCTETS(p.b.seen, p.b.n_seen, client, sizeof(client));
	pair_free(&p);
}

static void wrong_password_by_every_method(void)
{
	for (unsigned m = PPP_AUTH_PAP; m < PPP_AUTH_EAP; m++) {
		struct pair p;

		pair_init(&p);
		methods(&p, (enum ppp_auth)m, (enum ppp_auth)m);
		strcpy(p.b.cfg.secret, "wrong");
		pair_start(&p);
		pair_both_down(&p, PPP_WHY_AUTH_FAILED, PPP_WHY_AUTH_FAILED);
		CU_ASSERT(strstr(p.b.message, "go away") != NULL);
		CU_ASSERT_EQUAL(p.a.count[PPP_EV_AUTH_OK] + p.b.count[PPP_EV_AUTH_OK], 0);
		pair_free(&p);
	}
}

/* The server's list against every client: they meet at the client's method. */
static void methods_are_found(void)
{
	for (unsigned m = PPP_AUTH_PAP; m < PPP_AUTH_EAP; m++) {
		struct pair p;

		pair_init(&p);
		methods(&p, PPP_AUTH_MSCHAPV2, (enum ppp_auth)m);
		p.a.cfg.n_auth = 3;
		p.a.cfg.auth[1] = PPP_AUTH_CHAP_MD5;
		p.a.cfg.auth[2] = PPP_AUTH_PAP;
		pair_start(&p);
		CU_ASSERT(pair_is_up(&p));
		CU_ASSERT_EQUAL(p.a.link.auth, m);
		pair_free(&p);
	}
}

static void no_method_in_common(void)
{
	struct pair p;

	pair_init(&p);
	methods(&p, PPP_AUTH_CHAP_MD5, PPP_AUTH_PAP);
	pair_start(&p);
	pair_run(&p, p.now + 120 * SEC);
	CU_ASSERT_EQUAL(p.a.why, PPP_WHY_AUTH_REFUSED);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_LCP_UP], 0);
	CU_ASSERT_EQUAL(p.b.count[PPP_EV_DOWN], 1);
	pair_free(&p);
}

/* The owner needs its time: a second for the verdict, ten for the addresses. */
static void owner_answers_later(void)
{
	for (unsigned m = PPP_AUTH_PAP; m < PPP_AUTH_EAP; m++) {
		struct ppp_auth_reply reply;
		struct pair p;

		pair_init(&p);
		methods(&p, (enum ppp_auth)m, (enum ppp_auth)m);
		p.a.answer_later = true;
		p.a.no_network = true;
		pair_start(&p);
		CU_ASSERT_EQUAL(p.a.claims, 1);
		CU_ASSERT_EQUAL(p.a.count[PPP_EV_AUTH_OK], 0);
		pair_run(&p, p.now + 10 * SEC);
		CU_ASSERT_EQUAL(p.a.claims, 1);
		CU_ASSERT(ppp_auth_check(&p.a.waiting, "secret", 6, &reply));
		ppp_auth_answer(p.a.ppp, p.a.waiting.serial, true, &reply, NULL, p.now);
		pair_run(&p, p.now + 5 * SEC);
		CU_ASSERT_EQUAL(p.b.count[PPP_EV_AUTH_OK], 1);
		CU_ASSERT(!pair_is_up(&p));
		ppp_start_network(p.a.ppp, &p.a.give, p.now);
		ppp_start_network(p.a.ppp, &p.a.give, p.now);
		pair_run(&p, p.now + 10 * SEC);
		CU_ASSERT(pair_is_up(&p));
		CU_ASSERT_EQUAL(p.a.claims, 1);
		pair_free(&p);
	}
}

static void rechallenged_pair_stays_up(void)
{
	struct pair p;

	pair_init(&p);
	methods(&p, PPP_AUTH_MSCHAPV2, PPP_AUTH_MSCHAPV2);
	p.a.cfg.rechallenge = 30 * SEC;
	pair_start(&p);
	pair_run(&p, p.now + 601 * (uint64_t)SEC);
	CU_ASSERT(pair_is_up(&p));
	CU_ASSERT_EQUAL(p.a.claims, 21);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_AUTH_OK], 1);
	p.a.password = "changed";
	pair_both_down(&p, PPP_WHY_AUTH_FAILED, PPP_WHY_AUTH_FAILED);
	pair_free(&p);
}

/* --- networks --------------------------------------------------------------------------------- */

/* MikroTik starts CCP and IPCP at once and goes on with both; only CCP is refused. */
static void ccp_and_ipcp_at_once(void)
{
	struct lone l;

	lone_network(&l);
	lone_rx(&l, "80fd 01 01 000a 1206 00000001");
	CU_ASSERT(lone_sent(&l, "c021 08 ?? 0010 80fd 0101000a120600000001"));
	lone_rx(&l, "8021 01 01 000a 03060a400002");
	CU_ASSERT(lone_sent(&l, "8021 02 01 000a 03060a400002"));
	lone_rx(&l, "80fd 01 02 000a 1206 00000001");
	CU_ASSERT(lone_sent(&l, "c021 08 ?? 0010 80fd 0102000a120600000001"));
	lone_rx(&l, "8021 02 01 000a 03060a400001");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 1);
	lone_rx(&l, "80fd 05 03 0004");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_DOWN], 0);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PROTO), 3);
	lone_free(&l);
}

/* 3.5: before authentication is over only LCP and authentication exist; the rest is dropped
 * silently, also while the owner of a server looks for addresses. */
static void rfc1661_3_5_too_early(void)
{
	static const char *const early[] = {"8021 01 01 000a 030600000000",
					    "8057 01 01 000e 010a 0000000000000001",
					    "80fd 01 01 0004", "8207 01 01 0004"};
	struct lone l;

	for (unsigned phase = 0; phase < 2; phase++) {
		lone_init(&l, true);
		if (phase)
			lone_lcp_up(&l);
		else
			lone_open(&l);
		lone_skip(&l);
		for (size_t i = 0; i < sizeof(early) / sizeof(*early); i++)
			lone_rx(&l, early[i]);
		CU_ASSERT(lone_quiet(&l));
		CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PHASE), 4);
		lone_free(&l);
	}
}

/* RFC 1661 section 2: a number that no protocol can have is answered like an unknown one. */
static void rfc1661_2_even_protocol_is_rejected(void)
{
	struct lone l;

	lone_network(&l);
	lone_rx(&l, "0020 4500");
	CU_ASSERT(lone_sent(&l, "c021 08 ?? 0008 0020 4500"));
	lone_rx(&l, "c022 01 01 0004");
	CU_ASSERT(lone_sent(&l, "c021 08 ?? 000a c022 01010004"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_PROTO), 2);
	lone_free(&l);
}

static void packets_of_a_closed_network(void)
{
	struct lone l;

	lone_network(&l);
	lone_rx(&l, "0021 4500");
	lone_rx(&l, "0057 6000");
	CU_ASSERT(lone_quiet(&l));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_CLOSED_NCP), 2);
	lone_free(&l);
}

/* --- restarts and ends ------------------------------------------------------------------------ */

static bool deaf(struct pair *p, struct pair_end *from, uint8_t *frame, size_t *len)
{
	(void)frame;
	(void)len;
	return from != &p->b;
}

/* The client falls silent: the server's echoes find out. */
static void echo_between_two(void)
{
	struct pair p;

	pair_init(&p);
	p.a.cfg.echo_interval = 10 * SEC;
	p.b.cfg.echo_interval = 7 * SEC;
	pair_start(&p);
	pair_run(&p, p.now + 3600 * (uint64_t)SEC);
	CU_ASSERT(pair_is_up(&p));
	CU_ASSERT_EQUAL(pair_counter(&p.a, PPP_R_MAGIC), 0);
	p.filter = deaf;
	pair_run(&p, p.now + 60 * SEC);
	CU_ASSERT_EQUAL(p.a.why, PPP_WHY_ECHO);
	pair_free(&p);
}

static void passive_server_waits_for_its_client(void)
{
	struct pair p;

	pair_init(&p);
	p.a.cfg.passive = true;
	pair_start(&p);
	CU_ASSERT(pair_is_up(&p));
	pair_free(&p);
}

static void words_for_every_why_and_reason(void)
{
	for (unsigned w = 0; w < PPP_WHYS; w++)
		CU_ASSERT(strlen(ppp_why_words((enum ppp_why)w)) > 5);
	CU_ASSERT_STRING_EQUAL(ppp_why_words(PPP_WHYS), "?");
	for (unsigned r = 0; r < PPP_R_COUNT; r++) {
		CU_ASSERT(!strncmp(ppp_reasons[r].key, "ppp-", 4));
		for (unsigned s = 0; s < r; s++)
			CU_ASSERT_STRING_NOT_EQUAL(ppp_reasons[r].key, ppp_reasons[s].key);
	}
}

/* What an owner might get wrong does not break the link. */
static void odd_configurations(void)
{
	struct pair p;

	pair_init(&p);
	memset(p.a.cfg.auth, 0xee, sizeof(p.a.cfg.auth));
	p.a.cfg.n_auth = 255;
	p.a.cfg.mru = 0;
	p.a.cfg.mtu = 0;
	p.b.cfg.mru = 65535;
	memset(p.b.cfg.name, 'n', sizeof(p.b.cfg.name));
	memset(p.b.cfg.secret, 's', sizeof(p.b.cfg.secret));
	pair_start(&p);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_IP4_UP], 1);
	CU_ASSERT_EQUAL(p.b.count[PPP_EV_IP4_UP], 1);
	CU_ASSERT_EQUAL(p.a.link.auth, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(p.b.link.our_mru, 65535);
	CU_ASSERT_EQUAL(p.b.link.peer_mru, 128);
	pair_free(&p);

	pair_init(&p);
	memset(p.b.cfg.name, 'n', sizeof(p.b.cfg.name));
	memset(p.b.cfg.secret, 's', sizeof(p.b.cfg.secret));
	methods(&p, PPP_AUTH_PAP, PPP_AUTH_PAP);
	pair_start(&p);
	CU_ASSERT_EQUAL(p.a.claims, 1);
	CU_ASSERT_EQUAL(p.a.waiting.name_len, 255);
	CU_ASSERT_EQUAL(p.a.waiting.response_len, 255);
	pair_free(&p);
}

/* --- bad lines -------------------------------------------------------------------------------- */

static void reopen_if_dead(struct pair_end *e)
{
	struct ppp_info info;

	ppp_get_info(e->ppp, &info);
	if (!strcmp(info.phase, "dead"))
		ppp_open(e->ppp, e->pair->now);
}

static void run_reopening(struct pair *p, unsigned seconds)
{
	while (seconds--) {
		reopen_if_dead(&p->a);
		reopen_if_dead(&p->b);
		pair_run(p, p->now + SEC);
	}
}

/* Two minutes of trouble, then a good line: soon both are up and, if the line kept the order, of
 * one opinion (RFC 1661 has no remedy for an old Configure-Request that comes after the new one);
 * then one hangs up on a bad line and both are down. */
static void one_rough_life(uint64_t seed)
{
	struct pair p;
	unsigned m;
	bool up, reordered;

	pair_init(&p);
	p.rng = seed;
	m = (unsigned)(test_rand(&p.rng) % PPP_AUTH_EAP);
	methods(&p, (enum ppp_auth)m, (enum ppp_auth)m);
	p.a.cfg.rechallenge = test_rand(&p.rng) % 2 ? 20 * SEC : 0;
	p.a.cfg.echo_interval = 15 * SEC;
	p.b.cfg.echo_interval = 15 * SEC;
	/* with the usual ten, one in a thousand gives up an NCP on such a line, as the RFC has it
	 */
	p.a.cfg.max_configure = 40;
	p.b.cfg.max_configure = 40;
	p.delay = (1 + test_rand(&p.rng) % 200) * MS;
	p.loss = (unsigned)(test_rand(&p.rng) % 300);
	p.dup = (unsigned)(test_rand(&p.rng) % 200);
	p.reorder = test_rand(&p.rng) % 2 ? (unsigned)(test_rand(&p.rng) % 200) : 0;
	reordered = p.reorder;
	pair_create(&p);
	run_reopening(&p, 120);
	p.loss = p.dup = p.reorder = 0;
	run_reopening(&p, 90);
	up = reordered ? pair_is_open(&p) : pair_is_up(&p);
	CU_ASSERT(up);
	if (!up)
		printf("\n      not up with rng %llu\n", (unsigned long long)seed);
	p.loss = 200;
	ppp_close(test_rand(&p.rng) % 2 ? p.a.ppp : p.b.ppp, p.now);
	pair_run(&p, p.now + 200 * SEC);
	CU_ASSERT_EQUAL(ppp_deadline(p.a.ppp), DEADLINE_NEVER);
	CU_ASSERT_EQUAL(ppp_deadline(p.b.ppp), DEADLINE_NEVER);
	pair_free(&p);
}

static void loss_duplication_reordering(void)
{
	uint64_t seed = test_seed();

	for (unsigned i = 0; i < 300; i++)
		one_rough_life(test_rand(&seed));
}

/* Random octets and mutilated packets into a live link: it answers, counts, and can be closed. */
static bool mutilate(struct pair *p, struct pair_end *from, uint8_t *frame, size_t *len)
{
	(void)from;
	if (test_rand(&p->rng) % 4)
		return true;
	switch (test_rand(&p->rng) % 3) {
	case 0:
		*len = test_rand(&p->rng) % (*len + 1);
		break;
	case 1:
		for (unsigned i = 0; i < 1 + test_rand(&p->rng) % 4 && *len; i++)
			frame[test_rand(&p->rng) % *len] = (uint8_t)test_rand(&p->rng);
		break;
	default:
		while (*len < 60)
			frame[(*len)++] = (uint8_t)test_rand(&p->rng);
	}
	return true;
}

static void mutilated_packets(void)
{
	uint64_t seed = test_seed();

	for (unsigned i = 0; i < 200; i++) {
		struct pair p;

		pair_init(&p);
		p.rng = test_rand(&seed);
		methods(&p, (enum ppp_auth)(i % PPP_AUTH_EAP), (enum ppp_auth)(i % PPP_AUTH_EAP));
		p.filter = mutilate;
		pair_create(&p);
		run_reopening(&p, 60);
		p.filter = NULL;
		run_reopening(&p, 60);
		ppp_close(p.a.ppp, p.now);
		ppp_close(p.b.ppp, p.now);
		pair_run(&p, p.now + 60 * SEC);
		CU_ASSERT_EQUAL(ppp_deadline(p.a.ppp), DEADLINE_NEVER);
		CU_ASSERT_EQUAL(ppp_deadline(p.b.ppp), DEADLINE_NEVER);
		pair_free(&p);
	}
}

/* The owner's handler of one event brings a claim and takes the line away: there is nothing left to
 * judge. */
static void ppp_claim_and_gone(struct lone *l, const struct ppp_event *ev)
{
	if (ev->kind != PPP_EV_LCP_UP)
		return;
	lone_rx(l, "c023 01 07 0010 04 75736572 06 736563726574");
	CU_ASSERT_EQUAL(l->count[PPP_EV_AUTH], 0); /* its turn comes after this one's */
	ppp_lower_down(l->ppp, l->now);
}

static void a_claim_goes_with_its_link(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.n_auth = 1;
	l.cfg.auth[0] = PPP_AUTH_PAP;
	l.on_event = ppp_claim_and_gone;
	lone_lcp_began(&l);
	CU_ASSERT_EQUAL(l.count[PPP_EV_LCP_UP], 1);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH], 0);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(ppp_deadline(l.ppp), DEADLINE_NEVER);
	lone_free(&l);
}

static void no_memory_for_a_link(void)
{
	static const struct ppp_ops ops;
	struct ppp_config cfg;

	ppp_config_default(&cfg);
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(ppp_new(&cfg, &ops, NULL));
	CU_ASSERT(heap_refused());
	ppp_free(NULL);
}

/* What the owner may look at is what the events said. */
static void what_is_shown(void)
{
	struct ppp_info i;
	struct pair p;

	pair_init(&p);
	pair_create(&p);
	ppp_get_info(p.a.ppp, &i);
	CU_ASSERT_STRING_EQUAL(i.phase, "dead");
	CU_ASSERT_STRING_EQUAL(i.lcp, "Initial");
	CU_ASSERT(!i.ip4_up && !i.ip6_up);
	pair_free(&p);

	pair_init(&p);
	pair_start(&p);
	for (unsigned b = 0; b < 2; b++) {
		struct pair_end *e = b ? &p.b : &p.a;

		ppp_get_info(e->ppp, &i);
		CU_ASSERT_STRING_EQUAL(i.phase, "network");
		CU_ASSERT_STRING_EQUAL(i.lcp, "Opened");
		CU_ASSERT_STRING_EQUAL(i.ipcp, "Opened");
		CU_ASSERT_STRING_EQUAL(i.ipv6cp, "Opened");
		CU_ASSERT_STRING_EQUAL(i.peer_name, b ? "" : "user");
		CU_ASSERT(i.ip4_up && i.ip6_up);
		CU_ASSERT_EQUAL(i.link.our_magic, e->link.our_magic);
		CU_ASSERT_EQUAL(i.link.peer_magic, e->link.peer_magic);
		CU_ASSERT_NOT_EQUAL(i.link.our_magic, 0);
		CU_ASSERT_EQUAL(i.link.auth, PPP_AUTH_CHAP_MD5);
		CU_ASSERT_EQUAL(i.addr.local4, b ? 0x0a400002 : 0x0a400001);
		CU_ASSERT_EQUAL(i.addr.peer4, b ? 0x0a400001 : 0x0a400002);
		CU_ASSERT_EQUAL(i.addr.local_iid, e->addr.local_iid);
	}
	ppp_close(p.a.ppp, p.now);
	ppp_get_info(p.a.ppp, &i);
	CU_ASSERT_STRING_EQUAL(i.phase, "terminate");
	CU_ASSERT_STRING_EQUAL(i.lcp, "Closing");
	CU_ASSERT_STRING_EQUAL(i.ipcp, "Initial");
	CU_ASSERT(!i.ip4_up && !i.ip6_up);
	pair_free(&p);
}

static const struct test_case cases[] = {
	{"up_and_down_without_auth", up_and_down_without_auth},
	{"up_and_down_pap", up_and_down_pap},
	{"up_and_down_chap", up_and_down_chap},
	{"up_and_down_mschapv2", up_and_down_mschapv2},
	{"events_come_in_order", events_come_in_order},
	{"wrong_password_by_every_method", wrong_password_by_every_method},
	{"methods_are_found", methods_are_found},
	{"no_method_in_common", no_method_in_common},
	{"owner_answers_later", owner_answers_later},
	{"rechallenged_pair_stays_up", rechallenged_pair_stays_up},
	{"ccp_and_ipcp_at_once", ccp_and_ipcp_at_once},
	{"rfc1661_3_5_too_early", rfc1661_3_5_too_early},
	{"rfc1661_2_even_protocol_is_rejected", rfc1661_2_even_protocol_is_rejected},
	{"packets_of_a_closed_network", packets_of_a_closed_network},
	{"echo_between_two", echo_between_two},
	{"passive_server_waits_for_its_client", passive_server_waits_for_its_client},
	{"words_for_every_why_and_reason", words_for_every_why_and_reason},
	{"odd_configurations", odd_configurations},
	{"loss_duplication_reordering", loss_duplication_reordering},
	{"mutilated_packets", mutilated_packets},
	{"a_claim_goes_with_its_link", a_claim_goes_with_its_link},
	{"no_memory_for_a_link", no_memory_for_a_link},
	{"what_is_shown", what_is_shown},
	{NULL, NULL},
};
const struct test_suite suite_ppp = {"ppp", cases};
