/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/kit/handover.h"

#include "transports/kit/settings.h"

#include <errno.h>
#include <stdio.h>

#define MAGIC 0x69737466u /* "istf" */

static void handover_fail(struct handover *h)
{
	h->bad = true;
	rd_fail(&h->r);
}

void handover_freeze(struct handover *h, struct ist_frozen *f, uint64_t now)
{
	*h = (struct handover){.now = now, .frozen = f, .w = wr_init(f->octets, f->room)};
	f->len = 0;
	f->fds = 0;
	wr_u32(&h->w, MAGIC);
}

int handover_frozen(struct handover *h)
{
	if (h->w.bad || h->bad)
		return -ENOSPC;
	h->frozen->len = h->w.len;
	h->frozen->fds = h->fds;
	return 0;
}

void handover_thaw(struct handover *h, struct ist_frozen *f, uint64_t now)
{
	*h = (struct handover){
		.thawing = true, .now = now, .frozen = f, .r = rd_init(f->octets, f->len)};
	if (rd_u32(&h->r) != MAGIC)
		handover_fail(h);
}

static bool handover_open_next(struct handover *h, struct handover_part *p, uint8_t kind,
			       uint8_t version)
{
	struct rd r = h->r, part;
	bool same = rd_u8(&r) == kind && rd_u8(&r) == version;

	if (!same || h->bad)
		return false;
	part = rd_sub(&r, rd_u32(&r));
	if (part.bad)
		handover_fail(h);
	p->rest = r;
	h->r = part;
	return !part.bad;
}

bool handover_open(struct handover *h, struct handover_part *p, uint8_t kind, uint8_t version)
{
	if (h->thawing)
		return handover_open_next(h, p, kind, version);
	wr_u8(&h->w, kind);
	wr_u8(&h->w, version);
	wr_u32(&h->w, 0);
	p->at = h->w.len;
	return true;
}

void handover_close(struct handover *h, struct handover_part *p)
{
	if (h->thawing) {
		h->bad |= h->r.bad;
		h->r = p->rest;
		if (h->bad)
			rd_fail(&h->r);
	} else if (!h->w.bad) {
		wr_put32(h->w.buf + p->at - 4, (uint32_t)(h->w.len - p->at));
	}
}

uint64_t handover_number(struct handover *h, uint64_t v)
{
	if (!h->thawing) {
		wr_u64(&h->w, v);
		return v;
	}
	v = rd_u64(&h->r);
	if (!h->r.bad)
		return v;
	h->bad = true;
	return 0;
}

uint32_t handover_word(struct handover *h, uint32_t v, uint32_t most)
{
	if (!h->thawing) {
		wr_u32(&h->w, v);
		return v;
	}
	v = rd_u32(&h->r);
	if (h->r.bad || v > most) {
		handover_fail(h);
		return 0;
	}
	return v;
}

bool handover_flag(struct handover *h, bool v)
{
	return handover_word(h, v, 1);
}

uint64_t handover_time(struct handover *h, uint64_t at, uint64_t most)
{
	at = handover_number(h, at);
	if (h->bad)
		return UINT64_MAX;
	if (h->thawing && at != UINT64_MAX && at > h->now && at - h->now > most)
		return h->now + most;
	return at;
}

void handover_octets(struct handover *h, void *octets, size_t n)
{
	const uint8_t *p;

	if (!h->thawing) {
		wr_bytes(&h->w, octets, n);
		return;
	}
	p = rd_take(&h->r, n);
	if (!p)
		handover_fail(h);
	else if (n)
		memcpy(octets, p, n);
}

void handover_text(struct handover *h, char *text, size_t size)
{
	size_t n = handover_word(h, (uint32_t)strlen(text), (uint32_t)size - 1);

	handover_octets(h, text, n);
	text[h->bad ? 0 : n] = '\0';
}

void handover_addr(struct handover *h, struct ist_addr *a)
{
	if (h->thawing)
		memset(a, 0, sizeof(*a));
	a->len = (uint16_t)handover_word(h, a->len, sizeof(a->data));
	handover_octets(h, a->data, a->len);
}

int handover_fd(struct handover *h, int fd)
{
	struct ist_frozen *f = h->frozen;
	uint32_t at = handover_word(h, fd < 0 ? 0 : h->fds + 1, f->fds);

	if (h->thawing && (!at || h->bad))
		return -1;
	if (h->thawing) {
		fd = f->fd[at - 1];
		f->fd[at - 1] = -1;
		return fd;
	}
	if (fd < 0)
		return fd;
	if (h->fds == f->fd_room)
		h->bad = true;
	else
		f->fd[h->fds++] = fd;
	return fd;
}

/* --- whole ports ------------------------------------------------------------------------------- */

#define COUNTERS_PART	 32u
#define COUNTERS_VERSION 1u
#define COUNTERS_MOST	 256u
#define COUNTER_NAME	 64u

static unsigned handover_rows(const struct ist_counter *row)
{
	unsigned n = 0;

	while (row[n].name && n < COUNTERS_MOST)
		n++;
	return n;
}

/* By their names: another version of the transport has others. */
static void handover_write_counters(struct handover *h, const struct ist_counter *row,
				    const uint64_t *value)
{
	unsigned n = handover_rows(row), used = 0;
	struct handover_part part;
	char name[COUNTER_NAME];

	for (unsigned i = 0; i < n; i++)
		used += value[i] != 0;
	handover_open(h, &part, COUNTERS_PART, COUNTERS_VERSION);
	handover_word(h, used, COUNTERS_MOST);
	for (unsigned i = 0; i < n; i++) {
		if (!value[i])
			continue;
		snprintf(name, sizeof(name), "%s", row[i].name);
		handover_text(h, name, sizeof(name));
		handover_number(h, value[i]);
	}
	handover_close(h, &part);
}

static void handover_read_counters(struct handover *h, const struct ist_counter *row,
				   uint64_t *value)
{
	unsigned n = handover_rows(row), used;
	struct handover_part part;
	char name[COUNTER_NAME] = "";

	if (!handover_open(h, &part, COUNTERS_PART, COUNTERS_VERSION))
		return;
	used = handover_word(h, 0, COUNTERS_MOST);
	while (used-- && !h->bad) {
		uint64_t v;

		handover_text(h, name, sizeof(name));
		v = handover_number(h, 0);
		for (unsigned i = 0; i < n; i++)
			if (!strcmp(row[i].name, name))
				value[i] = v;
	}
	handover_close(h, &part);
}

int handover_freeze_port(const struct handover_medium *m, struct ist_port *p, uint64_t now,
			 struct ist_frozen *f)
{
	uint64_t count[COUNTERS_MOST] = {0};
	struct handover h;
	int r;

	m->transport->count(p, count, handover_rows(m->transport->counters));
	handover_freeze(&h, f, now);
	handover_write_counters(&h, m->transport->counters, count);
	m->write(p, &h);
	r = handover_frozen(&h);
	if (!r)
		m->quiet(p);
	return r;
}

int handover_thaw_port(const struct handover_medium *m, struct ist_port **out,
		       const struct ist_host *host, void *ctx, const struct ist_port_config *cfg,
		       struct ist_frozen *f, char *err, size_t err_len)
{
	uint64_t count[COUNTERS_MOST] = {0};
	int r = settings_host_ok(host, err, err_len);
	struct handover h;

	if (r < 0)
		return r;
	handover_thaw(&h, f, host->now(ctx));
	handover_read_counters(&h, m->transport->counters, count);
	if (h.bad)
		return settings_error(err, err_len, EINVAL, "not a port's octets");
	r = m->open(out, host, ctx, cfg, &h, err, err_len);
	if (r < 0)
		return r;
	r = m->read(*out, &h);
	if (h.bad || r < 0) {
		m->transport->close(*out);
		return h.bad ? settings_error(err, err_len, EINVAL, "malformed octets of a port")
			     : settings_error(err, err_len, ENOMEM, "out of memory");
	}
	memcpy(m->before(*out), count, handover_rows(m->transport->counters) * sizeof(*count));
	return 0;
}

void handover_count(uint64_t *out, unsigned n, const uint64_t *here, const uint64_t *before,
		    unsigned rows)
{
	for (unsigned i = 0; i < n; i++)
		out[i] = i < rows ? here[i] + before[i] : 0;
}
