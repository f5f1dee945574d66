/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of the log that a program may look for: MESSAGE_ID of their records in the journal.  A
 * number never changes its meaning; the manual has the list.
 */
#ifndef GW_LOG_ID_H
#define GW_LOG_ID_H

#define LOG_ID_LOG_IN	   "efa36b83593c40969832d6f3ac3fcda0" /* a user is let in */
#define LOG_ID_LOG_OUT	   "95364a67c93d4af491ed932311b565c4" /* and out */
#define LOG_ID_REFUSED	   "d6f3cdb76fa84b1ab808a8ef1f183536" /* a user is refused */
#define LOG_ID_TUNNEL_UP   "cb028951426744e288fd43614cc67754"
#define LOG_ID_TUNNEL_DOWN "066bb35c65a74970aba8f0c80f99cab3"
#define LOG_ID_PORT_OPEN   "6139f8811696473784706ded178ed35c"
#define LOG_ID_PORT_FAILED "369e1b76660d40b897591368a81947b0"

#endif
