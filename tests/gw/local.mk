# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += unit-control
TESTS += unit-control
unit_control_SOURCES = $(TEST_LIB) \
	tests/gw/control.c \
	tests/gw/bench.c \
	tests/gw/bench.h tests/gw/bench_log.c \
	tests/gw/calls.c \
	tests/gw/calls.h \
	tests/gw/clock.c \
	tests/gw/clock.h \
	tests/gw/fake_dp.c \
	tests/gw/aaa/test_aaa.c tests/gw/aaa/test_aaa_radius.c \
	tests/gw/operator/test_show_radius.c tests/gw/heard.c tests/gw/heard.h tests/gw/radius_far.c tests/gw/radius_far.h tests/gw/test_accounts.c tests/gw/test_tunnel_acct.c tests/gw/legs/test_leg_acct.c tests/gw/aaa/test_acct.c tests/gw/aaa/test_acct_file.c tests/gw/aaa/test_acct_former.c \
	tests/gw/aaa/radius/test_acct_queue.c tests/gw/aaa/radius/test_acct_record.c tests/gw/aaa/radius/test_coa_server.c tests/gw/aaa/radius/test_radius_coa.c \
	tests/gw/aaa/test_addrpool.c \
	tests/gw/aaa/test_login_limit.c \
	tests/gw/aaa/radius/test_radius_acct.c tests/gw/aaa/radius/test_radius_pool.c tests/gw/aaa/radius/test_radius_read.c tests/gw/aaa/radius/test_radius_tunnel.c tests/gw/aaa/radius/test_radius_write.c \
	tests/gw/test_bind.c \
	tests/gw/test_bridge.c \
	tests/gw/operator/test_capture.c \
	tests/gw/test_client.c \
	tests/gw/test_device.c tests/gw/test_dial.c \
	tests/gw/test_gw_memory.c tests/gw/test_history.c tests/gw/test_ipsec.c \
	tests/gw/test_peer.c tests/gw/test_permit.c tests/gw/test_plugin.c tests/gw/test_port.c tests/gw/test_limits.c tests/gw/test_random.c \
	tests/gw/test_route.c \
	tests/gw/test_route_way.c \
	tests/gw/test_start.c \
	tests/gw/test_kept.c \
	tests/gw/test_switch.c tests/gw/test_switch_sides.c \
	tests/gw/legs/test_call_end.c tests/gw/legs/test_join.c tests/gw/legs/test_leg_bundle.c \
	tests/gw/test_keep.c tests/gw/test_line_reach.c \
	tests/gw/line_far.c tests/gw/line_far.h tests/gw/test_line.c tests/gw/test_line_ask.c tests/gw/test_line_save.c tests/gw/test_outgoing.c tests/gw/test_dialout.c tests/gw/test_drain.c \
	tests/gw/legs/test_leg_call.c \
	tests/gw/legs/test_leg_echo.c tests/gw/legs/test_leg_entry.c \
	tests/gw/legs/test_leg_line.c \
	tests/gw/legs/test_leg_filter.c \
	tests/gw/legs/test_leg_limit.c \
	tests/gw/legs/test_origin.c \
	tests/gw/legs/test_call_phb.c \
	tests/gw/legs/test_leg_terminal.c \
	tests/gw/legs/test_ra.c \
	tests/gw/test_log.c tests/gw/test_journal.c \
	tests/gw/test_log_brake.c \
	tests/gw/test_memory.c \
	tests/gw/test_reserve.c tests/gw/test_resume.c tests/gw/test_resume_join.c \
	tests/gw/test_loop.c \
	tests/gw/operator/test_table.c \
	tests/gw/store/model.c tests/gw/store/model.h tests/gw/store/test_store.c tests/gw/store/test_store_open.c \
	tests/gw/operator/says.c tests/gw/operator/says.h tests/gw/operator/test_vty.c tests/gw/operator/test_show_calls.c tests/gw/operator/test_show_counters.c tests/gw/operator/test_show_datapath.c tests/gw/operator/test_show_filters.c tests/gw/operator/test_show_joins.c tests/gw/operator/test_show_routes.c tests/gw/operator/test_show_peers.c tests/gw/operator/test_show_ports.c tests/gw/operator/test_show_process.c tests/gw/operator/test_show_reload.c tests/gw/operator/test_show_services.c tests/gw/operator/test_show_upgrade.c \
	tests/gw/operator/test_vty_listen.c tests/gw/operator/test_clear.c tests/gw/operator/test_ctl_command.c tests/gw/operator/test_ctl_listen.c tests/gw/operator/test_ctl_request.c tests/gw/operator/test_ctl_debug.c tests/gw/operator/test_ctl_event.c tests/gw/operator/test_ctl_client.c tests/gw/operator/test_ctl_rows.c tests/gw/operator/test_ctl_table.c tests/gw/operator/test_ctl_text.c \
	tests/gw/test_text.c tests/gw/test_about.c tests/gw/test_trace.c tests/gw/test_trace_ring.c tests/gw/operator/at_socket.c tests/gw/operator/at_socket.h tests/gw/operator/test_debug.c tests/gw/operator/test_debug_rate.c \
	tests/gw/words/said.c tests/gw/words/said.h tests/gw/words/test_words.c tests/gw/words/test_words_l2tp.c tests/gw/words/test_words_medium.c tests/gw/words/test_words_ppp.c tests/gw/words/test_words_radius.c \
	tests/gw/aaa/test_realm.c tests/gw/legs/test_leg_realm.c tests/gw/legs/test_leg_eap.c tests/gw/aaa/test_coa_listen.c tests/gw/operator/test_show_coa.c tests/gw/legs/test_leg_coa.c tests/gw/legs/test_leg_sessions.c tests/gw/fake_radius.c tests/gw/fake_radius.h tests/gw/aaa/test_grant.c tests/gw/legs/test_leg_grant.c \
	tests/gw/operator/test_vty_ask.c \
	tests/gw/frames.c tests/gw/frames.h tests/gw/test_line_proxy.c tests/gw/legs/test_leg_server.c tests/gw/legs/test_proxy_avp.c
unit_control_SOURCES += tests/gw/dhcp6/test_dhcp6.c tests/gw/dhcp6/test_dhcp6_read.c tests/gw/legs/test_leg_dhcp6.c
unit_control_SOURCES += tests/gw/aaa/test_radius_client.c tests/gw/legs/test_leg_call_save.c tests/gw/legs/test_leg_server_addr.c tests/gw/legs/test_relay.c tests/gw/test_lns.c tests/gw/test_network.c tests/gw/test_record.c tests/gw/test_route_ask.c
unit_control_SOURCES += tests/gw/legs/far_leg.c tests/gw/legs/far_leg.h tests/gw/test_filter.c tests/gw/legs/test_leg_about.c tests/gw/legs/test_leg_login.c tests/gw/legs/test_leg_proxy.c tests/gw/legs/test_leg_client.c
unit_control_SOURCES += tests/gw/legs/test_leg_server_save.c tests/gw/test_log_out.c tests/gw/test_service.c tests/gw/operator/test_ctl_follow.c tests/gw/operator/test_replace.c tests/gw/test_trial.c tests/gw/aaa/test_aaa_test.c tests/gw/operator/test_show_trials.c tests/gw/operator/test_show_drain.c tests/gw/operator/test_show_grant.c tests/gw/operator/test_show_history.c tests/gw/operator/test_show_summary.c
unit_control_SOURCES += tests/gw/aaa/acct_rig.c tests/gw/aaa/acct_rig.h tests/gw/aaa/test_acct_said.c tests/gw/aaa/test_acct_session.c tests/gw/aaa/test_acct_lives.c
unit_control_SOURCES += tests/gw/test_impairs.c tests/gw/operator/test_impair_parse.c tests/gw/operator/test_show_impair.c
unit_control_SOURCES += tests/gw/aaa/test_rate.c tests/gw/legs/test_leg_rate.c tests/gw/operator/test_show_rates.c
unit_control_SOURCES += tests/gw/operator/test_capture_match.c tests/gw/operator/test_capture_out.c tests/gw/operator/test_capture_parse.c tests/gw/operator/test_inside.c tests/gw/operator/test_mask.c tests/gw/operator/test_pcapng.c tests/gw/replay/test_replay_end.c tests/gw/replay/test_replay_pcapng.c
unit_control_SOURCES += tests/gw/replay/held.c tests/gw/replay/held.h tests/gw/replay/test_replay.c tests/gw/replay/test_replay_command.c tests/gw/replay/test_replay_file.c tests/gw/replay/test_replay_frame.c tests/gw/replay/test_replay_node.c tests/gw/replay/test_replay_side.c tests/gw/replay/test_replay_x25.c
unit_control_SOURCES += tests/netns.c tests/netns.h tests/gw/test_bound.c tests/gw/test_histogram.c tests/gw/operator/test_metrics.c tests/gw/operator/test_metrics_listen.c tests/gw/operator/test_page.c tests/gw/test_recent.c
unit_control_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS) $(OSMO_CFLAGS)
unit_control_LDFLAGS = $(heap_ldflags) -Wl,--wrap=accept4 -Wl,--wrap=listen -Wl,--wrap=fdopen -Wl,--wrap=poll \
	-Wl,--wrap=read -Wl,--wrap=osmo_fd_register \
	-Wl,--wrap=_talloc_zero -Wl,--wrap=vty_create -Wl,--wrap=setsockopt -Wl,--wrap=timerfd_create \
	-Wl,--wrap=getrandom -Wl,--wrap=log_init -Wl,--wrap=clock_gettime -Wl,--wrap=plugin_load -Wl,--wrap=cfg_plugin_dir \
	-Wl,--wrap=radius_client_ask -Wl,--wrap=radius_client_cancel
unit_control_LDADD = libctlclient.la libreplay.la libcontrol.la libkeeper.la libdp.la libxdp.la libcfg.la libtransports.la libppp.la libcore.la \
	$(OSMO_LIBS) $(CUNIT_LIBS) $(PCAP_LIBS)

check_PROGRAMS += unit-dataplane
TESTS += unit-dataplane
unit_dataplane_SOURCES = $(TEST_LIB) tests/strict.c tests/strict.h tests/gw/dp/test_path.c tests/gw/dp/dataplane.c tests/gw/dp/fake.h tests/gw/dp/fake.c tests/gw/dp/rig.c \
	tests/gw/dp/test_addrtab.c tests/gw/dp/test_attach.c tests/gw/dp/test_calltab.c tests/gw/dp/test_dp.c tests/gw/dp/test_dp_batch.c tests/gw/dp/test_dp_bundle.c tests/gw/dp/test_dp_call.c tests/gw/dp/test_dp_chan.c tests/gw/dp/test_dp_echo.c tests/gw/dp/test_dp_filter.c tests/gw/dp/test_dp_forward.c \
	tests/gw/dp/test_dp_media.c tests/gw/dp/test_dp_memory.c tests/gw/dp/test_dp_report.c tests/gw/dp/test_dp_send.c tests/gw/ip/test_ip.c tests/gw/ip/test_super.c tests/gw/dp/test_gather.c tests/gw/dp/test_tun_super.c tests/gw/dp/through.c tests/gw/dp/through.h tests/gw/dp/test_offloads_same.c tests/gw/dp/test_map.c \
	tests/netns.c tests/netns.h tests/gw/netns.c tests/gw/netns.h tests/gw/test_netif.c tests/gw/test_netif_feature.c tests/gw/test_netif_xdp.c tests/gw/test_sa.c tests/gw/test_sa_xfrm.c tests/gw/dp/test_pool.c tests/gw/dp/test_prefixtab.c tests/gw/dp/test_rate.c tests/gw/dp/test_slab.c \
	tests/gw/dp/test_ring.c tests/gw/dp/test_ip_networks.c tests/gw/dp/test_ip_path.c tests/gw/dp/test_worker.c \
	tests/gw/dp/ip_bench.h tests/gw/dp/ip_bench.c tests/gw/dp/test_dp_tun.c tests/gw/dp/test_host.c \
	tests/gw/dp/door_samples.h tests/gw/dp/door_samples.c tests/gw/dp/apart.c tests/gw/dp/apart.h tests/gw/dp/test_data_call.c tests/gw/dp/test_data_left.c tests/gw/dp/test_data_port.c tests/gw/dp/pass.c tests/gw/dp/pass.h tests/gw/dp/test_data_side.c tests/gw/dp/test_hand_over.c tests/gw/dp/test_image.c tests/gw/dp/test_take_over.c tests/gw/dp/test_door.c tests/gw/dp/test_door_msg.c tests/gw/dp/test_port_check.c
unit_dataplane_SOURCES += tests/gw/dp/test_stress.c tests/gw/dp/test_door_codec.c tests/gw/dp/test_image_load.c tests/gw/dp/test_hand.c tests/gw/dp/test_filter_safe.c
unit_dataplane_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS) $(URCU_CFLAGS) $(PCAP_CFLAGS)
EXTRA_DIST += tests/gw/dp/tsan.supp tests/vectors/gw-records-1.txt
unit_dataplane_LDFLAGS = $(heap_ldflags) -Wl,--wrap=epoll_ctl -Wl,--wrap=pthread_create -Wl,--wrap=pool_copy \
	-Wl,--wrap=pthread_mutex_lock -Wl,--wrap=snprintf -Wl,--wrap=vsnprintf -Wl,--wrap=__snprintf_chk -Wl,--wrap=__vsnprintf_chk
unit_dataplane_LDADD = libdp.la libxdp.la libcfg.la libnetif.la libtransports.la libppp.la libcore.la $(CUNIT_LIBS)

unit_dataplane_SOURCES += tests/gw/dp/test_fast.c tests/gw/dp/test_impaired.c tests/gw/dp/test_worker_impair.c
unit_dataplane_SOURCES += tests/gw/dp/test_image_save.c tests/gw/dp/test_data_filter.c tests/gw/dp/test_dp_fast.c tests/gw/test_netif_change.c tests/gw/dp/test_data_tun.c tests/gw/dp/test_data_report.c tests/gw/dp/test_rcu.c
unit_dataplane_SOURCES += tests/gw/dp/xdp/xdp_bench.c tests/gw/dp/xdp/xdp_bench.h tests/gw/dp/xdp/test_xdp_attach.c tests/gw/dp/xdp/test_xdp_kern.c tests/gw/dp/xdp/test_xdp_load.c tests/gw/dp/xdp/test_xdp_table.c

check_PROGRAMS += unit-keeper
TESTS += unit-keeper
unit_keeper_SOURCES = $(TEST_LIB) tests/gw/keeper/keeper.c tests/gw/keeper/stand_in.c tests/gw/keeper/stand_in.h \
	tests/gw/keeper/test_child.c tests/gw/keeper/test_drop.c tests/gw/keeper/test_drop_calls.c tests/gw/keeper/test_fdstore.c tests/gw/keeper/test_keeper.c tests/gw/keeper/test_keeper_body.c \
	tests/gw/keeper/keeper_rig.c tests/gw/keeper/keeper_rig.h tests/gw/keeper/test_keeper_reload.c tests/gw/keeper/test_keeper_upgrade.c \
	tests/gw/keeper/test_keeper_fds.c tests/gw/keeper/test_keeper_link.c tests/gw/keeper/test_keeper_msg.c \
	tests/gw/keeper/test_opener.c tests/gw/keeper/test_opener_body.c tests/gw/keeper/test_opener_held.c tests/gw/keeper/test_opener_spool.c tests/gw/keeper/test_keeper_serve.c tests/gw/keeper/test_proc.c tests/gw/keeper/test_spawn.c
unit_keeper_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS)
unit_keeper_LDFLAGS = $(heap_ldflags)
unit_keeper_LDADD = libkeeper.la $(CUNIT_LIBS)

# What keeper has of the configuration; with the data plane, which unit-control plays.
check_PROGRAMS += unit-processes
TESTS += unit-processes
unit_processes_SOURCES = $(TEST_LIB) tests/gw/processes.c tests/gw/test_reload.c
unit_processes_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS) $(OSMO_CFLAGS)
unit_processes_LDFLAGS = $(heap_ldflags)
unit_processes_LDADD = libcontrol.la libkeeper.la libdp.la libxdp.la libcfg.la libtransports.la libppp.la libcore.la \
	$(OSMO_LIBS) $(CUNIT_LIBS)

# A gateway that ends when a worker does on the path of frames what it must not (tests/strict.h).
check_PROGRAMS += isthmus-strict
isthmus_strict_SOURCES = gw/main.c tests/strict.c tests/strict.h tests/heap.c tests/heap.h
isthmus_strict_CPPFLAGS = $(isthmus_CPPFLAGS) -DSTRICT_GATEWAY
isthmus_strict_CFLAGS = $(isthmus_CFLAGS)
isthmus_strict_LDFLAGS = $(isthmus_LDFLAGS) $(heap_ldflags) -Wl,--wrap=pthread_mutex_lock -Wl,--wrap=snprintf -Wl,--wrap=vsnprintf \
	-Wl,--wrap=__snprintf_chk -Wl,--wrap=__vsnprintf_chk -Wl,--wrap=ip_path_rx
isthmus_strict_LDADD = $(isthmus_LDADD)
