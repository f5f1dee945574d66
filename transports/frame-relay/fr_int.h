/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the frame-relay transport: frame_relay.c (up, down, receiving), fr_tx.c
 * (sending) and fr_conf.c (keys, opening, closing). */
#ifndef TRANSPORTS_FRAME_RELAY_FR_INT_H
#define TRANSPORTS_FRAME_RELAY_FR_INT_H

#include "transports/frame-relay/fr_encap.h"
#include "transports/frame-relay/frf12.h"
#include "transports/kit/circuits.h"
#include "transports/kit/handover.h"
#include "transports/kit/linktype.h"
#include "transports/link/link.h"
#include "transports/frame-relay/lmi_hint.h"
#include "transports/frame-relay/q922.h"

#define FR_BATCH       32u
#define FR_HEAD_MAX    (Q922_MAX_OCTETS + FR_ENCAP_MAX + IST_HEAD_MAX)
#define FR_MTU_RFC3070 1526u

#define FR_COUNTERS(X)                                                                       \
	X(RX, "rx-frames", "frames delivered")                                               \
	X(RX_OCTETS, "rx-octets", "octets delivered")                                        \
	X(TX, "tx-frames", "frames handed to the link")                                      \
	X(TX_OCTETS, "tx-octets", "octets handed to the link")                               \
	X(RX_FECN, "rx-fecn", "frames with forward congestion notification")                 \
	X(RX_BECN, "rx-becn", "frames with backward congestion notification")                \
	X(RX_DE, "rx-de", "frames marked discard eligible")                                  \
	X(RX_ADDRESS, "rx-address", "frames dropped, address cut off or of another length")  \
	X(RX_DL_CORE, "rx-dl-core", "DL-CORE control frames dropped")                        \
	X(RX_DLCI, "rx-dlci", "frames dropped, DLCI not configured")                         \
	X(RX_INACTIVE, "rx-inactive", "frames dropped, PVC not active")                      \
	X(RX_NOT_CARRIED, "rx-not-carried", "L2TP or PPP frames where the circuit has none") \
	X(RX_LMI, "rx-lmi-stray", "Q.933 frames dropped, not on the LMI's DLCI")             \
	X(RX_IPV4, "rx-ipv4", "IPv4 frames dropped")                                         \
	X(RX_IPV6, "rx-ipv6", "IPv6 frames dropped")                                         \
	X(RX_OSI, "rx-osi", "CLNP, ES-IS and IS-IS frames dropped")                          \
	X(RX_FRAGMENTS, "rx-fragments", "FRF.12 fragments received")                         \
	X(TX_FRAGMENTS, "tx-fragments", "FRF.12 fragments sent")                             \
	X(RX_FRAGMENT_BAD, "rx-fragment-bad", "fragments dropped, malformed or nested")      \
	X(RX_FRAGMENT_LOST, "rx-fragment-lost", "fragments dropped, one before is missing")  \
	X(RX_FRAGMENT_LONG, "rx-fragment-long", "fragments dropped, frame beyond the MTU")   \
	X(RX_COMPRESSED, "rx-compressed", "FRF.9 compressed frames dropped")                 \
	X(RX_BRIDGED, "rx-bridged", "bridged frames dropped")                                \
	X(RX_ETHERTYPE, "rx-ethertype", "SNAP frames with an ethertype dropped")             \
	X(RX_SNAP, "rx-snap", "SNAP frames of other kinds dropped")                          \
	X(RX_NLPID, "rx-nlpid", "frames with an unknown NLPID dropped")                      \
	X(RX_SHORT, "rx-short", "frames dropped, cut off in the encapsulation")              \
	X(RX_CONTROL, "rx-control", "frames dropped, control field not UI")                  \
	X(RX_NLPID_ZERO, "rx-nlpid-zero", "frames dropped, NLPID 0")                         \
	X(RX_EMPTY, "rx-empty", "frames dropped, nothing behind the encapsulation")          \
	X(TX_STALE, "tx-stale", "frames for a channel that is not there")                    \
	X(TX_DOWN, "tx-down", "frames dropped, PVC not active")                              \
	X(TX_TOO_LONG, "tx-too-long", "frames dropped, longer than the MTU")

enum fr_counter {
#define X(sym, name, words) C_##sym,
	FR_COUNTERS(X)
#undef X
		C_COUNT
};
#define FR_COUNTERS_ALL (C_COUNT + LMI_COUNTER_COUNT + LINK_COUNTER_COUNT)

struct fr_circuit {
	uint32_t dlci; /* first, for kit/circuits.h */
	uint32_t payloads;
	uint64_t cir; /* bit/s; 0 = not known */
	bool up;
	uint16_t tx_seq;     /* of fragments */
	struct frf12 gather; /* buf is there from the first fragment on */
};

struct ist_port {
	const struct ist_host *host;
	void *ctx;
	struct link *link;
	struct fr_circuit *circuit; /* ascending DLCI */
	unsigned circuits;
	enum q922_format format;
	uint32_t mtu, link_mtu;
	uint32_t fragment; /* longest frame that goes whole; 0 = by the MTUs */
	bool pad, has_lmi;
	struct lmi_sides lmi;
	char hint[LMI_HINT_MAX]; /* why the LMI is down, as far as the far end tells; "" = nothing
				  */
	unsigned absent;	 /* our DLCIs that the far end does not have, as said last */
	uint32_t timer;
	bool announce;		 /* thawed: circuits that are up are not reported yet */
	uint32_t announce_timer; /* when they are, at the latest */
	const char *why;	 /* the link is down */
	uint64_t count[C_COUNT];
	uint64_t before[FR_COUNTERS_ALL]; /* in other processes */
	struct ist_frame rx[FR_BATCH];	  /* gathered, not delivered yet */
	unsigned rx_count;
};

/* NULL when there is none. */
struct fr_circuit *fr_find(const struct ist_port *p, uint32_t dlci);
/* The circuit of a channel, and what the channel carries; NULL when there is none. */
struct fr_circuit *fr_circuit_of(const struct ist_port *p, ist_channel c, uint8_t *payload);
enum fr_kind fr_kind_of(uint8_t payload);
/* Octets behind the address of the longest frame that goes in one piece; of the longest that goes.
 */
uint32_t fr_piece(const struct ist_port *p);
uint32_t fr_information(const struct ist_port *p);
uint32_t fr_dlci_of(const struct ist_addr *a);

extern const struct link_user fr_link_user;
extern const struct lmi_ops fr_lmi_ops;
extern const struct ist_key fr_keys[];

int fr_send(struct ist_port *p, const struct ist_frame *f, unsigned n);
int fr_open(struct ist_port **out, const struct ist_host *host, void *ctx,
	    const struct ist_port_config *cfg, char *err, size_t err_len);
/* The same; from: what another process had, or NULL. */
int fr_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		 const struct ist_port_config *cfg, struct handover *from, char *err,
		 size_t err_len);
int fr_freeze(struct ist_port *p, struct ist_frozen *f);
int fr_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
	    const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len);
/* Report what is up before anything else is. */
void fr_announce_later(struct ist_port *p);
int fr_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n, char *err,
	     size_t err_len);
void fr_close(struct ist_port *p); /* NULL is allowed */

#endif
