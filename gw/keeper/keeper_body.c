/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/keeper/keeper_body.h"

/* Text: its length in one octet, then its octets; what does not fit `cap` with its NUL is cut when
 * it is written and refused when it is read. */
static void keeper_put_text(struct wr *w, const char *text, size_t cap)
{
	size_t n = strnlen(text, cap - 1);

	wr_u8(w, (uint8_t)n);
	wr_bytes(w, text, n);
}

/* Words go to a log and a terminal: what is no printable ASCII becomes '?'. */
static void keeper_get_text(struct rd *r, char *out, size_t cap)
{
	size_t n = rd_u8(r);
	const uint8_t *p = n < cap ? rd_take(r, n) : NULL;

	out[0] = '\0';
	if (!p) {
		rd_fail(r);
		return;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = p[i] >= ' ' && p[i] < 0x7f ? (char)p[i] : '?';
	out[n] = '\0';
}

void keeper_put_go(struct wr *w, const struct keeper_go *go)
{
	wr_u32(w, go->life);
	wr_u32(w, go->delay);
	keeper_put_text(w, go->why, sizeof(go->why));
}

bool keeper_get_go(const uint8_t *body, size_t len, struct keeper_go *out)
{
	struct rd r = rd_init(body, len);

	out->life = rd_u32(&r);
	out->delay = rd_u32(&r);
	keeper_get_text(&r, out->why, sizeof(out->why));
	return !r.bad && !r.left;
}

void keeper_put_process(struct wr *w, const struct keeper_process *p)
{
	keeper_put_text(w, p->name, sizeof(p->name));
	keeper_put_text(w, p->state, sizeof(p->state));
	wr_u32(w, p->pid);
	wr_u32(w, p->age);
	wr_u32(w, p->restarts);
	wr_u32(w, p->uid);
	wr_u64(w, p->capabilities);
	wr_u8(w, p->seccomp);
	keeper_put_text(w, p->why, sizeof(p->why));
}

static void keeper_get_process(struct rd *r, struct keeper_process *out)
{
	*out = (struct keeper_process){0};
	keeper_get_text(r, out->name, sizeof(out->name));
	keeper_get_text(r, out->state, sizeof(out->state));
	out->pid = rd_u32(r);
	out->age = rd_u32(r);
	out->restarts = rd_u32(r);
	out->uid = rd_u32(r);
	out->capabilities = rd_u64(r);
	out->seccomp = rd_u8(r);
	keeper_get_text(r, out->why, sizeof(out->why));
}

void keeper_put_program(struct wr *w, const char *file, uint64_t built)
{
	keeper_put_text(w, file, KEEPER_FILE_MAX);
	wr_u64(w, built);
}

bool keeper_get_programs(const uint8_t *body, size_t len, struct keeper_process *of, unsigned n)
{
	struct rd r = rd_init(body, len);

	for (unsigned i = 0; i < n; i++) {
		keeper_get_text(&r, of[i].program, sizeof(of[i].program));
		of[i].built = rd_u64(&r);
	}
	if (!r.bad && !r.left)
		return true;
	for (unsigned i = 0; i < n; i++)
		of[i].program[0] = '\0';
	return false;
}

void keeper_put_progress(struct wr *w, const struct keeper_progress *p)
{
	wr_u32(w, p->number);
	wr_u8(w, p->state);
	for (unsigned i = 0; i < p->steps; i++) {
		wr_u32(w, p->step[i].ms);
		keeper_put_text(w, p->step[i].words, sizeof(p->step[i].words));
	}
}

bool keeper_get_progress(const uint8_t *body, size_t len, struct keeper_progress *out)
{
	struct rd r = rd_init(body, len);

	*out = (struct keeper_progress){0};
	out->number = rd_u32(&r);
	out->state = rd_u8(&r);
	while (!r.bad && r.left && out->steps < KEEPER_STEPS_MAX) {
		struct keeper_step *s = &out->step[out->steps++];

		s->ms = rd_u32(&r);
		keeper_get_text(&r, s->words, sizeof(s->words));
	}
	return !r.bad && !r.left && out->state < KEEPER_UPGRADE_STATES;
}

unsigned keeper_get_processes(const uint8_t *body, size_t len,
			      struct keeper_process out[KEEPER_PROCESSES_MAX])
{
	struct rd r = rd_init(body, len);
	unsigned n = 0;

	while (r.left && !r.bad && n < KEEPER_PROCESSES_MAX)
		keeper_get_process(&r, &out[n++]);
	return r.bad || r.left ? 0 : n;
}
