/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/frozen.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void heard_line(struct heard *h, const char *line)
{
	size_t n = strlen(line);

	if (h->len + n + 1 > h->room) {
		h->room = 2 * (h->len + n + 1);
		h->text = realloc(h->text, h->room);
	}
	if (!h->text)
		abort();
	memcpy(h->text + h->len, line, n + 1);
	h->len += n;
}

bool heard_is_up(struct heard *h, ist_channel c, bool up)
{
	for (unsigned i = 0; i < h->ups; i++) {
		if (h->up[i] != c)
			continue;
		if (!up) {
			h->up[i] = h->up[--h->ups];
			h->permanent[i] = h->permanent[h->ups];
			h->attrs[i] = h->attrs[h->ups];
		}
		return true;
	}
	if (up && h->ups < CHANNELS)
		h->up[h->ups++] = c;
	return false;
}

static uint32_t heard_sum(uint32_t sum, const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum = sum * 31 + octets[i];
	return sum;
}

static bool heard_is_offered(struct heard *h, ist_channel c)
{
	for (unsigned i = 0; i < h->offers; i++)
		if (h->offered[i] == c)
			return true;
	h->offered[h->offers++ % CHANNELS] = c;
	return false;
}

/* It was up, and has the same attributes. */
static bool heard_again(struct heard *h, const struct fake_event *e)
{
	if (!heard_is_up(h, e->channel, true)) {
		h->permanent[h->ups - 1] = e->attrs.permanent;
		h->attrs[h->ups - 1] = e->attrs_sum;
		return false;
	}
	for (unsigned i = 0; i < h->ups; i++)
		if (h->up[i] == e->channel && h->attrs[i] != e->attrs_sum)
			heard_line(h, "with other attributes\n");
	return true;
}

/* A channel that is reported up, or offered, once more has been handed over: that is not noted. */
static void heard_event(struct heard *h, const struct fake_event *e)
{
	static const char *const kinds[] = {"",	    "frame", "offer",	 "up",
					    "down", "mtu",   "writable", "failed"};
	uint32_t sum = heard_sum(e->flags, e->data, e->len);
	char line[120];

	if (e->kind == FAKE_UP && heard_again(h, e))
		return;
	if (e->kind == FAKE_OFFER && heard_is_offered(h, e->channel))
		return;
	if (e->kind == FAKE_DOWN)
		heard_is_up(h, e->channel, false);
	h->frames += e->kind == FAKE_FRAME;
	snprintf(line, sizeof(line), "%llu %s %x %u %08x cause %u %u\n", (unsigned long long)e->at,
		 kinds[e->kind], (unsigned)e->channel, e->len, sum, e->cause.kind,
		 e->cause.diagnostic);
	heard_line(h, line);
}

/* Every frame on the wire too: a port can be wrong without its host hearing of it. */
static void heard_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
		      size_t len)
{
	char line[80];

	(void)link_type;
	snprintf(line, sizeof(line), "%llu %s %zu %08x\n", (unsigned long long)fake_now,
		 outbound ? "sends" : "gets", len, heard_sum(0, frame, len));
	heard_line(arg, line);
}

void heard_all(struct heard *h, struct fake_host *host)
{
	for (const struct fake_event *e = host->first; e; e = e->next)
		heard_event(h, e);
	fake_forget(host);
}

static void frozen_send(struct fake_host *h, const struct heard *hd, uint64_t *rng, uint32_t most)
{
	static uint8_t octets[65536];
	uint32_t len = 1 + (uint32_t)(test_rand(rng) % most);
	uint64_t fill = test_rand(rng);

	if (!hd->ups)
		return;
	for (uint32_t i = 0; i < len; i++)
		octets[i] = (uint8_t)(fill >> i % 57);
	fake_send(h, hd->up[test_rand(rng) % hd->ups], octets, len);
}

/* By its handle, so that one that is offered again gets no other answer. */
static void frozen_answer(struct fake_host *h, const struct fake_event *e)
{
	unsigned how = (e->channel * 2654435761u >> 16) % 8;

	if (e->kind != FAKE_OFFER)
		return;
	if (how == 7)
		fake_refuse(h, e->channel);
	else if (how != 6)
		fake_answer(h, e->channel);
}

static void frozen_call(struct fake_host *h, struct heard *hd, const char *to, uint64_t *rng)
{
	unsigned what = test_rand(rng) % 16, which = (unsigned)test_rand(rng);
	char line[60];
	ist_channel c = 0;
	int r;

	if (!to)
		return;
	if (what < 3) {
		r = fake_connect(h, to,
				 what && h->tr->caps & IST_CAP_L2TP ? IST_PAYLOAD_L2TP
								    : IST_PAYLOAD_PPP,
				 &c);
		snprintf(line, sizeof(line), "%llu calls %d\n", (unsigned long long)fake_now, r);
		heard_line(hd, line);
		hd->calls += !r;
	} else if (what == 3 && hd->ups) {
		c = hd->up[which % hd->ups];
		if (hd->permanent[which % hd->ups])
			return;
		fake_disconnect(h, c);
		heard_is_up(hd, c, false);
	}
}

/* freezing: where the instants come from; NULL = undisturbed. */
static void frozen_talk(const struct frozen_run *r, uint64_t seed, uint64_t *freezing,
			struct heard heard[2])
{
	struct fake_host h[2];
	uint64_t rng = seed, octets = seed;

	fake_random = &octets;
	fake_now = 1000000;
	fake_open(&h[0], r->tr, r->config[0]);
	fake_open(&h[1], r->tr, r->config[1]);
	fake_join(&h[0], &h[1]);
	for (unsigned i = 0; i < 2; i++) {
		h[i].tap_on = true;
		h[i].on_tap = heard_tap;
		h[i].tap_arg = &heard[i];
		h[i].on_event = frozen_answer;
	}
	for (unsigned step = 0; step < r->steps; step++) {
		unsigned n = test_rand(&rng) % 4;

		fake_run(&h[0], fake_now + test_rand(&rng) % r->pause);
		for (unsigned i = 0; i < 2; i++)
			heard_all(&heard[i], &h[i]);
		if (freezing && test_rand(freezing) % 4 == 0)
			fake_hand_over(&h[0], r->config[0]);
		for (unsigned i = 0; i < 2 * n; i++)
			frozen_send(&h[i % 2], &heard[i % 2], &rng, r->frame_most);
		for (unsigned i = 0; i < 2; i++)
			frozen_call(&h[i], &heard[i], r->to[i], &rng);
		if (freezing && test_rand(freezing) % 4 == 0)
			fake_hand_over(&h[0], r->config[0]);
	}
	for (unsigned i = 0; i < 2; i++) {
		heard_all(&heard[i], &h[i]);
		heard_line(&heard[i], fake_counted(&h[i]));
		fake_close(&h[i]);
	}
	fake_random = NULL;
}

/* The first line in which they differ. */
static void frozen_differ(const char *who, const char *a, const char *b)
{
	size_t line = 0;

	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '\n')
			line = i + 1;
	printf("\n      %s undisturbed: %.*s\n      %s handed over: %.*s\n", who,
	       (int)strcspn(a + line, "\n"), a + line, who, (int)strcspn(b + line, "\n"), b + line);
}

bool heard_same(const char *who, const struct heard *a, const struct heard *b)
{
	const char *x = a->text ? a->text : "", *y = b->text ? b->text : "";

	if (!strcmp(x, y))
		return true;
	frozen_differ(who, x, y);
	return false;
}

bool frozen_same(const struct frozen_run *r, uint64_t seed)
{
	static const char *const who[2] = {"the port", "the far end"};
	struct heard plain[2] = {0}, other[2] = {0};
	uint64_t freezing = seed ^ 0x5eed;
	bool same = true;

	frozen_talk(r, seed, NULL, plain);
	frozen_talk(r, seed, &freezing, other);
	for (unsigned i = 0; i < 2; i++) {
		same &= heard_same(who[i], &plain[i], &other[i]);
		if (!plain[i].frames || (r->to[i] && !plain[i].calls))
			same = false; /* a run in which nothing was heard shows nothing */
		free(plain[i].text);
		free(other[i].text);
	}
	return same;
}

static void frozen_try(struct fake_host *h, const struct fake_frozen *of, size_t len, size_t at,
		       uint8_t value, const char *const *config)
{
	struct fake_frozen f = *of;
	char err[200] = "";

	f.f.len = len;
	f.f.octets = malloc(len ? len : 1);
	if (!f.f.octets)
		abort();
	memcpy(f.f.octets, of->f.octets, len);
	if (at < len)
		f.f.octets[at] = value;
	for (unsigned i = 0; i < f.f.fds; i++)
		f.fd[i] = dup(of->fd[i]);
	f.f.fd = f.fd;
	if (fake_thaw(h, &f, config, err, sizeof(err))) {
		CU_ASSERT(err[0]);
	} else {
		fake_run(h, fake_now);
		h->in_call++;
		h->tr->close(h->port);
		h->in_call--;
		fake_forget(h);
	}
	fake_frozen_free(&f);
}

void frozen_hostile(struct fake_host *h, const char *const *config, uint64_t seed)
{
	struct fake_frozen f;

	fake_freeze(h, &f);
	fake_leave(h);
	for (size_t len = 0; len < f.f.len; len += 1 + f.f.len / 300)
		frozen_try(h, &f, len, len, 0, config);
	for (unsigned i = 0; i < 3000; i++)
		frozen_try(h, &f, f.f.len, test_rand(&seed) % f.f.len, (uint8_t)test_rand(&seed),
			   config);
	fake_frozen_free(&f);
	fake_forget(h);
}
