/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What keeper has of a configuration, and of another one that is tried: the copies, what may be
 * opened, and the words that processes are started with.  The test plays keeper, and the check.
 */
#include "gw/reload.h"

#include "tests/harness.h"
#include "tests/heap.h"
#include "transports/builtin.h"
#include "transports/kit/opening.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEFORE "udp a { listen = \"192.0.2.1:1701\" }\nvty { socket = \"/tmp/one\" }\n"
#define AFTER  "udp a { listen = \"192.0.2.2:1701\" }\nvty { socket = \"/tmp/two\" }\nworkers = 2\n"

static struct {
	char dir[32], file[64];
	struct processes p;
	struct reload r;
	struct keeper_fds held;
	char swept[128]; /* each path behind a space */
	bool refuse;	 /* the first allocation after the file has been loaded */
	char words[128];
} rl;

static void rl_told(void *ctx, const char *words)
{
	(void)ctx, (void)words;
}

static const struct cfg_model *rl_load(const struct processes *p, int conf)
{
	const struct cfg_model *m = NULL;

	cfg_load_fd(&m, conf, p->file, ist_builtin_transports, NULL, rl_told, NULL);
	if (rl.refuse)
		heap_refuse(0);
	return m;
}

static void rl_sweep(const char *socket)
{
	size_t n = strlen(rl.swept);

	snprintf(rl.swept + n, sizeof(rl.swept) - n, " %s", socket);
}

static void rl_log(enum keeper_level level, const char *words)
{
	(void)level;
	snprintf(rl.words, sizeof(rl.words), "%s", words);
}

static void rl_write(const char *text)
{
	FILE *f = fopen(rl.file, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(text, f);
	fclose(f);
	chmod(rl.file, 0600);
}

static void rl_begin(void)
{
	memset(&rl, 0, sizeof(rl));
	snprintf(rl.dir, sizeof(rl.dir), "/tmp/ist-reload-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(rl.dir));
	snprintf(rl.file, sizeof(rl.file), "%s/t.conf", rl.dir);
	rl_write(BEFORE);
	rl.p = (struct processes){.file = rl.file,
				  .conf = processes_copy(rl.file),
				  .load = rl_load,
				  .sweep = rl_sweep,
				  .log = rl_log};
	CU_ASSERT_FATAL(rl.p.conf >= 0);
	rl.p.cfg = rl_load(&rl.p, rl.p.conf);
	CU_ASSERT_PTR_NOT_NULL_FATAL(rl.p.cfg);
	CU_ASSERT_TRUE_FATAL(reload_init(&rl.r, &rl.p));
}

static void rl_end(void)
{
	reload_free(&rl.r);
	cfg_unload(rl.p.cfg);
	keeper_fds_free(&rl.held);
	unlink(rl.file);
	rmdir(rl.dir);
}

/* May keeper open this for data? */
static bool rl_may(const char *listen)
{
	char text[100];
	struct ist_open opens[4];
	const struct cfg_model *m = NULL;
	bool may;
	int n;

	snprintf(text, sizeof(text), "udp a { listen = \"%s\" }\n", listen);
	cfg_load_text(&m, "t", text, strlen(text), ist_builtin_transports, rl_told, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	n = m->port[0].transport->check(&m->port[0].config, opens, 4, NULL, 0);
	CU_ASSERT_FATAL(n > 0 && n <= 4);
	may = opener_allows_open(rl.r.opener, &opens[0]);
	for (int i = 1; i < n; i++)
		CU_ASSERT_EQUAL(opener_allows_open(rl.r.opener, &opens[i]), may);
	cfg_unload(m);
	return may;
}

/* What a process that is told this word finds in the file it names. */
static bool rl_holds(const char *word, const char *begin, const char *text)
{
	char found[1000] = "";
	size_t n = strlen(begin);
	FILE *f = strncmp(word, begin, n) ? NULL : fopen(word + n, "r");

	if (!f)
		return false;
	n = fread(found, 1, sizeof(found) - 1, f);
	fclose(f);
	return strstr(found, text);
}

/* As the check does, which is another process. */
static void rl_check(void)
{
	int fd = open(rl.r.copy + strlen("--copy="), O_RDWR | O_CLOEXEC);

	CU_ASSERT_FATAL(fd >= 0 && !strncmp(rl.r.copy, "--copy=", 7));
	CU_ASSERT_TRUE(cfg_gather(rl.file, fd));
	close(fd);
}

static unsigned rl_words(const char *const *v)
{
	unsigned n = 0;

	while (v[n])
		n++;
	return n;
}

/* --- tests ------------------------------------------------------------------------------------- */

static void what_it_begins_with(void)
{
	const char *const *check;
	struct limits l;

	rl_begin();
	check = rl.r.ops.check;
	CU_ASSERT_EQUAL(rl_words(check), 6);
	CU_ASSERT_STRING_EQUAL(check[1], "-C");
	CU_ASSERT_STRING_EQUAL(check[3], rl.file);
	CU_ASSERT_PTR_EQUAL(check[4], rl.r.copy);
	CU_ASSERT_TRUE(rl_holds(check[5], "--against=", "192.0.2.1:1701"));
	CU_ASSERT_EQUAL(rl_words(rl.r.check_running), 5);
	CU_ASSERT_TRUE(rl_holds(rl.r.check_running[4], "--text=", "192.0.2.1:1701"));
	CU_ASSERT_TRUE(!strncmp(rl.r.limits, "--limits=", 9) && limits_parse(rl.r.limits + 9, &l));
	CU_ASSERT_EQUAL(l.memory, limits_of(rl.p.cfg).memory);
	CU_ASSERT_TRUE(rl_may("192.0.2.1:1701") && !rl_may("192.0.2.2:1701"));
	rl_end();
}

/* Control begins with it, and is given it once. */
static void the_copy_is_given_once(void)
{
	int fd;

	rl_begin();
	CU_ASSERT_TRUE(reload_give(&rl.r, &rl.held));
	fd = keeper_fds_find(&rl.held, PROCESSES_CONF);
	CU_ASSERT_TRUE_FATAL(fd >= 0 && fd != rl.r.now.fd);
	CU_ASSERT_TRUE(reload_give(&rl.r, &rl.held));
	CU_ASSERT_EQUAL(keeper_fds_find(&rl.held, PROCESSES_CONF), fd);
	CU_ASSERT_TRUE(write(fd, "x", 1) < 0); /* what was checked stays what it is */
	rl_end();
}

static void there_is_no_room_for_the_copy(void)
{
	char name[32];

	rl_begin();
	for (unsigned i = 0;; i++) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		snprintf(name, sizeof(name), "all/%u", i);
		if (keeper_fds_put(&rl.held, name, fd) == 0)
			continue;
		close(fd);
		break;
	}
	CU_ASSERT_FALSE(reload_give(&rl.r, &rl.held));
	close(keeper_fds_take(&rl.held, "all/0"));
	CU_ASSERT_TRUE(reload_give(&rl.r, &rl.held));
	rl_end();
}

static void a_file_that_cannot_be_read(void)
{
	rl_begin();
	unlink(rl.file);
	CU_ASSERT_EQUAL(rl.r.ops.read(rl.r.ops.ctx), -ENOENT);
	rl.r.ops.end(rl.r.ops.ctx, false);
	CU_ASSERT_TRUE(rl_may("192.0.2.1:1701") && !*rl.swept);
	rl_end();
}

/* Read, checked, and nothing more: a dry run. */
static void a_dry_run_changes_nothing(void)
{
	rl_begin();
	rl_write(AFTER);
	CU_ASSERT_EQUAL(rl.r.ops.read(rl.r.ops.ctx), 0);
	rl_check();
	CU_ASSERT_TRUE(rl_holds(rl.r.check[5], "--against=", "192.0.2.1:1701"));
	rl.r.ops.end(rl.r.ops.ctx, true);
	CU_ASSERT_EQUAL(rl.r.other.fd, -1);
	CU_ASSERT_PTR_EQUAL(rl.r.now.cfg, rl.p.cfg);
	CU_ASSERT_TRUE(rl_may("192.0.2.1:1701") && !rl_may("192.0.2.2:1701"));
	CU_ASSERT_STRING_EQUAL(rl.swept, "");
	rl_end();
}

/* The check has said yes to what keeper does not understand, or has written nothing. */
static void what_keeper_finds_wrong_is_not_taken(void)
{
	rl_begin();
	for (unsigned i = 0; i < 2; i++) {
		rl_write("udp a { lisen = x }\n");
		CU_ASSERT_EQUAL(rl.r.ops.read(rl.r.ops.ctx), 0);
		if (i)
			rl_check();
		CU_ASSERT_EQUAL(rl.r.ops.take(rl.r.ops.ctx), -EINVAL);
		rl.r.ops.end(rl.r.ops.ctx, false);
		CU_ASSERT_TRUE(rl_may("192.0.2.1:1701"));
		CU_ASSERT_PTR_EQUAL(rl.r.now.cfg, rl.p.cfg);
		CU_ASSERT_STRING_EQUAL(rl.swept, "");
	}
	rl_end();
}

static void no_memory_for_what_may_be_opened(void)
{
	rl_begin();
	rl_write(AFTER);
	CU_ASSERT_EQUAL(rl.r.ops.read(rl.r.ops.ctx), 0);
	rl_check();
	rl.refuse = true;
	CU_ASSERT_EQUAL(rl.r.ops.take(rl.r.ops.ctx), -ENOMEM);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_STRING_EQUAL(rl.words, "no memory for what keeper may open");
	rl.refuse = false;
	rl.r.ops.end(rl.r.ops.ctx, false);
	CU_ASSERT_TRUE(rl_may("192.0.2.1:1701") && !rl_may("192.0.2.2:1701"));
	CU_ASSERT_PTR_EQUAL(rl.r.now.cfg, rl.p.cfg);
	CU_ASSERT_STRING_EQUAL(rl.swept, "");
	rl_end();
}

static void rl_take(void)
{
	rl_write(AFTER);
	CU_ASSERT_EQUAL(rl.r.ops.read(rl.r.ops.ctx), 0);
	rl_check();
	CU_ASSERT_EQUAL(rl.r.ops.take(rl.r.ops.ctx), 0);
	CU_ASSERT_TRUE(rl_may("192.0.2.2:1701") && !rl_may("192.0.2.1:1701"));
	CU_ASSERT_EQUAL(rl.r.now.cfg->workers, 2);
}

static void what_is_taken_is_what_all_begin_with(void)
{
	struct limits l;

	rl_begin();
	CU_ASSERT_TRUE(reload_give(&rl.r, &rl.held));
	rl_take();
	CU_ASSERT_TRUE(limits_parse(rl.r.limits + 9, &l));
	CU_ASSERT_EQUAL(l.memory, limits_of(rl.r.now.cfg).memory);
	CU_ASSERT_TRUE(rl_holds(rl.r.check_running[4], "--text=", "192.0.2.2:1701"));
	CU_ASSERT_TRUE(rl_holds(rl.r.check[5], "--against=", "192.0.2.2:1701"));
	CU_ASSERT_TRUE(write(rl.r.now.fd, "x", 1) < 0);
	/* control is given the new one in place of the other */
	CU_ASSERT_TRUE(reload_give(&rl.r, &rl.held));
	CU_ASSERT_EQUAL(rl.held.n, 1);
	rl.r.ops.end(rl.r.ops.ctx, true);
	CU_ASSERT_TRUE(rl_may("192.0.2.2:1701") && !rl_may("192.0.2.1:1701"));
	/* where its sockets were nobody listens any more */
	CU_ASSERT_STRING_EQUAL(rl.swept, " /tmp/one /tmp/one.ctl");
	*rl.swept = '\0';
	CU_ASSERT_EQUAL(rl.r.other.fd, -1);
	/* and once more, back to what was, whose first model is its owner's */
	rl_write(BEFORE);
	CU_ASSERT_EQUAL(rl.r.ops.read(rl.r.ops.ctx), 0);
	rl_check();
	CU_ASSERT_EQUAL(rl.r.ops.take(rl.r.ops.ctx), 0);
	rl.r.ops.end(rl.r.ops.ctx, true);
	CU_ASSERT_STRING_EQUAL(rl.swept, " /tmp/two /tmp/two.ctl");
	CU_ASSERT_TRUE(rl_may("192.0.2.1:1701") && !rl_may("192.0.2.2:1701"));
	CU_ASSERT_STRING_EQUAL(rl.p.cfg->vty_socket, "/tmp/one"); /* it is there */
	rl_end();
}

/* Control has not come to work with it. */
static void what_is_taken_back(void)
{
	rl_begin();
	CU_ASSERT_TRUE(reload_give(&rl.r, &rl.held));
	rl_take();
	rl.r.ops.end(rl.r.ops.ctx, false);
	CU_ASSERT_PTR_EQUAL(rl.r.now.cfg, rl.p.cfg);
	CU_ASSERT_TRUE(rl_may("192.0.2.1:1701") && !rl_may("192.0.2.2:1701"));
	CU_ASSERT_TRUE(rl_holds(rl.r.check_running[4], "--text=", "192.0.2.1:1701"));
	CU_ASSERT_FALSE(rl.r.given); /* the next control is given it again */
	/* the trial may have made its sockets */
	CU_ASSERT_STRING_EQUAL(rl.swept, " /tmp/two /tmp/two.ctl");
	CU_ASSERT_EQUAL(rl.r.other.fd, -1);
	CU_ASSERT_EQUAL(rl.r.taken, false);
	rl_end();
}

static void the_same_socket_stays(void)
{
	rl_begin();
	rl_write("udp b { listen = \"192.0.2.3:1701\" }\nvty { socket = \"/tmp/one\" }\n");
	CU_ASSERT_EQUAL(rl.r.ops.read(rl.r.ops.ctx), 0);
	rl_check();
	CU_ASSERT_EQUAL(rl.r.ops.take(rl.r.ops.ctx), 0);
	rl.r.ops.end(rl.r.ops.ctx, true);
	CU_ASSERT_STRING_EQUAL(rl.swept, "");
	CU_ASSERT_TRUE(rl_may("192.0.2.3:1701"));
	rl_end();
}

static const struct test_case cases[] = {
	{"what_it_begins_with", what_it_begins_with},
	{"the_copy_is_given_once", the_copy_is_given_once},
	{"there_is_no_room_for_the_copy", there_is_no_room_for_the_copy},
	{"a_file_that_cannot_be_read", a_file_that_cannot_be_read},
	{"a_dry_run_changes_nothing", a_dry_run_changes_nothing},
	{"what_keeper_finds_wrong_is_not_taken", what_keeper_finds_wrong_is_not_taken},
	{"no_memory_for_what_may_be_opened", no_memory_for_what_may_be_opened},
	{"what_is_taken_is_what_all_begin_with", what_is_taken_is_what_all_begin_with},
	{"what_is_taken_back", what_is_taken_back},
	{"the_same_socket_stays", the_same_socket_stays},
	{NULL, NULL},
};
const struct test_suite suite_reload = {"reload", cases};
