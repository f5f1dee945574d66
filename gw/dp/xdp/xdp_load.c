/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading: the program is in our own text, as bpftool has written it (xdp.skel), so nothing is read
 * from a file.
 */
#include "config.h" /* first: GNU extensions */

#include "gw/dp/xdp/xdp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "gw/dp/xdp/xdp.skel"

bool xdp_is_built(void)
{
	return true;
}

/* The verifier's last words say what it did not like; the thread that loads has room for them. */
static _Thread_local struct {
	char *to;
	size_t len;
} load_words;

static int load_said(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_WARN && load_words.to && load_words.len)
		vsnprintf(load_words.to, load_words.len, format, args);
	return 0;
}

static const char *const load_maps[XDP_FDS] = {
	[XDP_FD_INDEX] = "xdp_index",	  [XDP_FD_CALLS] = "xdp_calls",
	[XDP_FD_ADDR4] = "xdp_addr4",	  [XDP_FD_ADDR6] = "xdp_addr6",
	[XDP_FD_HEARD] = "xdp_heard",	  [XDP_FD_DEVICES] = "xdp_devices",
	[XDP_FD_PASSED] = "xdp_passed",	  [XDP_FD_GRACE] = "xdp_grace",
	[XDP_FD_NOTHING] = "xdp_nothing", [XDP_FD_NEAR4] = "xdp_near4",
};

/* The object closes its own. */
static int load_duplicate(int fd[XDP_FDS], const struct bpf_object *o)
{
	for (unsigned i = 0; i < XDP_FDS; i++) {
		int from =
			load_maps[i]
				? bpf_object__find_map_fd_by_name(o, load_maps[i])
				: bpf_program__fd(bpf_object__find_program_by_name(o, "xdp_frame"));

		fd[i] = from < 0 ? from : fcntl(from, F_DUPFD_CLOEXEC, 0);
		if (fd[i] < 0)
			return from < 0 ? from : -errno;
	}
	return 0;
}

static int load_object(int fd[XDP_FDS])
{
	size_t len;
	const void *elf = xdp_skel__elf_bytes(&len);
	struct bpf_object *o = bpf_object__open_mem(elf, len, NULL);
	int err = o ? bpf_object__load(o) : -errno;

	if (!err)
		err = load_duplicate(fd, o);
	if (err)
		xdp_close(fd);
	bpf_object__close(o);
	return err;
}

int xdp_load(int fd[XDP_FDS], char *why, size_t len)
{
	libbpf_print_fn_t before = libbpf_set_print(load_said);
	int err;

	for (unsigned i = 0; i < XDP_FDS; i++)
		fd[i] = -1;
	if (len)
		why[0] = '\0';
	load_words.to = why;
	load_words.len = len;
	err = load_object(fd);
	load_words.to = NULL;
	libbpf_set_print(before);
	if (err && len && !why[0])
		snprintf(why, len, "%s", strerror(-err));
	return err;
}
