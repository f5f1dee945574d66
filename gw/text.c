/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for logs and screens.  Whatever a peer chose passes gw_printable(), so that a peer cannot
 * write control characters to a log or screen.
 */
#include "gw/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static void text_escape(char *buf, size_t cap, const uint8_t *p, size_t len, const char *also)
{
	static const char hex[] = "0123456789abcdef";
	size_t i, n = 0;

	for (i = 0; i < len && n + 5 <= cap; i++) {
		if (p[i] >= ' ' && p[i] < 0x7f && !strchr(also, p[i])) {
			buf[n++] = (char)p[i];
			continue;
		}
		buf[n++] = '\\';
		buf[n++] = 'x';
		buf[n++] = hex[p[i] >> 4];
		buf[n++] = hex[p[i] & 15];
	}
	if (cap)
		buf[n] = '\0';
}

const char *gw_printable(char *buf, size_t cap, const void *octets, size_t len)
{
	text_escape(buf, cap, octets, len, "\\");
	return buf;
}

const char *gw_word(char *buf, size_t cap, const void *octets, size_t len)
{
	if (len)
		text_escape(buf, cap, octets, len, "\\ \"");
	else
		snprintf(buf, cap, "-");
	return buf;
}

const char *gw_result_text(char *buf, size_t cap, const struct l2tp_result *r, bool stop)
{
	l2tp_result_format(r, stop, buf, cap);
	return buf;
}

const char *gw_ip4_text(char *buf, size_t cap, uint32_t addr)
{
	if (!addr)
		snprintf(buf, cap, "-");
	else
		snprintf(buf, cap, "%u.%u.%u.%u", addr >> 24, addr >> 16 & 255, addr >> 8 & 255,
			 addr & 255);
	return buf;
}

const char *gw_prefix_text(char *buf, size_t cap, const struct cfg_prefix *p)
{
	char addr[INET6_ADDRSTRLEN] = "?";

	inet_ntop(p->v6 ? AF_INET6 : AF_INET, p->v6 ? p->addr : p->addr + 12, addr, sizeof(addr));
	snprintf(buf, cap, "%s/%u", addr, p->bits);
	return buf;
}

const char *gw_duration_text(char *buf, size_t cap, uint64_t us)
{
	uint64_t s = us / 1000000;

	if (s >= 86400)
		snprintf(buf, cap, "%ud%02uh", (unsigned)(s / 86400), (unsigned)(s / 3600 % 24));
	else if (s >= 3600)
		snprintf(buf, cap, "%uh%02um", (unsigned)(s / 3600), (unsigned)(s / 60 % 60));
	else if (s >= 60)
		snprintf(buf, cap, "%um%02us", (unsigned)(s / 60), (unsigned)(s % 60));
	else
		snprintf(buf, cap, "%us", (unsigned)s);
	return buf;
}

const char *gw_rate_text(char *buf, size_t cap, uint64_t bps)
{
	static const char *const units[] = {"", "k", "M", "G"};
	unsigned i = 0;

	for (; bps && bps % 1000 == 0 && i < 3; i++)
		bps /= 1000;
	if (bps)
		snprintf(buf, cap, "%llu%s", (unsigned long long)bps, units[i]);
	else
		snprintf(buf, cap, "-");
	return buf;
}
