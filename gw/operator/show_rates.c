/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rates of a call or line in `show calls detail` and `show joins detail`, and those that an
 * operator sets for one call. */
#include "gw/legs/legs.h"
#include "gw/operator/vty.h"
#include "gw/text.h"

#include <stdio.h>
#include <string.h>

static const char *const rate_of[LEG_RATES] = {
	[LEG_RATES_SECTION] = "of its section",
	[LEG_RATES_USER] = "of its user",
	[LEG_RATES_OWN] = "its own",
};

static void rate_part(char *buf, size_t cap, const struct leg *l, enum dp_rate way, uint64_t drops)
{
	static const char *const names[DP_RATES] = {"up", "down"};
	enum leg_rates from = LEG_RATES_SECTION;
	uint64_t bps = leg_rate(l, way, &from);
	char rate[GW_TEXT_MAX];

	gw_rate_text(rate, sizeof(rate), bps);
	snprintf(buf, cap, "%s %.30s%s%s, dropped %llu", names[way], rate, bps ? " bit/s " : "",
		 bps ? rate_of[from] : "", (unsigned long long)drops);
}

void vty_rate_lines(struct vty *vty, const struct leg *l)
{
	uint32_t key = leg_key(l);
	struct dp_call_stats s = {0};
	char up[GW_TEXT_MAX], down[GW_TEXT_MAX];
	enum leg_rates from;

	if (!l->ops->entry)
		return;
	dp_call_stats(vty_gw(vty)->dp, (uint16_t)(key >> 16), (uint16_t)key, &s);
	if (!leg_rate(l, DP_RATE_UP, &from) && !leg_rate(l, DP_RATE_DOWN, &from) &&
	    !s.limited[DP_RATE_UP] && !s.limited[DP_RATE_DOWN])
		return;
	rate_part(up, sizeof(up), l, DP_RATE_UP, s.limited[DP_RATE_UP]);
	rate_part(down, sizeof(down), l, DP_RATE_DOWN, s.limited[DP_RATE_DOWN]);
	vty_out(vty, "  rate    %s; %s%s", up, down, VTY_NEWLINE);
}

/* --- of one call ------------------------------------------------------------------------------ */

/* argv: Tunnel ID, Session ID, direction. */
static int rate_of_call(struct vty *vty, const char *const *argv, uint64_t bps)
{
	struct leg *l = vty_call_leg(vty, argv[0], argv[1]);
	struct leg *bundle = l ? leg_bundle_with(vty_gw(vty), l) : NULL;
	enum dp_rate way = strcmp(argv[2], "up") ? DP_RATE_DOWN : DP_RATE_UP;

	if (!l)
		return CMD_WARNING;
	if (leg_set_rate(bundle ? bundle : l, LEG_RATES_OWN, way, bps))
		return CMD_SUCCESS;
	vty_out(vty, "%% %s/%s: out of memory%s", argv[0], argv[1], VTY_NEWLINE);
	return CMD_WARNING;
}

#define RATE_HELP                      \
	"Our Tunnel ID\n"              \
	"Our Session ID\n"             \
	"The most that it may carry\n" \
	"What comes in by the call\n"  \
	"What goes out by it\n"

DEFUN(call_rate, call_rate_cmd, "call <1-65535> <1-65535> rate (up|down) RATE",
      "A call\n" RATE_HELP "bit/s, as in 512k, 2M or 1G; 0 is no limit\n")
{
	uint64_t bps;

	if (cfg_parse_rate(&bps, argv[3]))
		return rate_of_call(vty, argv, bps);
	vty_out(vty, "%% `%s` is not a rate: bits a second, with k, M or G, as in 512k%s", argv[3],
		VTY_NEWLINE);
	return CMD_WARNING;
}

DEFUN(no_call_rate, no_call_rate_cmd, "no call <1-65535> <1-65535> rate (up|down)",
      NO_STR "A call: the rate of its user, service or route again\n" RATE_HELP)
{
	return rate_of_call(vty, argv, CFG_OF_SERVICE);
}

void vty_rates_init(void)
{
	install_element(ENABLE_NODE, &call_rate_cmd);
	install_element(ENABLE_NODE, &no_call_rate_cmd);
}
