/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "tests/cfg/media.h"
#include "tests/srcdir.h"
#include "transports/builtin.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- tests/cfg/bad: each NAME.conf is wrong exactly as NAME.expected says --------------------- */

static void check_bad(const char *folder, const char *name,
		      const struct ist_transport *const *transports)
{
	static struct told t;
	char conf[300], expected[320];
	char *text, *want;
	size_t len;

	snprintf(conf, sizeof(conf), "%s/%s", folder, name);
	snprintf(expected, sizeof(expected), "%.*s.expected", (int)strlen(conf) - 5, conf);
	text = test_read_file(conf, &len);
	want = test_read_file(expected, NULL);
	memset(&t, 0, sizeof(t));
	t.faults = cfg_load_text(&t.m, name, text, len, transports, told_add, &t);
	CU_ASSERT_PTR_NULL(t.m);
	CU_ASSERT(t.faults > 0);
	ASSERT_TEXT(t.text, want);
	cfg_unload(t.m);
	free(text);
	free(want);
}

static unsigned check_bad_files(const char *folder, const struct ist_transport *const *transports)
{
	char path[4096];
	struct dirent *e;
	unsigned n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", test_srcdir(), folder);
	d = opendir(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	while ((e = readdir(d))) {
		size_t len = strlen(e->d_name);

		if (len < 6 || strcmp(e->d_name + len - 5, ".conf"))
			continue;
		check_bad(folder, e->d_name, transports);
		n++;
	}
	closedir(d);
	return n;
}

static void bad_files(void)
{
	setenv("IST_TEST_SECRET", "hush-from-the-environment", 1);
	unsetenv("IST_TEST_UNSET");
	CU_ASSERT(check_bad_files("tests/cfg/bad", media) >= 8);
}

/* Each value that a medium or a link refuses for its text alone, and what no two ports can open. */
static void bad_values_of_each_medium(void)
{
	CU_ASSERT(check_bad_files("tests/cfg/bad/media", ist_builtin_transports) >= 9);
}

/* --- the examples ----------------------------------------------------------------------------- */

static const struct cfg_model *load_example(const char *name)
{
	static struct told t;
	char path[256], *text;
	size_t len;

	memset(&t, 0, sizeof(t));
	snprintf(path, sizeof(path), "cfg/examples/%s", name);
	text = test_read_file(path, &len);
	CU_ASSERT_EQUAL(cfg_load_text(&t.m, path, text, len, ist_builtin_transports, told_add, &t),
			0);
	ASSERT_TEXT(t.text, "");
	ASSERT_TEXT(t.warned, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(t.m);
	free(text);
	return t.m;
}

static void example_lns_udp(void)
{
	const struct cfg_model *m = load_example("lns-udp.conf");

	ASSERT_TEXT(m->host_name, "lns.example");
	CU_ASSERT_EQUAL_FATAL(m->ports, 1);
	ASSERT_TEXT(m->port[0].transport->name, "udp");
	CU_ASSERT_PTR_EQUAL(m->peer[0].service, &m->service[0]);
	CU_ASSERT_PTR_NULL(m->peer[0].dial);
	CU_ASSERT_EQUAL(m->service[0].ppp.n_auth, 2);
	CU_ASSERT_EQUAL(m->users, 2);
	cfg_unload(m);
}

static void example_lns_frame_relay(void)
{
	const struct cfg_model *m = load_example("lns-frame-relay.conf");

	ASSERT_TEXT(m->port[0].transport->name, "frame-relay");
	CU_ASSERT_EQUAL_FATAL(m->port[0].circuits, 1);
	CU_ASSERT_PTR_EQUAL(m->port[0].circuit[0].peer, &m->peer[0]);
	CU_ASSERT_PTR_EQUAL(m->peer[0].port, &m->port[0]);
	CU_ASSERT_EQUAL(m->peer[0].policy.hold, 60000000);
	cfg_unload(m);
}

static void example_lns_atm(void)
{
	const struct cfg_model *m = load_example("lns-atm.conf");

	ASSERT_TEXT(m->port[0].transport->name, "atm");
	CU_ASSERT_EQUAL_FATAL(m->port[0].circuits, 1);
	CU_ASSERT_PTR_EQUAL(m->port[0].circuit[0].peer, &m->peer[0]);
	CU_ASSERT_PTR_EQUAL(m->peer[0].port, &m->port[0]);
	CU_ASSERT_EQUAL(m->service[0].mtu, 1400);
	cfg_unload(m);
}

static void example_lns_x25(void)
{
	const struct cfg_model *m = load_example("lns-x25.conf");

	ASSERT_TEXT(m->port[0].transport->name, "x25");
	CU_ASSERT_EQUAL_FATAL(m->port[0].accepts, 1);
	ASSERT_TEXT(m->port[0].accept[0].pattern, "3110*");
	CU_ASSERT_EQUAL(m->port[0].accept[0].payloads, 1u << IST_PAYLOAD_L2TP);
	CU_ASSERT_PTR_EQUAL(m->port[0].accept[0].peer, &m->peer[0]);
	cfg_unload(m);
}

/* Each LAC client fits its LNS: same secret, a user it knows. */
static void load_fits(const char *client, const char *server)
{
	const struct cfg_model *c = load_example(client), *s = load_example(server);

	CU_ASSERT_EQUAL_FATAL(c->clients, 1);
	CU_ASSERT_PTR_NOT_NULL(c->client[0].peer->dial);
	CU_ASSERT_EQUAL(c->peer[0].policy.secret.len, s->peer[0].policy.secret.len);
	CU_ASSERT(!memcmp(c->peer[0].policy.secret.octets, s->peer[0].policy.secret.octets,
			  s->peer[0].policy.secret.len));
	ASSERT_TEXT(c->client[0].ppp.name, s->user[0].name);
	ASSERT_TEXT(c->client[0].ppp.secret, s->user[0].secret);
	CU_ASSERT_EQUAL(c->client[0].mtu, s->service[0].mtu);
	ASSERT_TEXT(c->port[0].transport->name, s->port[0].transport->name);
	cfg_unload(c);
	cfg_unload(s);
}

static void example_clients_fit_the_servers(void)
{
	load_fits("lac-client-udp.conf", "lns-udp.conf");
	load_fits("lac-client-frame-relay.conf", "lns-frame-relay.conf");
	load_fits("lac-client-atm.conf", "lns-atm.conf");
	load_fits("lac-client-x25.conf", "lns-x25.conf");
}

/* --- files ------------------------------------------------------------------------------------ */

static void files_that_cannot_be_read(void)
{
	static struct told t;
	const struct cfg_model *m = NULL;

	memset(&t, 0, sizeof(t));
	CU_ASSERT_EQUAL(cfg_load(&m, "/nonexistent/x.conf", media, told_add, &t), 1);
	CU_ASSERT_EQUAL(cfg_load(&m, "/", media, told_add, &t), 1);
	ASSERT_TEXT(t.text, "/nonexistent/x.conf: cannot be read: No such file or directory\n"
			    "/: cannot be read: Is a directory\n");
	CU_ASSERT_PTR_NULL(m);
}

/* A process gets it from one that may open it; what the file names lies beside the file still. */
static void a_descriptor_is_read_from_its_beginning(void)
{
	char folder[] = "/tmp/isthmus-load-XXXXXX", secret[64], file[64];
	static const char text[] = "user ann { secret-file = ann.secret }\n";
	static struct told t;
	int fd = memfd_create("conf", MFD_CLOEXEC), s;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(secret, sizeof(secret), "%s/ann.secret", folder);
	snprintf(file, sizeof(file), "%s/x.conf", folder);
	s = open(secret, O_CREAT | O_WRONLY, 0600);
	CU_ASSERT_EQUAL(write(s, "sesame\n", 7), 7);
	close(s);
	CU_ASSERT_EQUAL(fchmod(fd, 0600), 0);
	CU_ASSERT_EQUAL(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	for (unsigned i = 0; i < 2; i++) {
		memset(&t, 0, sizeof(t));
		CU_ASSERT_EQUAL(cfg_load_fd(&t.m, fd, file, media, NULL, told_add, &t), 0);
		ASSERT_TEXT(t.text, "");
		CU_ASSERT_TRUE(t.m && t.m->users == 1 && !strcmp(t.m->user[0].secret, "sesame"));
		CU_ASSERT_TRUE(t.m && !strcmp(t.m->file, file));
		told_end(&t);
	}
	close(fd);
	memset(&t, 0, sizeof(t));
	CU_ASSERT_EQUAL(cfg_load_fd(&t.m, fd, "x.conf", media, NULL, told_add, &t), 1);
	ASSERT_TEXT(t.text, "x.conf: cannot be read: Bad file descriptor\n");
	unlink(secret);
	rmdir(folder);
}

/* Read on its own, however wrong the rest is, but not out of a section. */
static void load_plugin_dir(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"plugin-dir = /a\nno = such key\n", "/a"},
		{"peer p { plugin-dir = /b }\nplugin-dir = \"/c d\"", "/c d"},
		{"plugin-dir = { /a, /b }", NULL},
		{"peer p { plugin-dir = /b }", NULL},
	};
	char file[] = "/tmp/ist-cfg-XXXXXX";
	int fd = mkstemp(file);

	CU_ASSERT_FATAL(fd >= 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].text);
		char *dir;

		CU_ASSERT_FATAL(!ftruncate(fd, 0) &&
				pwrite(fd, rows[i].text, len, 0) == (ssize_t)len);
		dir = cfg_plugin_dir(file);
		CU_ASSERT((dir != NULL) == (rows[i].want != NULL));
		if (dir && rows[i].want)
			ASSERT_TEXT(dir, rows[i].want);
		free(dir);
	}
	close(fd);
	unlink(file);
	CU_ASSERT_PTR_NULL(cfg_plugin_dir(file));
}

static void a_file_without_end(void)
{
	static struct told t;
	size_t len = CFG_TEXT_MAX + 1;
	char *text = malloc(len);

	if (!text)
		abort();
	memset(text, '\n', len);
	memset(&t, 0, sizeof(t));
	CU_ASSERT_EQUAL(cfg_load_text(&t.m, "t", text, len, media, told_add, &t), 1);
	ASSERT_TEXT(t.text, "t: larger than 4194304 octets: this is not a configuration\n");
	CU_ASSERT_EQUAL_FATAL(cfg_load_text(&t.m, "t", text, len - 1, media, NULL, NULL), 0);
	cfg_unload(t.m);
	free(text);
}

/* The same in a file, where a plugin's folder is looked for too. */
static void a_large_file(void)
{
	static const char first[] = "plugin-dir = x\n";
	size_t len = CFG_TEXT_MAX + 1;
	char file[] = "/tmp/ist-cfg-XXXXXX", *text = malloc(len), *dir, want[100];
	int fd = mkstemp(file);
	static struct told t;

	CU_ASSERT_FATAL(fd >= 0 && text);
	memset(text, '\n', len);
	memcpy(text, first, sizeof(first) - 1);
	CU_ASSERT_EQUAL_FATAL(write(fd, text, len), (ssize_t)len);
	memset(&t, 0, sizeof(t));
	CU_ASSERT_EQUAL(cfg_load(&t.m, file, media, told_add, &t), 1);
	snprintf(want, sizeof(want),
		 "%s: larger than 4194304 octets: this is not a configuration\n", file);
	ASSERT_TEXT(t.text, want);
	CU_ASSERT_PTR_NULL(cfg_plugin_dir(file));
	CU_ASSERT_EQUAL(ftruncate(fd, CFG_TEXT_MAX), 0);
	CU_ASSERT_EQUAL(cfg_load(&t.m, file, media, NULL, NULL), 0);
	told_end(&t);
	dir = cfg_plugin_dir(file);
	ASSERT_TEXT(dir ? dir : "none", "x");
	free(dir);
	free(text);
	close(fd);
	unlink(file);
}

static void nothing_changes_when_anything_is_wrong(void)
{
	const struct cfg_model *m = (const struct cfg_model *)&m, *before = m;

	CU_ASSERT_EQUAL(cfg_load_text(&m, "t", "x", 1, media, NULL, NULL), 1);
	CU_ASSERT_PTR_EQUAL(m, before);
	CU_ASSERT_EQUAL(cfg_load(&m, "/nonexistent", media, NULL, NULL), 1);
	CU_ASSERT_PTR_EQUAL(m, before);
}

static const struct test_case cases[] = {
	{"bad_files", bad_files},
	{"bad_values_of_each_medium", bad_values_of_each_medium},
	{"example_lns_udp", example_lns_udp},
	{"example_lns_frame_relay", example_lns_frame_relay},
	{"example_lns_atm", example_lns_atm},
	{"example_lns_x25", example_lns_x25},
	{"example_clients_fit_the_servers", example_clients_fit_the_servers},
	{"a_descriptor_is_read_from_its_beginning", a_descriptor_is_read_from_its_beginning},
	{"files_that_cannot_be_read", files_that_cannot_be_read},
	{"plugin_dir", load_plugin_dir},
	{"a_file_without_end", a_file_without_end},
	{"a_large_file", a_large_file},
	{"nothing_changes_when_anything_is_wrong", nothing_changes_when_anything_is_wrong},
	{NULL, NULL},
};
const struct test_suite suite_load = {"load", cases};
