/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One link and a test that plays its peer, in hex.  Random octets are predictable: the n-th request
 * is filled with n, so the first magic number is 01010101.
 */
#ifndef TESTS_PPP_LONE_H
#define TESTS_PPP_LONE_H

#include "ppp/ppp.h"

#define LONE_SENT  64u
#define LONE_FRAME 2100u
#define MS	   1000u
#define SEC	   1000000u

struct lone {
	struct ppp *ppp;
	struct ppp_config cfg;
	uint64_t now;
	uint8_t random;
	bool zero; /* all random octets are 0 */
	struct {
		uint8_t octets[LONE_FRAME];
		size_t len;
	} sent[LONE_SENT];
	unsigned n_sent, n_read; /* sent and not yet looked at */
	unsigned total;
	unsigned count[PPP_EV_DOWN + 1];
	enum ppp_why lcp_why; /* of PPP_EV_LCP_DOWN */
	enum ppp_why why;
	struct ppp_auth_claim claim;
	struct ppp_addresses addr;
	struct ppp_link link;
	char message[256];
	unsigned keeps; /* calls of keep, and the record it wrote */
	uint8_t kept[PPP_RECORD_MAX];
	size_t kept_len;
	/* the owner: what to do at PPP_EV_AUTH_OK of a server */
	const struct ppp_addresses *give;
	void (*on_event)(struct lone *l, const struct ppp_event *ev); /* after all that */
	const char *password; /* judge claims with it at once; NULL = leave them waiting */
};

/* Configuration defaults for a server or a client without authentication. */
void lone_init(struct lone *l, bool server);
/* Make the link; nothing is opened. */
void lone_make(struct lone *l);
void lone_open(struct lone *l);
/* Another process goes on with the link of that record, with the owner's script and the clock of
 * `from`; false: it will not, and there is nothing to free. */
bool lone_restore(struct lone *l, const struct lone *from, const uint8_t *rec, size_t len);
void lone_free(struct lone *l);
void lone_rx(struct lone *l, const char *hex);
void lone_rx_octets(struct lone *l, const uint8_t *frame, size_t len);
/* Let time pass, serving every deadline at its time. */
void lone_wait(struct lone *l, uint64_t us);
/* The next frame sent is this one; blanks are ignored, '?' is any digit.  Prints both when not. */
bool lone_sent(struct lone *l, const char *pattern);
/* Nothing more was sent. */
bool lone_quiet(struct lone *l);
/* Forget what was sent. */
void lone_skip(struct lone *l);
uint64_t lone_counter(const struct lone *l, enum ppp_reason r);
bool lone_lcp_is(const struct lone *l, const char *state);
bool lone_phase_is(const struct lone *l, const char *phase);

/* LCP opened, whatever becomes of it then. */
void lone_lcp_began(struct lone *l);
/* LCP opened with nothing but magic numbers (ours 01010101, the peer's a0a0a0a0). */
void lone_lcp_up(struct lone *l);
/* LCP opened with this method and so much time for the phase, the peer without any.  As client our
 * name is User and our password clientPass, as server our name is gw. */
void lone_auth(struct lone *l, bool server, enum ppp_auth method, uint64_t limit);
/* A PAP Authenticate-Request of "user" with "secret". */
#define LONE_PAP(id) "c023 01 " id " 0010 04 75736572 06 736563726574"
/* Addresses to give: 10.64.0.1 to 10.64.0.2, name server 10.64.0.254, ::a1 to ::b2. */
extern const struct ppp_addresses lone_given;
/* A CHAP Response of "user", to a Challenge with that Identifier. */
#define LONE_RESPONSE(id) "c223 02" id "0019 10 00112233445566778899aabbccddeeff 75736572"
/* A server whose NCPs are both open, without authentication; with CHAP: that of
 * tests/vectors/ppp-record-1.hex.  What they have sent is forgotten. */
void lone_all_open(struct lone *l);
void lone_proven(struct lone *l);
/* The record of the link. */
size_t lone_record(const struct lone *l, uint8_t rec[PPP_RECORD_MAX]);
/* The link that follows on `from`, which is freed; false: nothing is kept. */
bool lone_follow(struct lone *to, struct lone *from);
/* A server in the network phase, 10.64.0.1 to the peer's 10.64.0.2; what it has sent is forgotten.
 */
void lone_network(struct lone *l);

#endif
