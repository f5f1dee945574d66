/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A data side that takes over from one that has been taken over.  The input is both images: the
 * length of the first (2 octets), the first, the second.  What is built of them carries frames and
 * is handed on: whatever was believed can be written down, and is believed again.
 */
#include "gw/dp/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define FUZZ_IMAGE_FDS	4u
#define FUZZ_IMAGE_LEAF 4096u /* octets of a frozen port that are looked at */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct door *door;

static void fuzz_image_check(bool ok)
{
	if (!ok)
		abort();
}

/* --- the transport ------------------------------------------------------------------------------ */

struct ist_port {
	const struct ist_host *host;
	void *host_ctx;
	uint8_t octets[FUZZ_IMAGE_LEAF];
	size_t len;
};

static int fuzz_image_open(struct ist_port **out, const struct ist_host *host, void *host_ctx,
			   const struct ist_port_config *cfg, char *err, size_t err_len)
{
	struct ist_port *p = calloc(1, sizeof(*p));

	(void)err;
	(void)err_len;
	fuzz_image_check(p);
	p->host = host;
	p->host_ctx = host_ctx;
	*out = p;
	if (cfg->settings != 1)
		return 0;
	free(p); /* one that cannot be opened */
	return -1;
}

static void fuzz_image_close(struct ist_port *p)
{
	free(p);
}

static int fuzz_image_freeze(struct ist_port *p, struct ist_frozen *f)
{
	if (f->room < p->len)
		return -ENOSPC;
	if (p->len)
		memcpy(f->octets, p->octets, p->len);
	f->len = p->len;
	f->fds = 0;
	return 0;
}

static int fuzz_image_thaw(struct ist_port **out, const struct ist_host *host, void *host_ctx,
			   const struct ist_port_config *cfg, struct ist_frozen *f, char *err,
			   size_t err_len)
{
	int rc = f->len <= FUZZ_IMAGE_LEAF ? fuzz_image_open(out, host, host_ctx, cfg, err, err_len)
					   : -1;

	if (rc)
		return rc;
	(*out)->len = f->len;
	if (f->len)
		memcpy((*out)->octets, f->octets, f->len);
	for (unsigned i = 0; i < f->fds; i++) /* every other one is taken */
		if (i & 1 && f->fd[i] >= 0) {
			close(f->fd[i]);
			f->fd[i] = -1;
		}
	return 0;
}

static int fuzz_image_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	(void)p;
	return f[0].channel & 1 ? (int)n : 0;
}

static void fuzz_image_on_wake(struct ist_port *p)
{
	static const uint8_t data[] = {0, 2, 0, 1, 0, 1, 0xc0, 0x21, 9, 7, 0, 8, 0, 0, 0, 0};
	const struct ist_frame f = {.channel = 1, .payload = data, .len = sizeof(data)};

	p->host->frames(p->host_ctx, &f, 1);
	p->host->writable(p->host_ctx, 1);
}

static const struct ist_transport transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "fuzz",
	.caps = IST_CAP_L2TP | IST_CAP_PPP | IST_CAP_FLOW,
	.open = fuzz_image_open,
	.close = fuzz_image_close,
	.send = fuzz_image_send,
	.on_wake = fuzz_image_on_wake,
	.freeze = fuzz_image_freeze,
	.thaw = fuzz_image_thaw,
};

/* --- data sides --------------------------------------------------------------------------------- */

static struct data *fuzz_image_data(void)
{
	struct data *data = data_make(door, false);

	fuzz_image_check(data && data_know(data, &transport));
	data->aside = true;
	return data;
}

static void fuzz_image_carry(struct data *data)
{
	data->aside = false;
	image_begin(data);
	for (unsigned i = 0; i < WORKER_PORTS; i++)
		if (data->port[i].home) {
			struct worker_port *p = data->port[i].home->port[i];

			if (p)
				p->host.wake(p);
		}
	for (unsigned i = 0; i < data->n; i++)
		worker_turn(data->worker[i]);
	data->aside = true;
}

static void fuzz_image_reread(struct image *im)
{
	image_put(im, &(struct image_row){.kind = IMAGE_END});
	fuzz_image_check(!im->bad);
	image_again(im);
}

static void fuzz_image_copy_fds(struct image_fds *fds)
{
	for (unsigned i = 0; i < fds->n; i++) {
		fds->fd[i] = fcntl(fds->fd[i], F_DUPFD_CLOEXEC, 0);
		fuzz_image_check(fds->fd[i] >= 0);
	}
}

static void fuzz_image_close_fds(struct image_fds *fds)
{
	for (unsigned i = 0; i < fds->n; i++)
		if (fds->fd[i] >= 0)
			close(fds->fd[i]);
	free(fds->fd);
}

/* Ports that were told of but are of no second image are no ports that serve. */
static bool fuzz_image_is_whole(const struct data *data)
{
	for (unsigned i = 0; i < WORKER_PORTS; i++)
		if (data->port[i].home && !data->port[i].home->port[i])
			return false;
	return true;
}

static void fuzz_image_hand_on(struct data *data)
{
	struct data *next = fuzz_image_data();
	struct image_fds fds = {0};
	struct image tables, state;

	fuzz_image_check(image_new(&tables) && image_new(&state));
	image_save_tables(data, &tables, &fds);
	image_save_state(data, &state, &fds);
	fuzz_image_reread(&tables);
	fuzz_image_reread(&state);
	fuzz_image_copy_fds(&fds);
	fuzz_image_check(!image_load_tables(next, &tables, &fds));
	fuzz_image_check(!image_load_state(next, &state, &fds));
	data_free(next);
	image_free(&tables);
	image_free(&state);
	fuzz_image_close_fds(&fds);
}

/* Ending costs a grace period: what no reader would get through is not begun with. */
static bool fuzz_image_reads(const uint8_t *octets, size_t len)
{
	struct image_row row;
	struct image im;

	image_read(&im, octets, len);
	while (image_next(&im, &row))
		;
	return !im.bad;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	struct image_fds fds = {0};
	struct rd r = rd_init(octets, size), first = rd_sub(&r, rd_u16(&r));
	struct image tables, state;
	struct data *data;

	if (r.bad || !fuzz_image_reads(first.p, first.left) || !fuzz_image_reads(r.p, r.left))
		return 0;
	if (!door)
		door = door_new(2);
	fuzz_image_check(door);
	for (unsigned i = 0; i < FUZZ_IMAGE_FDS; i++)
		image_fds_add(&fds, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	data = fuzz_image_data();
	image_read(&tables, first.p, first.left);
	image_read(&state, r.p, r.left);
	if (!image_load_tables(data, &tables, &fds) && !image_load_state(data, &state, &fds) &&
	    fuzz_image_is_whole(data)) {
		fuzz_image_carry(data);
		fuzz_image_hand_on(data);
	}
	data_free(data);
	fuzz_image_close_fds(&fds);
	return 0;
}
