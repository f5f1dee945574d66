/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The old ioctl of ethtool, which asks for no privilege: the names of all features first, then
 * which of them are on, 32 to a word.
 */
#include "gw/netif_feature.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if_arp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define FEATURES_MAX 256u

static int netif_feature_ioctl(int fd, const char *device, unsigned long what, void *data,
			       struct ifreq *r)
{
	memset(r, 0, sizeof(*r));
	snprintf(r->ifr_name, sizeof(r->ifr_name), "%s", device);
	if (data)
		r->ifr_data = data;
	return ioctl(fd, what, r) < 0 ? -errno : 0;
}

/* As struct ethtool_sset_info, struct ethtool_gstrings and struct ethtool_gfeatures, with what
 * comes behind these. */
struct netif_sset {
	uint32_t cmd, reserved;
	uint64_t mask;
	uint32_t n;
};
struct netif_names {
	uint32_t cmd, set, len;
	char name[FEATURES_MAX][ETH_GSTRING_LEN];
};
struct netif_words {
	uint32_t cmd, size;
	struct ethtool_get_features_block word[FEATURES_MAX / 32];
};

/* How many features have names, or -errno. */
static int netif_feature_count(int fd, const char *device)
{
	struct netif_sset ask = {.cmd = ETHTOOL_GSSET_INFO, .mask = 1ull << ETH_SS_FEATURES};
	struct ifreq r;
	int rc = netif_feature_ioctl(fd, device, SIOCETHTOOL, &ask, &r);

	if (rc)
		return rc;
	return ask.mask && ask.n <= FEATURES_MAX ? (int)ask.n : -EOPNOTSUPP;
}

/* -EAGAIN from a kernel that has another number of them by now. */
static int netif_feature_find(const struct netif_names *all, const char *feature)
{
	for (unsigned i = 0; i < all->len && i < FEATURES_MAX; i++)
		if (!strncmp(all->name[i], feature, ETH_GSTRING_LEN))
			return (int)i;
	return all->len ? -ENOENT : -EAGAIN;
}

/* The number of a feature, or -errno. */
static int netif_feature_number(int fd, const char *device, const char *feature)
{
	int n = netif_feature_count(fd, device), rc;
	struct netif_names *all;
	struct ifreq r;

	if (n < 0)
		return n;
	all = calloc(1, sizeof(*all));
	if (!all)
		return -ENOMEM;
	all->cmd = ETHTOOL_GSTRINGS;
	all->set = ETH_SS_FEATURES;
	all->len = (uint32_t)n;
	rc = netif_feature_ioctl(fd, device, SIOCETHTOOL, all, &r);
	if (!rc)
		rc = netif_feature_find(all, feature);
	free(all);
	return rc;
}

static int netif_feature_is_on(int fd, const char *device, unsigned no)
{
	struct netif_words all = {.cmd = ETHTOOL_GFEATURES, .size = FEATURES_MAX / 32};
	struct ifreq r;
	int rc = netif_feature_ioctl(fd, device, SIOCETHTOOL, &all, &r);

	return rc ? rc : (int)(all.word[no / 32].active >> no % 32 & 1);
}

int netif_feature(const char *device, const char *feature)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;

	if (fd < 0)
		return -errno;
	rc = netif_feature_number(fd, device, feature);
	if (rc >= 0)
		rc = netif_feature_is_on(fd, device, (unsigned)rc);
	close(fd);
	return rc;
}

static bool netif_is_ether(int fd, const char *device)
{
	struct ifreq hw, flags;

	return !netif_feature_ioctl(fd, device, SIOCGIFHWADDR, NULL, &hw) &&
	       hw.ifr_hwaddr.sa_family == ARPHRD_ETHER &&
	       !netif_feature_ioctl(fd, device, SIOCGIFFLAGS, NULL, &flags) &&
	       flags.ifr_flags & IFF_UP;
}

unsigned netif_ethers(char (*name)[IF_NAMESIZE], unsigned n)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct if_nameindex *all = fd < 0 ? NULL : if_nameindex();
	unsigned found = 0;

	for (unsigned i = 0; all && all[i].if_name && found < n; i++)
		if (netif_is_ether(fd, all[i].if_name))
			snprintf(name[found++], IF_NAMESIZE, "%s", all[i].if_name);
	if (all)
		if_freenameindex(all);
	if (fd >= 0)
		close(fd);
	return found;
}
