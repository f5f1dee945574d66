# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += sim
TESTS += sim
sim_SOURCES = $(TEST_LIB) tests/sim/main.c tests/sim/sim_link.h tests/sim/sim_link.c \
	tests/sim/sim_thousand.c tests/sim/sim_chaos.c tests/sim/sim_flood.c tests/sim/sim_crash.c \
	tests/core/shelf.h tests/core/shelf.c
sim_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS)
sim_LDFLAGS = $(heap_ldflags)
sim_LDADD = libcore.la $(CUNIT_LIBS)
