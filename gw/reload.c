/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeper loads the configuration once another process has read its files into memory that keeper
 * gives it, and found no mistake there: so a text that the parser cannot stand ends the check and
 * not keeper.  The rules of what may be
 * opened are swapped, and with them the copy that control begins with; what keeper holds for data
 * stays, since data goes on.
 */
#define _GNU_SOURCE
#include "gw/reload.h"

#include "gw/permit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void reload_conf_set(struct reload_conf *c, int fd, const struct cfg_model *cfg)
{
	*c = (struct reload_conf){.fd = fd, .cfg = cfg};
	snprintf(c->path, sizeof(c->path), "/proc/%d/fd/%d", (int)getpid(), fd);
}

/* The first model is its owner's. */
static void reload_conf_free(const struct reload *r, struct reload_conf *c)
{
	if (c->fd >= 0)
		close(c->fd);
	if (c->cfg != r->p->cfg)
		cfg_unload(c->cfg);
	*c = (struct reload_conf){.fd = -1};
}

/* What depends on the configuration that processes begin with. */
static void reload_arguments(struct reload *r)
{
	const struct limits l = limits_of(r->now.cfg);
	char text[LIMITS_TEXT_MAX];

	snprintf(r->limits, sizeof(r->limits), "--limits=%s", limits_text(text, &l));
	snprintf(r->running, sizeof(r->running), "--text=%s", r->now.path);
	snprintf(r->against, sizeof(r->against), "--against=%s", r->now.path);
	r->given = false;
}

static void reload_swap(struct reload *r)
{
	struct reload_conf was = r->now;

	r->now = r->other;
	r->other = was;
	opener_swap_rules(r->opener, r->rules);
	r->taken = !r->taken;
	reload_arguments(r);
}

/* --- what keeper asks for --------------------------------------------------------------------- */

static int reload_read(void *ctx)
{
	struct reload *r = ctx;
	int fd = access(r->p->file, R_OK) == 0 ? processes_copy_new() : -1;

	if (fd < 0)
		return -errno;
	reload_conf_set(&r->other, fd, NULL);
	snprintf(r->copy, sizeof(r->copy), "--copy=%s", r->other.path);
	return 0;
}

static int reload_take(void *ctx)
{
	struct reload *r = ctx;

	r->other.cfg = processes_copy_done(r->other.fd) ? r->p->load(r->p, r->other.fd) : NULL;
	if (!r->other.cfg)
		return -EINVAL;
	r->rules = permit_new(r->other.cfg);
	if (!r->rules) {
		r->p->log(KEEPER_ERROR, "no memory for what keeper may open");
		return -ENOMEM;
	}
	reload_swap(r);
	return 0;
}

static void reload_sweep(const struct reload *r, const char *now, const char *other)
{
	if (strcmp(now, other) != 0)
		r->p->sweep(other);
}

/* Of the two that were tried only one has its sockets from now on. */
static void reload_end(void *ctx, bool done)
{
	struct reload *r = ctx;
	const bool tried = r->taken;

	if (r->taken && !done)
		reload_swap(r);
	if (tried) {
		reload_sweep(r, r->now.cfg->vty_socket, r->other.cfg->vty_socket);
		reload_sweep(r, r->now.cfg->control_socket, r->other.cfg->control_socket);
	}
	opener_free(r->rules);
	r->rules = NULL;
	reload_conf_free(r, &r->other);
	r->taken = false;
}

/* --- as a whole ------------------------------------------------------------------------------- */

bool reload_give(struct reload *r, struct keeper_fds *held)
{
	int fd;

	if (r->given)
		return true;
	fd = fcntl(r->now.fd, F_DUPFD_CLOEXEC, 0);
	if (fd >= 0 && keeper_fds_put(held, PROCESSES_CONF, fd) < 0)
		close(fd);
	else
		r->given = fd >= 0;
	return r->given;
}

bool reload_init(struct reload *r, const struct processes *p)
{
	const char *const check[RELOAD_ARGS] = {"isthmus", "-C",    "-c",
						p->file,   r->copy, r->against};
	const char *const running[RELOAD_ARGS] = {"isthmus", "-C", "-c", p->file, r->running};

	*r = (struct reload){.p = p, .opener = permit_new(p->cfg), .other = {.fd = -1}};
	memcpy(r->check, check, sizeof(check));
	memcpy(r->check_running, running, sizeof(running));
	r->ops = (struct keeper_reload){.read = reload_read,
					.check = r->check,
					.take = reload_take,
					.end = reload_end,
					.ctx = r};
	reload_conf_set(&r->now, p->conf, p->cfg);
	reload_arguments(r);
	return r->opener;
}

void reload_free(struct reload *r)
{
	opener_free(r->opener);
	opener_free(r->rules);
	reload_conf_free(r, &r->now);
	reload_conf_free(r, &r->other);
}
