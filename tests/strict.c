/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In the gateway (STRICT_GATEWAY) the heap is looked at here; in unit programs tests/heap.c does
 * and calls strict_saw().  With STRICT_BITES in its environment the gateway does what it must not,
 * at the first packet of a client.
 */
#include "tests/strict.h"

#include "gw/dp/path.h"
#include "tests/heap.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int __real_pthread_mutex_lock(pthread_mutex_t *m);
int __wrap_pthread_mutex_lock(pthread_mutex_t *m);
int __real_vsnprintf(char *buf, size_t cap, const char *fmt, va_list ap);
int __wrap_vsnprintf(char *buf, size_t cap, const char *fmt, va_list ap);
int __wrap_snprintf(char *buf, size_t cap, const char *fmt, ...);
/* The same, as calls of them are compiled where buffers are checked. */
int __real___vsnprintf_chk(char *buf, size_t cap, int flag, size_t room, const char *fmt,
			   va_list ap);
int __wrap___vsnprintf_chk(char *buf, size_t cap, int flag, size_t room, const char *fmt,
			   va_list ap);
int __wrap___snprintf_chk(char *buf, size_t cap, int flag, size_t room, const char *fmt, ...);

static atomic_bool strict_counts;
static atomic_uint strict_n;
static _Atomic(const char *) strict_first;

void strict_count(int on)
{
	atomic_store(&strict_n, 0);
	atomic_store(&strict_counts, on);
}

unsigned strict_seen(const char **what)
{
	if (what)
		*what = atomic_load(&strict_first);
	return atomic_load(&strict_n);
}

static void strict_write(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		abort();
}

void strict_saw(const char *what)
{
	if (!path_on)
		return;
	if (atomic_load(&strict_counts)) {
		if (!atomic_fetch_add(&strict_n, 1))
			atomic_store(&strict_first, what);
		return;
	}
	path_set(false);
	strict_write(what);
	strict_write(" on the path of frames\n");
	abort();
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *m)
{
	strict_saw("pthread_mutex_lock");
	return __real_pthread_mutex_lock(m);
}

int __wrap_vsnprintf(char *buf, size_t cap, const char *fmt, va_list ap)
{
	strict_saw("vsnprintf");
	return __real_vsnprintf(buf, cap, fmt, ap);
}

int __wrap_snprintf(char *buf, size_t cap, const char *fmt, ...)
{
	va_list ap;
	int n;

	strict_saw("snprintf");
	va_start(ap, fmt);
	n = __real_vsnprintf(buf, cap, fmt, ap);
	va_end(ap);
	return n;
}

int __wrap___vsnprintf_chk(char *buf, size_t cap, int flag, size_t room, const char *fmt,
			   va_list ap)
{
	strict_saw("vsnprintf");
	return __real___vsnprintf_chk(buf, cap, flag, room, fmt, ap);
}

int __wrap___snprintf_chk(char *buf, size_t cap, int flag, size_t room, const char *fmt, ...)
{
	va_list ap;
	int n;

	strict_saw("snprintf");
	va_start(ap, fmt);
	n = __real___vsnprintf_chk(buf, cap, flag, room, fmt, ap);
	va_end(ap);
	return n;
}

#ifdef STRICT_GATEWAY

struct call;
struct worker;

void __real_ip_path_rx(struct worker *w, struct call *c, bool v6, const uint8_t *pkt, size_t len);
void __wrap_ip_path_rx(struct worker *w, struct call *c, bool v6, const uint8_t *pkt, size_t len);

__attribute__((constructor)) static void strict_begin(void)
{
	heap_used = strict_saw;
}

void __wrap_ip_path_rx(struct worker *w, struct call *c, bool v6, const uint8_t *pkt, size_t len)
{
	static void *volatile strict_bite; /* no compiler leaves it out */

	if (getenv("STRICT_BITES")) {
		strict_bite = malloc(1);
		free(strict_bite);
	}
	__real_ip_path_rx(w, c, v6, pkt, len);
}

#endif
