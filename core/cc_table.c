/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows of RFC 2661 section 7.2.1, then rows for what the RFC leaves open.  The first row that
 * matches applies; an event that matches none is counted and ignored.
 */
#include "core/cc_table.h"

#include "core/engine.h"

enum cc_guard { ANY, OK, BAD };

#define S(x)  (1u << L2TP_T_##x)
#define E(x)  (1u << CC_##x)
#define TO(x) L2TP_T_##x

/* clang-format off */
static const struct cc_row rows[] = {
	/* section 7.2.1 */
	{S(IDLE),           E(OPEN),                             ANY, CC_DO_REQUEST,  TO(WAIT_CTL_REPLY)},
	{S(IDLE),           E(SCCRQ),                            OK,  CC_DO_REPLY,    TO(WAIT_CTL_CONN)},
	{S(IDLE),           E(SCCRQ),                            BAD, CC_DO_REFUSE,   TO(IDLE)},
	{S(IDLE),           E(SCCRP),                            ANY, CC_DO_REFUSE,   TO(IDLE)},
	{S(IDLE),           E(SCCCN),                            ANY, CC_DO_COUNT,    TO(IDLE)},
	{S(WAIT_CTL_REPLY), E(SCCRP),                            OK,  CC_DO_CONNECT,  TO(ESTABLISHED)},
	{S(WAIT_CTL_REPLY), E(SCCRP),                            BAD, CC_DO_STOP,     TO(STOPPING)},
	{S(WAIT_CTL_REPLY), E(TIE_LOST),                         ANY, CC_DO_DISCARD,  TO(IDLE)},
	{S(WAIT_CTL_REPLY), E(TIE_YIELDED),                      ANY, CC_DO_YIELD,    TO(IDLE)},
	{S(WAIT_CTL_REPLY), E(SCCCN),                            ANY, CC_DO_STOP,     TO(STOPPING)},
	{S(WAIT_CTL_CONN),  E(SCCCN),                            OK,  CC_DO_UP,       TO(ESTABLISHED)},
	{S(WAIT_CTL_CONN),  E(SCCCN),                            BAD, CC_DO_STOP,     TO(STOPPING)},
	{S(WAIT_CTL_CONN),  E(SCCRP) | E(SCCRQ),                 ANY, CC_DO_STOP,     TO(STOPPING)},
	{S(ESTABLISHED),    E(OPEN),                             ANY, CC_DO_NOTHING,  TO(ESTABLISHED)},
	{S(ESTABLISHED),    E(CLOSE),                            ANY, CC_DO_STOP,     TO(STOPPING)},
	{S(ESTABLISHED),    E(SCCRQ) | E(SCCRP) | E(SCCCN),      ANY, CC_DO_STOP,     TO(STOPPING)},
	{S(IDLE),           E(STOPCCN),                          ANY, CC_DO_COUNT,    TO(IDLE)},
	{S(WAIT_CTL_REPLY) | S(WAIT_CTL_CONN) | S(ESTABLISHED),
			    E(STOPCCN),                          ANY, CC_DO_END,      TO(LINGER)},

	/* an SCCRQ inside our own tunnel, or a call before there is a tunnel: improper sequence, 7.1 */
	{S(WAIT_CTL_REPLY), E(SCCRQ),                            ANY, CC_DO_STOP,     TO(STOPPING)},
	{S(WAIT_CTL_REPLY) | S(WAIT_CTL_CONN),
			    E(SESSION),                          ANY, CC_DO_STOP,     TO(STOPPING)},
	{S(ESTABLISHED),    E(SESSION),                          ANY, CC_DO_DISPATCH, TO(ESTABLISHED)},
	{S(ESTABLISHED),    E(HELLO),                            ANY, CC_DO_NOTHING,  TO(ESTABLISHED)},
	{S(WAIT_CTL_REPLY) | S(WAIT_CTL_CONN),
			    E(CLOSE) | E(LATE),                  ANY, CC_DO_STOP,     TO(STOPPING)},

	/* loss of connectivity: a StopCCN would not arrive, 5.8 */
	{S(WAIT_CTL_REPLY) | S(WAIT_CTL_CONN) | S(ESTABLISHED) | S(STOPPING),
			    E(GAVE_UP) | E(LOST),                ANY, CC_DO_DISCARD,  TO(IDLE)},
	{S(LINGER),         E(LATE) | E(LOST),                   ANY, CC_DO_DISCARD,  TO(IDLE)},

	/* after StopCCN: messages already sent by the peer are acknowledged and ignored, 5.7 */
	{S(STOPPING),       E(STOPCCN) | E(ACKED),               ANY, CC_DO_END,      TO(LINGER)},
	{S(STOPPING),       E(SCCRP),                            ANY, CC_DO_TARGET,   TO(STOPPING)},
	{S(STOPPING) | S(LINGER),
			    E(SCCRQ) | E(SCCRP) | E(SCCCN) | E(STOPCCN) | E(HELLO) | E(SESSION) |
			    E(CLOSE) | E(GAVE_UP) | E(ACKED),    ANY, CC_DO_NOTHING,  CC_SAME},
	{S(WAIT_CTL_REPLY) | S(WAIT_CTL_CONN) | S(ESTABLISHED),
			    E(ACKED),                            ANY, CC_DO_NOTHING,  CC_SAME},
};
/* clang-format on */

static const struct cc_row none = {0, 0, ANY, CC_DO_COUNT, CC_SAME};

const struct cc_row *cc_row(uint8_t state, uint8_t event, bool acceptable)
{
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct cc_row *r = &rows[i];

		if (!(r->states & 1u << state) || !(r->events & 1u << event))
			continue;
		if (r->guard == ANY || acceptable == (r->guard == OK))
			return r;
	}
	return &none;
}
