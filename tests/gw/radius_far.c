/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/radius_far.h"

#include "gw/aaa/radius/radius_pool.h"
#include "tests/harness.h"

#include <string.h>
#include <sys/socket.h>

void radius_far_make(struct radius_packet *p, uint8_t octets[RADIUS_MAX], enum radius_code code,
		     const char *attrs)
{
	size_t len = RADIUS_HEAD + test_hex(octets + RADIUS_HEAD, RADIUS_MAX - RADIUS_HEAD, attrs);

	memset(octets, 0, RADIUS_HEAD);
	octets[0] = (uint8_t)code;
	wr_put16(octets + 2, (uint16_t)len);
	CU_ASSERT_TRUE_FATAL(radius_open(p, octets, len));
}

int radius_far_open(uint16_t *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(a);

	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	CU_ASSERT_EQUAL_FATAL(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

bool radius_far_take(int fd, struct radius_far_got *got)
{
	socklen_t len = sizeof(got->from);
	ssize_t n = recvfrom(fd, got->octets, sizeof(got->octets), MSG_DONTWAIT,
			     (struct sockaddr *)&got->from, &len);

	if (n < 0)
		return false;
	CU_ASSERT_TRUE_FATAL(radius_open(&got->packet, got->octets, (size_t)n));
	return true;
}

static void radius_far_value(struct radius_far_record *out, const struct radius_value *v)
{
#define ROW(name, member)                                                 \
	{                                                                 \
		RADIUS_##name, offsetof(struct radius_far_record, member) \
	}
	static const struct {
		enum radius_name name;
		size_t at;
	} rows[] = {
		ROW(FRAMED_IP_ADDRESS, address4),     ROW(ACCT_STATUS_TYPE, status),
		ROW(ACCT_DELAY_TIME, delay),	      ROW(EVENT_TIMESTAMP, when),
		ROW(ACCT_SESSION_TIME, seconds),      ROW(ACCT_INPUT_OCTETS, in),
		ROW(ACCT_OUTPUT_OCTETS, out),	      ROW(ACCT_INPUT_GIGAWORDS, in_giga),
		ROW(ACCT_OUTPUT_GIGAWORDS, out_giga), ROW(ACCT_TERMINATE_CAUSE, cause),
	};
#undef ROW

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].name == v->name)
			memcpy((char *)out + rows[i].at, &v->number, sizeof(v->number));
	out->classes += v->name == RADIUS_CLASS;
	if (v->name == RADIUS_ACCT_SESSION_ID && v->octets.left == RADIUS_ACCT_ID - 1)
		memcpy(out->session, v->octets.p, RADIUS_ACCT_ID - 1);
	if (v->name == RADIUS_USER_NAME && v->octets.left < sizeof(out->user))
		memcpy(out->user, v->octets.p, v->octets.left);
}

void radius_far_read(struct radius_far_record *out, const struct radius_packet *p)
{
	struct radius_walk w = radius_walk(p);
	struct radius_value v;

	*out = (struct radius_far_record){0};
	while (radius_next(&w, &v))
		radius_far_value(out, &v);
}

/* One that is not in the dictionary, too. */
static void radius_far_put(struct radius_writer *b, const char *attrs)
{
	uint8_t octets[RADIUS_ATTRS_MAX];

	wr_bytes(&b->w, octets, test_hex(octets, sizeof(octets), attrs));
}

void radius_far_answer(int fd, const struct radius_far_got *to, enum radius_code code,
		       const char *attrs, const char *secret)
{
	uint8_t buf[RADIUS_MAX];
	struct radius_writer b;
	size_t n;

	radius_begin(&b, buf, sizeof(buf), code, to->packet.id, to->octets + 4);
	radius_far_put(&b, attrs);
	n = radius_end(&b, secret, strlen(secret));
	CU_ASSERT_EQUAL(sendto(fd, buf, n, 0, (const struct sockaddr *)&to->from, sizeof(to->from)),
			(ssize_t)n);
}
