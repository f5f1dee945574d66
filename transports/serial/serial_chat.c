/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last octets that came since a step began are kept, as many as a text can have, and after each
 * octet their tail is compared with the texts that matter.  So a text is found wherever it begins,
 * and memory does not depend on what the far end sends.
 */
#include "transports/serial/serial_chat.h"

#include "transports/kit/handover.h"

#include <string.h>

#define CHAT_SECOND	 UINT64_C(1000000)
#define CHAT_TIMEOUT	 (45 * CHAT_SECOND) /* as chat(8) has it */
#define CHAT_TIMEOUT_MAX 3600u

void serial_chat_init(struct serial_chat *c, void (*send)(void *ctx, const uint8_t *, size_t),
		      void *ctx)
{
	memset(c, 0, sizeof(*c));
	c->timeout = CHAT_TIMEOUT;
	c->send = send;
	c->ctx = ctx;
}

/* --- reading a script ------------------------------------------------------------------------- */

struct chat_word {
	struct serial_chat_text text;
	bool given, quoted, no_return;
};

static bool chat_put(struct serial_chat_text *t, uint8_t octet)
{
	if (t->len == sizeof(t->octets))
		return false;
	t->octets[t->len++] = octet;
	return true;
}

static const char *chat_mark_number(struct serial_chat_text *t)
{
	if (t->number)
		return "\\T stands twice in a text";
	t->number = true;
	t->number_at = t->len;
	return NULL;
}

static const char *chat_escape(struct chat_word *w, char letter)
{
	static const char letters[] = "rnts\\", octets[] = "\r\n\t \\";
	const char *at = letter ? strchr(letters, letter) : NULL;

	if (letter == 'c') {
		w->no_return = true;
		return NULL;
	}
	if (letter == 'T')
		return chat_mark_number(&w->text);
	if (!at)
		return "after \\ comes one of r n t s c T \\";
	return chat_put(&w->text, (uint8_t)octets[at - letters]) ? NULL : "a text is too long";
}

/* Takes one word off *at. */
static const char *chat_take_word(struct chat_word *w, const char **at)
{
	const char *p = *at, *wrong = NULL;
	char end;

	memset(w, 0, sizeof(*w));
	p += strspn(p, " ");
	w->given = *p;
	w->quoted = *p == '\'';
	end = w->quoted ? '\'' : ' ';
	p += w->quoted;
	while (*p && *p != end && !wrong) {
		if (*p == '\\')
			wrong = chat_escape(w, *++p);
		else if (!chat_put(&w->text, (uint8_t)*p))
			wrong = "a text is too long";
		p += !wrong; /* after a wrong escape it may be at the end */
	}
	if (!wrong && w->quoted && *p != '\'')
		wrong = "a ' is missing";
	*at = p + (!wrong && w->quoted);
	return wrong;
}

static bool chat_is(const struct chat_word *w, const char *word)
{
	return !w->quoted && w->text.len == strlen(word) &&
	       !memcmp(w->text.octets, word, w->text.len);
}

static const char *chat_add_abort(struct serial_chat *c, const struct chat_word *text)
{
	if (!text->text.len)
		return "ABORT needs a text";
	if (c->aborts == SERIAL_CHAT_ABORTS)
		return "there are more than 16 ABORTs";
	c->abort[c->aborts++] = text->text;
	return NULL;
}

static const char *chat_set_timeout(struct serial_chat *c, const struct chat_word *number)
{
	unsigned n = 0, i;

	for (i = 0; i < number->text.len && n <= CHAT_TIMEOUT_MAX; i++) {
		if (number->text.octets[i] < '0' || number->text.octets[i] > '9')
			break;
		n = n * 10 + (number->text.octets[i] - (unsigned)'0');
	}
	if (!i || i < number->text.len || n > CHAT_TIMEOUT_MAX)
		return "TIMEOUT needs seconds, 0 to 3600";
	c->timeout = n ? n * CHAT_SECOND : UINT64_MAX;
	return NULL;
}

static const char *chat_add_step(struct serial_chat *c, const struct chat_word *expect,
				 const struct chat_word *send)
{
	struct serial_chat_step *s = &c->step[c->steps];

	if (c->steps == SERIAL_CHAT_STEPS)
		return "there are more than 32 steps";
	s->expect = expect->text;
	s->send = send->text;
	s->timeout = c->timeout;
	if (send->given && !send->no_return && !chat_put(&s->send, '\r'))
		return "a text is too long";
	c->steps++;
	c->dials |= s->send.number;
	return NULL;
}

const char *serial_chat_add(struct serial_chat *c, const char *entry)
{
	struct chat_word first, second, third;
	bool abort, timeout;
	const char *wrong = chat_take_word(&first, &entry);

	if (!wrong)
		wrong = chat_take_word(&second, &entry);
	if (!wrong)
		wrong = chat_take_word(&third, &entry);
	if (wrong)
		return wrong;
	if (!first.given || third.given)
		return "an entry has one or two words";
	abort = chat_is(&first, "ABORT");
	timeout = chat_is(&first, "TIMEOUT");
	if (first.text.number || (second.text.number && (abort || timeout)))
		return "\\T is only for what is sent";
	if (abort)
		return chat_add_abort(c, &second);
	if (timeout)
		return chat_set_timeout(c, &second);
	return chat_add_step(c, &first, &second);
}

/* --- the number ------------------------------------------------------------------------------- */

bool serial_chat_is_number(const char *text, size_t len)
{
	bool digit = false;

	for (size_t i = 0; i < len; i++) {
		if (!text[i] || !strchr(i ? "0123456789*#,W" : "+0123456789*#,W", text[i]))
			return false;
		digit |= text[i] >= '0' && text[i] <= '9';
	}
	return digit && len <= SERIAL_CHAT_NUMBER;
}

bool serial_chat_set_number(struct serial_chat *c, const char *text, size_t len)
{
	if (text && !serial_chat_is_number(text, len))
		return false;
	memset(c->number, 0, sizeof(c->number));
	if (text)
		memcpy(c->number, text, len);
	return true;
}

/* --- talking ---------------------------------------------------------------------------------- */

static void chat_end(struct serial_chat *c, enum serial_chat_state state)
{
	c->state = state;
	c->deadline = UINT64_MAX;
}

static void chat_say(struct serial_chat *c, const void *octets, size_t len)
{
	if (len)
		c->send(c->ctx, octets, len);
}

static void chat_send(struct serial_chat *c, const struct serial_chat_text *t)
{
	size_t before = t->number ? t->number_at : t->len;

	chat_say(c, t->octets, before);
	if (t->number)
		chat_say(c, c->number, strlen(c->number));
	chat_say(c, t->octets + before, t->len - before);
}

/* Steps that wait for nothing are passed at once. */
static void chat_begin_step(struct serial_chat *c, uint64_t now)
{
	c->seen.len = 0;
	for (; c->at < c->steps && !c->step[c->at].expect.len; c->at++)
		chat_send(c, &c->step[c->at].send);
	if (c->at == c->steps)
		chat_end(c, SERIAL_CHAT_DONE);
	else if (c->step[c->at].timeout == UINT64_MAX)
		c->deadline = UINT64_MAX;
	else
		c->deadline = now + c->step[c->at].timeout;
}

void serial_chat_start(struct serial_chat *c, uint64_t now)
{
	c->state = SERIAL_CHAT_TALKING;
	c->at = 0;
	c->why = NULL;
	if (c->dials && !*c->number)
		chat_end(c, SERIAL_CHAT_NO_NUMBER);
	else
		chat_begin_step(c, now);
}

static bool chat_seen(const struct serial_chat *c, const struct serial_chat_text *t)
{
	return c->seen.len >= t->len &&
	       !memcmp(c->seen.octets + c->seen.len - t->len, t->octets, t->len);
}

static void chat_octet(struct serial_chat *c, uint8_t octet, uint64_t now)
{
	const struct serial_chat_step *s = &c->step[c->at];

	if (c->seen.len == sizeof(c->seen.octets))
		memmove(c->seen.octets, c->seen.octets + 1, --c->seen.len);
	c->seen.octets[c->seen.len++] = octet;
	for (unsigned i = 0; i < c->aborts; i++) {
		if (!chat_seen(c, &c->abort[i]))
			continue;
		c->why = &c->abort[i];
		chat_end(c, SERIAL_CHAT_ABORTED);
		return;
	}
	if (!chat_seen(c, &s->expect))
		return;
	chat_send(c, &s->send);
	c->at++;
	chat_begin_step(c, now);
}

size_t serial_chat_rx(struct serial_chat *c, const uint8_t *octets, size_t n, uint64_t now)
{
	size_t i;

	for (i = 0; i < n && c->state == SERIAL_CHAT_TALKING; i++)
		chat_octet(c, octets[i], now);
	return i;
}

void serial_chat_expire(struct serial_chat *c, uint64_t now)
{
	if (c->state == SERIAL_CHAT_TALKING && now >= c->deadline)
		chat_end(c, SERIAL_CHAT_TIMED_OUT);
}

/* --- to and from another process ----------------------------------------------------------------- */

bool serial_chat_hand(struct serial_chat *c, struct handover *h)
{
	char number[sizeof(c->number)];

	memcpy(number, c->number, sizeof(number));
	handover_text(h, number, sizeof(number));
	c->state = (enum serial_chat_state)handover_word(h, c->state, SERIAL_CHAT_NO_NUMBER);
	c->at = handover_word(h, c->at, SERIAL_CHAT_STEPS);
	c->deadline = handover_time(h, c->deadline, CHAT_TIMEOUT_MAX * CHAT_SECOND);
	c->seen.len = handover_word(h, c->seen.len, sizeof(c->seen.octets));
	handover_octets(h, c->seen.octets, c->seen.len);
	if (!h->thawing || h->bad)
		return !h->bad;
	if (*number && !serial_chat_set_number(c, number, strlen(number)))
		return false;
	return c->at <= c->steps &&
	       (c->state != SERIAL_CHAT_TALKING || c->at < c->steps || !c->steps);
}
