# SPDX-License-Identifier: GPL-2.0-or-later

# The control side: everything that runs on the control thread.
noinst_LTLIBRARIES += libcontrol.la
libcontrol_la_SOURCES = \
	gw/about.c gw/about.h gw/accelerate.c gw/accelerate.h gw/log_id.h gw/legs/leg_about.c gw/accounts.c gw/accounts.h gw/bind.c gw/bind.h gw/bridge.c gw/bridge.h gw/client.c gw/client.h gw/device.c gw/device.h gw/dial.c gw/dial.h gw/dialout.c gw/dialout.h gw/gw.h gw/history.c gw/history.h gw/ipsec.c gw/ipsec.h \
	gw/filter.c gw/filter.h gw/impairs.c gw/impairs.h gw/operator/impair_parse.c gw/operator/impair_parse.h gw/operator/show_impair.c gw/legs/leg_filter.c gw/operator/show_drain.c gw/operator/show_filters.c \
	gw/drain.c gw/drain.h gw/trial.c gw/trial.h gw/event.c gw/event.h gw/keep.c gw/keep.h gw/line.c gw/line.h gw/line_int.h gw/line_proxy.c gw/line_save.c gw/journal.c gw/journal.h gw/log.c gw/log.h gw/log_out.c gw/log_out.h gw/log_brake.c gw/log_brake.h gw/loop.c gw/loop.h gw/memory.c gw/memory.h gw/outgoing.c gw/outgoing.h gw/peer.c gw/peer.h gw/plugin.c gw/plugin.h \
	gw/port.c gw/port.h gw/route.c gw/route.h gw/route_way.c gw/route_way.h gw/random.c gw/random.h gw/record.c gw/record.h gw/reserve.c gw/reserve.h gw/resume.c gw/resume.h gw/resume_join.c gw/service.c gw/service.h gw/switch.c gw/switch.h gw/start.c gw/start.h \
	gw/line_ask.c gw/lns.c gw/lns.h gw/route_ask.c gw/route_ask.h \
	gw/network.c gw/network.h gw/permit.c gw/permit.h gw/text.c gw/text.h gw/trace.c gw/trace.h gw/trace_ring.c gw/trace_ring.h \
	gw/kept.c gw/kept.h gw/limits.c gw/limits.h gw/processes.c gw/processes.h gw/reload.c gw/reload.h \
	gw/aaa/aaa.c gw/aaa/aaa.h gw/aaa/acct.c gw/aaa/acct.h gw/aaa/acct_former.c gw/aaa/acct_int.h gw/aaa/acct_said.c gw/aaa/acct_session.c gw/aaa/aaa_int.h gw/aaa/aaa_radius.c gw/aaa/aaa_radius.h gw/aaa/aaa_test.c gw/aaa/radius_client.c gw/aaa/radius_client.h gw/aaa/addrpool.c gw/aaa/addrpool.h gw/aaa/login_limit.c gw/aaa/login_limit.h \
	gw/aaa/grant.c gw/aaa/grant.h gw/aaa/coa_listen.c gw/aaa/coa_listen.h gw/dynauth.c gw/dynauth.h gw/legs/leg_coa.c gw/operator/show_coa.c gw/aaa/realm.c gw/aaa/realm.h gw/legs/leg_realm.c gw/legs/leg_login.c gw/legs/leg_sessions.c \
	gw/legs/leg_acct.c gw/tunnel_acct.c gw/tunnel_acct.h \
	gw/legs/call_end.c gw/legs/call_end.h gw/legs/join.c gw/legs/join.h gw/legs/leg.h gw/legs/leg_bundle.c gw/legs/leg_bundle.h gw/legs/leg_call.c gw/legs/leg_call.h gw/legs/leg_call_save.c gw/legs/leg_client.c gw/legs/leg_entry.c gw/legs/leg_entry.h gw/legs/leg_limit.c gw/legs/leg_limit.h gw/legs/leg_line.c \
	gw/legs/leg_grant.c gw/legs/leg_proxy.c gw/legs/proxy_avp.c gw/legs/proxy_avp.h gw/legs/leg_server.c gw/legs/leg_server_addr.c gw/legs/leg_server.h gw/legs/leg_server_save.c gw/legs/leg_terminal.c gw/legs/leg_terminal.h gw/legs/legs.h gw/legs/origin.c gw/legs/origin.h gw/legs/ra.c gw/legs/ra.h gw/legs/relay.c gw/legs/relay.h \
	gw/operator/debug.c gw/operator/debug.h gw/operator/debug_rate.c gw/operator/debug_rate.h gw/operator/operator.h gw/operator/show_bundles.c gw/operator/show_calls.c gw/operator/show_counters.c gw/operator/show_grant.c gw/operator/show_history.c gw/operator/show_joins.c \
	gw/operator/replace.c gw/operator/replace.h gw/operator/show_datapath.c gw/operator/show_peers.c gw/operator/show_process.c gw/operator/show_ports.c gw/operator/show_radius.c gw/operator/show_reload.c gw/operator/show_routes.c gw/operator/show_services.c gw/operator/show_summary.c gw/operator/show_trials.c gw/operator/show_upgrade.c gw/operator/table.c gw/operator/table.h \
	gw/operator/vty.c gw/operator/vty.h gw/operator/vty_ask.c gw/operator/vty_note.c gw/operator/vty_listen.c gw/operator/vty_listen.h
libcontrol_la_SOURCES += gw/dhcp6/dhcp6.c gw/dhcp6/dhcp6.h gw/dhcp6/dhcp6_int.h gw/dhcp6/dhcp6_read.c gw/legs/leg_dhcp6.c
libcontrol_la_SOURCES += gw/aaa/rate.c gw/aaa/rate.h gw/legs/leg_rate.c gw/operator/show_rates.c
# what is inside a frame of UDP is known to the room of replay, of which nothing else is here
libcontrol_la_SOURCES += gw/replay/replay_frame.c gw/replay/replay_end.c gw/operator/capture.c gw/operator/capture.h gw/operator/capture_match.c gw/operator/capture_out.c gw/operator/capture_out.h gw/operator/capture_parse.c \
	gw/operator/inside.c gw/operator/inside.h gw/operator/mask.c gw/operator/mask.h gw/operator/pcapng.c gw/operator/pcapng.h
libcontrol_la_SOURCES += gw/operator/clear.c gw/operator/clear.h gw/operator/ctl_command.c gw/operator/ctl_command.h gw/operator/ctl_debug.c gw/operator/ctl_debug.h gw/operator/ctl_event.c gw/operator/ctl_event.h gw/operator/ctl_listen.c gw/operator/ctl_listen.h \
	gw/operator/ctl_table.c gw/operator/ctl_table.h gw/operator/ctl_text.c gw/operator/ctl_text.h gw/operator/listener.c gw/operator/listener.h
libcontrol_la_SOURCES += gw/bound.c gw/bound.h gw/recent.c gw/recent.h gw/histogram.c gw/histogram.h gw/operator/counters.h gw/operator/metrics.c gw/operator/metrics.h gw/operator/metrics_listen.h gw/operator/page.c gw/operator/page.h
libcontrol_la_CFLAGS = $(AM_CFLAGS) $(OSMO_CFLAGS) $(PCAP_CFLAGS) $(JANSSON_CFLAGS)
libcontrol_la_LIBADD = libctlrequest.la libwords.la libnetif.la libkeeper.la libradius.la libstore.la $(OSMO_LIBS) $(PCAP_LIBS) $(JANSSON_LIBS)
if METRICS
libcontrol_la_SOURCES += gw/operator/metrics_listen.c
libcontrol_la_CFLAGS += $(MICROHTTPD_CFLAGS)
libcontrol_la_LIBADD += $(MICROHTTPD_LIBS)
else
libcontrol_la_SOURCES += gw/operator/metrics_none.c
endif
EXTRA_DIST += gw/operator/metrics_listen.c gw/operator/metrics_none.c gw/operator/page.html
# The web page as a text of C.
nodist_libcontrol_la_SOURCES = gw/operator/page_html.c
gw/operator/page_html.c: gw/operator/page.html
	$(AM_V_GEN)$(MKDIR_P) gw/operator && { echo 'extern const char page_html_text[];'; \
		echo 'const char page_html_text[] ='; \
		sed 's/[\\"]/\\&/g; s/.*/	"&\\n"/' $(srcdir)/gw/operator/page.html; echo '	;'; } >$@.new && mv $@.new $@
CLEANFILES += gw/operator/page_html.c gw/operator/page_html.c.new

# Requests of the control socket; apart, so that a fuzz target can have them alone.
noinst_LTLIBRARIES += libctlrequest.la
libctlrequest_la_SOURCES = gw/operator/ctl_request.c gw/operator/ctl_request.h
libctlrequest_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libctlrequest_la_LIBADD = $(JANSSON_LIBS)

# RADIUS packets, and the spool of accounting; apart, so that a fuzz target can have them alone.
noinst_LTLIBRARIES += libradius.la
libradius_la_SOURCES = gw/aaa/acct_file.c gw/aaa/acct_file.h gw/aaa/radius/acct_queue.c gw/aaa/radius/acct_queue.h gw/aaa/radius/acct_record.c gw/aaa/radius/acct_record.h gw/aaa/radius/radius.h gw/aaa/radius/radius_acct.c gw/aaa/radius/radius_acct.h gw/aaa/radius/coa_server.c gw/aaa/radius/coa_server.h gw/aaa/radius/radius_coa.c gw/aaa/radius/radius_coa.h gw/aaa/radius/radius_dict.c gw/aaa/radius/radius_pool.c gw/aaa/radius/radius_pool.h gw/aaa/radius/radius_read.c gw/aaa/radius/radius_tunnel.c gw/aaa/radius/radius_tunnel.h gw/aaa/radius/radius_write.c
libradius_la_LIBADD = $(NETTLE_LIBS)

# Packets in words; apart, so that a fuzz target can have them alone.
noinst_LTLIBRARIES += libwords.la
libwords_la_SOURCES = gw/words/words.c gw/words/words.h gw/words/words_l2tp.c gw/words/words_medium.c gw/words/words_ppp.c gw/words/words_radius.c

# Captures played through the engine; apart, so that a fuzz target can have it alone.
noinst_LTLIBRARIES += libreplay.la
libreplay_la_SOURCES = gw/replay/replay.c gw/replay/replay.h gw/replay/replay_command.c gw/replay/replay_end.c gw/replay/replay_file.c gw/replay/replay_frame.c gw/replay/replay_node.c gw/replay/replay_node.h gw/replay/pcapng_format.h gw/replay/replay_pcapng.c gw/replay/replay_side.c gw/replay/replay_x25.c
libreplay_la_CFLAGS = $(AM_CFLAGS) $(PCAP_CFLAGS)
libreplay_la_LIBADD = libwords.la libtransports.la $(PCAP_LIBS)

# Records that outlive the process; apart, so that a fuzz target and a benchmark can have them alone.
noinst_LTLIBRARIES += libstore.la
libstore_la_SOURCES = gw/store/store.c gw/store/store.h gw/store/store_image.h gw/store/store_int.h gw/store/store_open.c

# Kernel devices by name; apart, so that a test of the data plane can have them without the control side.
noinst_LTLIBRARIES += libnetif.la
libnetif_la_SOURCES = gw/netif.c gw/netif.h gw/netif_feature.c gw/netif_feature.h gw/netif_change.c gw/netif_xdp.c gw/netif_xdp.h gw/sa.c gw/sa.h gw/sa_xfrm.c gw/sa_xfrm.h
libnetif_la_CFLAGS = $(AM_CFLAGS) $(MNL_CFLAGS)
libnetif_la_LIBADD = $(MNL_LIBS)

# The data plane: the workers, and what the control side asks of them (gw/dp/dp.h).
noinst_LTLIBRARIES += libdp.la
libdp_la_SOURCES = \
	gw/dp/addrtab.c gw/dp/addrtab.h gw/dp/attach.c gw/dp/dp_attach.c gw/dp/calltab.c gw/dp/calltab.h \
	gw/dp/data.c gw/dp/data.h gw/dp/data_call.c gw/dp/data_filter.c gw/dp/data_impair.c gw/dp/data_left.c gw/dp/data_port.c gw/dp/data_report.c gw/dp/data_side.c gw/dp/data_tun.c \
	gw/dp/door.c gw/dp/door.h gw/dp/door_codec.c gw/dp/door_codec.h gw/dp/door_fields.h gw/dp/door_msg.c gw/dp/door_msg.h \
	gw/dp/dp.c gw/dp/dp.h gw/dp/dp_ask.c gw/dp/dp_bundle.c gw/dp/dp_call.c gw/dp/dp_chan.c gw/dp/dp_copy.c gw/dp/dp_echo.c gw/dp/dp_entry.c gw/dp/dp_fast.c gw/dp/dp_filter.c \
	gw/dp/dp_impair.c gw/dp/impaired.c gw/dp/impaired.h gw/dp/dp_int.h gw/dp/dp_port.c gw/dp/dp_report.c gw/dp/dp_send.c gw/dp/dp_tun.c gw/dp/filter_safe.c gw/dp/filter_safe.h \
	gw/dp/hand.c gw/dp/hand.h gw/dp/hand_over.c gw/dp/take_over.c gw/dp/image.c gw/dp/image.h gw/dp/image_load.c gw/dp/image_save.c \
	gw/dp/fast.c gw/dp/fast.h gw/dp/gather.c gw/dp/gather.h gw/dp/host.c gw/dp/ip_path.c gw/dp/map.c gw/dp/map.h gw/dp/path.h gw/dp/pool.c gw/dp/pool.h gw/dp/port_check.c gw/dp/port_check.h gw/dp/prefixtab.c gw/dp/prefixtab.h gw/dp/rate.h gw/dp/slab.c gw/dp/slab.h \
	gw/dp/rcu.c gw/dp/rcu.h gw/dp/ring.c gw/dp/ring.h gw/dp/tun.c gw/dp/tun.h \
	gw/dp/worker.c gw/dp/worker.h gw/dp/worker_chan.c gw/dp/worker_impair.c gw/dp/worker_port.c \
	gw/dp/tun_super.c gw/dp/tun_super.h gw/ip/ip.c gw/ip/ip.h gw/ip/super.c gw/ip/super.h
libdp_la_CFLAGS = $(AM_CFLAGS) $(URCU_CFLAGS) $(PCAP_CFLAGS)
libdp_la_LIBADD = $(URCU_LIBS) $(PCAP_LIBS) -lpthread

# The XDP program: its maps, and what loads it.  The kernel's half goes through clang and bpftool, and a tarball has what
# comes out.
noinst_LTLIBRARIES += libxdp.la
libxdp_la_SOURCES = gw/dp/xdp/xdp.h gw/dp/xdp/xdp_maps.h gw/dp/xdp/xdp_attach.c gw/dp/xdp/xdp_table.c
libxdp_la_CFLAGS = $(AM_CFLAGS)
libxdp_la_LIBADD =
EXTRA_DIST += gw/dp/xdp/xdp_kern.c
if XDP
libxdp_la_SOURCES += gw/dp/xdp/xdp_load.c
libxdp_la_CFLAGS += $(LIBBPF_CFLAGS)
libxdp_la_LIBADD += $(LIBBPF_LIBS)
BUILT_SOURCES += gw/dp/xdp/xdp.skel
EXTRA_DIST += gw/dp/xdp/xdp.skel
# not of that object by its name: automake would leave out its own rule for it
$(libxdp_la_OBJECTS): gw/dp/xdp/xdp.skel
if XDP_TOOLS
gw/dp/xdp/xdp.skel: gw/dp/xdp/xdp_kern.c gw/dp/xdp/xdp_maps.h
	$(AM_V_GEN)$(MKDIR_P) gw/dp/xdp && \
	$(BPF_CLANG) $(BPF_CFLAGS) -I$(top_srcdir) -c $(srcdir)/gw/dp/xdp/xdp_kern.c -o gw/dp/xdp/xdp_kern.bpf && \
	$(BPFTOOL) gen skeleton gw/dp/xdp/xdp_kern.bpf name xdp_skel >$@.new && mv $@.new $@
CLEANFILES += gw/dp/xdp/xdp.skel.new gw/dp/xdp/xdp_kern.bpf
MAINTAINERCLEANFILES = gw/dp/xdp/xdp.skel
endif
else
libxdp_la_SOURCES += gw/dp/xdp/xdp_none.c
endif
EXTRA_DIST += gw/dp/xdp/xdp_none.c

# The process that starts the others (gw/keeper/keeper.h); of all the rest it needs nothing.
noinst_LTLIBRARIES += libkeeper.la
libkeeper_la_SOURCES = gw/keeper/child.c gw/keeper/child.h gw/keeper/drop.c gw/keeper/drop.h gw/keeper/drop_calls.c gw/keeper/fdstore.c gw/keeper/fdstore.h \
	gw/keeper/keeper.c gw/keeper/keeper.h gw/keeper/keeper_body.c gw/keeper/keeper_body.h gw/keeper/keeper_fds.c \
	gw/keeper/keeper_int.h gw/keeper/keeper_link.c gw/keeper/keeper_msg.c gw/keeper/keeper_serve.c \
	gw/keeper/keeper_reload.c gw/keeper/keeper_upgrade.c gw/keeper/opener.c gw/keeper/opener.h gw/keeper/opener_body.c gw/keeper/opener_held.c gw/keeper/opener_held.h gw/keeper/opener_spool.c gw/keeper/opener_spool.h \
	gw/keeper/proc.c gw/keeper/proc.h gw/keeper/spawn.c gw/keeper/spawn.h
libkeeper_la_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS) $(CAPNG_CFLAGS)
libkeeper_la_LIBADD = $(SECCOMP_LIBS) $(CAPNG_LIBS) -lpthread

bin_PROGRAMS += isthmus
isthmus_SOURCES = gw/main.c
isthmus_CPPFLAGS = $(AM_CPPFLAGS) -DSYSCONFDIR='"$(sysconfdir)"'
isthmus_CFLAGS = $(AM_CFLAGS) $(PIE_CFLAGS) $(OSMO_CFLAGS)
isthmus_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS)
isthmus_LDADD = libreplay.la libcontrol.la libkeeper.la libdp.la libxdp.la libcfg.la libtransports.la libppp.la libcore.la $(OSMO_LIBS)

# Commands for programs and people at the control socket.
noinst_LTLIBRARIES += libctlclient.la
libctlclient_la_SOURCES = gw/operator/ctl_client.c gw/operator/ctl_client.h gw/operator/ctl_follow.c gw/operator/ctl_follow.h gw/operator/ctl_secret.c gw/operator/ctl_secret.h gw/operator/ctl_rows.c gw/operator/ctl_rows.h
libctlclient_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
libctlclient_la_LIBADD = $(JANSSON_LIBS)

bin_PROGRAMS += isthmusctl
isthmusctl_SOURCES = gw/operator/isthmusctl.c
isthmusctl_CFLAGS = $(AM_CFLAGS) $(PIE_CFLAGS) $(JANSSON_CFLAGS)
isthmusctl_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS)
isthmusctl_LDADD = libctlclient.la

dist_man_MANS += gw/isthmus.8 gw/operator/isthmusctl.1

# The page of the configuration: gw/isthmus.conf.5.in with every key of the tables in it.  A tarball has it too, for
# who builds for another machine and cannot run confman.
man_MANS += gw/isthmus.conf.5
EXTRA_DIST += gw/isthmus.conf.5.in
if !CROSS
noinst_PROGRAMS += confman
confman_SOURCES = gw/confman.c
confman_LDADD = libcfg.la libtransports.la libppp.la libcore.la
gw/isthmus.conf.5: gw/isthmus.conf.5.in confman$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) gw && ./confman$(EXEEXT) <$(srcdir)/gw/isthmus.conf.5.in >$@.new && mv $@.new $@
CLEANFILES += gw/isthmus.conf.5 gw/isthmus.conf.5.new
endif
EXTRA_DIST += gw/isthmus.conf.5

# What Prometheus and Grafana are given.
metricsdir = $(pkgdatadir)/metrics
dist_metrics_DATA = gw/metrics/isthmus.rules.yml gw/metrics/isthmus-dashboard.json

# Examples for who reads the log.
dist_doc_DATA += gw/fail2ban/isthmus-filter.conf gw/fail2ban/isthmus-jail.conf

# What a package puts where the system wants it (debian/); the unit is an example too.
dist_doc_DATA += gw/isthmus.service
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = gw/system/completions/isthmus gw/system/completions/isthmusctl gw/system/completions/isthmus-transport-check
# What Wireshark is taught, and what it starts for live captures.
EXTRA_DIST += gw/wireshark/isthmus.lua gw/wireshark/isthmus-extcap
if WIRESHARK
wiresharkluadir = $(wiresharkdir)/plugins
wiresharklua_DATA = gw/wireshark/isthmus.lua
wiresharkextcapdir = $(wiresharkdir)/extcap
wiresharkextcap_SCRIPTS = gw/wireshark/isthmus-extcap
endif
EXTRA_DIST += gw/system/isthmus.conf gw/system/isthmus.logrotate gw/system/isthmus.sysusers
