/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the page isthmus.conf(5) while the program is built: confman <isthmus.conf.5.in
 * >isthmus.conf.5
 */
#include "cfg/cfg.h"
#include "transports/builtin.h"

#include <stdio.h>

int main(void)
{
	bool whole = cfg_print_man(stdout, stdin, ist_builtin_transports);

	return !whole || fflush(stdout) != 0;
}
