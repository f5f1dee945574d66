/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of joins: version, when it began, why these legs; then the first leg, the second and the
 * owner, each with its kind and length, so that later releases can add to any of them.
 */
#include "gw/bridge.h"
#include "gw/client.h"
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/outgoing.h"
#include "gw/record.h"
#include "gw/resume.h"
#include "gw/switch.h"

#include <stdio.h>
#include <string.h>

#define VERSION 1u

/* --- writing ---------------------------------------------------------------------------------- */

static const struct resume_row *resume_join_row(enum leg_kind first, enum leg_kind second)
{
	for (unsigned i = 0; i < resume_rows_len; i++)
		if (resume_rows[i].first == first && resume_rows[i].second == second)
			return &resume_rows[i];
	return NULL;
}

/* A terminal goes on as soon as there is a call or line for it; others when both ends are up. */
bool resume_join_keeps(const struct join *j)
{
	const struct leg *b = j->leg[1];
	bool begun = b->ops->entry ? j->told_up : b->state >= LEG_STARTING;

	return !j->ending && j->leg[0]->state == LEG_UP && begun && b->state <= LEG_UP;
}

static bool resume_join_leg(const struct leg *l, struct wr *w)
{
	size_t at;

	wr_u8(w, (uint8_t)l->ops->kind);
	at = w->len;
	wr_u16(w, 0);
	if (!l->ops->save || !l->ops->save(l, w))
		return false;
	wr_patch16(w, at, (uint16_t)(w->len - at - 2));
	return true;
}

static bool resume_join_owner(const struct join *j, struct wr *w)
{
	size_t at = w->len;

	wr_u16(w, 0);
	if (j->owned && !j->owned->by->save(j->owned->ctx, w))
		return false;
	wr_patch16(w, at, (uint16_t)(w->len - at - 2));
	return true;
}

size_t resume_join_save(const struct join *j, uint8_t *buf, size_t cap)
{
	const struct resume_row *row = resume_join_row(j->leg[0]->ops->kind, j->leg[1]->ops->kind);
	struct wr w = wr_init(buf, cap);

	if (!row || (j->owned && !j->owned->by->save))
		return 0;
	wr_u8(&w, VERSION);
	wr_u64(&w, j->since);
	record_text(&w, j->reason);
	if (!resume_join_leg(j->leg[0], &w) || !resume_join_leg(j->leg[1], &w) ||
	    !resume_join_owner(j, &w) || w.bad)
		return 0;
	return w.len;
}

/* --- going on --------------------------------------------------------------------------------- */

/* Called by a section of ours, or by the client. */
static struct join *resume_join_server(struct resume_from *f)
{
	struct leg *call, *server;

	if (f->owner.left)
		return outgoing_resume(f);
	call = leg_call_resume(f->gw, &f->leg[0], &f->words);
	server = call ? leg_server_resume(f->gw, &f->leg[1], &f->words) : NULL;
	if (call && !server)
		call->ops->free(call);
	return server ? join_new(f->gw->joins, call, server, NULL, NULL, f->now) : NULL;
}

const struct resume_row resume_rows[] = {
	{LEG_CALL, LEG_SERVER, resume_join_server},
	{LEG_CALL, LEG_CLIENT, client_resume},
	{LEG_CALL, LEG_LINE, line_resume_call},
	{LEG_CALL, LEG_CALL, switch_resume},
	{LEG_LINE, LEG_SERVER, line_resume_server},
	{LEG_LINE, LEG_CLIENT, client_resume},
	{LEG_BUNDLE, LEG_SERVER, leg_server_resume_bundle},
	{LEG_BUNDLE, LEG_CLIENT, client_resume_bundle},
	{LEG_LINE, LEG_CALL, line_resume_wanted},
	{LEG_LINE, LEG_LINE, bridge_resume},
};
const unsigned resume_rows_len = sizeof(resume_rows) / sizeof(resume_rows[0]);

/* From here on it is as one that was begun here: what fails ends it in good order. */
static void resume_join_go_on(struct join *j, struct resume_from *f)
{
	struct leg *l = j->leg[1];
	const char *words;

	j->leg[0]->state = LEG_UP;
	l->state = LEG_STARTING;
	words = l->ops->resume(l, &f->leg[1], f->now);
	if (words) {
		struct leg_end why = leg_end(LEG_BY_RESOURCES, words);

		join_cut(j, &why, f->now);
	}
}

bool resume_join_is_bundle(const uint8_t *rec, size_t len)
{
	struct rd r = rd_init(rec, len);

	rd_skip(&r, 1 + 8);
	rd_skip(&r, rd_u8(&r)); /* why these legs */
	return rd_u8(&r) == LEG_BUNDLE;
}

/* What its user had outside its legs is known to be left, and will be given back. */
static void resume_join_leaves(struct resume_from *f, enum leg_kind second)
{
	const char *ignored;
	struct leg *l =
		second == LEG_SERVER ? leg_server_resume(f->gw, &f->leg[1], &ignored) : NULL;

	if (l)
		l->ops->free(l);
}

struct join *resume_join(struct gw *gw, const uint8_t *rec, size_t len, const char **words,
			 uint64_t now)
{
	struct resume_from f = {.gw = gw, .now = now, .words = "its record cannot be read"};
	char reason[RECORD_TEXT_MAX + 1];
	struct rd r = rd_init(rec, len);
	const struct resume_row *row;
	bool known = rd_u8(&r) == VERSION;
	uint64_t since = rd_u64(&r);
	struct rd second;
	uint8_t kind[2];
	struct join *j;

	record_read_text(&r, reason, sizeof(reason));
	for (unsigned i = 0; i < 2; i++) {
		kind[i] = rd_u8(&r);
		f.leg[i] = rd_sub(&r, rd_u16(&r));
	}
	f.owner = rd_sub(&r, rd_u16(&r));
	row = known && !r.bad ? resume_join_row(kind[0], kind[1]) : NULL;
	second = f.leg[1];
	j = row ? row->make(&f) : NULL;
	if (!j) {
		f.leg[1] = second;
		resume_join_leaves(&f, kind[1]);
		*words = f.words ? f.words : "out of memory";
		return NULL;
	}
	j->since = since < now ? since : now;
	if (*reason)
		join_explain(j, reason);
	resume_join_go_on(j, &f);
	return j;
}
