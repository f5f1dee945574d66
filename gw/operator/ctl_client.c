/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENT_PATIENCE 10 /* s */

static int client_connect(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = CLIENT_PATIENCE};
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	strcpy(sun.sun_path, path);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) == 0)
		return fd;
	close(fd);
	return -1;
}

bool ctl_link_open(struct ctl_link *l, const char *path, bool quiet)
{
	int fd = client_connect(path);

	*l = (struct ctl_link){.io = fd < 0 ? NULL : fdopen(fd, "r"), .quiet = quiet};
	if (l->io)
		return true;
	if (!quiet)
		fprintf(stderr, "isthmusctl: %s: %s%s\n", path, strerror(errno),
			errno == ENOENT || errno == ECONNREFUSED ? "; no gateway answers there"
								 : "");
	if (fd >= 0)
		close(fd);
	return false;
}

void ctl_link_close(struct ctl_link *l)
{
	if (l->io)
		fclose(l->io);
	free(l->line);
	*l = (struct ctl_link){0};
}

json_t *ctl_link_next(struct ctl_link *l)
{
	ssize_t n = getline(&l->line, &l->cap, l->io);
	json_t *o = n > 0 ? json_loadb(l->line, (size_t)n, 0, NULL) : NULL;

	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

void ctl_link_wait(struct ctl_link *l)
{
	const struct timeval for_ever = {0};

	setsockopt(fileno(l->io), SOL_SOCKET, SO_RCVTIMEO, &for_ever, sizeof(for_ever));
}

static bool client_send(struct ctl_link *l, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = send(fileno(l->io), text, left, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		text += n;
		left -= (size_t)n;
	}
	return true;
}

json_t *ctl_link_ask(struct ctl_link *l, json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	json_t *a = NULL;

	/* Who is refused is told why before he has asked. */
	if (text) {
		client_send(l, text);
		client_send(l, "\n");
		a = ctl_link_next(l);
	}
	if (!json_is_integer(json_object_get(a, "result"))) {
		json_decref(a);
		a = NULL;
		if (!l->quiet)
			fprintf(stderr, "isthmusctl: no answer\n");
	}
	free(text);
	json_decref(request);
	return a;
}

int ctl_link_result(const json_t *answer, FILE *to)
{
	const char *text = json_string_value(json_object_get(answer, "text"));

	if (!answer)
		return CTL_NO_ANSWER;
	if (to && text)
		fprintf(to, "%s%s\n", to == stderr ? "isthmusctl: " : "", text);
	return (int)json_integer_value(json_object_get(answer, "result"));
}

json_t *ctl_link_rows(struct ctl_link *l, const char *command, const json_t *match, int *result)
{
	json_t *rows = json_array();
	json_int_t from = 0;

	do {
		json_t *next,
			*a = ctl_link_ask(l, json_pack("{ss s{sI sO*}}", "command", command,
						       "arguments", "from", from, "match", match));

		*result = ctl_link_result(a, NULL);
		if (!a || (*result && *result != 3)) {
			ctl_link_result(a, stderr);
			json_decref(a);
			json_decref(rows);
			return NULL;
		}
		json_array_extend(rows, json_object_get(json_object_get(a, "arguments"), "rows"));
		next = json_object_get(json_object_get(a, "arguments"), "next");
		from = json_is_integer(next) ? json_integer_value(next) : 0;
		json_decref(a);
	} while (from);
	*result = 0;
	return rows;
}
