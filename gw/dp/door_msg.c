/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages of the door: which fields each kind has, in the order in which they are written. */
#include "gw/dp/door_fields.h"
#include "gw/dp/door_msg.h"
#include "gw/dp/worker.h"

#include <stddef.h>
#include <string.h>
#include <sys/types.h>

#include <pcap/bpf.h> /* last: it needs the types of sys/types.h */

/* --- what lists are made of ------------------------------------------------------------------- */

typedef struct bpf_insn bpf;
static const struct door_field bpf_fields[] = {
	ANY(bpf, code),
	ANY(bpf, jt),
	ANY(bpf, jf),
	ANY(bpf, k),
};
static const struct door_shape bpf_shape = SHAPE(bpf, bpf_fields);

typedef struct ist_setting setting;
static const struct door_field setting_fields[] = {
	TEXT(setting, key, 1, DOOR_TEXT),
	TEXT(setting, value, 0, DOOR_TEXT),
};
static const struct door_shape setting_shape = SHAPE(setting, setting_fields);

typedef struct ist_circuit_config circuit;
static const struct door_field circuit_fields[] = {
	ADDR(circuit, addr),
	RANGE(circuit, payloads, 0, 1u << IST_PAYLOAD_L2TP | 1u << IST_PAYLOAD_PPP),
	LIST(circuit, setting, settings, 0, DOOR_SETTINGS, &setting_shape),
};
static const struct door_shape circuit_shape = SHAPE(circuit, circuit_fields);

static const struct door_field count_fields[] = {
	{DOOR_NUM, sizeof(uint64_t), 0, 0, 1, 0, UINT64_MAX, NULL},
};
static const struct door_shape count_shape = SHAPE(uint64_t, count_fields);

typedef struct ist_fill fill;
static const struct door_field fill_fields[] = {
	TEXT(fill, words, 0, DOOR_TEXT),
	ANY(fill, taken),
	ANY(fill, most),
	ANY(fill, worst),
	ANY(fill, each_most),
};
static const struct door_shape fill_shape = SHAPE(fill, fill_fields);

typedef struct ist_offload offload;
static const struct door_field offload_fields[] = {
	TEXT(offload, words, 0, DOOR_TEXT),
	RANGE(offload, state, IST_OFFLOAD_ACTIVE, IST_OFFLOAD_SMALLER),
	ANY(offload, err),
	ANY(offload, asked),
	ANY(offload, got),
	MAYBE(offload, hint, DOOR_TEXT),
};
static const struct door_shape offload_shape = SHAPE(offload, offload_fields);

typedef struct dp_bundle_link bundle_link;
static const struct door_field link_fields[] = {
	ANY(bundle_link, tid),
	ANY(bundle_link, sid),
	ANY(bundle_link, kbps),
};
static const struct door_shape link_shape = SHAPE(bundle_link, link_fields);

/* One member, so that its fields are named as those of an image are. */
typedef struct {
	struct dp_impair_row of;
} impair_row;
static const struct door_field impair_row_fields[] = {DOOR_IMPAIR_ROW(impair_row, of)};
static const struct door_shape impair_row_shape = SHAPE(impair_row, impair_row_fields);

/* --- the table of control --------------------------------------------------------------------- */

typedef struct door_msg msg;

static const struct door_field attach_fields[] = {
	ANY(msg, attach.version),
	FLAG(msg, attach.lines),
};

#define CALL_ANY(m)	    ANY(msg, call_set.call.m)
#define CALL_FLAG(m)	    FLAG(msg, call_set.call.m)
#define CALL_RANGE(m, a, b) RANGE(msg, call_set.call.m, a, b)
static const struct door_field call_set_fields[] = {
	CALL_ANY(tid),
	CALL_RANGE(sid, 1, UINT16_MAX),
	CHANNEL0(msg, call_set.call.channel),
	CALL_ANY(data.peer_tid),
	CALL_ANY(data.peer_sid),
	CALL_FLAG(data.lns),
	CALL_FLAG(data.send_seq),
	CALL_FLAG(data.required),
	CALL_FLAG(data.send_length),
	CALL_RANGE(data.reorder, 0, L2TP_REORDER_MAX),
	CALL_ANY(data.reorder_timeout),
	CALL_RANGE(mode, DP_PUNT, DP_MEMBER),
	CALL_ANY(to_tid),
	CALL_ANY(to_sid),
	CALL_ANY(bundle.mrru),
	CALL_FLAG(bundle.rx_short),
	CALL_FLAG(bundle.tx_short),
	CALL_ANY(bundle.patience),
	CALL_FLAG(bundle.more),
	EACH_IF(msg, call_set.link, MP_LINKS, &link_shape, call_set.call.bundle.mrru),
	CALL_FLAG(no_address),
	CALL_FLAG(mirror_ff03),
	CALL_FLAG(ff03),
	CALL_FLAG(pfc),
	CALL_ANY(mtu),
	CALL_ANY(tun),
	CALL_FLAG(ip4),
	CALL_FLAG(ip6),
	CALL_FLAG(client),
	CALL_ANY(peer4),
	ARRAY(msg, call_set.call.peer6),
	CALL_ANY(peer_iid),
	CALL_FLAG(has_peer6),
	ARRAY(msg, call_set.call.filter),
	CALL_RANGE(dscp, 0, DP_DSCP_COPY),
	CALL_ANY(discard),
	CALL_FLAG(echo),
	CALL_ANY(our_magic),
	CALL_ANY(peer_magic),
	RANGE(msg, call_set.slot, 0, DOOR_CALLS - 1),
	NUM(msg, call_set.call.rate[0], DP_RATES, 0, DP_RATE_MAX),
	CALL_RANGE(rate_burst, 0, DP_RATE_BURST_MAX),
	CALL_FLAG(watched),
};

static const struct door_field leg_fields[] = {
	ANY(msg, leg.tid),
	RANGE(msg, leg.sid, 1, UINT16_MAX),
};
static const struct door_field filter_fields[] = {
	RANGE(msg, filter.no, 1, UINT32_MAX),
	LIST(msg, filter.insn, filter.insns, 1, DP_FILTER_INSNS, &bpf_shape),
};
static const struct door_field number_fields[] = {ANY(msg, number.no)};
static const struct door_field port_close_fields[] = {RANGE(msg, number.no, 0, DOOR_PORTS - 1)};

#define DEVICE_NAME 15u /* octets the kernel has for one */
static const struct door_field tun_open_fields[] = {
	TEXT(msg, tun_open.name, 1, DEVICE_NAME),
	ANY(msg, tun_open.mtu),
	RANGE(msg, tun_open.offload, 0, DP_TUN_OFFLOADS),
};
static const struct door_field tun_route_fields[] = {
	ANY(msg, tun_route.no),
	FLAG(msg, tun_route.to.v6),
	RANGE(msg, tun_route.to.bits, 1, 64),
	ANY(msg, tun_route.to.top),
	ANY(msg, tun_route.tid),
	ANY(msg, tun_route.sid),
};

#define PORT(m) RANGE(msg, m, 0, DOOR_PORTS - 1)
static const struct door_field port_open_fields[] = {
	PORT(port_open.port),
	RANGE(msg, port_open.worker, 0, DOOR_WORKERS - 1),
	TEXT(msg, port_open.transport, 1, DOOR_TEXT),
	STRUCT_SIZE(msg, port_open.cfg),
	TEXT(msg, port_open.cfg.name, 1, DOOR_TEXT),
	LIST(msg, port_open.cfg.setting, port_open.cfg.settings, 0, DOOR_SETTINGS, &setting_shape),
	LIST(msg, port_open.cfg.circuit, port_open.cfg.circuits, 0, DOOR_CIRCUITS, &circuit_shape),
};
static const struct door_field connect_fields[] = {
	PORT(connect.port),
	ADDR(msg, connect.to),
	MAYBE(msg, connect.sub_address, DOOR_TEXT),
	RANGE(msg, connect.payload, IST_PAYLOAD_L2TP, IST_PAYLOAD_PPP),
};
static const struct door_field resume_fields[] = {
	PORT(connect.port),
	ADDR(msg, connect.to),
	RANGE(msg, connect.payload, IST_PAYLOAD_L2TP, IST_PAYLOAD_PPP),
	OCTETS(msg, connect.ticket, connect.ticket_len, IST_TICKET_MAX),
};
static const struct door_field count_ask_fields[] = {
	PORT(port_ask.port),
	RANGE(msg, port_ask.n, 0, DOOR_COUNTS),
};
static const struct door_field status_ask_fields[] = {
	PORT(port_ask.port),
	RANGE(msg, port_ask.n, 0, DOOR_TEXT),
};
static const struct door_field fill_ask_fields[] = {
	PORT(port_ask.port),
	RANGE(msg, port_ask.n, 0, DOOR_FILLS),
};
static const struct door_field offloads_ask_fields[] = {
	PORT(port_ask.port),
	RANGE(msg, port_ask.n, 0, DOOR_OFFLOADS),
};
static const struct door_field port_tap_fields[] = {
	PORT(port_tap.port),
	FLAG(msg, port_tap.on),
};
static const struct door_field impair_ask_fields[] = {
	PORT(port_ask.port),
	RANGE(msg, port_ask.n, 0, DP_IMPAIR_ROWS),
};
static const struct door_field impair_fields[] = {
	PORT(impair.port),
	ADDR(msg, impair.circuit),
	RANGE(msg, impair.way, 0, DP_IMPAIR_WAYS - 1),
	FLAG(msg, impair.off),
	FLAG(msg, impair.configured),
	DOOR_IMPAIR_SET(msg, impair.set),
};
static const struct door_field accm_fields[] = {
	CHANNEL(msg, line.channel),
	ANY(msg, line.send),
	ANY(msg, line.receive),
};
static const struct door_field line_errors_fields[] = {CHANNEL(msg, line.channel)};

/* --- answers ---------------------------------------------------------------------------------- */

#define RC    ANY(msg, answer.rc)
#define WORDS MAYBE(msg, answer.words, DOOR_TEXT)
static const struct door_field done_fields[] = {RC, WORDS};
static const struct door_field tun_fields[] = {RC, ANY(msg, answer.no), WORDS,
					       RANGE(msg, answer.offload, 0, DP_TUN_OFFLOADS)};
static const struct door_field connected_fields[] = {
	RC,
	CHANNEL0(msg, answer.channel),
	ADDR(msg, answer.peer),
	ADDR(msg, answer.local),
	ANY(msg, answer.mtu),
	FLAG(msg, answer.permanent),
};
static const struct door_field counts_fields[] = {
	RC,
	LIST(msg, answer.count, answer.counts, 0, DOOR_COUNTS, &count_shape),
};
static const struct door_field fills_fields[] = {
	RC,
	LIST(msg, answer.fill, answer.fills, 0, DOOR_FILLS, &fill_shape),
};
static const struct door_field offloads_fields[] = {
	RC,
	LIST(msg, answer.offload_row, answer.offload_rows, 0, DOOR_OFFLOADS, &offload_shape),
};
static const struct door_field impaired_fields[] = {
	RC,
	LIST(msg, answer.impair_row, answer.impair_rows, 0, DP_IMPAIR_ROWS, &impair_row_shape),
};
static const struct door_field errors_fields[] = {RC, ARRAY(msg, answer.error)};

/* --- reports ---------------------------------------------------------------------------------- */

#define HEAD	   PORT(report.port), ANY(msg, report.when)
#define OCTETS_MAX 65535u
static const struct door_field attrs_fields[] = {
	HEAD,
	CHANNEL(msg, report.channel),
	ANY(msg, report.mtu),
	STRUCT_SIZE(msg, report.attrs),
	RANGE(msg, report.attrs.payload, IST_PAYLOAD_L2TP, IST_PAYLOAD_PPP),
	FLAG(msg, report.attrs.permanent),
	ADDR(msg, report.attrs.local),
	ADDR(msg, report.attrs.peer),
	MAYBE(msg, report.attrs.called, DOOR_TEXT),
	MAYBE(msg, report.attrs.calling, DOOR_TEXT),
	OCTETS(msg, report.attrs.user_data, report.attrs.user_data_len, OCTETS_MAX),
	ANY(msg, report.attrs.tx_bps),
	ANY(msg, report.attrs.rx_bps),
	ANY(msg, report.attrs.number),
	FLAG(msg, report.attrs.async),
	OCTETS(msg, report.attrs.access_line, report.attrs.access_line_len, OCTETS_MAX),
	MAYBE(msg, report.attrs.sub_address, DOOR_TEXT),
	OCTETS(msg, report.attrs.ticket, report.attrs.ticket_len, IST_TICKET_MAX),
};
static const struct door_field down_fields[] = {
	HEAD,
	CHANNEL(msg, report.channel),
	FLAG(msg, report.forever),
	RANGE(msg, report.cause.kind, IST_CAUSE_NONE, IST_CAUSE_REFUSED),
	ANY(msg, report.cause.cause),
	ANY(msg, report.cause.diagnostic),
	MAYBE(msg, report.cause.words, DOOR_TEXT),
};
static const struct door_field mtu_fields[] = {
	HEAD,
	CHANNEL(msg, report.channel),
	ANY(msg, report.mtu),
};
static const struct door_field gone_fields[] = {HEAD, CHANNEL(msg, report.channel)};
static const struct door_field failed_fields[] = {
	HEAD,
	ANY(msg, report.err),
	TEXT(msg, report.words, 0, DOOR_TEXT),
};
static const struct door_field port_fields[] = {
	HEAD,
	RANGE(msg, report.worker, 0, DOOR_WORKERS - 1),
	TEXT(msg, report.transport, 1, DOOR_TEXT),
	TEXT(msg, report.name, 1, DOOR_TEXT),
};
static const struct door_field told_fields[] = {ANY(msg, report.when)};

/* --- the rows --------------------------------------------------------------------------------- */

/* What one member alone cannot say. */
static bool door_msg_call_is_sane(const struct door_msg *m)
{
	return m->call_set.call.channel || m->call_set.call.bundle.mrru;
}

static bool door_msg_route_is_sane(const struct door_msg *m)
{
	return m->tun_route.to.v6 || m->tun_route.to.bits <= 32;
}

struct door_row {
	const char *name;
	enum door_way way;
	const struct door_field *field;
	unsigned fields;
	bool (*is_sane)(const struct door_msg *m); /* NULL = its fields say all */
};
#define ROW(way, fields) DOOR_##way, fields, COUNT_OF(fields)

static const struct door_row door_rows[DOOR_KINDS] = {
	[DOOR_ATTACH] = {"attach", ROW(TABLE, attach_fields), NULL},
	[DOOR_MARK] = {"mark", DOOR_TABLE, NULL, 0, NULL},
	[DOOR_CALL_SET] = {"call-set", ROW(TABLE, call_set_fields), door_msg_call_is_sane},
	[DOOR_CALL_DEL] = {"call-del", ROW(TABLE, leg_fields), NULL},
	[DOOR_FILTER_ADD] = {"filter-add", ROW(TABLE, filter_fields), NULL},
	[DOOR_FILTER_DEL] = {"filter-del", ROW(TABLE, number_fields), NULL},
	[DOOR_TUN_OPEN] = {"tun-open", ROW(TABLE, tun_open_fields), NULL},
	[DOOR_TUN_CLOSE] = {"tun-close", ROW(TABLE, number_fields), NULL},
	[DOOR_TUN_ROUTE] = {"tun-route", ROW(TABLE, tun_route_fields), door_msg_route_is_sane},
	[DOOR_PORT_OPEN] = {"port-open", ROW(TABLE, port_open_fields), NULL},
	[DOOR_PORT_CLOSE] = {"port-close", ROW(TABLE, port_close_fields), NULL},
	[DOOR_CONNECT] = {"connect", ROW(TABLE, connect_fields), NULL},
	[DOOR_PORT_COUNT] = {"port-count", ROW(TABLE, count_ask_fields), NULL},
	[DOOR_PORT_STATUS] = {"port-status", ROW(TABLE, status_ask_fields), NULL},
	[DOOR_PORT_FILL] = {"port-fill", ROW(TABLE, fill_ask_fields), NULL},
	[DOOR_PORT_TAP] = {"port-tap", ROW(TABLE, port_tap_fields), NULL},
	[DOOR_LINE_ACCM] = {"line-accm", ROW(TABLE, accm_fields), NULL},
	[DOOR_LINE_ERRORS] = {"line-errors", ROW(TABLE, line_errors_fields), NULL},
	[DOOR_DONE] = {"done", ROW(ANSWER, done_fields), NULL},
	[DOOR_TUN] = {"tun", ROW(ANSWER, tun_fields), NULL},
	[DOOR_CONNECTED] = {"connected", ROW(ANSWER, connected_fields), NULL},
	[DOOR_COUNTS_ARE] = {"counts", ROW(ANSWER, counts_fields), NULL},
	[DOOR_STATUS] = {"status", ROW(ANSWER, done_fields), NULL},
	[DOOR_FILLS_ARE] = {"fills", ROW(ANSWER, fills_fields), NULL},
	[DOOR_ERRORS] = {"errors", ROW(ANSWER, errors_fields), NULL},
	[DOOR_OFFER] = {"offer", ROW(REPORT, attrs_fields), NULL},
	[DOOR_UP] = {"up", ROW(REPORT, attrs_fields), NULL},
	[DOOR_DOWN] = {"down", ROW(REPORT, down_fields), NULL},
	[DOOR_MTU] = {"mtu", ROW(REPORT, mtu_fields), NULL},
	[DOOR_GONE] = {"gone", ROW(REPORT, gone_fields), NULL},
	[DOOR_FAILED] = {"failed", ROW(REPORT, failed_fields), NULL},
	[DOOR_PORT] = {"port", ROW(REPORT, port_fields), NULL},
	[DOOR_TOLD] = {"told", ROW(REPORT, told_fields), NULL},
	[DOOR_RESUME] = {"resume", ROW(TABLE, resume_fields), NULL},
	[DOOR_PORT_OFFLOADS] = {"port-offloads", ROW(TABLE, offloads_ask_fields), NULL},
	[DOOR_OFFLOADS_ARE] = {"offloads", ROW(ANSWER, offloads_fields), NULL},
	[DOOR_IMPAIR] = {"impair", ROW(TABLE, impair_fields), NULL},
	[DOOR_IMPAIR_ROWS] = {"impair-rows", ROW(TABLE, impair_ask_fields), NULL},
	[DOOR_IMPAIRED] = {"impaired", ROW(ANSWER, impaired_fields), NULL},
};

_Static_assert(DOOR_PORTS == WORKER_PORTS && DOOR_WORKERS == WORKER_MAX, "one of them is stale");

static const struct door_row *door_msg_row(unsigned kind)
{
	return kind < DOOR_KINDS && door_rows[kind].name ? &door_rows[kind] : NULL;
}

const char *door_msg_name(unsigned kind)
{
	const struct door_row *row = door_msg_row(kind);

	return row ? row->name : "?";
}

/* --- whole messages -------------------------------------------------------------------------- */

size_t door_msg_encode(const struct door_msg *m, void *buf, size_t cap)
{
	const struct door_row *row = door_msg_row(m->kind);
	struct wr w = wr_init(buf, cap < DOOR_MSG_MAX ? cap : DOOR_MSG_MAX);

	if (!row || (row->is_sane && !row->is_sane(m)))
		return 0;
	wr_u16(&w, m->kind);
	wr_u32(&w, 0);
	wr_u64(&w, m->no);
	door_put(&w, m, row->field, row->fields);
	if (w.bad)
		return 0;
	wr_put32(w.buf + 2, (uint32_t)(w.len - DOOR_MSG_HEAD));
	return w.len;
}

/* A circuit with nothing in it is written in 10 octets; every other element grows less. */
#define DOOR_GROWTH 9u
_Static_assert(sizeof(circuit) <= DOOR_GROWTH * 10, "the room is too small for circuits");
_Static_assert(sizeof(setting) <= DOOR_GROWTH * 6, "the room is too small for settings");

size_t door_msg_room(size_t len)
{
	return DOOR_GROWTH * len;
}

bool door_msg_decode(struct door_msg *m, enum door_way way, const void *octets, size_t len,
		     void *room, size_t room_len)
{
	struct door_in in = {.room = room, .room_left = room_len};
	struct rd r = rd_init(octets, len);
	const struct door_row *row;
	uint32_t rest;

	memset(m, 0, sizeof(*m));
	m->kind = rd_u16(&r);
	rest = rd_u32(&r);
	m->no = rd_u64(&r);
	row = door_msg_row(m->kind);
	if (r.bad || !row || row->way != way || rest != r.left)
		return false;
	in.r = r;
	door_get(&in, m, row->field, row->fields);
	return !in.r.bad && (!row->is_sane || row->is_sane(m));
}

struct door_call_set door_call_set_of(const struct dp_call *c, uint32_t slot)
{
	struct door_call_set set = {.call = *c, .slot = slot};

	set.call.bundle.link = NULL;
	if (c->bundle.mrru && c->bundle.link)
		memcpy(set.link, c->bundle.link, sizeof(set.link));
	return set;
}
