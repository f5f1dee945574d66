# SPDX-License-Identifier: GPL-2.0-or-later
# One target per decoder: fuzz_NAME.c defines LLVMFuzzerTestOneInput, its seeds are in corpus/NAME/.
# With --enable-fuzz it is linked to libFuzzer; without, to replay_main.c, and `make check` runs it.
# To add one: a paragraph like those below, named fuzz-NAME.
FUZZ_MAIN =
FUZZERS =
if FUZZ
FUZZ_LINK = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
else
FUZZ_LINK = $(AM_LDFLAGS)
FUZZ_MAIN += tests/fuzz/replay_main.c tests/srcdir.c tests/srcdir.h
TESTS += $(FUZZERS)
endif
EXTRA_DIST += tests/fuzz/corpus

check_PROGRAMS += fuzz-hdr
FUZZERS += fuzz-hdr
fuzz_hdr_SOURCES = tests/fuzz/fuzz_hdr.c $(FUZZ_MAIN)
fuzz_hdr_LDFLAGS = $(FUZZ_LINK)
fuzz_hdr_LDADD = libcore.la

check_PROGRAMS += fuzz-avp
FUZZERS += fuzz-avp
fuzz_avp_SOURCES = tests/fuzz/fuzz_avp.c $(FUZZ_MAIN)
fuzz_avp_LDFLAGS = $(FUZZ_LINK)
fuzz_avp_LDADD = libcore.la

check_PROGRAMS += fuzz-data
FUZZERS += fuzz-data
fuzz_data_SOURCES = tests/fuzz/fuzz_data.c $(FUZZ_MAIN)
fuzz_data_LDFLAGS = $(FUZZ_LINK)
fuzz_data_LDADD = libcore.la

check_PROGRAMS += fuzz-keeper
FUZZERS += fuzz-keeper
fuzz_keeper_SOURCES = tests/fuzz/fuzz_keeper.c $(FUZZ_MAIN)
fuzz_keeper_LDFLAGS = $(FUZZ_LINK)
fuzz_keeper_LDADD = libkeeper.la

check_PROGRAMS += fuzz-cfg
FUZZERS += fuzz-cfg
fuzz_cfg_SOURCES = tests/fuzz/fuzz_cfg.c $(FUZZ_MAIN)
fuzz_cfg_LDFLAGS = $(FUZZ_LINK)
fuzz_cfg_LDADD = libcfg.la libtransports.la libppp.la libcore.la

check_PROGRAMS += fuzz-ppp-link
FUZZERS += fuzz-ppp-link
fuzz_ppp_link_SOURCES = tests/fuzz/fuzz_ppp_link.c $(FUZZ_MAIN)
fuzz_ppp_link_LDFLAGS = $(FUZZ_LINK)
fuzz_ppp_link_LDADD = libppp.la libcore.la

check_PROGRAMS += fuzz-ppp-options
FUZZERS += fuzz-ppp-options
fuzz_ppp_options_SOURCES = tests/fuzz/fuzz_ppp_options.c $(FUZZ_MAIN)
fuzz_ppp_options_LDFLAGS = $(FUZZ_LINK)
fuzz_ppp_options_LDADD = libppp.la libcore.la

check_PROGRAMS += fuzz-ppp-save
FUZZERS += fuzz-ppp-save
fuzz_ppp_save_SOURCES = tests/fuzz/fuzz_ppp_save.c $(FUZZ_MAIN)
fuzz_ppp_save_LDFLAGS = $(FUZZ_LINK)
fuzz_ppp_save_LDADD = libppp.la libcore.la

check_PROGRAMS += fuzz-mp
FUZZERS += fuzz-mp
fuzz_mp_SOURCES = tests/fuzz/fuzz_mp.c $(FUZZ_MAIN)
fuzz_mp_LDFLAGS = $(FUZZ_LINK)
fuzz_mp_LDADD = libppp.la libcore.la

check_PROGRAMS += fuzz-opener
FUZZERS += fuzz-opener
fuzz_opener_SOURCES = tests/fuzz/fuzz_opener.c $(FUZZ_MAIN)
fuzz_opener_LDFLAGS = $(FUZZ_LINK)
fuzz_opener_LDADD = libkeeper.la

check_PROGRAMS += fuzz-dhcp6
FUZZERS += fuzz-dhcp6
fuzz_dhcp6_SOURCES = tests/fuzz/fuzz_dhcp6.c gw/dhcp6/dhcp6.c gw/dhcp6/dhcp6_read.c gw/ip/ip.c $(FUZZ_MAIN)
fuzz_dhcp6_CFLAGS = $(AM_CFLAGS)
fuzz_dhcp6_LDFLAGS = $(FUZZ_LINK)
fuzz_dhcp6_LDADD = libcore.la

check_PROGRAMS += fuzz-proxy
FUZZERS += fuzz-proxy
fuzz_proxy_SOURCES = tests/fuzz/fuzz_proxy.c gw/legs/proxy_avp.c $(FUZZ_MAIN)
fuzz_proxy_CFLAGS = $(AM_CFLAGS)
fuzz_proxy_LDFLAGS = $(FUZZ_LINK)
fuzz_proxy_LDADD = libppp.la libcore.la

check_PROGRAMS += fuzz-ppp-hdlc
FUZZERS += fuzz-ppp-hdlc
fuzz_ppp_hdlc_SOURCES = tests/fuzz/fuzz_ppp_hdlc.c $(FUZZ_MAIN)
fuzz_ppp_hdlc_LDFLAGS = $(FUZZ_LINK)
fuzz_ppp_hdlc_LDADD = libtransports.la

check_PROGRAMS += fuzz-serial-chat
FUZZERS += fuzz-serial-chat
fuzz_serial_chat_SOURCES = tests/fuzz/fuzz_serial_chat.c $(FUZZ_MAIN)
fuzz_serial_chat_LDFLAGS = $(FUZZ_LINK)
fuzz_serial_chat_LDADD = libtransports.la

check_PROGRAMS += fuzz-engine
FUZZERS += fuzz-engine
fuzz_engine_SOURCES = tests/fuzz/fuzz_engine.c $(FUZZ_MAIN)
fuzz_engine_LDFLAGS = $(FUZZ_LINK)
fuzz_engine_LDADD = libcore.la

check_PROGRAMS += fuzz-save
FUZZERS += fuzz-save
fuzz_save_SOURCES = tests/fuzz/fuzz_save.c $(FUZZ_MAIN)
fuzz_save_LDFLAGS = $(FUZZ_LINK)
fuzz_save_LDADD = libcore.la

check_PROGRAMS += fuzz-q922-lmi
FUZZERS += fuzz-q922-lmi
fuzz_q922_lmi_SOURCES = tests/fuzz/fuzz_q922_lmi.c $(FUZZ_MAIN)
fuzz_q922_lmi_LDFLAGS = $(FUZZ_LINK)
fuzz_q922_lmi_LDADD = libtransports.la

check_PROGRAMS += fuzz-atmtcp
FUZZERS += fuzz-atmtcp
fuzz_atmtcp_SOURCES = tests/fuzz/fuzz_atmtcp.c $(FUZZ_MAIN)
fuzz_atmtcp_LDFLAGS = $(FUZZ_LINK)
fuzz_atmtcp_LDADD = libtransports.la

check_PROGRAMS += fuzz-x25
FUZZERS += fuzz-x25
fuzz_x25_SOURCES = tests/fuzz/fuzz_x25.c $(FUZZ_MAIN)
fuzz_x25_LDFLAGS = $(FUZZ_LINK)
fuzz_x25_LDADD = libtransports.la

check_PROGRAMS += fuzz-lapb
FUZZERS += fuzz-lapb
fuzz_lapb_SOURCES = tests/fuzz/fuzz_lapb.c $(FUZZ_MAIN)
fuzz_lapb_LDFLAGS = $(FUZZ_LINK)
fuzz_lapb_LDADD = libtransports.la

check_PROGRAMS += fuzz-xot
FUZZERS += fuzz-xot
fuzz_xot_SOURCES = tests/fuzz/fuzz_xot.c $(FUZZ_MAIN)
fuzz_xot_LDFLAGS = $(FUZZ_LINK)
fuzz_xot_LDADD = libtransports.la

check_PROGRAMS += fuzz-pcap-file
FUZZERS += fuzz-pcap-file
fuzz_pcap_file_SOURCES = tests/fuzz/fuzz_pcap_file.c $(FUZZ_MAIN)
fuzz_pcap_file_LDFLAGS = $(FUZZ_LINK)
fuzz_pcap_file_LDADD = libtransports.la

check_PROGRAMS += fuzz-atm
FUZZERS += fuzz-atm
fuzz_atm_SOURCES = tests/fuzz/fuzz_atm.c $(FUZZ_MAIN)
fuzz_atm_LDFLAGS = $(FUZZ_LINK)
fuzz_atm_LDADD = libtransports.la

check_PROGRAMS += fuzz-ip
FUZZERS += fuzz-ip
fuzz_ip_SOURCES = tests/fuzz/fuzz_ip.c gw/ip/ip.c gw/legs/ra.c $(FUZZ_MAIN)
fuzz_ip_CFLAGS = $(AM_CFLAGS)
fuzz_ip_LDFLAGS = $(FUZZ_LINK)

check_PROGRAMS += fuzz-super
FUZZERS += fuzz-super
fuzz_super_SOURCES = tests/fuzz/fuzz_super.c gw/ip/super.c gw/ip/ip.c $(FUZZ_MAIN)
fuzz_super_CFLAGS = $(AM_CFLAGS)
fuzz_super_LDFLAGS = $(FUZZ_LINK)

check_PROGRAMS += fuzz-pppoe
FUZZERS += fuzz-pppoe
fuzz_pppoe_SOURCES = tests/fuzz/fuzz_pppoe.c $(FUZZ_MAIN)
fuzz_pppoe_LDFLAGS = $(FUZZ_LINK)
fuzz_pppoe_LDADD = libtransports.la

check_PROGRAMS += fuzz-dp
FUZZERS += fuzz-dp
fuzz_dp_SOURCES = tests/fuzz/fuzz_dp.c $(FUZZ_MAIN)
fuzz_dp_CFLAGS = $(AM_CFLAGS) $(URCU_CFLAGS)
fuzz_dp_LDFLAGS = $(FUZZ_LINK)
fuzz_dp_LDADD = libdp.la libxdp.la libnetif.la libtransports.la libppp.la libcore.la

check_PROGRAMS += fuzz-door
FUZZERS += fuzz-door
fuzz_door_SOURCES = tests/fuzz/fuzz_door.c $(FUZZ_MAIN)
fuzz_door_CFLAGS = $(AM_CFLAGS) $(URCU_CFLAGS)
fuzz_door_LDFLAGS = $(FUZZ_LINK)
fuzz_door_LDADD = libdp.la libxdp.la libnetif.la libtransports.la libppp.la libcore.la

check_PROGRAMS += fuzz-door-msg
FUZZERS += fuzz-door-msg
fuzz_door_msg_SOURCES = tests/fuzz/fuzz_door_msg.c $(FUZZ_MAIN)
fuzz_door_msg_LDFLAGS = $(FUZZ_LINK)
fuzz_door_msg_LDADD = libdp.la libxdp.la libtransports.la libppp.la libcore.la

check_PROGRAMS += fuzz-image
FUZZERS += fuzz-image
fuzz_image_SOURCES = tests/fuzz/fuzz_image.c $(FUZZ_MAIN)
fuzz_image_CFLAGS = $(AM_CFLAGS) $(URCU_CFLAGS)
fuzz_image_LDFLAGS = $(FUZZ_LINK)
fuzz_image_LDADD = libdp.la libxdp.la libnetif.la libtransports.la libppp.la libcore.la

# Whole ports, on the host of the transports' unit tests.
PORT_RIG = tests/fuzz/port_rig.h tests/fuzz/port_rig.c tests/transports/host.h tests/transports/host.c \
	tests/transports/raw.h tests/transports/raw.c

check_PROGRAMS += fuzz-fr-port
FUZZERS += fuzz-fr-port
fuzz_fr_port_SOURCES = tests/fuzz/fuzz_fr_port.c $(PORT_RIG) $(FUZZ_MAIN)
fuzz_fr_port_LDFLAGS = $(FUZZ_LINK)
fuzz_fr_port_LDADD = libtransports.la

check_PROGRAMS += fuzz-atm-port
FUZZERS += fuzz-atm-port
fuzz_atm_port_SOURCES = tests/fuzz/fuzz_atm_port.c $(PORT_RIG) $(FUZZ_MAIN)
fuzz_atm_port_LDFLAGS = $(FUZZ_LINK)
fuzz_atm_port_LDADD = libtransports.la

check_PROGRAMS += fuzz-x25-port
FUZZERS += fuzz-x25-port
fuzz_x25_port_SOURCES = tests/fuzz/fuzz_x25_port.c $(PORT_RIG) $(FUZZ_MAIN)
fuzz_x25_port_LDFLAGS = $(FUZZ_LINK)
fuzz_x25_port_LDADD = libtransports.la

check_PROGRAMS += fuzz-serial-port
FUZZERS += fuzz-serial-port
fuzz_serial_port_SOURCES = tests/fuzz/fuzz_serial_port.c $(PORT_RIG) $(FUZZ_MAIN)
fuzz_serial_port_LDFLAGS = $(FUZZ_LINK)
fuzz_serial_port_LDADD = libtransports.la

check_PROGRAMS += fuzz-thaw
FUZZERS += fuzz-thaw
fuzz_thaw_SOURCES = tests/fuzz/fuzz_thaw.c $(PORT_RIG) $(FUZZ_MAIN)
fuzz_thaw_LDFLAGS = $(FUZZ_LINK)
fuzz_thaw_LDADD = libtransports.la

check_PROGRAMS += fuzz-eap
FUZZERS += fuzz-eap
fuzz_eap_SOURCES = tests/fuzz/fuzz_eap.c $(FUZZ_MAIN)
fuzz_eap_LDFLAGS = $(FUZZ_LINK)
fuzz_eap_LDADD = libppp.la libcore.la

check_PROGRAMS += fuzz-grant
FUZZERS += fuzz-grant
fuzz_grant_SOURCES = tests/fuzz/fuzz_grant.c gw/aaa/grant.c gw/aaa/rate.c $(FUZZ_MAIN)
fuzz_grant_CFLAGS = $(AM_CFLAGS)
fuzz_grant_LDFLAGS = $(FUZZ_LINK)
fuzz_grant_LDADD = libradius.la libcore.la

check_PROGRAMS += fuzz-ticket
FUZZERS += fuzz-ticket
fuzz_ticket_SOURCES = tests/fuzz/fuzz_ticket.c $(PORT_RIG) $(FUZZ_MAIN)
fuzz_ticket_LDFLAGS = $(FUZZ_LINK)
fuzz_ticket_LDADD = libtransports.la

check_PROGRAMS += fuzz-acct-file
FUZZERS += fuzz-acct-file
fuzz_acct_file_SOURCES = tests/fuzz/fuzz_acct_file.c $(FUZZ_MAIN)
fuzz_acct_file_LDFLAGS = $(FUZZ_LINK)
fuzz_acct_file_LDADD = libradius.la libcore.la

check_PROGRAMS += fuzz-radius
FUZZERS += fuzz-radius
fuzz_radius_SOURCES = tests/fuzz/fuzz_radius.c $(FUZZ_MAIN)
fuzz_radius_LDFLAGS = $(FUZZ_LINK)
fuzz_radius_LDADD = libradius.la libcore.la

check_PROGRAMS += fuzz-store
FUZZERS += fuzz-store
fuzz_store_SOURCES = tests/fuzz/fuzz_store.c $(FUZZ_MAIN)
fuzz_store_LDFLAGS = $(FUZZ_LINK)
fuzz_store_LDADD = libstore.la

# A whole control side, on the data plane of its unit tests.
check_PROGRAMS += fuzz-resume
FUZZERS += fuzz-resume
fuzz_resume_SOURCES = tests/fuzz/fuzz_resume.c tests/gw/bench.h tests/gw/clock.c tests/gw/clock.h tests/gw/fake_dp.c $(FUZZ_MAIN)
fuzz_resume_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS) $(OSMO_CFLAGS)
fuzz_resume_LDFLAGS = $(FUZZ_LINK)
fuzz_resume_LDADD = libcontrol.la libdp.la libxdp.la libcfg.la libtransports.la libppp.la libcore.la \
	$(OSMO_LIBS) $(CUNIT_LIBS) $(PCAP_LIBS)

check_PROGRAMS += fuzz-coa
FUZZERS += fuzz-coa
fuzz_coa_SOURCES = tests/fuzz/fuzz_coa.c $(FUZZ_MAIN)
fuzz_coa_LDFLAGS = $(FUZZ_LINK)
fuzz_coa_LDADD = libradius.la libcore.la

check_PROGRAMS += fuzz-ctl-request
FUZZERS += fuzz-ctl-request
fuzz_ctl_request_SOURCES = tests/fuzz/fuzz_ctl_request.c $(FUZZ_MAIN)
fuzz_ctl_request_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
fuzz_ctl_request_LDFLAGS = $(FUZZ_LINK)
fuzz_ctl_request_LDADD = libctlrequest.la

check_PROGRAMS += fuzz-replay fuzz-replay-frame fuzz-replay-x25
FUZZERS += fuzz-replay fuzz-replay-frame fuzz-replay-x25
fuzz_replay_SOURCES = tests/fuzz/fuzz_replay.c gw/ip/ip.c $(FUZZ_MAIN)
fuzz_replay_LDFLAGS = $(FUZZ_LINK)
fuzz_replay_LDADD = libreplay.la libcore.la
fuzz_replay_frame_SOURCES = tests/fuzz/fuzz_replay_frame.c gw/ip/ip.c $(FUZZ_MAIN)
fuzz_replay_frame_LDFLAGS = $(FUZZ_LINK)
fuzz_replay_frame_LDADD = libreplay.la libcore.la
fuzz_replay_x25_SOURCES = tests/fuzz/fuzz_replay_x25.c gw/ip/ip.c $(FUZZ_MAIN)
fuzz_replay_x25_LDFLAGS = $(FUZZ_LINK)
fuzz_replay_x25_LDADD = libreplay.la libcore.la

check_PROGRAMS += fuzz-pcapng
FUZZERS += fuzz-pcapng
fuzz_pcapng_SOURCES = tests/fuzz/fuzz_pcapng.c gw/operator/inside.c gw/operator/mask.c gw/ip/ip.c $(FUZZ_MAIN)
fuzz_pcapng_CFLAGS = $(AM_CFLAGS)
fuzz_pcapng_LDFLAGS = $(FUZZ_LINK)
fuzz_pcapng_LDADD = libreplay.la libtransports.la libcore.la

check_PROGRAMS += fuzz-words
FUZZERS += fuzz-words
fuzz_words_SOURCES = tests/fuzz/fuzz_words.c $(FUZZ_MAIN)
fuzz_words_LDFLAGS = $(FUZZ_LINK)
fuzz_words_LDADD = libwords.la libradius.la libtransports.la libcore.la
