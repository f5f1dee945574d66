/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * isthmus: the options, then the order of start and stop, nothing else.  Exit status: 0 ended as
 * asked, 1 the configuration is wrong or the gateway could not start, 2 wrong options.
 */
#include "gw/journal.h"
#include "gw/keeper/drop.h"
#include "gw/kept.h"
#include "gw/operator/operator.h"
#include "gw/plugin.h"
#include "gw/processes.h"
#include "gw/replay/replay.h"
#include "gw/start.h"
#include "transports/builtin.h"

#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <limits.h>
#include <osmocom/core/select.h>
#include <osmocom/core/talloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"

#define DEFAULT_FILE SYSCONFDIR "/isthmus/isthmus.conf"

static const char usage[] =
	"usage: isthmus [-c FILE] [-C]\n"
	"       isthmus [-s SOCKET] -x COMMAND\n"
	"       isthmus [-s SOCKET] -i\n"
	"       isthmus [-c FILE | -s SOCKET] [--dry-run] reload\n"
	"       isthmus [-c FILE | -s SOCKET] upgrade\n"
	"       isthmus replay [--explain] [--as ADDRESS] [--secret-file SECRET] CAPTURE\n"
	"\n"
	"  -c, --config FILE  read this configuration (" DEFAULT_FILE ")\n"
	"  -C, --check        only check it: every mistake is printed, nothing is started\n"
	"  -x, --execute COMMAND  ask a running isthmus, e.g. -x 'show calls'\n"
	"  -i, --interactive  talk to its VTY\n"
	"  -s, --socket PATH  where that is (" CFG_VTY_SOCKET ")\n"
	"  -V, --version      version, and what was compiled in\n"
	"  -h, --help         this text\n"
	"      --help-config  every key of the configuration, with its default\n"
	"\n"
	"A file name without an option is the configuration too.  isthmus runs in the foreground "
	"and\n"
	"logs to stderr; SIGTERM ends it in good order, a second one at once.  `reload` has a\n"
	"running isthmus go on with the configuration as its file is now (with --dry-run it only\n"
	"says what would change, and how many calls that concerns), `upgrade` as the program\n"
	"that its file is now; each waits until that is done.\n";

static const struct option options[] = {
	{"config", required_argument, NULL, 'c'},
	{"check", no_argument, NULL, 'C'},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{"help-config", no_argument, NULL, 'H'},
	{"execute", required_argument, NULL, 'x'},
	{"interactive", no_argument, NULL, 'i'},
	{"dry-run", no_argument, NULL, 'n'},
	{"socket", required_argument, NULL, 's'},
	/* of the processes that keeper starts; not for people */
	{"role", required_argument, NULL, 'r'},
	{"plugin-dir", required_argument, NULL, 'p'},
	{"limits", required_argument, NULL, 'l'},
	{"text", required_argument, NULL, 't'},
	{"copy", required_argument, NULL, 'o'},
	{"against", required_argument, NULL, 'a'},
	{NULL, 0, NULL, 0},
};

struct main_wish {
	const char *file;    /* configuration */
	const char *socket;  /* of a running gateway's VTY; NULL = where it usually is */
	const char *command; /* for it; NULL = none */
	const char *role;    /* of keeper's processes; NULL = none */
	const char *plugin_dir, *limits;
	const char *text;    /* where to read the configuration that `file` names; NULL = there */
	const char *copy;    /* write what is read here first */
	const char *against; /* another one: say on standard output what differs */
	bool check, talk, dry, asks; /* asks: a running gateway, whose configuration is `file` */
};

static int main_say_version(void)
{
	const struct ist_transport *const *t;

	printf("%s %s\ntransports:", PACKAGE_NAME, PACKAGE_VERSION);
	for (t = ist_builtin_transports; *t; t++)
		printf(" %s", (*t)->name);
	printf("\ntransport ABI: %u\nlibosmocore: %s\nhardening:%s\n", IST_TRANSPORT_ABI,
	       OSMO_VERSION, HARDENING);
	return 0;
}

/* ctx: a second place for it, or NULL. */
static void main_on_mistake(void *ctx, const char *text)
{
	fprintf(stderr, "%s%s\n", journal_front(strstr(text, ": warning: ")), text);
	if (ctx)
		fprintf(ctx, "%s\n", text);
}

/* Keeper has told of what is only a warning. */
static void main_on_mistake_only(void *ctx, const char *text)
{
	if (!strstr(text, ": warning: "))
		main_on_mistake(ctx, text);
}

/* conf: the file's copy, or -1 to read the file.  asking: only where a gateway listens is wanted.
 * NULL when it is wrong; every mistake has been printed. */
static const struct cfg_model *main_load(const char *file, int conf, bool asking,
					 const struct plugins *ps, cfg_report report, void *ctx)
{
	const struct cfg_model *m = NULL;
	unsigned wrong =
		conf < 0 ? cfg_load_absent(&m, file, ps->transports, ps->absent, report, ctx)
			 : (asking ? cfg_load_fd_asking : cfg_load_fd)(
				   &m, conf, file, ps->transports, ps->absent, report, ctx);

	if (m)
		wrong += gw_check(m, report, ctx);
	if (!wrong)
		return m;
	fprintf(stderr, "%s%s: %u mistake%s\n", journal_front(false), file, wrong,
		wrong == 1 ? "" : "s");
	cfg_unload(m);
	return NULL;
}

static void main_on_signal(struct osmo_signalfd *s, const struct signalfd_siginfo *info)
{
	struct gw *gw = s->data;

	if (info->ssi_signo == SIGHUP) {
		gw_hup();
		return;
	}
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "signal %u: ending\n", info->ssi_signo);
	gw_shutdown(gw, loop_now(gw->loop));
}

/* Before any thread is made: those inherit the mask. */
static void main_signals_block(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigprocmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void main_loop(struct gw *gw, bool first)
{
	GW_LOG(LOG_NOBODY, MAIN, LOGL_NOTICE, "%s %s started%s as %s\n", PACKAGE_NAME,
	       PACKAGE_VERSION, first ? "" : " again", gw->cfg->host_name);
	loop_run(gw->loop);
}

static int main_serve_operators(struct gw *gw, void *talloc)
{
	if (vty_start(gw, talloc) == 0) {
		if (ctl_start(gw) == 0) {
			metrics_start(gw);
			return 0;
		}
		vty_stop();
	}
	return -1;
}

static void main_leave_operators(void)
{
	metrics_stop();
	ctl_stop();
	vty_stop();
}

static int main_run(const struct cfg_model *m, const struct plugins *ps, void *talloc)
{
	struct osmo_signalfd *s;
	sigset_t set;
	struct gw *gw;
	int rc = 1;

	main_signals_block(&set);
	gw = gw_new(m);
	if (!gw)
		return 1;
	gw->plugins = ps;
	s = osmo_signalfd_setup(talloc, set, main_on_signal, gw);
	if (s && main_serve_operators(gw, talloc) == 0) {
		main_loop(gw, true);
		rc = 0;
		main_leave_operators();
		vty_forget(m->file);
	}
	gw_free(gw);
	if (s) {
		osmo_fd_unregister(&s->ofd);
		close(s->ofd.fd);
	}
	return rc;
}

/* --- one of three processes ------------------------------------------------------------------- */

/* Only keeper ends them: the service manager and a terminal send to all. */
static void main_signals_ignore(void)
{
	static const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE};

	for (unsigned i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
}

static int main_run_control(const struct cfg_model *m, const struct plugins *ps, struct kept *k,
			    void *talloc)
{
	struct limits limits = limits_of(m);
	struct gw *gw = NULL;
	int rc = 1;

	/* A reload may have taken the key away, and the maps are there still. */
	limits.maps = accelerate_given(&k->held);

	/* Not one octet of others has been read before the rights are given up. */
	if (vty_open(m) == 0 && ctl_open(m) == 0 &&
	    processes_drop(&k->link, KEEPER_CONTROL, &limits) && kept_take(k, m))
		gw = gw_new_apart(m, k->store, &k->door);
	if (!gw) {
		main_leave_operators();
		return 1;
	}
	gw->plugins = ps;
	gw->keeper = &k->link;
	if (main_serve_operators(gw, talloc) == 0) {
		if (kept_serve(k, gw) == 0) {
			main_loop(gw, !k->go.life);
			rc = 0;
		}
		main_leave_operators();
	}
	kept_leave(k);
	gw_free(gw);
	return rc;
}

/* Mistakes have been printed by keeper; those of a later life are of secrets in other files. */
static int main_control(const char *file, const char *plugin_dir)
{
	void *talloc = talloc_named_const(NULL, 0, PACKAGE_NAME);
	const struct cfg_model *m = NULL;
	struct plugins *ps;
	struct kept k;
	int rc = 1;

	if (kept_begin(&k) < 0)
		return 1;
	ps = plugins_load_dir(plugin_dir, ist_builtin_transports, NULL, NULL);
	if (ps)
		m = main_load(file, keeper_fds_find(&k.held, PROCESSES_CONF), false, ps,
			      main_on_mistake_only, NULL);
	if (m && talloc && gw_log_start(talloc, m->log_to) == 0)
		rc = main_run_control(m, ps, &k, talloc);
	gw_log_stop();
	cfg_unload(m);
	plugins_free(ps);
	kept_end(&k);
	talloc_free(talloc);
	return rc;
}

static int main_data(const char *plugin_dir, const char *text, bool stand_by)
{
	struct limits limits;
	struct plugins *ps;
	int rc;

	if (!limits_parse(text, &limits)) {
		fprintf(stderr, "data is started without its limits\n");
		return 2;
	}
	limits.plugins = plugin_dir;
	ps = plugins_load_dir(plugin_dir, ist_builtin_transports, NULL, NULL);
	rc = ps ? processes_data(ps->transports, &limits, stand_by) : 1;
	plugins_free(ps);
	return rc;
}

static int main_role(const struct main_wish *w)
{
	const char *role = w->role;
	char name[16];

	snprintf(name, sizeof(name), PACKAGE_NAME "-%s", role); /* as ps shows it */
	prctl(PR_SET_NAME, name);
	main_signals_ignore();
	if (!strcmp(role, keeper_role_names[KEEPER_CONTROL]))
		return main_control(w->file, w->plugin_dir);
	if (!strcmp(role, keeper_role_names[KEEPER_DATA]))
		return main_data(w->plugin_dir, w->limits, false);
	if (!strcmp(role, PROCESSES_STAND_BY))
		return main_data(w->plugin_dir, w->limits, true);
	fprintf(stderr, "there is no role `%s`\n", role);
	return 2;
}

static void main_keeper_log(enum keeper_level level, const char *words)
{
	GW_LOG(LOG_NOBODY, MAIN, level == KEEPER_ERROR ? LOGL_ERROR : LOGL_NOTICE, "%s\n", words);
}

/* --- as a whole ------------------------------------------------------------------------------- */

static const struct cfg_model *main_load_again(const struct processes *p, int conf)
{
	return main_load(p->file, conf, false, p->plugins, main_on_mistake_only, NULL);
}

static int main_keeper(const struct cfg_model *m, const struct plugins *ps, int conf)
{
	struct accelerate accelerate = {.links = 0};
	struct processes p = {.file = m->file,
			      .conf = conf,
			      .plugin_dir = ps->dir,
			      .cfg = m,
			      .load = main_load_again,
			      .plugins = ps,
			      .accelerate = &accelerate,
			      .sweep = vty_sweep,
			      .forget = vty_forget,
			      .log = main_keeper_log};

	return processes_run(&p);
}

/* conf is taken over. */
static int main_start(const struct main_wish *w, const struct cfg_model *m,
		      const struct plugins *ps, int conf)
{
	void *talloc = talloc_named_const(NULL, 0, PACKAGE_NAME);
	int rc = 1;

	(void)w;
	if (talloc && gw_log_start(talloc, m->log_to) == 0)
		rc = m->workers ? main_keeper(m, ps, conf) : main_run(m, ps, talloc);
	gw_log_stop();
	talloc_free(talloc);
	return rc;
}

static int main_compare(const struct main_wish *w, const struct plugins *ps, int conf)
{
	int before = open(w->against, O_RDONLY | O_CLOEXEC);

	if (before < 0) {
		perror(w->against);
		return 1;
	}
	cfg_print_changes(stdout, before, conf, w->file, ps->transports);
	close(before);
	fflush(stdout); /* there may be no room for all of it, which is no mistake */
	return 0;
}

/* --- as the service's user --------------------------------------------------------------------
 *
 * Root checks the file that the service reads as another user (isthmus.service), who may not be
 * allowed to.
 */

#define MAIN_UNREADABLE ": cannot be read: Permission denied"

/* "FILE:4: user ann: cannot use ..." becomes a warning that says whose it is. */
static void main_on_mistake_of_service(void *ctx, const char *text)
{
	const char *what = strstr(text, ": ");
	int at = what ? (int)(what - text) : 0;

	(void)ctx;
	if (!what || strstr(text, ": warning: "))
		return;
	fprintf(stderr, "%s%.*s: warning: the service, user " DROP_USER ", would say: %s",
		journal_front(true), at, text, what + 2);
	if (!strcmp(what, MAIN_UNREADABLE))
		fprintf(stderr, "; mend it with: chgrp " DROP_USER " %.*s && chmod 640 %.*s", at,
			text, at, text);
	fputc('\n', stderr);
}

static int main_check_as(const struct drop_user *user, const struct plugins *ps)
{
	const struct cfg_model *m = NULL;

	if (initgroups(user->name, user->gid) < 0 || setgid(user->gid) < 0 || setuid(user->uid) < 0)
		return 1;
	cfg_load_absent(&m, DEFAULT_FILE, ps->transports, ps->absent, main_on_mistake_of_service,
			NULL);
	cfg_unload(m);
	return 0;
}

static void main_check_as_service(const struct main_wish *w, const struct plugins *ps)
{
	struct drop_user user;
	pid_t pid;

	if (geteuid() != 0 || w->text || w->copy || strcmp(w->file, DEFAULT_FILE) != 0 ||
	    !drop_find_user(&user) || strcmp(user.name, DROP_USER) != 0)
		return;
	fflush(NULL);
	pid = fork();
	if (!pid)
		_exit(main_check_as(&user, ps));
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

/* It is no mistake: all works, and slowly. */
static void main_check_lacks(const char *words)
{
	printf("%s\n", words);
}

static int main_check(const struct main_wish *w, const struct cfg_model *m,
		      const struct plugins *ps, int conf)
{
	if (w->against)
		return main_compare(w, ps, conf);
	main_check_as_service(w, ps);
	accelerate_lacks(m, main_check_lacks);
	return printf("%s: no mistakes\n", m->file) < 0;
}

/* The gateway may still listen where the file has said before. */
static int main_replace(const struct main_wish *w, const struct cfg_model *m, const char *what)
{
	char noted[PATH_MAX];

	if (w->socket)
		return vty_replace(w->socket, what, stdout);
	return vty_replace_at(m->vty_socket,
			      vty_noted(w->file, noted, sizeof(noted)) ? noted : NULL, what,
			      stdout);
}

/* A wrong configuration would be refused in the end; here its mistakes are seen. */
static int main_upgrade(const struct main_wish *w, const struct cfg_model *m,
			const struct plugins *ps, int conf)
{
	(void)ps;
	(void)conf;
	return main_replace(w, m, "upgrade");
}

static int main_reload(const struct main_wish *w, const struct cfg_model *m,
		       const struct plugins *ps, int conf)
{
	(void)ps;
	(void)conf;
	return main_replace(w, m, w->dry ? "reload dry-run" : "reload");
}

/* What the last argument asks a running gateway to do; without a model it is at w->socket. */
static const struct {
	const char *word;
	int (*run)(const struct main_wish *w, const struct cfg_model *m, const struct plugins *ps,
		   int conf);
} main_wishes[] = {{"upgrade", main_upgrade}, {"reload", main_reload}};

/* The descriptor of what is to be read, or -1. */
static int main_copy(const struct main_wish *w)
{
	int fd;

	if (!w->copy)
		return processes_copy(w->text ? w->text : w->file);
	fd = open(w->copy, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && !cfg_gather(w->file, fd)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Plugins first: they bring sections of the configuration. */
static int main_with(const struct main_wish *w,
		     int (*run)(const struct main_wish *w, const struct cfg_model *m,
				const struct plugins *ps, int conf))
{
	int conf = main_copy(w), rc = 1;
	char path[32];
	FILE *also = w->against ? stdout : NULL;
	struct plugins *ps;
	const struct cfg_model *m;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", conf);
	ps = plugins_load(conf < 0 ? w->file : path, ist_builtin_transports, main_on_mistake, also);
	m = ps ? main_load(w->file, conf, w->asks, ps, main_on_mistake, also) : NULL;
	if (m && (conf >= 0 || !w->copy)) /* keeper goes on with the copy */
		rc = run(w, m, ps, conf);
	cfg_unload(m);
	plugins_free(ps);
	return rc;
}

/* False when the program is to end with *status. */
static bool main_options(int argc, char **argv, struct main_wish *w, int *status)
{
	int c;

	while ((c = getopt_long(argc, argv, "c:CVhx:is:", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			w->file = optarg;
			break;
		case 'C':
			w->check = true;
			break;
		case 'x':
			w->command = optarg;
			break;
		case 'i':
			w->talk = true;
			break;
		case 'n':
			w->dry = true;
			break;
		case 's':
			w->socket = optarg;
			break;
		case 'r':
			w->role = optarg;
			break;
		case 'p':
			w->plugin_dir = optarg;
			break;
		case 'l':
			w->limits = optarg;
			break;
		case 't':
			w->text = optarg;
			break;
		case 'o':
			w->copy = optarg;
			break;
		case 'a':
			w->against = optarg;
			break;
		case 'V':
			*status = main_say_version();
			return false;
		case 'h':
			fputs(usage, stdout);
			*status = 0;
			return false;
		case 'H':
			cfg_print_help(stdout, ist_builtin_transports);
			*status = 0;
			return false;
		default:
			fputs(usage, stderr);
			*status = 2;
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	struct main_wish w = {.file = DEFAULT_FILE};
	int status;

	if (argc > 1 && !strcmp(argv[1], "replay"))
		return replay_command(argc - 1, argv + 1);
	if (!main_options(argc, argv, &w, &status))
		return status;
	if (optind + 1 < argc) {
		fputs(usage, stderr);
		return 2;
	}
	if (w.command)
		return vty_ask(w.socket ? w.socket : CFG_VTY_SOCKET, w.command, stdout);
	if (w.talk)
		return vty_talk(w.socket ? w.socket : CFG_VTY_SOCKET);
	for (size_t i = 0; optind < argc && i < sizeof(main_wishes) / sizeof(main_wishes[0]); i++)
		if (!strcmp(argv[optind], main_wishes[i].word)) {
			w.asks = true;
			return w.socket ? main_wishes[i].run(&w, NULL, NULL, -1)
					: main_with(&w, main_wishes[i].run);
		}
	if (optind < argc)
		w.file = argv[optind];
	if (w.role)
		return main_role(&w);
	return main_with(&w, w.check ? main_check : main_start);
}
