/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/reserve.h"

#include "gw/operator/operator.h"
#include "gw/port.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Standard streams, epoll, eventfd and timerfd of the loop and of each worker, netlink for a
 * moment, sockets of the system's resolver. */
#define NEED_BASE     32u
#define NEED_WORKER   4u
#define NEED_PORT     4u			 /* its link, a listener, a timer */
#define NEED_METRICS  (METRICS_CLIENTS_MAX + 3u) /* clients, the listener, two epolls */
#define NEED_CAPTURE  6u /* of one port: its folder and a file per link type */
#define RESERVE_LIMIT (UINT64_C(1) << 20)

static int reserve[RESERVE_MAX];
static unsigned kept;

uint64_t reserve_need(const struct cfg_model *cfg)
{
	uint64_t n = NEED_BASE + RESERVE_MAX + VTY_CONNECTIONS_MAX + cfg->services + cfg->clients +
		     (uint64_t)NEED_WORKER * (cfg->workers + 1u);

	n += cfg->metrics_listen ? NEED_METRICS : 0;
	for (unsigned i = 0; i < cfg->ports; i++)
		n += NEED_PORT + NEED_CAPTURE + cfg->workers + port_need(&cfg->port[i]).descriptors;
	return n;
}

static uint64_t reserve_used(void)
{
	DIR *d = opendir("/proc/self/fd");
	uint64_t n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n > 3 ? n - 3 : 0; /* without ".", ".." and the folder itself */
}

void reserve_limits(struct reserve_limits *out)
{
	struct rlimit r = {0};

	getrlimit(RLIMIT_NOFILE, &r);
	*out = (struct reserve_limits){
		.soft = r.rlim_cur, .hard = r.rlim_max, .used = reserve_used(), .kept = kept};
}

void reserve_refill(void)
{
	while (kept < RESERVE_MAX) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return;
		reserve[kept++] = fd;
	}
}

bool reserve_give_up(void)
{
	if (!kept)
		return false;
	close(reserve[--kept]);
	return true;
}

void reserve_start(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max < RESERVE_LIMIT ? r.rlim_max : RESERVE_LIMIT;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	reserve_refill();
}

void reserve_stop(void)
{
	while (reserve_give_up())
		;
}
