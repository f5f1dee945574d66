/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ATM cell header, I.361 and I.432: five octets in front of 48, at the user-network interface
 *
 *   GFC 4 | VPI 8 | VCI 16 | PTI 3 | CLP 1 | HEC 8        (network-node interface: VPI 12, no GFC)
 *
 * HEC is a CRC-8 (x^8+x^2+x+1) over the first four octets, plus 55 hex.  Pure functions.
 */
#ifndef TRANSPORTS_ATM_CELL_H
#define TRANSPORTS_ATM_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CELL_LEN     53u
#define CELL_HDR_LEN 5u
#define CELL_PAYLOAD 48u

enum cell_format { CELL_UNI, CELL_NNI };

/* PTI: user data when the high bit is clear */
#define CELL_PTI_OAM	       4u /* high bit */
#define CELL_PTI_CONGESTED     2u /* user data: EFCI */
#define CELL_PTI_LAST	       1u /* user data: AUU, the last cell of an AAL5 PDU */
#define CELL_LAST_BIT	       2u /* where the last stands in the fourth octet of the header */
#define CELL_PTI_F5_SEGMENT    4u
#define CELL_PTI_F5_END_TO_END 5u
#define CELL_PTI_RM	       6u

struct cell_hdr {
	uint16_t vpi, vci;
	uint8_t gfc; /* UNI only */
	uint8_t pti;
	bool clp;
};

/* False when the HEC is wrong; h is filled all the same, for those who must ignore it. */
bool cell_decode(struct cell_hdr *h, const uint8_t in[CELL_HDR_LEN], enum cell_format f);
void cell_encode(uint8_t out[CELL_HDR_LEN], const struct cell_hdr *h, enum cell_format f);
uint8_t cell_hec(const uint8_t first4[4]);

/* "0/35" -> vpi, vci; false when it is not one or out of range of the format. */
bool cell_addr_parse(const char *text, enum cell_format f, uint16_t *vpi, uint16_t *vci);

#endif
