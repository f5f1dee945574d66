/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a configuration as one text, behind a line that no file of an administrator begins
 * with.  Numbers are in network order, and of each part there are: from 4, at 4, mode 4, and the
 * octets of its name, its text and of what is wrong with it, 4 each; then these.  A part without a
 * text has something that is wrong.
 */
#include "cfg/parts.h"

#include "core/bytes.h"

#include <string.h>

static const char bundle_head[] = "\0isthmus files 1\n";

#define BUNDLE_HEAD (sizeof(bundle_head) - 1)

bool cfg_is_bundle(const char *text, size_t len)
{
	return len >= BUNDLE_HEAD && !memcmp(text, bundle_head, BUNDLE_HEAD);
}

static void bundle_put_one(struct arena_buf *b, const struct cfg_part *p)
{
	const char *wrong = p->wrong ? p->wrong : "";
	uint8_t head[24];
	struct wr w = wr_init(head, sizeof(head));

	wr_u32(&w, p->from);
	wr_u32(&w, (uint32_t)p->at);
	wr_u32(&w, p->mode);
	wr_u32(&w, (uint32_t)strlen(p->name));
	wr_u32(&w, (uint32_t)p->len);
	wr_u32(&w, (uint32_t)strlen(wrong));
	arena_add(b, (const char *)head, w.len);
	arena_add_text(b, p->name);
	arena_add(b, p->text ? p->text : "", p->len);
	arena_add_text(b, wrong);
}

void cfg_bundle_put(struct arena_buf *b, const struct cfg_load *l)
{
	arena_add(b, bundle_head, BUNDLE_HEAD);
	for (unsigned i = 0; i < l->parts; i++)
		bundle_put_one(b, &l->part[i]);
}

/* NULL when it is not there, or holds what no message can show. */
static const char *bundle_text(struct cfg_load *l, struct rd *r, size_t n)
{
	const char *p = (const char *)rd_take(r, n);

	for (size_t i = 0; p && i < n; i++)
		if (!p[i])
			return NULL;
	return p ? arena_text(l->scratch, p, n) : NULL;
}

static bool bundle_get_one(struct cfg_load *l, struct rd *r)
{
	unsigned number = l->parts, from = rd_u32(r);
	size_t at = rd_u32(r), name_len, len, wrong_len;
	unsigned mode = rd_u32(r);
	const char *name, *text, *wrong;
	struct cfg_part *p;

	name_len = rd_u32(r);
	len = rd_u32(r);
	wrong_len = rd_u32(r);
	name = bundle_text(l, r, name_len);
	text = (const char *)rd_take(r, len);
	wrong = bundle_text(l, r, wrong_len);
	p = name && text && wrong ? cfg_part_add(l, number ? name : l->file) : NULL;
	if (!p || len > CFG_TEXT_MAX)
		return false;
	p->mode = mode;
	p->text = *wrong ? NULL : text;
	p->len = *wrong ? 0 : len;
	p->wrong = *wrong ? wrong : NULL;
	if (!number)
		return !*wrong;
	if (from >= number || at > l->part[from].len ||
	    l->part[from].depth == CFG_INCLUDE_DEPTH + 1)
		return false;
	p->from = from;
	p->at = at;
	p->depth = l->part[from].depth + 1;
	return true;
}

bool cfg_bundle_get(struct cfg_load *l)
{
	struct cfg_part whole = l->part[0];
	struct rd r = rd_init(whole.text + BUNDLE_HEAD, whole.len - BUNDLE_HEAD);
	bool ok = true;

	l->part = NULL;
	l->parts = 0;
	while (ok && r.left)
		ok = bundle_get_one(l, &r);
	if (ok && l->parts)
		return true;
	l->part = NULL;
	l->parts = 0;
	*cfg_part_add(l, l->file) = whole;
	return false;
}
