/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PPPoE sessions whose process has died: the next one takes them up by their tickets. */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "tests/transports/raw.h"
#include "transports/pppoe/pppoe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define S	 UINT64_C(1000000)
#define SESSIONS 4u

static const char *const server[] = {"link=loop:pr", "services=isp", "max-payload=1500",
				     "max-sessions=6", NULL};
static const char *const client[] = {"link=loop:pr", "role=client", "max-payload=1500", NULL};
static const char *const *const config[] = {server, client};

/* A session as one of its ends has heard of it. */
struct known {
	ist_channel channel;
	uint8_t ticket[IST_TICKET_MAX];
	size_t len;
	uint32_t number, sum;
};

static struct known heard[2]; /* the last `up` of the server and of the client */

static void resume_hear(struct fake_host *h, const struct fake_event *e, struct known *k)
{
	if (e->kind == FAKE_OFFER)
		CU_ASSERT_EQUAL(fake_answer(h, e->channel), 0);
	if (e->kind != FAKE_UP)
		return;
	*k = (struct known){.channel = e->channel,
			    .number = e->attrs.number,
			    .sum = e->attrs_sum,
			    .len = e->attrs.ticket_len};
	CU_ASSERT_FATAL(k->len <= sizeof(k->ticket));
	if (k->len)
		memcpy(k->ticket, e->attrs.ticket, k->len);
}

static void resume_hear_server(struct fake_host *h, const struct fake_event *e)
{
	resume_hear(h, e, &heard[0]);
}

static void resume_hear_client(struct fake_host *h, const struct fake_event *e)
{
	resume_hear(h, e, &heard[1]);
}

struct both {
	struct fake_host h[2]; /* server, client */
	struct known s[2][SESSIONS];
	unsigned n;
};

static void resume_both_session(struct both *b)
{
	ist_channel c;

	memset(heard, 0, sizeof(heard));
	fake_run(&b->h[0], fake_now + 1); /* another cookie */
	CU_ASSERT_EQUAL_FATAL(fake_connect(&b->h[1], "isp@*", IST_PAYLOAD_PPP, &c), 0);
	fake_run(&b->h[0], fake_now);
	CU_ASSERT_FATAL(heard[0].len && heard[1].len && heard[0].number == heard[1].number);
	b->s[0][b->n] = heard[0];
	b->s[1][b->n] = heard[1];
	b->n++;
	fake_forget(&b->h[0]);
	fake_forget(&b->h[1]);
}

static void resume_both_open(struct both *b, unsigned sessions)
{
	memset(b, 0, sizeof(*b));
	fake_open(&b->h[0], &pppoe_transport, server);
	fake_open(&b->h[1], &pppoe_transport, client);
	b->h[0].on_event = resume_hear_server;
	b->h[1].on_event = resume_hear_client;
	fake_join(&b->h[0], &b->h[1]);
	fake_run(&b->h[0], fake_now + 2 * S);
	while (b->n < sessions)
		resume_both_session(b);
}

static void resume_both_close(struct both *b)
{
	fake_close(&b->h[0]);
	fake_close(&b->h[1]);
}

/* The port's process is killed, and another one opens it anew. */
static void resume_die(struct fake_host *h, const char *const *settings, struct fake_host *far)
{
	void (*on_event)(struct fake_host *, const struct fake_event *) = h->on_event;
	struct fake_frozen f;

	fake_freeze(h, &f);
	fake_frozen_free(&f);
	fake_forget(h);
	fake_leave(h);
	fake_open(h, &pppoe_transport, settings);
	h->on_event = on_event;
	fake_join(h, far);
}

/* A frame of one end is that of the same session at the other. */
static bool resume_passes(struct fake_host *from, ist_channel c, struct fake_host *to,
			  ist_channel at)
{
	struct fake_event *e;
	bool same;

	CU_ASSERT_EQUAL(fake_send(from, c, "\xc0\x21\x09", 3), 1);
	fake_run(from, fake_now);
	e = fake_take(to, FAKE_FRAME);
	same = e && e->channel == at && e->len == 3 && !memcmp(e->data, "\xc0\x21\x09", 3);
	fake_free(e);
	return same;
}

static unsigned resume_padts(struct both *b)
{
	return (unsigned)(fake_count(&b->h[0], "tx-padt") + fake_count(&b->h[0], "rx-padt") +
			  fake_count(&b->h[1], "tx-padt") + fake_count(&b->h[1], "rx-padt"));
}

/* --- going on --------------------------------------------------------------------------------- */

/* The last one first, so that none gets the handle that it had. */
static void resume_the_sessions_of(unsigned end)
{
	struct both b;

	resume_both_open(&b, SESSIONS);
	resume_die(&b.h[end], config[end], &b.h[!end]);
	for (unsigned i = SESSIONS; i-- > 0;) {
		struct known *k = &b.s[end][i];
		uint32_t sum = k->sum;

		CU_ASSERT_EQUAL(fake_resume(&b.h[end], k->ticket, k->len, &k->channel), 0);
		fake_run(&b.h[end], fake_now);
		CU_ASSERT_EQUAL(fake_channel(&b.h[end], FAKE_UP), k->channel);
		CU_ASSERT_EQUAL(heard[end].number, k->number);
		CU_ASSERT_EQUAL(heard[end].sum, sum); /* all else, and the ticket */
	}
	fake_run(&b.h[0], fake_now + 3 * S);
	for (unsigned i = 0; i < SESSIONS; i++) {
		ist_channel at[2] = {b.s[0][i].channel, b.s[1][i].channel};

		CU_ASSERT(resume_passes(&b.h[0], at[0], &b.h[1], at[1]));
		CU_ASSERT(resume_passes(&b.h[1], at[1], &b.h[0], at[0]));
		CU_ASSERT_EQUAL(b.h[end].tr->mtu(b.h[end].port, at[end]), 1502);
	}
	CU_ASSERT_EQUAL(resume_padts(&b), 0);
	CU_ASSERT_EQUAL(fake_count(&b.h[end], "tx-padi") + fake_count(&b.h[end], "tx-pads"), 0);
	CU_ASSERT_EQUAL(fake_pending(&b.h[0], FAKE_DOWN) + fake_pending(&b.h[1], FAKE_DOWN), 0);
	/* and ends as any other */
	fake_disconnect(&b.h[end], b.s[end][0].channel);
	fake_run(&b.h[0], fake_now);
	CU_ASSERT_EQUAL(fake_channel(&b.h[!end], FAKE_DOWN), b.s[!end][0].channel);
	resume_both_close(&b);
}

static void sessions_of_a_server_go_on(void)
{
	resume_the_sessions_of(0);
}

static void sessions_of_a_client_go_on(void)
{
	resume_the_sessions_of(1);
}

/* The port's random octets are the same in both lives, so that a slot's id is the one it had. */
static void no_id_is_given_twice(void)
{
	uint64_t random = 7;
	ist_channel c;
	struct both b;

	fake_random = &random;
	resume_both_open(&b, 3);
	random = 7;
	resume_die(&b.h[0], server, &b.h[1]);
	for (unsigned i = 1; i < 3; i++)
		CU_ASSERT_EQUAL(fake_resume(&b.h[0], b.s[0][i].ticket, b.s[0][i].len, &c), 0);
	fake_run(&b.h[0], fake_now + 3 * S);
	b.n = 3;
	resume_both_session(&b);
	CU_ASSERT_NOT_EQUAL(b.s[0][3].number, b.s[0][1].number);
	CU_ASSERT_NOT_EQUAL(b.s[0][3].number, b.s[0][2].number);
	CU_ASSERT_EQUAL(b.s[0][3].number, (b.s[0][2].number % 65534) + 1);
	CU_ASSERT_EQUAL(fake_pending(&b.h[1], FAKE_DOWN), 0);
	fake_random = NULL;
	resume_both_close(&b);
}

static void a_channel_that_is_there(void)
{
	ist_channel c = 0;
	struct both b;

	resume_both_open(&b, 2);
	for (unsigned end = 0; end < 2; end++) {
		struct known *k = &b.s[end][1];

		CU_ASSERT_EQUAL(fake_resume(&b.h[end], k->ticket, k->len, &c), 0);
		CU_ASSERT_EQUAL(c, k->channel);
		fake_run(&b.h[end], fake_now);
		CU_ASSERT_PTR_NULL(b.h[end].first);
	}
	resume_both_close(&b);
}

/* --- not going on ----------------------------------------------------------------------------- */

static void what_cannot_be_resumed(void)
{
	static const char *const small[] = {"link=loop:pr", "max-sessions=1", NULL};
	const struct known *k;
	struct both b, other;
	ist_channel c = 0;

	resume_both_open(&b, 2);
	k = b.s[0];
	resume_die(&b.h[0], client, &b.h[1]); /* of the other role */
	CU_ASSERT_EQUAL(fake_resume(&b.h[0], k[0].ticket, k[0].len, &c), -ESTALE);
	resume_die(&b.h[0], small, &b.h[1]);
	CU_ASSERT_EQUAL(fake_resume(&b.h[0], k[0].ticket, k[0].len, &c), 0);
	CU_ASSERT_EQUAL(fake_resume(&b.h[0], k[1].ticket, k[1].len, &c), -ENOBUFS);
	resume_both_close(&b);
	/* of a port with another address, where one of ours goes on already */
	resume_both_open(&other, 1);
	resume_die(&other.h[0], server, &other.h[1]);
	CU_ASSERT_EQUAL(fake_resume(&other.h[0], other.s[0]->ticket, other.s[0]->len, &c), 0);
	CU_ASSERT_EQUAL(fake_resume(&other.h[0], k[1].ticket, k[1].len, &c), -ESTALE);
	resume_both_close(&other);
}

/* It has link-hold for coming back. */
static void resumed_without_a_link(void)
{
	static const char *const alone[] = {"link=loop:elsewhere", "link-hold=5s", NULL};
	ist_channel c = 0;
	struct both b;

	resume_both_open(&b, 1);
	resume_die(&b.h[0], alone, &b.h[1]);
	CU_ASSERT_EQUAL(fake_resume(&b.h[0], b.s[0]->ticket, b.s[0]->len, &c), 0);
	fake_run(&b.h[0], fake_now + 5 * S - 1);
	CU_ASSERT_EQUAL(fake_channel(&b.h[0], FAKE_UP), c);
	CU_ASSERT_EQUAL(fake_pending(&b.h[0], FAKE_DOWN), 0);
	fake_run(&b.h[0], fake_now + 1);
	CU_ASSERT_EQUAL(fake_channel(&b.h[0], FAKE_DOWN), c);
	resume_both_close(&b);
}

/* Resumed and given up again and again, before anything is reported. */
static void resumed_in_vain(void)
{
	ist_channel c = 0;
	struct both b;

	resume_both_open(&b, 1);
	resume_die(&b.h[0], server, &b.h[1]);
	for (unsigned i = 0; i < 20; i++) {
		CU_ASSERT_EQUAL(fake_resume(&b.h[0], b.s[0]->ticket, b.s[0]->len, &c), 0);
		fake_disconnect(&b.h[0], c);
	}
	CU_ASSERT_EQUAL(fake_resume(&b.h[0], b.s[0]->ticket, b.s[0]->len, &c), 0);
	fake_run(&b.h[0], fake_now);
	CU_ASSERT_EQUAL(fake_channel(&b.h[0], FAKE_UP), c);
	CU_ASSERT_EQUAL(fake_pending(&b.h[0], FAKE_UP), 0);
	resume_both_close(&b);
}

/* --- tags ------------------------------------------------------------------------------------- */

/* A server, and a host typed by hand, at 00:00:5e:00:53:01. */
struct typed {
	struct fake_host h, far;
	char mac[13];
};

static void resume_rx(struct typed *t, const char *dst, const char *rest)
{
	uint8_t frame[1600];
	char hex[3200];

	snprintf(hex, sizeof(hex), "%s 00005e005301 %s", dst, rest);
	CU_ASSERT_EQUAL(fake_send(&t->far, 1, frame, test_hex(frame, sizeof(frame), hex)), 1);
	fake_run(&t->h, fake_now);
}

/* Behind the addresses. */
static const char *resume_sent(struct typed *t)
{
	static char hex[3200];
	struct fake_event *e = fake_take(&t->far, FAKE_FRAME);

	hex[0] = '\0';
	for (size_t i = 12; e && i < e->len && i < 1500; i++)
		sprintf(hex + 2 * (i - 12), "%02x", e->data[i]);
	for (unsigned i = 6; e && i < 12; i++)
		sprintf(t->mac + 2 * (i - 6), "%02x", e->data[i]);
	fake_free(e);
	return hex;
}

/* A session of a host that sends these tags, as hex of so many octets, in its PADR. */
static void resume_open(struct typed *t, const char *tags, unsigned octets)
{
	char cookie[33], padr[3200];

	memset(t, 0, sizeof(*t));
	memset(heard, 0, sizeof(heard));
	fake_open(&t->h, &pppoe_transport,
		  (const char *const[]){"link=loop:pt", "ac-name=ac", NULL});
	fake_open(&t->far, &raw_transport, (const char *const[]){"link=loop:pt", NULL});
	t->h.on_event = resume_hear_server;
	fake_join(&t->h, &t->far);
	fake_run(&t->h, fake_now + 2 * S);
	resume_rx(t, "ffffffffffff", "8863 1109 0000 0004 0101 0000");
	CU_ASSERT_EQUAL_FATAL(
		sscanf(resume_sent(t), "886311070000001e0102000261630101000001040010%32s", cookie),
		1);
	snprintf(padr, sizeof(padr), "8863 1119 0000 %04x 0101 0000 0104 0010 %s %s", 24 + octets,
		 cookie, tags);
	resume_rx(t, t->mac, padr);
	resume_sent(t); /* PADS */
	CU_ASSERT_FATAL(heard[0].channel != 0);
}

/* RFC 2516 5.5 and appendix A: a PADT has the Relay-Session-Id of its session. */
static void the_relay_of_a_session(void)
{
	struct known k;
	char padt[100];
	struct typed t;

	resume_open(&t, "0110 0003 717273", 7);
	k = heard[0];
	resume_die(&t.h, (const char *const[]){"link=loop:pt", "ac-name=ac", NULL}, &t.far);
	CU_ASSERT_EQUAL_FATAL(fake_resume(&t.h, k.ticket, k.len, &k.channel), 0);
	fake_run(&t.h, fake_now + 3 * S);
	fake_forget(&t.far);
	fake_disconnect(&t.h, k.channel);
	fake_run(&t.h, fake_now);
	snprintf(padt, sizeof(padt), "886311a7%04x000701100003717273", k.number);
	CU_ASSERT_STRING_EQUAL(resume_sent(&t), padt);
	fake_close(&t.h);
	fake_close(&t.far);
}

/* More than a ticket has room for: the session is as good, but it ends with its process. */
static void tags_without_end(void)
{
	static char tags[2100];
	struct typed t;

	snprintf(tags, sizeof(tags), "0103 03f8 %02032d", 0);
	resume_open(&t, tags, 4 + 1016);
	CU_ASSERT_EQUAL(heard[0].len, 0);
	fake_close(&t.h);
	fake_close(&t.far);
}

/* --- hostile ---------------------------------------------------------------------------------- */

static void resume_hostile(struct both *b, unsigned end, const uint8_t *ticket, size_t len)
{
	struct fake_host *h = &b->h[end];
	ist_channel c = 0;
	int r = fake_resume(h, ticket, len, &c);

	CU_ASSERT(r == 0 || r == -EINVAL || r == -ESTALE);
	if (r)
		return;
	fake_run(h, fake_now);
	CU_ASSERT_EQUAL(fake_channel(h, FAKE_UP), c);
	CU_ASSERT(fake_send(h, c, "\xc0\x21", 2) == 1);
	fake_disconnect(h, c);
	fake_forget(h);
}

static void hostile_tickets(void)
{
	uint64_t seed = test_seed();

	for (unsigned end = 0; end < 2; end++) {
		uint8_t octets[IST_TICKET_MAX + 1] = {0};
		struct known k;
		ist_channel c;
		struct both b;

		resume_both_open(&b, 1);
		k = b.s[end][0];
		resume_die(&b.h[end], config[end], &b.h[!end]);
		CU_ASSERT_EQUAL(fake_resume(&b.h[end], octets, 0, &c), -EINVAL);
		CU_ASSERT_EQUAL(fake_resume(&b.h[end], octets, sizeof(octets), &c), -EINVAL);
		for (size_t len = 0; len < k.len; len++)
			CU_ASSERT_EQUAL(fake_resume(&b.h[end], k.ticket, len, &c), -EINVAL);
		for (unsigned i = 0; i < 20000; i++) {
			memcpy(octets, k.ticket, k.len);
			for (uint64_t n = 1 + test_rand(&seed) % 3; n > 0; n--)
				octets[test_rand(&seed) % k.len] = (uint8_t)test_rand(&seed);
			resume_hostile(&b, end, octets, k.len);
		}
		resume_both_close(&b);
	}
}

static const struct test_case cases[] = {
	{"sessions_of_a_server_go_on", sessions_of_a_server_go_on},
	{"sessions_of_a_client_go_on", sessions_of_a_client_go_on},
	{"no_id_is_given_twice", no_id_is_given_twice},
	{"a_channel_that_is_there", a_channel_that_is_there},
	{"what_cannot_be_resumed", what_cannot_be_resumed},
	{"resumed_without_a_link", resumed_without_a_link},
	{"resumed_in_vain", resumed_in_vain},
	{"the_relay_of_a_session", the_relay_of_a_session},
	{"tags_without_end", tags_without_end},
	{"hostile_tickets", hostile_tickets},
	{NULL, NULL},
};
const struct test_suite suite_pppoe_resume = {"pppoe_resume", cases};
