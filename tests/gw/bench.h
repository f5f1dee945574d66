/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole control side on a bench: a configuration, the real engine and PPP, and under them a data
 * plane that only remembers what it was told.  The far end is another real engine and, per call, a
 * PPP link, driven by the test.  Time moves only when the test says so.
 */
#ifndef TESTS_GW_BENCH_H
#define TESTS_GW_BENCH_H

#include "core/engine.h"
#include "gw/aaa/aaa.h"
#include "gw/legs/legs.h"
#include "gw/start.h"
#include "gw/store/store.h"
#include "tests/gw/clock.h"
#include "tests/harness.h"

#define SEC	    1000000ull
#define FAR_CHANNEL ((l2tp_channel)1 << 32 | 7) /* port 0, as dp_connect gives it */

/* --- the data plane that remembers (fake_dp.c) ------------------------------------------------ */

enum { FAKE_CALLS = 64, FAKE_LINES = 512, FAKE_PORTS = 8 };

struct fake_dp {
	struct dp_call call[FAKE_CALLS];
	unsigned calls;
	/* What was asked, one line each, in order: "set 1/2 punt", "up home", "send SCCRQ". */
	char line[FAKE_LINES][96];
	unsigned lines;
	unsigned ports_open, polls;
	int connect_error;	 /* why it refuses; 0 = ENETDOWN */
	const char *port_left;	 /* a life before has it open */
	const char *port_in_use; /* it cannot be opened until others are closed */
	const char *port_absent; /* its address is not there */
	bool others_left;	 /* there are such */
	bool port_refuses, connect_refuses, no_peer /* of any channel */, call_refuses,
		filter_refuses, permanent /* every channel */;
	unsigned strangers;   /* links that were told of a bundle that did not know them */
	unsigned set_refused; /* the entry that is set after so many is refused, once; 0 = none */
	uint64_t set_at; /* when a call was set that data may not have heard of yet; 0 = none */
	uint32_t mtu;
	bool counts_errors; /* of every line, as errors says */
	uint32_t errors[IST_ERRORS];
	struct dp_speed speed; /* of FAR_CHANNEL */
	struct ist_addr peer;  /* of every channel that is not in `circuit` */
	struct {
		l2tp_channel channel;
		struct ist_addr peer;
		const char *ticket; /* dp_resume() finds it by this; NULL = it has none */
	} circuit[8];		    /* set by fake_circuit() */
	unsigned circuits;
	struct dp_impair_row impair[8]; /* of all ports */
	unsigned impair_port[8];
	unsigned impairs, impair_asked;
	uint64_t heard;
	struct dp_call_stats stats; /* of every call */
	const char *slow; /* what is said of the path of every call; NULL = there is no program */
	bool fast;
	uint32_t filters; /* registered so far */
	const char *gone; /* the device that somebody has removed */
	/* The next call of netif.h whose line begins so gives that error; or all, if it keeps. */
	const char *netif_fails;
	int netif_error;
	bool netif_keeps;
	struct dp_counters count;
	bool tun_refuses, tap_refuses, route_refuses;
	unsigned workers, tun_has, tun_wanted; /* enum dp_tun_offload, of every device */
	uint32_t program; /* ifindex of the device whose driver runs the XDP program, 0 = none does
			   */
	uint64_t passed;  /* by it, for the second of two reasons */
	int gro, gro_forwarding; /* of the one Ethernet device, as netif_feature() */
	bool no_status;	      /* ports have none to show, and leave what they like in its place */
	bool gathers;	      /* what is sent leaves at dp_push(), not at once */
	bool tx_waits;	      /* control packets stay in a queue, and are lost */
	uint64_t cookie;      /* of the last one that waits */
	uint8_t control_dscp; /* of the last control packet */
	/* Where packets go; false = lost. */
	void (*packet)(l2tp_channel to, const uint8_t *pkt, size_t len);
	void (*frame)(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len);
};
extern struct fake_dp fake;

/* fake.port_absent of every start. */
extern const char *fake_port_absent;
void fake_reset(void);
/* From now on this channel leads to this address, and dp_connect() to the address finds it. */
void fake_circuit(l2tp_channel c, const struct ist_addr *peer);
/* Entry by our ids, or NULL. */
const struct dp_call *fake_entry(uint16_t tid, uint16_t sid);
/* With the same links, too. */
bool fake_same_entry(const struct dp_call *a, const struct dp_call *b);
/* How many lines begin so. */
unsigned fake_said(const char *begin);
/* The number of the first line that begins so, at or after `from`; -1 = none. */
int fake_line(const char *begin, unsigned from);

/* --- the bench -------------------------------------------------------------------------------- */

struct far_call {
	struct l2tp_call *call;
	uint16_t tid, sid; /* the far end's */
	struct ppp *ppp;
	struct ppp_config cfg;
	struct ppp_addresses give, got;
	bool replied, up, ip4, ip6, down;
	enum ppp_why why;
	char said[128];		   /* words of our Terminate-Request */
	struct l2tp_result result; /* of the CDN */
	uint16_t cause_len;	   /* PPP Disconnect Cause Code in it */
	uint8_t cause[300];
	unsigned frames;
	bool hold; /* frames of ours are not answered */
};

enum { BENCH_CALLS = 16 };

struct bench {
	struct gw *gw;
	struct l2tp_engine *far;
	struct l2tp_policy policy; /* of the far end */
	struct l2tp_tunnel *tunnel;
	bool tunnel_up, tunnel_down;
	struct l2tp_result stop_result;
	bool silent;			 /* the far end hears nothing */
	bool loses;			 /* of more than 256 under way */
	bool no_ppp;			 /* nothing is behind the calls that the far end takes */
	bool no_answer;			 /* offered calls are left waiting */
	bool early_frames;		 /* PPP starts before the call is up */
	bool packets_at_once;		 /* its PPP sends a packet as soon as its NCP is open */
	uint16_t iccn_seq;		 /* Sequencing Required was in the ICCN we got */
	int64_t iccn_tx, iccn_rx;	 /* its connect speeds, bit/s; -1 = not in it */
	unsigned iccn_proxied;		 /* proxy attributes in the ICCN we got */
	const struct l2tp_avp *iccn_avp; /* more for the ICCN of the far end */
	unsigned iccn_avps;
	uint16_t phb;	 /* Session DS of the far end's ICRPs; 0 = none */
	int64_t phb_got; /* that of the ICRQ, OCRQ or reply it got last; -1 = none */
	int64_t phb_asked, phb_answered;	   /* the same of the request, of the reply */
	uint8_t reply_channel[4];		   /* Physical Channel ID of that */
	size_t reply_channel_len;		   /* 0 = not in it */
	void (*on_iccn)(const struct l2tp_msg *m); /* the far end has got one */
	bool iccn_proxy;	     /* the far end has authenticated iccn_user itself, it says */
	const char *iccn_user;	     /* NULL = "ann" */
	bool iccn_async;	     /* the far end's line is asynchronous */
	bool no_iccn;		     /* an answered call of the far end stays without ICCN */
	const struct l2tp_avp *icrq; /* what its ICRQ or OCRQ says besides */
	unsigned icrq_avps;
	struct l2tp_avps *icrq_got, *iccn_got, *cdn_got; /* of those we got last; NULL = none */
	unsigned slis, wens;				 /* of ours, the last in: */
	uint8_t sli[10], wen[26];
	bool info_hidden;  /* the last of either came hidden */
	size_t passed_len; /* Gateways Passed of the ICRQ we got; 0 = not in it */
	uint8_t passed[200];
	bool asks_hidden;    /* its OCRQ hides the Called Number */
	bool no_occn;	     /* the far end answers OCRQ, and says no OCCN */
	struct leg_out ocrq; /* what the last one said */
	uint32_t ocrq_serial;
	struct far_call call[BENCH_CALLS];
	unsigned calls;
	uint16_t client_mru;
	bool client_compresses; /* asks us to leave out FF 03, and half of the protocol field */
	struct store *store;
	/* The control side is killed when it is about to send its packet or frame number kill_at,
	 * counted from 1; 0 = never.  sent: how many there have been. */
	unsigned kill_at, sent, kills;
	bool (*turn)(void); /* after each turn; true: it has brought something */
	/* While it is given what comes, the gateway's allocation but `refuse` is refused, once. */
	bool refusing;
	unsigned refuse;
};
extern struct bench bench;

/* The forms a control side has, from now on: with data in its own process and without a store, or
 * with a store, and data behind a door. */
void bench_in_one_process(void);
void bench_apart(void);
/* The gateway of this configuration in the form that is set.  NULL as gw_new(). */
struct gw *bench_gw_new(const struct cfg_model *m);
/* Start with this configuration; a failed start aborts the test. */
void bench_start(const char *conf);
/* The same, with a store in any form, that bench_kill() goes on from. */
void bench_start_kept(const char *conf);
/* Stop and check that nothing is left. */
void bench_stop(void);
/* The control side is killed here: what it has not published is lost.  Another one goes on from
 * what is in the store, with this configuration; NULL = the same. */
void bench_kill(const char *conf);
/* In that case there is no gateway, and no life after it. */
extern bool bench_kill_may_fail;
/* Deliver everything under way, let due things happen, move the clock by us. */
void bench_pass(uint64_t us);
/* The far end opens a tunnel with this Host Name and waits for it. */
bool bench_dial(const char *host);
/* The far end places a call and dials in as user with the secret by `method`; NULL user = no PPP.
 */
struct far_call *bench_call(const char *user, const char *secret, enum ppp_auth method);
/* Its client forgets the link and starts from nothing, on the same call. */
void bench_redial(struct far_call *c, const char *user, const char *secret);
/* The far end, as LNS, asks for an outgoing call. */
struct far_call *bench_ask(const struct leg_out *ask);
/* The only join there is, or NULL. */
struct join *bench_join(void);
/* How many lines the gateway has logged since the bench was started that match the shell pattern
 * "category level: words".  With BENCH_LOG in the environment all are shown when none does. */
unsigned bench_logged(const char *pattern);
/* Lines of the log go to bench_logged(); once for the program. */
void bench_log_begin(void);
/* What was logged before is not shown any more. */
void bench_log_forget(void);
/* One for all tests: libosmovty keeps things of the first in it. */
void *bench_talloc(void);
/* A file of this text in a folder of the test's; its path, until the next call. */
const char *bench_file(const char *folder, const char *name, const char *text);
void bench_hangup(struct far_call *c, enum l2tp_cdn_result result, const char *text);
/* The same with a PPP Disconnect Cause Code (RFC 3145). */
void bench_hangup_why(struct far_call *c, const char *cause_hex);

#endif
