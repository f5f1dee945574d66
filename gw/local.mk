# SPDX-License-Identifier: GPL-2.0-or-later

# The control side: everything that runs on the control thread.
noinst_LTLIBRARIES += libcontrol.la
libcontrol_la_SOURCES = \
	gw/aaa.c gw/aaa.h gw/addrpool.c gw/addrpool.h gw/bind.c gw/bind.h gw/client.c gw/client.h \
	gw/gw.c gw/gw.h gw/join.c gw/join.h gw/keep.c gw/keep.h gw/leg.h gw/leg_call.c gw/leg_call.h \
	gw/leg_client.c gw/leg_server.c gw/leg_terminal.c gw/leg_terminal.h gw/log.c gw/log.h \
	gw/loop.c gw/loop.h gw/netif.h gw/port.c gw/port.h gw/stats.c gw/table.c gw/table.h \
	gw/text.c gw/text.h gw/device.c gw/device.h gw/vty.c gw/vty.h gw/vty_calls.c gw/vty_show.c
libcontrol_la_CFLAGS = $(AM_CFLAGS) $(OSMO_CFLAGS)
libcontrol_la_LIBADD = $(OSMO_LIBS)
