/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The State Transition Table of RFC 1661 section 4.1, typed from the RFC's text and in its
 * notation, against the table the engine runs on.
 */
#include "ppp/fsm.h"
#include "tests/harness.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct {
	enum fsm_event ev;
	const char *cells;
} rfc[] = {
	/*             0        1         2        3            4        5 */
	{FSM_UP,        "2      irc,scr/6 -        -            -        -      "
			"-      -         -        -"},
	{FSM_DOWN,      "-      -         0        tls/1        0        1      "
			"1      1         1        tld/1"},
	{FSM_OPEN,      "tls/1  1         irc,scr/6 3r          5r       5r     "
			"6      7         8        9r"},
	{FSM_CLOSE,     "0      tlf/0     2        2            4        4      "
			"irc,str/4 irc,str/4 irc,str/4 tld,irc,str/4"},
	{FSM_TO_PLUS,   "-      -         -        -            str/4    str/5  "
			"scr/6  scr/6     scr/8    -"},
	{FSM_TO_MINUS,  "-      -         -        -            tlf/2    tlf/3  "
			"tlf/3p tlf/3p    tlf/3p   -"},
	{FSM_RCR_PLUS,  "-      -         sta/2    irc,scr,sca/8 4       5      "
			"sca/8  sca,tlu/9 sca/8    tld,scr,sca/8"},
	{FSM_RCR_MINUS, "-      -         sta/2    irc,scr,scn/6 4       5      "
			"scn/6  scn/7     scn/6    tld,scr,scn/6"},
	{FSM_RCA,       "-      -         sta/2    sta/3        4        5      "
			"irc/7  scr/6x    irc,tlu/9 tld,scr/6x"},
	{FSM_RCN,       "-      -         sta/2    sta/3        4        5      "
			"irc,scr/6 scr/6x irc,scr/8 tld,scr/6x"},
	{FSM_RTR,       "-      -         sta/2    sta/3        sta/4    sta/5  "
			"sta/6  sta/6     sta/6    tld,zrc,sta/5"},
	{FSM_RTA,       "-      -         2        3            tlf/2    tlf/3  "
			"6      6         8        tld,scr/6"},
	{FSM_RUC,       "-      -         scj/2    scj/3        scj/4    scj/5  "
			"scj/6  scj/7     scj/8    scj/9"},
	{FSM_RXJ_PLUS,  "-      -         2        3            4        5      "
			"6      6         8        9"},
	{FSM_RXJ_MINUS, "-      -         tlf/2    tlf/3        tlf/2    tlf/3  "
			"tlf/3  tlf/3     tlf/3    tld,irc,str/5"},
	{FSM_RXR,       "-      -         2        3            4        5      "
			"6      7         8        ser/9"},
};
/* clang-format on */

static unsigned action_bit(const char *name, size_t len)
{
	static const struct {
		const char *name;
		unsigned bit;
	} names[] = {
		{"tlu", FSM_TLU}, {"tld", FSM_TLD}, {"tls", FSM_TLS}, {"tlf", FSM_TLF},
		{"irc", FSM_IRC}, {"zrc", FSM_ZRC}, {"scr", FSM_SCR}, {"sca", FSM_SCA},
		{"scn", FSM_SCN}, {"str", FSM_STR}, {"sta", FSM_STA}, {"scj", FSM_SCJ},
		{"ser", FSM_SER},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (len == 3 && !strncmp(names[i].name, name, 3))
			return names[i].bit;
	abort();
}

static struct fsm_cell fsm_parse(const char *word, size_t len)
{
	struct fsm_cell c = {0, FSM_ILLEGAL};
	const char *slash = memchr(word, '/', len);

	if (len == 1 && *word == '-')
		return c;
	while (slash && word < slash) {
		c.actions |= (uint16_t)action_bit(word, strcspn(word, ",/"));
		word += strcspn(word, ",/") + 1;
	}
	c.next = (uint8_t)(*word - '0');
	return c;
}

static void rfc1661_4_1_every_cell(void)
{
	unsigned cells = 0;

	for (size_t i = 0; i < sizeof(rfc) / sizeof(*rfc); i++) {
		const char *w = rfc[i].cells;

		for (unsigned s = 0; s < FSM_STATES; s++) {
			size_t len;

			w += strspn(w, " ");
			len = strcspn(w, " ");
			struct fsm_cell want = fsm_parse(w, len);
			const struct fsm_cell *got = &fsm_table[rfc[i].ev][s];

			CU_ASSERT_EQUAL(got->actions, want.actions);
			CU_ASSERT_EQUAL(got->next, want.next);
			w += len;
			cells++;
		}
	}
	CU_ASSERT_EQUAL(cells, FSM_EVENTS * FSM_STATES);
}

/* "The states in which the Restart timer is running are identifiable by the presence of TO events."
 */
static void rfc1661_4_1_timer_runs_where_it_may_expire(void)
{
	for (int s = 0; s < FSM_STATES; s++)
		CU_ASSERT_EQUAL(fsm_timed((enum fsm_state)s),
				fsm_table[FSM_TO_PLUS][s].next != FSM_ILLEGAL);
}

static void rfc1661_4_2_names(void)
{
	static const char *const names[] = {"Initial",	"Starting", "Closed",	"Stopped",
					    "Closing",	"Stopping", "Req-Sent", "Ack-Rcvd",
					    "Ack-Sent", "Opened"};

	for (int s = 0; s < FSM_STATES; s++)
		CU_ASSERT_STRING_EQUAL(fsm_state_name((enum fsm_state)s), names[s]);
	CU_ASSERT_STRING_EQUAL(fsm_state_name(FSM_ILLEGAL), "?");
}

static const struct test_case cases[] = {
	{"rfc1661_4_1_every_cell", rfc1661_4_1_every_cell},
	{"rfc1661_4_1_timer_runs_where_it_may_expire", rfc1661_4_1_timer_runs_where_it_may_expire},
	{"rfc1661_4_2_names", rfc1661_4_2_names},
	{NULL, NULL},
};
const struct test_suite suite_fsm = {"fsm", cases};
