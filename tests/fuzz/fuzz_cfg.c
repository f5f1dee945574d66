/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole configuration.  Whatever the text is, there is either a model or at least one mistake,
 * each mistake or warning is one printable line that starts with the file's name, the built model
 * can be walked, and nothing is leaked.  Texts that read files are left out, so that a run depends
 * on its input only.
 */
#include "cfg/cfg.h"
#include "transports/builtin.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_cfg_check(bool ok)
{
	if (!ok)
		abort();
}

static bool reads_files(const uint8_t *data, size_t size)
{
	static const char key[] = "secret-file";

	for (size_t i = 0; i + sizeof(key) - 1 <= size; i++)
		if (!memcmp(data + i, key, sizeof(key) - 1))
			return true;
	return false;
}

struct told {
	bool copy;		  /* of several files, each with a name */
	unsigned lines, warnings; /* a mistake may quote a text that makes it look like a warning */
};

static void fuzz_cfg_on_report(void *ctx, const char *text)
{
	struct told *t = ctx;

	fuzz_cfg_check(t->copy || !strncmp(text, "fuzz:", 5));
	for (const char *p = text; *p; p++)
		fuzz_cfg_check((unsigned char)*p >= ' ' && *p != 0x7f);
	t->lines++;
	t->warnings += strstr(text, ": warning: ") != NULL;
}

/* Every reference leads into the model's own arrays, every text ends. */
static size_t fuzz_cfg_walk(const struct cfg_model *m)
{
	size_t n = strlen(m->host_name) + strlen(m->vty_socket);

	for (unsigned i = 0; i < m->peers; i++) {
		const struct cfg_peer *p = &m->peer[i];

		fuzz_cfg_check(!p->service ||
			       (p->service >= m->service && p->service < m->service + m->services));
		fuzz_cfg_check(!p->port || (p->port >= m->port && p->port < m->port + m->ports));
		fuzz_cfg_check(p->policy.suppressed <= L2TP_SUPPRESS_MAX);
		n += strlen(p->name);
		for (unsigned a = 0; a < p->addresses; a++)
			n += strlen(p->address[a]);
	}
	for (unsigned i = 0; i < m->ports; i++) {
		const struct cfg_port *p = &m->port[i];

		fuzz_cfg_check(p->transport && p->circuits == p->config.circuits);
		for (unsigned s = 0; s < p->config.settings; s++)
			n += strlen(p->config.setting[s].key) + strlen(p->config.setting[s].value);
	}
	for (unsigned i = 0; i < m->users; i++)
		fuzz_cfg_check(m->user[i].secret && *m->user[i].secret);
	for (unsigned i = 0; i < m->clients; i++)
		fuzz_cfg_check(m->client[i].peer && m->client[i].peer->dial);
	for (unsigned i = 0; i < m->services; i++)
		fuzz_cfg_check(m->service[i].local4 && m->service[i].ppp.server);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cfg_model *m = NULL;
	struct told told = {.copy = size && !*data};
	unsigned faults;

	if (reads_files(data, size))
		return 0;
	faults = cfg_load_text(&m, "fuzz", (const char *)data, size, ist_builtin_transports,
			       fuzz_cfg_on_report, &told);
	fuzz_cfg_check((m != NULL) == !faults);
	fuzz_cfg_check(faults ? told.lines > 0 : told.lines == told.warnings);
	if (m)
		fuzz_cfg_check(fuzz_cfg_walk(m) > 0);
	cfg_unload(m);
	return 0;
}
