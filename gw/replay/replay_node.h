/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One system of the capture and the engine that plays it; see replay.h.  Private to the room. */
#ifndef GW_REPLAY_REPLAY_NODE_H
#define GW_REPLAY_REPLAY_NODE_H

#include "core/container.h"
#include "core/data.h"
#include "core/htab.h"
#include "gw/replay/replay.h"

/* A tunnel or call of the system by its recorded id. */
struct replay_id {
	struct hnode node;
	struct replay_id *next; /* all of a system, for the end */
	uint16_t recorded, ours, tunnel;
	bool is_call, gone;
	uint64_t request; /* the SCCRQ that it has sent for this tunnel: a hash */
	uint16_t sent;	  /* tunnels: Ns that the recorded system sends next */
};

struct replay_node {
	struct replay_end end;
	struct l2tp_engine *engine;
	const struct l2tp_secret *secret;
	struct htab ids;
	struct replay_id *all;
	struct l2tp_peer_answer answer; /* how it deals with who speaks */
	uint64_t seed;
	const uint8_t *challenge, *tie; /* what the engine gets as random octets; NULL = random */
	uint32_t sent;			/* bits of the types its engine has sent by itself */
	bool cueing;
	struct l2tp_msg said;		       /* the message being read */
	uint64_t messages, breaches, unjudged; /* that it sent */
};

/* What came of a message where it arrived. */
struct replay_outcome {
	bool has_tunnel, has_call;
	enum l2tp_tunnel_state tunnel_before, tunnel_after;
	enum l2tp_call_state call_before, call_after;
	uint32_t reasons[L2TP_R_COUNT];
	uint32_t answers; /* bits of types: StopCCN, CDN, SCCRP, SCCCN that the engine sent */
};

bool replay_node_init(struct replay_node *n, const struct replay_end *end,
		      const struct l2tp_secret *secret);
void replay_node_free(struct replay_node *n);
/* The system sent this to `channel`. */
void replay_node_sent(struct replay_node *n, l2tp_channel channel, const struct replay_msg *m,
		      uint64_t now);
/* It received this; reply: the SCCRP that it answered an SCCRQ with, NULL = none in the capture. */
void replay_node_received(struct replay_node *n, l2tp_channel channel, const struct replay_msg *m,
			  const struct replay_msg *reply, uint64_t now, struct replay_outcome *out);

#endif
