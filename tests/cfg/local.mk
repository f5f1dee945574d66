# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += unit-cfg
TESTS += unit-cfg
unit_cfg_SOURCES = $(TEST_LIB) tests/cfg/main.c tests/cfg/media.c tests/cfg/media.h tests/cfg/told.c \
	tests/cfg/test_arena.c tests/cfg/test_check.c tests/cfg/test_check_route.c tests/cfg/test_help.c tests/cfg/test_item.c tests/cfg/test_keys.c tests/cfg/test_keys_ipv6.c \
	tests/cfg/test_diff.c tests/cfg/test_dscp.c tests/cfg/test_filter.c \
	tests/cfg/test_lex.c tests/cfg/test_load.c tests/cfg/test_man.c tests/cfg/test_model.c tests/cfg/test_names.c \
	tests/cfg/test_parse.c tests/cfg/test_parts.c tests/cfg/test_port.c tests/cfg/test_preproc.c tests/cfg/test_radius.c \
	tests/cfg/test_report.c tests/cfg/test_schema.c tests/cfg/test_secret.c tests/cfg/test_store.c \
	tests/cfg/test_suggest.c tests/cfg/test_value.c
unit_cfg_SOURCES += tests/cfg/test_coa.c tests/cfg/folder.c tests/cfg/folder.h tests/cfg/test_bundle.c tests/cfg/test_stamp.c \
	tests/cfg/test_check_pool.c tests/cfg/test_check_port.c
unit_cfg_SOURCES += tests/cfg/test_keys_metrics.c tests/cfg/test_keys_outgoing.c tests/cfg/test_keys_peer.c tests/cfg/test_keys_ppp.c tests/cfg/test_keys_route.c
unit_cfg_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS) $(PCAP_CFLAGS)
# libconfuse and the system fail when a test wants them to.
unit_cfg_LDFLAGS = $(heap_ldflags) -Wl,--wrap=cfg_init -Wl,--wrap=cfg_opt_size -Wl,--wrap=cfg_opt_getnstr \
	-Wl,--wrap=cfg_getnsec -Wl,--wrap=cfg_parse_buf -Wl,--wrap=gethostname -Wl,--wrap=open \
	-Wl,--wrap=abort -Wl,--wrap=cfg_free -Wl,--wrap=pcap_open_dead -Wl,--wrap=pcap_close \
	-Wl,--wrap=pcap_compile -Wl,--wrap=pcap_freecode
unit_cfg_LDADD = libcfg.la libtransports.la libppp.la libcore.la $(CUNIT_LIBS) $(PCAP_LIBS)
EXTRA_DIST += tests/cfg/bad
