/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filter expressions, compiled by libpcap.  Names of hosts are looked up once, here: a program
 * holds addresses.
 *
 * libpcap does not say where a mistake is.  It reads a token at a time and stops at the first
 * mistake, so the place is found by bisection: the shortest beginning of the expression that is
 * refused with the same words.
 */
#include "cfg/filter.h"
#include "cfg/report.h"

#include <ctype.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SNAPLEN 65535
/* Refused when libpcap reads it, with words of its own; not read behind a syntax error. */
#define PROBE	  " ::999.999.999.999"
#define TOKEN_MAX 30

/* --- where a mistake is ----------------------------------------------------------------------- */

struct filter_mistake {
	pcap_t *pcap;
	const char *text;
	const char *probe; /* stands behind each beginning that is tried */
	char *beginning;   /* room for one */
	char words[PCAP_ERRBUF_SIZE];
};

/* libpcap's words, good until the next call; "" = it reads the text. */
static const char *filter_refusal(pcap_t *pcap, const char *text)
{
	struct bpf_program p;

	if (pcap_compile(pcap, &p, text, 0, PCAP_NETMASK_UNKNOWN) < 0)
		return pcap_geterr(pcap);
	pcap_freecode(&p);
	return "";
}

static bool filter_is_word(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_.-:\\", c));
}

/* Length of the token at `at`, which is no blank: a word, an operator of several signs, or one
 * other sign. */
static size_t filter_token_len(const char *at)
{
	size_t n = strspn(at, "&|=<>!");

	if (!n)
		while (filter_is_word(at[n]))
			n++;
	return n ? n : *at != '\0';
}

/* The token of this number, from 0; behind the last one the end of the text, with length 0. */
static const char *filter_token(const char *text, unsigned no, size_t *len)
{
	for (*len = 0;; no--) {
		text += *len;
		text += strspn(text, " \t\r\n");
		*len = filter_token_len(text);
		if (!no || !*len)
			return text;
	}
}

/* Is the mistake in the tokens up to this one? */
static bool filter_has_mistake(const struct filter_mistake *m, unsigned no)
{
	size_t len;
	const char *token = filter_token(m->text, no, &len);
	size_t n = (size_t)(token - m->text) + len;

	memcpy(m->beginning, m->text, n);
	strcpy(m->beginning + n, m->probe);
	return !strcmp(filter_refusal(m->pcap, m->beginning), m->words);
}

/* A syntax error that no token makes is that of the end. */
static const char *filter_find_mistake(const struct filter_mistake *m, size_t *len)
{
	unsigned lo = 0, hi = (unsigned)strlen(m->text); /* there are fewer tokens than octets */

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (filter_has_mistake(m, mid))
			hi = mid;
		else
			lo = mid + 1;
	}
	return filter_token(m->text, lo, len);
}

/* What libpcap's optimizer finds is of the whole: it knows what no packet can be. */
static void filter_explain(pcap_t *pcap, const char *text, char *err, size_t cap)
{
	struct filter_mistake m = {.pcap = pcap, .text = text, .probe = ""};
	bool syntax = false;
	const char *token;
	size_t len;

	snprintf(err, cap, "%s", pcap_geterr(pcap));
	snprintf(m.words, sizeof(m.words), "%s", filter_refusal(pcap, text));
	m.beginning = malloc(strlen(text) + sizeof(PROBE));
	if (*m.words && m.beginning) {
		syntax = !strcmp(filter_refusal(pcap, "and"), m.words);
		m.probe = syntax ? PROBE : "";
		token = filter_find_mistake(&m, &len);
		snprintf(err, cap, "column %zu, %s%.*s%s: %s", (size_t)(token - text) + 1,
			 len ? "`" : "the end", (int)(len < TOKEN_MAX ? len : TOKEN_MAX), token,
			 len ? "`" : "", syntax ? "syntax error" : m.words);
	}
	free(m.beginning);
}

/* --- programs --------------------------------------------------------------------------------- */

/* libpcap writes `protochain` as a jump back. */
static bool filter_loops(const struct bpf_insn *insn, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (insn[i].code == BPF_JMP + BPF_JA && insn[i].k >= n)
			return true;
	return false;
}

static bool filter_keep(struct cfg_filter *out, const char *text, const struct bpf_program *p,
			char *err, size_t cap)
{
	if (filter_loops(p->bf_insns, p->bf_len)) {
		snprintf(err, cap, "`protochain` makes a loop, which no packet may wait for");
		return false;
	}
	out->n = p->bf_len;
	out->text = strdup(text);
	out->insn = malloc(p->bf_len * sizeof(*out->insn));
	if (out->text && out->insn) {
		memcpy(out->insn, p->bf_insns, p->bf_len * sizeof(*out->insn));
		return true;
	}
	snprintf(err, cap, "out of memory");
	cfg_filter_free(out);
	return false;
}

bool cfg_filter_compile(struct cfg_filter *out, const char *text, bool ppp, char *err, size_t cap)
{
	pcap_t *pcap = pcap_open_dead(ppp ? DLT_PPP : DLT_RAW, SNAPLEN);
	struct bpf_program p;
	bool ok = false;

	*out = (struct cfg_filter){0};
	if (!pcap) {
		snprintf(err, cap, "out of memory");
		return false;
	}
	if (pcap_compile(pcap, &p, text, 1, PCAP_NETMASK_UNKNOWN) < 0) {
		filter_explain(pcap, text, err, cap);
	} else {
		ok = filter_keep(out, text, &p, err, cap);
		pcap_freecode(&p);
	}
	pcap_close(pcap);
	return ok;
}

void cfg_filter_free(struct cfg_filter *f)
{
	free(f->text);
	free(f->insn);
	*f = (struct cfg_filter){0};
}

static void filter_set(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text,
		       bool ppp)
{
	struct cfg_filter *to = (struct cfg_filter *)((char *)obj + it->key->offset), made;
	char err[PCAP_ERRBUF_SIZE];

	if (!cfg_filter_compile(&made, text, ppp, err, sizeof(err))) {
		cfg_wrong(l, it->value->line, it, "`%s`: %s", cfg_shown(l, it->value),
			  cfg_clean(l, err, strlen(err)));
		return;
	}
	to->n = made.n;
	to->text = arena_text(l->arena, text, strlen(text));
	to->insn = arena_get(l->arena, made.n * sizeof(*made.insn));
	memcpy(to->insn, made.insn, made.n * sizeof(*made.insn));
	cfg_filter_free(&made);
}

void cfg_filter_set_ip(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	filter_set(l, it, obj, text, false);
}

void cfg_filter_set_ppp(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	filter_set(l, it, obj, text, true);
}
