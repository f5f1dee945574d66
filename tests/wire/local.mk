# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that tests/wire/ scripts run.
check_PROGRAMS += frelay-pcap
frelay_pcap_SOURCES = tests/wire/frelay_pcap.c tests/transports/host.h tests/transports/host.c
frelay_pcap_LDADD = libtransports.la
