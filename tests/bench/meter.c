/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "tests/bench/meter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void meter_set(struct meter *m, const char *pids, const char *device)
{
	char *end;

	memset(m, 0, sizeof(*m));
	snprintf(m->device, sizeof(m->device), "%s", device);
	while (m->pids < METER_PIDS && *pids) {
		m->pid[m->pids++] = (int)strtol(pids, &end, 10);
		if (end == pids || *end != ',')
			break;
		pids = end + 1;
	}
	m->at = m->pid[0];
}

static uint64_t meter_clock(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t))
		return 0;
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void meter_device(const struct meter *m, struct meter_at *out)
{
	unsigned long long n[12];
	char path[64], line[512], name[32];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/net/dev", m->at);
	f = m->device[0] ? fopen(path, "r") : NULL;
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line,
			   " %31[^:]: %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu "
			   "%llu",
			   name, n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9,
			   n + 10, n + 11) == 13 &&
		    !strcmp(name, m->device)) {
			out->rx_octets = n[0];
			out->rx_packets = n[1];
			out->tx_octets = n[8];
			out->tx_packets = n[9];
			out->far_drops += n[3] + n[11];
		}
	if (f)
		fclose(f);
}

/* A counter of /proc/net/snmp or netstat: a line of names and one of numbers. */
static uint64_t meter_kernel(const char *path, const char *group, const char *counter)
{
	static char names[4096], values[4096];
	char *n, *v, *keep1, *keep2;
	uint64_t found = 0;
	FILE *f = fopen(path, "r");

	while (f && fgets(names, sizeof(names), f) && fgets(values, sizeof(values), f)) {
		if (strncmp(names, group, strlen(group)) != 0)
			continue;
		n = strtok_r(names, " \n", &keep1);
		v = strtok_r(values, " \n", &keep2);
		for (; n && v; n = strtok_r(NULL, " \n", &keep1), v = strtok_r(NULL, " \n", &keep2))
			if (!strcmp(n, counter))
				found = strtoull(v, NULL, 10);
	}
	if (f)
		fclose(f);
	return found;
}

/* Each segment of what came as one large packet counts there. */
static uint64_t meter_ip_packets(const char *path)
{
	return meter_kernel(path, "IpExt:", "InNoECTPkts");
}

void meter_read(const struct meter *m, struct meter_at *out)
{
	char path[64];
	clockid_t id;

	memset(out, 0, sizeof(*out));
	if (m->at) {
		meter_device(m, out);
		snprintf(path, sizeof(path), "/proc/%d/net/snmp", m->at);
		out->far_drops += meter_kernel(path, "Udp:", "RcvbufErrors");
		snprintf(path, sizeof(path), "/proc/%d/net/netstat", m->at);
		out->far_packets = meter_ip_packets(path);
	}
	out->near_packets = meter_ip_packets("/proc/self/net/netstat");
	out->near_drops = meter_kernel("/proc/self/net/snmp", "Udp:", "RcvbufErrors");
	for (unsigned i = 0; i < m->pids; i++)
		if (!clock_getcpuclockid(m->pid[i], &id))
			out->cpu_ns += meter_clock(id);
	out->ns = meter_clock(CLOCK_MONOTONIC);
}
