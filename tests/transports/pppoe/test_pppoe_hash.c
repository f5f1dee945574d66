/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vectors published with SipHash: key 00 01 ... 0f, messages 00 01 ... of each length, results
 * with the low octet first. */
#include "transports/pppoe/pppoe_hash.h"

#include "tests/harness.h"

static const char *const vectors[] = {
	"310e0edd47db6f72", "fd67dc93c539f874", "5a4fa9d909806c0d", "2d7efbd796666785",
	"b7877127e09427cf", "8da699cd64557618", "cee3fe586e46c9cb", "37d1018bf50002ab",
	"6224939a79f5f593", "b0e4a90bdf82009e", "f3b9dd94c5bb5d7a", "a7ad6b22462fb3f4",
	"fbe50e86bc8f1e75", "903d84c02756ea14", "eef27a8e90ca23f7", "e545be4961ca29a1",
};

static void pppoe_hash_vectors(void)
{
	uint8_t key[PPPOE_KEY], message[16];

	for (uint8_t i = 0; i < 16; i++)
		key[i] = message[i] = i;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		uint64_t h = pppoe_hash(key, message, i);
		uint8_t want[8], got[8];

		for (unsigned k = 0; k < 8; k++)
			got[k] = (uint8_t)(h >> 8 * k);
		test_hex(want, sizeof(want), vectors[i]);
		ASSERT_OCTETS(got, 8, want, 8);
	}
}

static const struct test_case cases[] = {
	{"published_vectors", pppoe_hash_vectors},
	{NULL, NULL},
};
const struct test_suite suite_pppoe_hash = {"pppoe_hash", cases};
