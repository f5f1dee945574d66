/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for people, made of what peers sent and what the gateway knows. */
#ifndef GW_TEXT_H
#define GW_TEXT_H

#include "core/msg.h"
#include "cfg/cfg.h"

/* Octets of a peer, fit to be printed: others than printable ASCII, and the backslash, as \xx. */
const char *gw_printable(char *buf, size_t cap, const void *octets, size_t len);
/* The same as one word: spaces and quotation marks as \xx too, and "-" for nothing, so that a line
 * of a log can be taken apart whatever the peer calls itself. */
const char *gw_word(char *buf, size_t cap, const void *octets, size_t len);
/* "3 administrative: logged out"; stop: StopCCN numbering. */
const char *gw_result_text(char *buf, size_t cap, const struct l2tp_result *r, bool stop);
/* Dotted quad; "-" for 0. */
const char *gw_ip4_text(char *buf, size_t cap, uint32_t addr);
/* Prefix as in the configuration. */
const char *gw_prefix_text(char *buf, size_t cap, const struct cfg_prefix *p);
/* "3d04h", "2h05m", "7m31s", "12s" */
const char *gw_duration_text(char *buf, size_t cap, uint64_t us);
/* "2M", "512k"; "-" for 0. */
const char *gw_rate_text(char *buf, size_t cap, uint64_t bps);

#define GW_TEXT_MAX 160

#endif
