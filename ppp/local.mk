# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += libppp.la
libppp_la_SOURCES = \
	ppp/auth.h ppp/cp.h ppp/frame.h ppp/fsm.h ppp/ipcp.h ppp/ipv6cp.h ppp/lcp.h \
	ppp/link.h ppp/mp.h ppp/mschap.h ppp/ppp.h \
	ppp/auth.c ppp/auth_chap.c ppp/auth_pap.c ppp/config.c ppp/cp.c ppp/eap.c ppp/fsm.c \
	ppp/ipcp.c ppp/ipv6cp.c ppp/lcp.c ppp/link.c ppp/mp.c ppp/mschap.c ppp/ppp.c ppp/reason.c \
	ppp/rest.c ppp/save.c
libppp_la_CFLAGS = $(AM_CFLAGS) $(NETTLE_CFLAGS)
libppp_la_LIBADD = $(NETTLE_LIBS)
EXTRA_DIST += ppp/README.md
