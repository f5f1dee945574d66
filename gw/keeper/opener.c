/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of what is allowed, and requests served by it.  A request to open is allowed when it is
 * the same, octet for octet, as one of the table, but for the number of a device; a change when its
 * device and its network are inside a row.
 */
#include "gw/keeper/opener_held.h"
#include "gw/keeper/opener_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct opener_rule {
	uint8_t kind; /* OPENER_ADDRESS or OPENER_ROUTE */
	struct opener_net net;
	char device[OPENER_DEVICE];
};

struct opener_table {
	struct ist_open *open;
	unsigned opens;
	struct opener_rule *rule;
	unsigned rules;
	struct ist_open *socket; /* of control */
	unsigned sockets;
	char *captures; /* folder of them; NULL = there are none */
	bool sas;
	struct opener_spools spools;
};

struct opener {
	struct opener_ops ops;
	struct opener_table may;
	struct opener_helds held;
	struct opener_helds sockets; /* of control */
};

struct opener *opener_new(const struct opener_ops *ops)
{
	struct opener *o = calloc(1, sizeof(*o));

	if (o)
		o->ops = *ops;
	return o;
}

void opener_free(struct opener *o)
{
	if (!o)
		return;
	free(o->may.open);
	free(o->may.socket);
	free(o->may.rule);
	free(o->may.captures);
	opener_spools_free(&o->may.spools);
	opener_held_free(&o->held);
	opener_held_free(&o->sockets);
	free(o);
}

void opener_swap_rules(struct opener *a, struct opener *b)
{
	const struct opener_table was = a->may;

	a->may = b->may;
	b->may = was;
	opener_spools_join(&a->may.spools, &was.spools);
	opener_held_only(&a->sockets, a->may.socket, a->may.sockets);
	opener_held_only(&b->sockets, b->may.socket, b->may.sockets);
}

void opener_data_begins(struct opener *o)
{
	opener_held_begin(&o->held);
}

/* --- the table -------------------------------------------------------------------------------- */

/* Place for one more behind n; NULL without memory, and the array is as it was. */
static void *opener_room(void *array, unsigned n, size_t size)
{
	return n & (n - 1) ? array : realloc(array, (n ? 2 * (size_t)n : 1) * size);
}

static bool opener_list(struct ist_open **list, unsigned *n, const struct ist_open *what)
{
	struct ist_open *grown = opener_room(*list, *n, sizeof(*grown));

	if (!grown)
		return false;
	*list = grown;
	grown[(*n)++] = *what;
	return true;
}

bool opener_may_open(struct opener *o, const struct ist_open *what)
{
	return opener_list(&o->may.open, &o->may.opens, what);
}

bool opener_may_socket(struct opener *o, const struct ist_open *what)
{
	return opener_list(&o->may.socket, &o->may.sockets, what);
}

static bool opener_may(struct opener *o, enum opener_kind kind, const char *device,
		       const struct opener_net *net)
{
	struct opener_rule *grown, *rule;

	if (strlen(device) >= OPENER_DEVICE)
		return false;
	grown = opener_room(o->may.rule, o->may.rules, sizeof(*grown));
	if (!grown)
		return false;
	o->may.rule = grown;
	rule = &grown[o->may.rules++];
	*rule = (struct opener_rule){.kind = (uint8_t)kind, .net = *net};
	memcpy(rule->device, device, strlen(device));
	return true;
}

bool opener_may_address(struct opener *o, const char *device, const struct opener_net *net)
{
	return opener_may(o, OPENER_ADDRESS, device, net);
}

bool opener_may_route(struct opener *o, const char *device, const struct opener_net *net)
{
	return opener_may(o, OPENER_ROUTE, device, net);
}

bool opener_may_capture(struct opener *o, const char *folder)
{
	free(o->may.captures);
	o->may.captures = strdup(folder);
	return o->may.captures;
}

bool opener_may_spool(struct opener *o, const char *path)
{
	return opener_spools_add(&o->may.spools, path);
}

void opener_may_sas(struct opener *o)
{
	o->may.sas = true;
}

/* "ist%d" is ist0, ist1, ... */
static bool opener_is_device(const char *rule, const char *device)
{
	size_t head = strlen(rule);

	if (head < 2 || strcmp(rule + head - 2, "%d") != 0)
		return !strcmp(rule, device);
	head -= 2;
	return !strncmp(rule, device, head) && device[head] &&
	       device[head + strspn(device + head, "0123456789")] == '\0';
}

static bool opener_same(const struct ist_open *rule, const struct ist_open *what)
{
	struct ist_open w = *what;
	bool device = rule->kind == IST_OPEN_TUN || rule->kind == IST_OPEN_TAP;

	/* One that is opened again has its number by then. */
	if (device && opener_is_device(rule->name, what->name))
		memcpy(w.name, rule->name, sizeof(w.name));
	return !memcmp(rule, &w, sizeof(w));
}

/* How many rows allow it, each for one. */
static unsigned opener_rows_of(const struct opener *o, const struct ist_open *what)
{
	unsigned n = 0;

	for (unsigned i = 0; i < o->may.opens; i++)
		n += opener_same(&o->may.open[i], what);
	return n;
}

bool opener_allows_open(const struct opener *o, const struct ist_open *what)
{
	return opener_rows_of(o, what);
}

/* Are the networks of n inside m, or is it m? */
static bool opener_inside(const struct opener_net *n, const struct opener_net *m)
{
	const uint8_t *a = n->addr + (n->v6 ? 0 : 12), *b = m->addr + (m->v6 ? 0 : 12);
	unsigned whole = m->bits / 8, rest = m->bits % 8;

	if (n->v6 != m->v6 || n->bits < m->bits || memcmp(a, b, whole) != 0)
		return false;
	return !rest || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static bool opener_host(const struct opener_net *n)
{
	return n->bits == (n->v6 ? 128 : 32);
}

/* A route through a device of ours may be taken away whatever it leads to: that the life before was
 * allowed to add it may not be known any more, when a reload has brought other networks. */
bool opener_allows_change(const struct opener *o, const struct opener_change *c)
{
	if (c->has_peer && !opener_host(&c->peer))
		return false;
	for (unsigned i = 0; i < o->may.rules; i++) {
		const struct opener_rule *rule = &o->may.rule[i];

		if (!opener_is_device(rule->device, c->device))
			continue;
		if (c->kind == OPENER_LINK || (c->kind == OPENER_ROUTE && !c->add) ||
		    (c->kind == rule->kind && opener_inside(&c->net, &rule->net)))
			return true;
	}
	return false;
}

/* --- requests --------------------------------------------------------------------------------- */

static int opener_run_open(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer,
			   int *fd)
{
	struct opener *o = ctx;
	struct ist_open what;
	unsigned most;
	int r;

	(void)from;
	(void)answer;
	if (!opener_get_open(body, &what))
		return EBADMSG;
	most = opener_rows_of(o, &what);
	if (!most)
		return EACCES;
	*fd = opener_held_take(&o->held, &o->ops, &what);
	if (*fd >= 0)
		return 0;
	opener_held_make_room(&o->held, &what, most);
	/* Its folder may be another process's, which could lead us elsewhere. */
	if (what.kind == IST_OPEN_READ || what.kind == IST_OPEN_WRITE)
		what.flags |= IST_OPEN_NO_LINK;
	r = o->ops.open(&what);
	if (r < 0)
		return -r;
	opener_held_keep(&o->held, &o->ops, &what, r);
	*fd = r;
	return 0;
}

static int opener_run_closed(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer,
			     int *fd)
{
	struct opener *o = ctx;
	size_t len = body->left;
	const uint8_t *octets = rd_take(body, len);
	char name[OPENER_DEVICE];

	(void)from;
	(void)answer;
	(void)fd;
	if (!octets || !len || len >= sizeof(name) || memchr(octets, '\0', len))
		return EBADMSG;
	memcpy(name, octets, len);
	name[len] = '\0';
	opener_held_closed(&o->held, name);
	return 0;
}

static int opener_run_settled(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer,
			      int *fd)
{
	struct opener *o = ctx;

	(void)from;
	(void)answer;
	(void)fd;
	if (body->left)
		return EBADMSG;
	opener_held_settle(&o->held);
	return 0;
}

static int opener_run_released(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer,
			       int *fd)
{
	struct opener *o = ctx;
	struct ist_open what;

	(void)from;
	(void)answer;
	(void)fd;
	if (!opener_get_open(body, &what))
		return EBADMSG;
	opener_held_release(&o->held, &what);
	return 0;
}

static int opener_run_change(const struct opener *o, enum opener_kind kind, struct rd *body)
{
	struct opener_change c;

	if (!opener_get_change(body, kind, &c))
		return EBADMSG;
	if (!opener_allows_change(o, &c))
		return EACCES;
	return -o->ops.change(&c);
}

bool opener_plain_name(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-";

	return *name && *name != '.' && *name != '-' && !name[strspn(name, plain)];
}

/* Nothing that is there is written over or followed.  0 or an errno value. */
static int opener_create(const char *folder, const char *name, bool trial, int *out)
{
	int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd, err;

	if (at < 0)
		return errno;
	fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	err = fd < 0 ? errno : 0;
	if (fd >= 0 && trial) {
		close(fd);
		err = unlinkat(at, name, 0) < 0 ? errno : 0;
	} else if (fd >= 0) {
		*out = fd;
	}
	close(at);
	return err;
}

static int opener_run_capture(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer,
			      int *fd)
{
	const struct opener *o = ctx;
	uint8_t trial = rd_u8(body);
	size_t len = body->left;
	const uint8_t *octets = rd_take(body, len);
	char name[OPENER_CAPTURE_NAME];

	(void)from;
	(void)answer;
	if (body->bad || trial > 1 || len >= sizeof(name) || memchr(octets, '\0', len))
		return EBADMSG;
	memcpy(name, octets, len);
	name[len] = '\0';
	if (!opener_plain_name(name))
		return EBADMSG;
	return o->may.captures ? opener_create(o->may.captures, name, trial, fd) : EACCES;
}

static int opener_run_spool(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer,
			    int *fd)
{
	const struct opener *o = ctx;

	(void)from;
	(void)answer;
	return opener_spools_open(&o->may.spools, body, fd);
}

bool opener_allows_socket(const struct opener *o, const struct ist_open *what)
{
	for (unsigned i = 0; i < o->may.sockets; i++)
		if (!memcmp(&o->may.socket[i], what, sizeof(*what)))
			return true;
	return false;
}

/* The one that is there, so that a control that comes after another has what waits in it. */
static int opener_run_socket(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer,
			     int *fd)
{
	struct opener *o = ctx;
	struct ist_open what;
	int r;

	(void)from;
	(void)answer;
	if (!opener_get_open(body, &what))
		return EBADMSG;
	if (!opener_allows_socket(o, &what))
		return EACCES;
	opener_held_begin(&o->sockets);
	*fd = opener_held_take(&o->sockets, &o->ops, &what);
	if (*fd >= 0)
		return 0;
	r = o->ops.open(&what);
	if (r < 0)
		return -r;
	opener_held_keep(&o->sockets, &o->ops, &what, r);
	*fd = r;
	return 0;
}

static int opener_run_sas(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer,
			  int *fd)
{
	const struct opener *o = ctx;
	uint8_t which = rd_u8(body);

	(void)from;
	(void)answer;
	if (body->bad || body->left)
		return EBADMSG;
	if (!o->may.sas)
		return EACCES;
	*fd = o->ops.sas(which);
	return *fd < 0 ? -*fd : 0;
}

/* clang-format off */
#define OPENER_CHANGE(name, kind) \
	static int name(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer, int *fd) \
	{ \
		(void)from; \
		(void)answer; \
		(void)fd; \
		return opener_run_change(ctx, kind, body); \
	}
/* clang-format on */
OPENER_CHANGE(opener_run_link, OPENER_LINK)
OPENER_CHANGE(opener_run_address, OPENER_ADDRESS)
OPENER_CHANGE(opener_run_route, OPENER_ROUTE)

const struct keeper_request opener_requests[] = {
	{OPENER_OPEN, 1u << KEEPER_DATA, opener_run_open},
	{OPENER_LINK, 1u << KEEPER_CONTROL, opener_run_link},
	{OPENER_ADDRESS, 1u << KEEPER_CONTROL, opener_run_address},
	{OPENER_ROUTE, 1u << KEEPER_CONTROL, opener_run_route},
	{OPENER_CAPTURE, 1u << KEEPER_CONTROL, opener_run_capture},
	{OPENER_SPOOL, 1u << KEEPER_CONTROL, opener_run_spool},
	{OPENER_SOCKET, 1u << KEEPER_CONTROL, opener_run_socket},
	{OPENER_CLOSED, 1u << KEEPER_DATA, opener_run_closed},
	{OPENER_SETTLED, 1u << KEEPER_DATA, opener_run_settled},
	{OPENER_RELEASED, 1u << KEEPER_DATA, opener_run_released},
	{OPENER_SAS, 1u << KEEPER_CONTROL, opener_run_sas},
	{0, 0, NULL},
};

/* --- asking ----------------------------------------------------------------------------------- */

/* The descriptor of the answer, or 0 where there is none to come, or -errno. */
static int opener_ask(struct keeper_link *l, uint8_t kind, const struct wr *w, bool wants_fd)
{
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg a;
	int r, fd;

	if (w->bad)
		return -EINVAL;
	r = keeper_ask(l, kind, w->buf, w->len, buf, &a);
	fd = !r && wants_fd ? keeper_msg_take(&a, 0) : -1;
	keeper_msg_close(&a);
	if (r < 0 || !wants_fd)
		return r;
	return fd < 0 ? -EPROTO : fd;
}

static int opener_ask_for(void *link, enum opener_kind kind, const struct ist_open *what)
{
	uint8_t body[sizeof(*what) + 16];
	struct wr w = wr_init(body, sizeof(body));

	opener_put_open(&w, what);
	return opener_ask(link, (uint8_t)kind, &w, true);
}

int opener_ask_open(void *link, const struct ist_open *what)
{
	return opener_ask_for(link, OPENER_OPEN, what);
}

int opener_ask_socket(void *link, const struct ist_open *what)
{
	return opener_ask_for(link, OPENER_SOCKET, what);
}

int opener_ask_change(void *link, const struct opener_change *c)
{
	uint8_t body[sizeof(*c) + 16];
	struct wr w = wr_init(body, sizeof(body));

	opener_put_change(&w, c);
	return opener_ask(link, c->kind, &w, false);
}

int opener_ask_capture(struct keeper_link *l, const char *name, bool trial)
{
	uint8_t body[OPENER_CAPTURE_NAME];
	struct wr w = wr_init(body, sizeof(body));

	wr_u8(&w, trial);
	wr_bytes(&w, name, strlen(name));
	return opener_ask(l, OPENER_CAPTURE, &w, !trial);
}

int opener_ask_spool(void *link, const char *path, unsigned which)
{
	uint8_t body[OPENER_SPOOL_PATH];
	struct wr w = wr_init(body, sizeof(body));

	wr_u8(&w, (uint8_t)which);
	wr_bytes(&w, path, strlen(path));
	return opener_ask(link, OPENER_SPOOL, &w, true);
}

int opener_ask_sas(void *link, unsigned which)
{
	uint8_t body[1];
	struct wr w = wr_init(body, sizeof(body));

	wr_u8(&w, (uint8_t)which);
	return opener_ask(link, OPENER_SAS, &w, true);
}

void opener_say_released(void *link, const struct ist_open *what)
{
	uint8_t body[KEEPER_MSG_MAX];
	struct wr w = wr_init(body, sizeof(body));

	opener_put_open(&w, what);
	opener_ask(link, OPENER_RELEASED, &w, false);
}

void opener_say_closed(void *link, const char *device)
{
	uint8_t body[OPENER_DEVICE];
	struct wr w = wr_init(body, sizeof(body));

	if (device)
		wr_bytes(&w, device, strlen(device));
	opener_ask(link, device ? OPENER_CLOSED : OPENER_SETTLED, &w, false);
}
