/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of pcapng, whose frames are looked into as a capture does before it writes them: each is of
 * an interface that is there; what is found in it lies inside it, and only asterisks come into it.
 */
#include "gw/operator/mask.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct inside_flows fuzz_flows;

static void fuzz_look(const struct inside_frame *f)
{
	uint8_t *copy = malloc(f->len + 1);
	uint16_t tid, sid;
	struct inside in;
	bool found;

	memcpy(copy, f->octets, f->len);
	found = inside_find(&in, &fuzz_flows, f);
	/* a SNAP header may be in front of the PDU */
	if (found && (in.p < f->octets || in.p + in.len > f->octets + f->len ||
		      (!in.lost && in.len > in.have + 6)))
		abort();
	inside_ids(&in, &tid, &sid);
	mask_secrets(&in, copy, f->octets);
	for (size_t i = 0; i < f->len; i++)
		if (copy[i] != f->octets[i] && copy[i] != '*')
			abort();
	free(copy);
}

static bool fuzz_on_frame(void *ctx, const struct replay_captured *f)
{
	uint8_t *alone = malloc(f->len + 1);

	if (f->interface >= 256 || f->way > 3)
		abort();
	memcpy(alone, f->octets, f->len);
	fuzz_look(&(struct inside_frame){.port = f->interface,
					 .outbound = f->way == REPLAY_OUTBOUND,
					 .lapb_128 = f->interface & 1,
					 .link_type = (uint16_t)f->link_type,
					 .octets = alone,
					 .len = f->len});
	free(alone);
	return ++*(unsigned *)ctx < 1000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;
	const char *wrong;
	unsigned n = 0;

	if (!in)
		return 0;
	memset(&fuzz_flows, 0, sizeof(fuzz_flows));
	if (replay_pcapng(in, fuzz_on_frame, &n, &wrong) != !wrong)
		abort();
	fclose(in);
	return 0;
}
