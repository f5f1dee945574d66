/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each kind of opening, as asked for and refused. */
#include "config.h" /* first: GNU extensions */

#include "transports/kit/opening.h"

#include "tests/harness.h"
#include "tests/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <linux/if_arp.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ist_open opening_text(enum ist_open_kind kind, const char *address)
{
	struct udp_ep at;

	CU_ASSERT_FATAL(udp_ep_parse(&at, address, 0));
	return opening_at(kind, &at);
}

static int option_of(int fd, int level, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	CU_ASSERT(!getsockopt(fd, level, option, &value, &len));
	return value;
}

/* What every descriptor is. */
static void opened_without_waiting(int fd)
{
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CU_ASSERT(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

static void opening_datagram_sockets(void)
{
	struct ist_open w = opening_text(IST_OPEN_UDP, "127.0.0.1:0");
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct udp_ep bound;
	int fd;

	w.receive = 100000;
	w.send = 50000;
	fd = opening_here(&w);
	opened_without_waiting(fd);
	CU_ASSERT_EQUAL(option_of(fd, SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
	CU_ASSERT_EQUAL(option_of(fd, SOL_SOCKET, SO_RCVBUF), 200000); /* socket(7): doubled */
	CU_ASSERT_EQUAL(option_of(fd, SOL_SOCKET, SO_SNDBUF), 100000);
	CU_ASSERT_EQUAL(option_of(fd, IPPROTO_IP, IP_PKTINFO), 0);
	CU_ASSERT_FATAL(!getsockname(fd, (struct sockaddr *)&ss, &len) &&
			udp_ep_from_sock(&bound, &ss));
	CU_ASSERT_EQUAL(bound.family, 4);
	CU_ASSERT_NOT_EQUAL(bound.port, 0);
	w.port = bound.port;
	CU_ASSERT_EQUAL(opening_here(&w), -EADDRINUSE);
	close(fd);
	w = opening_text(IST_OPEN_UDP, "192.0.2.1:1701");
	CU_ASSERT_EQUAL(opening_here(&w), -EADDRNOTAVAIL);
}

static void opening_wildcard_sockets(void)
{
	struct ist_open w = opening_text(IST_OPEN_UDP, "0.0.0.0:0");
	int fd;

	w.flags = IST_OPEN_DESTINATION;
	fd = opening_here(&w);
	CU_ASSERT_EQUAL(option_of(fd, IPPROTO_IP, IP_PKTINFO), 1);
	close(fd);
	w = opening_text(IST_OPEN_UDP, "[::]:0");
	w.flags = IST_OPEN_DESTINATION;
	fd = opening_here(&w);
	CU_ASSERT_EQUAL(option_of(fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	CU_ASSERT_EQUAL(option_of(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO), 1);
	close(fd);
}

static void opening_listeners(void)
{
	struct ist_open w = opening_text(IST_OPEN_LISTEN, "127.0.0.1:0");
	int fd;

	w.backlog = 3;
	fd = opening_here(&w);
	opened_without_waiting(fd);
	CU_ASSERT_EQUAL(option_of(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	CU_ASSERT_EQUAL(option_of(fd, SOL_SOCKET, SO_REUSEADDR), 1);
	close(fd);
	w = opening_text(IST_OPEN_LISTEN, "192.0.2.1:1998");
	CU_ASSERT_EQUAL(opening_here(&w), -EADDRNOTAVAIL);
}

/* --- paths ------------------------------------------------------------------------------------ */

static int opening_path(enum ist_open_kind kind, const char *path, uint32_t flags)
{
	struct ist_open w = opening_named(kind, path);

	w.flags = flags;
	return opening_here(&w);
}

/* A file that is written is made for its owner, and its group may read it; it begins anew. */
static void opening_one_file(const char *path)
{
	mode_t mask = umask(022);
	struct stat st;
	int fd;

	CU_ASSERT_EQUAL(opening_path(IST_OPEN_READ, path, 0), -ENOENT);
	for (int i = 0; i < 2; i++) {
		fd = opening_path(IST_OPEN_WRITE, path, 0);
		CU_ASSERT_FATAL(fd >= 0 && !fstat(fd, &st));
		CU_ASSERT_EQUAL(st.st_size, 0);
		CU_ASSERT_EQUAL(st.st_mode & 0777, 0640);
		CU_ASSERT_EQUAL(write(fd, "x", 1), 1);
		close(fd);
	}
	umask(mask);
	fd = opening_path(IST_OPEN_READ, path, 0);
	opened_without_waiting(fd);
	CU_ASSERT_EQUAL(write(fd, "x", 1), -1);
	close(fd);
}

static void opening_links(const char *to, const char *path)
{
	static const uint8_t kinds[] = {IST_OPEN_READ, IST_OPEN_WRITE};

	CU_ASSERT_FATAL(!symlink(to, path));
	for (int i = 0; i < 2; i++) {
		int fd = opening_path(kinds[i], path, 0);

		CU_ASSERT(fd >= 0);
		close(fd);
		CU_ASSERT_EQUAL(opening_path(kinds[i], path, IST_OPEN_NO_LINK), -ELOOP);
	}
}

static void opening_pipes(const char *path)
{
	int in, out;

	CU_ASSERT_FATAL(!mkfifo(path, 0600));
	CU_ASSERT_EQUAL(opening_path(IST_OPEN_WRITE, path, 0), -ENXIO); /* nobody reads */
	in = opening_path(IST_OPEN_READ, path, 0);
	opened_without_waiting(in);
	out = opening_path(IST_OPEN_WRITE, path, 0);
	opened_without_waiting(out);
	close(in);
	close(out);
}

static void opening_files(void)
{
	char folder[] = "/tmp/opening-XXXXXX", path[3][64];

	CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
	for (int i = 0; i < 3; i++)
		snprintf(path[i], sizeof(path[i]), "%s/%d", folder, i);
	opening_one_file(path[0]);
	opening_links(path[0], path[1]);
	opening_pipes(path[2]);
	for (int i = 0; i < 3; i++)
		unlink(path[i]);
	rmdir(folder);
}

static void opening_ttys(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), fd;

	CU_ASSERT_FATAL(master >= 0 && !grantpt(master) && !unlockpt(master));
	fd = opening_path(IST_OPEN_TTY, ptsname(master), 0);
	opened_without_waiting(fd);
	CU_ASSERT(isatty(fd));
	close(fd);
	close(master);
	CU_ASSERT_EQUAL(opening_path(IST_OPEN_TTY, "/nonexistent/tty", 0), -ENOENT);
}

/* --- devices ---------------------------------------------------------------------------------- */

static void opening_packet_sockets(void)
{
	struct sockaddr_ll ll;
	socklen_t len = sizeof(ll);
	int fd;

	CU_ASSERT_EQUAL(opening_path(IST_OPEN_PACKET, "a-name-of-16-oct", 0), -ENAMETOOLONG);
	if (!netns_enter("opening packet_sockets"))
		return;
	fd = opening_path(IST_OPEN_PACKET, "lo", 0);
	opened_without_waiting(fd);
	CU_ASSERT_FATAL(!getsockname(fd, (struct sockaddr *)&ll, &len));
	CU_ASSERT_EQUAL(ll.sll_family, AF_PACKET);
	CU_ASSERT_EQUAL(ll.sll_protocol, 0); /* nothing comes yet */
	close(fd);
	netns_leave();
}

static struct ifreq device_ask(int s, const char *name, unsigned long what)
{
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	CU_ASSERT(!ioctl(s, what, &r));
	return r;
}

struct device_row {
	enum ist_open_kind kind;
	const char *name, *made;
	uint32_t flags;
	uint16_t type, mtu;
	int hardware; /* ARPHRD_ */
};

static int opening_flags(int fd)
{
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	return ioctl(fd, TUNGETIFF, &r) < 0 ? 0 : (unsigned short)r.ifr_flags;
}

static void opening_device_of(int s, const struct device_row *row)
{
	struct ist_open w = opening_named(row->kind, row->name);
	char made[IFNAMSIZ];
	int fd, flags;

	w.flags = row->flags;
	w.type = row->type;
	w.mtu = row->mtu;
	fd = opening_here(&w);
	opened_without_waiting(fd);
	CU_ASSERT(!opening_device_name(fd, made));
	CU_ASSERT_STRING_EQUAL(made, row->made);
	CU_ASSERT_EQUAL(opening_flags(fd) & IFF_VNET_HDR,
			row->flags & IST_OPEN_SUPER ? IFF_VNET_HDR : 0);
	CU_ASSERT_EQUAL(device_ask(s, made, SIOCGIFMTU).ifr_mtu, row->mtu ? row->mtu : 1500);
	CU_ASSERT_EQUAL(device_ask(s, made, SIOCGIFTXQLEN).ifr_qlen,
			w.flags & IST_OPEN_LONG_QUEUE ? 16000
			: row->kind == IST_OPEN_TUN   ? 500
						      : 1000);
	CU_ASSERT_EQUAL(device_ask(s, made, SIOCGIFHWADDR).ifr_hwaddr.sa_family, row->hardware);
	flags = device_ask(s, made, SIOCGIFFLAGS).ifr_flags;
	CU_ASSERT_EQUAL(!(flags & IFF_UP), !(w.flags & IST_OPEN_UP));
	w = opening_named(row->kind, made);
	CU_ASSERT_EQUAL(opening_here(&w), -EBUSY);
	close(fd);
	CU_ASSERT_EQUAL(if_nametoindex(made), 0);
}

static void opening_devices(void)
{
	static const struct device_row rows[] = {
		{IST_OPEN_TUN, "ist%d", "ist0", IST_OPEN_NO_ADDRESS | IST_OPEN_LONG_QUEUE, 0, 1400,
		 ARPHRD_NONE},
		{IST_OPEN_TUN, "s", "s", IST_OPEN_SUPER, 0, 1400, ARPHRD_NONE},
		{IST_OPEN_TUN, "x", "x", IST_OPEN_UP | IST_OPEN_HEAD, ARPHRD_X25, 4200, ARPHRD_X25},
		{IST_OPEN_TAP, "t", "t", IST_OPEN_UP, 0, 0, ARPHRD_ETHER},
	};
	struct ist_open w = opening_named(IST_OPEN_TUN, "small");
	int s;

	CU_ASSERT_EQUAL(opening_path(IST_OPEN_TUN, "a-name-of-16-oct", 0), -ENAMETOOLONG);
	if (!netns_enter("opening devices"))
		return;
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		opening_device_of(s, &rows[i]);
	w.mtu = 1; /* under 68 */
	CU_ASSERT_EQUAL(opening_here(&w), -EINVAL);
	CU_ASSERT_EQUAL(if_nametoindex("small"), 0);
	close(s);
	netns_leave();
}

/* --- all -------------------------------------------------------------------------------------- */

static void opening_nonsense(void)
{
	struct ist_open w = {.size = sizeof(w), .name = "x"};
	char longest[IST_OPEN_NAME + 1];

	CU_ASSERT_EQUAL(opening_here(&w), -EINVAL);
	w.kind = IST_OPEN_KINDS;
	CU_ASSERT_EQUAL(opening_here(&w), -EINVAL);
	w.kind = 255;
	CU_ASSERT_EQUAL(opening_here(&w), -EINVAL);
	/* 255 octets are a name, 256 are not */
	memset(longest, 'n', sizeof(longest));
	longest[IST_OPEN_NAME] = '\0';
	CU_ASSERT_EQUAL(opening_path(IST_OPEN_READ, longest, 0), -ENAMETOOLONG);
	longest[IST_OPEN_NAME - 1] = '\0';
	CU_ASSERT_EQUAL(opening_path(IST_OPEN_READ, longest, 0), -ENOENT);
}

static void opening_lists(void)
{
	struct ist_open w = opening_named(IST_OPEN_TTY, "/dev/a"), out[2];
	unsigned n = 0;

	memset(out, 0xff, sizeof(out));
	opening_list(&w, out, 1, &n);
	opening_list(&w, out, 1, &n);
	CU_ASSERT_EQUAL(n, 2);
	CU_ASSERT(!memcmp(&out[0], &w, sizeof(w)));
	CU_ASSERT_EQUAL(out[1].kind, 0xff);
}

/* As the kernel has it. */
static void names_of_devices(void)
{
	static const struct {
		const char *name;
		bool there, made;
	} rows[] = {
		{"eth0", true, true},	{"a-b.c_d", true, true}, {"123456789012345", true, true},
		{"ist%d", true, true},	{"x%", true, false},	 {"x%dy%d", true, false},
		{"x%s", true, false},	{"", false, false},	 {"1234567890123456", false, false},
		{".", false, false},	{"..", false, false},	 {"...", true, true},
		{"a/b", false, false},	{"a:b", false, false},	 {"a b", false, false},
		{"a\tb", false, false}, {"a\nb", false, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_EQUAL(opening_may_be_device(rows[i].name, false), rows[i].there);
		CU_ASSERT_EQUAL(opening_may_be_device(rows[i].name, true), rows[i].made);
	}
}

static const struct test_case cases[] = {
	{"datagram_sockets", opening_datagram_sockets},
	{"wildcard_sockets", opening_wildcard_sockets},
	{"listeners", opening_listeners},
	{"files", opening_files},
	{"ttys", opening_ttys},
	{"packet_sockets", opening_packet_sockets},
	{"devices", opening_devices},
	{"nonsense", opening_nonsense},
	{"lists", opening_lists},
	{"names_of_devices", names_of_devices},
	{NULL, NULL},
};
const struct test_suite suite_opening = {"opening", cases};
