/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the serial transport: serial.c (the contract, sending), serial_line.c (the
 * states of an asynchronous line, receiving), serial_sync.c (synchronous lines), serial_conf.c
 * (keys, opening, closing), serial_freeze.c (to another process). */
#ifndef TRANSPORTS_SERIAL_SERIAL_INT_H
#define TRANSPORTS_SERIAL_SERIAL_INT_H

#include "transports/kit/handover.h"
#include "transports/kit/settings.h"
#include "transports/link/link.h"
#include "transports/serial/hdlc.h"
#include "transports/serial/serial_chat.h"
#include "transports/serial/serial_tty.h"

#define SERIAL_CHANNEL	UINT32_C(0x10001) /* the only one, unless the line is called */
#define SERIAL_BATCH	16u
#define SERIAL_PROTOCOL 2u /* octets of the PPP protocol field, which the MRU does not count */
#define SERIAL_ADDRESS	2u /* octets of FF 03 */
#define SERIAL_ACCM_ALL 0xffffffffu
#define SERIAL_XON_XOFF (1u << 0x11 | 1u << 0x13)
#define SERIAL_LINGER	1000000u /* us that octets may take to leave before a modem hangs up */

/* clang-format off */
#define SERIAL_COUNTERS(X)                                                                         \
	X(SERIAL_C_RX, "rx-frames", "frames received")                                             \
	X(SERIAL_C_RX_OCTETS, "rx-octets", "octets in them, without FF 03")                        \
	X(SERIAL_C_TX, "tx-frames", "frames sent")                                                 \
	X(SERIAL_C_TX_OCTETS, "tx-octets", "octets in them, without FF 03")                        \
	X(SERIAL_C_RX_FCS, "rx-fcs", "frames dropped, their FCS is wrong")                         \
	X(SERIAL_C_RX_SHORT, "rx-short", "frames dropped, too short to be one")                    \
	X(SERIAL_C_RX_LONG, "rx-long", "frames dropped, longer than we take")                      \
	X(SERIAL_C_RX_ABORTED, "rx-aborted", "frames dropped, given up by the sender (7D 7E)")     \
	X(SERIAL_C_RX_ADDRESS, "rx-address", "frames dropped, control field after FF is not 03")   \
	X(SERIAL_C_TX_STALE, "tx-stale", "frames for a channel that is not there")                 \
	X(SERIAL_C_TX_DOWN, "tx-down", "frames dropped, the line is down")                         \
	X(SERIAL_C_TX_TOO_LONG, "tx-too-long", "frames dropped, longer than the MTU")              \
	X(SERIAL_C_TX_LOST, "tx-lost", "frames that waited to be sent when the line was lost")     \
	X(SERIAL_C_UPS, "line-up", "times the line came up")                                       \
	X(SERIAL_C_CARRIER_LOST, "carrier-lost", "times it lost carrier or was hung up")           \
	X(SERIAL_C_HUNG_UP, "hung-up", "times we hung up, since PPP had ended")                    \
	X(SERIAL_C_OPEN_FAILED, "open-failed", "times the device could not be opened")             \
	X(SERIAL_C_CHAT_ABORTED, "chat-aborted", "chat scripts ended by an ABORT text")            \
	X(SERIAL_C_CHAT_TIMEOUT, "chat-timeout", "chat scripts that waited too long")              \
	X(SERIAL_C_NO_CARRIER, "chat-no-carrier", "chat scripts after which no carrier came")
/* clang-format on */

enum {
#define X(sym, name, words) sym,
	SERIAL_COUNTERS(X)
#undef X
		SERIAL_C_COUNT
};

enum serial_state {
	SERIAL_CLOSED,	/* the device is opened at open_at */
	SERIAL_CHAT,	/* the script runs */
	SERIAL_WAITING, /* for carrier */
	SERIAL_UP,
};

struct ist_port {
	const struct ist_host *host;
	void *ctx;
	/* configuration */
	char *device; /* or the text of the link */
	uint32_t bps; /* 0 = as the device has it */
	enum hdlc_fcs fcs;
	enum serial_flow flow;
	bool ignore_carrier;
	uint32_t accm_out, accm_in;	    /* what the line itself needs escaped, and inserts */
	uint32_t accm_send;		    /* accm_out and what PPP has agreed since it is up */
	uint64_t errors_before[IST_ERRORS]; /* when it came up */
	uint32_t max_payload;
	uint64_t retry;
	/* the line */
	struct link *link; /* NULL = asynchronous */
	uint32_t link_mtu;
	enum serial_state state;
	int fd;		   /* -1 in SERIAL_CLOSED */
	unsigned watching; /* enum ist_watch */
	const char *lost;  /* why it goes down as soon as reports may be made; NULL = it does not */
	uint64_t linger;   /* we hang up: what waits may be sent until then; 0 = another reason */
	int error;	   /* of the last `open` that failed; 0 = none since it worked */
	uint64_t wait;	   /* until the next `open`, doubled each time the line does not come up */
	uint64_t open_at;  /* in SERIAL_CLOSED */
	uint64_t look_at;  /* when carrier is looked at; UINT64_MAX = there are no modem lines */
	uint64_t carrier_by; /* in SERIAL_WAITING after a script: when to give up */
	uint32_t timer;
	struct serial_chat chat;
	/* The line's channel, or with a script that dials that of the call that is placed or up; 0
	 * = there is none, and nothing is reported. */
	ist_channel channel;
	uint16_t calls;	      /* generation of the channel of the last call */
	struct ist_addr peer; /* `line`, or the number of the call */
	uint8_t fail_kind;    /* enum ist_cause_kind, when the script has failed */
	/* receiving: a slot for each frame of a batch */
	struct hdlc_decoder rx;
	uint8_t *rx_slots;
	size_t rx_slot;
	struct ist_frame rx_frame[SERIAL_BATCH];
	unsigned rx_count;
	/* sending: octets as they go on the line, tx_at of them are gone */
	uint8_t *tx, *tx_frame; /* tx_frame: a whole frame, or a batch of them for a link */
	size_t tx_at, tx_len, tx_room;
	size_t tx_slot;	     /* of tx_frame */
	size_t tx_limit;     /* no more frames are taken while as much waits */
	bool blocked;	     /* `writable` is due */
	bool announce;	     /* thawed: that it is up is not reported yet */
	bool frozen;	     /* another process goes on with the device */
	char lost_there[64]; /* `lost`, when another process has said so */
	uint64_t count[SERIAL_C_COUNT];
	uint64_t before[SERIAL_C_COUNT + LINK_COUNTER_COUNT]; /* in other processes */
};

extern const struct ist_key serial_keys[];
extern const struct ist_addr serial_address;

/* Call a number: the device is opened, and `up` or `down` follows. */
int serial_line_call(struct ist_port *p, const struct ist_addr *to, ist_channel *out);
/* Give up the call that is placed or up. */
void serial_line_hang_up(struct ist_port *p);
/* Octets of protocol and information that one frame may have now. */
uint32_t serial_payload(const struct ist_port *p);
/* The line is up, says so. */
void serial_report_up(struct ist_port *p);
/* It has been up in another process, and nothing is said before that. */
void serial_announce(struct ist_port *p);
/* Errors since the port was opened. */
void serial_line_errors(const struct ist_port *p, uint64_t out[IST_ERRORS]);
/* A whole frame without FCS; it stays where it is until the batch is delivered. */
void serial_received(struct ist_port *p, const uint8_t *frame, size_t len);
void serial_deliver(struct ist_port *p);
/* Octets to the line, not framed; there must be room. */
void serial_put(void *port, const uint8_t *octets, size_t len);
/* Writes what the tty takes, and watches it for the rest. */
void serial_flush(struct ist_port *p);
void serial_on_time(void *arg, uint64_t now);
/* The timer at what is due next. */
void serial_arm(struct ist_port *p);
/* The line is gone; it is reported when that is allowed. */
void serial_lost(struct ist_port *p, const char *words);
void serial_watch(struct ist_port *p, unsigned what);
void serial_set_accm(struct ist_port *p, ist_channel c, uint32_t send, uint32_t receive);
bool serial_errors(const struct ist_port *p, ist_channel c, uint32_t out[IST_ERRORS]);
/* Adds what the decoder has counted. */
void serial_rx_counts(const struct ist_port *p, uint64_t count[SERIAL_C_COUNT]);

/* Synchronous lines. */
extern const struct link_user serial_sync_user;
int serial_sync_send(struct ist_port *p, const struct ist_frame *f, unsigned n);

/* As the transport's open; from: what another process had, or NULL. */
int serial_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		     const struct ist_port_config *cfg, struct handover *from, char *err,
		     size_t err_len);
int serial_freeze(struct ist_port *p, struct ist_frozen *f);
int serial_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
		const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len);
int serial_open(struct ist_port **out, const struct ist_host *host, void *ctx,
		const struct ist_port_config *cfg, char *err, size_t err_len);
int serial_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n, char *err,
		 size_t err_len);
void serial_close(struct ist_port *p);

#endif
