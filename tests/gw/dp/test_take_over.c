/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hand-overs that come to nothing: the old data side goes on, and nobody hears of it. */
#include "gw/dp/hand.h"
#include "tests/gw/dp/pass.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- refused ------------------------------------------------------------------------------------ */

/* Before the workers have stopped. */
static void a_transport_is_not_known(void)
{
	static const struct ist_transport *const few[] = {&fake_udp, NULL};
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	pass_call(&p);
	pass_echoes(&p, 0, 0);
	CU_ASSERT_EQUAL(pass_on_to(&p, few), -EINVAL);
	CU_ASSERT_EQUAL(p.r.fake->freezes, 0);
	pass_echoes(&p, 1, 1);
	pass_on(&p);
	pass_echoes(&p, 2, 2);
	pass_no_more_lines(&p, 1);
	pass_end(&p);
}

/* What another data side may do, as far as `step`. */
struct stand_in {
	int sock;
	unsigned step;
	int32_t rc; /* of the last answer; 0 = it hangs up there */
};

static void stand_in_hears(const struct stand_in *s, enum hand_kind kind)
{
	struct image_fds fds = {0};

	CU_ASSERT_EQUAL(hand_hear(s->sock, kind, -1, &fds), 0);
	hand_close(&fds);
}

static void *stand_in_main(void *arg)
{
	const struct stand_in *s = arg;

	for (unsigned i = 0; i <= s->step; i++) {
		stand_in_hears(s, i ? HAND_STATE : HAND_TABLES);
		if (i < s->step || s->rc)
			hand_say(s->sock, HAND_ANSWER, i < s->step ? 0 : s->rc, NULL);
	}
	close(s->sock);
	return NULL;
}

static int pass_to_stand_in(struct pass *p, unsigned step, int32_t rc)
{
	struct stand_in in = {.step = step, .rc = rc};
	pthread_t thread;
	int s[2], err;

	CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s));
	in.sock = s[1];
	CU_ASSERT_FATAL(!pthread_create(&thread, NULL, stand_in_main, &in));
	err = dp_data_hand_over(&p->data, s[0]);
	pthread_join(thread, NULL);
	close(s[0]);
	return err;
}

static void it_is_taken_back(void)
{
	static const struct {
		unsigned step;
		int32_t rc;
	} rows[] = {{0, 0}, {0, -ENOMEM}, {1, 0}, {1, -ENOMEM}};
	struct pass p;

	pass_begin_up(&p, &fake_frozen);
	pass_call(&p);
	pass_echoes(&p, 0, 0);
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(pass_to_stand_in(&p, rows[i].step, rows[i].rc),
				rows[i].rc ? rows[i].rc : -EPIPE);
		CU_ASSERT_EQUAL(p.r.fake->thaws, i < 2 ? 0 : i - 1);
		pass_echoes(&p, 1 + i, 1 + i);
	}
	CU_ASSERT_EQUAL(p.r.fake->closes, 0);
	pass_no_more_lines(&p, 1);
	pass_on(&p);
	pass_echoes(&p, 5, 5);
	pass_end(&p);
}

/* What waited still waits, but for a port that had to be closed. */
static void what_waits_is_taken_back(void)
{
	const struct ist_transport *const t[] = {&fake_frozen, &fake_flow};

	for (unsigned i = 0; i < 2; i++) {
		l2tp_channel c;
		struct pass p;

		pass_begin_up(&p, t[i]);
		c = rig_channel(&p.r, 7);
		fake_say_room(p.r.fake, 7, 0);
		rig_settle(&p.r);
		CU_ASSERT_EQUAL(dp_send(p.r.dp, c, (const uint8_t *)"one", 3, 11, 0),
				L2TP_TX_WAITING);
		rig_settle(&p.r);
		CU_ASSERT_EQUAL(pass_to_stand_in(&p, 1, -EINVAL), -EINVAL);
		if (i) {
			pass_line_is(&p, 1, "down 7 its port has begun anew forever");
			pass_line_is(&p, 2, "sent 11");
		} else {
			fake_say_room(p.r.fake, 7, 9);
			CU_ASSERT_TRUE(rig_wait_sent(&p.r, 1));
			pass_line_is(&p, 1, "sent 11");
		}
		pass_end(&p);
	}
}

/* --- the other side is not what it seems -------------------------------------------------------- */

/* What an old one may say that is no image. */
static void nonsense_is_refused(void)
{
	for (unsigned what = 0; what < 5; what++) {
		int s[2], fd[DOOR_FDS], image = open("/dev/null", O_RDWR | O_CLOEXEC);
		struct image_fds fds = {.fd = &image, .n = 1};
		struct data *data;
		struct pass p;
		unsigned n;

		pass_begin_up(&p, &fake_frozen);
		CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s));
		pass_door(&p, fd, &n);
		data = dp_data_stand_by(fd, n, pass_known);
		CU_ASSERT_PTR_NOT_NULL_FATAL(data);
		if (what == 0)
			CU_ASSERT_EQUAL(hand_say(s[0], HAND_TABLES, 0, NULL), 0);
		if (what == 1)
			CU_ASSERT_EQUAL(hand_say(s[0], HAND_TABLES, 0, &fds), 0);
		if (what == 2)
			CU_ASSERT_EQUAL(hand_say(s[0], HAND_STATE, 0, &fds), 0);
		if (what == 3)
			CU_ASSERT_EQUAL(send(s[0], "x", 1, 0), 1);
		shutdown(s[0], SHUT_WR);
		CU_ASSERT_TRUE(dp_data_take_over(data, s[1]) < 0);
		dp_data_stop(data);
		close(s[0]);
		close(s[1]);
		close(image);
		pass_call(&p);
		pass_echoes(&p, 0, 0); /* the old one never noticed */
		pass_end(&p);
	}
}

/* More than one packet takes. */
static void many_descriptors(void)
{
	struct image_fds fds = {0}, got = {0};
	int s[2];

	CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s));
	for (unsigned i = 0; i < 600; i++)
		CU_ASSERT_EQUAL(image_fds_add(&fds, s[i % 2]), (int)i);
	CU_ASSERT_EQUAL(hand_say(s[0], HAND_STATE, 0, &fds), 0);
	CU_ASSERT_EQUAL(hand_hear(s[1], HAND_STATE, 1000, &got), 0);
	CU_ASSERT_EQUAL_FATAL(got.n, 600);
	CU_ASSERT_EQUAL(send(got.fd[599], "x", 1, 0), 1); /* the last one is s[1] */
	CU_ASSERT_EQUAL(recv(got.fd[0], &(char){0}, 1, MSG_DONTWAIT), 1);
	CU_ASSERT_EQUAL(hand_hear(s[1], HAND_GO, 10, NULL), -ETIMEDOUT);
	CU_ASSERT_EQUAL(hand_say(s[0], HAND_GO, 0, &fds), 0);
	CU_ASSERT_EQUAL(hand_hear(s[1], HAND_GO, 1000, NULL), -EPROTO);
	hand_close(&got);
	free(fds.fd);
	close(s[0]);
	close(s[1]);
}

/* --- without memory ----------------------------------------------------------------------------- */

struct poor {
	struct pass *p;
	int sock, rc;
	unsigned refuse;
	bool refused;
};

static void *poor_old(void *arg)
{
	struct poor *o = arg;

	heap_refuse(o->refuse);
	o->rc = dp_data_hand_over(&o->p->data, o->sock);
	o->refused = heap_refused();
	return NULL;
}

/* The nth allocation of either side is refused: whoever has it then, it goes on. */
static bool pass_poor(struct pass *p, unsigned n, bool old_is_poor)
{
	struct poor o = {.p = p, .refuse = old_is_poor ? n : HEAP_FOR_EVER};
	struct data *data, *before = p->data;
	int s[2], fd[DOOR_FDS], rc;
	bool refused = false;
	pthread_t thread;
	unsigned fds;

	CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s));
	pass_door(p, fd, &fds);
	data = dp_data_stand_by(fd, fds, pass_known);
	CU_ASSERT_PTR_NOT_NULL_FATAL(data);
	o.sock = s[0];
	CU_ASSERT_FATAL(!pthread_create(&thread, NULL, poor_old, &o));
	if (!old_is_poor)
		heap_refuse(n);
	rc = dp_data_take_over(data, s[1]);
	if (!old_is_poor)
		refused = heap_refused();
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(!rc, !o.rc);
	close(s[0]);
	close(s[1]);
	if (rc) {
		dp_data_stop(data);
		return refused || o.refused;
	}
	p->data = before;
	pass_taken(p, data);
	return refused || o.refused;
}

static void without_memory_it_goes_on(void)
{
	for (unsigned old = 0; old < 2; old++) {
		bool more = true;
		struct pass p;

		pass_begin_up(&p, &fake_frozen);
		pass_call(&p);
		for (unsigned n = 0; more; n++) {
			more = pass_poor(&p, n, old);
			fake_say(p.r.fake, FAKE_UP, 7);
			pass_echoes(&p, n, n);
		}
		pass_end(&p);
	}
}

static const struct test_case cases[] = {
	{"a_transport_is_not_known", a_transport_is_not_known},
	{"it_is_taken_back", it_is_taken_back},
	{"what_waits_is_taken_back", what_waits_is_taken_back},
	{"nonsense_is_refused", nonsense_is_refused},
	{"many_descriptors", many_descriptors},
	{"without_memory_it_goes_on", without_memory_it_goes_on},
	{NULL, NULL},
};
const struct test_suite suite_take_over = {"take_over", cases};
