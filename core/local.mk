# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += libcore.la
libcore_la_SOURCES = \
	core/avp.h core/bytes.h core/container.h core/data.h core/deadline.h core/engine.h core/hdr.h core/hide.h \
	core/ids.h core/msg.h core/phb.h core/reason.h \
	core/avp.c core/avp_table.c core/build.c core/data.c core/deadline.c core/hdr.c core/hide.c \
	core/ids.c core/msg.c core/msg_table.c core/phb.c core/reason.c
libcore_la_CFLAGS = $(AM_CFLAGS) $(NETTLE_CFLAGS)
libcore_la_LIBADD = $(NETTLE_LIBS)
libcore_la_SOURCES += \
	core/call_table.h core/cc_table.h core/engine_int.h core/fifo.h core/htab.h core/idtab.h core/reliable.h core/save.h core/spare.h \
	core/call.c core/call_msg.c core/call_table.c core/cc_table.c core/engine.c core/events.c \
	core/half_open.c core/htab.c core/idtab.c core/info.c core/keep.c core/output.c core/policy.c core/quota.c core/reauth.c core/reliable.c core/restore.c core/save.c core/setup.c core/spare.c \
	core/tie.c core/tunnel.c
