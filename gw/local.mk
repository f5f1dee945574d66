# SPDX-License-Identifier: GPL-2.0-or-later

# The control side: everything that runs on the control thread.
noinst_LTLIBRARIES += libcontrol.la
libcontrol_la_SOURCES = \
	gw/aaa.c gw/aaa.h gw/addrpool.c gw/addrpool.h gw/bind.c gw/bind.h gw/capture.c gw/capture.h gw/client.c gw/client.h \
	gw/gw.c gw/gw.h gw/join.c gw/join.h gw/keep.c gw/keep.h gw/leg.h gw/leg_call.c gw/leg_call.h \
	gw/leg_client.c gw/leg_server.c gw/leg_terminal.c gw/leg_terminal.h gw/log.c gw/log.h \
	gw/loop.c gw/loop.h gw/netif.h gw/plugin.c gw/plugin.h gw/port.c gw/port.h gw/ra.c gw/ra.h gw/stats.c gw/table.c gw/table.h \
	gw/text.c gw/text.h gw/device.c gw/device.h gw/vty.c gw/vty.h gw/vty_calls.c gw/vty_show.c
libcontrol_la_CFLAGS = $(AM_CFLAGS) $(OSMO_CFLAGS) $(PCAP_CFLAGS)
libcontrol_la_LIBADD = $(OSMO_LIBS) $(PCAP_LIBS)

# The data plane: the workers, and what the control side asks of them (gw/dp.h, gw/netif.h).
noinst_LTLIBRARIES += libdp.la
libdp_la_SOURCES = \
	gw/addrtab.c gw/addrtab.h gw/calltab.c gw/calltab.h gw/dp.c gw/dp.h gw/dp_call.c gw/dp_chan.c gw/dp_int.h \
	gw/dp_port.c gw/dp_report.c gw/dp_send.c gw/dp_tun.c gw/host.c gw/ip/ip.c gw/ip/ip.h gw/map.c \
	gw/map.h gw/netif.c gw/pool.c gw/pool.h gw/rcu.c gw/rcu.h gw/ring.c gw/ring.h \
	gw/terminal.c gw/tun.c gw/tun.h gw/worker.c gw/worker.h
libdp_la_CFLAGS = $(AM_CFLAGS) $(URCU_CFLAGS) $(MNL_CFLAGS)
libdp_la_LIBADD = $(URCU_LIBS) $(MNL_LIBS) -lpthread

bin_PROGRAMS += isthmus
isthmus_SOURCES = gw/main.c
isthmus_CPPFLAGS = $(AM_CPPFLAGS) -DSYSCONFDIR='"$(sysconfdir)"'
isthmus_CFLAGS = $(AM_CFLAGS) $(OSMO_CFLAGS)
isthmus_LDADD = libcontrol.la libdp.la libcfg.la libtransports.la libppp.la libcore.la $(OSMO_LIBS)

dist_man_MANS += gw/isthmus.8 gw/isthmus.conf.5
