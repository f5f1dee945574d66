/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A flood of SCCRQs with forged sources, 20,000 a second on the simulated clock, and genuine
 * clients 5 to 25 ms away that want a tunnel meanwhile.  Each must get in with its first or second
 * SCCRQ, whatever sources the flood forges: always another, a few hundred, the client's own address
 * or its very port, or all of these together.
 */
#include "core/deadline.h"
#include "core/engine.h"
#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEC	 1000000ull
#define APART	 (SEC / 20000)
#define FILLED	 (SEC / 4)	 /* the flood runs this long before the first client comes */
#define PATIENCE (SEC * 11 / 10) /* after its first repeat */

enum { CLIENT = 7, ELSEWHERE = 8, CLIENT_SOURCE = 1 };

struct flood_mix {
	const char *name;
	unsigned sources;      /* how many; 0 = always another */
	unsigned same_address; /* of 100 */
	unsigned same_port;    /* of 100: the client's own channel */
};

struct flood {
	const struct flood_mix *mix;
	uint64_t now, seed, next_forged, one_way;
	struct l2tp_engine *server, *client;
	struct deadline_heap air;
	uint64_t source; /* of the packet that the server is handling */
	unsigned requests, up;
	uint64_t forged;
};

struct flood_packet {
	struct deadline at; /* first, so that it frees the packet */
	struct l2tp_engine *to;
	size_t len;
	uint8_t octets[1500];
};

static enum l2tp_tx flood_fly(struct flood *f, struct l2tp_engine *to, const uint8_t *pkt,
			      size_t len)
{
	struct flood_packet *p = calloc(1, sizeof(*p));

	if (!p || len > sizeof(p->octets))
		abort();
	memcpy(p->octets, pkt, len);
	p->len = len;
	p->to = to;
	deadline_set(&f->air, &p->at, f->now + f->one_way);
	return L2TP_TX_TAKEN;
}

/* What goes to a forged address reaches nobody. */
static enum l2tp_tx flood_server_tx(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
				    uint64_t cookie, uint8_t dscp)
{
	struct flood *f = ctx;

	(void)cookie;
	(void)dscp;
	return to == CLIENT && f->client ? flood_fly(f, f->client, pkt, len) : L2TP_TX_TAKEN;
}

static enum l2tp_tx flood_client_tx(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
				    uint64_t cookie, uint8_t dscp)
{
	struct flood *f = ctx;

	(void)to;
	(void)cookie;
	(void)dscp;
	f->requests += !pkt[4] && !pkt[5]; /* Tunnel ID 0 */
	return flood_fly(f, f->server, pkt, len);
}

static void flood_server_event(void *ctx, const struct l2tp_event *ev)
{
	((struct flood *)ctx)->up += ev->kind == L2TP_EV_TUNNEL_UP;
}

static void flood_client_event(void *ctx, const struct l2tp_event *ev)
{
	(void)ctx;
	(void)ev;
}

static bool flood_peer(void *ctx, l2tp_channel from, const uint8_t *host, size_t len,
		       struct l2tp_peer_answer *out)
{
	struct flood *f = ctx;

	(void)host;
	(void)len;
	memset(out, 0, sizeof(*out));
	l2tp_policy_default(&out->policy);
	strcpy(out->policy.host_name, "lns.example");
	out->source = from == CLIENT ? CLIENT_SOURCE : f->source;
	return true;
}

static void flood_random(void *ctx, void *buf, size_t len)
{
	struct flood *f = ctx;
	uint8_t *p = buf;

	while (len--)
		*p++ = (uint8_t)test_rand(&f->seed);
}

static const struct l2tp_ops server_ops = {.tx = flood_server_tx,
					   .event = flood_server_event,
					   .peer = flood_peer,
					   .random = flood_random};
static const struct l2tp_ops client_ops = {.tx = flood_client_tx,
					   .event = flood_client_event,
					   .peer = flood_peer,
					   .random = flood_random};

static void flood_forge(struct flood *f)
{
	static const uint8_t no_rv[16];
	unsigned dice = (unsigned)(test_rand(&f->seed) % 100);
	uint64_t other = test_rand(&f->seed);
	bool port = dice < f->mix->same_port;
	bool address = port || dice < f->mix->same_port + f->mix->same_address;
	struct l2tp_build b;
	uint8_t pkt[128];

	if (f->mix->sources)
		other %= f->mix->sources;
	f->source = address ? CLIENT_SOURCE : CLIENT_SOURCE + 1 + other % (UINT64_MAX - 2);
	l2tp_build_start(&b, pkt, sizeof(pkt), L2TP_SCCRQ, 0, 0, NULL, false, no_rv);
	l2tp_build_u16(&b, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, 0x0100);
	l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_HOST_NAME, "client", 6);
	l2tp_build_u32(&b, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, 3);
	l2tp_build_u16(&b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID,
		       (uint16_t)(1 + test_rand(&f->seed) % 65535));
	l2tp_engine_rx(f->server, port ? CLIENT : ELSEWHERE + f->source, pkt, l2tp_build_end(&b),
		       f->now);
	f->forged++;
}

static uint64_t flood_next(const struct flood *f)
{
	uint64_t t = f->next_forged, a = deadline_next(&f->air),
		 c = f->client ? l2tp_engine_deadline(f->client) : DEADLINE_NEVER,
		 s = l2tp_engine_deadline(f->server);

	t = a < t ? a : t;
	t = c < t ? c : t;
	return s < t ? s : t;
}

static void flood_run(struct flood *f, uint64_t until)
{
	uint64_t t;

	while ((t = flood_next(f)) <= until) {
		struct deadline *d;

		f->now = t > f->now ? t : f->now;
		while ((d = deadline_pop(&f->air, f->now))) {
			struct flood_packet *p = (struct flood_packet *)(void *)d;

			l2tp_engine_rx(p->to, CLIENT, p->octets, p->len, f->now);
			free(p);
		}
		l2tp_engine_expire(f->server, f->now);
		if (f->client)
			l2tp_engine_expire(f->client, f->now);
		if (f->now < f->next_forged)
			continue;
		flood_forge(f);
		f->next_forged += APART;
	}
	f->now = until;
}

static void flood_client_gone(struct flood *f)
{
	struct deadline *d;

	while ((d = deadline_pop(&f->air, UINT64_MAX - 1)))
		free(d);
	l2tp_engine_free(f->client);
	f->client = NULL;
}

/* One client, in at its first or its second SCCRQ. */
static void flood_client(struct flood *f, uint64_t round_trip)
{
	struct l2tp_peer_answer who;
	unsigned before = f->up;
	uint64_t end = f->now + PATIENCE;

	flood_peer(f, CLIENT, NULL, 0, &who);
	strcpy(who.policy.host_name, "client");
	f->one_way = round_trip / 2;
	f->requests = 0;
	f->client = l2tp_engine_new(&client_ops, f, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->client);
	l2tp_tunnel_open(f->client, CLIENT, &who, NULL, f->now, NULL);
	while (f->up == before && f->now < end)
		flood_run(f, f->now + SEC / 100);
	CU_ASSERT_EQUAL(f->up, before + 1);
	CU_ASSERT_TRUE(f->requests <= 2);
	flood_client_gone(f);
}

static void flood(const struct flood_mix *mix)
{
	struct flood f = {.mix = mix, .seed = test_seed()};
	struct l2tp_counters c;

	f.server = l2tp_engine_new(&server_ops, &f, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.server);
	flood_run(&f, FILLED);
	for (uint64_t ms = 10; ms <= 50; ms += 10)
		flood_client(&f, ms * 1000);
	l2tp_engine_counters(f.server, &c);
	CU_ASSERT_TRUE(c.half_open <= c.limits.max_half_open);
	CU_ASSERT_TRUE(c.half_open_worst <= c.limits.max_half_open / 2u + 1);
	CU_ASSERT_TRUE(c.reason[L2TP_R_HALF_OPEN_SOURCE] + c.reason[L2TP_R_HALF_OPEN_TOTAL] > 0);
	CU_ASSERT_EQUAL(c.reason[L2TP_R_TUNNEL_CAP] + c.reason[L2TP_R_NO_MEMORY], 0);
	printf(" (%s: %llu forged) ", mix->name, (unsigned long long)f.forged);
	l2tp_engine_free(f.server);
}

static void genuine_clients_get_in(void)
{
	static const struct flood_mix mixes[] = {
		{"always another source", 0, 0, 0},  {"260 sources", 260, 0, 0},
		{"the client's address", 0, 100, 0}, {"the client's port", 0, 0, 100},
		{"all of these", 1000, 30, 20},
	};

	for (unsigned i = 0; i < sizeof(mixes) / sizeof(mixes[0]); i++)
		flood(&mixes[i]);
}

static const struct test_case cases[] = {
	{"genuine_clients_get_in", genuine_clients_get_in},
	{NULL, NULL},
};
const struct test_suite suite_sim_flood = {"sim_flood", cases};
