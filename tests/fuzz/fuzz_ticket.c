/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tickets of channels that have died with their process.  The first octet of the input chooses
 * the transport and its settings, the rest is a ticket.  It is refused, or of a channel: that comes
 * up, comes up again by the ticket it has then, carries a frame and can be hung up.
 */
#include "tests/transports/host.h"
#include "transports/pppoe/pppoe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define S UINT64_C(1000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SETTINGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct fuzz_ticket_row {
	const struct ist_transport *tr;
	const char *const *config;
} rows[] = {
	{&pppoe_transport, SETTINGS("link=loop:fk", "max-sessions=20")},
	{&pppoe_transport, SETTINGS("link=loop:fk", "role=client", "max-sessions=20")},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void fuzz_ticket_check(bool ok)
{
	if (!ok)
		abort();
}

static uint8_t fuzz_ticket[IST_TICKET_MAX];
static size_t fuzz_ticket_len;

static void fuzz_ticket_on_event(struct fake_host *h, const struct fake_event *e)
{
	(void)h;
	if (e->kind != FAKE_UP)
		return;
	fuzz_ticket_len = e->attrs.ticket_len;
	fuzz_ticket_check(fuzz_ticket_len <= sizeof(fuzz_ticket));
	if (fuzz_ticket_len)
		memcpy(fuzz_ticket, e->attrs.ticket, fuzz_ticket_len);
}

static void fuzz_ticket_live(struct fake_host *h, ist_channel c)
{
	ist_channel same = 0;

	fake_run(h, fake_now);
	fuzz_ticket_check(fuzz_ticket_len && !fake_resume(h, fuzz_ticket, fuzz_ticket_len, &same) &&
			  same == c);
	fuzz_ticket_check(fake_send(h, c, "\xc0\x21", 2) == 1);
	fake_disconnect(h, c);
	fake_run(h, fake_now + 30 * S);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_ticket_row *row;
	struct fake_host h;
	ist_channel c = 0;
	int r;

	if (!size)
		return 0;
	row = &rows[data[0] % ROWS];
	fake_now = 1000 * S;
	fuzz_ticket_len = 0;
	fake_open(&h, row->tr, row->config);
	h.on_event = fuzz_ticket_on_event;
	r = fake_resume(&h, data + 1, size - 1, &c);
	fuzz_ticket_check(!r || (r < 0 && r != -ENOSYS));
	if (!r)
		fuzz_ticket_live(&h, c);
	fake_close(&h);
	return 0;
}
