/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP ports that go to another process, with their sockets and channels. */
#include "transports/udp/udp.h"

#include "tests/harness.h"
#include "tests/transports/frozen.h"
#include "transports/kit/udp_addr.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FARS 12u

/* A port among many far ends, most of them strangers to it. */
struct udp_town {
	struct fake_host h;
	const char *const *config;
	struct heard heard;
	int far[FARS];
	char at[FARS][60];
	struct udp_ep listens;
	ist_channel seen[64]; /* handles, of which some are stale */
	unsigned seens;
	uint64_t rng, *freezing;
};

static const char *const few[] = {"listen=127.0.0.1:0", "max-channels=8", NULL};
static const char *const dials[] = {"listen=127.0.0.1:0", "max-channels=8", "dial-port=ephemeral",
				    NULL};
static const char *const everywhere[] = {"listen=0.0.0.0:0", "max-channels=8", NULL};

static void town_disturb(struct udp_town *t)
{
	if (t->freezing && test_rand(t->freezing) % 3 == 0)
		fake_hand_over(&t->h, t->config);
}

static void town_listens(struct udp_town *t)
{
	char at[80];

	snprintf(at, sizeof(at), "%s", fake_status(&t->h) + strlen("listening on "));
	at[strcspn(at, ",")] = '\0';
	CU_ASSERT_TRUE_FATAL(udp_ep_parse(&t->listens, at, 0));
	if (udp_ep_wildcard(&t->listens))
		memcpy(t->listens.ip, "\177\0\0\1", 4);
}

static void town_open(struct udp_town *t, const char *const *config, uint64_t seed,
		      uint64_t *freezing)
{
	*t = (struct udp_town){.config = config, .rng = seed, .freezing = freezing};
	fake_now = 1000000;
	fake_open(&t->h, &udp_transport, config);
	town_listens(t);
	for (unsigned i = 0; i < FARS; i++) {
		struct sockaddr_storage ss;
		socklen_t len = sizeof(ss);
		struct udp_ep e;

		udp_ep_parse(&e, "127.0.0.1:0", 0);
		t->far[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		len = udp_ep_to_sock(&e, &ss);
		CU_ASSERT_EQUAL_FATAL(bind(t->far[i], (struct sockaddr *)&ss, len), 0);
		len = sizeof(ss);
		getsockname(t->far[i], (struct sockaddr *)&ss, &len);
		udp_ep_from_sock(&e, &ss);
		udp_ep_format(&e, t->at[i], sizeof(t->at[i]));
	}
}

static void town_close(struct udp_town *t)
{
	heard_all(&t->heard, &t->h);
	heard_line(&t->heard, fake_counted(&t->h));
	for (unsigned i = 0; i < FARS; i++)
		close(t->far[i]);
	fake_close(&t->h);
}

static void town_see(struct udp_town *t, ist_channel c)
{
	t->seen[t->seens++ % 64] = c;
}

static bool town_has(const struct udp_town *t, ist_channel c)
{
	for (unsigned i = 0; i < t->heard.ups; i++)
		if (t->heard.up[i] == c)
			return true;
	return false;
}

static ist_channel town_any(struct udp_town *t)
{
	uint32_t which = (uint32_t)test_rand(&t->rng);
	unsigned n = t->seens < 64 ? t->seens : 64;

	return n ? t->seen[which % n] : 0;
}

/* The far end sends; the datagram is read, or there is no room for a stranger. */
static void town_in(struct udp_town *t, unsigned i)
{
	uint64_t full = fake_count(&t->h, "rx-no-room");
	struct sockaddr_storage ss;
	socklen_t len = udp_ep_to_sock(&t->listens, &ss);
	uint8_t octets[1500];
	size_t n = 1 + test_rand(&t->rng) % sizeof(octets);

	memset(octets, (int)test_rand(&t->rng), n);
	CU_ASSERT_EQUAL(sendto(t->far[i], octets, n, 0, (struct sockaddr *)&ss, len), (ssize_t)n);
	town_disturb(t); /* it waits in the kernel, or is on its way there */
	for (unsigned tries = 0; tries < 5000; tries++) {
		fake_run(&t->h, fake_now);
		if (fake_pending(&t->h, FAKE_FRAME) || fake_count(&t->h, "rx-no-room") != full)
			break;
		usleep(1000);
	}
	for (const struct fake_event *e = t->h.first; e; e = e->next)
		if (e->kind == FAKE_UP && !town_has(t, e->channel))
			town_see(t, e->channel);
	heard_all(&t->heard, &t->h);
}

/* Which far end gets it, and from which of the port's sockets. */
static void town_out(struct udp_town *t)
{
	size_t n = 1 + test_rand(&t->rng) % 1400;
	struct pollfd p[FARS];
	uint8_t octets[1500];
	char line[100];
	int r;

	memset(octets, (int)test_rand(&t->rng), n);
	r = fake_send(&t->h, town_any(t), octets, n);
	town_disturb(t);
	snprintf(line, sizeof(line), "send %d\n", r);
	heard_line(&t->heard, line);
	for (unsigned i = 0; i < FARS; i++)
		p[i] = (struct pollfd){.fd = t->far[i], .events = POLLIN};
	if (r != 1)
		return;
	CU_ASSERT_EQUAL(poll(p, FARS, 5000), 1);
	for (unsigned i = 0; i < FARS; i++) {
		struct sockaddr_storage ss;
		socklen_t len = sizeof(ss);
		struct udp_ep from;

		if (!(p[i].revents & POLLIN))
			continue;
		CU_ASSERT_EQUAL(recvfrom(t->far[i], octets, sizeof(octets), 0,
					 (struct sockaddr *)&ss, &len),
				(ssize_t)n);
		udp_ep_from_sock(&from, &ss);
		snprintf(line, sizeof(line), "far end %u has %zu, %02x, from the %s port\n", i, n,
			 octets[n - 1], from.port == t->listens.port ? "listening" : "other");
		heard_line(&t->heard, line);
	}
}

static void town_control(struct udp_town *t, unsigned what)
{
	unsigned i = test_rand(&t->rng) % FARS;
	ist_channel c = town_any(t);
	char line[60];
	int r = 0;

	if (what == 0)
		r = fake_connect(&t->h, t->at[i], IST_PAYLOAD_L2TP, &c);
	else if (what == 1)
		r = fake_answer(&t->h, c);
	else
		fake_disconnect(&t->h, c);
	if (what == 0 && !r)
		town_see(t, c);
	if (what == 2)
		heard_is_up(&t->heard, c, false);
	snprintf(line, sizeof(line), "%u %d %x\n", what, r, (unsigned)c);
	heard_line(&t->heard, line);
}

static void town_live(struct udp_town *t, const char *const *config, uint64_t seed,
		      uint64_t *freezing)
{
	town_open(t, config, seed, freezing);
	for (unsigned n = 0; n < 400; n++) {
		unsigned what = test_rand(&t->rng) % 16;

		if (what < 9)
			town_in(t, test_rand(&t->rng) % FARS);
		else if (what < 12)
			town_out(t);
		else
			town_control(t, (what - 12) % 3);
		town_disturb(t);
		fake_now += 1000;
	}
	town_close(t);
}

static void a_random_run(const char *const *config)
{
	uint64_t seed = test_seed(), freezing = seed ^ 0x5eed;
	static struct udp_town plain, other;

	town_live(&plain, config, seed, NULL);
	town_live(&other, config, seed, &freezing);
	CU_ASSERT(heard_same("the port", &plain.heard, &other.heard));
	CU_ASSERT(plain.heard.frames > 100);
	free(plain.heard.text);
	free(other.heard.text);
}

static void random_runs(void)
{
	a_random_run(few);
	a_random_run(dials);
	a_random_run(everywhere);
}

/* Those that were reported up are so again, before the frames that wait; what was dialled was not.
 */
static void channels_come_first(void)
{
	static struct udp_town t;
	ist_channel stranger, dialled;

	town_open(&t, few, 1, NULL);
	town_in(&t, 0);
	stranger = t.seen[0];
	CU_ASSERT_EQUAL(fake_connect(&t.h, t.at[1], IST_PAYLOAD_L2TP, &dialled), 0);
	fake_forget(&t.h);
	fake_hand_over(&t.h, few);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_UP), 0);
	fake_run(&t.h, fake_now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t.h.first);
	CU_ASSERT_STRING_EQUAL(fake_addr(&t.h, &t.h.first->attrs.peer), t.at[0]);
	CU_ASSERT_EQUAL(t.h.first->channel, stranger);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_UP), 1);
	fake_forget(&t.h);
	town_in(&t, 0); /* told once */
	CU_ASSERT_EQUAL(t.seens, 1);
	town_close(&t);
	free(t.heard.text);
}

static void thaw_as(struct udp_town *t, const char *const *config)
{
	struct fake_frozen f;
	char err[200] = "";

	fake_freeze(&t->h, &f);
	CU_ASSERT_EQUAL(fake_thaw(&t->h, &f, config, err, sizeof(err)), 0);
	fake_frozen_free(&f);
	fake_forget(&t->h);
	fake_run(&t->h, fake_now);
}

/* Elsewhere, in another way, or with less room: the port begins anew, and still counts on. */
static void udp_other_settings(void)
{
	static const char *const rows[][4] = {
		{"listen=127.0.0.1:0", "dial-port=ephemeral", NULL},
		{"listen=0.0.0.0:0", NULL},
		{"listen=[::1]:0", NULL},
		{"listen=127.0.0.1:0", "max-channels=4", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static struct udp_town t;

		town_open(&t, few, 1, NULL);
		town_in(&t, 0);
		thaw_as(&t, rows[i]);
		CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_UP), 0);
		CU_ASSERT_EQUAL(fake_count(&t.h, "rx-frames"), 1);
		CU_ASSERT_EQUAL(fake_send(&t.h, t.seen[0], "x", 1), -ESTALE);
		town_close(&t);
		free(t.heard.text);
	}
}

static void more_room(void)
{
	static const char *const more[] = {"listen=127.0.0.1:0", "max-channels=100", NULL};
	static struct udp_town t;

	town_open(&t, few, 1, NULL);
	town_in(&t, 0);
	thaw_as(&t, more);
	CU_ASSERT_EQUAL(fake_channel(&t.h, FAKE_UP), t.seen[0]);
	CU_ASSERT_STRING_EQUAL(fake_fill(&t.h), "channels 1/100 0/0");
	town_close(&t);
	free(t.heard.text);
}

/* The kernel counts what a socket has lost; of two processes that is counted once. */
static void lost_datagrams(void)
{
	static const char *const small[] = {"listen=127.0.0.1:0", "rcvbuf=4096", NULL};
	static struct udp_town t;
	uint8_t octets[1400] = {0};
	struct sockaddr_storage ss;
	socklen_t len;
	uint64_t lost;

	town_open(&t, small, 1, NULL);
	len = udp_ep_to_sock(&t.listens, &ss);
	for (unsigned i = 0; i < 200; i++)
		sendto(t.far[0], octets, sizeof(octets), 0, (struct sockaddr *)&ss, len);
	for (unsigned tries = 0; tries < 5000 && !fake_count(&t.h, "rx-lost"); tries++)
		usleep(1000);
	lost = fake_count(&t.h, "rx-lost");
	CU_ASSERT(lost > 0);
	fake_hand_over(&t.h, small);
	fake_hand_over(&t.h, small);
	CU_ASSERT(fake_count(&t.h, "rx-lost") >= lost && fake_count(&t.h, "rx-lost") < 2 * lost);
	town_close(&t);
	free(t.heard.text);
}

static void not_a_socket_of_ours(void)
{
	static struct udp_town t;
	struct fake_frozen f;
	char err[200] = "";
	int kinds[3];

	kinds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	kinds[1] = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	kinds[2] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); /* bound to nothing */
	for (unsigned i = 0; i < 3; i++) {
		town_open(&t, few, 1, NULL);
		town_in(&t, 0);
		fake_freeze(&t.h, &f);
		CU_ASSERT_EQUAL(dup2(kinds[i], f.fd[0]), f.fd[0]);
		CU_ASSERT_EQUAL(fake_thaw(&t.h, &f, few, err, sizeof(err)), 0);
		fake_frozen_free(&f);
		fake_run(&t.h, fake_now);
		CU_ASSERT_EQUAL(fake_send(&t.h, t.seen[0], "x", 1), -ESTALE);
		town_listens(&t);
		town_in(&t, 0); /* by a socket of its own */
		CU_ASSERT_EQUAL(t.heard.frames, 2);
		town_close(&t);
		free(t.heard.text);
		close(kinds[i]);
	}
}

static void hostile_octets_of_udp(void)
{
	static struct udp_town t;
	ist_channel c;

	town_open(&t, dials, 1, NULL);
	for (unsigned i = 0; i < 4; i++)
		town_in(&t, i);
	CU_ASSERT_EQUAL(fake_connect(&t.h, t.at[5], IST_PAYLOAD_L2TP, &c), 0);
	fake_disconnect(&t.h, t.seen[1]);
	fake_forget(&t.h);
	frozen_hostile(&t.h, dials, test_seed());
	for (unsigned i = 0; i < FARS; i++)
		close(t.far[i]);
	free(t.heard.text);
}

static const struct test_case cases[] = {
	{"random_runs", random_runs},
	{"channels_come_first", channels_come_first},
	{"udp_other_settings", udp_other_settings},
	{"more_room", more_room},
	{"lost_datagrams", lost_datagrams},
	{"not_a_socket_of_ours", not_a_socket_of_ours},
	{"hostile_octets_of_udp", hostile_octets_of_udp},
	{NULL, NULL},
};
const struct test_suite suite_udp_freeze = {"udp_freeze", cases};
