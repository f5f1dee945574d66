/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of the counters and of the reasons for the end of a link. */
#include "ppp/ppp.h"

const struct ppp_reason_row ppp_reasons[PPP_R_COUNT] = {
#define X(sym, key, words) {key, words},
	PPP_REASONS(X)
#undef X
};

const char *ppp_why_words(enum ppp_why w)
{
	static const char *const words[PPP_WHYS] = {
		[PPP_WHY_NONE] = "no reason",
		[PPP_WHY_LOCAL] = "closed by us",
		[PPP_WHY_PEER] = "closed by the peer",
		[PPP_WHY_NO_ANSWER] = "LCP not agreed",
		[PPP_WHY_AUTH_FAILED] = "authentication failed",
		[PPP_WHY_AUTH_TIMEOUT] = "authentication not finished in time",
		[PPP_WHY_AUTH_REFUSED] = "no authentication method in common",
		[PPP_WHY_ECHO] = "echo requests not answered",
		[PPP_WHY_LOOP] = "line is looped back",
		[PPP_WHY_NO_NETWORK] = "no network protocol agreed",
		[PPP_WHY_LOWER] = "line went down",
	};

	return (unsigned)w < PPP_WHYS ? words[w] : "?";
}
