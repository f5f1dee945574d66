# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that tests/peers/ scripts run; not run by `make check`, since foreign code keeps real time.
if HAVE_OSMOGB
check_PROGRAMS += lmi-osmogb
lmi_osmogb_SOURCES = tests/peers/lmi_osmogb.c
lmi_osmogb_CFLAGS = $(AM_CFLAGS) $(OSMOGB_CFLAGS)
lmi_osmogb_LDADD = libtransports.la $(OSMOGB_LIBS)
endif
