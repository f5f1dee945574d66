/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `isthmus replay`: its options.  Exit status: 0 all by the book, 1 something against it, 2 nothing
 * could be judged, or the command or the file is wrong.
 */
#include "gw/replay/replay.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

static const char usage[] =
	"usage: isthmus replay [--explain] [--as ADDRESS] [--secret-file SECRET] FILE\n"
	"\n"
	"Plays the L2TP control messages of a capture through the engine and says what each of "
	"them\n"
	"met and did.  Exit status: 0 all was by the book (RFC 2661), 1 something was not,\n"
	"2 nothing could be judged.\n"
	"\n"
	"  --explain             each message in words, and the rule behind what is dropped or "
	"refused\n"
	"  --as ADDRESS          the verdict is about what this side has sent (both)\n"
	"  --secret-file SECRET  the first line of this file is the tunnels' secret\n";

static const struct option replay_options[] = {
	{"explain", no_argument, NULL, 'e'},
	{"as", required_argument, NULL, 'a'},
	{"secret-file", required_argument, NULL, 's'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static bool replay_read_secret(struct l2tp_secret *s, const char *path)
{
	char line[sizeof(s->octets) + 2] = "";
	FILE *in = fopen(path, "re");
	bool ok = in && fgets(line, sizeof(line), in);
	size_t len = strcspn(line, "\r\n");

	if (in)
		fclose(in);
	ok = ok && len && len <= sizeof(s->octets);
	if (ok) {
		memcpy(s->octets, line, len);
		s->len = (uint8_t)len;
	}
	explicit_bzero(line, sizeof(line));
	if (!ok)
		fprintf(stderr, "%s: has no secret of 1 to 255 octets in its first line\n", path);
	return ok;
}

/* False when the program is to end with *status. */
static bool replay_read_options(int argc, char **argv, struct replay_wish *w, int *status)
{
	int c;

	*status = 2;
	while ((c = getopt_long(argc, argv, "h", replay_options, NULL)) != -1) {
		if (c == 'e') {
			w->explain = true;
		} else if (c == 'a') {
			w->as = optarg;
		} else if (c == 's') {
			if (!replay_read_secret(&w->secret, optarg))
				return false;
		} else {
			*status = c == 'h' ? 0 : 2;
			fputs(usage, c == 'h' ? stdout : stderr);
			return false;
		}
	}
	if (optind + 1 == argc)
		return true;
	fputs(usage, stderr);
	return false;
}

int replay_command(int argc, char **argv)
{
	static const int statuses[] = {
		[REPLAY_BY_THE_BOOK] = 0, [REPLAY_AGAINST_IT] = 1, [REPLAY_NOT_JUDGED] = 2};
	struct replay_wish w = {0};
	struct replay_file f;
	char words[512];
	int status;

	if (!replay_read_options(argc, argv, &w, &status))
		return status;
	if (!replay_file_read(&f, argv[optind], words, sizeof(words))) {
		fprintf(stderr, "%s\n", words);
		return 2;
	}
	status = statuses[replay_play(&f, &w, stdout)];
	printf("%llu frames: %zu control messages, %llu of data, %llu without L2TP\n",
	       (unsigned long long)f.frames, f.count, (unsigned long long)f.data,
	       (unsigned long long)f.other);
	replay_file_free(&f);
	explicit_bzero(&w.secret, sizeof(w.secret));
	return fflush(stdout) ? 2 : status;
}
