/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VTY on a Unix socket of its own, served by the test's turns of the select loop. */
#ifndef TESTS_GW_OPERATOR_AT_SOCKET_H
#define TESTS_GW_OPERATOR_AT_SOCKET_H

extern char at_socket_folder[32], at_socket_path[80], at_socket_said[16384];

void at_socket_begin(void);
void at_socket_end(void);
void at_socket_turns(unsigned n);
/* A connection that does not wait. */
int at_socket_connect(void);
/* n of them. */
void at_socket_connect_all(int *fd, unsigned n);
void at_socket_close_all(const int *fd, unsigned n);
/* Everything said so far, to at_socket_said; octets, or -1 = closed. */
int at_socket_read(int fd);
void at_socket_ask(int fd, const char *text);

#endif
