# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += libppp.la
libppp_la_SOURCES = ppp/ppp.h ppp/reason.c
libppp_la_CFLAGS = $(AM_CFLAGS) $(NETTLE_CFLAGS)
libppp_la_LIBADD = $(NETTLE_LIBS)
