/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeper: the process that starts the two others, data and control, starts them again when they
 * die, and holds a duplicate of every descriptor they have asked it to hold.  It parses nothing
 * from the network, and it decodes each message of the others as hostile.
 *
 * Each process has two SOCK_SEQPACKET sockets to keeper.  By `notice` go messages that have no
 * answer, both ways.  By `ask` the process sends a request and waits for its answer; keeper answers
 * in order.  A packet is one message: version 1, kind 1, error 2 (an errno value, in answers), then
 * the body, integers in network order; descriptors come with it as SCM_RIGHTS.
 *
 *   keeper to process      GIVE*  GO  (GIVE | HAND_OVER | LEAVE | STORED | STOP)*
 *   process to keeper      [STAND_BY]  READY  (KEEP | DROP | STAYS)*
 */
#ifndef GW_KEEPER_KEEPER_H
#define GW_KEEPER_KEEPER_H

#include "core/bytes.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define KEEPER_MSG_MAX	4096u /* octets of a message with its head */
#define KEEPER_HEAD	4u
#define KEEPER_FDS_MAX	16u /* descriptors of a message */
#define KEEPER_NAME_MAX 96u /* of a descriptor, with its NUL */
#define KEEPER_VERSION	1u

enum keeper_role { KEEPER_DATA, KEEPER_CONTROL, KEEPER_ROLES };
extern const char *const keeper_role_names[KEEPER_ROLES];

/* Kinds, and the bodies of those that have one: a name is its length in one octet and its octets.
 *
 *   GIVE       to a process: a name for each of its descriptors; keeper holds them too
 *   GO         to a process: all that is held has been given (struct keeper_go)
 *   STOP       to a process: end in good order, a second time at once
 *   HUP        to control, of a keeper before reloads: it has got SIGHUP
 *   LEAVE      to control: end at once and leave all as it is to the next life
 *   STORED     to a process: the service manager holds what control keeps, and starts the gateway
 *              again when keeper is killed: then leave all as it is to the next life
 *   HAND_OVER  to both datas, with one end each of a socket pair: hand over, or take over
 *   READY      to keeper: the process is at work
 *   KEEP       to keeper: a name and one descriptor: hold a duplicate of it
 *   DROP       to keeper: a name: hold it no more
 *   STAND_BY   of a second data to keeper: it has mapped the door and serves nothing
 *   STAYS      of data to keeper: nobody has taken over, it goes on; `error` says why
 *   PROCESSES  request of control; its answer: a struct keeper_process of each
 *   UPGRADE    request of control: have data and control replaced by the program's file of today.
 *              The answer comes before that has been checked: ENOSYS, EBUSY or what the system says
 *   PROGRESS   request of control: how the last upgrade or reload goes (struct keeper_progress)
 *   PROGRAMS   request of control: the file that each process of PROCESSES is of
 *   RELOAD     request of control: have control replaced by one with the configuration's file of
 *              today, or with 1 in its octet only have that checked; answered like UPGRADE
 *   REPORT     request of control: its answer has the file of KEEPER_REPORT_MAX octets into which
 *              the check of the last reload has printed; NULs are behind it
 *   END        request of control: end the gateway, as SIGTERM does
 */
enum keeper_kind {
	KEEPER_GIVE = 1,
	KEEPER_GO = 2,
	KEEPER_STOP = 3,
	KEEPER_HUP = 4,
	KEEPER_LEAVE = 5,
	KEEPER_STORED = 6,
	KEEPER_HAND_OVER = 7,
	KEEPER_READY = 16,
	KEEPER_KEEP = 17,
	KEEPER_DROP = 18,
	KEEPER_STAND_BY = 19,
	KEEPER_STAYS = 20,
	KEEPER_PROCESSES = 32,
	KEEPER_UPGRADE = 33,
	KEEPER_PROGRESS = 34,
	KEEPER_PROGRAMS = 35,
	KEEPER_RELOAD = 36,
	KEEPER_REPORT = 37,
	KEEPER_END = 38,
	KEEPER_OPENER = 64, /* from here to 127: requests of the opener (gw/keeper/opener.h) */
};

/* A message as received: body points into the buffer it was received into. */
struct keeper_msg {
	uint8_t kind;
	uint16_t error; /* of an answer: 0 or an errno value */
	const uint8_t *body;
	size_t len;
	int fd[KEEPER_FDS_MAX]; /* -1 = taken by the caller */
	unsigned fds;
};

/* Send one message and the fds of it, which stay the caller's.  Never waits: -EAGAIN when the far
 * end does not read.  0 or -errno; -EMSGSIZE for a body or more descriptors than fit. */
int keeper_send(int sock, const struct keeper_msg *m);
/* Receive one message into buf (KEEPER_MSG_MAX octets).  1, or 0 when the far end has gone, or
 * -errno: -EAGAIN when there is none on a socket that does not block, -EBADMSG for a packet that is
 * no message (it is thrown away, its descriptors are closed).  The caller owns the descriptors. */
int keeper_recv(int sock, uint8_t *buf, struct keeper_msg *out);
/* Close the descriptors of a received message that have not been taken. */
void keeper_msg_close(struct keeper_msg *m);
/* The descriptor number i becomes the caller's; -1 when there is none. */
int keeper_msg_take(struct keeper_msg *m, unsigned i);

/* A name of a descriptor: 1 to 95 of A-Z a-z 0-9 . _ + - and /.  Those that begin with "data/" and
 * "control/" are that process's own: it may have them kept and dropped, and gets them back in its
 * next life.  Those that begin with "all/" are keeper's and given to both.  "life/data" and
 * "life/control" are given to the other process at each start: readable when that life is over. */
bool keeper_name_ok(const char *name, size_t len);
/* A name as a body has it: its length in one octet, then its octets.  False, and the reader failed,
 * for a name that is none. */
bool keeper_get_name(struct rd *r, char out[KEEPER_NAME_MAX]);
void keeper_put_name(struct wr *w, const char *name);

/* --- descriptors by name ---------------------------------------------------------------------- */

struct keeper_fd {
	char name[KEEPER_NAME_MAX];
	int fd;
	uint32_t serial; /* rises along the table */
};

#define KEEPER_HELD_MAX 4096u /* descriptors of a table; more are refused */

/* A table owns its descriptors.  All zeros is an empty one. */
struct keeper_fds {
	struct keeper_fd *at;
	unsigned n, cap;
	uint32_t serial; /* of the last one put */
};
/* The descriptor becomes the table's and replaces one of this name.  0, or -errno (-ENFILE when the
 * table is full) and the descriptor stays the caller's. */
int keeper_fds_put(struct keeper_fds *t, const char *name, int fd);
int keeper_fds_find(const struct keeper_fds *t, const char *name); /* -1 = not there */
int keeper_fds_take(struct keeper_fds *t, const char *name);	   /* becomes the caller's */
bool keeper_fds_drop(struct keeper_fds *t, const char *name);	   /* closed */
void keeper_fds_free(struct keeper_fds *t);

/* --- what a process does ---------------------------------------------------------------------- */

/* The sockets of a process to its keeper; notice does not block. */
struct keeper_link {
	int notice, ask;
	pthread_mutex_t lock; /* of ask: any thread may ask */
};

/* Body of GO. */
struct keeper_go {
	uint32_t life;	/* 0 = the first of this process since keeper was started */
	uint32_t delay; /* ms that keeper has waited before it started it */
	char why[96];	/* the one before has ended; "" in the first life */
};

/* In a process that keeper has started: wait until all is given.  fds owns what came.  0, or -errno
 * when keeper has gone or says nothing sensible. */
int keeper_begin(struct keeper_link *l, struct keeper_fds *fds, struct keeper_go *go);
void keeper_end(struct keeper_link *l);
/* The descriptors of a received GIVE into fds.  0, or -errno for one that is wrong; the message is
 * still to be closed. */
int keeper_given(struct keeper_msg *m, struct keeper_fds *fds);
/* Notices to keeper; -errno when it has gone or has no room. */
int keeper_say(struct keeper_link *l, enum keeper_kind kind);
int keeper_keep(struct keeper_link *l, const char *name, int fd);
int keeper_drop(struct keeper_link *l, const char *name);
/* Data has not handed over and goes on: why, an errno value. */
int keeper_say_stays(struct keeper_link *l, int why);
/* Have data and control replaced by the program's file of today, once that has checked the
 * configuration.  0, or -errno: -ENOSYS when that file is not known, -EBUSY while an upgrade is
 * going on, -EAGAIN while data does not run. */
int keeper_ask_upgrade(struct keeper_link *l);
/* Have control replaced by one with the configuration's file of today, once that has been checked,
 * or with `dry` only have it checked.  As keeper_ask_upgrade(). */
int keeper_ask_reload(struct keeper_link *l, bool dry);
/* Have the gateway ended, as SIGTERM does.  0 or -errno. */
int keeper_ask_end(struct keeper_link *l);
/* What the check of the last reload has printed: its octets, which the caller frees, or NULL:
 * there was none, or keeper does not answer.  A NUL is behind it. */
#define KEEPER_REPORT_MAX (1u << 18)
char *keeper_report(struct keeper_link *l);
/* One request and its answer, which is received into buf (KEEPER_MSG_MAX octets); waits for keeper,
 * which answers at once or not at all when it has gone.  0, or -errno: the error of the answer
 * (then *answer holds its body too), -EPIPE when keeper has gone.  keeper_msg_close() it. */
int keeper_ask(struct keeper_link *l, uint8_t kind, const void *body, size_t len, uint8_t *buf,
	       struct keeper_msg *answer);

/* --- processes, for `show processes` ---------------------------------------------------------- */

#define KEEPER_PROCESSES_MAX 3u /* keeper itself is one of them */
#define KEEPER_FILE_MAX	     128u

struct keeper_process {
	char name[16]; /* "keeper", "data", "control" */
	char state[16];
	uint32_t pid; /* 0 = not running */
	uint32_t age; /* seconds */
	uint32_t restarts;
	uint32_t uid;
	uint64_t capabilities;	       /* effective, one bit each */
	uint8_t seccomp;	       /* mode: 0 none, 1 strict, 2 filter */
	char why[96];		       /* the one before has ended; "" = there was none */
	char program[KEEPER_FILE_MAX]; /* the file it was started from; "" = not known */
	uint64_t built;		       /* when that was made: its time, seconds since 1970 */
};
/* The calling process under this name; its age is left to the caller. */
void keeper_self(struct keeper_process *out, const char *name);
/* How many there are, at most KEEPER_PROCESSES_MAX; 0 when keeper does not answer. */
unsigned keeper_processes(struct keeper_link *l, struct keeper_process out[KEEPER_PROCESSES_MAX]);

/* --- how an upgrade goes ---------------------------------------------------------------------- */

enum keeper_upgrade_state {
	KEEPER_UPGRADE_NONE, /* there was none */
	KEEPER_UPGRADE_GOING_ON,
	KEEPER_UPGRADE_DONE,
	KEEPER_UPGRADE_REFUSED,	   /* nothing was touched */
	KEEPER_UPGRADE_TAKEN_BACK, /* the program before is at work again */
	KEEPER_UPGRADE_STATES
};

#define KEEPER_STEPS_MAX 12u

/* The last upgrade or reload since keeper was started. */
struct keeper_progress {
	uint32_t number; /* of upgrades and reloads, this one with them */
	uint8_t state;	 /* enum keeper_upgrade_state */
	unsigned steps;
	struct keeper_step {
		uint32_t ms; /* since the upgrade was asked for */
		char words[160];
	} step[KEEPER_STEPS_MAX];
};
/* 0, or -errno; -ENOSYS for a keeper that does not tell. */
int keeper_progress(struct keeper_link *l, struct keeper_progress *out);

/* --- keeper ----------------------------------------------------------------------------------- */

/* One kind of request that others have added. */
struct keeper_request {
	uint8_t kind; /* KEEPER_OPENER to 127 */
	uint8_t from; /* 1 << role of each that may send it */
	/* body: as received, hostile.  Returns 0 or an errno value, which the answer carries with
	 * what was written to it.  *fd: a descriptor for the answer, closed when it is sent; it is
	 * -1 before. */
	int (*run)(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer, int *fd);
};

enum keeper_level { KEEPER_ERROR, KEEPER_NOTICE };

/* us that a process has for its part of an upgrade or a reload, then it is killed. */
struct keeper_patience {
	uint64_t check;	   /* each check of a configuration, from its start */
	uint64_t stand_by; /* a second data, from its start */
	uint64_t leave;	   /* control */
	uint64_t take;	   /* the second data, to take over; data, to end after that */
	uint64_t stay;	   /* data, to go on when nobody has taken over */
	uint64_t work;	   /* control of the new program, from its start until it is ready */
};

/* Another configuration, which is the caller's affair; keeper knows the order. */
struct keeper_reload {
	/* Read the file.  0 or -errno. */
	int (*read)(void *ctx);
	/* Argument vector of the running program that checks what was read: it must end with 0. */
	const char *const *check;
	/* From now on processes begin with what was read.  0, or -errno: nothing has changed, and
	 * the reason has been logged. */
	int (*take)(void *ctx);
	/* done: what was before is needed no more.  Else it is used again, if it was taken. */
	void (*end)(void *ctx, bool done);
	void *ctx;
};

struct keeper_config {
	const char *program; /* that the processes are started from, by execv() */
	/* Its argument vector for a role, NULL ended.  The sockets are descriptors
	 * KEEPER_FD_NOTICE and KEEPER_FD_ASK of the new process. */
	const char *const *argv[KEEPER_ROLES];
	const struct keeper_request *request; /* kind 0 ends; NULL = none */
	void *request_ctx;
	/* An upgrade: the program's file, which is run with each argument vector of `check` first
	 * (NULL ended: of the file, of what is running) and must end with status 0, then as a data
	 * that stands by with the arguments `stand_by`.  A control of it that ends before it is
	 * ready is replaced by one of the program before, and data too.  NULL = none is possible.
	 */
	const char *upgrade;
	const char *const *const *check;
	const char *const *stand_by;
	const struct keeper_reload *reload; /* NULL = none is possible */
	struct keeper_patience patience;
	/* Control is what fills data, so it begins anew with each data: it ends by itself when it
	 * sees the end of "life/data", or is killed `anew` us after data has been started again. */
	uint64_t anew;
	void (*log)(enum keeper_level level, const char *words); /* without a line end */
	/* Called before each start of a process: put what it needs anew into `held`, under names of
	 * "all/".  NULL = nothing.  False: it cannot be started; the reason has been logged. */
	bool (*prepare)(void *ctx, enum keeper_role role, struct keeper_fds *held);
	void *prepare_ctx;
};

#define KEEPER_FD_NOTICE 3
#define KEEPER_FD_ASK	 4

/* Be the keeper until all has ended: exit status. */
int keeper_run(const struct keeper_config *c);

#endif
