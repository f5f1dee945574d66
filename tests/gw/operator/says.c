/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* memfd_create */
#include "tests/gw/operator/says.h"

#include "gw/keeper/keeper.h"

#include <fnmatch.h>
#include <osmocom/core/talloc.h>
#include <osmocom/vty/buffer.h>
#include <osmocom/vty/telnet_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

char vty_folder[40], vty_told[16384];
int vty_result;

void vty_begin(const char *conf)
{
	char text[2000];

	strcpy(vty_folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(vty_folder));
	snprintf(text, sizeof(text), "%svty { socket = \"%s/vty\"  captures = \"%s\" }\n", conf,
		 vty_folder, vty_folder);
	bench_start(text);
	CU_ASSERT_EQUAL_FATAL(vty_start(bench.gw, bench_talloc()), 0);
}

void vty_end(void)
{
	vty_stop();
	bench_stop();
	CU_ASSERT_EQUAL(rmdir(vty_folder), 0);
}

int vty_keeper;
static struct keeper_link vty_to_keeper;

void vty_begin_keeper(const char *conf)
{
	int pair[2];

	vty_begin(conf);
	CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	vty_keeper = pair[0];
	vty_to_keeper = (struct keeper_link){.notice = -1, .ask = pair[1]};
	pthread_mutex_init(&vty_to_keeper.lock, NULL);
	bench.gw->keeper = &vty_to_keeper;
}

void vty_end_keeper(void)
{
	bench.gw->keeper = NULL;
	close(vty_to_keeper.ask);
	close(vty_keeper);
	vty_end();
}

void vty_report(const char *text, unsigned times)
{
	int fd = memfd_create("report", MFD_CLOEXEC);
	struct keeper_msg m = {.kind = KEEPER_REPORT, .fd = {fd}, .fds = 1};

	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	CU_ASSERT_EQUAL(ftruncate(fd, KEEPER_REPORT_MAX), 0);
	while (times--)
		CU_ASSERT_EQUAL(keeper_send(vty_keeper, &m), 0);
	close(fd);
}

const char *vty_says_in(enum node_type node, const char *command)
{
	struct telnet_connection c = {.priv = bench.gw};
	struct vty *vty = vty_new();
	vector words = cmd_make_strvec(command);
	char *text;

	vty->type = VTY_FILE;
	vty->node = (int)node;
	vty->priv = &c;
	vty_result = cmd_execute_command(words, vty, NULL, 0);
	cmd_free_strvec(words);
	text = buffer_getstr(vty->obuf);
	snprintf(vty_told, sizeof(vty_told), "%s", text ? text : "");
	talloc_free(text);
	buffer_free(vty->obuf);
	talloc_free(vty);
	return vty_told;
}

const char *vty_says(const char *command)
{
	return vty_says_in(ENABLE_NODE, command);
}

static bool vty_shown(bool good, const char *command)
{
	if (!good)
		fprintf(stderr, "\n%s:\n%s", command, vty_told);
	return good;
}

bool vty_matches(const char *command, const char *pattern)
{
	return vty_shown(!fnmatch(pattern, vty_says(command), 0), command);
}

static void vty_squeeze(char *out, const char *in)
{
	for (; *in; in++)
		if (*in != ' ' || (in[1] != ' ' && out[-1] != '\n'))
			*out++ = *in;
	*out = '\0';
}

static unsigned vty_lines(const char *text)
{
	unsigned n = 0;

	while ((text = strchr(text, '\n')))
		n++, text++;
	return n;
}

bool vty_rows(const char *command, const char *text)
{
	char got[sizeof(vty_told) + 1] = "\n", line[1000];
	bool good = true;
	size_t n;

	vty_squeeze(got + 1, vty_says(command));
	good = vty_lines(got + 1) == vty_lines(text) &&
	       !strncmp(got + 1, text, strcspn(text, "\n") + 1);
	for (; *text; text += n) {
		n = strcspn(text, "\n") + 1;
		snprintf(line, sizeof(line), "\n%.*s", (int)n, text);
		if (!strstr(got, line)) {
			fprintf(stderr, "\nnot there: %s", line + 1);
			good = false;
		}
	}
	return vty_shown(good, command);
}

bool vty_equals(const char *command, const char *text)
{
	return vty_shown(!strcmp(vty_says(command), text), command);
}
