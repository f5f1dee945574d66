/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Either side of the door between control and data, when the other one has been taken over.  The
 * input is a list of steps, an octet each, with operands: a table message, a command or a record of
 * any mailbox with any octets, a position of a ring that cannot be, what the port says, and what an
 * honest control asks.
 *
 * Whatever comes: neither side touches memory that is not its own, waits for ever, or tells its
 * owner of a port or text that cannot be.
 */
#include "gw/dp/data.h"
#include "gw/dp/dp_int.h"

#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 256u /* more say nothing new and only take time */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct ist_port {
	const struct ist_host *host;
	void *host_ctx;
};

static struct ist_port the_port;
static struct dp *dp;

static void fuzz_door_check(bool ok)
{
	if (!ok)
		abort();
}

/* Memory that is not there would be seen. */
static void fuzz_door_read(const uint8_t *p, size_t len)
{
	static volatile uint8_t sum;

	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + p[i]);
}

/* --- the transport ---------------------------------------------------------------------------- */

static int fuzz_door_open(struct ist_port **out, const struct ist_host *host, void *host_ctx,
			  const struct ist_port_config *cfg, char *err, size_t err_len)
{
	(void)cfg;
	(void)err;
	(void)err_len;
	the_port = (struct ist_port){host, host_ctx};
	*out = &the_port;
	return 0;
}

static void fuzz_door_close(struct ist_port *p)
{
	p->host = NULL;
}

/* Reads all that it is given. */
static int fuzz_door_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	(void)p;
	for (unsigned i = 0; i < n; i++) {
		fuzz_door_read(f[i].head, f[i].head_len);
		fuzz_door_read(f[i].payload, f[i].len);
	}
	return f[0].channel & 1 ? (int)n : (int)n / 2;
}

static uint32_t fuzz_door_mtu(const struct ist_port *p, ist_channel c)
{
	(void)p;
	return c & 1 ? 1500 : 0;
}

static int fuzz_door_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
			     const struct ist_attrs *a, ist_channel *out)
{
	(void)p;
	(void)payload;
	(void)a;
	*out = to->data[0];
	return to->len ? 0 : -1;
}

static void fuzz_door_hang_up(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	(void)p;
	(void)c;
	fuzz_door_check(!why->words || strlen(why->words) < 1u << 20);
}

static const struct ist_transport transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "fuzz",
	.caps = IST_CAP_L2TP | IST_CAP_PPP | IST_CAP_FLOW | IST_CAP_UNKNOWN,
	.open = fuzz_door_open,
	.close = fuzz_door_close,
	.send = fuzz_door_send,
	.mtu = fuzz_door_mtu,
	.connect = fuzz_door_connect,
	.disconnect = fuzz_door_hang_up,
};

/* --- the control side ------------------------------------------------------------------------- */

static void fuzz_door_control(void *ctx, l2tp_channel from, const uint8_t *pkt, size_t len,
			      uint64_t now)
{
	(void)ctx;
	(void)now;
	fuzz_door_check(dp_channel_port(from) < DP_PORTS);
	fuzz_door_read(pkt, len);
}

static void fuzz_door_ppp(void *ctx, uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len,
			  uint64_t now)
{
	(void)tid;
	(void)sid;
	fuzz_door_control(ctx, (l2tp_channel)1 << 32, frame, len, now);
}

static void fuzz_door_down(void *ctx, l2tp_channel c, const struct ist_cause *why, bool forever,
			   uint64_t now)
{
	(void)ctx;
	(void)forever;
	(void)now;
	fuzz_door_check(dp_channel_port(c) < DP_PORTS &&
			(!why->words || strlen(why->words) < 65536));
}

static void fuzz_door_up(void *ctx, l2tp_channel c, const struct ist_attrs *a, uint64_t now)
{
	(void)ctx;
	(void)now;
	fuzz_door_check(dp_channel_port(c) < DP_PORTS && a->size == sizeof(*a));
	fuzz_door_check(!a->called || strlen(a->called) < 65536);
	fuzz_door_read(a->user_data, a->user_data_len);
}

static void fuzz_door_failed(void *ctx, unsigned port, int err, const char *words, uint64_t now)
{
	(void)ctx;
	(void)err;
	(void)now;
	fuzz_door_check(port < DP_PORTS && strlen(words) < 65536);
}

static void fuzz_door_log(void *ctx, unsigned port, int level, const char *text)
{
	(void)level;
	fuzz_door_failed(ctx, port, 0, text, 0);
}

static const struct dp_ops ops = {
	.control = fuzz_door_control,
	.ppp = fuzz_door_ppp,
	.line = fuzz_door_control,
	.offer = fuzz_door_up,
	.up = fuzz_door_up,
	.down = fuzz_door_down,
	.port_failed = fuzz_door_failed,
	.log = fuzz_door_log,
};

/* As port 0. */
static void fuzz_door_open_port(void)
{
	const struct ist_port_config cfg = {.size = sizeof(cfg), .name = "p"};
	char err[80];

	dp->port[0].open = false;
	dp->next_port = 0;
	dp_port_open(dp, &transport, &cfg, err, sizeof(err));
}

static void fuzz_door_start(void)
{
	dp = dp_new(0, &ops, NULL);
	fuzz_door_check(dp);
	fuzz_door_open_port();
	fuzz_door_check(the_port.host);
}

static void fuzz_door_empty(struct ring_mem *mem, uint64_t size, struct ring_out *out,
			    struct ring_in *in)
{
	atomic_store(&mem->head, 0);
	atomic_store(&mem->tail, 0);
	fuzz_door_check(ring_out_open(out, mem, size) && ring_in_open(in, mem, size));
}

/* When one side has given the other up they go on with empty rings, which is quicker than to begin
 * anew. */
static void fuzz_door_mend(void)
{
	struct ring_mem *const *mem = dp->door->mail[0];
	struct worker *w = dp->data->worker[0];
	struct dp_mail *m = &dp->mail[0];

	if (!the_port.host)
		fuzz_door_open_port();
	if (!dp->gone && !dp->data->broken && !w->cmd.broken)
		return;
	fuzz_door_empty(dp->door->table_ring, DOOR_TABLE_SIZE, &dp->table, &dp->data->table);
	fuzz_door_empty(dp->door->answer_ring, DOOR_ANSWER_SIZE, &dp->data->answers, &dp->answers);
	fuzz_door_empty(mem[MAIL_CMD], door_ring_size[MAIL_CMD], &m->cmd, &w->cmd);
	fuzz_door_empty(mem[MAIL_CONTROL], door_ring_size[MAIL_CONTROL], &w->control, &m->control);
	fuzz_door_empty(mem[MAIL_PPP], door_ring_size[MAIL_PPP], &w->ppp, &m->ppp);
	fuzz_door_empty(mem[MAIL_SENT], door_ring_size[MAIL_SENT], &w->sent, &m->sent);
	fuzz_door_empty(mem[MAIL_LOG], door_ring_size[MAIL_LOG], &w->log, &m->log);
	fuzz_door_empty(mem[MAIL_TAP], door_ring_size[MAIL_TAP], &w->tap, &m->tap);
	fuzz_door_empty(mem[MAIL_REPORTS], door_ring_size[MAIL_REPORTS], &w->mailed, &m->reports);
	dp->gone = dp->data->broken = false;
}

/* --- steps ------------------------------------------------------------------------------------ */

static void fuzz_door_put(struct ring_out *ring, const struct wr *w)
{
	void *room = ring_reserve(ring, w->len);

	if (!room)
		return;
	memcpy(room, w->buf, w->len);
	ring_commit(ring);
}

static void fuzz_door_rest(struct rd *r, struct wr *w)
{
	size_t n = rd_u8(r);

	if (n > r->left)
		n = r->left;
	wr_bytes(w, rd_take(r, n), n);
}

/* A message with a head that is right. */
static void fuzz_door_message(struct rd *r, struct ring_out *ring, uint64_t no)
{
	uint8_t buf[512];
	struct wr w = wr_init(buf, sizeof(buf));

	wr_u16(&w, rd_u8(r));
	wr_u32(&w, 0);
	wr_u64(&w, no);
	fuzz_door_rest(r, &w);
	wr_put32(buf + 2, (uint32_t)(w.len - DOOR_MSG_HEAD));
	fuzz_door_put(ring, &w);
}

static void step_table(struct rd *r)
{
	fuzz_door_message(r, &dp->table, ++dp->posted);
	data_serve(dp->data);
}

static void step_answer(struct rd *r)
{
	fuzz_door_message(r, &dp->data->answers, dp->posted + (rd_u8(r) & 1));
}

static void step_report(struct rd *r)
{
	fuzz_door_message(r, &dp->data->worker[0]->mailed, dp->attach);
}

/* Any entry, as far as the codec lets it by. */
static void step_entry(struct rd *r)
{
	struct door_msg m = {.kind = DOOR_CALL_SET, .no = ++dp->posted};
	struct dp_call *c = &m.call_set.call;
	uint8_t what = rd_u8(r), more = rd_u8(r);
	static uint8_t buf[4096];
	struct wr w = wr_init(buf, sizeof(buf));

	m.call_set.slot = rd_u8(r);
	c->tid = what & 3;
	c->sid = what >> 2 & 3;
	c->channel = (l2tp_channel)1 << 32 | (what >> 4 & 3);
	c->mode = (enum dp_mode)(more & 3);
	c->to_tid = more >> 2 & 3;
	c->to_sid = more >> 4 & 3;
	c->mtu = rd_u16(r);
	c->bundle.mrru = more & 64 ? 1500 : 0;
	m.call_set.link[0].tid = c->to_tid;
	m.call_set.link[0].sid = c->to_sid;
	m.call_set.link[1].tid = c->tid;
	m.call_set.link[1].sid = c->sid;
	c->ip4 = c->client = c->ff03 = more & 128;
	c->data.reorder = rd_u8(r);
	c->data.send_seq = c->data.lns = what & 64;
	w.len = door_msg_encode(&m, buf, sizeof(buf));
	if (w.len)
		fuzz_door_put(&dp->table, &w);
	data_serve(dp->data);
}

static void step_command(struct rd *r)
{
	uint8_t buf[512];
	struct wr w = wr_init(buf, sizeof(buf));
	struct cmd_rec c = {.kind = rd_u8(r), .want_sent = true};

	c.call = call_key(rd_u8(r), rd_u8(r));
	c.channel = (l2tp_channel)rd_u8(r) << 32 | rd_u8(r);
	wr_bytes(&w, &c, sizeof(c));
	fuzz_door_rest(r, &w);
	w.len -= w.len > sizeof(c) && rd_u8(r) > 250 ? sizeof(c) : 0; /* without a head */
	fuzz_door_put(&dp->mail[0].cmd, &w);
}

static void step_mail(struct rd *r)
{
	struct worker *w = dp->data->worker[0];
	struct ring_out *const out[] = {&w->control, &w->ppp, &w->sent,
					&w->log,     &w->tap, &w->mailed};
	struct ring_out *to = out[rd_u8(r) % 6];
	uint8_t buf[512];
	struct wr text = wr_init(buf, sizeof(buf));

	fuzz_door_rest(r, &text);
	fuzz_door_put(to, &text);
}

static void step_position(struct rd *r)
{
	struct ring_mem *mem = dp->door->mail[0][rd_u8(r) % MAIL_KINDS];
	uint8_t which = rd_u8(r);
	uint64_t by = rd_u32(r);

	if (which & 2)
		mem = which & 4 ? dp->door->table_ring : dp->door->answer_ring;
	if (which & 8)
		mem->octets[by & 1023] = which;
	else
		atomic_fetch_add(which & 1 ? &mem->head : &mem->tail, by << (which >> 4));
}

static void step_port(struct rd *r)
{
	const uint8_t *octets;
	uint8_t what = rd_u8(r), n = rd_u8(r);
	struct ist_attrs a = {.size = sizeof(a), .payload = 1 + (what >> 7), .called = "1"};
	struct ist_cause why = {.kind = IST_CAUSE_CLEARED, .words = "cleared"};
	struct ist_frame f = {.channel = what & 3, .len = n};

	octets = rd_take(r, n);
	f.payload = octets;
	if (!the_port.host)
		return;
	if (what & 4)
		the_port.host->up(the_port.host_ctx, what & 3, &a);
	else if (what & 8)
		the_port.host->down(the_port.host_ctx, what & 3, &why, what & 16);
	else if (octets)
		the_port.host->frames(the_port.host_ctx, &f, 1);
	the_port.host->wake(the_port.host_ctx);
}

/* What an honest control does with what it has been told. */
static void step_ask(struct rd *r)
{
	const struct ist_cause why = {.kind = IST_CAUSE_LOCAL, .words = "words"};
	l2tp_channel c = (l2tp_channel)1 << 32 | (rd_u8(r) & 3);
	struct dp_call call = {.tid = 1, .sid = rd_u8(r), .channel = c, .mtu = 1400};
	struct dp_call_stats st;
	struct ist_addr peer;
	char text[32];

	dp_call_set(dp, &call);
	dp_call_stats(dp, 1, call.sid, &st);
	dp_send(dp, c, (const uint8_t *)"packet", 6, 0, 0);
	dp_port_status(dp, 0, text, sizeof(text));
	dp_channel_peer(dp, c, &peer);
	if (call.sid & 1)
		dp_call_del(dp, 1, call.sid);
	if (call.sid & 2)
		dp_disconnect(dp, c, &why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const steps[])(struct rd * r) = {step_table,    step_answer,  step_report,
						       step_entry,    step_command, step_mail,
						       step_position, step_port,    step_ask};
	struct rd r = rd_init(data, size);

	if (!dp)
		fuzz_door_start();
	for (unsigned i = 0; r.left && i < STEPS_MAX; i++) {
		steps[rd_u8(&r) % (sizeof(steps) / sizeof(steps[0]))](&r);
		dp_poll(dp);
		fuzz_door_mend();
	}
	return 0;
}
