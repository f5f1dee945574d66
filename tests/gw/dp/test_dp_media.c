/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two data planes over real transports: `udp` on the loopback address, and `loop` with a window. */
#include "core/bytes.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"
#include "tests/strict.h"
#include "transports/loop.h"
#include "transports/udp/udp.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

struct side {
	struct rig r;
	unsigned port;
	l2tp_channel channel;
};
struct pair {
	struct side a, b;
};

#define SETTINGS 16u

/* As the configuration hands them over: with the defaults of those that are not given. */
static unsigned dp_media_settings(struct ist_setting out[SETTINGS], const struct ist_transport *t,
				  const struct ist_setting *setting, unsigned n)
{
	memcpy(out, setting, n * sizeof(*out));
	for (const struct ist_key *k = t->keys; k->name; k++) {
		unsigned i = 0;

		while (i < n && strcmp(out[i].key, k->name) != 0)
			i++;
		CU_ASSERT_FATAL(n < SETTINGS);
		if (i == n && k->deflt)
			out[n++] = (struct ist_setting){k->name, k->deflt};
	}
	return n;
}

static void dp_media_open_port(struct side *s, const struct ist_transport *t,
			       const struct ist_setting *setting, unsigned settings,
			       const struct ist_circuit_config *circuit)
{
	struct ist_setting all[SETTINGS];
	const struct ist_port_config cfg = {.size = sizeof(cfg),
					    .name = "medium",
					    .setting = all,
					    .settings =
						    dp_media_settings(all, t, setting, settings),
					    .circuit = circuit,
					    .circuits = circuit ? 1 : 0};
	char err[128];
	int port = dp_port_open(s->r.dp, t, &cfg, err, sizeof(err));

	if (port < 0)
		printf("\n      %s: %s\n", t->name, err);
	CU_ASSERT_FATAL(port >= 0);
	s->port = (unsigned)port;
}

/* Both run while one waits. */
static bool wait_lines(struct pair *p, struct rig *r, unsigned n)
{
	struct pollfd fd[2] = {{.fd = dp_fd(p->a.r.dp), .events = POLLIN},
			       {.fd = dp_fd(p->b.r.dp), .events = POLLIN}};

	for (uint64_t end = dp_now() + 10000000; r->n_line < n && dp_now() < end;) {
		poll(fd, 2, 1000);
		dp_poll(p->a.r.dp);
		dp_poll(p->b.r.dp);
	}
	return r->n_line >= n;
}

static void sides_up(struct pair *p, const struct rig_form *form)
{
	rig_up_form(&p->a.r, form, &fake_udp, &rig_ops);
	rig_up_form(&p->b.r, form, &fake_udp, &rig_ops);
}

static void sides_down(struct pair *p)
{
	rig_down(&p->a.r);
	rig_down(&p->b.r);
}

static l2tp_channel dp_media_channel_of(const struct side *s, unsigned handle)
{
	return (uint64_t)(s->port + 1) << 32 | handle;
}

/* Calls 1/1 of a and 2/2 of b are each other's. */
static void set_calls(struct pair *p)
{
	struct dp_call a = {.tid = 1,
			    .sid = 1,
			    .channel = p->a.channel,
			    .data = {.peer_tid = 2,
				     .peer_sid = 2,
				     .lns = true,
				     .send_seq = true,
				     .reorder = 8,
				     .reorder_timeout = 100000},
			    .mtu = 1400};
	struct dp_call b = a;

	b.tid = b.sid = 2;
	b.channel = p->b.channel;
	b.data.peer_tid = b.data.peer_sid = 1;
	b.data.lns = b.data.send_seq = false;
	CU_ASSERT(!dp_call_set(p->a.r.dp, &a) && !dp_call_set(p->b.r.dp, &b));
	dp_flush(p->a.r.dp);
	dp_flush(p->b.r.dp);
}

static void swap_data(struct pair *p)
{
	uint8_t frame[3] = {0xc0, 0x21};
	unsigned a = p->a.r.n_line, b = p->b.r.n_line;

	set_calls(p);
	for (unsigned i = 0; i < 50; i++) {
		frame[2] = (uint8_t)i;
		CU_ASSERT(dp_ppp_send(p->a.r.dp, 1, 1, frame, 3));
	}
	CU_ASSERT_FATAL(wait_lines(p, &p->b.r, b + 50));
	for (unsigned i = 0; i < 50; i++) {
		CU_ASSERT(!strcmp(p->b.r.line[b + i].text, "ppp 2/2"));
		CU_ASSERT(p->b.r.line[b + i].len == 3 && p->b.r.line[b + i].octets[2] == i);
	}
	CU_ASSERT(dp_ppp_send(p->b.r.dp, 2, 2, frame, 3));
	CU_ASSERT_FATAL(wait_lines(p, &p->a.r, a + 1));
	CU_ASSERT(!strcmp(p->a.r.line[a].text, "ppp 1/1"));
}

/* --- udp -------------------------------------------------------------------------------------- */

static const uint8_t sccrq[] = {0xc8, 2, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 8, 0, 0, 0, 0, 0, 1};

/* A stranger calls: up comes before his first packet, his address is known, the answer reaches him.
 */
static void over_udp(const struct rig_form *form)
{
	const struct ist_setting any = {"listen", "127.0.0.1:0"};
	char status[128], where[64];
	struct ist_addr to, peer;
	unsigned handle = 0, port = 0;
	struct pair p;

	sides_up(&p, form);
	dp_media_open_port(&p.b, &udp_transport, &any, 1, NULL);
	dp_port_status(p.b.r.dp, p.b.port, status, sizeof(status));
	CU_ASSERT_FATAL(sscanf(strstr(status, "127.0.0.1:") ? strstr(status, "127.0.0.1:") : "",
			       "127.0.0.1:%u", &port) == 1);
	snprintf(where, sizeof(where), "127.0.0.1:%u", port);
	dp_media_open_port(&p.a, &udp_transport, &any, 1, NULL);
	CU_ASSERT_FATAL(!udp_transport.addr_parse(&to, where));
	CU_ASSERT_FATAL(!dp_connect(p.a.r.dp, p.a.port, &to, NULL, IST_PAYLOAD_L2TP, &p.a.channel));
	CU_ASSERT(dp_send(p.a.r.dp, p.a.channel, sccrq, sizeof(sccrq), 0, 0) == L2TP_TX_TAKEN);
	CU_ASSERT_FATAL(wait_lines(&p, &p.b.r, 2));
	CU_ASSERT_FATAL(sscanf(p.b.r.line[0].text, "up %u", &handle) == 1);
	CU_ASSERT(!strncmp(p.b.r.line[1].text, "control ", 8));
	ASSERT_OCTETS(p.b.r.line[1].octets, p.b.r.line[1].len, sccrq, sizeof(sccrq));
	p.b.channel = dp_media_channel_of(&p.b, handle);
	dp_answer(p.b.r.dp, p.b.channel);
	CU_ASSERT(dp_channel_peer(p.b.r.dp, p.b.channel, &peer) && peer.len);
	CU_ASSERT(dp_channel_mtu(p.b.r.dp, p.b.channel) >= 1280);
	CU_ASSERT(dp_send(p.b.r.dp, p.b.channel, sccrq, 12, 0, 0) == L2TP_TX_TAKEN);
	CU_ASSERT_FATAL(wait_lines(&p, &p.a.r, 1));
	ASSERT_OCTETS(p.a.r.line[0].octets, p.a.r.line[0].len, sccrq, 12);
	swap_data(&p);
	sides_down(&p);
}

static void udp_in_each_form(void)
{
	for (const struct rig_form *f = rig_forms; f->name; f++)
		over_udp(f);
}

/* --- loop ------------------------------------------------------------------------------------- */

static void open_loop(struct side *s, const struct ist_circuit_config *circuit)
{
	const struct ist_setting setting[] = {{"pair", "media"}, {"window", "2"}};

	dp_media_open_port(s, &loop_transport, setting, 2, circuit);
}

static unsigned sent_lines(const struct rig *r)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->n_line; i++)
		n += !strncmp(r->line[i].text, "sent ", 5);
	return n;
}

/* Two frames at a time fit on the way: all the rest waits its turn, and each is told as it leaves.
 */
static void over_loop(const struct rig_form *form)
{
	struct ist_circuit_config circuit = {.payloads = 1u << IST_PAYLOAD_L2TP};
	uint8_t control[12] = {0xc8, 2, 0, 12};
	struct pair p;

	sides_up(&p, form);
	CU_ASSERT_FATAL(!loop_transport.addr_parse(&circuit.addr, "100"));
	open_loop(&p.a, &circuit);
	open_loop(&p.b, &circuit);
	CU_ASSERT_FATAL(wait_lines(&p, &p.a.r, 1) && wait_lines(&p, &p.b.r, 1));
	CU_ASSERT_FATAL(!dp_connect(p.a.r.dp, p.a.port, &circuit.addr, NULL, IST_PAYLOAD_L2TP,
				    &p.a.channel));
	CU_ASSERT_FATAL(!dp_connect(p.b.r.dp, p.b.port, &circuit.addr, NULL, IST_PAYLOAD_L2TP,
				    &p.b.channel));
	for (unsigned i = 0; i < 100; i++) {
		control[11] = (uint8_t)i;
		CU_ASSERT(dp_send(p.a.r.dp, p.a.channel, control, sizeof(control), i, 0) ==
			  L2TP_TX_WAITING);
	}
	CU_ASSERT_FATAL(wait_lines(&p, &p.b.r, 101) && wait_lines(&p, &p.a.r, 101));
	CU_ASSERT(sent_lines(&p.a.r) == 100);
	for (unsigned i = 0; i < 100; i++)
		CU_ASSERT(p.b.r.line[1 + i].octets[11] == i);
	swap_data(&p);
	sides_down(&p);
}

/* It locks: its ends may be on two threads, and it is for tests and labs. */
static void loop_in_each_form(void)
{
	strict_count(1);
	for (const struct rig_form *f = rig_forms; f->name; f++)
		over_loop(f);
	strict_count(0);
}

static const struct test_case cases[] = {
	{"udp_in_each_form", udp_in_each_form},
	{"loop_in_each_form", loop_in_each_form},
	{NULL, NULL},
};
const struct test_suite suite_dp_media = {"dp_media", cases};
