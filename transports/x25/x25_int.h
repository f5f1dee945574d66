/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between x25.c (interface, calls), x25_agree.c (facilities) and x25_data.c (flow control, SDUs);
 * nobody else's business.
 */
#ifndef TRANSPORTS_X25_X25_INT_H
#define TRANSPORTS_X25_X25_INT_H

#include "transports/x25/x25.h"

#define X25_NEVER UINT64_MAX

struct x25_vc {
	uint16_t lci;
	enum x25_p p;
	enum x25_d d;
	bool pvc;
	uint8_t tries;
	uint8_t vs, va, vr;
	uint8_t told;	/* last P(R) we sent */
	bool peer_busy; /* RNR came last */
	bool refused;	/* x25_send said no: WRITABLE is owed */
	bool waiting;	/* in the interface's list */
	struct x25_vc *wait_prev, *wait_next;
	uint8_t size_in, size_out; /* log2 */
	uint8_t window_in, window_out;
	uint8_t class_called, class_calling; /* throughput to answer a call with; 0 = nothing */
	uint64_t at;			     /* the procedure's timer: call, clear or reset */
	uint64_t window_at;		     /* T25 */
	/* SDU going out: octets out_at.. of out_len are still to send */
	uint8_t *out;
	uint32_t out_len, out_at;
	/* SDU coming in */
	uint8_t *in;
	uint32_t in_len;
	bool in_q;
	bool in_more; /* the last packet had M */
};

/* What a call of ours asks for. */
void x25_ask(const struct x25_config *c, struct x25_facilities *f);
/* What holds for a circuit of a call to us; f's throughput classes become those agreed to. */
void x25_agree(const struct x25_config *c, struct x25_vc *v, struct x25_facilities *f);
/* What we answer it with. */
void x25_answer(const struct x25_config *c, const struct x25_vc *v, struct x25_facilities *f);
/* Is this a possible answer to what we ask for, and what holds with it. */
bool x25_answer_fits(const struct x25_config *c, const struct x25_facilities *f);
void x25_take_answer(const struct x25_config *c, struct x25_vc *v, const struct x25_facilities *f);

bool x25_config_sane(const struct x25_config *c);

void x25_put(struct x25 *x, const struct x25_pkt *p);
/* Put a packet of this type with cause and diagnostic on the circuit. */
void x25_say(struct x25 *x, uint16_t lci, enum x25_type t, uint8_t cause, uint8_t diag);
void x25_tell(struct x25 *x, const struct x25_vc *v, enum x25_report_kind k, uint8_t cause,
	      uint8_t diag, bool by_us);
void x25_wake_at(struct x25 *x, uint64_t when);
/* Cause for what we find wrong: a DTE gives its own, a DCE "local procedure error". */
uint8_t x25_error_cause(const struct x25 *x, bool reset);

/* Data transfer begins or begins anew. */
void x25_data_start(struct x25 *x, struct x25_vc *v);
/* A packet in p4. */
void x25_data_rx(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p, uint64_t now);
void x25_data_pump(struct x25 *x, struct x25_vc *v, uint64_t now);
/* Off the list of those that wait for the layer below. */
void x25_data_unwait(struct x25 *x, struct x25_vc *v);
void x25_start_reset(struct x25 *x, struct x25_vc *v, uint8_t cause, uint8_t diag, uint64_t now);
/* The reset or window timer has come. */
void x25_data_expire(struct x25 *x, struct x25_vc *v, uint64_t now);

#endif
