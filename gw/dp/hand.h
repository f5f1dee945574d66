/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What two data sides say to each other while one hands over to the other, by a SOCK_SEQPACKET
 * socket between them:
 *
 *   old                                     new
 *   TABLES, the first image      ---->
 *                                <----      ANSWER: it has built them; 0 or why not
 *   stops its workers
 *   STATE, the second image      ---->
 *                                <----      ANSWER
 *   GO                           ---->      starts its workers
 *
 * Whatever goes wrong before GO, the old one goes on.
 */
#ifndef GW_DP_HAND_H
#define GW_DP_HAND_H

#include "gw/dp/image.h"

enum hand_kind { HAND_TABLES = 1, HAND_STATE, HAND_ANSWER, HAND_GO, HAND_FDS };

/* One of these, with the descriptors that belong to it.  0 or -errno. */
int hand_say(int sock, enum hand_kind kind, int32_t rc, const struct image_fds *fds);
/* Wait for one.  ms: at most, -1 = until the other has gone.  fds: is given the descriptors, which
 * are the caller's then; NULL = none may come.  Returns what the other has said as rc, which is 0
 * or an error, or -errno: -EPIPE when it has gone, -ETIMEDOUT, -EPROTO. */
int hand_hear(int sock, enum hand_kind kind, int ms, struct image_fds *fds);
/* Close those that are left, and free the list. */
void hand_close(struct image_fds *fds);

#endif
