# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += libtransports.la
libtransports_la_SOURCES = transports/transport.h transports/builtin.h transports/builtin.c \
	transports/handle.h \
	transports/settings.h transports/settings.c \
	transports/ip_head.h transports/ip_head.c \
	transports/udp_addr.h transports/udp_addr.c \
	transports/udp_table.h transports/udp_table.c \
	transports/udp.h transports/udp.c \
	transports/delay.h transports/delay.c \
	transports/impair.h transports/impair.c \
	transports/loop.h transports/loop.c \
	transports/cell.h transports/cell.c transports/oam.h transports/oam.c \
	transports/aal5.h transports/aal5.c transports/aal5_crc.h transports/aal5_crc.c \
	transports/lapb.h transports/lapb.c transports/xot.h transports/xot.c \
	transports/x25_pkt.h transports/x25_pkt.c transports/x25_words.c \
	transports/x25.h transports/x25_int.h transports/x25.c transports/x25_data.c
istincludedir = $(includedir)/isthmus
istinclude_HEADERS = transports/transport.h core/bytes.h
