/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors that outlive a life of data, by what they were asked for. */
#define _GNU_SOURCE /* memfd_create */
#include "gw/keeper/opener_held.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A descriptor stands for a device: its size is the number in its name, and 99 is one that has been
 * removed. */
static int held_device(int fd, char *name)
{
	struct stat st;

	CU_ASSERT_FATAL(!fstat(fd, &st));
	if (st.st_size == 99)
		return -EBADF;
	snprintf(name, OPENER_DEVICE, "ist%d", (int)st.st_size);
	return 0;
}

static const struct opener_ops ops = {.device = held_device};
static struct opener_helds h;

static struct ist_open held_ask_for(uint8_t kind, const char *name)
{
	struct ist_open w = {.size = sizeof(w), .kind = kind};

	snprintf(w.name, sizeof(w.name), "%s", name);
	return w;
}

static int held_memfd(unsigned number)
{
	int fd = memfd_create("x", MFD_CLOEXEC);

	CU_ASSERT_FATAL(fd >= 0 && !ftruncate(fd, (off_t)number));
	return fd;
}

/* Opened, and closed again by data. */
static void held_hold(const struct ist_open *what, unsigned number)
{
	int fd = held_memfd(number);

	opener_held_keep(&h, &ops, what, fd);
	close(fd);
}

/* The number of what is given; -1 = nothing is. */
static int held_given_again(const struct ist_open *what)
{
	int fd = opener_held_take(&h, &ops, what);
	struct stat st;

	if (fd < 0)
		return -1;
	CU_ASSERT(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CU_ASSERT_FATAL(!fstat(fd, &st));
	close(fd);
	return (int)st.st_size;
}

static void each_life_gets_it_once(void)
{
	struct ist_open w = held_ask_for(IST_OPEN_UDP, ""), other = w;

	w.port = 1701;
	other.port = 1702;
	held_hold(&w, 5);
	CU_ASSERT_EQUAL(held_given_again(&w), -1); /* this life has it */
	for (unsigned life = 0; life < 3; life++) {
		opener_held_begin(&h);
		CU_ASSERT_EQUAL(held_given_again(&other), -1);
		CU_ASSERT_EQUAL(held_given_again(&w), 5);
		CU_ASSERT_EQUAL(held_given_again(&w), -1);
		opener_held_settle(&h);
	}
	opener_held_begin(&h);
	opener_held_settle(&h); /* nobody has asked */
	CU_ASSERT(h.n == 0 && held_given_again(&w) == -1);
	opener_held_free(&h);
}

/* Data has closed it: only what it got in this life, and one of several. */
static void what_is_released_is_let_go(void)
{
	struct ist_open w = held_ask_for(IST_OPEN_UDP, ""), other = w;

	w.port = 1701;
	other.port = 1702;
	held_hold(&w, 5);
	held_hold(&other, 6);
	opener_held_begin(&h);
	opener_held_release(&h, &w); /* of the life before: this one may ask for it */
	CU_ASSERT_EQUAL(held_given_again(&w), 5);
	held_hold(&w, 7);
	opener_held_release(&h, &w);
	CU_ASSERT_EQUAL(h.n, 2);
	opener_held_release(&h, &w);
	CU_ASSERT_EQUAL(h.n, 1);
	opener_held_release(&h, &w);
	CU_ASSERT_EQUAL(held_given_again(&w), -1);
	CU_ASSERT_EQUAL(held_given_again(&other), 6);
	opener_held_free(&h);
}

/* In the order in which they were opened, as they are asked for. */
static void equal_ones_keep_their_order(void)
{
	struct ist_open w = held_ask_for(IST_OPEN_TUN, "ist%d"),
			second = held_ask_for(IST_OPEN_TUN, "ist1");

	for (unsigned i = 0; i < 3; i++)
		held_hold(&w, i);
	opener_held_begin(&h);
	CU_ASSERT_EQUAL(held_given_again(&second), 1); /* by the name that it has */
	CU_ASSERT_EQUAL(held_given_again(&w), 0);
	CU_ASSERT_EQUAL(held_given_again(&w), 2);
	CU_ASSERT_EQUAL(held_given_again(&w), -1);
	opener_held_closed(&h, "");
	CU_ASSERT_EQUAL(h.n, 3);
	opener_held_closed(&h, "ist0");
	opener_held_begin(&h);
	CU_ASSERT_EQUAL(held_given_again(&w), 1);
	opener_held_free(&h);
	CU_ASSERT_EQUAL(h.n, 0);
}

/* What is opened again in one life was closed, or it could not be opened: its address is free. */
static void no_more_than_there_may_be(void)
{
	struct ist_open w = held_ask_for(IST_OPEN_UDP, ""), other = w;

	other.port = 1;
	held_hold(&other, 9);
	held_hold(&w, 1);
	held_hold(&w, 2);
	opener_held_make_room(&h, &w, 2);
	CU_ASSERT_EQUAL(h.n, 2);
	held_hold(&w, 3);
	opener_held_begin(&h);
	CU_ASSERT_EQUAL(held_given_again(&w), 2);
	CU_ASSERT_EQUAL(held_given_again(&w), 3);
	CU_ASSERT_EQUAL(held_given_again(&other), 9);
	opener_held_make_room(&h, &w, 1);
	CU_ASSERT_EQUAL(h.n, 1);
	opener_held_free(&h);
}

static void a_device_that_was_removed_is_none(void)
{
	struct ist_open w = held_ask_for(IST_OPEN_TUN, "ist%d");
	int fd = held_memfd(3);

	opener_held_keep(&h, &ops, &w, fd);
	CU_ASSERT_EQUAL(h.n, 1);
	CU_ASSERT(!ftruncate(fd, 99));
	opener_held_begin(&h);
	CU_ASSERT_EQUAL(held_given_again(&w), -1);
	CU_ASSERT_EQUAL(h.n, 0);
	CU_ASSERT(!ftruncate(fd, 3));
	opener_held_keep(&h, &ops, &w, fd);
	CU_ASSERT(!ftruncate(fd, 4)); /* it has another name now */
	opener_held_begin(&h);
	CU_ASSERT_EQUAL(held_given_again(&w), -1);
	close(fd);
	opener_held_free(&h);
}

static void only_what_makes_sense(void)
{
	static const struct {
		uint8_t kind;
		bool held;
	} rows[] = {
		{IST_OPEN_PACKET, true}, {IST_OPEN_TUN, true},	  {IST_OPEN_TAP, true},
		{IST_OPEN_TTY, false},	 {IST_OPEN_READ, false},  {IST_OPEN_WRITE, false},
		{IST_OPEN_UDP, true},	 {IST_OPEN_LISTEN, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ist_open w = held_ask_for(rows[i].kind, "x");

		held_hold(&w, 1);
		CU_ASSERT_EQUAL(h.n, rows[i].held);
		opener_held_free(&h);
	}
}

static void without_memory_it_is_not_held(void)
{
	struct ist_open w = held_ask_for(IST_OPEN_UDP, "");
	int fd = held_memfd(1);

	heap_refuse(0);
	opener_held_keep(&h, &ops, &w, fd);
	CU_ASSERT(heap_refused() && !h.n);
	close(fd);
	opener_held_free(&h);
}

static const struct test_case cases[] = {
	{"each_life_gets_it_once", each_life_gets_it_once},
	{"what_is_released_is_let_go", what_is_released_is_let_go},
	{"equal_ones_keep_their_order", equal_ones_keep_their_order},
	{"no_more_than_there_may_be", no_more_than_there_may_be},
	{"a_device_that_was_removed_is_none", a_device_that_was_removed_is_none},
	{"only_what_makes_sense", only_what_makes_sense},
	{"without_memory_it_is_not_held", without_memory_it_is_not_held},
	{NULL, NULL},
};
const struct test_suite suite_opener_held = {"opener_held", cases};
