/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * isthmus-transport-check: runs the list of cases over two ports of one transport, which may be a
 * plugin or one that is built in.  Every case starts with fresh ports.  Exit status: 0 all passed,
 * 1 one did not, 2 wrong use.
 */
#define _GNU_SOURCE
#include "tests/conformance/cases.h"
#include "transports/builtin.h"
#include "transports/plugin.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

static const char usage[] =
	"usage: isthmus-transport-check [OPTION...] PLUGIN.so|NAME 'SIDE A' 'SIDE B'\n"
	"       isthmus-transport-check -l\n"
	"\n"
	"SIDE is what stands between the braces of the port's section in a configuration. The\n"
	"circuits of side A are dialled, or wait to be up; each must lead to side B.\n"
	"\n"
	"  -l             list the cases\n"
	"  -c CASE[,...]  only these; l2tp-* is all whose names begin so\n"
	"  -m FIRST-LAST:TEXT\n"
	"                 circuits for many-channels, on both sides; % in TEXT is the number\n"
	"  -x udp:FROM>TO, unix:FROM>TO, packet:INTERFACE/ETHERTYPE, xot:TO, atmtcp:TO, "
	"pcap:IN>OUT\n"
	"                 how side B is spoken to in place of side A, for hostile\n"
	"  -m or -x 'none: WHY'\n"
	"                 it cannot be asked, and why\n"
	"  -V             version\n"
	"  -h             this text\n";

struct tally {
	unsigned passed, failed, skipped;
};

static const struct ist_transport *check_find(const char *name)
{
	static char err[300];
	const struct ist_transport *t;

	for (const struct ist_transport *const *b = ist_builtin_transports; *b; b++)
		if (!strcmp((*b)->name, name))
			return *b;
	if (!strchr(name, '/') && !strstr(name, ".so")) {
		fprintf(stderr, "no transport `%s` is built in\n", name);
		return NULL;
	}
	t = plugin_load(name, err, sizeof(err));
	if (!t)
		printf("FAIL fit: %s\n", err);
	return t;
}

/* "none: WHY" says why there is none. */
static const char *missing_option(const char *text, const char *none)
{
	if (!text)
		return none;
	return strncmp(text, "none: ", 6) ? NULL : text + 6;
}

/* Why a case cannot run here; NULL = it can. */
static const char *check_missing(const struct spec *s, unsigned needs)
{
	static const struct {
		unsigned need;
		uint32_t cap;
		const char *words;
	} caps[] = {
		{NEED_FLOW, IST_CAP_FLOW, "it never pushes back"},
		{NEED_SWITCHED, IST_CAP_SWITCHED, "it has no calls"},
		{NEED_SEGMENTS, IST_CAP_SEGMENTS, "it knows no segments"},
		{NEED_L2TP, IST_CAP_L2TP, "it carries no L2TP"},
	};

	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		if (needs & caps[i].need && !(s->t->caps & caps[i].cap))
			return caps[i].words;
	if (needs & NEED_MANY)
		return missing_option(s->many, "no option -m");
	if (needs & NEED_HOSTILE)
		return missing_option(s->hostile, "no option -x");
	if (needs & NEED_IMPAIR && !pair_has_key(s, "impair-loss"))
		return "it cannot spoil a line on purpose";
	return NULL;
}

static bool check_run_open(struct pair *p, const struct check_case *c)
{
	if (!(c->needs & NEED_CLOSED) && !pair_open(p, NULL, false))
		return false;
	if (c->needs & NEED_TWO && p->links < 2)
		return skip(p, "side A has one channel only");
	return c->run(p);
}

static void check_run(const struct spec *s, const struct check_case *c, struct tally *sum)
{
	const char *why = check_missing(s, c->needs);
	uint64_t began = check_now();
	bool ok;
	struct pair p;

	if (why) {
		printf("SKIP %s: %s\n", c->name, why);
		sum->skipped++;
		return;
	}
	pair_init(&p, s);
	ok = check_run_open(&p, c);
	if (ok)
		pair_count(&p);
	if (!ok && (p.side[A].fault[0] || p.side[B].fault[0]))
		snprintf(p.why, sizeof(p.why), "%s",
			 p.side[A].fault[0] ? p.side[A].fault : p.side[B].fault);
	pair_end(&p);
	ok = ok && !p.why[0];
	if (ok && p.skipped[0])
		printf("SKIP %s: %s\n", c->name, p.skipped);
	else if (ok)
		printf("PASS %s: %s (%.1f s)\n", c->name, c->what,
		       (double)(check_now() - began) / 1e6);
	else
		printf("FAIL %s: %s: %s\n", c->name, c->what, p.why);
	fflush(stdout);
	sum->skipped += ok && p.skipped[0];
	sum->passed += ok && !p.skipped[0];
	sum->failed += !ok;
}

/* Is it one of the names in the list, or does one end in a star and begin like it? */
static bool check_wanted(const char *list, const char *name)
{
	for (const char *at = list, *end; at; at = *end ? end + 1 : NULL) {
		size_t len = (size_t)((end = strchrnul(at, ',')) - at);
		bool star = len && at[len - 1] == '*';

		if (!strncmp(at, name, len - star) && (star || !name[len]))
			return true;
	}
	return !list;
}

static int list_cases(void)
{
	for (const struct check_case *c = check_cases; c->name; c++)
		printf("%-14s %s\n", c->name, c->what);
	return 0;
}

static int check_run_all(struct spec *s, const char *name, const char *only)
{
	struct tally sum = {0};
	char err[300];

	s->t = check_find(name);
	if (!s->t)
		return 1;
	if (plugin_vet(s->t, err, sizeof(err))) {
		printf("FAIL fit: %s\n", err);
		return 1;
	}
	for (const struct check_case *c = check_cases; c->name; c++)
		if (check_wanted(only, c->name))
			check_run(s, c, &sum);
	printf("%s: %u passed, %u failed, %u skipped\n", s->t->name, sum.passed, sum.failed,
	       sum.skipped);
	return sum.failed || !sum.passed;
}

int main(int argc, char **argv)
{
	struct spec s = {0};
	const char *only = NULL;
	int c;

	while ((c = getopt(argc, argv, "lc:m:x:Vh")) != -1) {
		switch (c) {
		case 'l':
			return list_cases();
		case 'c':
			only = optarg;
			break;
		case 'm':
			s.many = optarg;
			break;
		case 'x':
			s.hostile = optarg;
			break;
		case 'V':
			printf("%s %s\ntransport ABI: %u\n", PACKAGE_NAME, PACKAGE_VERSION,
			       IST_TRANSPORT_ABI);
			return 0;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (argc - optind != 3) {
		fputs(usage, stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN); /* as the daemon does */
	s.text[A] = argv[optind + 1];
	s.text[B] = argv[optind + 2];
	return check_run_all(&s, argv[optind], only);
}
