/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/fake_radius.h"

#include "tests/gw/bench.h"

#include <stdlib.h>
#include <string.h>

struct fake_radius fake_radius;

/* In the place of the pool's own. */
struct fake_request {
	struct loop_timer timer;
	radius_done done;
	void *ctx;
	uint8_t octets[RADIUS_MAX], authenticator[RADIUS_AUTH];
	size_t len;
};

struct radius_request *__real_radius_client_ask(struct radius_client *c,
						const struct radius_question *q, radius_done done,
						void *ctx, uint64_t now);
void __real_radius_client_cancel(struct radius_client *c, struct radius_request *r);
struct radius_request *__wrap_radius_client_ask(struct radius_client *c,
						const struct radius_question *q, radius_done done,
						void *ctx, uint64_t now);
void __wrap_radius_client_cancel(struct radius_client *c, struct radius_request *r);

static void fake_radius_answers(void *ctx, uint64_t now)
{
	struct fake_request *r = ctx;
	struct radius_answer a = {.request = r->authenticator, .secret = "secret"};

	CU_ASSERT_TRUE_FATAL(radius_open(&a.packet, r->octets, r->len));
	r->done(r->ctx, fake_radius.unanswered ? NULL : &a, now);
	free(r);
}

struct radius_request *__wrap_radius_client_ask(struct radius_client *c,
						const struct radius_question *q, radius_done done,
						void *ctx, uint64_t now)
{
	struct fake_request *r;

	if (!fake_radius.on)
		return __real_radius_client_ask(c, q, done, ctx, now);
	fake_radius.asked++;
	memcpy(fake_radius.question, q->attrs, q->len);
	fake_radius.question_len = q->len;
	fake_radius.password_len = q->password_len;
	if (q->password_len)
		memcpy(fake_radius.password, q->password, q->password_len);
	if (fake_radius.judge)
		fake_radius.judge(q);
	r = calloc(1, sizeof(*r));
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	r->done = done;
	r->ctx = ctx;
	r->octets[0] = fake_radius.code;
	r->len = RADIUS_HEAD + test_hex(r->octets + RADIUS_HEAD, sizeof(r->octets) - RADIUS_HEAD,
					fake_radius.attrs);
	wr_put16(r->octets + 2, (uint16_t)r->len);
	loop_timer_init(&r->timer, fake_radius_answers, r);
	if (!fake_radius.silent)
		loop_set(bench.gw->loop, &r->timer, now);
	return (struct radius_request *)r;
}

void __wrap_radius_client_cancel(struct radius_client *c, struct radius_request *request)
{
	struct fake_request *r = (struct fake_request *)request;

	if (!fake_radius.on) {
		__real_radius_client_cancel(c, request);
		return;
	}
	loop_cancel(bench.gw->loop, &r->timer);
	free(r);
}

void fake_radius_accept(const char *attrs)
{
	fake_radius =
		(struct fake_radius){.on = true, .code = RADIUS_ACCESS_ACCEPT, .attrs = attrs};
}

bool fake_radius_asked(const char *hex)
{
	uint8_t want[300];
	size_t n = test_hex(want, sizeof(want), hex);

	for (size_t at = 0; at + n <= fake_radius.question_len; at += fake_radius.question[at + 1])
		if (!memcmp(fake_radius.question + at, want, n))
			return true;
	return false;
}
