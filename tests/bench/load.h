/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Load on established calls: test packets up through an LNS (as its LAC) or down to it (from behind
 * it), as fast as they go or so many a second, and a book of what came out at the other end.  Both
 * ends are in this one process, in two namespaces, so that one clock times them.
 *
 * A command is a line: `up` or `down`, and settings as key=value:
 *
 *   seconds=1 size=64|mix mode=gso|single burst=64 rate=0 (packets/s; 0 = all it can)
 *   calls=64 order=turn|random share=16 (up: each so manieth burst goes where all is looked at, the
 *   others where nobody is)
 *   pids=1,2 (whose CPU time) at=3 (whose namespace is looked at) device=NAME (the TUN there)
 *   count=device|far|near (which of the kernel's counters says what came out)
 *   mode=frames in=NAME out=NAME mac=02:... (frames without a socket, tests/bench/frames.h: the
 * device of their end that they leave by, the one of the other end where they are counted, and to
 * whom; plain=1: up, without a call) mac= alone: down, by `device`, which is Ethernet
 *
 * The answer is one line of key=value.  `lost` is of those looked at.
 */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>

struct load_call {
	uint16_t tid, sid; /* the LNS's ids */
	uint32_t addr;	   /* the client's, host order */
};

struct load;

/* near: the connected socket of the LAC.  far: name of the namespace behind the LNS; its socket is
 * made here.  The calls are copied.  NULL, having said why on stderr. */
struct load *load_new(int near, const char *far, const struct load_call *calls, unsigned n);
void load_free(struct load *l);

/* Does what the line says and prints the answer; false: the line makes no sense. */
bool load_command(struct load *l, const char *line);

#endif
