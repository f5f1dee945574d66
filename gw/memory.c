/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/memory.h"

#include "gw/aaa/aaa.h"
#include "gw/lns.h"
#include "gw/port.h"

#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define MANY  1000u
#define AGAIN 10000000u /* us */

/* --- how much may be needed ------------------------------------------------------------------- */

/* Octets of one, measured with 13,000 calls and 4,096 half-open tunnels, rounded up. */
#define OF_CALL	     6144u /* its PPP link, legs, entries and place in tables */
#define OF_TUNNEL    4096u
#define OF_QUEUE     65536u /* messages of one tunnel that its peer has not acknowledged */
#define OF_HALF_OPEN 2560u
#define OF_LOG_IN    1024u /* its accounting */
#define OF_LNS	     4096u /* that RADIUS has named */
#define OF_CIRCUIT   10240u
#define OF_WORKER    (24u << 20) /* rings, reorder buffers, frames of a batch, its stack */
#define OF_BASE	     (48u << 20) /* programs and libraries, tables of fixed size, the log's brake */

static uint64_t memory_least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void memory_add_peer(struct memory_need *n, const struct l2tp_policy *p)
{
	n->tunnels += p->max_tunnels ? p->max_tunnels : UINT16_MAX;
	n->calls += p->max_peer_calls ? p->max_peer_calls : UINT32_MAX;
}

static void memory_add_port(struct memory_need *n, const struct cfg_port *p)
{
	n->circuits += p->circuits + port_need(p).circuits;
}

/* A record in a spool takes a third of its octets here, and what is copied when the spool is made
 * smaller; one in memory itself, and its copy in what outlives the process. */
static uint64_t memory_accounting(const struct cfg_model *cfg, uint64_t calls)
{
	uint64_t octets = 0;

	for (unsigned i = 0; i < cfg->radiuses; i++) {
		const struct cfg_radius *r = &cfg->radius[i];

		if (r->accounting)
			octets += (octets ? 0 : calls * OF_LOG_IN) +
				  (r->spool ? r->spool_limit / 2 : 3 * (uint64_t)ACCT_MEMORY);
	}
	return octets;
}

/* Any route that asks may have as many LNSs named as there may be. */
static uint64_t memory_named(const struct cfg_model *cfg)
{
	for (unsigned i = 0; i < cfg->routes; i++)
		if (cfg->route[i].radius)
			return (uint64_t)LNS_MOST * OF_LNS;
	return 0;
}

struct memory_need memory_need(const struct cfg_model *cfg)
{
	struct memory_need n = {.half_open = cfg->half_open, .workers = cfg->workers};

	if (n.workers == UINT_MAX)
		n.workers = 4; /* as many as are ever chosen */
	for (unsigned i = 0; i < cfg->peers; i++)
		memory_add_peer(&n, &cfg->peer[i].policy);
	for (unsigned i = 0; i < cfg->ports; i++)
		memory_add_port(&n, &cfg->port[i]);
	n.tunnels = memory_least(n.tunnels, cfg->max_tunnels);
	n.calls = memory_least(n.calls, cfg->max_calls);
	n.accounting = memory_accounting(cfg, n.calls);
	n.named = memory_named(cfg);
	n.octets = OF_BASE + n.accounting + n.named + n.calls * OF_CALL +
		   n.tunnels * (OF_TUNNEL + OF_QUEUE) + n.half_open * OF_HALF_OPEN +
		   n.circuits * OF_CIRCUIT + (uint64_t)n.workers * OF_WORKER;
	return n;
}

const char *memory_need_text(char *buf, size_t cap, const struct memory_need *n)
{
	snprintf(
		buf, cap,
		"may need %llu MB of memory: %llu calls of %u kB, %llu tunnels of %u kB with %u kB "
		"of messages, %llu half-open ones of %u kB, %llu circuits of %u kB, %u workers of "
		"%u MB and %llu MB",
		(unsigned long long)(n->octets >> 20), (unsigned long long)n->calls, OF_CALL >> 10,
		(unsigned long long)n->tunnels, OF_TUNNEL >> 10, OF_QUEUE >> 10,
		(unsigned long long)n->half_open, (OF_HALF_OPEN + 1023) >> 10,
		(unsigned long long)n->circuits, OF_CIRCUIT >> 10, n->workers, OF_WORKER >> 20,
		(unsigned long long)((OF_BASE + n->accounting + n->named) >> 20));
	return buf;
}

/* --- how much there may be -------------------------------------------------------------------- */

/* The number in memory.max of a folder; "max" and no such file are no limit. */
static uint64_t memory_max_of(const char *folder)
{
	char path[2 * PATH_MAX + sizeof("/memory.max")];
	unsigned long long n = UINT64_MAX;
	FILE *f;

	snprintf(path, sizeof(path), "%s/memory.max", folder);
	f = fopen(path, "re");
	if (!f)
		return UINT64_MAX;
	if (fscanf(f, "%19llu", &n) != 1)
		n = UINT64_MAX;
	fclose(f);
	return n;
}

/* The line "0::/a/b" names the group. */
static bool memory_group(const char *proc, char *out, size_t cap)
{
	FILE *f = fopen(proc, "re");
	bool found = false;

	while (f && !found && fgets(out, (int)cap, f))
		found = !strncmp(out, "0::/", 4);
	if (f)
		fclose(f);
	if (found)
		out[strcspn(out, "\n")] = '\0';
	return found;
}

uint64_t memory_group_limit(const char *proc, const char *root)
{
	char line[PATH_MAX], folder[2 * PATH_MAX];
	uint64_t most = UINT64_MAX;
	char *end;

	if (!memory_group(proc, line, sizeof(line)))
		return UINT64_MAX;
	while ((end = strrchr(line, '/'))) {
		snprintf(folder, sizeof(folder), "%s%s", root, line + strlen("0::"));
		most = memory_least(most, memory_max_of(folder));
		*end = '\0';
	}
	return most;
}

uint64_t memory_allowed(void)
{
	static const int kinds[] = {RLIMIT_AS, RLIMIT_DATA};
	uint64_t most = memory_group_limit("/proc/self/cgroup", "/sys/fs/cgroup");
	struct rlimit r;

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (getrlimit(kinds[i], &r) == 0 && r.rlim_cur != RLIM_INFINITY)
			most = memory_least(most, r.rlim_cur);
	return most;
}

/* --- calls that have gone --------------------------------------------------------------------- */

bool memory_check(struct memory *m, uint64_t n, uint64_t gone, uint64_t now)
{
	bool many = gone - m->gone >= MANY && gone - m->gone >= n;

	if (now < m->again || !(many || m->late))
		return false;
	m->late = many;
	malloc_trim(0);
	m->gone = gone;
	m->again = now + AGAIN;
	return true;
}
