# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += unit-core
TESTS += unit-core
unit_core_SOURCES = $(TEST_LIB) tests/core/main.c tests/core/body.c \
	tests/core/body.h tests/core/kat.c tests/core/kat.h \
	tests/core/test_avp.c tests/core/test_avp_table.c tests/core/test_build.c \
	tests/core/test_bytes.c tests/core/test_container.c tests/core/test_data.c tests/core/test_deadline.c \
	tests/core/test_hdr.c tests/core/test_hide.c tests/core/test_ids.c tests/core/test_msg.c \
	tests/core/test_msg_avp.c tests/core/test_msg_table.c tests/core/test_reason.c
unit_core_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS)
unit_core_LDFLAGS = $(heap_ldflags)
unit_core_LDADD = libcore.la $(CUNIT_LIBS)
unit_core_SOURCES += tests/core/rig.h tests/core/rig.c tests/core/test_reliable.c tests/core/test_restart.c tests/core/test_setup.c
EXTRA_DIST += tests/vectors/README.md tests/vectors/engine-records-1.txt tests/vectors/go-l2tp.hex tests/vectors/rfc2661-kat.txt \
	tests/vectors/rtbrick-lac-sccrq.hex tests/vectors/xl2tpd-lac_l2tpns-lns.hex \
	tests/vectors/xl2tpd-lac_xl2tpd-lns.hex tests/vectors/ze.hex
EXTRA_DIST += tests/rfc2661.md tests/odd-peers.md tests/matrix-check
unit_core_SOURCES += tests/core/test_cc_table.c \
	tests/core/test_call_table.c \
	tests/core/test_htab.c \
	tests/core/test_idtab.c \
	tests/core/test_tie.c \
	tests/core/test_reauth.c
unit_core_SOURCES += tests/core/test_tunnel.c
unit_core_SOURCES += tests/core/test_call.c
unit_core_SOURCES += tests/core/test_engine.c \
	tests/core/test_call_msg.c \
	tests/core/test_events.c \
	tests/core/test_info.c \
	tests/core/test_output.c \
	tests/core/test_policy.c
unit_core_SOURCES += tests/core/test_half_open.c tests/core/test_quota.c tests/core/test_stranger.c \
	tests/core/test_malformed.c tests/core/test_memory.c tests/core/test_phb.c tests/core/test_spare.c
unit_core_SOURCES += tests/core/shelf.h tests/core/shelf.c tests/core/test_restore.c \
	tests/core/test_restore_cells.c tests/core/test_restore_checks.c tests/core/test_keep.c tests/core/test_save.c
