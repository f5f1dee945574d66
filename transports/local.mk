# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += libtransports.la
libtransports_la_SOURCES = transports/transport.h transports/builtin.h transports/builtin.c
istincludedir = $(includedir)/isthmus
istinclude_HEADERS = transports/transport.h core/bytes.h
