/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network namespace for the calling thread, where it may have one. */
#ifndef TESTS_NETNS_H
#define TESTS_NETNS_H

#include <stdbool.h>
#include <stdint.h>

/* A fresh namespace; false, having said so by test_skip, where that is not permitted. */
bool netns_enter(const char *test);
/* Its loopback device is up, with 127.0.0.1 and packets of that size. */
void netns_loopback(int mtu);
/* Its loopback device is up, with ::1 and this address. */
void netns_loopback6(const uint8_t addr[16]);
/* Back to the one before. */
void netns_leave(void);

#endif
