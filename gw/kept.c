/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/kept.h"

#include "gw/aaa/aaa.h"
#include "gw/accounts.h"
#include "gw/dynauth.h"
#include "gw/lns.h"
#include "gw/operator/operator.h"
#include "gw/processes.h"
#include "gw/resume.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int kept_begin(struct kept *k)
{
	*k = (struct kept){.ofd = {.fd = -1}, .door = {.life = -1}};
	return keeper_begin(&k->link, &k->held, &k->go);
}

/* --- what outlives the process ---------------------------------------------------------------- */

/* Zeros when it cannot be read: then it is the same each time. */
static void kept_boot(uint8_t boot[STORE_BOOT])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	unsigned octet;
	int c = 0;

	for (unsigned i = 0; i < STORE_BOOT; i++) {
		if (f && (c = fgetc(f)) != '-')
			ungetc(c, f);
		boot[i] = f && fscanf(f, "%2x", &octet) == 1 ? (uint8_t)octet : 0;
	}
	if (f)
		fclose(f);
}

/* A record each for a tunnel, a call and its join, and for a line. */
static size_t kept_records(const struct cfg_model *cfg)
{
	return cfg->max_tunnels + 2 * (size_t)cfg->max_calls + UINT16_MAX + 1 + LNS_MOST +
	       accounts_kept(cfg) + dynauth_kept(cfg);
}

static bool kept_hold_store(struct kept *k)
{
	int rc = keeper_keep(&k->link, PROCESSES_STORE, store_fd(k->store));

	if (rc < 0)
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "keeper does not hold the store: %s\n",
		       strerror(-rc));
	return rc == 0;
}

static bool kept_new_store(struct kept *k, const struct cfg_model *cfg, const uint8_t *boot)
{
	k->store = store_new(kept_records(cfg), boot);
	if (k->store)
		return kept_hold_store(k);
	GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "no memory for what outlives the process\n");
	return false;
}

/* A configuration that allows more needs a larger one, which is held only once all is in it.
 * Without memory the one that is there does: what it has no room for is counted. */
static bool kept_grow_store(struct kept *k, const struct cfg_model *cfg, const uint8_t *boot)
{
	struct store *larger = NULL;
	struct store_counters n;

	store_count(k->store, &n);
	if (n.room < kept_records(cfg))
		larger = store_new(kept_records(cfg), boot);
	if (!larger || !store_copy(larger, k->store)) {
		store_free(larger);
		return true;
	}
	store_publish(larger);
	store_free(k->store);
	k->store = larger;
	return kept_hold_store(k);
}

static bool kept_open_store(struct kept *k, const struct cfg_model *cfg)
{
	int fd = keeper_fds_take(&k->held, PROCESSES_STORE);
	uint8_t boot[STORE_BOOT];
	const char *why = "";

	kept_boot(boot);
	if (fd >= 0)
		k->store = store_open(fd, boot, &why);
	if (k->store)
		return kept_grow_store(k, cfg, boot);
	if (fd >= 0)
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR,
		       "what the life before has left is no use: %s\n", why);
	return kept_new_store(k, cfg, boot);
}

unsigned kept_door(struct keeper_fds *held, int fd[DP_DOOR_FDS])
{
	char name[KEEPER_NAME_MAX];
	unsigned n;

	for (n = 0; n < DP_DOOR_FDS; n++) {
		snprintf(name, sizeof(name), PROCESSES_DOOR, n);
		fd[n] = keeper_fds_take(held, name);
		if (fd[n] < 0)
			break;
	}
	return n;
}

bool kept_take(struct kept *k, const struct cfg_model *cfg)
{
	k->door.fds = kept_door(&k->held, k->door.fd);
	k->door.life = keeper_fds_take(&k->held, "life/data");
	if (!k->door.fds || k->door.life < 0) {
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "there is no data process\n");
		return false;
	}
	k->has_xdp = accelerate_take(&k->held, k->xdp);
	dp_fast_by(k->has_xdp ? k->xdp : NULL);
	return kept_open_store(k, cfg);
}

/* --- notices ---------------------------------------------------------------------------------- */

static void kept_stop(struct kept *k)
{
	gw_shutdown(k->gw, loop_now(k->gw->loop));
}

static void kept_hup(struct kept *k)
{
	(void)k;
	gw_hup();
}

/* As a crash would, but that nothing is lost: data goes on with all that it has been told, and who
 * has asked for it hears that it is done. */
static void __attribute__((noreturn)) kept_go(struct gw *gw)
{
	vty_flush_all();
	ctl_flush_all();
	resume_write(gw->resume);
	dp_push(gw->dp);
	_exit(KEPT_LEAVE);
}

static void kept_leave_all(struct kept *k)
{
	int calls = vty_reload_calls(k->gw);

	if (calls >= 0)
		keeper_keep(&k->link, PROCESSES_CALLS, calls);
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "control is replaced\n");
	acct_leave(k->gw->acct);
	kept_go(k->gw);
}

static void kept_is_stored(struct kept *k)
{
	k->stored = true;
}

/* One that is ending already goes on with that. */
static void kept_alone(struct kept *k)
{
	kept_leave(k);
	if (k->stored && k->gw->phase == GW_RUNNING) {
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR,
		       "keeper has gone: the service manager has what the next life goes on "
		       "from\n");
		kept_go(k->gw);
	}
	GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "keeper has gone: ending\n");
	if (k->gw->phase == GW_RUNNING)
		kept_stop(k);
}

void kept_data_gone(void *gw, const char *why, uint64_t now)
{
	(void)now;
	GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "%s: control begins anew\n", why);
	kept_go(gw);
}

static const struct {
	uint8_t kind;
	void (*hear)(struct kept *k);
} kept_notices[] = {
	{KEEPER_STOP, kept_stop},
	{KEEPER_HUP, kept_hup},
	{KEEPER_LEAVE, kept_leave_all},
	{KEEPER_STORED, kept_is_stored},
};

/* Others, and the descriptors that come with them, are of no use to control. */
static void kept_hear(struct kept *k, uint8_t kind)
{
	for (size_t i = 0; i < sizeof(kept_notices) / sizeof(kept_notices[0]); i++)
		if (kept_notices[i].kind == kind)
			kept_notices[i].hear(k);
}

static int kept_readable(struct osmo_fd *ofd, unsigned what)
{
	struct kept *k = ofd->data;
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg m;
	int rc = keeper_recv(ofd->fd, buf, &m);

	(void)what;
	if (rc > 0) {
		kept_hear(k, m.kind);
		keeper_msg_close(&m);
	} else if (rc != -EAGAIN && rc != -EBADMSG) {
		kept_alone(k);
	}
	return 0;
}

int kept_serve(struct kept *k, struct gw *gw)
{
	int rc;

	k->gw = gw;
	gw->reload_calls = keeper_fds_find(&k->held, PROCESSES_CALLS);
	osmo_fd_setup(&k->ofd, k->link.notice, OSMO_FD_READ, kept_readable, k, 0);
	rc = osmo_fd_register(&k->ofd);
	if (rc < 0) {
		k->ofd.fd = -1;
		return rc;
	}
	return keeper_say(&k->link, KEEPER_READY);
}

void kept_leave(struct kept *k)
{
	if (k->ofd.fd >= 0)
		osmo_fd_unregister(&k->ofd);
	k->ofd.fd = -1;
}

void kept_end(struct kept *k)
{
	kept_leave(k);
	store_free(k->store);
	if (k->has_xdp)
		xdp_close(k->xdp);
	if (k->door.life >= 0)
		close(k->door.life);
	keeper_end(&k->link);
	keeper_fds_free(&k->held);
}
