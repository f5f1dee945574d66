# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += unit-control
TESTS += unit-control
unit_control_SOURCES = $(TEST_LIB) tests/gw/control.c tests/gw/clock.c tests/gw/clock.h \
	tests/gw/test_aaa.c tests/gw/test_addrpool.c tests/gw/test_join.c tests/gw/test_log.c \
	tests/gw/test_loop.c tests/gw/test_table.c
unit_control_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS) $(OSMO_CFLAGS)
unit_control_LDADD = libcontrol.la libppp.la libcore.la $(OSMO_LIBS) $(CUNIT_LIBS)
