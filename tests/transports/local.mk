# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += unit-transports
TESTS += unit-transports
unit_transports_SOURCES = $(TEST_LIB) tests/transports/main.c \
	tests/netns.c tests/netns.h tests/transports/kernel.h tests/transports/kernel.c tests/transports/host.h tests/transports/host.c \
	tests/transports/frozen.h tests/transports/frozen.c \
	tests/transports/pppoe/test_pppoe_pkt.c tests/transports/pppoe/test_pppoe_line.c \
	tests/transports/pppoe/pppoe_rig.h tests/transports/pppoe/pppoe_rig.c tests/transports/pppoe/test_pppoe_end.c \
	tests/transports/pppoe/test_pppoe_ac.c tests/transports/pppoe/test_pppoe_client.c \
	tests/transports/pppoe/test_pppoe.c tests/transports/pppoe/test_pppoe_freeze.c tests/transports/pppoe/test_pppoe_resume.c tests/transports/pppoe/test_pppoe_conf.c \
	tests/transports/pppoe/test_pppoe_hash.c tests/transports/pppoe/test_pppoe_addr.c \
	tests/transports/test_builtin.c tests/transports/test_no_memory.c tests/transports/test_plugin.c tests/transports/kit/test_settings.c tests/transports/kit/test_linktype.c \
	tests/transports/kit/test_access.c tests/transports/kit/test_opening.c tests/transports/kit/test_offloads.c tests/transports/told.h tests/transports/told.c tests/transports/kit/test_circuits.c tests/transports/kit/test_slots.c tests/transports/kit/test_handover.c tests/transports/udp/test_ip_head.c \
	tests/transports/kit/test_udp_addr.c tests/transports/udp/test_udp_rx.c tests/transports/udp/test_udp_tx.c tests/transports/udp/test_udp_table.c tests/transports/udp/test_udp.c tests/transports/udp/test_udp_marks.c tests/transports/udp/test_udp_socket.c tests/transports/udp/test_udp_freeze.c \
	tests/transports/udp/test_udp_steer.c tests/transports/udp/test_udp_urgent.c tests/transports/udp/test_udp_ipsec.c tests/transports/udp/test_udp_peer.c tests/transports/udp/test_udp_cmsg.c tests/transports/udp/test_udp_offload.c \
	tests/transports/kit/test_delay.c tests/transports/kit/test_due.c tests/transports/kit/test_impair.c tests/transports/test_loop.c \
	tests/transports/atm/test_cell.c tests/transports/atm/test_oam.c tests/transports/atm/test_aal5.c \
	tests/transports/atm/test_aal5_crc.c tests/transports/recorder.h tests/transports/recorder.c \
	tests/transports/x25/lapb_end.h tests/transports/x25/lapb_end.c tests/transports/x25/test_lapb.c \
	tests/transports/x25/test_lapb_timers.c tests/transports/x25/test_lapb_line.c tests/transports/x25/test_xot.c \
	tests/transports/x25/x25_end.h tests/transports/x25/x25_end.c tests/transports/x25/test_x25_states.c \
	tests/transports/x25/test_x25_agree.c tests/transports/x25/test_x25_doc.c \
	tests/transports/x25/test_x25_batch.c tests/transports/x25/test_x25_pkt.c tests/transports/x25/test_x25.c tests/transports/x25/test_x25_data.c \
	tests/transports/x25/x25_pair.h tests/transports/x25/x25_pair.c tests/transports/x25/test_x25_circuit.c tests/transports/x25/test_x25_load.c tests/transports/x25/test_x25_freeze.c tests/transports/x25/hand_rig.h tests/transports/x25/hand_rig.c tests/transports/x25/test_lapb_hand.c tests/transports/x25/test_x25_hand.c tests/transports/x25/test_x25_xot_hand.c tests/transports/x25/xot_far.h tests/transports/x25/xot_far.c tests/transports/x25/test_x25_xot.c tests/transports/x25/test_x25_xot_conf.c tests/transports/x25/test_x25_xot_pvc.c tests/transports/x25/test_x25_xot_limits.c tests/transports/x25/test_x25_attrs.c \
	tests/transports/x25/counters.h tests/transports/x25/counters.c tests/transports/x25/test_x25_counters.c tests/transports/x25/test_lapb_counters.c tests/transports/x25/test_x25_words.c tests/transports/x25/test_x25_alone.c tests/transports/x25/test_x25_memory.c tests/transports/x25/test_x25_xot_tcp.c tests/transports/x25/test_x25_default.c tests/transports/x25/x25_calls.h tests/transports/x25/x25_calls.c tests/transports/x25/test_x25_socket.c tests/transports/x25/test_x25_socket_hand.c tests/transports/x25/test_x25_kernel.c \
	tests/transports/x25/test_x25_encap.c tests/transports/x25/test_x25_conf.c \
	tests/transports/x25/test_x25_line.c tests/transports/x25/test_x25_transport.c \
	tests/transports/raw.h tests/transports/raw.c tests/transports/keys.h tests/transports/keys.c tests/transports/atm/test_atm.c \
	tests/transports/atm/test_atm_conf.c tests/transports/atm/test_atm_rx.c \
	tests/transports/atm/test_atm_tx.c tests/transports/atm/test_atm_encap.c \
	tests/transports/atm/test_atm_shape.c tests/transports/atm/test_atm_freeze.c tests/transports/frame-relay/test_q922.c tests/transports/frame-relay/test_fr_encap.c \
	tests/transports/frame-relay/test_lmi_msg.c tests/transports/frame-relay/test_lmi.c tests/transports/frame-relay/test_lmi_sides.c tests/transports/frame-relay/test_lmi_hint.c tests/transports/link/test_link.c \
	tests/transports/frame-relay/test_frf12.c tests/transports/frame-relay/test_fr_conf.c tests/transports/frame-relay/test_fr_tx.c tests/transports/frame-relay/test_frame_relay.c tests/transports/frame-relay/test_fr_link.c tests/transports/frame-relay/test_fr_freeze.c \
	tests/transports/serial/test_serial_chat.c tests/transports/serial/test_serial_tty.c \
	tests/transports/serial/test_serial_conf.c tests/transports/serial/serial_end.h tests/transports/serial/serial_end.c \
	tests/transports/serial/test_serial_call.c tests/transports/serial/test_serial_line.c tests/transports/serial/test_serial_sync.c tests/transports/serial/test_serial_freeze.c tests/transports/serial/test_serial.c \
	tests/transports/serial/test_hdlc.c tests/transports/link/ends.h tests/transports/link/ends.c \
	tests/transports/link/test_atmtcp.c tests/transports/link/test_link_atmtcp.c tests/transports/link/test_link_atmpvc.c \
	tests/transports/link/test_pcap_file.c tests/transports/link/test_link_pcap.c \
	tests/transports/link/captures.h tests/transports/link/captures.c tests/transports/link/test_link_pipes.c \
	tests/transports/link/test_link_loop.c tests/transports/link/test_link_socket.c tests/transports/link/test_link_udp.c tests/transports/link/test_link_ether.c tests/transports/link/test_link_tun.c \
	tests/transports/link/test_link_hand.c tests/transports/link/test_link_ring.c tests/transports/link/test_link_blocks.c tests/transports/link/test_link_slots.c tests/transports/link/test_link_packet.c \
	tests/transports/link/wire.h tests/transports/link/wire.c
unit_transports_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS)
unit_transports_LDFLAGS = $(heap_ldflags) -Wl,--wrap=getrandom \
	-Wl,--wrap=socket -Wl,--wrap=setsockopt -Wl,--wrap=getsockopt -Wl,--wrap=bind -Wl,--wrap=connect \
	-Wl,--wrap=listen -Wl,--wrap=accept4 -Wl,--wrap=getsockname -Wl,--wrap=getpeername -Wl,--wrap=ioctl \
	-Wl,--wrap=recv -Wl,--wrap=recvmsg -Wl,--wrap=sendmsg -Wl,--wrap=recvmmsg -Wl,--wrap=sendmmsg \
	-Wl,--wrap=socketpair -Wl,--wrap=read -Wl,--wrap=write -Wl,--wrap=writev -Wl,--wrap=pwritev \
	-Wl,--wrap=ftruncate -Wl,--wrap=mmap -Wl,--wrap=open -Wl,--wrap=dlsym
unit_transports_LDADD = libtransports.la $(CUNIT_LIBS)
