/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a packet says, in one line of words for a person: octets in, text out.  The octets may be
 * anything.  What proves a secret or hides one is never shown, only that it is there: passwords,
 * responses to challenges, authenticators, the data of EAP methods.
 */
#ifndef GW_WORDS_WORDS_H
#define GW_WORDS_WORDS_H

#include "core/bytes.h"
#include "core/msg.h"

#define WORDS_MAX 1400u /* octets of a line; what is longer ends with "..." */

struct words {
	size_t len;
	char text[WORDS_MAX + 4]; /* NUL ended */
};

/* Append. */
void words_add(struct words *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Octets of a peer in quotation marks: others than printable ASCII, the mark and the backslash as
 * \xx. */
void words_quoted(struct words *w, const uint8_t *octets, size_t len);
/* In hex; of more than 32 the first ones and how many there are. */
void words_hex(struct words *w, const uint8_t *octets, size_t len);
/* 192.0.2.1 */
void words_addr4(struct words *w, uint32_t addr);
/* The name of a value in a table that {0, NULL} ends, or "PREFIX value". */
struct words_name {
	uint32_t value;
	const char *name;
};
void words_name(struct words *w, const struct words_name *table, uint32_t value,
		const char *prefix);

/* A PPP frame, protocol number and information field: LCP, PAP, CHAP, EAP, IPCP, IPV6CP, CCP with
 * their options; of others the protocol and the length. */
void words_ppp(struct words *w, const uint8_t *frame, size_t len);

/* A control message of L2TP: its name, Ns and Nr, and each attribute by name and value, "(hidden)"
 * behind those that are.  secret: to read hidden ones; NULL = none.  m is the caller's memory, and
 * has the message afterwards, m->type 0 when it cannot be read. */
void words_l2tp(struct words *w, const uint8_t *pkt, size_t len, const struct l2tp_secret *secret,
		struct l2tp_msg *m);

/* Is it a request, and not an answer? */
bool words_radius_is_request(const uint8_t *packet, size_t len);
/* The User-Name in a packet of RADIUS, as it is; false = it has none. */
bool words_radius_user(char *out, size_t cap, const uint8_t *packet, size_t len);
/* A packet of RADIUS: its code and identifier, and each attribute that is in the dictionary. */
void words_radius(struct words *w, const uint8_t *packet, size_t len);

/* What a medium says beside the frames it carries, by the link type of a capture
 * (transports/kit/linktype.h): LMI of Frame Relay, LAPB and X.25, PPPoE's discovery.  False: it is
 * none of these, and w is as it was. */
bool words_medium(struct words *w, uint16_t link_type, const uint8_t *frame, size_t len);

#endif
