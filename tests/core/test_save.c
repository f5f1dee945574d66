/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records as octets: tests/vectors/engine-records-1.txt, typed from the layout in core/save.h. */
#include "core/engine.h"
#include "core/save.h"
#include "tests/core/shelf.h"
#include "tests/harness.h"

#include <string.h>

static uint8_t rec[L2TP_RECORD_MAX], again[L2TP_RECORD_MAX];

static bool save_reads(const uint8_t *p, size_t len)
{
	struct save_engine e;
	struct save_tunnel t;
	struct save_call c;

	return save_engine_read(&e, p, len) + save_tunnel_read(&t, p, len) +
	       save_call_read(&c, p, len);
}

static void engine_record(void)
{
	size_t len = shelf_vector("engine", rec, sizeof(rec));
	struct save_engine s;

	CU_ASSERT_TRUE_FATAL(save_engine_read(&s, rec, len));
	CU_ASSERT_EQUAL(s.key[0], 0);
	CU_ASSERT_EQUAL(s.key[15], 15);
	CU_ASSERT_EQUAL(s.fresh, 7);
	CU_ASSERT_EQUAL(s.births, 0x102);
	ASSERT_OCTETS(again, save_engine_write(&s, again, sizeof(again)), rec, len);
}

static void tunnel_record(void)
{
	size_t len = shelf_vector("tunnel", rec, sizeof(rec));
	struct save_tunnel s;

	CU_ASSERT_TRUE_FATAL(save_tunnel_read(&s, rec, len));
	CU_ASSERT_EQUAL(s.id, 0x5195);
	CU_ASSERT_EQUAL(s.peer_id, 0x3c4d);
	CU_ASSERT_EQUAL(s.state, L2TP_T_ESTABLISHED);
	CU_ASSERT_FALSE(s.initiator);
	CU_ASSERT_TRUE(s.authenticated);
	CU_ASSERT_TRUE(s.has_bearer);
	CU_ASSERT_EQUAL(s.una, 16);
	CU_ASSERT_EQUAL(s.reach, 18);
	CU_ASSERT_EQUAL(s.nr, 33);
	CU_ASSERT_EQUAL(s.peer_window, 8);
	CU_ASSERT_EQUAL(s.peer_framing, 3);
	CU_ASSERT_EQUAL(s.peer_bearer, 1);
	CU_ASSERT_EQUAL(s.since, 123456789);
	CU_ASSERT_EQUAL(s.sid_key[0], 16);
	CU_ASSERT_EQUAL(s.sid_key[15], 31);
	CU_ASSERT_EQUAL(s.sid_fresh, 5);
	CU_ASSERT_EQUAL(s.secret[0], 0x78);
	CU_ASSERT_EQUAL(s.secret[7], 0xdc);
	CU_ASSERT_EQUAL(s.dscp, 46);
	CU_ASSERT_EQUAL(s.result | s.error, 0);
	CU_ASSERT_STRING_EQUAL(s.peer_host, "lac.example");
	CU_ASSERT_STRING_EQUAL(s.peer_vendor, "vendor1");
	ASSERT_OCTETS(again, save_tunnel_write(&s, again, sizeof(again)), rec, len);
	len = shelf_vector("stopping", rec, sizeof(rec));
	CU_ASSERT_TRUE_FATAL(save_tunnel_read(&s, rec, len));
	CU_ASSERT_EQUAL(s.state, L2TP_T_STOPPING);
	CU_ASSERT_EQUAL(s.result, 1);
	CU_ASSERT_EQUAL(s.una, 0xfffe);
	ASSERT_OCTETS(again, save_tunnel_write(&s, again, sizeof(again)), rec, len);
}

static void call_records(void)
{
	size_t len = shelf_vector("call-lac", rec, sizeof(rec));
	struct save_call s;

	CU_ASSERT_TRUE_FATAL(save_call_read(&s, rec, len));
	CU_ASSERT_EQUAL(s.tunnel_id, 0x5195);
	CU_ASSERT_EQUAL(s.id, 0x390d);
	CU_ASSERT_EQUAL(s.peer_id, 0x0c0d);
	CU_ASSERT_EQUAL(s.state, L2TP_C_ESTABLISHED);
	CU_ASSERT_EQUAL(s.role, 0);
	CU_ASSERT_TRUE(s.placed);
	CU_ASSERT_FALSE(s.required);
	CU_ASSERT_TRUE(s.hides_info);
	CU_ASSERT_EQUAL(s.serial, 0x12345679);
	CU_ASSERT_EQUAL(s.since, 200000000);
	ASSERT_OCTETS(again, save_call_write(&s, again, sizeof(again)), rec, len);
	len = shelf_vector("call-clearing", rec, sizeof(rec));
	CU_ASSERT_TRUE_FATAL(save_call_read(&s, rec, len));
	CU_ASSERT_EQUAL(s.state, L2TP_C_IDLE);
	CU_ASSERT_EQUAL(s.result, 3);
	ASSERT_OCTETS(again, save_call_write(&s, again, sizeof(again)), rec, len);
	len = shelf_vector("call-lns", rec, sizeof(rec));
	CU_ASSERT_TRUE_FATAL(save_call_read(&s, rec, len));
	CU_ASSERT_EQUAL(s.role, 1);
	CU_ASSERT_FALSE(s.placed);
	CU_ASSERT_TRUE(s.required);
	ASSERT_OCTETS(again, save_call_write(&s, again, sizeof(again)), rec, len);
}

static const char *const names[] = {"engine",	"tunnel",   "stopping",
				    "call-lns", "call-lac", "call-clearing"};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

/* Cut anywhere, whatever its length field says; or one octet longer than that. */
static void other_lengths_are_refused(void)
{
	for (unsigned i = 0; i < NAMES; i++) {
		size_t len = shelf_vector(names[i], rec, sizeof(rec));

		for (size_t n = 0; n < len; n++) {
			CU_ASSERT_FALSE(save_reads(rec, n));
			memcpy(again, rec, len);
			again[2] = (uint8_t)(n >> 8);
			again[3] = (uint8_t)n;
			CU_ASSERT_FALSE(save_reads(again, n));
			CU_ASSERT_FALSE(save_reads(again, len));
		}
		rec[len] = 0;
		CU_ASSERT_FALSE(save_reads(rec, len + 1));
	}
}

/* A later release has appended fields. */
static void appended_fields_are_ignored(void)
{
	for (unsigned i = 0; i < NAMES; i++) {
		size_t len = shelf_vector(names[i], rec, sizeof(rec));

		memset(rec + len, 0xa5, 40);
		rec[2] = (uint8_t)((len + 40) >> 8);
		rec[3] = (uint8_t)(len + 40);
		CU_ASSERT_TRUE(save_reads(rec, len + 40));
	}
}

static void other_types_and_versions_are_refused(void)
{
	for (unsigned i = 0; i < NAMES; i++) {
		size_t len = shelf_vector(names[i], rec, sizeof(rec));
		uint8_t type = rec[0];

		rec[0] = 4;
		CU_ASSERT_FALSE(save_reads(rec, len));
		rec[0] = type;
		rec[1] = 2;
		CU_ASSERT_FALSE(save_reads(rec, len));
		rec[1] = 0;
		CU_ASSERT_FALSE(save_reads(rec, len));
	}
}

/* Octets from `at` on replaced by two others. */
static const struct {
	const char *name, *what;
	uint8_t at;
	uint8_t octets[2];
} wrong[] = {
	{"tunnel", "Tunnel ID 0", 4, {0, 0}},
	{"tunnel", "peer's id 0", 6, {0, 0}},
	{"tunnel", "state idle", 8, {0, 6}},
	{"tunnel", "state wait-ctl-reply", 8, {1, 6}},
	{"tunnel", "state wait-ctl-conn", 8, {2, 6}},
	{"tunnel", "state linger", 8, {5, 6}},
	{"tunnel", "no such state", 8, {6, 6}},
	{"tunnel", "stopping without a result", 8, {4, 6}},
	{"tunnel", "more sent than the window allows", 12, {0, 25}},
	{"tunnel", "sent less than acknowledged", 12, {0, 15}},
	{"tunnel", "window 0", 16, {0, 0}},
	{"tunnel", "no codepoint", 60, {64, 0}},
	{"tunnel", "Host Name with a NUL", 66, {0, 0x61}},
	{"tunnel", "Host Name not ASCII", 66, {0x80, 0x61}},
	{"tunnel", "Host Name past the end", 65, {0xff, 0x6c}},
	{"tunnel", "Vendor Name past the end", 77, {64, 0x76}},
	{"call-lns", "Tunnel ID 0", 4, {0, 0}},
	{"call-lns", "Session ID 0", 6, {0, 0}},
	{"call-lns", "peer's id 0", 8, {0, 0}},
	{"call-lns", "state wait-tunnel", 10, {1, 1}},
	{"call-lns", "state wait-cs", 10, {5, 1}},
	{"call-lns", "no such state", 10, {7, 1}},
	{"call-lns", "clearing without a result", 10, {0, 1}},
	{"call-lns", "no such role", 10, {6, 4}},
};

static void values_out_of_range_are_refused(void)
{
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		size_t len = shelf_vector(wrong[i].name, rec, sizeof(rec));

		memcpy(rec + wrong[i].at, wrong[i].octets, 2);
		CU_ASSERT_FALSE(save_reads(rec, len));
		if (save_reads(rec, len))
			printf(" (taken: %s %s) ", wrong[i].name, wrong[i].what);
	}
}

/* The longest names fit into L2TP_RECORD_MAX; with less room nothing is written past it. */
static void room_for_the_record(void)
{
	struct save_tunnel s;
	size_t len;

	len = shelf_vector("tunnel", rec, sizeof(rec));
	CU_ASSERT_TRUE(save_tunnel_read(&s, rec, len));
	CU_ASSERT_EQUAL(save_tunnel_write(&s, again, len - 1), 0);
	CU_ASSERT_EQUAL(save_tunnel_write(&s, again, len), len);
	memset(s.peer_host, 'h', 255);
	memset(s.peer_vendor, 'v', 63);
	len = save_tunnel_write(&s, rec, sizeof(rec));
	CU_ASSERT_EQUAL(len, 65 + 1 + 255 + 1 + 63);
	CU_ASSERT_TRUE(save_tunnel_read(&s, rec, len));
	CU_ASSERT_EQUAL(strlen(s.peer_host), 255);
	CU_ASSERT_EQUAL(strlen(s.peer_vendor), 63);
}

static const struct test_case cases[] = {
	{"engine_record", engine_record},
	{"tunnel_record", tunnel_record},
	{"call_records", call_records},
	{"other_lengths_are_refused", other_lengths_are_refused},
	{"appended_fields_are_ignored", appended_fields_are_ignored},
	{"other_types_and_versions_are_refused", other_types_and_versions_are_refused},
	{"values_out_of_range_are_refused", values_out_of_range_are_refused},
	{"room_for_the_record", room_for_the_record},
	{NULL, NULL},
};
extern const struct test_suite suite_save;
const struct test_suite suite_save = {"save", cases};
