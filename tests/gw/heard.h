/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the accounting server of a bench has been told; it judges everybody as well. */
#ifndef TESTS_GW_HEARD_H
#define TESTS_GW_HEARD_H

#include "gw/aaa/radius/radius_acct.h"

#include <CUnit/CUnit.h>

enum { HEARD_MOST = 64 };
extern unsigned heards;

/* A bench with a store, whose RADIUS servers let everybody in with these attributes (hex) and
 * acknowledge records. */
void heard_begin(const char *conf, const char *attrs);
void heard_end(void);
/* The value of an attribute of record i as hex, good until the next call; "-" = it has none. */
const char *heard_value(unsigned i, enum radius_name name);
/* The same as octets, which are text. */
const char *heard_text(unsigned i, enum radius_name name);
bool heard_is(unsigned i, enum radius_acct_status status);

#define ASSERT_HEARD(i, name, hex) CU_ASSERT_STRING_EQUAL(heard_value(i, RADIUS_##name), hex)

#endif
