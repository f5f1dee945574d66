/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "tests/ppp/naps.h"

extern const struct test_suite suite_fsm, suite_cp, suite_lcp, suite_ipcp, suite_ipv6cp, suite_auth,
	suite_auth_chap, suite_auth_pap, suite_eap, suite_mschap, suite_frame, suite_ppp,
	suite_ppp_link, suite_proxy, suite_mp, suite_multilink, suite_save, suite_save_record,
	suite_save_crash, suite_config, suite_rest;

static const struct test_suite *const suites[] = {
	&suite_fsm,	   &suite_cp,
	&suite_lcp,	   &suite_ipcp,
	&suite_ipv6cp,	   &suite_auth,
	&suite_auth_chap,  &suite_auth_pap,
	&suite_eap,	   &suite_mschap,
	&suite_frame,	   &suite_ppp,
	&suite_ppp_link,   &suite_proxy,
	&suite_mp,	   &suite_multilink,
	&suite_save,	   &suite_save_record,
	&suite_save_crash, &suite_config,
	&suite_rest,	   NULL,
};

/* Suites with links, which may rest between two calls. */
static const struct test_suite *const linked[] = {
	&suite_cp,   &suite_lcp,       &suite_ipcp,	  &suite_ipv6cp,
	&suite_auth, &suite_auth_chap, &suite_auth_pap,	  &suite_eap,
	&suite_ppp,  &suite_ppp_link,  &suite_proxy,	  &suite_multilink,
	&suite_save, &suite_rest,      &suite_save_crash, NULL,
};

static const struct test_form forms[] = {
	{"", suites, naps_are_not_taken},
	{"at rest", linked, naps_are_taken},
	{NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
	return test_main_forms(argc, argv, forms);
}
