/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/ppp/cells.h"

#include "tests/harness.h"

#include <stdio.h>

/* The options of good Requests and of one that is rejected: an option that nobody has. */
static const char *cells_good(const struct cp *c)
{
	if (c->def->proto == PPP_IPCP)
		return "0306 0a400002";
	return c->def->proto == PPP_LCP ? "0506 a0a0a0a1" : "010a 00000000000000b2";
}

static void cells_packet(struct ppp *p, struct cp *c, uint8_t code, const void *body, size_t len)
{
	uint8_t packet[4 + 255] = {code, c->req_id};

	wr_put16(packet + 2, (uint16_t)(4 + len));
	if (len)
		memcpy(packet + 4, body, len);
	cp_rx(p, c, rd_init(packet, 4 + len));
}

/* The last one stands for whatever is not to be acted upon. */
void cells_bring_about(struct ppp *p, struct cp *c, enum fsm_event ev)
{
	static const uint8_t echo[] = {9, 9, 0, 8, 0, 0, 0, 0};
	static const struct {
		uint8_t code;
		const char *body;
	} rows[FSM_EVENTS] = {
		[FSM_RCR_PLUS] = {CP_CONF_REQ, ""},
		[FSM_RCR_MINUS] = {CP_CONF_REQ, "7004 0000"},
		[FSM_RCA] = {CP_CONF_ACK, ""},
		[FSM_RCN] = {CP_CONF_REJ, ""},
		[FSM_RTR] = {CP_TERM_REQ, ""},
		[FSM_RTA] = {CP_TERM_ACK, ""},
		[FSM_RUC] = {0x63, ""},
		[FSM_RXJ_PLUS] = {CP_CODE_REJ, "63"},
		[FSM_RXJ_MINUS] = {CP_CODE_REJ, "01"},
	};
	const struct cp_packet in = {9, 9, rd_init(echo + 4, 4), echo, sizeof(echo)};
	uint8_t body[64];
	size_t n;

	if (!rows[ev].code) {
		cp_event(p, c, ev, &in);
	} else if (ev == FSM_RCA) {
		cells_packet(p, c, CP_CONF_ACK, c->req, c->req_len);
	} else {
		n = test_hex(body, sizeof(body),
			     ev == FSM_RCR_PLUS ? cells_good(c) : rows[ev].body);
		cells_packet(p, c, rows[ev].code, body, n);
	}
}

unsigned cells_codes(uint16_t actions, uint8_t *codes)
{
	static const struct {
		uint16_t action;
		uint8_t code;
	} rows[] = {
		{FSM_SCR, CP_CONF_REQ}, {FSM_STR, CP_TERM_REQ}, {FSM_SCA, CP_CONF_ACK},
		{FSM_SCN, CP_CONF_REJ}, {FSM_STA, CP_TERM_ACK}, {FSM_SCJ, CP_CODE_REJ},
		{FSM_SER, CP_ECHO_REP},
	};
	unsigned n = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (actions & rows[i].action)
			codes[n++] = rows[i].code;
	return n;
}
