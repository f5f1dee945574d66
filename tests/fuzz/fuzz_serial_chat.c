/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chat scripts.  The first octet of the input is the length of the script, whose entries stand one
 * a line, the last of them perhaps a number; the rest is what the modem says, once as a whole and
 * once octet by octet.  The pieces make no difference to the end of the conversation, nor to how
 * much of what was said belongs to it.
 */
#include "core/bytes.h"
#include "transports/serial/serial_chat.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_serial_chat_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_serial_chat_sent(void *ctx, const uint8_t *octets, size_t len)
{
	size_t *sum = ctx;

	fuzz_serial_chat_check(len && len <= SERIAL_CHAT_TEXT);
	for (size_t i = 0; i < len; i++)
		*sum = *sum * 31 + octets[i];
}

static void fuzz_serial_chat_read(struct serial_chat *c, char *script)
{
	char *entry, *rest = script;

	while ((entry = strsep(&rest, "\n")))
		serial_chat_add(c, entry);
	fuzz_serial_chat_check(c->steps <= SERIAL_CHAT_STEPS && c->aborts <= SERIAL_CHAT_ABORTS);
}

/* The last entry is the number as well, when it can be one. */
static void fuzz_serial_chat_number(struct serial_chat *c, const char *script)
{
	const char *number = script + strlen(script);
	bool set;

	while (number > script && number[-1] != '\n')
		number--;
	set = serial_chat_set_number(c, number, strlen(number));
	fuzz_serial_chat_check(set == (*c->number != 0));
	fuzz_serial_chat_check(!strpbrk(c->number, "\r\n\\;AT"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct serial_chat whole, pieces;
	struct rd r = rd_init(data, size);
	size_t len = rd_u8(&r), sum[2] = {0}, took, at = 0, n;
	const uint8_t *text = rd_take(&r, len);
	char *script = r.bad ? NULL : strndup((const char *)text, len);

	if (!script)
		return 0;
	serial_chat_init(&whole, fuzz_serial_chat_sent, &sum[0]);
	fuzz_serial_chat_number(&whole, script);
	fuzz_serial_chat_read(&whole, script);
	free(script);
	pieces = whole;
	pieces.ctx = &sum[1];
	serial_chat_start(&whole, 0);
	serial_chat_start(&pieces, 0);
	took = serial_chat_rx(&whole, r.p, r.left, 1);
	while (at < r.left && (n = serial_chat_rx(&pieces, r.p + at, 1, 1)))
		at += n;
	fuzz_serial_chat_check(took == at && sum[0] == sum[1]);
	fuzz_serial_chat_check(whole.state == pieces.state && whole.at == pieces.at);
	serial_chat_expire(&whole, UINT64_MAX - 1);
	fuzz_serial_chat_check(whole.state != SERIAL_CHAT_TALKING || whole.deadline == UINT64_MAX);
	return 0;
}
