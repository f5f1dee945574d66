/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of aaa share. */
#ifndef GW_AAA_AAA_INT_H
#define GW_AAA_AAA_INT_H

#include "gw/aaa/aaa.h"

/* Who asks the servers of this section; NULL: nobody does. */
struct radius_client *aaa_client_of(const struct aaa *a, const struct cfg_radius *cfg);

#endif
