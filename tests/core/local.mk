# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += unit-core
TESTS += unit-core
unit_core_SOURCES = $(TEST_LIB) tests/core/main.c tests/core/test_deadline.c
unit_core_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS)
unit_core_LDADD = libcore.la $(CUNIT_LIBS)
unit_core_SOURCES += tests/core/test_reliable.c
