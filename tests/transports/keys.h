/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of a transport's key table as text: where it stands, its kind, its limits, its default. */
#ifndef TESTS_TRANSPORTS_KEYS_H
#define TESTS_TRANSPORTS_KEYS_H

#include "transports/transport.h"

struct key_row {
	const char *name, *row; /* "port number 1-127 =2", "port circuit word =pvc"; "none" */
};
/* Each of n rows is in the table and reads so. */
void keys_are(const struct ist_transport *tr, const struct key_row *rows, size_t n);

#endif
