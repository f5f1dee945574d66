/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames as a driver gets them, without a socket: the kernel sends them out of a device, from pages
 * that come back (BPF_PROG_TEST_RUN with live frames); and a sink, a program that counts the frames
 * of a device and drops them.  Both are programs of a few instructions, written here.  The source
 * looks at the sink's count, so it never fills a queue, and what is measured is whoever is between
 * them.  Devices are
 * those of the namespace in which a function is called.
 */
#ifndef TESTS_BENCH_FRAMES_H
#define TESTS_BENCH_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

/* So many octets, or all but seven of a shorter frame, may differ from frame to frame or be changed
 * on the way. */
#define FRAMES_HEAD 80u
#define FRAMES_MIN  60u
#define FRAMES_MAX  1600u

struct frames_sink;
/* Of `least` octets or more; shorter ones go on to the kernel. */
struct frames_sink *frames_sink_new(unsigned ifindex, unsigned least);
uint64_t frames_sink_count(const struct frames_sink *s);
void frames_sink_free(struct frames_sink *s);

struct frames;
/* Writes frame `no` of those that alternate; all are one size. */
typedef void frames_build_fn(void *ctx, unsigned no, uint8_t *frame);
/* Frames of `size` octets that leave by the device and come out at the sink, n of them in turn or
 * at random.  NULL, having said why on stderr. */
struct frames *frames_new(unsigned ifindex, const struct frames_sink *sink, unsigned n,
			  unsigned size, bool random, frames_build_fn *build, void *ctx);
/* From now on they are sent, by a thread of its own in the namespace of today, as fast as the sink
 * gets them: no more than a few are ever on their way. */
bool frames_start(struct frames *f);
/* A millisecond; whoever waits for the end does it by this, or what is lost is waited for as well.
 */
void frames_wait(struct frames *f);
void frames_stop(struct frames *f);
uint64_t frames_sent(const struct frames *f);
void frames_free(struct frames *f);

#endif
