/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel answers, as rows for people. */
#include "transports/kit/offloads.h"

#include <errno.h>
#include <sys/socket.h>

void offloads_add(struct offloads *l, struct ist_offload row)
{
	if (l->n < l->room)
		l->out[l->n] = row;
	l->n++;
}

/* What a kernel says of an option that it does not know. */
static bool offloads_unknown(int err)
{
	return err == ENOPROTOOPT || err == EOPNOTSUPP || err == EINVAL || err == ENOSYS;
}

void offloads_asked(struct offloads *l, const char *words, bool wanted, int err, const char *off,
		    const char *absent)
{
	struct ist_offload row = {.words = words, .state = IST_OFFLOAD_ACTIVE};

	if (!wanted) {
		row.state = IST_OFFLOAD_OFF;
		row.hint = off;
	} else if (err && offloads_unknown(err)) {
		row.state = IST_OFFLOAD_ABSENT;
		row.hint = absent;
	} else if (err) {
		row.state = IST_OFFLOAD_REFUSED;
		row.err = (uint32_t)err;
	}
	offloads_add(l, row);
}

/* The kernel takes twice of what it is asked for, and says so: half of it is for its own books. */
void offloads_buffer(struct offloads *l, int fd, int option, uint32_t asked)
{
	const bool receive = option == SO_RCVBUF;
	struct ist_offload row = {.words = receive ? "receive buffer" : "send buffer",
				  .state = IST_OFFLOAD_ACTIVE,
				  .asked = asked};
	socklen_t len = sizeof(int);
	int octets = 0;

	if (getsockopt(fd, SOL_SOCKET, option, &octets, &len) < 0) {
		row.state = IST_OFFLOAD_REFUSED;
		row.err = (uint32_t)errno;
	}
	row.got = (uint64_t)octets / 2;
	if (row.state == IST_OFFLOAD_ACTIVE && row.got < asked) {
		row.state = IST_OFFLOAD_SMALLER;
		row.hint = receive ? "raise net.core.rmem_max" : "raise net.core.wmem_max";
	}
	offloads_add(l, row);
}
