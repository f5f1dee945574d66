/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests to keeper: the first octet is the kind, the rest its body.  What is decoded comes out as
 * it was when it is encoded, and nothing is done that the table does not have.
 */
#include "gw/keeper/opener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(cond)              \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

static struct ist_open allowed[2] = {
	{.size = sizeof(struct ist_open), .kind = IST_OPEN_TUN, .name = "ist%d"},
	{.size = sizeof(struct ist_open), .kind = IST_OPEN_TTY, .name = "/dev/ttyS0"},
};

static int fuzz_open(const struct ist_open *what)
{
	CHECK(what->kind == IST_OPEN_TTY
		      ? !strcmp(what->name, allowed[1].name)
		      : what->kind == IST_OPEN_TUN && !strncmp(what->name, "ist", 3));
	return -1;
}

/* A route through a device of ours may be taken away whatever it leads to. */
static int fuzz_change(const struct opener_change *c)
{
	CHECK(!strncmp(c->device, "ist", 3));
	CHECK(c->kind == OPENER_LINK || (c->kind == OPENER_ROUTE && !c->add) ||
	      (!c->net.v6 && c->net.bits >= 8 && c->net.addr[12] == 10));
	return 0;
}

static int fuzz_sas(unsigned which)
{
	CHECK(which <= UINT8_MAX);
	return -EINVAL;
}

static void fuzz_again(uint8_t kind, const uint8_t *data, size_t len)
{
	uint8_t body[sizeof(struct ist_open) + 16];
	struct wr w = wr_init(body, sizeof(body));
	struct rd r = rd_init(data, len);
	struct opener_change c;
	struct ist_open what;

	if (kind == OPENER_OPEN ? !opener_get_open(&r, &what)
				: !opener_get_change(&r, (enum opener_kind)kind, &c))
		return;
	if (kind == OPENER_OPEN)
		opener_put_open(&w, &what);
	else
		opener_put_change(&w, &c);
	CHECK(!w.bad && w.len == len && !memcmp(body, data, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct opener_ops ops = {fuzz_open, fuzz_change, NULL, fuzz_sas};
	const struct opener_net ten = {.bits = 8, .addr = {[12] = 10}};
	struct opener *o = opener_new(&ops);
	uint8_t room[8];
	struct wr answer = wr_init(room, sizeof(room));

	CHECK(o && opener_may_open(o, &allowed[0]) && opener_may_open(o, &allowed[1]));
	CHECK(opener_may_address(o, "ist%d", &ten) && opener_may_route(o, "ist%d", &ten));
	for (const struct keeper_request *q = opener_requests; size && q->kind; q++) {
		struct rd body = rd_init(data + 1, size - 1);
		int fd = -1;

		if (q->kind != data[0])
			continue;
		q->run(o, KEEPER_DATA, &body, &answer, &fd);
		CHECK(fd == -1 && !answer.len);
		fuzz_again(q->kind, data + 1, size - 1);
	}
	opener_free(o);
	return 0;
}
