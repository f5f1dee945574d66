/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames as a driver gets them, without a socket: the kernel sends them out of a device, from pages
 * that come back (BPF_PROG_TEST_RUN with live frames); and a sink, a program that counts the frames
 * of a device and drops them.  Both are programs of a few instructions, written here.  Devices are
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

struct frames;
/* Writes frame `no` of those that alternate; all are one size. */
typedef void frames_build_fn(void *ctx, unsigned no, uint8_t *frame);
/* Frames of `size` octets that leave by the device, n of them in turn or at random.  NULL, having
 * said why on stderr. */
struct frames *frames_new(unsigned ifindex, unsigned n, unsigned size, bool random,
			  frames_build_fn *build, void *ctx);
/* So many of them, as fast as the device takes them; what it does not take is lost. */
bool frames_send(const struct frames *f, unsigned n);
void frames_free(struct frames *f);

struct frames_sink;
/* Of `least` octets or more; shorter ones go on to the kernel. */
struct frames_sink *frames_sink_new(unsigned ifindex, unsigned least);
uint64_t frames_sink_count(const struct frames_sink *s);
void frames_sink_free(struct frames_sink *s);

#endif
