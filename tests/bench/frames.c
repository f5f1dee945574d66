/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "tests/bench/frames.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FRAMES_BATCH  64u
#define FRAMES_WINDOW 240  /* on their way at once: fewer than a driver of a cable has room for */
#define FRAMES_TURN   1000 /* us between two looks at what has come */
#define FRAMES_QUIET  20u  /* turns without a frame that comes: those on their way are lost */

static int frames_bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* --- an array in memory that a program sees --------------------------------------------------- */

struct frames_map {
	int fd;
	uint8_t *at;
	size_t octets;
};

static bool frames_map_new(struct frames_map *m, unsigned entries, unsigned octets)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = octets;
	attr.max_entries = entries;
	attr.map_flags = BPF_F_MMAPABLE;
	m->octets = (size_t)entries * octets;
	m->at = MAP_FAILED;
	m->fd = frames_bpf(BPF_MAP_CREATE, &attr);
	if (m->fd >= 0)
		m->at = mmap(NULL, m->octets, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0);
	return m->at != MAP_FAILED;
}

static void frames_map_free(struct frames_map *m)
{
	if (m->at && m->at != MAP_FAILED)
		munmap(m->at, m->octets);
	if (m->fd > 0)
		close(m->fd);
}

/* --- programs --------------------------------------------------------------------------------- */

#define FRAMES_INS 128u

struct frames_prog {
	struct bpf_insn ins[FRAMES_INS];
	unsigned n;
	unsigned leave[8], leaves; /* jumps to the end */
};

static void frames_ins(struct frames_prog *p, unsigned code, uint8_t dst, uint8_t src, int off,
		       int imm)
{
	p->ins[p->n++] = (struct bpf_insn){.code = (uint8_t)code,
					   .dst_reg = dst & 0xf,
					   .src_reg = src & 0xf,
					   .off = (int16_t)off,
					   .imm = imm};
}

static void frames_mov(struct frames_prog *p, uint8_t dst, uint8_t src)
{
	frames_ins(p, BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0);
}

static void frames_call(struct frames_prog *p, int helper)
{
	frames_ins(p, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

/* To the end if so. */
static void frames_leave_if(struct frames_prog *p, unsigned op, uint8_t a, uint8_t b)
{
	p->leave[p->leaves++] = p->n;
	frames_ins(p, BPF_JMP | op, a, b, 0, 0);
}

/* r0 = the entry whose number is in r7, or the end. */
static void frames_look_up(struct frames_prog *p, const struct frames_map *m)
{
	frames_ins(p, BPF_STX | BPF_MEM | BPF_W, 10, 7, -4, 0);
	frames_mov(p, 2, 10);
	frames_ins(p, BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4);
	frames_ins(p, BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, m->fd);
	frames_ins(p, 0, 0, 0, 0, 0); /* the other half of that */
	frames_call(p, BPF_FUNC_map_lookup_elem);
	frames_leave_if(p, BPF_JEQ | BPF_K, 0, 0);
}

static int frames_load(struct frames_prog *p, int verdict)
{
	union bpf_attr attr;

	for (unsigned i = 0; i < p->leaves; i++)
		p->ins[p->leave[i]].off = (int16_t)(p->n - p->leave[i] - 1);
	frames_ins(p, BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, verdict);
	frames_ins(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_XDP;
	attr.insns = (uintptr_t)p->ins;
	attr.insn_cnt = p->n;
	attr.license = (uintptr_t) "GPL";
	return frames_bpf(BPF_PROG_LOAD, &attr);
}

/* --- the sink --------------------------------------------------------------------------------- */

struct frames_sink {
	struct frames_map count;
	int prog, link;
};

static int frames_sink_prog(const struct frames_sink *s, unsigned least)
{
	struct frames_prog p = {.n = 0};

	frames_ins(&p, BPF_LDX | BPF_MEM | BPF_W, 2, 1, 0, 0); /* data */
	frames_ins(&p, BPF_LDX | BPF_MEM | BPF_W, 3, 1, 4, 0); /* data_end */
	frames_ins(&p, BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, (int)least);
	frames_leave_if(&p, BPF_JGT | BPF_X, 2, 3);
	frames_ins(&p, BPF_ALU64 | BPF_MOV | BPF_K, 7, 0, 0, 0);
	frames_look_up(&p, &s->count);
	frames_ins(&p, BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, 1);
	frames_ins(&p, BPF_STX | BPF_ATOMIC | BPF_DW, 0, 1, 0, BPF_ADD);
	frames_ins(&p, BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_DROP);
	frames_ins(&p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	return frames_load(&p, XDP_PASS);
}

struct frames_sink *frames_sink_new(unsigned ifindex, unsigned least)
{
	struct frames_sink *s = calloc(1, sizeof(*s));
	union bpf_attr attr;

	if (!s)
		return NULL;
	s->prog = s->link = -1;
	if (frames_map_new(&s->count, 1, 8) && (s->prog = frames_sink_prog(s, least)) >= 0) {
		memset(&attr, 0, sizeof(attr));
		attr.link_create.prog_fd = (uint32_t)s->prog;
		attr.link_create.target_ifindex = ifindex;
		attr.link_create.attach_type = BPF_XDP;
		attr.link_create.flags = XDP_FLAGS_DRV_MODE;
		s->link = frames_bpf(BPF_LINK_CREATE, &attr);
	}
	if (s->link >= 0)
		return s;
	fprintf(stderr, "no sink at device %u: %s\n", ifindex, strerror(errno));
	frames_sink_free(s);
	return NULL;
}

uint64_t frames_sink_count(const struct frames_sink *s)
{
	return __atomic_load_n((const uint64_t *)(const void *)s->count.at, __ATOMIC_RELAXED);
}

void frames_sink_free(struct frames_sink *s)
{
	if (!s)
		return;
	if (s->link >= 0)
		close(s->link);
	if (s->prog >= 0)
		close(s->prog);
	frames_map_free(&s->count);
	free(s);
}

/* --- the source ------------------------------------------------------------------------------- */

/* In memory that the program sees. */
struct frames_turn {
	uint64_t sent, lost;
};

struct frames {
	struct frames_map turn, head;
	const struct frames_sink *sink;
	int prog;
	unsigned size, own;
	uint64_t seen; /* at the sink, when it was looked at last */
	unsigned quiet;
	pthread_t thread;
	bool runs;
	uint8_t frame[FRAMES_MAX]; /* the first one */
};

/* r7 = the number of the next frame, or the end while as many as may be are on their way. */
static void frames_next(struct frames_prog *p, const struct frames *f, bool random)
{
	frames_ins(p, BPF_ALU64 | BPF_MOV | BPF_K, 7, 0, 0, 0);
	frames_look_up(p, &f->turn);
	frames_mov(p, 8, 0);
	frames_look_up(p, &f->sink->count);
	frames_ins(p, BPF_LDX | BPF_MEM | BPF_DW, 7, 8, offsetof(struct frames_turn, sent), 0);
	frames_ins(p, BPF_LDX | BPF_MEM | BPF_DW, 1, 8, offsetof(struct frames_turn, lost), 0);
	frames_ins(p, BPF_LDX | BPF_MEM | BPF_DW, 2, 0, 0, 0);
	frames_mov(p, 3, 7);
	frames_ins(p, BPF_ALU64 | BPF_SUB | BPF_X, 3, 1, 0, 0);
	frames_ins(p, BPF_ALU64 | BPF_SUB | BPF_X, 3, 2, 0, 0);
	frames_ins(p, BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, FRAMES_WINDOW);
	frames_leave_if(p, BPF_JSGE | BPF_X, 3, 4);
	frames_ins(p, BPF_ALU64 | BPF_ADD | BPF_K, 7, 0, 0, 1);
	frames_ins(p, BPF_STX | BPF_MEM | BPF_DW, 8, 7, offsetof(struct frames_turn, sent), 0);
	if (random) {
		frames_call(p, BPF_FUNC_get_prandom_u32);
		frames_mov(p, 7, 0);
	}
}

/* The head of the next frame is written each time, since a page comes back as it was on its way. */
static int frames_source_prog(const struct frames *f, unsigned ifindex, unsigned n, bool random)
{
	struct frames_prog p = {.n = 0};

	frames_mov(&p, 6, 1);
	frames_next(&p, f, random);
	frames_ins(&p, BPF_ALU64 | BPF_MOD | BPF_K, 7, 0, 0, (int)n);
	frames_look_up(&p, &f->head);
	frames_ins(&p, BPF_LDX | BPF_MEM | BPF_W, 2, 6, 0, 0); /* data */
	frames_ins(&p, BPF_LDX | BPF_MEM | BPF_W, 3, 6, 4, 0); /* data_end */
	frames_mov(&p, 4, 2);
	frames_ins(&p, BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, (int)f->own);
	frames_leave_if(&p, BPF_JGT | BPF_X, 4, 3);
	for (unsigned at = 0; at < f->own; at += 8) {
		frames_ins(&p, BPF_LDX | BPF_MEM | BPF_DW, 1, 0, (int)at, 0);
		frames_ins(&p, BPF_STX | BPF_MEM | BPF_DW, 2, 1, (int)at, 0);
	}
	frames_ins(&p, BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, (int)ifindex);
	frames_ins(&p, BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 0);
	frames_call(&p, BPF_FUNC_redirect);
	frames_ins(&p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	return frames_load(&p, XDP_DROP);
}

struct frames *frames_new(unsigned ifindex, const struct frames_sink *sink, unsigned n,
			  unsigned size, bool random, frames_build_fn *build, void *ctx)
{
	struct frames *f = calloc(1, sizeof(*f));
	uint8_t one[FRAMES_MAX];

	if (!f || size < FRAMES_MIN || size > FRAMES_MAX) {
		free(f);
		return NULL;
	}
	f->size = size;
	f->own = (size < FRAMES_HEAD ? size : FRAMES_HEAD) & ~7u;
	f->prog = -1;
	f->sink = sink;
	if (frames_map_new(&f->turn, 1, sizeof(struct frames_turn)) &&
	    frames_map_new(&f->head, n, f->own) &&
	    (f->prog = frames_source_prog(f, ifindex, n, random)) >= 0) {
		build(ctx, 0, f->frame);
		for (unsigned i = 0; i < n; i++) {
			build(ctx, i, one);
			memcpy(f->head.at + (size_t)i * f->own, one, f->own);
		}
		return f;
	}
	fprintf(stderr, "no frames for device %u: %s\n", ifindex, strerror(errno));
	frames_free(f);
	return NULL;
}

static struct frames_turn *frames_turn(const struct frames *f)
{
	return (struct frames_turn *)(void *)f->turn.at;
}

uint64_t frames_sent(const struct frames *f)
{
	return __atomic_load_n(&frames_turn(f)->sent, __ATOMIC_RELAXED);
}

/* What has not come while all were waiting for it is lost, or comes later than that. */
static void frames_settle(struct frames *f)
{
	uint64_t count = frames_sink_count(f->sink), there = frames_sent(f) - count;
	struct frames_turn *t = frames_turn(f);

	f->quiet = count == f->seen ? f->quiet + 1 : 0;
	f->seen = count;
	if (f->quiet < FRAMES_QUIET && t->lost <= there)
		return;
	__atomic_store_n(&t->lost, there, __ATOMIC_RELAXED);
	f->quiet = 0;
}

/* One call of the kernel for all, since each waits at its end until nobody has its pages. */
static void *frames_thread(void *ctx)
{
	const struct frames *f = ctx;
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (uint32_t)f->prog;
	attr.test.data_in = (uintptr_t)f->frame;
	attr.test.data_size_in = f->size;
	attr.test.repeat = INT32_MAX;
	attr.test.flags = BPF_F_TEST_XDP_LIVE_FRAMES;
	attr.test.batch_size = FRAMES_BATCH;
	if (frames_bpf(BPF_PROG_TEST_RUN, &attr) < 0 && errno != EINTR)
		fprintf(stderr, "no frames: %s\n", strerror(errno));
	return NULL;
}

static void frames_interrupted(int sig)
{
	(void)sig;
}

bool frames_start(struct frames *f)
{
	struct sigaction act = {.sa_handler = frames_interrupted};

	sigaction(SIGUSR1, &act, NULL); /* a call in the kernel ends by it */
	f->runs = f->runs || !pthread_create(&f->thread, NULL, frames_thread, f);
	return f->runs;
}

void frames_wait(struct frames *f)
{
	usleep(FRAMES_TURN);
	frames_settle(f);
}

void frames_stop(struct frames *f)
{
	/* It may not be in the kernel yet. */
	while (f->runs && pthread_tryjoin_np(f->thread, NULL)) {
		pthread_kill(f->thread, SIGUSR1);
		usleep(FRAMES_TURN);
	}
	f->runs = false;
}

void frames_free(struct frames *f)
{
	if (!f)
		return;
	frames_stop(f);
	if (f->prog >= 0)
		close(f->prog);
	frames_map_free(&f->turn);
	frames_map_free(&f->head);
	free(f);
}
