# SPDX-License-Identifier: GPL-2.0-or-later
# One unit program per folder; `make check` runs them.  Each folder adds its own fragment.
if UNIT_PROGRAMS
include tests/core/local.mk
include tests/ppp/local.mk
include tests/transports/local.mk
include tests/cfg/local.mk
include tests/gw/local.mk
include tests/sim/local.mk
endif
include tests/conformance/local.mk
include tests/fuzz/local.mk
include tests/peers/local.mk
include tests/wire/local.mk
include tests/bench/local.mk

# Programs with TEST_LIB are linked with heap_ldflags (tests/heap.h).
TEST_LIB = tests/harness.c tests/harness.h tests/heap.c tests/heap.h tests/srcdir.c tests/srcdir.h
heap_ldflags = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc \
	-Wl,--wrap=aligned_alloc -Wl,--wrap=strdup -Wl,--wrap=free
AM_TESTS_ENVIRONMENT = srcdir='$(srcdir)'; export srcdir;

EXTRA_DIST += tests/installcheck tests/plugin-example/unixd.c tests/plugin-example/Makefile
installcheck-local:
	$(top_srcdir)/tests/installcheck '$(prefix)' '$(pkgconfigdir)' '$(bindir)' '$(DESTDIR)'
