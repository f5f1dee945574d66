# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += libtransports.la
libtransports_la_SOURCES = transports/transport.h transports/builtin.h transports/builtin.c \
	transports/plugin.h transports/plugin.c \
	transports/kit/access.h transports/kit/access.c \
	transports/kit/handover.h transports/kit/handover.c \
	transports/kit/handle.h transports/kit/circuits.h transports/kit/slots.h transports/kit/slots.c transports/kit/linktype.h transports/kit/linktype.c \
	transports/kit/settings.h transports/kit/settings.c \
	transports/udp/ip_head.h transports/udp/ip_head.c \
	transports/kit/udp_addr.h transports/kit/udp_addr.c \
	transports/udp/udp_table.h transports/udp/udp_table.c transports/udp/udp_cmsg.h transports/udp/udp_cmsg.c \
	transports/udp/udp_peer.h transports/udp/udp_peer.c \
	transports/kit/opening.h transports/kit/opening.c transports/kit/sock_buffer.h transports/kit/offloads.h transports/kit/offloads.c transports/udp/udp.h transports/udp/udp_int.h transports/udp/udp.c transports/udp/udp_rx.c transports/udp/udp_tx.c transports/udp/udp_steer.h transports/udp/udp_steer.c transports/udp/udp_urgent.c transports/udp/udp_freeze.c \
	transports/kit/delay.h transports/kit/delay.c transports/kit/due.h transports/kit/due.c \
	transports/kit/impair.h transports/kit/impair.c \
	transports/loop.h \
	transports/atm/cell.h transports/atm/cell.c transports/atm/oam.h transports/atm/oam.c \
	transports/atm/aal5.h transports/atm/aal5.c transports/atm/aal5_crc.h transports/atm/aal5_crc.c \
	transports/atm/atm.h transports/atm/atm_int.h transports/atm/atm.c transports/atm/atm_conf.c transports/atm/atm_freeze.c \
	transports/atm/atm_rx.c transports/atm/atm_tx.c transports/atm/atm_encap.h transports/atm/atm_encap.c \
	transports/atm/atm_shape.h transports/atm/atm_shape.c \
	transports/x25/lapb.h transports/x25/lapb.c transports/x25/lapb_hand.c transports/x25/x25_hand.c transports/x25/x25_freeze.c \
	transports/x25/xot.h transports/x25/xot.c \
	transports/x25/x25_pkt.h transports/x25/x25_pkt.c transports/x25/x25_words.c \
	transports/x25/x25.h transports/x25/x25_int.h transports/x25/x25.c transports/x25/x25_data.c \
	transports/x25/x25_default.c transports/x25/x25_agree.c \
	transports/x25/x25_encap.h transports/x25/x25_encap.c transports/x25/x25_port.h transports/x25/x25_conf.c \
	transports/x25/x25_circuit.c transports/x25/x25_batch.c transports/x25/x25_line.c transports/x25/x25_xot.h transports/x25/x25_xot.c \
	transports/x25/x25_xot_conf.c transports/x25/x25_xot_pvc.c transports/x25/x25_xot_hand.c transports/x25/x25_kernel.h transports/x25/x25_kernel.c \
	transports/x25/x25_socket.h transports/x25/x25_socket.c transports/x25/x25_socket_hand.c transports/x25/x25_transport.h transports/x25/x25_transport.c \
	transports/link/link.h transports/link/link_kind.h transports/link/link.c transports/link/link_socket.c \
	transports/link/link_udp.c transports/link/link_loop.c transports/link/link_packet.c transports/link/link_tun.c \
	transports/link/atmtcp.h transports/link/atmtcp.c transports/link/link_atmtcp.c transports/link/link_atmpvc.c \
	transports/link/pcap_file.h transports/link/pcap_file.c transports/link/link_pcap.c transports/link/link_ether.h transports/link/link_ether.c \
	transports/link/link_ring.h transports/link/link_ring.c transports/link/link_blocks.c transports/link/link_slots.c \
	transports/serial/hdlc.h transports/serial/hdlc.c \
	transports/serial/serial_chat.h transports/serial/serial_chat.c transports/serial/serial_tty.h transports/serial/serial_tty.c \
	transports/serial/serial.h transports/serial/serial_int.h transports/serial/serial.c \
	transports/serial/serial_line.c transports/serial/serial_sync.c transports/serial/serial_freeze.c transports/serial/serial_conf.c \
	transports/pppoe/pppoe_pkt.h transports/pppoe/pppoe_pkt.c transports/pppoe/pppoe_line.h transports/pppoe/pppoe_line.c \
	transports/pppoe/pppoe_end.h transports/pppoe/pppoe_end.c transports/pppoe/pppoe_ac.h transports/pppoe/pppoe_ac.c \
	transports/pppoe/pppoe_client.h transports/pppoe/pppoe_client.c \
	transports/pppoe/pppoe.h transports/pppoe/pppoe_int.h transports/pppoe/pppoe.c transports/pppoe/pppoe_freeze.c transports/pppoe/pppoe_resume.c transports/pppoe/pppoe_conf.c \
	transports/pppoe/pppoe_hash.h transports/pppoe/pppoe_hash.c transports/pppoe/pppoe_addr.h transports/pppoe/pppoe_addr.c \
	transports/frame-relay/q922.h transports/frame-relay/q922.c \
	transports/frame-relay/fr_encap.h transports/frame-relay/fr_encap.c transports/frame-relay/frf12.h transports/frame-relay/frf12.c \
	transports/frame-relay/fr_int.h transports/frame-relay/fr_tx.c transports/frame-relay/fr_conf.c transports/frame-relay/fr_freeze.c \
	transports/frame-relay/lmi_msg.h transports/frame-relay/lmi_msg.c \
	transports/frame-relay/lmi.h transports/frame-relay/lmi.c transports/frame-relay/lmi_sides.h transports/frame-relay/lmi_sides.c transports/frame-relay/lmi_hint.h transports/frame-relay/lmi_hint.c \
	transports/frame-relay/frame_relay.h transports/frame-relay/frame_relay.c
# A medium in one file is its row: transports/NAME.c has the const struct ist_transport NAME_transport.
ONE_FILE_MEDIA = $(filter-out builtin plugin,$(basename $(notdir $(wildcard $(srcdir)/transports/*.c))))
ONE_FILE_OBJECTS = $(ONE_FILE_MEDIA:%=transports/%.lo)
libtransports_la_LIBADD = $(ONE_FILE_OBJECTS)
libtransports_la_DEPENDENCIES = $(ONE_FILE_OBJECTS)
EXTRA_DIST += $(wildcard $(srcdir)/transports/*.c)
transports/builtin.lo: transports/one_file.list
transports/one_file.list: one-file-media
	$(AM_V_at)printf 'ONE_FILE(%s)\n' $(ONE_FILE_MEDIA) | tr - _ >$@.new
	$(AM_V_at)if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
.PHONY: one-file-media
CLEANFILES += transports/one_file.list
DISTCLEANFILES += $(ONE_FILE_MEDIA:%=transports/$(DEPDIR)/%.Plo)
-include $(ONE_FILE_MEDIA:%=transports/$(DEPDIR)/%.Plo)
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = transports/isthmus-transport.pc
EXTRA_DIST += transports/README.md transports/x25/x25.md
dist_doc_DATA += transports/GUIDE.md
istincludedir = $(includedir)/isthmus
istinclude_HEADERS = transports/transport.h core/bytes.h
