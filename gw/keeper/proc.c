/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/keeper/proc.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The words behind a key at the start of a line, or NULL. */
static const char *proc_value(const char *text, const char *key)
{
	size_t n = strlen(key);
	const char *line = text;

	while (line && strncmp(line, key, n)) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return line ? line + n : NULL;
}

bool proc_rights_text(const char *text, struct keeper_process *out)
{
	const char *uid = proc_value(text, "Uid:"), *cap = proc_value(text, "CapEff:");
	const char *seccomp = proc_value(text, "Seccomp:");
	unsigned effective;

	if (!uid || !cap || sscanf(uid, "%*u %u", &effective) != 1)
		return false;
	out->uid = effective;
	out->capabilities = strtoull(cap, NULL, 16);
	out->seccomp = seccomp ? (uint8_t)strtoul(seccomp, NULL, 10) : 0;
	return true;
}

void keeper_self(struct keeper_process *out, const char *name)
{
	*out = (struct keeper_process){.state = "running", .pid = (uint32_t)getpid()};
	snprintf(out->name, sizeof(out->name), "%s", name);
	proc_rights(getpid(), out);
}

bool proc_rights(pid_t pid, struct keeper_process *out)
{
	char path[48], text[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return proc_rights_text(text, out);
}
