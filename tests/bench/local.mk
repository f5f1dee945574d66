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
EXTRA_DIST += tests/bench/multilink
