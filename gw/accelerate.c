/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "gw/accelerate.h"

#include "gw/dp/dp.h"
#include "gw/log.h"
#include "gw/netif_xdp.h"
#include "gw/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCELERATE_TEXT 512u

static bool accelerate_port(const struct cfg_port *p)
{
	return !strcmp(cfg_port_setting(p, "accelerate"), "xdp");
}

bool accelerate_wanted(const struct cfg_model *cfg)
{
	for (unsigned i = 0; i < cfg->ports; i++)
		if (accelerate_port(&cfg->port[i]))
			return true;
	return false;
}

/* --- which devices ---------------------------------------------------------------------------- */

static void accelerate_add(struct accelerate_devices *d, const char *name)
{
	for (unsigned i = 0; i < d->n; i++)
		if (!strcmp(d->name[i], name))
			return;
	if (d->n < XDP_DEVICES && strlen(name) < IFNAMSIZ)
		snprintf(d->name[d->n++], IFNAMSIZ, "%s", name);
}

/* The one that has the address the port listens on, if that is one. */
static void accelerate_add_listening(struct accelerate_devices *d, const struct cfg_port *p)
{
	const struct ist_transport *t = p->transport;
	struct ifaddrs *all = NULL;
	struct ist_addr at;
	uint16_t port;
	uint8_t ip[4];

	if (!IST_HAS(t, addr_udp4) || !t->addr_udp4 || !t->addr_parse ||
	    t->addr_parse(&at, cfg_port_setting(p, "listen")) < 0 ||
	    !t->addr_udp4(&at, ip, &port) || getifaddrs(&all) < 0)
		return;
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		struct sockaddr_in in;

		if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET)
			continue;
		memcpy(&in, i->ifa_addr, sizeof(in));
		if (!memcmp(&in.sin_addr, ip, sizeof(ip)))
			accelerate_add(d, i->ifa_name);
	}
	freeifaddrs(all);
}

struct accelerate_devices accelerate_devices(const struct cfg_model *cfg)
{
	struct accelerate_devices d = {.n = 0};

	for (unsigned i = 0; i < cfg->ports; i++) {
		const struct ist_port_config *p = &cfg->port[i].config;

		if (!accelerate_port(&cfg->port[i]))
			continue;
		for (unsigned k = 0; k < p->settings; k++)
			if (!strcmp(p->setting[k].key, "core"))
				accelerate_add(&d, p->setting[k].value);
		accelerate_add_listening(&d, &cfg->port[i]);
	}
	return d;
}

/* --- keeper ----------------------------------------------------------------------------------- */

static bool accelerate_mac(const char *device, uint8_t mac[6])
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r;
	bool ok;

	memset(&r, 0, sizeof(r));
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", device);
	ok = sock >= 0 && ioctl(sock, SIOCGIFHWADDR, &r) == 0;
	if (ok)
		memcpy(mac, r.ifr_hwaddr.sa_data, 6);
	if (sock >= 0)
		close(sock);
	return ok;
}

/* Its descriptor, or -1 with words. */
static int accelerate_attach(const struct accelerate *a, struct xdp_table *t, const char *device,
			     char *why, size_t len)
{
	unsigned index = if_nametoindex(device);
	uint8_t mac[6];
	int link;

	if (!index || !accelerate_mac(device, mac)) {
		snprintf(why, len, "there is no such device");
		return -1;
	}
	link = xdp_attach(a->fd[XDP_FD_PROGRAM], index, why, len);
	if (link >= 0 && xdp_table_device(t, index, mac) == 0)
		return link;
	if (link >= 0) {
		snprintf(why, len, "the program cannot be told of it");
		close(link);
	}
	return -1;
}

static void accelerate_attach_all(struct accelerate *a, struct xdp_table *t,
				  const struct accelerate_devices *d,
				  void (*log)(enum keeper_level level, const char *words))
{
	char why[ACCELERATE_TEXT / 2], words[ACCELERATE_TEXT];

	for (unsigned i = 0; i < d->n; i++) {
		int link = accelerate_attach(a, t, d->name[i], why, sizeof(why));

		if (link >= 0)
			a->link[a->links++] = link;
		snprintf(words, sizeof(words), "accelerate: device %s %s%s", d->name[i],
			 link < 0 ? "is not accelerated: " : "runs the program",
			 link < 0 ? why : "");
		log(link < 0 ? KEEPER_ERROR : KEEPER_NOTICE, words);
	}
	if (!d->n)
		log(KEEPER_ERROR, "accelerate: no device is known: `core` names them");
}

void accelerate_start(struct accelerate *a, const struct cfg_model *cfg,
		      void (*log)(enum keeper_level level, const char *words))
{
	const struct accelerate_devices d = accelerate_devices(cfg);
	char why[ACCELERATE_TEXT / 2], words[ACCELERATE_TEXT];
	struct xdp_table *t;

	if (!accelerate_wanted(cfg))
		return;
	if (xdp_load(a->fd, why, sizeof(why)) < 0) {
		snprintf(words, sizeof(words),
			 "accelerate: the kernel does not load the program: %s", why);
		log(KEEPER_ERROR, words);
		return;
	}
	t = xdp_table_new(a->fd);
	if (t)
		accelerate_attach_all(a, t, &d, log);
	xdp_table_free(t);
	if (!a->links)
		xdp_close(a->fd);
}

void accelerate_end(struct accelerate *a)
{
	if (a->links)
		xdp_close(a->fd);
	while (a->links)
		close(a->link[--a->links]);
}

bool accelerate_give(struct accelerate *a, struct keeper_fds *held)
{
	for (unsigned i = 0; a->links && !a->given && i < XDP_FDS; i++) {
		int fd = fcntl(a->fd[i], F_DUPFD_CLOEXEC, 0);
		char name[KEEPER_NAME_MAX];

		snprintf(name, sizeof(name), PROCESSES_XDP, i);
		if (fd < 0 || keeper_fds_put(held, name, fd) < 0) {
			if (fd >= 0)
				close(fd);
			return false;
		}
	}
	a->given = true;
	return true;
}

/* --- control ---------------------------------------------------------------------------------- */

bool accelerate_given(const struct keeper_fds *held)
{
	char name[KEEPER_NAME_MAX];

	snprintf(name, sizeof(name), PROCESSES_XDP, 0u);
	return keeper_fds_find(held, name) >= 0;
}

bool accelerate_take(struct keeper_fds *held, int fd[XDP_FDS])
{
	char name[KEEPER_NAME_MAX];
	bool all = true;

	for (unsigned i = 0; i < XDP_FDS; i++) {
		snprintf(name, sizeof(name), PROCESSES_XDP, i);
		fd[i] = keeper_fds_take(held, name);
		all = all && (fd[i] >= 0 || i >= XDP_FD_NEAR4);
	}
	if (!all)
		xdp_close(fd);
	return all;
}

void accelerate_tell(const struct cfg_model *cfg, const struct dp *dp)
{
	const struct accelerate_devices d = accelerate_devices(cfg);

	if (!d.n && dp_fast_loaded(dp))
		GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE,
		       "accelerate: no port has it any more: until the next start drivers run the "
		       "program, which leaves all frames to us\n");
	for (unsigned i = 0; i < d.n; i++)
		if (!dp_fast_device(dp, if_nametoindex(d.name[i])))
			GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE,
			       "accelerate: device %s does not run the program, and can begin to "
			       "at the "
			       "next start only\n",
			       d.name[i]);
}

void accelerate_look(const struct cfg_model *cfg, struct dp *dp)
{
	struct accelerate_devices d;
	uint8_t mac[6];

	if (!dp_fast_loaded(dp))
		return;
	d = accelerate_devices(cfg);
	for (unsigned i = 0; i < d.n; i++) {
		unsigned index = if_nametoindex(d.name[i]);

		if (index && accelerate_mac(d.name[i], mac))
			dp_fast_device_is(dp, index, mac);
	}
}

/* --- a check ---------------------------------------------------------------------------------- */

static bool accelerate_device_lacks(const char *device, char *words, size_t len)
{
	unsigned index = if_nametoindex(device);

	if (!index)
		snprintf(words, len, "accelerate: there is no device %s", device);
	else if (netif_xdp(index) == -EOPNOTSUPP)
		snprintf(words, len, "accelerate: the driver of device %s does not run programs",
			 device);
	else
		return false;
	return true;
}

void accelerate_lacks(const struct cfg_model *cfg, void (*say)(const char *words))
{
	const struct accelerate_devices d = accelerate_devices(cfg);
	char words[ACCELERATE_TEXT];

	if (!accelerate_wanted(cfg))
		return;
	if (!xdp_is_built())
		say("accelerate: this program was built without XDP");
	if (!cfg->workers)
		say("accelerate: not with `workers = 0`");
	if (!d.n)
		say("accelerate: no device is known: `core` names them");
	for (unsigned i = 0; i < d.n; i++)
		if (accelerate_device_lacks(d.name[i], words, sizeof(words)))
			say(words);
}
