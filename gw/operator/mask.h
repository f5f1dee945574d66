/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secrets in a frame of a capture, written over by asterisks; all other octets stay, and so do
 * lengths: the password of PAP (RFC 1334), the answer of EAP's token card (RFC 3748 5.6), and the
 * Proxy Authen Response that holds a password (RFC 2661 4.4.5); and all of a packet or piece of
 * which the begin is not known.  What is hashed or hidden stays.
 */
#ifndef GW_OPERATOR_MASK_H
#define GW_OPERATOR_MASK_H

#include "gw/operator/inside.h"

/* frame: a copy of the one that `in` is about, which began at `from`. */
void mask_secrets(const struct inside *in, uint8_t *frame, const uint8_t *from);

#endif
