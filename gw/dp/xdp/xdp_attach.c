/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attaching by a link, which has an end of its own: the program leaves the device when nobody holds
 * the descriptor any more, however its holders ended.
 */
#include "config.h" /* first: GNU extensions */

#include "gw/dp/xdp/xdp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/if_link.h>

static const struct {
	int err;
	const char *words;
} attach_words[] = {
	{EOPNOTSUPP, "its driver does not run programs"},
	{EBUSY, "it has another program"},
	{ERANGE, "its MTU is more than a program may see at once"},
	{EPERM, "no right to attach"},
};

int xdp_attach(int program, uint32_t ifindex, char *why, size_t len)
{
	const char *words = NULL;
	union bpf_attr attr;
	int fd, err;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (uint32_t)program;
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = BPF_XDP;
	attr.link_create.flags = XDP_FLAGS_DRV_MODE;
	fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	if (fd >= 0)
		return fd;
	err = errno;
	for (unsigned i = 0; i < sizeof(attach_words) / sizeof(attach_words[0]); i++)
		if (attach_words[i].err == err)
			words = attach_words[i].words;
	if (len)
		snprintf(why, len, "%s", words ? words : strerror(err));
	return -err;
}
