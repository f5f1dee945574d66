/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /dev/net/tun with IFF_NO_PI; the device goes when its descriptor is closed. */
#include "gw/dp/tun.h"

#include "gw/dp/dp.h"
#include "transports/kit/opening.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Advice for the errors whose text alone does not help. */
static const char *tun_advice(int e)
{
	switch (e) {
	case EPERM:
	case EACCES:
		return ": run as root or with CAP_NET_ADMIN";
	case ENOENT:
	case ENODEV:
		return ": the kernel has no TUN devices; modprobe tun";
	default:
		return "";
	}
}

static int tun_fail(int fd, const char *what, const char *more, char *err, size_t err_len)
{
	int e = errno;

	snprintf(err, err_len, "%s: %s%s", what, strerror(e), more ? more : tun_advice(e));
	if (fd >= 0)
		close(fd);
	return -e;
}

/* --- opened by another process ---------------------------------------------------------------- */

static struct {
	int (*open)(void *ctx, const struct ist_open *what);
	void *ctx;
	void (*closed)(void *ctx, const char *device);
	void *closed_ctx;
	void (*released)(void *ctx, const struct ist_open *what);
	void *released_ctx;
} tun_opener;

void dp_open_by(int (*open)(void *ctx, const struct ist_open *what), void *ctx)
{
	tun_opener.open = open;
	tun_opener.ctx = ctx;
}

void dp_closed_to(void (*closed)(void *ctx, const char *device), void *ctx)
{
	tun_opener.closed = closed;
	tun_opener.closed_ctx = ctx;
}

void tun_say_closed(const char *device)
{
	if (tun_opener.closed)
		tun_opener.closed(tun_opener.closed_ctx, device);
}

void dp_released_to(void (*released)(void *ctx, const struct ist_open *what), void *ctx)
{
	tun_opener.released = released;
	tun_opener.released_ctx = ctx;
}

void tun_say_released(const struct ist_open *what)
{
	if (tun_opener.released)
		tun_opener.released(tun_opener.released_ctx, what);
}

int tun_ask_open(const struct ist_open *what)
{
	return tun_opener.open ? tun_opener.open(tun_opener.ctx, what) : -ENOSYS;
}

struct ist_open dp_tun_opening(const char *name, uint16_t mtu, unsigned offload)
{
	struct ist_open w = opening_named(IST_OPEN_TUN, name);

	w.flags = IST_OPEN_NO_ADDRESS | IST_OPEN_LONG_QUEUE;
	if (offload)
		w.flags |= IST_OPEN_SUPER;
	w.mtu = mtu;
	return w;
}

static int tun_open_elsewhere(const struct ist_open *w, char *made, char *err, size_t err_len)
{
	int fd = tun_ask_open(w), rc;

	if (fd == -ENOSYS)
		return fd;
	rc = fd < 0 ? fd : opening_device_name(fd, made);
	if (!rc)
		return fd;
	errno = -rc;
	return tun_fail(fd, w->name, NULL, err, err_len);
}

/* --- opened here ------------------------------------------------------------------------------ */

/* As opening_here(), which has no words for what fails. */
static int tun_open_here(const struct ist_open *w, char *made, char *err, size_t err_len)
{
	struct ifreq req = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return tun_fail(fd, "/dev/net/tun", NULL, err, err_len);
	if (w->flags & IST_OPEN_SUPER)
		req.ifr_flags |= IFF_VNET_HDR;
	memcpy(req.ifr_name, w->name, TUN_NAME);
	if (ioctl(fd, TUNSETIFF, &req) < 0)
		return tun_fail(fd, w->name,
				errno == EINVAL ? ": there is a device of that name already" : NULL,
				err, err_len);
	memcpy(made, req.ifr_name, TUN_NAME);
	made[TUN_NAME - 1] = '\0';
	errno = -opening_set_up(w, made);
	if (errno)
		return tun_fail(fd, "MTU", NULL, err, err_len);
	return fd;
}

int tun_open(const char *name, uint16_t mtu, unsigned offload, char *made, char *err,
	     size_t err_len)
{
	const struct ist_open w = dp_tun_opening(name, mtu, offload);
	int fd;

	if (strlen(name) >= TUN_NAME) {
		errno = ENAMETOOLONG;
		return tun_fail(-1, name, NULL, err, err_len);
	}
	fd = tun_open_elsewhere(&w, made, err, err_len);
	return fd == -ENOSYS ? tun_open_here(&w, made, err, err_len) : fd;
}
