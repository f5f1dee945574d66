/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's calls that x25_socket.c uses: x25_af_x25, or a test's own table. */
#ifndef TRANSPORTS_X25_X25_SOCKET_H
#define TRANSPORTS_X25_X25_SOCKET_H

#include "transports/x25/x25_kernel.h"

extern const struct x25_kernel *x25_socket_kernel;

#endif
