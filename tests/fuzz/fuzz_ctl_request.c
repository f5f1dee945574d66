/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What any program writes to the control socket: a line is a request or is refused with words, and
 * what fits its rows can be read by them.
 */
#include "gw/operator/ctl_request.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct ctl_arg args[] = {
	{"match", CTL_ARG_OBJECT, .help = ""},
	{"tunnel-id", CTL_ARG_NUMBER, .required = true, .least = 1, .most = 65535, .help = ""},
	{"user", CTL_ARG_TEXT, .least = 1, .most = 8, .help = ""},
};

static void fuzz_request_fits(const json_t *arguments)
{
	const char *user = ctl_request_text(arguments, "user");
	int64_t id = ctl_request_number(arguments, "tunnel-id", 0);

	if (id < 1 || id > 65535 || (user && (!*user || strlen(user) > 8)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char words[CTL_WORDS_MAX] = "";
	struct ctl_request r;

	if (size >= CTL_LINE_MAX)
		return 0;
	if (!ctl_request_read(&r, (const char *)data, size, words)) {
		if (!*words || r.whole)
			abort();
		return 0;
	}
	if (!r.command)
		abort();
	if (ctl_request_fits(r.arguments, args, sizeof(args) / sizeof(args[0]), words))
		fuzz_request_fits(r.arguments);
	else if (!*words)
		abort();
	ctl_request_free(&r);
	return 0;
}
