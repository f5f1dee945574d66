/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of the engine, its tunnels and calls as octets in network order, so that they outlive the
 * process.  Each begins with type (1), version (1) and length (2, of the whole record).  Later
 * releases append fields; a reader ignores what follows those it knows, and takes zero for those
 * that a shorter record lacks.  Another version means another layout and is refused.
 *
 * Records are decoded as if a stranger had written them: whatever is out of range is refused.
 *
 * Layout, version 1 (octets):
 *  engine   type 1: key of the Tunnel IDs 16, ids ever given 2, births 2
 *  tunnel   type 2: id 2, peer's id 2, state 1, flags 1, una 2, reach 2, nr 2, peer's window 2,
 *           peer's Framing and Bearer Capabilities 4 + 4, established at (us) 8, key of the Session
 *           IDs 16, ids ever given 2, print of the secret 8, codepoint 1, Result and Error Code
 *           2 + 2, Host Name 1 + n, Vendor Name 1 + n
 *  call     type 3: Tunnel ID 2, id 2, peer's id 2, state 1, role 1, flags 1, serial number 4,
 *           established at (us) 8, Result and Error Code 2 + 2
 */
#ifndef CORE_SAVE_H
#define CORE_SAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAVE_VERSION 1u

enum save_type { SAVE_ENGINE = 1, SAVE_TUNNEL = 2, SAVE_CALL = 3 };

struct save_engine {
	uint8_t key[16];
	uint16_t fresh; /* as in struct ids */
	uint16_t births;
};

struct save_tunnel {
	uint16_t id, peer_id;
	uint8_t state; /* L2TP_T_ESTABLISHED or L2TP_T_STOPPING */
	bool initiator, authenticated, has_bearer;
	uint16_t una, reach, nr; /* reach: one past the highest Ns that may have been sent */
	uint16_t peer_window;
	uint32_t peer_framing, peer_bearer;
	uint64_t since;
	uint8_t sid_key[16];
	uint16_t sid_fresh;
	uint8_t secret[8]; /* equal = the same secret; see restore.c */
	uint8_t dscp;
	uint16_t result, error; /* of the StopCCN, while stopping */
	char peer_host[256], peer_vendor[64];
};

struct save_call {
	uint16_t tunnel_id, id, peer_id;
	uint8_t state; /* L2TP_C_ESTABLISHED, or L2TP_C_IDLE: to be cleared with CDN */
	uint8_t role;  /* enum call_role */
	bool placed, required, hides_info;
	uint32_t serial;
	uint64_t since;
	uint16_t result, error; /* of the CDN */
};

/* Octets written, at most L2TP_RECORD_MAX; 0 = they do not fit into cap. */
size_t save_engine_write(const struct save_engine *s, uint8_t *buf, size_t cap);
size_t save_tunnel_write(const struct save_tunnel *s, uint8_t *buf, size_t cap);
size_t save_call_write(const struct save_call *s, uint8_t *buf, size_t cap);
/* False = it is no record of this type and version, or a value is out of range. */
bool save_engine_read(struct save_engine *s, const uint8_t *rec, size_t len);
bool save_tunnel_read(struct save_tunnel *s, const uint8_t *rec, size_t len);
bool save_call_read(struct save_call *s, const uint8_t *rec, size_t len);

#endif
