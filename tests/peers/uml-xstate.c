// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded into user-mode-linux 6.1: lets it run on processors with AMX.
 *
 * That kernel keeps a guest's floating-point registers in 2696 octets.  A host whose processor has
 * AMX has 11 kB of them; it hands out a part, but takes back only the whole (EFAULT), and the guest
 * dies at its first process.  So when the host refuses the part, give it the whole: the part that
 * the guest saved, and behind it zeros, which is the initial state of registers the guest never
 * touched.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef long (*ptrace_fn)(int, pid_t, void *, void *);

static long set_whole(ptrace_fn next, pid_t pid, void *type, const struct iovec *part)
{
	static char octets[65536];
	struct iovec whole = {octets, sizeof(octets)};

	if (next(PTRACE_GETREGSET, pid, type, &whole) || whole.iov_len < part->iov_len)
		return -1;
	memset(octets, 0, whole.iov_len);
	memcpy(octets, part->iov_base, part->iov_len);
	return next(PTRACE_SETREGSET, pid, type, &whole);
}

long ptrace(enum __ptrace_request request, ...)
{
	static ptrace_fn next;
	va_list ap;
	pid_t pid;
	void *addr, *data;
	long rc;

	va_start(ap, request);
	pid = va_arg(ap, pid_t);
	addr = va_arg(ap, void *);
	data = va_arg(ap, void *);
	va_end(ap);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "ptrace");
	rc = next(request, pid, addr, data);
	if (rc == -1 && errno == EFAULT && request == PTRACE_SETREGSET &&
	    addr == (void *)NT_X86_XSTATE)
		rc = set_whole(next, pid, addr, data);
	return rc;
}
