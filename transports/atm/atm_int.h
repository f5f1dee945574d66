/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to atm.c (port, circuits, up and down), atm_rx.c, atm_tx.c and atm_conf.c. */
#ifndef TRANSPORTS_ATM_ATM_INT_H
#define TRANSPORTS_ATM_ATM_INT_H

#include "transports/atm/aal5.h"
#include "transports/atm/atm_encap.h"
#include "transports/atm/atm_shape.h"
#include "transports/kit/circuits.h"
#include "transports/kit/due.h"
#include "transports/kit/handover.h"
#include "transports/kit/linktype.h"
#include "transports/link/link.h"
#include "transports/atm/oam.h"

#define ATM_BATCH     32u
#define ATM_CELLS_MAX 192u /* in one frame of a link */
#define ATM_FRAMES    64u  /* handed to the link at once */
#define ATM_OUT_ROOM  (4u * LINK_FRAME_MAX)
#define ATM_RX_ROOM   65536u /* octets of SDUs of cells that wait for the batch */

#define ATM_COUNTERS(X)                                                                        \
	X(RX, "rx-frames", "frames delivered")                                                 \
	X(RX_OCTETS, "rx-octets", "octets delivered")                                          \
	X(TX, "tx-frames", "frames handed to the link")                                        \
	X(TX_OCTETS, "tx-octets", "octets handed to the link")                                 \
	X(RX_CELLS, "rx-cells", "cells received")                                              \
	X(TX_CELLS, "tx-cells", "cells sent")                                                  \
	X(RX_CONGESTED, "rx-efci", "cells with congestion indication")                         \
	X(RX_CLP, "rx-clp", "cells marked for loss")                                           \
	X(RX_HEC, "rx-hec", "cells dropped, HEC wrong")                                        \
	X(RX_IDLE, "rx-idle", "idle and unassigned cells")                                     \
	X(RX_CUT, "rx-cut", "link frames dropped, not whole cells or a whole PDU")             \
	X(RX_VC, "rx-vc", "cells or PDUs dropped, circuit not configured")                     \
	X(RX_RESERVED, "rx-reserved", "cells on channels 0-31: signalling, ILMI and F4")       \
	X(RX_RM, "rx-rm", "resource management cells dropped")                                 \
	X(RX_DOWN, "rx-down", "SDUs dropped, circuit down")                                    \
	X(RX_NOT_CARRIED, "rx-not-carried", "L2TP or PPP where the circuit has none")          \
	X(RX_IPV4, "rx-ipv4", "IPv4 SDUs dropped")                                             \
	X(RX_IPV6, "rx-ipv6", "IPv6 SDUs dropped")                                             \
	X(RX_ETHERTYPE, "rx-ethertype", "SDUs with another ethertype dropped")                 \
	X(RX_BRIDGED, "rx-bridged", "bridged SDUs dropped")                                    \
	X(RX_SNAP, "rx-snap", "SNAP SDUs of other kinds dropped")                              \
	X(RX_NLPID, "rx-nlpid", "SDUs with another NLPID dropped")                             \
	X(RX_LLC, "rx-llc", "SDUs with another LLC header dropped")                            \
	X(RX_MUX, "rx-encapsulation", "SDUs of the other encapsulation dropped")               \
	X(RX_SHORT, "rx-short", "SDUs dropped, cut off in the encapsulation or empty")         \
	X(RX_NO_MEMORY, "rx-no-memory", "cells dropped, no memory to reassemble")              \
	X(OAM_RX, "oam-rx", "OAM cells received")                                              \
	X(OAM_BAD, "oam-bad", "OAM cells with a wrong CRC-10")                                 \
	X(OAM_OTHER, "oam-other", "OAM cells dropped, function not supported")                 \
	X(OAM_AIS, "oam-ais", "alarm indications received")                                    \
	X(OAM_RDI, "oam-rdi", "remote defect indications received")                            \
	X(OAM_RDI_SENT, "oam-rdi-sent", "remote defect indications sent, in answer to alarms") \
	X(OAM_CC, "oam-cc", "continuity checks received")                                      \
	X(OAM_LOOPED, "oam-looped", "loopback requests answered")                              \
	X(OAM_ASKED, "oam-asked", "loopback requests sent")                                    \
	X(OAM_ANSWERED, "oam-answered", "loopback answers received")                           \
	X(TX_STALE, "tx-stale", "frames for a channel that is not there")                      \
	X(TX_DOWN, "tx-down", "frames dropped, circuit down")                                  \
	X(TX_TOO_LONG, "tx-too-long", "frames dropped, longer than the MTU")

enum atm_counter {
#define X(sym, name, words) ATM_C_##sym,
	ATM_COUNTERS(X)
#undef X
		ATM_C_COUNT
};
#define ATM_COUNTERS_ALL (ATM_C_COUNT + ATM_AAL5_COUNTERS + LINK_COUNTER_COUNT)

/* The AAL5 errors are counters too: behind ours, in the order of AAL5_ERRORS. */
#define ATM_AAL5_COUNTERS (AAL5_RESULTS - AAL5_E_CRC)

enum atm_framing { ATM_CELLS, ATM_PDUS, ATM_SDUS };

struct atm_vc {
	uint32_t key; /* vpi << 16 | vci; first, for kit/circuits.h */
	uint32_t payloads;
	enum atm_mux mux;
	enum aal5_crc_mode crc;
	uint32_t sdu_max;
	uint8_t head[2][2][CELL_HDR_LEN]; /* of the cells we send: by CLP and by "last cell" */
	bool up;
	bool discard;  /* a cell of the PDU that is coming in had CLP */
	bool gathered; /* an SDU of it is in port->rx, still in the buffer below: it is a long one
			*/
	bool refused;  /* send was short: writable is owed */
	bool heard;    /* PPP as it should be, since the channel was reported up */
	uint8_t oam_flow;    /* PTI of the loopback cells that ask */
	uint64_t mux_log_at; /* when the far end's other encapsulation may be logged again */
	uint64_t rdi_at[2];  /* when the next RDI may be sent: segment, end-to-end */
	struct aal5_reasm in;
	uint8_t *buf; /* in.buf, made with the first cell */
	struct atm_shape shape;
	struct oam_live live;
};

/* The header of the last cell and its circuit: most cells have the header of the one before. */
struct atm_seen {
	uint8_t octets[CELL_HDR_LEN];
	struct cell_hdr h;
	struct atm_vc *v; /* NULL = none yet */
};

/* Frames for the link, sent as one batch.  They point into `octets` or into the memory of the
 * caller of `send`, so the batch is empty whenever `send` returns. */
struct atm_out {
	struct link_frame f[ATM_FRAMES];
	unsigned n;
	unsigned cells; /* in the last frame; 0 = it is no frame of cells */
	uint32_t used;
	uint8_t octets[ATM_OUT_ROOM];
};

struct ist_port {
	const struct ist_host *host;
	void *ctx;
	struct link *link;
	struct link_circuit *circuit; /* what the link knows of vc */
	struct atm_vc *vc;	      /* ascending key */
	unsigned vcs;
	enum cell_format format;
	enum atm_framing framing;
	unsigned cells_per_frame;
	uint32_t link_mtu; /* when the link came up last */
	uint64_t reassembly;
	const char *why;	 /* the link is down */
	bool announce;		 /* thawed: circuits that are up are not reported yet */
	uint32_t announce_timer; /* when they are, at the latest */
	uint32_t timer;
	uint64_t timer_at; /* UINT64_MAX = not set */
	struct due due;	   /* when each circuit must be served, or earlier */
	uint64_t count[ATM_C_COUNT];
	uint64_t aal5[ATM_AAL5_COUNTERS];
	uint64_t before[ATM_COUNTERS_ALL]; /* in other processes */
	struct ist_frame rx[ATM_BATCH];
	struct atm_vc *rx_vc[ATM_BATCH];
	unsigned rx_count;
	uint32_t rx_used; /* of rx_octets */
	uint8_t rx_octets[ATM_RX_ROOM];
	uint64_t rx_now;	 /* of the batch that is being received */
	struct atm_seen seen[2]; /* by "last cell" in the PTI */
	struct atm_out out;
};

extern const struct ist_key atm_keys[];
extern const struct ist_counter atm_counters[];

/* atm_conf.c */
int atm_configure(struct ist_port *p, const struct ist_port_config *cfg, char *err, size_t err_len);
int atm_addr_parse(struct ist_addr *out, const char *text);
int atm_addr_format(const struct ist_addr *a, char *buf, size_t len);
uint32_t atm_addr_key(const struct ist_addr *a);
/* v->head, from v->key. */
void atm_make_heads(struct atm_vc *v, enum cell_format f);
void atm_addr_of(uint32_t key, struct ist_addr *out);

/* atm.c */
ist_channel atm_channel(const struct ist_port *p, const struct atm_vc *v, uint8_t payload);
struct atm_vc *atm_vc_of(const struct ist_port *p, ist_channel c, uint8_t *payload);
/* Octets of the longest SDU that goes out now. */
uint32_t atm_sdu_most(const struct ist_port *p, const struct atm_vc *v);
struct atm_vc *atm_find(const struct ist_port *p, uint32_t key);
/* When something of the circuit is due. */
uint64_t atm_earliest(const struct atm_vc *v, bool link_up);
/* Have the port's timer come by `when`. */
void atm_arm(struct ist_port *p, uint64_t when);
/* Report what is up before anything else is: now, or soon. */
void atm_announce(struct ist_port *p);
void atm_announce_later(struct ist_port *p);
void atm_close(struct ist_port *p);
/* Open a port; from: what another process had, or NULL. */
int atm_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		  const struct ist_port_config *cfg, struct handover *from, char *err,
		  size_t err_len);
/* Serve the circuit by `when`. */
void atm_wake_at(struct ist_port *p, const struct atm_vc *v, uint64_t when);
/* An SDU of the other encapsulation came: RFC 2364, 8. */
void atm_other_mux(struct ist_port *p, struct atm_vc *v, bool ppp);
/* The liveness of the circuit may have changed. */
void atm_check_up(struct ist_port *p, struct atm_vc *v);
void atm_tap(struct ist_port *p, bool outbound, const struct atm_vc *v, const uint8_t *head,
	     size_t head_len, const uint8_t *data, size_t len);

/* atm_rx.c */
/* Room to reassemble in; false, counted, when there is no memory. */
bool atm_rx_buffer_ready(struct ist_port *p, struct atm_vc *v);
void atm_frames(void *port, const struct link_frame *f, unsigned n);

/* atm_freeze.c */
int atm_freeze(struct ist_port *p, struct ist_frozen *f);
int atm_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
	     const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len);

/* atm_tx.c */
int atm_send(struct ist_port *p, const struct ist_frame *f, unsigned n);
/* Send the SDUs that waited for tokens and have them now. */
void atm_release(struct ist_port *p, struct atm_vc *v, uint64_t now);
/* One OAM cell on the circuit; not between SDUs, which have no cells. */
void atm_send_oam(struct ist_port *p, const struct atm_vc *v, const uint8_t cell[CELL_PAYLOAD],
		  uint8_t pti);

#endif
