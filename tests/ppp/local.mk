# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += unit-ppp
TESTS += unit-ppp
unit_ppp_SOURCES = $(TEST_LIB) tests/ppp/main.c tests/ppp/cells.c tests/ppp/cells.h tests/ppp/lone.c tests/ppp/lone.h \
	tests/ppp/naps.c tests/ppp/naps.h tests/ppp/pair.c tests/ppp/pair.h tests/ppp/test_auth.c tests/ppp/test_auth_chap.c tests/ppp/test_auth_pap.c tests/ppp/test_config.c tests/ppp/test_cp.c tests/ppp/test_eap.c tests/ppp/test_frame.c \
	tests/ppp/test_fsm.c tests/ppp/test_ipcp.c tests/ppp/test_ipv6cp.c \
	tests/ppp/test_lcp.c tests/ppp/test_link.c tests/ppp/test_mp.c tests/ppp/test_multilink.c tests/ppp/test_mschap.c tests/ppp/test_ppp.c \
	tests/ppp/test_proxy.c tests/ppp/test_rest.c tests/ppp/test_save.c tests/ppp/test_save_record.c tests/ppp/test_save_crash.c
unit_ppp_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS) $(NETTLE_CFLAGS)
unit_ppp_LDFLAGS = $(heap_ldflags)
unit_ppp_LDADD = libppp.la libcore.la $(CUNIT_LIBS) $(NETTLE_LIBS)
EXTRA_DIST += tests/vectors/ppp-record-1.hex
