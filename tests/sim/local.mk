# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += sim
TESTS += sim
sim_SOURCES = $(TEST_LIB) tests/sim/main.c tests/sim/sim_link.h tests/sim/sim_link.c \
	tests/sim/sim_thousand.c tests/sim/sim_chaos.c tests/sim/sim_flood.c tests/sim/sim_crash.c \
	tests/core/shelf.h tests/core/shelf.c
sim_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS)
sim_LDFLAGS = $(heap_ldflags)
sim_LDADD = libcore.la $(CUNIT_LIBS)

check_PROGRAMS += sim-soak
TESTS += sim-soak
sim_soak_SOURCES = $(TEST_LIB) tests/sim/soak.c tests/gw/bench.c tests/gw/bench.h tests/gw/bench_log.c tests/gw/clock.c tests/gw/clock.h \
	tests/gw/fake_dp.c tests/gw/radius_far.c tests/gw/radius_far.h
sim_soak_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS) $(OSMO_CFLAGS)
sim_soak_LDFLAGS = $(heap_ldflags) -Wl,--wrap=time
sim_soak_LDADD = libcontrol.la libkeeper.la libdp.la libxdp.la libcfg.la libtransports.la libppp.la libcore.la \
	$(OSMO_LIBS) $(CUNIT_LIBS) $(PCAP_LIBS)
