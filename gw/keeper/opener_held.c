/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/keeper/opener_held.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool held_is_device(const struct ist_open *what)
{
	return what->kind == IST_OPEN_TUN || what->kind == IST_OPEN_TAP;
}

/* A tty is a line that hangs up, a file ends. */
static bool held_is_kind(const struct ist_open *what)
{
	return held_is_device(what) || what->kind == IST_OPEN_UDP ||
	       what->kind == IST_OPEN_PACKET || what->kind == IST_OPEN_LISTEN;
}

static void held_drop(struct opener_helds *h, unsigned i)
{
	close(h->at[i].fd);
	h->n--;
	memmove(&h->at[i], &h->at[i + 1], (h->n - i) * sizeof(h->at[0]));
}

/* A device may be asked for by its pattern or by the name that it has got. */
static bool held_is(const struct opener_held *x, const struct ist_open *what)
{
	struct ist_open w = *what;

	if (*x->made && !strncmp(w.name, x->made, sizeof(x->made)))
		memcpy(w.name, x->what.name, sizeof(w.name));
	return !memcmp(&w, &x->what, sizeof(w));
}

/* Is it there, under the name that it had? */
static bool held_lives(const struct opener_held *x, const struct opener_ops *ops)
{
	char name[OPENER_DEVICE] = "";

	return !held_is_device(&x->what) || !ops->device ||
	       (!ops->device(x->fd, name) && !strcmp(name, x->made));
}

int opener_held_take(struct opener_helds *h, const struct opener_ops *ops,
		     const struct ist_open *what)
{
	for (unsigned i = 0; i < h->n;) {
		struct opener_held *x = &h->at[i];

		if (x->given || !held_is(x, what)) {
			i++;
			continue;
		}
		if (held_lives(x, ops)) {
			x->given = true;
			return fcntl(x->fd, F_DUPFD_CLOEXEC, 0);
		}
		held_drop(h, i);
	}
	return -1;
}

void opener_held_make_room(struct opener_helds *h, const struct ist_open *what, unsigned most)
{
	unsigned n = 0;

	for (unsigned i = h->n; i-- > 0;)
		if (held_is(&h->at[i], what) && ++n >= most)
			held_drop(h, i);
}

void opener_held_keep(struct opener_helds *h, const struct opener_ops *ops,
		      const struct ist_open *what, int fd)
{
	struct opener_held x = {.what = *what, .given = true}, *grown;

	if (!held_is_kind(what))
		return;
	if (held_is_device(what) && ops->device && ops->device(fd, x.made))
		return;
	grown = realloc(h->at, (h->n + 1) * sizeof(*grown));
	if (!grown)
		return;
	h->at = grown;
	x.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (x.fd >= 0)
		h->at[h->n++] = x;
}

void opener_held_release(struct opener_helds *h, const struct ist_open *what)
{
	for (unsigned i = h->n; i-- > 0;)
		if (h->at[i].given && held_is(&h->at[i], what)) {
			held_drop(h, i);
			return;
		}
}

void opener_held_only(struct opener_helds *h, const struct ist_open *what, unsigned n)
{
	for (unsigned i = h->n; i-- > 0;) {
		unsigned k = 0;

		while (k < n && !held_is(&h->at[i], &what[k]))
			k++;
		if (k == n)
			held_drop(h, i);
	}
}

void opener_held_closed(struct opener_helds *h, const char *device)
{
	for (unsigned i = h->n; *device && i-- > 0;)
		if (!strcmp(h->at[i].made, device))
			held_drop(h, i);
}

void opener_held_begin(struct opener_helds *h)
{
	for (unsigned i = 0; i < h->n; i++)
		h->at[i].given = false;
}

void opener_held_settle(struct opener_helds *h)
{
	for (unsigned i = h->n; i-- > 0;)
		if (!h->at[i].given)
			held_drop(h, i);
}

void opener_held_free(struct opener_helds *h)
{
	while (h->n)
		held_drop(h, h->n - 1);
	free(h->at);
	h->at = NULL;
}
