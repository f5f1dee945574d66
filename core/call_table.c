/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of RFC 2661 7.4.1, 7.4.2, 7.5.1 and 7.5.2, each followed by rows for what the RFC
 * leaves open.  The first row that matches applies; an event that matches none is counted and
 * ignored.
 */
#include "core/call_table.h"

#include "core/engine.h"

enum call_guard { ANY, OK, BAD, READY };

#define S(x)  (1u << L2TP_C_##x)
#define E(x)  (1u << CALL_##x)
#define TO(x) L2TP_C_##x

#define INCOMING_MSGS (E(ICRQ) | E(ICRP) | E(ICCN))
#define OUTGOING_MSGS (E(OCRQ) | E(OCRP) | E(OCCN))
/* States in which the peer may have learnt our id. */
#define KNOWN (S(WAIT_REPLY) | S(WAIT_CONNECT) | S(WAIT_ANSWER) | S(WAIT_CS) | S(ESTABLISHED))

/* Common to all four tables: a call ends with its tunnel (7.1), a call that is not established in
 * time ends, and so does one that gets a message of the other call direction. */
#define COMMON(wrong)                                                                     \
	{KNOWN | S(WAIT_TUNNEL) | S(IDLE), E(TUNNEL_GONE), ANY, CALL_DO_CLEAN, TO(IDLE)}, \
		{KNOWN & ~S(ESTABLISHED), E(LATE), ANY, CALL_DO_CDN, TO(IDLE)},           \
	{                                                                                 \
		KNOWN, wrong, ANY, CALL_DO_CDN, TO(IDLE)                                  \
	}

/* clang-format off */
static const struct call_row lac_in[] = {
	/* section 7.4.1 */
	{S(IDLE),        E(OPEN),                       ANY,   CALL_DO_NOTHING, TO(WAIT_TUNNEL)},
	{S(IDLE),        E(ICCN) | E(ICRP) | E(CDN),    ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(WAIT_TUNNEL), E(CLOSE),                      ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(WAIT_TUNNEL), E(TUNNEL_OPEN),                ANY,   CALL_DO_REQUEST, TO(WAIT_REPLY)},
	{S(WAIT_REPLY),  E(ICRP),                       READY, CALL_DO_REPLIED_CONNECT, TO(ESTABLISHED)},
	{S(WAIT_REPLY),  E(ICRP),                       OK,    CALL_DO_REPLIED, TO(WAIT_CS)},
	{S(WAIT_REPLY),  E(ICRP),                       BAD,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_REPLY),  E(ICRQ),                       ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_REPLY),  E(CDN) | E(ICCN),              ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(WAIT_REPLY),  E(CLOSE),                      ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(ESTABLISHED), E(CDN),                        ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(ESTABLISHED), INCOMING_MSGS,                 ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(ESTABLISHED), E(CLOSE),                      ANY,   CALL_DO_CDN,     TO(IDLE)},
	/* the circuit comes up before, or after, the LNS has agreed */
	{S(IDLE) | S(WAIT_TUNNEL) | S(WAIT_REPLY),
			 E(CIRCUIT_UP),                 ANY,   CALL_DO_NOTHING, CALL_SAME},
	{S(WAIT_CS),     E(CIRCUIT_UP),                 ANY,   CALL_DO_CONNECT, TO(ESTABLISHED)},
	{S(WAIT_CS),     INCOMING_MSGS | E(CLOSE),      ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_CS),     E(CDN),                        ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(IDLE),        E(CLOSE),                      ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(ESTABLISHED), E(SLI),                        ANY,   CALL_DO_REPORT,  TO(ESTABLISHED)},
	COMMON(OUTGOING_MSGS),
};

static const struct call_row lns_in[] = {
	/* section 7.4.2; ICRP goes when our owner has decided */
	{S(IDLE),         E(ICRQ),                      OK,    CALL_DO_OFFER,   TO(WAIT_ANSWER)},
	{S(IDLE),         E(ICRQ),                      BAD,   CALL_DO_REFUSE,  TO(IDLE)},
	{S(IDLE),         E(ICRP),                      ANY,   CALL_DO_REFUSE,  TO(IDLE)},
	{S(IDLE),         E(ICCN),                      ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(WAIT_CONNECT), E(ICCN),                      OK,    CALL_DO_UP,      TO(ESTABLISHED)},
	{S(WAIT_CONNECT), E(ICCN),                      BAD,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_CONNECT), E(ICRQ) | E(ICRP),            ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(IDLE) | S(WAIT_CONNECT) | S(ESTABLISHED),
			  E(CDN),                       ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(WAIT_CONNECT) | S(ESTABLISHED),
			  E(CLOSE),                     ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(ESTABLISHED),  INCOMING_MSGS,                ANY,   CALL_DO_CDN,     TO(IDLE)},
	/* between ICRQ and ICRP */
	{S(WAIT_ANSWER),  E(ANSWER),                    ANY,   CALL_DO_REPLY,   TO(WAIT_CONNECT)},
	{S(WAIT_ANSWER),  INCOMING_MSGS | E(CLOSE),     ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_ANSWER),  E(CDN),                       ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(ESTABLISHED),  E(WEN),                       ANY,   CALL_DO_REPORT,  TO(ESTABLISHED)},
	COMMON(OUTGOING_MSGS),
};

static const struct call_row lac_out[] = {
	/* section 7.5.1; OCRP goes when our owner has decided */
	{S(IDLE),        E(OCRQ),                       OK,    CALL_DO_OFFER,   TO(WAIT_ANSWER)},
	{S(IDLE),        E(OCRQ),                       BAD,   CALL_DO_REFUSE,  TO(IDLE)},
	{S(IDLE),        E(OCRP),                       ANY,   CALL_DO_REFUSE,  TO(IDLE)},
	{S(IDLE),        E(OCCN) | E(CDN),              ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(WAIT_CS),     E(CIRCUIT_UP),                 ANY,   CALL_DO_CONNECT, TO(ESTABLISHED)},
	{S(WAIT_CS),     E(CLOSE),                      ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_CS),     OUTGOING_MSGS,                 ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(ESTABLISHED), OUTGOING_MSGS,                 ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_CS) | S(ESTABLISHED),
			 E(CDN),                        ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(ESTABLISHED), E(CLOSE),                      ANY,   CALL_DO_CDN,     TO(IDLE)},
	/* between OCRQ and OCRP */
	{S(WAIT_ANSWER), E(ANSWER),                     ANY,   CALL_DO_REPLY,   TO(WAIT_CS)},
	{S(WAIT_ANSWER), OUTGOING_MSGS | E(CLOSE),      ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_ANSWER), E(CDN),                        ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(ESTABLISHED), E(SLI),                        ANY,   CALL_DO_REPORT,  TO(ESTABLISHED)},
	COMMON(INCOMING_MSGS),
};

static const struct call_row lns_out[] = {
	/* section 7.5.2 */
	{S(IDLE),         E(OPEN),                      ANY,   CALL_DO_NOTHING, TO(WAIT_TUNNEL)},
	{S(IDLE),         E(OCCN) | E(OCRP) | E(CDN),   ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(WAIT_TUNNEL),  E(TUNNEL_OPEN),               ANY,   CALL_DO_REQUEST, TO(WAIT_REPLY)},
	{S(WAIT_REPLY),   E(OCRP),                      OK,    CALL_DO_REPLIED, TO(WAIT_CONNECT)},
	{S(WAIT_REPLY),   E(OCRP),                      BAD,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_REPLY),   E(OCCN) | E(OCRQ),            ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_CONNECT), E(OCCN),                      OK,    CALL_DO_UP,      TO(ESTABLISHED)},
	{S(WAIT_CONNECT), E(OCRQ) | E(OCRP),            ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_REPLY) | S(WAIT_CONNECT) | S(ESTABLISHED),
			  E(CDN),                       ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(ESTABLISHED),  OUTGOING_MSGS,                ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_REPLY) | S(WAIT_CONNECT) | S(ESTABLISHED),
			  E(CLOSE),                     ANY,   CALL_DO_CDN,     TO(IDLE)},
	{S(WAIT_TUNNEL),  E(CLOSE),                     ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	/* 4.4.3: a Framing Type we did not advertise is rejected */
	{S(WAIT_CONNECT), E(OCCN),                      BAD,   CALL_DO_CDN,     TO(IDLE)},
	{S(IDLE),         E(CLOSE),                     ANY,   CALL_DO_CLEAN,   TO(IDLE)},
	{S(ESTABLISHED),  E(WEN),                       ANY,   CALL_DO_REPORT,  TO(ESTABLISHED)},
	COMMON(INCOMING_MSGS),
};
/* clang-format on */

#define TABLE(t)                              \
	{                                     \
		t, sizeof(t) / sizeof((t)[0]) \
	}
static const struct {
	const struct call_row *rows;
	unsigned n;
} tables[CALL_ROLES] = {TABLE(lac_in), TABLE(lns_in), TABLE(lac_out), TABLE(lns_out)};

static const struct call_row none = {0, 0, ANY, CALL_DO_COUNT, CALL_SAME};

static bool call_table_allows(uint8_t guard, bool acceptable, bool ready)
{
	const bool holds[] = {[ANY] = true,
			      [OK] = acceptable,
			      [BAD] = !acceptable,
			      [READY] = acceptable && ready};

	return holds[guard];
}

const struct call_row *call_row(enum call_role role, uint8_t state, uint8_t event, bool acceptable,
				bool ready)
{
	for (unsigned i = 0; i < tables[role].n; i++) {
		const struct call_row *r = &tables[role].rows[i];

		if ((r->states & 1u << state) && (r->events & 1u << event) &&
		    call_table_allows(r->guard, acceptable, ready))
			return r;
	}
	return &none;
}
