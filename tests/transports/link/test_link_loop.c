/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two links of one process: who finds whom, and what becomes of a pair in another process. */
#include "tests/harness.h"
#include "tests/transports/kernel.h"
#include "tests/transports/link/ends.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void loop_carrier(void)
{
	struct end a, b;

	end_open(&a, "loop:x", NULL);
	fake_run(&a.h, fake_now + 10 * S);
	CU_ASSERT_FALSE(link_up(a.l));
	CU_ASSERT_EQUAL(a.ups + a.downs, 0);
	end_send(&a, "early", 5);
	CU_ASSERT_EQUAL(end_count(&a, LINK_TX_DOWN), 1);
	end_open(&b, "loop:x", NULL);
	fake_join(&a.h, &b.h);
	fake_run(&a.h, fake_now);
	CU_ASSERT_TRUE(link_up(a.l) && link_up(b.l));
	end_send(&a, "ab", 2);
	end_send(&b, "cde", 3);
	fake_run(&a.h, fake_now);
	ASSERT_OCTETS(b.last, b.last_len, "ab", 2);
	ASSERT_OCTETS(a.last, a.last_len, "cde", 3);
	end_close(&b);
	fake_run(&a.h, fake_now);
	CU_ASSERT_FALSE(link_up(a.l));
	CU_ASSERT_EQUAL(a.downs, 1);
	CU_ASSERT_EQUAL(end_count(&a, LINK_DOWN), 1);
	for (int i = 0; i < 3; i++) { /* comes back each time */
		fake_run(&a.h, fake_now + 60 * S);
		CU_ASSERT_FALSE(link_up(a.l));
		end_open(&b, "loop:x", NULL);
		fake_join(&a.h, &b.h);
		fake_run(&a.h, fake_now + 2 * S);
		CU_ASSERT_TRUE(link_up(a.l) && link_up(b.l));
		end_close(&b);
		fake_run(&a.h, fake_now);
	}
	end_close(&a);
}

/* Three that wait, each under a name of its own: the one in the middle goes and takes its name with
 * it; the others are found. */
static void loop_names(void)
{
	static const char *const text[] = {"loop:first", "loop:second", "loop:third"};
	struct end e[3], f[3];
	int before = kernel_next_fd();

	for (size_t i = 0; i < 3; i++)
		end_open(&e[i], text[i], NULL);
	end_close(&e[1]);
	for (size_t i = 0; i < 3; i++) {
		bool there = i != 1;

		end_open(&f[i], text[i], NULL);
		if (there)
			fake_join(&e[i].h, &f[i].h);
		fake_run(&f[i].h, fake_now + S);
		CU_ASSERT_EQUAL(link_up(f[i].l), there);
		if (there)
			CU_ASSERT_TRUE(link_up(e[i].l));
	}
	for (size_t i = 0; i < 3; i++) {
		end_close(&f[i]);
		if (i != 1)
			end_close(&e[i]);
	}
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
}

/* The first end of a pair may be descriptor 0. */
static void loop_descriptor_0(void)
{
	int input = dup(STDIN_FILENO);
	struct end a, b;

	close(STDIN_FILENO);
	end_open(&a, "loop:zero", NULL);
	end_open(&b, "loop:zero", NULL);
	fake_join(&a.h, &b.h);
	fake_run(&a.h, fake_now);
	CU_ASSERT_TRUE(link_up(a.l) && link_up(b.l));
	end_send(&a, "x", 1);
	fake_run(&a.h, fake_now);
	CU_ASSERT_EQUAL(b.frames, 1);
	end_close(&a);
	end_close(&b);
	CU_ASSERT_EQUAL(kernel_next_fd(), STDIN_FILENO);
	dup2(input, STDIN_FILENO);
	close(input);
}

/* Without a descriptor left there is no pair: it is made a second later. */
static void loop_no_descriptors(void)
{
	int before = kernel_next_fd();
	struct end a, b;

	kernel_fail("socketpair", 0, 0, EMFILE);
	end_open(&a, "loop:none", NULL);
	CU_ASSERT_TRUE(kernel_failed());
	CU_ASSERT_STRING_EQUAL(a.h.last_log, "link loop:none: Too many open files, waiting for it");
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
	fake_run(&a.h, fake_now + S);
	end_open(&b, "loop:none", NULL);
	fake_join(&a.h, &b.h);
	fake_run(&a.h, fake_now);
	CU_ASSERT_TRUE(link_up(a.l) && link_up(b.l));
	end_close(&a);
	end_close(&b);
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
}

/* --- handed over ------------------------------------------------------------------------------- */

static void link_loop_pair(struct end *a, struct end *b)
{
	end_open(a, "loop:handed", NULL);
	end_open(b, "loop:handed", NULL);
	fake_join(&a->h, &b->h);
	fake_run(&a->h, fake_now);
	CU_ASSERT_TRUE_FATAL(link_up(a->l) && link_up(b->l));
}

/* Either end, before and after: the other one hears of nothing, and what was under way comes. */
static void a_pair_is_handed_over(void)
{
	int before = kernel_next_fd();
	struct end a, b;

	link_loop_pair(&a, &b);
	end_send(&b, "one", 3);
	end_hand_over(&a, "loop:handed", NULL);
	fake_run(&a.h, fake_now);
	ASSERT_OCTETS(a.last, a.last_len, "one", 3);
	end_send(&a, "two", 3);
	end_hand_over(&b, "loop:handed", NULL);
	fake_run(&b.h, fake_now);
	ASSERT_OCTETS(b.last, b.last_len, "two", 3);
	CU_ASSERT(!a.downs && !b.downs);
	end_close(&b);
	fake_run(&a.h, fake_now);
	CU_ASSERT_EQUAL(a.downs, 1);
	end_close(&a);
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
}

/* What waits for its other end is of this process alone: it starts anew. */
static void one_that_is_alone_starts_anew(void)
{
	int before = kernel_next_fd();
	struct fake_frozen f;
	struct end a, b;

	end_open(&a, "loop:handed", NULL);
	end_freeze(&a, &f);
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
	CU_ASSERT_FALSE(end_thaw(&a, "loop:handed", NULL, &f));
	end_open(&b, "loop:handed", NULL);
	fake_join(&a.h, &b.h);
	fake_run(&a.h, fake_now);
	CU_ASSERT_TRUE(link_up(a.l) && link_up(b.l));
	end_close(&b);
	end_close(&a);
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
}

/* A descriptor that is of no pair is closed, and the link starts anew. */
static void a_descriptor_of_no_pair(void)
{
	int before = kernel_next_fd();
	struct fake_frozen f;
	struct end a, b;

	link_loop_pair(&a, &b);
	end_freeze(&a, &f);
	CU_ASSERT_EQUAL_FATAL(f.f.fds, 1);
	close(f.fd[0]);
	f.fd[0] = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FALSE(end_thaw(&a, "loop:handed", NULL, &f));
	fake_run(&a.h, fake_now + 60 * S);
	CU_ASSERT_EQUAL(b.downs, 1);
	CU_ASSERT_TRUE(link_up(a.l) && link_up(b.l));
	end_close(&b);
	end_close(&a);
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
}

static const struct test_case cases[] = {
	{"carrier", loop_carrier},
	{"names", loop_names},
	{"descriptor_0", loop_descriptor_0},
	{"no_descriptors", loop_no_descriptors},
	{"a_pair_is_handed_over", a_pair_is_handed_over},
	{"one_that_is_alone_starts_anew", one_that_is_alone_starts_anew},
	{"a_descriptor_of_no_pair", a_descriptor_of_no_pair},
	{NULL, NULL},
};
const struct test_suite suite_link_loop = {"link_loop", cases};
