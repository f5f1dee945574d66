/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/operator/says.h"

#define CONF                                                                                      \
	"host-name = gw\n"                                                                        \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                                 \
	"peer lac { port = a  service = one  hostname = lac }\n"                                  \
	"peer lns { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n"                        \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                                              \
	"user ann { secret = \"a password\" }\n"                                                  \
	"service one { local = 10.64.0.1  pool = p  auth = { chap }  tun = t1\n"                  \
	"  filter-in = \"not port 25\"  ppp-filter-out = \"not link proto 1\" }\n"                \
	"service two { local = 10.64.1.1  pool = p  auth = { chap }  tun = t2  mtu = 1000\n"      \
	"  filter-out = \"port 80\"  ppp-filter-in = \"link proto 2\" }\n"                        \
	"route r { realm = \"*@isp\"  to = lns  ppp-filter-in = \"link proto 3\" }\n"             \
	"user bob { secret = b  filter-in = \"port 53\" }\n"                                      \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  service = one\n"            \
	"  ppp-filter-out = \"link proto 4\" } }\n"                                               \
	"x25 x { link = \"loop:y\"  address = 1  accept \"42*\" { carries = ppp  service = one\n" \
	"  ppp-filter-in = \"link proto 5\" } }\n"

/* Programs are numbered as they are registered; of number n the data plane has dropped n
 * and let 10 n pass.  No call has them. */
static void of_each_section(void)
{
	vty_begin(CONF);
	CU_ASSERT_TRUE(vty_rows("show filters",
				"Of Filter In force Passed Dropped Expression\n"
				"service one filter-in 0 10 1 not port 25\n"
				"service one ppp-filter-out 0 20 2 not link proto 1\n"
				"service two filter-out 0 30 3 port 80\n"
				"service two ppp-filter-in 0 40 4 link proto 2\n"
				"route r ppp-filter-in 0 50 5 link proto 3\n"
				"user bob filter-in 0 60 6 port 53\n"
				"circuit f 100 ppp-filter-out 0 70 7 link proto 4\n"
				"circuits x 42* ppp-filter-in 0 80 8 link proto 5\n"));
	CU_ASSERT_TRUE(vty_rows("show services",
				"Service Device Local Pool MTU Clients Filtered in Filtered out\n"
				"one t1 10.64.0.1 p 1400 0 1 2\n"
				"two t2 10.64.1.1 p 1000 0 4 3\n"));
	vty_end();
}

static const struct test_case cases[] = {
	{"of_each_section", of_each_section},
	{NULL, NULL},
};
const struct test_suite suite_show_filters = {"show_filters", cases};
