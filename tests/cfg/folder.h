/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder of files, which goes with its test. */
#ifndef TESTS_CFG_FOLDER_H
#define TESTS_CFG_FOLDER_H

extern char folder[64];

void folder_begin(void);
void folder_end(void);
/* The path of a file there; the last two are good. */
const char *folder_path(const char *name);
void folder_write(const char *name, const char *text);

#endif
