# SPDX-License-Identifier: GPL-2.0-or-later
# Load generators: built with the tests, run by tests/wire and by hand.
check_PROGRAMS += lacgen
lacgen_SOURCES = tests/bench/lacgen.c tests/bench/frames.h tests/bench/frames.c tests/bench/load.h tests/bench/load.c tests/bench/meter.h tests/bench/meter.c \
	tests/bench/testpkt.h tests/bench/testpkt.c
lacgen_LDADD = libppp.la libcore.la

# By hand: two interfaces with a cable between them.
check_PROGRAMS += packetbench
packetbench_SOURCES = tests/bench/packetbench.c tests/transports/host.h tests/transports/host.c
packetbench_LDADD = libtransports.la
check_PROGRAMS += portbench
portbench_SOURCES = tests/bench/portbench.c tests/transports/host.h tests/transports/host.c
portbench_LDADD = libtransports.la

# By hand, too.
EXTRA_DIST += tests/bench/multilink tests/bench/before-after tests/bench/bench tests/bench/lab.sh tests/bench/rows.sh \
	tests/bench/calls.sh tests/bench/media.sh tests/bench/lines.sh tests/bench/xdp.sh \
	tests/bench/report.py

# By hand, in a network namespace.
check_PROGRAMS += filterbench
filterbench_SOURCES = tests/bench/filterbench.c
filterbench_CFLAGS = $(AM_CFLAGS) $(URCU_CFLAGS) $(PCAP_CFLAGS)
filterbench_LDADD = libdp.la libxdp.la libtransports.la libppp.la libcore.la $(PCAP_LIBS)

check_PROGRAMS += storebench
storebench_SOURCES = tests/bench/storebench.c
storebench_LDADD = libstore.la

check_PROGRAMS += handbench
handbench_SOURCES = tests/bench/handbench.c
handbench_CFLAGS = $(AM_CFLAGS) $(URCU_CFLAGS)
handbench_LDADD = libdp.la libxdp.la libtransports.la libppp.la libcore.la

# What tests/bench/bench measures with: bare loops, a RADIUS server for the peer.
check_PROGRAMS += floor
floor_SOURCES = tests/bench/floor.c
check_PROGRAMS += radstub
radstub_SOURCES = tests/bench/radstub.c
radstub_CFLAGS = $(AM_CFLAGS) $(NETTLE_CFLAGS)
radstub_LDADD = $(NETTLE_LIBS)

# Rows about media: bare loops over packet sockets, a TCP stream.
check_PROGRAMS += framefloor
framefloor_SOURCES = tests/bench/framefloor.c
check_PROGRAMS += stream
stream_SOURCES = tests/bench/stream.c
check_PROGRAMS += linegen
linegen_SOURCES = tests/bench/linegen.c tests/bench/meter.h tests/bench/meter.c tests/bench/testpkt.h tests/bench/testpkt.c \
	tests/transports/host.h tests/transports/host.c
linegen_LDADD = libtransports.la
