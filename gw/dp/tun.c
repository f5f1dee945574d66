/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /dev/net/tun with IFF_NO_PI; the device goes when its descriptor is closed. */
#include "gw/dp/tun.h"

#include "gw/dp/dp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
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

/* The queue keeps what comes while the data side is replaced. */
static int tun_set_up(const char *name, uint16_t mtu)
{
	struct ifreq req = {.ifr_mtu = mtu};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;

	if (s < 0)
		return -1;
	memcpy(req.ifr_name, name, sizeof(req.ifr_name));
	rc = ioctl(s, SIOCSIFMTU, &req);
	req.ifr_qlen = IST_OPEN_QUEUE;
	if (!rc)
		rc = ioctl(s, SIOCSIFTXQLEN, &req);
	close(s);
	return rc;
}

/* The interface identifier is agreed by IPV6CP: the kernel must not make a link-local address of
 * its own, since the far end drops packets from it. Where /proc is not writable the device has both
 * addresses.
 */
static void tun_no_address_of_its_own(const char *name)
{
	char path[64 + TUN_NAME];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/addr_gen_mode", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		dprintf(fd, "1");
		close(fd);
	}
}

/* --- opened by another process ---------------------------------------------------------------- */

static struct {
	int (*open)(void *ctx, const struct ist_open *what);
	void *ctx;
} tun_opener;

void dp_open_by(int (*open)(void *ctx, const struct ist_open *what), void *ctx)
{
	tun_opener.open = open;
	tun_opener.ctx = ctx;
}

int tun_ask_open(const struct ist_open *what)
{
	return tun_opener.open ? tun_opener.open(tun_opener.ctx, what) : -ENOSYS;
}

static int tun_open_elsewhere(const char *name, uint16_t mtu, char *made, char *err, size_t err_len)
{
	struct ist_open w = {.size = sizeof(w),
			     .kind = IST_OPEN_TUN,
			     .flags = IST_OPEN_NO_ADDRESS | IST_OPEN_LONG_QUEUE,
			     .mtu = mtu};
	struct ifreq req = {.ifr_flags = 0};
	int fd;

	memcpy(w.name, name, strlen(name));
	fd = tun_ask_open(&w);
	if (fd == -ENOSYS)
		return fd;
	errno = fd < 0 ? -fd : 0;
	if (fd < 0 || ioctl(fd, TUNGETIFF, &req) < 0)
		return tun_fail(fd, name, NULL, err, err_len);
	memcpy(made, req.ifr_name, TUN_NAME);
	made[TUN_NAME - 1] = '\0';
	return fd;
}

/* --- opened here ------------------------------------------------------------------------------ */

int tun_open(const char *name, uint16_t mtu, char *made, char *err, size_t err_len)
{
	struct ifreq req = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd;

	if (strlen(name) >= sizeof(req.ifr_name)) {
		errno = ENAMETOOLONG;
		return tun_fail(-1, name, NULL, err, err_len);
	}
	fd = tun_open_elsewhere(name, mtu, made, err, err_len);
	if (fd != -ENOSYS)
		return fd;
	strcpy(req.ifr_name, name);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return tun_fail(fd, "/dev/net/tun", NULL, err, err_len);
	if (ioctl(fd, TUNSETIFF, &req) < 0)
		return tun_fail(fd, name,
				errno == EINVAL ? ": there is a device of that name already" : NULL,
				err, err_len);
	memcpy(made, req.ifr_name, TUN_NAME);
	made[TUN_NAME - 1] = '\0';
	tun_no_address_of_its_own(made);
	if (tun_set_up(made, mtu) < 0)
		return tun_fail(fd, "MTU or queue", NULL, err, err_len);
	return fd;
}
