/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/radius/radius_acct.h"

#include <stdio.h>

#define TUNNEL_L2TP 3u /* Tunnel-Type, RFC 2868 3.1 */
#define PREFIX_BITS 64u
#define KBIT	    1000u /* TR-101 counts in these, RFC 4679 in bits */

void radius_acct_id(char out[RADIUS_ACCT_ID], uint64_t id)
{
	snprintf(out, RADIUS_ACCT_ID, "%016llx", (unsigned long long)id);
}

/* --- what is known of a log-in ----------------------------------------------------------------- */

/* RFC 3162 2.3, RFC 4818 section 3: a reserved octet, the length, and the octets of the prefix. */
static void radius_acct_put_prefix(struct radius_writer *b, enum radius_name name,
				   const uint8_t prefix[16], uint8_t bits)
{
	uint8_t octets[2 + 16] = {0, bits};

	memcpy(octets + 2, prefix, (bits + 7u) / 8);
	radius_put(b, name, octets, 2 + (bits + 7u) / 8);
}

static void radius_acct_put_iid(struct radius_writer *b, uint64_t iid)
{
	uint8_t octets[8];

	wr_put32(octets, (uint32_t)(iid >> 32));
	wr_put32(octets + 4, (uint32_t)iid);
	radius_put(b, RADIUS_FRAMED_INTERFACE_ID, octets, sizeof(octets));
}

/* RFC 2865 5.25: each as it came. */
static void radius_acct_put_classes(struct radius_writer *b, const uint8_t *classes, size_t len)
{
	struct rd r = rd_init(classes, len);

	while (r.left) {
		size_t n = rd_u8(&r);
		const uint8_t *value = rd_take(&r, n);

		if (value)
			radius_put(b, RADIUS_CLASS, value, n);
	}
}

static uint32_t radius_acct_bits(uint32_t kbits)
{
	return kbits > UINT32_MAX / KBIT ? UINT32_MAX : kbits * KBIT;
}

/* Suboptions have the numbers of RFC 4679; those that it does not have are left out. */
void radius_acct_put_access(struct radius_writer *b, const uint8_t *access, size_t len)
{
	struct rd r = rd_init(access, len);

	while (r.left) {
		uint8_t type = rd_u8(&r), n = rd_u8(&r);
		const uint8_t *value = rd_take(&r, n);
		enum radius_name name = radius_find(RADIUS_BROADBAND, type);
		struct rd number = rd_init(value, value ? n : 0);

		if (!value || name == RADIUS_NAMES || n < radius_attrs[name].least ||
		    n > radius_attrs[name].most)
			continue;
		if (name >= RADIUS_RATE_UPSTREAM && name <= RADIUS_RATE_LOW_DOWNSTREAM)
			radius_put_u32(b, name, radius_acct_bits(rd_u32(&number)));
		else
			radius_put(b, name, value, n);
	}
}

static void radius_acct_put_tunnel(struct radius_writer *b, const struct radius_acct_tunnel *t)
{
	if (!t->here)
		return;
	radius_put_u32(b, RADIUS_TUNNEL_TYPE, TUNNEL_L2TP);
	if (t->medium)
		radius_put_u32(b, RADIUS_TUNNEL_MEDIUM_TYPE, t->medium);
	radius_put_text(b, RADIUS_TUNNEL_CLIENT_ENDPOINT, t->client);
	radius_put_text(b, RADIUS_TUNNEL_SERVER_ENDPOINT, t->server);
	radius_put_text(b, RADIUS_TUNNEL_CLIENT_AUTH_ID, t->client_name);
	radius_put_text(b, RADIUS_TUNNEL_SERVER_AUTH_ID, t->server_name);
	radius_put_text(b, RADIUS_ACCT_TUNNEL_CONNECTION, t->connection);
	radius_put_text(b, RADIUS_TUNNEL_ASSIGNMENT_ID, t->assignment);
}

static void radius_acct_put_addresses(struct radius_writer *b, const struct radius_acct_facts *f)
{
	if (f->address4)
		radius_put_u32(b, RADIUS_FRAMED_IP_ADDRESS, f->address4);
	if (f->has_prefix6)
		radius_acct_put_prefix(b, RADIUS_FRAMED_IPV6_PREFIX, f->prefix6, PREFIX_BITS);
	if (f->delegated_bits)
		radius_acct_put_prefix(b, RADIUS_DELEGATED_IPV6_PREFIX, f->delegated,
				       f->delegated_bits);
	if (f->has_iid)
		radius_acct_put_iid(b, f->iid);
}

void radius_acct_put_facts(struct radius_writer *b, const struct radius_acct_facts *f)
{
	if (f->user_len)
		radius_put(b, RADIUS_USER_NAME, f->user, f->user_len);
	radius_put_text(b, RADIUS_NAS_IDENTIFIER, f->nas_identifier);
	if (f->port)
		radius_put_u32(b, RADIUS_NAS_PORT, f->port);
	radius_put_u32(b, RADIUS_NAS_PORT_TYPE, f->port_type);
	radius_put_text(b, RADIUS_NAS_PORT_ID, f->port_id);
	radius_put_text(b, RADIUS_CALLED_STATION_ID, f->called);
	radius_put_text(b, RADIUS_CALLING_STATION_ID, f->calling);
	if (f->framed) {
		radius_put_u32(b, RADIUS_SERVICE_TYPE, RADIUS_SERVICE_FRAMED);
		radius_put_u32(b, RADIUS_FRAMED_PROTOCOL, RADIUS_FRAMED_PPP);
	}
	if (f->authentic)
		radius_put_u32(b, RADIUS_ACCT_AUTHENTIC, f->authentic);
	radius_put_text(b, RADIUS_ACCT_MULTI_SESSION_ID, f->multi);
	radius_acct_put_addresses(b, f);
	radius_put_text(b, RADIUS_CONNECT_INFO, f->connect_info);
	radius_acct_put_tunnel(b, &f->tunnel);
	radius_acct_put_access(b, f->access, f->access_len);
	radius_acct_put_classes(b, f->classes, f->classes_len);
}

/* --- one record -------------------------------------------------------------------------------- */

/* RFC 2869 5.1: how often the 32 bits have gone round; only when they have. */
static void radius_acct_put_u64(struct radius_writer *b, enum radius_name name,
				enum radius_name giga, uint64_t value)
{
	radius_put_u32(b, name, (uint32_t)value);
	if (value >> 32)
		radius_put_u32(b, giga, (uint32_t)(value >> 32));
}

static void radius_acct_put_counts(struct radius_writer *b, const struct radius_acct_event *e)
{
	const struct radius_acct_counts *n = e->counts;

	radius_put_u32(b, RADIUS_ACCT_SESSION_TIME, n->seconds);
	radius_acct_put_u64(b, RADIUS_ACCT_INPUT_OCTETS, RADIUS_ACCT_INPUT_GIGAWORDS, n->in_octets);
	radius_acct_put_u64(b, RADIUS_ACCT_OUTPUT_OCTETS, RADIUS_ACCT_OUTPUT_GIGAWORDS,
			    n->out_octets);
	radius_put_u32(b, RADIUS_ACCT_INPUT_PACKETS, (uint32_t)n->in_packets);
	radius_put_u32(b, RADIUS_ACCT_OUTPUT_PACKETS, (uint32_t)n->out_packets);
	if (e->status == RADIUS_ACCT_TUNNEL_STOP || e->status == RADIUS_ACCT_LINK_STOP)
		radius_put_u32(b, RADIUS_ACCT_TUNNEL_PACKETS_LOST, (uint32_t)n->lost);
}

void radius_acct_put_event(struct radius_writer *b, const struct radius_acct_event *e)
{
	char id[RADIUS_ACCT_ID];

	radius_acct_id(id, e->id);
	radius_put_u32(b, RADIUS_ACCT_STATUS_TYPE, e->status);
	radius_put_text(b, RADIUS_ACCT_SESSION_ID, id);
	radius_put_u32(b, RADIUS_EVENT_TIMESTAMP, (uint32_t)e->when);
	if (e->counts)
		radius_acct_put_counts(b, e);
	if (e->cause)
		radius_put_u32(b, RADIUS_ACCT_TERMINATE_CAUSE, e->cause);
}

/* --- Class ------------------------------------------------------------------------------------- */

size_t radius_acct_classes(const struct radius_packet *p, uint8_t *buf, size_t cap, bool *whole)
{
	struct radius_walk at = radius_walk(p);
	struct wr w = wr_init(buf, cap);
	struct radius_value v;
	size_t len = 0;

	while (radius_next(&at, &v)) {
		if (v.name != RADIUS_CLASS || w.bad)
			continue;
		wr_u8(&w, (uint8_t)v.octets.left);
		wr_bytes(&w, v.octets.p, v.octets.left);
		if (!w.bad)
			len = w.len;
	}
	*whole = !w.bad;
	return len;
}
