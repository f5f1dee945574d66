# SPDX-License-Identifier: GPL-2.0-or-later
# The list of cases for transports, as a program for those who write one.
bin_PROGRAMS += isthmus-transport-check
isthmus_transport_check_SOURCES = tests/conformance/check.c tests/conformance/cases.h \
	tests/conformance/cases.c tests/conformance/cases_data.c tests/conformance/cases_life.c \
	tests/conformance/pair.h tests/conformance/pair.c tests/conformance/host.h \
	tests/conformance/host.c tests/conformance/hostile.h tests/conformance/hostile.c \
	tests/conformance/l2tp_end.h tests/conformance/l2tp_end.c \
	tests/conformance/l2tp_line.h tests/conformance/l2tp_line.c tests/conformance/cases_l2tp.c \
	tests/conformance/cases_l2tp_data.c tests/conformance/cases_l2tp_life.c
isthmus_transport_check_CFLAGS = $(AM_CFLAGS) $(CONFUSE_CFLAGS)
isthmus_transport_check_LDADD = libcfg.la libtransports.la libppp.la libcore.la
dist_man_MANS += tests/conformance/isthmus-transport-check.8
EXTRA_DIST += tests/conformance/rows tests/conformance/README.md tests/conformance/document
