/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two ports on a loop link, a server and a client; and a server whose far end is typed by hand. */
#include "transports/pppoe/pppoe.h"

#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/host.h"
#include "tests/transports/link/wire.h"
#include "tests/transports/raw.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define S UINT64_C(1000000)

struct both {
	struct fake_host server, client;
	ist_channel at_server, at_client;
};

/* What a report said, copied while its pointers are valid. */
static char called[200], calling[200];
static size_t user_data_len;
static struct ist_attrs attrs;

static void pppoe_on_event(struct fake_host *h, const struct fake_event *e)
{
	if (e->kind != FAKE_OFFER && e->kind != FAKE_UP)
		return;
	attrs = e->attrs;
	snprintf(called, sizeof(called), "%s", e->attrs.called ? e->attrs.called : "(none)");
	snprintf(calling, sizeof(calling), "%s", e->attrs.calling ? e->attrs.calling : "(none)");
	user_data_len = e->attrs.user_data_len;
	if (e->kind == FAKE_OFFER && h->tap_arg)
		CU_ASSERT_EQUAL(fake_answer(h, e->channel), 0);
}

static void pppoe_open_both(struct both *b, const char *more_server, const char *more_client)
{
	const char *server[] = {"link=loop:x", more_server, NULL};
	const char *client[] = {"link=loop:x", "role=client", more_client, NULL};

	memset(b, 0, sizeof(*b));
	fake_open(&b->server, &pppoe_transport, server);
	fake_open(&b->client, &pppoe_transport, client);
	b->server.on_event = b->client.on_event = pppoe_on_event;
	fake_join(&b->server, &b->client);
	fake_run(&b->server, fake_now + 2 * S);
}

static void pppoe_close_both(struct both *b)
{
	fake_close(&b->client);
	fake_close(&b->server);
}

static void pppoe_run(struct both *b)
{
	fake_run(&b->server, fake_now);
}

static void pppoe_session_of(struct both *b, const char *to)
{
	CU_ASSERT_EQUAL_FATAL(fake_connect(&b->client, to, IST_PAYLOAD_PPP, &b->at_client), 0);
	pppoe_run(b);
	b->at_server = fake_channel(&b->server, FAKE_OFFER);
	CU_ASSERT_EQUAL_FATAL(fake_answer(&b->server, b->at_server), 0);
	pppoe_run(b);
	CU_ASSERT_EQUAL_FATAL(fake_channel(&b->server, FAKE_UP), b->at_server);
	CU_ASSERT_EQUAL_FATAL(fake_channel(&b->client, FAKE_UP), b->at_client);
}

static bool pppoe_got(struct fake_host *h, ist_channel c, const void *data, size_t len)
{
	struct fake_event *e = fake_take(h, FAKE_FRAME);
	bool same = e && e->channel == c && e->len == len && !memcmp(e->data, data, len);

	fake_free(e);
	return same;
}

static void pppoe_frames_both_ways(void)
{
	static uint8_t frame[1600];
	struct both b;

	for (size_t i = 0; i < sizeof(frame); i++)
		frame[i] = (uint8_t)(i * 7);
	pppoe_open_both(&b, NULL, NULL);
	pppoe_session_of(&b, "isp@*");
	CU_ASSERT_EQUAL(b.server.tr->mtu(b.server.port, b.at_server),
			1494); /* 1492 and a protocol */
	CU_ASSERT_EQUAL(b.client.tr->mtu(b.client.port, b.at_client), 1494);
	for (size_t len = 1; len <= 1494; len += len < 64 ? 1 : 143) {
		CU_ASSERT_EQUAL(fake_send(&b.client, b.at_client, frame, len), 1);
		CU_ASSERT_EQUAL(fake_send(&b.server, b.at_server, frame + 1, len), 1);
		pppoe_run(&b);
		CU_ASSERT_TRUE(pppoe_got(&b.server, b.at_server, frame, len));
		CU_ASSERT_TRUE(pppoe_got(&b.client, b.at_client, frame + 1, len));
	}
	CU_ASSERT_EQUAL(fake_send(&b.client, b.at_client, frame, 1495), 1);
	pppoe_run(&b);
	CU_ASSERT_EQUAL(fake_count(&b.client, "tx-too-long"), 1);
	CU_ASSERT_EQUAL(fake_pending(&b.server, FAKE_FRAME), 0);
	pppoe_close_both(&b);
}

/* More than a batch, each with a head of the host's own. */
static void pppoe_batches(void)
{
	struct ist_frame f[70];
	uint8_t head[70][2], data[3] = {1, 2, 3}, want[5];
	struct both b;

	pppoe_open_both(&b, NULL, NULL);
	pppoe_session_of(&b, "*");
	for (uint8_t i = 0; i < 70; i++) {
		head[i][0] = 0;
		head[i][1] = i;
		f[i] = (struct ist_frame){.channel = b.at_client,
					  .head = head[i],
					  .head_len = 2,
					  .payload = data,
					  .len = 3};
	}
	CU_ASSERT_EQUAL(fake_send_frames(&b.client, f, 70), 70);
	pppoe_run(&b);
	memcpy(want + 2, data, 3);
	for (uint8_t i = 0; i < 70; i++) {
		want[0] = 0;
		want[1] = i;
		CU_ASSERT_TRUE(pppoe_got(&b.server, b.at_server, want, 5));
	}
	CU_ASSERT_EQUAL(fake_count(&b.server, "rx-frames"), 70);
	CU_ASSERT_EQUAL(fake_count(&b.client, "tx-octets"), 350);
	pppoe_close_both(&b);
}

static void pppoe_attributes(void)
{
	struct both b;
	char text[300];

	pppoe_open_both(&b, "services=isp", NULL);
	CU_ASSERT_EQUAL(fake_connect(&b.client, "isp@*", IST_PAYLOAD_PPP, &b.at_client), 0);
	pppoe_run(&b);
	CU_ASSERT_EQUAL(fake_pending(&b.server, FAKE_OFFER), 1);
	CU_ASSERT_STRING_EQUAL(called, "isp");
	CU_ASSERT_EQUAL(strlen(calling), 17);
	CU_ASSERT_EQUAL(attrs.payload, IST_PAYLOAD_PPP);
	CU_ASSERT_EQUAL(attrs.permanent, 0);
	CU_ASSERT_EQUAL(attrs.tx_bps + attrs.rx_bps, 0); /* nobody has said */
	CU_ASSERT_TRUE(user_data_len > 7);
	snprintf(text, sizeof(text), "isp@%s", calling);
	CU_ASSERT_STRING_EQUAL(fake_addr(&b.server, &attrs.peer), text);
	CU_ASSERT_TRUE(b.server.tr->addr_match(&attrs.peer, "isp@02:*"));
	CU_ASSERT_EQUAL(fake_answer(&b.server, fake_channel(&b.server, FAKE_OFFER)), 0);
	pppoe_run(&b);
	CU_ASSERT_EQUAL(fake_pending(&b.client, FAKE_UP), 1);
	pppoe_close_both(&b);
}

/* The host may answer inside the offer; `up` comes before the first frame. */
static void pppoe_answered_at_once(void)
{
	struct fake_event *e;
	struct both b;

	pppoe_open_both(&b, NULL, NULL);
	b.server.tap_arg = &b; /* answer */
	CU_ASSERT_EQUAL(fake_connect(&b.client, "*", IST_PAYLOAD_PPP, &b.at_client), 0);
	pppoe_run(&b);
	CU_ASSERT_EQUAL(fake_channel(&b.client, FAKE_UP), b.at_client);
	CU_ASSERT_EQUAL(fake_send(&b.client, b.at_client, "x", 1), 1);
	pppoe_run(&b);
	e = b.server.first;
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->kind, FAKE_OFFER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e->next);
	CU_ASSERT_EQUAL(e->next->kind, FAKE_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e->next->next);
	CU_ASSERT_EQUAL(e->next->next->kind, FAKE_FRAME);
	pppoe_close_both(&b);
}

/* The client has asked, and the server is offered its session. */
static void pppoe_open_offered(struct both *b)
{
	pppoe_open_both(b, NULL, NULL);
	CU_ASSERT_EQUAL(fake_connect(&b->client, "*", IST_PAYLOAD_PPP, &b->at_client), 0);
	pppoe_run(b);
	b->at_server = fake_channel(&b->server, FAKE_OFFER);
}

static void pppoe_refused(void)
{
	struct fake_event *e;
	struct both b;

	pppoe_open_offered(&b);
	CU_ASSERT_EQUAL(fake_send(&b.server, b.at_server, "x", 1), 1); /* not open yet */
	CU_ASSERT_EQUAL(fake_send(&b.client, b.at_client, "x", 1), 1);
	CU_ASSERT_EQUAL(fake_count(&b.server, "tx-down"), 1);
	CU_ASSERT_EQUAL(fake_count(&b.client, "tx-down"), 1);
	CU_ASSERT_EQUAL(fake_refuse(&b.server, b.at_server), 0);
	CU_ASSERT_EQUAL(fake_refuse(&b.server, b.at_server), -ESTALE);
	CU_ASSERT_EQUAL(fake_answer(&b.server, b.at_server), -ESTALE);
	pppoe_run(&b);
	e = fake_take(&b.client, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->channel, b.at_client);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_REFUSED);
	CU_ASSERT_STRING_EQUAL(e->cause.words, "Generic-Error");
	CU_ASSERT_EQUAL(b.client.last_level, 6);
	CU_ASSERT_STRING_EQUAL(b.client.last_log, "session 0 : Generic-Error");
	CU_ASSERT_TRUE(e->forever);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_send(&b.client, b.at_client, "x", 1), -ESTALE);
	CU_ASSERT_EQUAL(fake_pending(&b.server, FAKE_DOWN), 0);
	pppoe_close_both(&b);
}

/* To give up an offer is to refuse it. */
static void pppoe_offer_given_up(void)
{
	struct fake_event *e;
	struct both b;

	pppoe_open_offered(&b);
	fake_disconnect(&b.server, b.at_server);
	CU_ASSERT_EQUAL(fake_answer(&b.server, b.at_server), -ESTALE);
	pppoe_run(&b);
	e = fake_take(&b.client, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_REFUSED);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_count(&b.server, "padr-refused"), 1);
	CU_ASSERT_EQUAL(fake_count(&b.server, "tx-padt"), 0);
	CU_ASSERT_EQUAL(fake_pending(&b.server, FAKE_DOWN), 0);
	CU_ASSERT_STRING_EQUAL(fake_fill(&b.server), "sessions 0/16000 0/8");
	pppoe_close_both(&b);
}

static void pppoe_ended_by(struct fake_host *who, ist_channel c, struct fake_host *other,
			   ist_channel at_other)
{
	struct fake_event *e;

	fake_disconnect(who, c);
	CU_ASSERT_EQUAL(fake_send(who, c, "x", 1), -ESTALE);
	CU_ASSERT_EQUAL(who->tr->mtu(who->port, c), 0);
	fake_run(who, fake_now);
	e = fake_take(other, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->channel, at_other);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_CLEARED);
	CU_ASSERT_TRUE(e->forever);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_pending(who, FAKE_DOWN), 0);
}

static void pppoe_ended_by_either(void)
{
	struct both b;

	pppoe_open_both(&b, NULL, NULL);
	pppoe_session_of(&b, "*");
	pppoe_ended_by(&b.client, b.at_client, &b.server, b.at_server);
	pppoe_session_of(&b, "*");
	pppoe_ended_by(&b.server, b.at_server, &b.client, b.at_client);
	pppoe_session_of(&b, "*");
	fake_close(&b.client); /* politely, with a PADT */
	fake_run(&b.server, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&b.server, FAKE_DOWN), 1);
	CU_ASSERT_EQUAL(fake_count(&b.server, "rx-padt"), 2);
	fake_close(&b.server);
}

/* RFC 4638: both are told 1500, and frames of 1502 octets go. */
static void pppoe_larger(void)
{
	static const uint8_t frame[1502] = {0x00, 0x21};
	struct both b;

	pppoe_open_both(&b, "max-payload=9000", "max-payload=1500");
	pppoe_session_of(&b, "*");
	CU_ASSERT_EQUAL(b.server.tr->mtu(b.server.port, b.at_server), 1502);
	CU_ASSERT_EQUAL(b.client.tr->mtu(b.client.port, b.at_client), 1502);
	CU_ASSERT_EQUAL(fake_send(&b.client, b.at_client, frame, 1502), 1);
	pppoe_run(&b);
	CU_ASSERT_TRUE(pppoe_got(&b.server, b.at_server, frame, 1502));
	pppoe_close_both(&b);
}

/* Shorter than link-hold: nothing happens to sessions.  Longer: they are down, and why. */
static void pppoe_link_lost(void)
{
	static const char *const other[] = {"link=loop:x", NULL};
	struct fake_host far;
	struct fake_event *e;
	struct both b;

	pppoe_open_both(&b, "link-hold=20s", "link-hold=3s");
	pppoe_session_of(&b, "*");
	fake_leave(&b.client);
	fake_close(&b.server); /* its PADT comes with the end of the link */
	fake_run(&b.client, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&b.client, FAKE_DOWN), 1);
	fake_close(&b.client);

	/* A far end that goes without a word. */
	fake_open(&b.client, &pppoe_transport,
		  (const char *const[]){"link=loop:x", "role=client", "link-hold=3s", NULL});
	fake_open(&far, &raw_transport, other);
	fake_join(&b.client, &far);
	fake_run(&far, fake_now + 2 * S);
	CU_ASSERT_EQUAL(fake_connect(&b.client, "*", IST_PAYLOAD_PPP, &b.at_client), 0);
	fake_close(&far);
	fake_run(&b.client, fake_now + 2 * S);
	CU_ASSERT_EQUAL(fake_pending(&b.client, FAKE_DOWN), 0);
	fake_open(&far, &raw_transport, other); /* and comes again: it is asked again */
	fake_join(&b.client, &far);
	fake_run(&far, fake_now + 4 * S);
	e = fake_take(&far, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->data[15], 0x09);
	fake_free(e);
	fake_close(&far);
	fake_close(&b.client);
}

/* --- on a device ------------------------------------------------------------------------------ */

/* Both run until that report has come. */
static ist_channel pppoe_device_wait(struct both *b, struct fake_host *who, enum fake_kind kind)
{
	for (unsigned tries = 0; !fake_pending(who, kind); tries++) {
		CU_ASSERT_FATAL(tries < 100000);
		fake_run(&b->server, fake_now);
	}
	return fake_channel(who, kind);
}

/* The client makes a TAP, whose other end, the device, is the server's: a session by the kernel's
 * frames. */
static void pppoe_open_devices(struct both *b)
{
	memset(b, 0, sizeof(*b));
	fake_open(&b->client, &pppoe_transport,
		  (const char *const[]){"link=tap:p0", "role=client", NULL});
	fake_open(&b->server, &pppoe_transport,
		  (const char *const[]){"link=packet:p0", "receive-ring=no", NULL});
	fake_join(&b->server, &b->client);
	fake_run(&b->server, fake_now + S);
	CU_ASSERT_EQUAL_FATAL(fake_connect(&b->client, "*", IST_PAYLOAD_PPP, &b->at_client), 0);
	b->at_server = pppoe_device_wait(b, &b->server, FAKE_OFFER);
	CU_ASSERT_EQUAL_FATAL(fake_answer(&b->server, b->at_server), 0);
	CU_ASSERT_EQUAL(pppoe_device_wait(b, &b->client, FAKE_UP), b->at_client);
	CU_ASSERT_EQUAL(fake_channel(&b->server, FAKE_UP), b->at_server);
}

/* RFC 2516 7: eight octets of the device's MTU are PPPoE's and PPP's; looked at when the link comes
 * up.  No session can have more than it agreed to. */
static void pppoe_device_mtu(void)
{
	static const unsigned mtus[][2] = {{1499, 1493}, {1500, 1494}, {1501, 1494}, {576, 570}};
	struct both b;

	if (!netns_enter("pppoe_device_mtu"))
		return;
	pppoe_open_devices(&b);
	for (size_t i = 0; i < sizeof(mtus) / sizeof(mtus[0]); i++) {
		wire_set_up("p0", false);
		fake_run(&b.server, fake_now + S);
		wire_set_mtu("p0", mtus[i][0]);
		wire_set_up("p0", true);
		fake_run(&b.server, fake_now + S);
		CU_ASSERT_EQUAL(b.server.tr->mtu(b.server.port, b.at_server), mtus[i][1]);
		CU_ASSERT_EQUAL(b.client.tr->mtu(b.client.port, b.at_client), mtus[i][1]);
	}
	CU_ASSERT_EQUAL(fake_pending(&b.server, FAKE_DOWN), 0); /* it was always back in time */
	pppoe_close_both(&b);
	netns_leave();
}

/* Sessions are those of a MAC address of ours: with another one nobody finds them. */
static void pppoe_device_mac(void)
{
	static const uint8_t another[6] = {2, 0, 0, 0, 0, 0x21};
	struct fake_event *e;
	struct both b;

	if (!netns_enter("pppoe_device_mac"))
		return;
	pppoe_open_devices(&b);
	CU_ASSERT_EQUAL(fake_pending(&b.server, FAKE_DOWN), 0);
	wire_set_up("p0", false);
	fake_run(&b.server, fake_now + S);
	wire_set_mac("p0", another);
	wire_set_up("p0", true);
	fake_run(&b.server, fake_now + S);
	e = fake_take(&b.server, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->channel, b.at_server);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LINK);
	CU_ASSERT_STRING_EQUAL(e->cause.words, "our MAC address is another one");
	fake_free(e);
	/* and so is the AC-Name */
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&b.server), "server 02:00:00:00:00:21,"));
	pppoe_close_both(&b);
	netns_leave();
}

/* --- by hand ---------------------------------------------------------------------------------- */

#define HOST "00005e005301"

struct typed {
	struct fake_host h, far;
	char mac[13]; /* ours, in hex */
	uint16_t id;
	ist_channel channel;
};

static void pppoe_typed_rx(struct typed *t, const char *dst, const char *src, const char *rest)
{
	char hex[600];
	uint8_t frame[300];

	snprintf(hex, sizeof(hex), "%s%s%s", dst, src, rest);
	CU_ASSERT_EQUAL(fake_send(&t->far, 1, frame, test_hex(frame, sizeof(frame), hex)), 1);
	fake_run(&t->h, fake_now);
}

/* The oldest frame that came, behind its addresses, in hex. */
static const char *pppoe_typed_sent(struct typed *t)
{
	static char hex[400];
	struct fake_event *e = fake_take(&t->far, FAKE_FRAME);

	hex[0] = '\0';
	for (uint32_t i = 12; e && i < e->len && i < 190; i++)
		snprintf(hex + 2 * (size_t)(i - 12), 3, "%02x", e->data[i]);
	if (e)
		for (unsigned i = 0; i < 6; i++)
			snprintf(t->mac + 2 * (size_t)i, 3, "%02x", e->data[6 + i]);
	fake_free(e);
	return hex;
}

/* A server whose AC-Name is "ac", and a session of HOST with it. */
static void pppoe_typed_open(struct typed *t)
{
	char cookie[33], padr[200];
	unsigned id = 0;

	memset(t, 0, sizeof(*t));
	fake_open(&t->h, &pppoe_transport,
		  (const char *const[]){"link=loop:x", "ac-name=ac", "link-hold=3s", NULL});
	fake_open(&t->far, &raw_transport, (const char *const[]){"link=loop:x", NULL});
	fake_join(&t->h, &t->far);
	fake_run(&t->h, fake_now + 2 * S);
	pppoe_typed_rx(t, "ffffffffffff", HOST, "8863 1109 0000 0004 0101 0000");
	/* AC-Name (6 octets), Service-Name (4), AC-Cookie */
	CU_ASSERT_EQUAL_FATAL(sscanf(pppoe_typed_sent(t),
				     "886311070000001e010200026163010100000104"
				     "0010%32s",
				     cookie),
			      1);
	snprintf(padr, sizeof(padr), "8863 1119 0000 0018 0101 0000 0104 0010 %s", cookie);
	pppoe_typed_rx(t, t->mac, HOST, padr);
	t->channel = fake_channel(&t->h, FAKE_OFFER);
	CU_ASSERT_EQUAL_FATAL(fake_answer(&t->h, t->channel), 0);
	fake_run(&t->h, fake_now);
	CU_ASSERT_EQUAL_FATAL(sscanf(pppoe_typed_sent(t), "88631165%4x", &id), 1);
	t->id = (uint16_t)id;
	fake_forget(&t->h);
}

static void pppoe_typed_close(struct typed *t)
{
	fake_close(&t->far);
	fake_close(&t->h);
}

/* A session frame with the padding of an Ethernet: it is cut off. */
static void pppoe_padding(void)
{
	char rest[200];
	struct typed t;

	pppoe_typed_open(&t);
	snprintf(rest, sizeof(rest), "8864 1100 %04x 0006 c021 01010004 %080d", t.id, 0);
	pppoe_typed_rx(&t, t.mac, HOST, rest);
	CU_ASSERT_TRUE(pppoe_got(&t.h, t.channel, "\xc0\x21\x01\x01\x00\x04", 6));
	CU_ASSERT_EQUAL(fake_send(&t.h, t.channel, "\xc0\x21\x02", 3), 1);
	fake_run(&t.h, fake_now);
	snprintf(rest, sizeof(rest), "88641100%04x0003c02102", t.id);
	CU_ASSERT_STRING_EQUAL(pppoe_typed_sent(&t), rest);
	pppoe_typed_close(&t);
}

/* Each frame that is dropped has its counter; %04x is the id of the session. */
static void pppoe_drops(void)
{
	static const struct {
		const char *src, *rest, *counter;
	} rows[] = {
		{HOST, "8864 1100", "rx-short"},
		{HOST, "0800 4500 0014", "rx-ethertype"},
		{HOST, "8864 2100 %04x 0001 c0", "rx-version"},
		{HOST, "8864 1100 %04x 0003 c021", "rx-length"},
		{"01005e005301", "8864 1100 %04x 0002 c021", "rx-source"},
		{HOST, "8864 1109 %04x 0002 c021", "rx-code"},
		{HOST, "8863 1107 0000 0000", "rx-code"},
		{HOST, "8863 11d3 0000 0000", "rx-code"},
		{HOST, "8863 1119 0000 0003 010100", "rx-tags"},
		{HOST, "8863 1119 0001 0004 0101 0000", "rx-session-id"},
		{HOST, "8864 1100 0000 0002 c021", "rx-unknown"},
		{HOST, "8864 1100 ffff 0002 c021", "rx-unknown"},
		{"00005e005309", "8864 1100 %04x 0002 c021", "rx-stranger"},
		{HOST, "8864 1100 %04x 0000", "rx-empty"},
		{"00005e005309", "8863 11a7 %04x 0000", "padt-unknown"},
	};
	struct typed t;

	pppoe_typed_open(&t);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t before = fake_count(&t.h, rows[i].counter);
		char rest[200], *at;

		snprintf(rest, sizeof(rest), "%s", rows[i].rest);
		at = strstr(rest, "%04x");
		if (at) {
			char id[5];

			snprintf(id, sizeof(id), "%04x", t.id);
			memcpy(at, id, 4);
		}
		pppoe_typed_rx(&t, t.mac, rows[i].src, rest);
		if (fake_count(&t.h, rows[i].counter) != before + 1)
			CU_FAIL(rows[i].rest);
	}
	pppoe_typed_rx(&t, "00005e005377", HOST, "8864 1100 0001 0002 c021");
	pppoe_typed_rx(&t, "ffffffffffff", HOST, "8864 1100 0001 0002 c021");
	pppoe_typed_rx(&t, "ffffffffffff", HOST, "8863 1119 0000 0004 0101 0000");
	CU_ASSERT_EQUAL(fake_count(&t.h, "rx-destination"), 3);
	CU_ASSERT_PTR_NULL(t.h.first); /* nothing was reported */
	CU_ASSERT_EQUAL(fake_send(&t.h, t.channel, "\xc0\x21", 2), 1);
	CU_ASSERT_EQUAL(fake_count(&t.h, "tx-frames"), 1);
	pppoe_typed_close(&t);
}

/* A station that still uses a session we have not, as after a restart, is told; but not in the
 * first five seconds, in which that session may be resumed. */
static void pppoe_stray(void)
{
	char rest[64];
	struct typed t;

	pppoe_typed_open(&t);
	snprintf(rest, sizeof(rest), "8864 1100 %04x 0002 c021", (t.id ^ 1) & 0xffff);
	fake_run(&t.h, fake_now + 3 * S - 1); /* pppoe_typed_open() took two */
	pppoe_typed_rx(&t, t.mac, HOST, rest);
	CU_ASSERT_EQUAL(fake_count(&t.h, "tx-padt"), 0);
	CU_ASSERT_EQUAL(fake_count(&t.h, "padt-held"), 1);
	fake_run(&t.h, fake_now + S);
	pppoe_typed_rx(&t, t.mac, HOST, rest);
	snprintf(rest, sizeof(rest), "886311a7%04x00130203000f6e6f20737563682073657373696f6e",
		 (t.id ^ 1) & 0xffff);
	CU_ASSERT_STRING_EQUAL(pppoe_typed_sent(&t), rest);
	pppoe_typed_close(&t);
}

/* A far end that goes without a word: the session outlives less than link-hold, and no more. */
static void pppoe_link_hold(void)
{
	struct fake_event *e;
	struct typed t;
	uint64_t gone;

	pppoe_typed_open(&t);
	CU_ASSERT_EQUAL(t.h.last_level, 5);
	CU_ASSERT_STRING_EQUAL(t.h.last_log, "link up");
	fake_close(&t.far);
	gone = fake_now;
	fake_run(&t.h, gone + 5 * S / 2);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 0);
	CU_ASSERT_EQUAL(t.h.last_level, 4);
	CU_ASSERT_STRING_EQUAL(t.h.last_log, "link down: Connection reset by peer");
	fake_open(&t.far, &raw_transport, (const char *const[]){"link=loop:x", NULL});
	fake_join(&t.h, &t.far);
	fake_run(&t.h, gone + 10 * S);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_DOWN), 0);
	CU_ASSERT_EQUAL(fake_send(&t.h, t.channel, "x", 1), 1);
	fake_run(&t.h, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&t.far, FAKE_FRAME), 1);
	fake_close(&t.far);
	fake_run(&t.h, fake_now + 5 * S);
	e = fake_take(&t.h, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LINK);
	CU_ASSERT_TRUE(e->forever);
	fake_free(e);
	fake_close(&t.h);
}

static void pppoe_hang_up_in_frames(struct fake_host *h, const struct fake_event *e)
{
	if (e->kind == FAKE_FRAME)
		fake_disconnect(h, e->channel);
}

/* The host hangs up inside a report of frames. */
static void pppoe_hung_up_inside(void)
{
	char rest[64];
	struct typed t;

	pppoe_typed_open(&t);
	fake_run(&t.h, fake_now + 4 * S);
	t.h.on_event = pppoe_hang_up_in_frames;
	snprintf(rest, sizeof(rest), "8864 1100 %04x 0002 c021", t.id);
	pppoe_typed_rx(&t, t.mac, HOST, rest);
	pppoe_typed_rx(&t, t.mac, HOST, rest);
	CU_ASSERT_EQUAL(fake_pending(&t.h, FAKE_FRAME), 1);
	CU_ASSERT_EQUAL(fake_count(&t.h, "rx-unknown"), 1);
	CU_ASSERT_EQUAL(fake_send(&t.h, t.channel, "x", 1), -ESTALE);
	CU_ASSERT_EQUAL(fake_count(&t.h, "tx-padt"), 2);
	pppoe_typed_close(&t);
}

static void pppoe_hang_up_in_down(struct fake_host *h, const struct fake_event *e)
{
	if (e->kind == FAKE_DOWN)
		fake_disconnect(h, e->channel);
}

/* Frames and the PADT behind them, read in one batch: they are reported in that order.  The host
 * may give the channel up inside the report. */
static void pppoe_frames_before_padt(void)
{
	char hex[100];
	uint8_t frame[50];
	struct typed t;

	pppoe_typed_open(&t);
	t.h.on_event = pppoe_hang_up_in_down;
	snprintf(hex, sizeof(hex), "%s" HOST "8864 1100 %04x 0002 c021", t.mac, t.id);
	CU_ASSERT_EQUAL(fake_send(&t.far, 1, frame, test_hex(frame, sizeof(frame), hex)), 1);
	snprintf(hex, sizeof(hex), "%s" HOST "8863 11a7 %04x 0000", t.mac, t.id);
	CU_ASSERT_EQUAL(fake_send(&t.far, 1, frame, test_hex(frame, sizeof(frame), hex)), 1);
	fake_run(&t.h, fake_now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t.h.first);
	CU_ASSERT_EQUAL(t.h.first->kind, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t.h.first->next);
	CU_ASSERT_EQUAL(t.h.first->next->kind, FAKE_DOWN);
	CU_ASSERT_EQUAL(fake_count(&t.h, "tx-padt"), 0);
	pppoe_typed_close(&t);
}

static unsigned tapped[2];

static void pppoe_on_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
			 size_t len)
{
	(void)arg;
	CU_ASSERT_EQUAL(link_type, 1); /* LINKTYPE_ETHERNET */
	CU_ASSERT_TRUE(len > 19 && frame[12] == 0x88 && (frame[13] | 7) == 0x67);
	tapped[outbound]++;
}

static void pppoe_captures(void)
{
	char rest[64];
	struct typed t;

	pppoe_typed_open(&t);
	tapped[0] = tapped[1] = 0;
	t.h.tap_on = true;
	t.h.on_tap = pppoe_on_tap;
	snprintf(rest, sizeof(rest), "8864 1100 %04x 0002 c021", t.id);
	pppoe_typed_rx(&t, t.mac, HOST, rest);
	CU_ASSERT_EQUAL(fake_send(&t.h, t.channel, "\xc0\x21", 2), 1);
	fake_disconnect(&t.h, t.channel);
	CU_ASSERT_EQUAL(tapped[false], 1);
	CU_ASSERT_EQUAL(tapped[true], 2);
	pppoe_typed_close(&t);
}

static void pppoe_status_lines(void)
{
	struct both b;

	pppoe_open_both(&b, "max-sessions=5", NULL);
	pppoe_session_of(&b, "*");
	CU_ASSERT_EQUAL(
		fake_connect(&b.client, "nowhere@00:00:5e:00:53:77", IST_PAYLOAD_PPP, &b.at_client),
		0);
	CU_ASSERT_STRING_EQUAL(fake_status(&b.client),
			       "link up, client, 1 sessions up, 1 asked for");
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&b.server), "link up, server 02:"));
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&b.server), ", 1 of 5 sessions up, 0 offered"));
	CU_ASSERT_STRING_EQUAL(fake_fill(&b.server), "sessions 1/5 1/8");
	pppoe_close_both(&b);
}

static void pppoe_wrong_calls(void)
{
	ist_channel c;
	struct both b;

	pppoe_open_both(&b, NULL, "max-sessions=1");
	CU_ASSERT_EQUAL(fake_connect(&b.client, "*", IST_PAYLOAD_L2TP, &c), -EPROTONOSUPPORT);
	CU_ASSERT_EQUAL(fake_connect(&b.server, "*", IST_PAYLOAD_PPP, &c), -EOPNOTSUPP);
	pppoe_session_of(&b, "*");
	CU_ASSERT_EQUAL(fake_answer(&b.server, b.at_server), -ESTALE);
	CU_ASSERT_EQUAL(fake_answer(&b.client, b.at_client), -ESTALE);
	CU_ASSERT_EQUAL(fake_send_frames(&b.client, NULL, 0), 0);
	CU_ASSERT_EQUAL(fake_connect(&b.client, "*", IST_PAYLOAD_PPP, &c), -ENOBUFS);
	fake_disconnect(&b.client, b.at_client ^ 0x10000);
	CU_ASSERT_EQUAL(fake_send(&b.client, b.at_client ^ 0x10000, "x", 1), -ESTALE);
	CU_ASSERT_EQUAL(fake_count(&b.client, "tx-stale"), 1);
	CU_ASSERT_EQUAL(fake_send(&b.client, b.at_client, "x", 1), 1);
	pppoe_run(&b);
	CU_ASSERT_TRUE(pppoe_got(&b.server, b.at_server, "x", 1));
	pppoe_close_both(&b);
}

static const struct test_case cases[] = {
	{"frames_both_ways", pppoe_frames_both_ways},
	{"batches_with_heads", pppoe_batches},
	{"attributes_of_an_offer", pppoe_attributes},
	{"answered_inside_the_offer", pppoe_answered_at_once},
	{"refused", pppoe_refused},
	{"offer_given_up", pppoe_offer_given_up},
	{"device_mtu", pppoe_device_mtu},
	{"device_mac", pppoe_device_mac},
	{"ended_by_either_side", pppoe_ended_by_either},
	{"rfc4638_larger_payload", pppoe_larger},
	{"link_lost_and_asked_again", pppoe_link_lost},
	{"padding_cut_off", pppoe_padding},
	{"drops_counted", pppoe_drops},
	{"stray_session_told", pppoe_stray},
	{"link_hold", pppoe_link_hold},
	{"hung_up_inside_a_report", pppoe_hung_up_inside},
	{"frames_before_the_padt_behind_them", pppoe_frames_before_padt},
	{"captures", pppoe_captures},
	{"status_lines", pppoe_status_lines},
	{"wrong_calls", pppoe_wrong_calls},
	{NULL, NULL},
};
const struct test_suite suite_pppoe = {"pppoe", cases};
