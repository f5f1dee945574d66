/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of the door, as a taken control or data process may write them: read in every way there
 * is.  What can be read is written again as it came, but for a tail that is skipped.
 */
#include "gw/dp/door_msg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_door_msg_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_door_msg_again(const struct door_msg *m, const uint8_t *data, size_t size)
{
	uint8_t *again = malloc(size);
	size_t len;

	fuzz_door_msg_check(again);
	len = door_msg_encode(m, again, size);
	fuzz_door_msg_check(len >= DOOR_MSG_HEAD && len <= size);
	fuzz_door_msg_check(!memcmp(again, data, 2)); /* the length is without the tail */
	fuzz_door_msg_check(!memcmp(again + 6, data + 6, len - 6));
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t room_len = door_msg_room(size);
	void *room = malloc(room_len + 1);
	struct door_msg m;

	fuzz_door_msg_check(room);
	for (unsigned way = 0; way < DOOR_WAYS; way++)
		if (door_msg_decode(&m, (enum door_way)way, data, size, room, room_len))
			fuzz_door_msg_again(&m, data, size);
	free(room);
	return 0;
}
