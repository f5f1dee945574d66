/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Six octets of MAC, zero for any, and the service name behind them. */
#include "transports/pppoe/pppoe_addr.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAC 6u

static bool pppoe_addr_plain(uint8_t c)
{
	return c >= 0x20 && c != 0x7f && c != '*';
}

void pppoe_addr_set(struct ist_addr *out, const uint8_t *mac, const void *service, size_t len)
{
	const uint8_t *from = service;
	size_t n = len < PPPOE_SERVICE_MAX ? len : PPPOE_SERVICE_MAX;

	memset(out, 0, sizeof(*out));
	out->len = (uint16_t)(MAC + n);
	if (mac)
		memcpy(out->data, mac, MAC);
	for (size_t i = 0; i < n; i++)
		out->data[MAC + i] = pppoe_addr_plain(from[i]) ? from[i] : '?';
}

const uint8_t *pppoe_addr_mac(const struct ist_addr *a)
{
	static const uint8_t any[MAC];

	return memcmp(a->data, any, MAC) ? a->data : NULL;
}

size_t pppoe_addr_service(const struct ist_addr *a, const uint8_t **name)
{
	*name = a->data + MAC;
	return a->len > MAC && a->len <= sizeof(a->data) ? a->len - MAC : 0;
}

static int pppoe_addr_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) & 0xf) : -1;
}

bool pppoe_addr_octet(uint8_t *out, const char *text)
{
	int high = pppoe_addr_digit(text[0]), low = high < 0 ? -1 : pppoe_addr_digit(text[1]);

	if (low < 0)
		return false;
	*out = (uint8_t)(high << 4 | low);
	return true;
}

/* "xx:xx:xx:xx:xx:xx" of a station, to the end of the text. */
static bool pppoe_addr_station(uint8_t mac[MAC], const char *text)
{
	for (unsigned i = 0; i < MAC; i++, text += 3)
		if (!pppoe_addr_octet(&mac[i], text) || text[2] != (i + 1 < MAC ? ':' : '\0'))
			return false;
	return !(mac[0] & 1);
}

int pppoe_addr_parse(struct ist_addr *out, const char *text)
{
	const char *at = strrchr(text, '@'), *station = at ? at + 1 : text;
	size_t service = at ? (size_t)(at - text) : 0;
	uint8_t mac[MAC] = {0};

	if (service > PPPOE_SERVICE_MAX)
		return -EINVAL;
	for (size_t i = 0; i < service; i++)
		if (!pppoe_addr_plain((uint8_t)text[i]))
			return -EINVAL;
	if (strcmp(station, "*") && !pppoe_addr_station(mac, station))
		return -EINVAL;
	pppoe_addr_set(out, mac, text, service);
	return 0;
}

static void pppoe_addr_station_text(const struct ist_addr *a, char out[18])
{
	const uint8_t *m = pppoe_addr_mac(a);

	if (m)
		snprintf(out, 18, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
			 m[5]);
	else
		snprintf(out, 18, "*");
}

int pppoe_addr_format(const struct ist_addr *a, char *buf, size_t len)
{
	const uint8_t *name;
	size_t n = pppoe_addr_service(a, &name);
	char station[18];

	pppoe_addr_station_text(a, station);
	return snprintf(buf, len, "%.*s%s%s", (int)n, (const char *)name, n ? "@" : "", station);
}

/* Does text match pattern, up to its end?  Each '*' is tried at its shortest first, and only the
 * last one is ever widened, so the work is at most the product of both lengths. */
static bool pppoe_addr_glob(const char *text, const char *pattern, const char *end)
{
	const char *star = NULL, *from = NULL;

	while (*text) {
		if (pattern < end && *pattern == '*') {
			star = ++pattern;
			from = text;
		} else if (pattern < end && *pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}

bool pppoe_addr_match(const struct ist_addr *a, const char *pattern)
{
	const char *at = strrchr(pattern, '@'), *station = at ? at + 1 : pattern;
	char mac[18], service[PPPOE_SERVICE_MAX + 1] = "";
	const uint8_t *name;
	size_t n = pppoe_addr_service(a, &name);

	pppoe_addr_station_text(a, mac);
	memcpy(service, name, n);
	return pppoe_addr_glob(mac, station, station + strlen(station)) &&
	       (!at || pppoe_addr_glob(service, pattern, at));
}
