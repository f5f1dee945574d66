/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TUN devices: made, joined, given back, refused. */
#include "config.h" /* first: GNU extensions */

#include "gw/dp/data.h"
#include "gw/dp/tun.h"
#include "gw/netif.h"
#include "tests/gw/dp/ip_bench.h"
#include "tests/harness.h"
#include "tests/heap.h"
#include "transports/kit/opening.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* --- refused ---------------------------------------------------------------------------------- */

static void tun_fails(const char *name, int err, const char *words)
{
	char made[16], text[128] = "";

	CU_ASSERT_EQUAL(tun_open(name, 1500, 0, made, text, sizeof(text)), -err);
	CU_ASSERT_STRING_EQUAL(text, words);
}

static void the_name(void)
{
	tun_fails("sixteen-octets-x", ENAMETOOLONG, "sixteen-octets-x: File name too long");
	if (!netns_enter("dp_tun the_name"))
		return;
	tun_fails("lo", EINVAL, "lo: Invalid argument: there is a device of that name already");
	netns_leave();
}

/* In the order in which they were opened; what was wanted and what is had of it. */
static void one_after_the_other(void)
{
	uint32_t no[3];
	char err[64];
	struct rig r;

	if (!netns_enter("dp_tun one_after_the_other"))
		return;
	rig_up(&r, 0, &fake_udp);
	CU_ASSERT_EQUAL(dp_tun_next(r.dp, 0), 0);
	for (unsigned i = 0; i < 3; i++)
		no[i] = dp_tun_open(r.dp, "list%d", 1400, i, err, sizeof(err));
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(dp_tun_next(r.dp, i ? no[i - 1] : 0), no[i]);
		CU_ASSERT_EQUAL(dp_tun_wanted(r.dp, no[i]), i);
		CU_ASSERT_EQUAL(dp_tun_offload(r.dp, no[i]) & ~i, 0);
	}
	CU_ASSERT_EQUAL(dp_tun_next(r.dp, no[2]), 0);
	dp_tun_close(r.dp, no[1]);
	CU_ASSERT_EQUAL(dp_tun_next(r.dp, no[0]), no[2]);
	CU_ASSERT_EQUAL(dp_tun_wanted(r.dp, no[1]), 0);
	rig_down(&r);
	netns_leave();
}

static void without_the_right(void)
{
	if (!netns_enter("dp_tun without_the_right"))
		return;
	CU_ASSERT_FATAL(!seteuid(65534));
	if (faccessat(AT_FDCWD, "/dev/net/tun", R_OK | W_OK, AT_EACCESS))
		tun_fails("tun7", EACCES,
			  "/dev/net/tun: Permission denied: run as root or with CAP_NET_ADMIN");
	else
		tun_fails("tun7", EPERM,
			  "tun7: Operation not permitted: run as root or with CAP_NET_ADMIN");
	CU_ASSERT_FATAL(!seteuid(0));
	netns_leave();
}

static void *tun_without_the_node(void *arg)
{
	(void)arg;
	if (unshare(CLONE_FS) || chroot("/proc/self/fdinfo"))
		return NULL;
	tun_fails("tun7", ENOENT,
		  "/dev/net/tun: No such file or directory: the kernel has no TUN devices; "
		  "modprobe tun");
	return NULL;
}

static void without_the_node(void)
{
	pthread_t t;

	CU_ASSERT_FATAL(!pthread_create(&t, NULL, tun_without_the_node, NULL));
	pthread_join(t, NULL);
}

/* The lowest free descriptor is the device's; then comes the socket that sets the MTU. */
static void without_descriptors(void)
{
	struct rlimit before, few;
	int lowest;

	if (!netns_enter("dp_tun without_descriptors"))
		return;
	lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
	close(lowest);
	CU_ASSERT_FATAL(!getrlimit(RLIMIT_NOFILE, &before));
	few = before;
	few.rlim_cur = (rlim_t)lowest;
	CU_ASSERT_FATAL(!setrlimit(RLIMIT_NOFILE, &few));
	tun_fails("tun7", EMFILE, "/dev/net/tun: Too many open files");
	few.rlim_cur++;
	CU_ASSERT_FATAL(!setrlimit(RLIMIT_NOFILE, &few));
	tun_fails("tun7", EMFILE, "MTU: Too many open files");
	CU_ASSERT_FATAL(!setrlimit(RLIMIT_NOFILE, &before));
	netns_leave();
}

static void do_no_memory(struct bench *b)
{
	uint32_t t = 0;
	char err[64];
	unsigned n;

	for (n = 0; !t; n++) {
		heap_refuse(n);
		t = dp_tun_open(b->r.dp, "more%d", 1500, DP_TUN_OFFLOADS, err, sizeof(err));
		CU_ASSERT_EQUAL(!t, heap_refused());
		if (!t)
			CU_ASSERT_STRING_EQUAL(err, n ? "more0: Cannot allocate memory"
						      : "Cannot allocate memory");
	}
	CU_ASSERT_EQUAL(n, 5); /* the device, its addresses, its number, its watch */
	dp_tun_close(b->r.dp, t);
}

static void without_memory(void)
{
	ip_bench_in(&rig_forms[0], "dp_tun without_memory", do_no_memory);
}

/* --- made ------------------------------------------------------------------------------------- */

static int tun_number(const char *dev, const char *what)
{
	char path[80], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/%s", dev, what);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	return (int)strtol(text, NULL, 10);
}

static void as_asked_for(void)
{
	char made[TUN_NAME], err[64];
	int fd;

	if (!netns_enter("dp_tun as_asked_for"))
		return;
	fd = tun_open("fifteen-octets-", 1300, 0, made, err, sizeof(err));
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_STRING_EQUAL(made, "fifteen-octets-");
	CU_ASSERT(fcntl(fd, F_GETFL) & O_NONBLOCK);
	CU_ASSERT(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	/* RFC 5072: the identifier is agreed by IPV6CP; the kernel makes no address itself. */
	CU_ASSERT_EQUAL(tun_number(made, "addr_gen_mode"), 1);
	CU_ASSERT_EQUAL(tun_number(made, "mtu"), 1300);
	close(fd);
	CU_ASSERT_EQUAL(if_nametoindex(made), 0);
	netns_leave();
}

static bool tun_gone(struct rig *r, void *arg)
{
	(void)r;
	return !if_nametoindex(arg);
}

/* Three devices, the middle one is given back first. */
static void do_three(struct bench *b)
{
	static char name[][8] = {"one", "two", "three"};
	const struct dp_prefix any = {.bits = 32};
	uint32_t t[3];
	char err[64];

	for (unsigned i = 0; i < 3; i++) {
		t[i] = dp_tun_open(b->r.dp, name[i], 1500, DP_TUN_OFFLOADS, err, sizeof(err));
		CU_ASSERT_FATAL(t[i] != 0);
		CU_ASSERT_STRING_EQUAL(dp_tun_name(b->r.dp, t[i]), name[i]);
	}
	CU_ASSERT(t[0] != t[1] && t[0] != t[2] && t[1] != t[2]);
	dp_tun_close(b->r.dp, t[1]);
	CU_ASSERT(rig_wait(&b->r, tun_gone, name[1]));
	CU_ASSERT_STRING_EQUAL(dp_tun_name(b->r.dp, t[1]), "");
	CU_ASSERT(!dp_tun_any_gone(b->r.dp)); /* given back, not removed from outside */
	CU_ASSERT(dp_tun_gone(b->r.dp, t[1]) && !dp_tun_route(b->r.dp, t[1], &any, 0, 0));
	CU_ASSERT(!dp_tun_gone(b->r.dp, t[0]) && !dp_tun_gone(b->r.dp, t[2]));
	dp_tun_close(b->r.dp, t[1]);
	for (unsigned i = 0; i < 3; i += 2) {
		CU_ASSERT_EQUAL(
			dp_tun_open(b->r.dp, name[i], 1500, DP_TUN_OFFLOADS, err, sizeof(err)),
			t[i]);
		dp_tun_close(b->r.dp, t[i]);
		CU_ASSERT(if_nametoindex(name[i]) != 0);
		dp_tun_close(b->r.dp, t[i]);
		CU_ASSERT(rig_wait(&b->r, tun_gone, name[i]));
	}
}

static void three_devices(void)
{
	ip_bench_each("dp_tun three_devices", do_three);
}

/* A number is not given again at once: what still has the old one does not reach another device. */
static void do_another_number(struct bench *b)
{
	char name[] = "again";
	struct dp_call c = b->call;
	char err[64];
	uint32_t old = dp_tun_open(b->r.dp, name, 1500, DP_TUN_OFFLOADS, err, sizeof(err)), fresh;

	CU_ASSERT_FATAL(old != 0);
	dp_tun_close(b->r.dp, old);
	CU_ASSERT(rig_wait(&b->r, tun_gone, name));
	fresh = dp_tun_open(b->r.dp, name, 1500, DP_TUN_OFFLOADS, err, sizeof(err));
	CU_ASSERT(fresh && fresh != old);
	c.tun = old;
	CU_ASSERT_EQUAL(dp_call_set(b->r.dp, &c), -EINVAL);
	c.tun = fresh;
	CU_ASSERT_EQUAL(dp_call_set(b->r.dp, &c), 0);
	dp_tun_close(b->r.dp, fresh); /* the call keeps it */
	CU_ASSERT_STRING_EQUAL(dp_tun_name(b->r.dp, fresh), name);
	dp_tun_close(b->r.dp, fresh);
	CU_ASSERT_STRING_EQUAL(dp_tun_name(b->r.dp, fresh), name);
	dp_call_del(b->r.dp, c.tid, c.sid);
	CU_ASSERT(rig_wait(&b->r, tun_gone, name));
	CU_ASSERT_STRING_EQUAL(dp_tun_name(b->r.dp, fresh), "");
}

static void another_number(void)
{
	ip_bench_each("dp_tun another_number", do_another_number);
}

/* The first worker is held up: the device that it does not read is read all the same. */
static void each_on_another_worker(void)
{
	const struct dp_prefix client = {.bits = 32, .top = (uint64_t)CLIENT << 32};
	uint32_t first, second;
	char err[64];
	struct rig r;
	uint8_t pkt[64];
	size_t len = netns_packet4(pkt, GATEWAY, CLIENT, 7000, "x", 1);
	int raw;

	if (!netns_enter("dp_tun each_on_another_worker"))
		return;
	rig_up(&r, 2, &fake_udp);
	first = dp_tun_open(r.dp, "first", 1500, DP_TUN_OFFLOADS, err, sizeof(err));
	second = dp_tun_open(r.dp, "second", 1500, DP_TUN_OFFLOADS, err, sizeof(err));
	CU_ASSERT_FATAL(first && second && !netif_set("second", true, 1500));
	CU_ASSERT(dp_tun_route(r.dp, second, &client, 0, 0));
	dp_flush(r.dp);
	raw = netns_sniff("second");
	pthread_mutex_lock(&r.fake->lock);
	r.fake->host->wake(r.fake->host_ctx);
	CU_ASSERT_EQUAL(netns_send_raw(raw, "second", pkt, len), (long)len);
	CU_ASSERT(rig_wait_lines(&r, 1));
	pthread_mutex_unlock(&r.fake->lock);
	CU_ASSERT_STRING_EQUAL(r.line[0].text, "absent");
	close(raw);
	dp_tun_close(r.dp, first);
	dp_tun_close(r.dp, second);
	rig_down(&r);
	netns_leave();
}

/* The data plane ends while a device is open. */
static void gone_with_the_data_plane(void)
{
	char err[64];
	struct rig r;

	if (!netns_enter("dp_tun gone_with_the_data_plane"))
		return;
	for (const struct rig_form *f = rig_forms; f->name; f++) {
		rig_up_form(&r, f, &fake_udp, &rig_ops);
		CU_ASSERT(dp_tun_open(r.dp, "left0", 1500, DP_TUN_OFFLOADS, err, sizeof(err)) != 0);
		CU_ASSERT(dp_tun_open(r.dp, "left1", 1500, DP_TUN_OFFLOADS, err, sizeof(err)) != 0);
		rig_down(&r);
		CU_ASSERT_EQUAL(if_nametoindex("left0"), 0);
		CU_ASSERT_EQUAL(if_nametoindex("left1"), 0);
	}
	netns_leave();
}

/* --- by another process ----------------------------------------------------------------------- */

static struct {
	struct ist_open asked;
	int answer; /* 0 = opened */
} other;

static int other_open(void *ctx, const struct ist_open *what)
{
	CU_ASSERT_PTR_EQUAL(ctx, &other);
	other.asked = *what;
	return other.answer ? other.answer : opening_here(what);
}

static void opened_by_another(void)
{
	char made[TUN_NAME], err[128] = "";
	int fd;

	if (!netns_enter("dp_tun opened_by_another"))
		return;
	dp_open_by(other_open, &other);
	fd = tun_open("far%d", 1300, 0, made, err, sizeof(err));
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_STRING_EQUAL(made, "far0");
	CU_ASSERT_EQUAL(tun_number(made, "addr_gen_mode"), 1);
	CU_ASSERT_EQUAL(tun_number(made, "mtu"), 1300);
	CU_ASSERT(other.asked.kind == IST_OPEN_TUN && other.asked.size == sizeof(other.asked));
	CU_ASSERT_STRING_EQUAL(other.asked.name, "far%d");
	close(fd);
	other.answer = -EACCES;
	tun_fails("far0", EACCES, "far0: Permission denied: run as root or with CAP_NET_ADMIN");
	tun_fails("sixteen-octets-x", ENAMETOOLONG, "sixteen-octets-x: File name too long");
	/* it leaves it to us */
	other.answer = -ENOSYS;
	fd = tun_open("near%d", 1300, 0, made, err, sizeof(err));
	CU_ASSERT_STRING_EQUAL(made, "near0");
	close(fd);
	dp_open_by(NULL, NULL);
	netns_leave();
}

/* What a port asks its host for goes the same way. */
static void ports_are_asked_for_too(void)
{
	const struct ist_open w = {.size = sizeof(w), .kind = IST_OPEN_TTY, .name = "/dev/null"};

	CU_ASSERT_EQUAL(host_table.open(NULL, &w), -ENOSYS);
	dp_open_by(other_open, &other);
	other.answer = -EXDEV;
	CU_ASSERT_EQUAL(host_table.open(NULL, &w), -EXDEV);
	CU_ASSERT(!memcmp(&other.asked, &w, sizeof(w)));
	dp_open_by(NULL, NULL);
}

static const struct test_case cases[] = {
	{"opened_by_another", opened_by_another},
	{"ports_are_asked_for_too", ports_are_asked_for_too},
	{"the_name", the_name},
	{"one_after_the_other", one_after_the_other},
	{"without_the_right", without_the_right},
	{"without_the_node", without_the_node},
	{"without_descriptors", without_descriptors},
	{"without_memory", without_memory},
	{"as_asked_for", as_asked_for},
	{"three_devices", three_devices},
	{"another_number", another_number},
	{"each_on_another_worker", each_on_another_worker},
	{"gone_with_the_data_plane", gone_with_the_data_plane},
	{NULL, NULL},
};
const struct test_suite suite_dp_tun = {"dp_tun", cases};
