# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += libcfg.la
libcfg_la_SOURCES = \
	cfg/arena.h cfg/cfg.h cfg/check.h cfg/dscp.h cfg/filter.h cfg/help.h cfg/item.h cfg/join.h cfg/keys.h cfg/lex.h cfg/load.h cfg/model.h cfg/names.h \
	cfg/parse.h cfg/parts.h cfg/port.h cfg/preproc.h cfg/radius.h cfg/report.h cfg/schema.h cfg/secret.h cfg/store.h cfg/suggest.h cfg/value.h \
	cfg/arena.c cfg/bundle.c cfg/check.c cfg/check_pool.c cfg/check_port.c cfg/check_route.c cfg/diff.c cfg/dscp.c cfg/filter.c cfg/help.c cfg/item.c cfg/join.c cfg/keys.c cfg/keys_ipv6.c cfg/keys_outgoing.c cfg/keys_peer.c cfg/keys_ppp.c cfg/keys_route.c cfg/lex.c \
	cfg/load.c cfg/man.c cfg/model.c cfg/names.c cfg/parse.c cfg/parts.c cfg/port.c cfg/preproc.c cfg/radius.c cfg/report.c cfg/schema.c cfg/secret.c \
	cfg/store.c cfg/suggest.c cfg/value.c
libcfg_la_SOURCES += cfg/keys_metrics.c cfg/coa.c cfg/stamp.c cfg/rate.h
libcfg_la_CFLAGS = $(AM_CFLAGS) $(CONFUSE_CFLAGS) $(PCAP_CFLAGS)
libcfg_la_LIBADD = $(CONFUSE_LIBS) $(PCAP_LIBS)
dist_doc_DATA += $(CFG_EXAMPLES)
CFG_EXAMPLES = \
	cfg/examples/lac-client-frame-relay.conf cfg/examples/lac-client-udp.conf \
	cfg/examples/lns-frame-relay.conf cfg/examples/lns-udp.conf cfg/examples/lns-ipsec.conf cfg/examples/lns-ipsec.swanctl \
	cfg/examples/radsecproxy.radsec \
	cfg/examples/lac-client-atm.conf cfg/examples/lns-atm.conf \
	cfg/examples/lac-client-x25.conf cfg/examples/lns-x25.conf \
	cfg/examples/lac-pppoe.conf cfg/examples/site-pppoe.conf \
	cfg/examples/lac-serial.conf cfg/examples/site-serial.conf \
	cfg/examples/site-multilink.conf \
	cfg/examples/bridge-fr-atm.conf \
	cfg/examples/dial-out-x25.conf cfg/examples/lns-dial-out.conf \
	cfg/examples/bridge-frame-relay.conf cfg/examples/switch-realm.conf cfg/examples/x25-host.conf cfg/examples/lns-road-warriors.conf
