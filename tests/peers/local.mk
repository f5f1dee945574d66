# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that tests/peers/ scripts run; not run by `make check`, since foreign code keeps real time.
if HAVE_OSMOGB
check_PROGRAMS += lmi-osmogb
lmi_osmogb_SOURCES = tests/peers/lmi_osmogb.c
lmi_osmogb_CFLAGS = $(AM_CFLAGS) $(OSMOGB_CFLAGS)
lmi_osmogb_LDADD = libtransports.la $(OSMOGB_LIBS)
endif

check_PROGRAMS += pppoa-server
pppoa_server_SOURCES = tests/peers/pppoa_server.c tests/transports/host.h tests/transports/host.c
pppoa_server_LDADD = libppp.la libtransports.la libcore.la

check_PROGRAMS += x25-kernel
x25_kernel_SOURCES = tests/peers/x25_kernel.c tests/transports/host.h tests/transports/host.c
x25_kernel_LDADD = libtransports.la

check_PROGRAMS += hdlc-proto
hdlc_proto_SOURCES = tests/peers/hdlc_proto.c
hdlc_proto_LDADD =

check_PROGRAMS += pppoe-port
pppoe_port_SOURCES = tests/peers/pppoe_port.c tests/transports/host.h tests/transports/host.c
pppoe_port_LDADD = libppp.la libtransports.la libcore.la
