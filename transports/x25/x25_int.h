/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet layer's own state; private to x25.c (interface, calls), x25_agree.c (facilities),
 * x25_data.c (flow control, SDUs) and x25_default.c.
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
	uint8_t vs, va, vr; /* P(S) to send next, last P(R) received, P(S) expected next */
	uint8_t told;	    /* last P(R) we sent */
	bool peer_busy;	    /* RNR received, no RR since */
	bool refused;	    /* x25_send returned false: WRITABLE must be reported */
	bool waiting;	    /* in the list of circuits with data for the layer below */
	struct x25_vc *wait_prev, *wait_next;
	uint8_t size_in, size_out; /* log2 */
	uint8_t window_in, window_out;
	uint8_t class_called, class_calling; /* throughput classes for Call Accepted; 0 = none */
	uint64_t at;			     /* timer of a call, clear or reset: T20 to T23 */
	uint64_t window_at;		     /* T25 */
	/* SDU being sent: octets from out_at to out_len remain */
	uint8_t *out;
	uint32_t out_len, out_at;
	/* SDU being received */
	uint8_t *in;
	uint32_t in_len;
	bool in_q;
	bool in_more; /* the last packet had M */
};

/* Facilities of a Call of ours. */
void x25_facilities_of_call(const struct x25_config *c, struct x25_facilities *f);
/* Set sizes and windows of v for a call to us with facilities f; the throughput classes in f are
 * lowered to those we agree to. */
void x25_negotiate(const struct x25_config *c, struct x25_vc *v, struct x25_facilities *f);
/* Facilities of our Call Accepted. */
void x25_facilities_of_accept(const struct x25_config *c, const struct x25_vc *v,
			      struct x25_facilities *f);
/* Do the facilities of a Call Accepted answer what we asked for, as X.25 6.12 and 6.13 allow?
 * x25_apply_accept then sets sizes and windows of v. */
bool x25_accept_valid(const struct x25_config *c, const struct x25_facilities *f);
void x25_apply_accept(const struct x25_config *c, struct x25_vc *v, const struct x25_facilities *f);

/* One block of memory: the circuit, then its two SDU buffers.  NULL: there is none. */
struct x25_vc *x25_make_vc(struct x25 *x, uint16_t lci);
void x25_send_packet(struct x25 *x, const struct x25_pkt *p);
/* Send a packet of this type; cause and diagnostic are used by the types that have them. */
void x25_send_cause(struct x25 *x, uint16_t lci, enum x25_type t, uint8_t cause, uint8_t diag);
void x25_notify(struct x25 *x, const struct x25_vc *v, enum x25_report_kind k, uint8_t cause,
		uint8_t diag, bool by_us);
void x25_wake_at(struct x25 *x, uint64_t when);
/* Cause of a Clear or Reset for a procedure error: 0 from a DTE, "local procedure error" from a
 * DCE.
 */
uint8_t x25_error_cause(const struct x25 *x, bool reset);

/* Data transfer begins, or begins again after a Reset: all counters are 0, no timer runs. */
void x25_data_start(struct x25 *x, struct x25_vc *v);
/* A packet of data transfer, in state p4. */
void x25_data_rx(struct x25 *x, struct x25_vc *v, const struct x25_pkt *p, uint64_t now);
/* Send as many packets as window and layer below take; report WRITABLE when that is due. */
void x25_data_pump(struct x25 *x, struct x25_vc *v, uint64_t now);
/* Put v at the end of the list of circuits that wait for the layer below, unless it is there. */
void x25_data_enqueue(struct x25 *x, struct x25_vc *v);
/* Take v off the list of circuits that wait for the layer below. */
void x25_data_dequeue(struct x25 *x, struct x25_vc *v);
void x25_start_reset(struct x25 *x, struct x25_vc *v, uint8_t cause, uint8_t diag, uint64_t now);
/* T22 (T12) or T25 has run out; the caller looks for the next deadline itself. */
void x25_data_expire(struct x25 *x, struct x25_vc *v, uint64_t now);

#endif
