/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Captures: frames as they are on the wire of their ports, in a pcapng file that has an interface
 * for each port and link type.  Ports are tapped as a whole; which of their frames are of the call,
 * tunnel, user or circuit that is captured is found out here, from their heads.  A capture that is
 * no ring of files takes no more at CAPTURE_MOST octets, and stays until it is ended.  What cannot
 * be written is counted as lost and leaves no half block behind; a second later it is tried again.
 * Control thread only.
 */
#ifndef GW_OPERATOR_CAPTURE_H
#define GW_OPERATOR_CAPTURE_H

#include "gw/operator/capture_out.h"
#include "gw/operator/inside.h"
#include "gw/operator/operator.h"

#define CAPTURE_MOST	(100u * 1024 * 1024)
#define CAPTURES	16u /* at once */
#define CAPTURE_TARGETS 16u /* of one capture: calls and lines */
#define CAPTURE_COMMENT 512u
#define CAPTURE_WHAT	160u

enum capture_kind {
	CAPTURE_CALL,
	CAPTURE_TUNNEL,
	CAPTURE_USER,
	CAPTURE_CIRCUIT,
	CAPTURE_PORT,
	CAPTURE_KINDS
};
extern const char *const capture_kind_names[CAPTURE_KINDS];

/* What an operator asks for; texts are copied. */
struct capture_wish {
	enum capture_kind kind;
	const char *who; /* "TUNNEL-ID SESSION-ID", our Tunnel ID, a name, "PORT ADDRESS", a port */
	const char *file;   /* a plain name in the configured folder, where it must not be yet */
	const char *filter; /* pcap-filter, of what is inside PPP; NULL = none */
	uint64_t ring_size; /* octets of each file, 0 = one file */
	unsigned ring_files;
	bool secrets; /* as they are, not masked */
};

/* Which frames are meant. */
enum capture_means {
	CAPTURE_ALL,	 /* all of the port */
	CAPTURE_NUMBER,	 /* of the circuit with this number */
	CAPTURE_FAR,	 /* from and to this address */
	CAPTURE_SESSION, /* of this call */
	CAPTURE_IDS	 /* of this tunnel */
};
struct capture_target {
	enum capture_means means;
	struct gw_port *port;
	uint32_t number;
	char far[REPLAY_END_TEXT];
	uint16_t tid, sid, peer_tid, peer_sid; /* 0 = not known yet */
	bool found;			       /* where its frames come from, by the first: */
	uint32_t at, line;		       /* its circuit, */
	struct replay_end from;		       /* or its address */
	uint32_t key;			       /* leg_key() of the leg it is of, */
	const struct leg *leg;		       /* only to be compared with; it may be gone */
	char said[CAPTURE_COMMENT];	       /* what has been said of it in a comment */
};

struct capture {
	struct capture *next;
	struct gw *gw;
	enum capture_kind kind;
	char what[CAPTURE_WHAT]; /* "port fr0", "call 5/7" ... */
	const char *name;	 /* the same, of a port its name alone */
	char words[400];	 /* all of the wish */
	struct capture_out out;
	struct capture_target target[CAPTURE_TARGETS];
	unsigned targets;
	struct cfg_filter filter;
	bool secrets;
	struct inside_flows flows;
	uint32_t seen[64];	       /* calls that a comment has named */
	uint64_t frames, octets, lost; /* lost: over the limit, or the disk did not take them */
	uint64_t queue;		       /* of the data plane's counter when it began */
	int error;		       /* errno of the last write; 0 = it went well */
	uint64_t again;		       /* when to try the next one after that, us */
};

/* Begin a capture; NULL with *words, good until the next one, when that cannot be. */
struct capture *capture_open(struct gw *gw, const struct capture_wish *wish, const char **words);
/* The wish that words of a command make: "call 5 7 filter icmp ring 1Mx4 with secrets to FILE", and
 * "PORT FILE" for all of a port.  text: room that the wish points into.  NULL, or what is wrong. */
#define CAPTURE_TEXT 1024u
const char *capture_parse(struct capture_wish *wish, char text[CAPTURE_TEXT], const char **word,
			  unsigned n);
/* By its name, or else its file's; false when there is none of them. */
bool capture_stop(struct gw *gw, const char *name);
/* Such a name, from the words of a command. */
void capture_name_of(char name[CAPTURE_WHAT], const char *const *word, unsigned n);
/* Frames that it has not got by now: as `lost`, and those for which the queue from data had no
 * room, of whichever capture they were. */
uint64_t capture_lost(const struct capture *c);

/* --- which frames (capture_match.c) --- */

/* Fill in the targets; NULL, or why there are none. */
const char *capture_aim(struct gw *gw, struct capture *c, const struct capture_wish *wish);
/* The target that this frame is of; NULL = of none. */
struct capture_target *capture_match(struct gw *gw, struct capture *c, struct gw_port *port,
				     const struct inside *in, bool outbound);
/* What is inside PPP fits the filter, or there is none. */
bool capture_fits(const struct capture *c, const struct inside *in);
/* What a comment is to say of this frame; false = nothing. */
bool capture_comment(struct gw *gw, struct capture *c, struct capture_target *t,
		     const struct inside *in, bool outbound, char comment[CAPTURE_COMMENT]);

#endif
