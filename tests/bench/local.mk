# SPDX-License-Identifier: GPL-2.0-or-later
# Load generators: built with the tests, run by tests/wire and by hand.
check_PROGRAMS += lacgen
lacgen_SOURCES = tests/bench/lacgen.c
lacgen_LDADD = libppp.la libcore.la

# By hand: two interfaces with a cable between them.
check_PROGRAMS += packetbench
packetbench_SOURCES = tests/bench/packetbench.c tests/transports/host.h tests/transports/host.c
packetbench_LDADD = libtransports.la
check_PROGRAMS += portbench
portbench_SOURCES = tests/bench/portbench.c tests/transports/host.h tests/transports/host.c
portbench_LDADD = libtransports.la

# By hand, too.
EXTRA_DIST += tests/bench/multilink tests/bench/before-after

# By hand, in a network namespace.
check_PROGRAMS += filterbench
filterbench_SOURCES = tests/bench/filterbench.c
filterbench_CFLAGS = $(AM_CFLAGS) $(URCU_CFLAGS) $(PCAP_CFLAGS)
filterbench_LDADD = libdp.la libtransports.la libppp.la libcore.la $(PCAP_LIBS)

check_PROGRAMS += storebench
storebench_SOURCES = tests/bench/storebench.c
storebench_LDADD = libstore.la

check_PROGRAMS += handbench
handbench_SOURCES = tests/bench/handbench.c
handbench_CFLAGS = $(AM_CFLAGS) $(URCU_CFLAGS)
handbench_LDADD = libdp.la libtransports.la libppp.la libcore.la
