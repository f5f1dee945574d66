/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GW_RANDOM_H
#define GW_RANDOM_H

#include <stddef.h>

/* Fill buf with len unpredictable octets from the kernel; aborts when there are none. */
void gw_random(void *buf, size_t len);

#endif
