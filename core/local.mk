# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += libcore.la
libcore_la_SOURCES = \
	core/avp.h core/bytes.h core/data.h core/deadline.h core/engine.h core/hdr.h core/hide.h \
	core/ids.h core/msg.h core/reason.h \
	core/avp.c core/avp_table.c core/build.c core/data.c core/deadline.c core/hdr.c core/hide.c \
	core/ids.c core/msg.c core/msg_table.c core/reason.c
libcore_la_CFLAGS = $(AM_CFLAGS) $(NETTLE_CFLAGS)
libcore_la_LIBADD = $(NETTLE_LIBS)
libcore_la_SOURCES += core/reliable.h core/reliable.c
