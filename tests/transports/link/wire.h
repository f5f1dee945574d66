/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel device in the test's namespace, and the far end of its wire: a TUN or TAP descriptor, or
 * an AF_PACKET socket on a device that somebody else has made. */
#ifndef TESTS_TRANSPORTS_LINK_WIRE_H
#define TESTS_TRANSPORTS_LINK_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Up, of this MTU; arphrd 0 = a TAP.  Returns the far end. */
int wire_open(const char *name, uint16_t arphrd, unsigned mtu);
int wire_sniff(const char *name, uint16_t protocol);
void wire_write(int fd, const void *p, size_t len);
/* By a socket of wire_sniff(): under this protocol. */
void wire_send(int fd, const char *name, uint16_t protocol, const void *p, size_t len);
/* The next one whose octets at `at` begin with the two of `type`, within 5 s; 0 = there is none. */
size_t wire_read(int fd, void *out, size_t cap, size_t at, uint16_t type);

void wire_set_up(const char *name, bool up);
unsigned wire_flags(const char *name);		    /* IFF_... */
void wire_rename(const char *name, const char *to); /* takes it down first */
void wire_mac(const char *name, uint8_t mac[6]);
void wire_set_mac(const char *name, const uint8_t mac[6]);
uint16_t wire_arphrd(const char *name);
unsigned wire_mtu(const char *name);
void wire_set_mtu(const char *name, unsigned mtu);

#endif
