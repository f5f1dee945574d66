/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames come from the workers' bounded rings with the monotonic time they were seen at; files hold
 * the time of day, so the difference is taken once, when the capture begins.
 */
#include "gw/operator/capture.h"

#include "gw/keeper/opener.h"
#include "gw/port.h"
#include "gw/reserve.h"
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SNAP 65535

static int64_t capture_time_of_day_less_monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000 - (int64_t)dp_now();
}

/* Transports name link types by their numbers in files, which are the same on all systems; libpcap
 * wants its own, which for two old ones are not. */
static int capture_dlt_of(uint16_t link_type)
{
	static const struct {
		uint16_t in_files;
		int dlt;
	} differ[] = {{100, DLT_ATM_RFC1483}, {101, DLT_RAW}};

	for (size_t i = 0; i < sizeof(differ) / sizeof(*differ); i++)
		if (differ[i].in_files == link_type)
			return differ[i].dlt;
	return link_type;
}

static struct gw_port *capture_port_by_name(struct gw *gw, const char *name)
{
	const struct cfg_port *p = cfg_named(gw->cfg, "port", name);

	return p ? &gw->port[p - gw->cfg->port] : NULL;
}

static struct capture *capture_find(struct gw *gw, const char *name)
{
	struct capture *c = gw->capture;

	while (c && strcmp(c->name, name))
		c = c->next;
	return c;
}

/* The first link type has the name itself, others have theirs behind it. */
static void capture_file_name(const struct capture *c, uint16_t link_type, char *buf, size_t len)
{
	const char *type = pcap_datalink_val_to_name(capture_dlt_of(link_type));

	if (c->files)
		snprintf(buf, len, "%s.%s", c->file_name, type ? type : "other");
	else
		snprintf(buf, len, "%s", c->file_name);
}

/* Keeper makes it, since the folder need not be ours.  A descriptor for which there is no room is
 * lost on its way. */
static int capture_ask(struct keeper_link *keeper, const char *name, bool trial)
{
	int rc = opener_ask_capture(keeper, name, trial);

	errno = rc == -EBADMSG ? EMFILE : rc < 0 ? -rc : 0;
	return rc < 0 ? -1 : rc;
}

/* Nothing that is there is written over or followed. */
static int capture_create(const struct capture *c, const char *name)
{
	int fd;

	if (c->keeper)
		return capture_ask(c->keeper, name, false);
	do
		fd = openat(c->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	while (fd < 0 && errno == EMFILE && reserve_give_up());
	return fd;
}

/* A new file for this link type; NULL with errno. */
static struct capture_file *capture_add_file(struct capture *c, uint16_t link_type)
{
	struct capture_file *f = &c->file[c->files];
	char name[sizeof(c->file_name) + 32];
	FILE *out;
	int fd;

	capture_file_name(c, link_type, name, sizeof(name));
	fd = capture_create(c, name);
	out = fd >= 0 ? fdopen(fd, "wb") : NULL;
	if (!out) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	f->link_type = link_type;
	f->dead = pcap_open_dead(capture_dlt_of(link_type), SNAP);
	f->dump = f->dead ? pcap_dump_fopen(f->dead, out) : NULL;
	if (f->dump && !pcap_dump_flush(f->dump)) {
		f->good = ftell(out);
		c->files++;
		return f;
	}
	fd = f->dump ? errno : ENOMEM;
	fclose(out);
	if (f->dead)
		pcap_close(f->dead);
	if (c->folder >= 0)
		unlinkat(c->folder, name, 0);
	errno = fd;
	return NULL;
}

static struct capture_file *capture_file_of(struct capture *c, uint16_t link_type)
{
	for (unsigned i = 0; i < c->files; i++)
		if (c->file[i].link_type == link_type)
			return &c->file[i];
	return c->files < CAPTURE_FILES ? capture_add_file(c, link_type) : NULL;
}

static void capture_free_one(struct capture *c)
{
	for (unsigned i = 0; i < c->files; i++) {
		pcap_dump_close(c->file[i].dump);
		pcap_close(c->file[i].dead);
	}
	if (c->folder >= 0)
		close(c->folder);
	free(c);
}

/* The file is made with the first frame, whose link type it has; here is seen that it can be. */
static bool capture_may_create(const struct capture *c, const char *name)
{
	int fd;

	if (c->keeper)
		return capture_ask(c->keeper, name, true) == 0;
	fd = capture_create(c, name);

	if (fd < 0)
		return false;
	close(fd);
	return !unlinkat(c->folder, name, 0);
}

static const char *capture_open_folder(struct capture *c, const char *folder)
{
	if (!folder)
		return "no folder is configured: vty { captures = FOLDER }";
	if (c->keeper)
		return capture_may_create(c, c->file_name) ? NULL : strerror(errno);
	do
		c->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (c->folder < 0 && errno == EMFILE && reserve_give_up());
	if (c->folder < 0 || !capture_may_create(c, c->file_name))
		return strerror(errno);
	return NULL;
}

struct capture *capture_start(struct gw *gw, const char *port, const char *file, const char **words)
{
	struct gw_port *p = capture_port_by_name(gw, port);
	struct capture *c;

	*words = !p			  ? "no such port"
		 : p->number < 0	  ? "the port is not open"
		 : capture_find(gw, port) ? "a capture of it is running"
		 : strlen(port) >= sizeof(c->name) || strlen(file) >= sizeof(c->file_name)
			 ? "name too long"
		 : !opener_plain_name(file)
			 ? "a file name has letters, digits, `.`, `_` and `-` only"
			 : NULL;
	if (*words)
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c) {
		*words = "out of memory";
		return NULL;
	}
	c->folder = -1;
	c->keeper = gw->keeper;
	c->port = (unsigned)p->number;
	snprintf(c->name, sizeof(c->name), "%s", port);
	snprintf(c->file_name, sizeof(c->file_name), "%s", file);
	*words = capture_open_folder(c, gw->cfg->vty_captures);
	if (!*words && !port_tap(p, true))
		*words = "out of memory";
	if (*words) {
		capture_free_one(c);
		return NULL;
	}
	c->next = gw->capture;
	gw->capture = c;
	return c;
}

bool capture_stop(struct gw *gw, const char *port)
{
	struct capture **at = &gw->capture, *c;

	while (*at && strcmp((*at)->name, port))
		at = &(*at)->next;
	c = *at;
	if (!c)
		return false;
	*at = c->next;
	port_tap(capture_port_by_name(gw, port), false);
	capture_free_one(c);
	return true;
}

void capture_free_all(struct gw *gw)
{
	while (gw->capture)
		capture_stop(gw, gw->capture->name);
}

#define CAPTURE_AGAIN 1000000u /* us until a file that could not be written is tried again */

static void capture_failed(struct capture *c, int error, uint64_t now)
{
	if (c->error != error)
		GW_LOG(LOG_ABOUT(.port = c->name), MAIN, LOGL_ERROR,
		       "capture of port %s: %s: frames are lost\n", c->name, strerror(error));
	c->error = error;
	c->again = now + CAPTURE_AGAIN;
}

static void capture_written(struct capture *c, size_t len)
{
	if (c->error)
		GW_LOG(LOG_ABOUT(.port = c->name), MAIN, LOGL_NOTICE,
		       "capture of port %s: goes on, %llu frames lost so far\n", c->name,
		       (unsigned long long)c->lost);
	c->error = 0;
	c->frames++;
	c->octets += len;
}

/* The whole record, or nothing of it; errno says why. */
static bool capture_write(struct capture_file *f, const struct pcap_pkthdr *h, const uint8_t *frame)
{
	FILE *out = pcap_dump_file(f->dump);
	int error;

	pcap_dump(f->dump, h, frame);
	if (!pcap_dump_flush(f->dump) && !ferror(out)) {
		f->good += (long)(16 + h->caplen); /* its header in the file has 16 octets */
		return true;
	}
	error = errno;
	__fpurge(out);
	clearerr(out);
	if (ftruncate(fileno(out), f->good) == 0)
		fseek(out, f->good, SEEK_SET);
	errno = error;
	return false;
}

static void capture_frame(struct capture *c, uint16_t link_type, const struct pcap_pkthdr *h,
			  const uint8_t *frame, uint64_t now)
{
	struct capture_file *f = NULL;

	if (c->octets + h->len > CAPTURE_MOST || (c->error && now < c->again)) {
		c->lost++;
		return;
	}
	errno = EMFILE; /* more link types than files */
	f = capture_file_of(c, link_type);
	if (f && capture_write(f, h, frame)) {
		capture_written(c, h->len);
		return;
	}
	c->lost++;
	capture_failed(c, errno, now);
}

void capture_tap(void *ctx, unsigned port, bool outbound, uint16_t link_type, const uint8_t *frame,
		 size_t len, uint64_t when)
{
	struct gw *gw = ctx;
	struct capture *c = gw->capture;
	int64_t us = capture_time_of_day_less_monotonic() + (int64_t)when;
	struct pcap_pkthdr h = {.caplen = (bpf_u_int32)(len < SNAP ? len : SNAP),
				.len = (bpf_u_int32)len};

	(void)outbound; /* the link types that tell the direction carry it themselves */
	while (c && c->port != port)
		c = c->next;
	if (!c)
		return;
	h.ts.tv_sec = us / 1000000;
	h.ts.tv_usec = us % 1000000;
	capture_frame(c, link_type, &h, frame, when);
}
