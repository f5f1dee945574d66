/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "transports/builtin.h"
#include "transports/loop.h"
#include "transports/plugin.h"

#include <stdio.h>
#include <string.h>

static const char *why(const struct ist_transport *t)
{
	static char err[200];

	err[0] = '\0';
	CU_ASSERT_EQUAL(plugin_vet(t, err, sizeof(err)) != 0, err[0] != '\0');
	return err;
}

#define REFUSED(change, words)                           \
	do {                                             \
		struct ist_transport t = loop_transport; \
                                                         \
		t.change;                                \
		CU_ASSERT_STRING_EQUAL(why(&t), words);  \
	} while (0)

static void our_own_are_fit(void)
{
	for (const struct ist_transport *const *t = ist_builtin_transports; *t; t++)
		CU_ASSERT_STRING_EQUAL(why(*t), "");
}

static void another_abi_or_size(void)
{
	char want[100];

	REFUSED(abi = 2, "built for ABI 2, this is ABI 1");
	REFUSED(abi = 0, "built for ABI 0, this is ABI 1");
	snprintf(want, sizeof(want), "struct of 8 octets, at least %zu wanted",
		 offsetof(struct ist_transport, fill));
	REFUSED(size = 8, want);
	/* The first one, and a later one with more members. */
	REFUSED(size = offsetof(struct ist_transport, fill), "");
	REFUSED(size = 4096, "");
}

static void plugin_names(void)
{
	static const char is_none[] = "its name is not of lower case letters, digits and dashes";

	REFUSED(name = NULL, is_none);
	REFUSED(name = "", is_none);
	REFUSED(name = "Loop", is_none);
	REFUSED(name = "9p", is_none);
	REFUSED(name = "a b", is_none);
	REFUSED(name = "a-name-that-is-longer-than-any-is", is_none);
	REFUSED(name = "x25-9", "");
	REFUSED(circuit_word = "d l", "its word for a circuit is no name");
}

static void members(void)
{
	REFUSED(caps = IST_CAP_FLOW, "carries neither L2TP nor PPP");
	REFUSED(open = NULL, "`open` is NULL");
	REFUSED(close = NULL, "`close` is NULL");
	REFUSED(send = NULL, "`send` is NULL");
	REFUSED(mtu = NULL, "`mtu` is NULL");
	REFUSED(addr_parse = NULL, "`addr_parse` is NULL");
	REFUSED(addr_format = NULL, "`addr_format` is NULL");
	REFUSED(connect = NULL, "`connect` is NULL");
	REFUSED(disconnect = NULL, "`disconnect` is NULL");
	REFUSED(count = NULL, "`count` is NULL");
	REFUSED(keys = NULL, "`keys` is NULL");
	REFUSED(counters = NULL, "`counters` is NULL");
	REFUSED(caps |= IST_CAP_UNKNOWN, "`answer` is NULL");
	REFUSED(caps |= IST_CAP_SWITCHED, "`answer` is NULL");
	REFUSED(status = NULL, "");
	REFUSED(on_wake = NULL, "");
	REFUSED(addr_match = NULL, "");
	REFUSED(fill = NULL, "");
}

#define KEYS(...)                                          \
	keys = (const struct ist_key[])                    \
	{                                                  \
		__VA_ARGS__,                               \
		{                                          \
			NULL, 0, 0, 0, 0, NULL, NULL, NULL \
		}                                          \
	}

static void keys(void)
{
	struct ist_key number = {"n", IST_KEY_NUMBER, IST_KEY_PORT, 1, 2, NULL, NULL, "h"},
		       k = number;

	REFUSED(KEYS(k), "");
	k.name = "N n";
	REFUSED(KEYS(k), "key \"N n\" is no name");
	k.name = "peer";
	REFUSED(KEYS(k), "key `peer` is the gateway's own");
	REFUSED(KEYS(number, number), "key `n` twice");
	k = number;
	k.flags = IST_KEY_CIRCUIT;
	REFUSED(KEYS(number, k), "");
	k.flags = 0;
	REFUSED(KEYS(k), "key `n` is neither the port's nor a circuit's");
	k = number;
	k.kind = 99;
	REFUSED(KEYS(k), "key `n` is of unknown kind 99");
	k.kind = IST_KEY_WORD;
	REFUSED(KEYS(k), "key `n` has no words");
	k = number;
	k.min = 3;
	REFUSED(KEYS(k), "key `n`: min is over max");
	k = number;
	k.help = NULL;
	REFUSED(KEYS(k), "key `n` has no help");
}

#define COUNTERS(...)                           \
	counters = (const struct ist_counter[]) \
	{                                       \
		__VA_ARGS__,                    \
		{                               \
			NULL, NULL              \
		}                               \
	}

static void counters(void)
{
	REFUSED(COUNTERS({"a", "x"}, {"b", "x"}), "");
	REFUSED(COUNTERS({"a", "x"}, {"a", "y"}), "counter `a` twice");
	REFUSED(COUNTERS({"a", NULL}), "counter \"a\" has no proper name or no words");
	REFUSED(COUNTERS({"A", "x"}), "counter \"A\" has no proper name or no words");
}

static void files_that_are_none(void)
{
	char err[300] = "";

	CU_ASSERT_PTR_NULL(plugin_load("/nowhere/x.so", err, sizeof(err)));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "/nowhere/x.so"));
	err[0] = '\0';
	CU_ASSERT_PTR_NULL(plugin_load("/dev/null", err, sizeof(err)));
	CU_ASSERT(err[0]);
	/* A library that is none of ours. */
	err[0] = '\0';
	CU_ASSERT_PTR_NULL(plugin_load("libm.so.6", err, sizeof(err)));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, IST_TRANSPORT_SYMBOL));
}

/* The linker's --wrap: what a library has under our symbol; NULL = nothing, and no words for it. */
static bool has_symbol;
static const void *the_symbol;

void *__real_dlsym(void *so, const char *name);
void *__wrap_dlsym(void *so, const char *name);
void *__wrap_dlsym(void *so, const char *name)
{
	if (!has_symbol)
		return __real_dlsym(so, name);
	CU_ASSERT_STRING_EQUAL(name, IST_TRANSPORT_SYMBOL);
	return (void *)(uintptr_t)the_symbol;
}

static void files_that_are_plugins(void)
{
	struct ist_transport of_another_abi = loop_transport;
	char err[300] = "";

	of_another_abi.abi = 2;
	has_symbol = true;
	the_symbol = &loop_transport;
	CU_ASSERT_PTR_EQUAL(plugin_load("libm.so.6", err, sizeof(err)), &loop_transport);
	CU_ASSERT_STRING_EQUAL(err, "");
	the_symbol = &of_another_abi;
	CU_ASSERT_PTR_NULL(plugin_load("libm.so.6", err, sizeof(err)));
	CU_ASSERT_STRING_EQUAL(err, "built for ABI 2, this is ABI 1");
	the_symbol = NULL;
	CU_ASSERT_PTR_NULL(plugin_load("libm.so.6", err, sizeof(err)));
	CU_ASSERT_STRING_EQUAL(err, "the symbol is NULL");
	has_symbol = false;
}

static const struct test_case cases[] = {
	{"our_own_are_fit", our_own_are_fit},
	{"another_abi_or_size", another_abi_or_size},
	{"names", plugin_names},
	{"members", members},
	{"keys", keys},
	{"counters", counters},
	{"files_that_are_none", files_that_are_none},
	{"files_that_are_plugins", files_that_are_plugins},
	{NULL, NULL},
};
const struct test_suite suite_plugin = {"plugin", cases};
