/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of a port that wait at its worker: which there are, in which order, and which are
 * withdrawn.  Nothing runs; the port is one that was handed over.
 */
#include "gw/dp/image.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORT_CHANNEL(c) ((uint64_t)1 << 32 | (c)) /* of port 0 */

static struct {
	struct door *door;
	struct data *data;
	struct fake *fake;
	struct worker *w;
	struct worker_port *p;
	char said[600];
} report_at;

static void data_report_begin(void)
{
	static uint8_t octets[256];
	struct door_msg port = {
		.kind = DOOR_PORT_OPEN,
		.port_open = {.transport = fake_frozen.name,
			      .cfg = {.size = sizeof(port.port_open.cfg), .name = "wan"}}};
	size_t n = door_msg_encode(&port, octets, sizeof(octets));

	report_at.fake = fake_new();
	report_at.door = door_new(1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(report_at.door);
	report_at.data = data_make(report_at.door, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(report_at.data);
	report_at.data->aside = true;
	fake_next(report_at.fake);
	CU_ASSERT_TRUE_FATAL(data_know(report_at.data, &fake_frozen));
	CU_ASSERT_TRUE_FATAL(
		data_port_restore(report_at.data, octets + DOOR_MSG_HEAD, n - DOOR_MSG_HEAD, 0));
	CU_ASSERT_EQUAL_FATAL(data_port_thaw(report_at.data, 0, NULL), 0);
	report_at.w = report_at.data->worker[0];
	report_at.p = report_at.w->port[0];
	CU_ASSERT_PTR_NOT_NULL_FATAL(report_at.p);
	CU_ASSERT_PTR_NULL(report_at.w->report_head);
}

static void data_report_end(void)
{
	data_free(report_at.data);
	door_free(report_at.door);
	fake_free(report_at.fake);
}

static struct worker_chan *data_report_chan(ist_channel c)
{
	struct worker_chan *made = worker_chan_make(report_at.p, c);

	CU_ASSERT_PTR_NOT_NULL_FATAL(made);
	made->payload = IST_PAYLOAD_L2TP;
	return made;
}

static void data_report_up(struct worker_chan *c, enum door_kind kind)
{
	report_attrs(report_at.p, c, kind, &(struct ist_attrs){.size = sizeof(struct ist_attrs)});
}

static void data_report_down(struct worker_chan *c, bool forever)
{
	report_down(report_at.p, c, c->id, &(struct ist_cause){.kind = IST_CAUSE_INACTIVE},
		    forever);
}

static void data_report_read(const struct report *r, struct door_msg *m)
{
	CU_ASSERT_TRUE_FATAL(door_msg_decode(m, DOOR_REPORT, r->octets, r->len,
					     report_at.data->room, door_msg_room(DOOR_MSG_MAX)));
}

/* "offer 7, down 7 forever": those that wait. */
static bool data_report_waits(const char *want)
{
	static const char *const names[DOOR_KINDS] = {
		[DOOR_OFFER] = "offer", [DOOR_UP] = "up",     [DOOR_DOWN] = "down",
		[DOOR_MTU] = "mtu",	[DOOR_GONE] = "gone", [DOOR_FAILED] = "failed",
		[DOOR_PORT] = "port",	[DOOR_TOLD] = "told",
	};
	char *said = report_at.said;
	size_t n = 0;

	*said = '\0';
	for (const struct report *r = report_at.w->report_head; r; r = r->next) {
		struct door_msg m;

		data_report_read(r, &m);
		CU_ASSERT_EQUAL(m.no, report_at.w->attach);
		n += (size_t)snprintf(said + n, sizeof(report_at.said) - n, "%s%s", n ? ", " : "",
				      names[m.kind] ? names[m.kind] : "?");
		if (m.kind == DOOR_OFFER || m.kind == DOOR_UP || m.kind == DOOR_DOWN ||
		    m.kind == DOOR_MTU || m.kind == DOOR_GONE)
			n += (size_t)snprintf(said + n, sizeof(report_at.said) - n, " %u%s",
					      (unsigned)(ist_channel)m.report.channel,
					      m.kind == DOOR_DOWN && m.report.forever ? " forever"
										      : "");
		if (m.kind == DOOR_FAILED)
			n += (size_t)snprintf(said + n, sizeof(report_at.said) - n, " %d %s",
					      m.report.err, m.report.words);
	}
	if (!strcmp(said, want))
		return true;
	printf("\n      reports: got \"%s\", want \"%s\"\n", said, want);
	return false;
}

/* --- order ------------------------------------------------------------------------------------- */

static void in_the_order_they_were_made(void)
{
	struct worker_chan *c;

	data_report_begin();
	c = data_report_chan(7);
	data_report_up(c, DOOR_OFFER);
	data_report_up(c, DOOR_UP);
	report_mtu(report_at.p, c);
	data_report_down(c, false);
	report_gone(report_at.p, 9);
	CU_ASSERT_TRUE(data_report_waits("offer 7, up 7, mtu 7, down 7, gone 9"));
	data_report_end();
}

/* Not heard of, and gone for good: control is told nothing at all.  Others stay in their order. */
static void what_was_never_heard_of_is_withdrawn(void)
{
	struct worker_chan *c, *d, *e;

	data_report_begin();
	c = data_report_chan(7);
	d = data_report_chan(8);
	e = data_report_chan(9);
	CU_ASSERT_FALSE(report_annul(report_at.w, c));
	data_report_up(c, DOOR_OFFER);
	data_report_up(d, DOOR_UP);
	data_report_up(c, DOOR_UP);
	data_report_down(c, false);
	data_report_up(e, DOOR_UP);
	report_mtu(report_at.p, c);
	data_report_down(c, true);
	CU_ASSERT_TRUE(data_report_waits("up 8, up 9"));
	CU_ASSERT_PTR_NULL(c->birth);
	data_report_down(e, true); /* the last of the list */
	CU_ASSERT_TRUE(data_report_waits("up 8"));
	report_mtu(report_at.p, d);
	data_report_down(d, true);
	CU_ASSERT_TRUE(data_report_waits(""));
	report_gone(report_at.p, 5); /* the list can be added to */
	CU_ASSERT_TRUE(data_report_waits("gone 5"));
	data_report_end();
}

/* Once its first report has left, the end is told. */
static void what_was_heard_of_is_told(void)
{
	struct worker_chan *c;

	data_report_begin();
	c = data_report_chan(7);
	data_report_up(c, DOOR_UP);
	report_at.w->told = false;
	CU_ASSERT_TRUE(report_mail(report_at.w));
	CU_ASSERT_TRUE(report_at.w->told);
	CU_ASSERT_TRUE(data_report_waits(""));
	CU_ASSERT_PTR_NOT_NULL(c->story);
	data_report_down(c, true);
	CU_ASSERT_PTR_NULL(c->story);
	CU_ASSERT_TRUE(data_report_waits("down 7 forever"));
	report_at.w->told = false;
	CU_ASSERT_TRUE(report_mail(report_at.w));
	CU_ASSERT_TRUE(report_mail(report_at.w));
	data_report_end();
}

/* What the ring does not take waits, and control is asked to say when there is room. */
static void a_full_ring(void)
{
	atomic_bool *wait;
	unsigned n = 0;

	data_report_begin();
	wait = &report_at.door->words->worker[0].reports_wait;
	do {
		CU_ASSERT_FALSE(atomic_load(wait));
		report_gone(report_at.p, 5);
	} while (report_mail(report_at.w) && ++n < 1000000);
	CU_ASSERT(n > 100 && n < 1000000);
	CU_ASSERT_TRUE(atomic_load(wait));
	CU_ASSERT_TRUE(data_report_waits("gone 5"));
	data_report_end();
}

/* --- what is said ------------------------------------------------------------------------------ */

static void data_report_attrs_of(const struct ist_attrs *a, struct worker_chan *c,
				 struct door_msg *m)
{
	CU_ASSERT_TRUE(report_mail(report_at.w));
	report_attrs(report_at.p, c, DOOR_UP, a);
	CU_ASSERT_PTR_NOT_NULL_FATAL(report_at.w->report_head);
	data_report_read(report_at.w->report_head, m);
}

/* What a transport of an older ABI does not have is not looked for, and a ticket that is longer
 * than one may be is none. */
static void attributes(void)
{
	static const uint8_t octets[IST_TICKET_MAX + 1] = {1, 2, 3};
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = IST_PAYLOAD_PPP,
			      .called = "5551",
			      .access_line = octets,
			      .access_line_len = 2,
			      .sub_address = "77",
			      .ticket = octets,
			      .ticket_len = IST_TICKET_MAX};
	struct worker_chan *c;
	struct door_msg m;

	data_report_begin();
	c = data_report_chan(7);
	data_report_attrs_of(&a, c, &m);
	CU_ASSERT(m.report.port == 0 && m.report.channel == REPORT_CHANNEL(7));
	CU_ASSERT_EQUAL(m.report.mtu, 1007);
	CU_ASSERT_EQUAL(m.report.attrs.payload, IST_PAYLOAD_PPP);
	CU_ASSERT_STRING_EQUAL(m.report.attrs.called, "5551");
	CU_ASSERT_STRING_EQUAL(m.report.attrs.sub_address, "77");
	CU_ASSERT_EQUAL(m.report.attrs.access_line_len, 2);
	CU_ASSERT_EQUAL(m.report.attrs.ticket_len, IST_TICKET_MAX);
	a.ticket_len++;
	a.payload = 0;
	data_report_attrs_of(&a, c, &m);
	CU_ASSERT_EQUAL(m.report.attrs.ticket_len, 0);
	CU_ASSERT_EQUAL(m.report.attrs.payload, IST_PAYLOAD_L2TP); /* the channel's */
	a.ticket_len = 3;
	a.size = offsetof(struct ist_attrs, access_line);
	data_report_attrs_of(&a, c, &m);
	CU_ASSERT(!m.report.attrs.access_line_len && !m.report.attrs.ticket_len);
	CU_ASSERT_TRUE(!m.report.attrs.sub_address || !*m.report.attrs.sub_address);
	CU_ASSERT_STRING_EQUAL(m.report.attrs.called, "5551");
	data_report_end();
}

/* --- failures ---------------------------------------------------------------------------------- */

static void a_port_fails_once(void)
{
	data_report_begin();
	report_failed(report_at.p, -EIO, "broken");
	report_failed(report_at.p, -EPERM, "again");
	CU_ASSERT_TRUE(data_report_waits("failed -5 broken"));
	report_lost(report_at.w, 0, -EACCES, "not opened");
	CU_ASSERT_TRUE(data_report_waits("failed -5 broken, failed -13 not opened"));
	data_report_end();
	data_report_begin();
	report_failed(report_at.p, -EIO, NULL);
	CU_ASSERT_TRUE(data_report_waits("failed -5 "));
	data_report_end();
}

/* Control does not hear of the channel, now or in another life: the port has failed.  Its report
 * needs no memory. */
static void without_memory_for_a_report(void)
{
	struct worker_chan *c;

	for (unsigned skip = 0; skip < 2; skip++) {
		data_report_begin();
		c = data_report_chan(7);
		heap_refuse(skip);
		data_report_up(c, DOOR_UP);
		CU_ASSERT_TRUE(heap_refused());
		CU_ASSERT_TRUE(data_report_waits(skip ? "up 7, failed -12 no memory for a report"
						      : "failed -12 no memory for a report"));
		CU_ASSERT_EQUAL(report_at.p->failed, -ENOMEM);
		data_report_end();
	}
}

/* --- for a control that begins ----------------------------------------------------------------- */

/* What there is, as it is: what waits for another one is forgotten. */
static void all_is_told_again(void)
{
	struct worker_chan *c, *d;
	struct door_msg m;

	data_report_begin();
	c = data_report_chan(7);
	d = data_report_chan(8);
	data_report_up(c, DOOR_UP);
	data_report_up(d, DOOR_UP);
	data_report_down(d, false);
	report_at.fake->mtu = 600;
	report_mtu(report_at.p, c);
	CU_ASSERT_TRUE(report_all(report_at.w, 0x1122334455667788));
	CU_ASSERT_EQUAL(report_at.w->attach, 0x1122334455667788);
	CU_ASSERT_TRUE(data_report_waits("port, up 7, mtu 7, told"));
	CU_ASSERT(c->told && !d->told);
	data_report_read(report_at.w->report_head, &m);
	CU_ASSERT(m.report.port == 0 && m.report.worker == 0);
	CU_ASSERT_STRING_EQUAL(m.report.transport, fake_frozen.name);
	CU_ASSERT_STRING_EQUAL(m.report.name, "wan");
	data_report_read(report_at.w->report_head->next, &m);
	CU_ASSERT_EQUAL(m.report.mtu, 600);
	/* it is its first: that it goes for good withdraws it */
	data_report_down(c, true);
	CU_ASSERT_TRUE(data_report_waits("port, told"));
	report_failed(report_at.p, -EIO, "broken");
	CU_ASSERT_TRUE(report_all(report_at.w, 2));
	CU_ASSERT_TRUE(data_report_waits("port, failed -5 broken, told"));
	data_report_end();
}

static void without_memory_to_tell_again(void)
{
	bool whole = false;
	unsigned refused = 0;

	data_report_begin();
	report_failed(report_at.p, -EIO, "broken");
	for (unsigned skip = 0; !whole && skip < 9; skip++) {
		heap_refuse(skip);
		whole = report_all(report_at.w, 2);
		CU_ASSERT_EQUAL(whole, !heap_refused());
		refused += !whole;
	}
	CU_ASSERT_TRUE(data_report_waits("port, failed -5 broken, told"));
	CU_ASSERT_EQUAL(refused, 3); /* the failure, the port, that all is told */
	data_report_end();
}

/* Those of the port go when it does. */
static void a_port_is_forgotten(void)
{
	data_report_begin();
	report_gone(report_at.p, 5);
	report_lost(report_at.w, 3, -EACCES, "another");
	data_report_up(data_report_chan(7), DOOR_UP);
	report_forget(report_at.w, 0);
	CU_ASSERT(data_report_waits("failed -13 another") || data_report_waits(""));
	CU_ASSERT_PTR_NULL(worker_chan_find(report_at.p, 7)->birth);
	data_report_end();
}

/* --- handed over ------------------------------------------------------------------------------- */

/* Its transport tells a channel once more: only what has changed is a report. */
static void what_control_knows_is_not_told(void)
{
	struct worker_chan *c;

	for (unsigned i = 0; i < 4; i++) {
		data_report_begin();
		c = data_report_chan(7);
		data_report_up(c, DOOR_UP);
		CU_ASSERT_TRUE(report_mail(report_at.w));
		c->again = true;
		report_at.w->now += 5000000; /* its time is another */
		if (i == 1)
			report_at.fake->mtu = 600;
		if (i == 2)
			c->payload = IST_PAYLOAD_PPP;
		data_report_up(c, i == 3 ? DOOR_OFFER : DOOR_UP);
		CU_ASSERT_TRUE(data_report_waits(!i ? "" : i == 3 ? "offer 7" : "up 7"));
		CU_ASSERT_FALSE(c->again);
		/* and from then on each is told */
		CU_ASSERT_TRUE(report_mail(report_at.w));
		data_report_up(c, DOOR_UP);
		CU_ASSERT_TRUE(data_report_waits("up 7"));
		data_report_end();
	}
}

/* The new MTU is what a control that begins hears, and what is compared. */
static void an_mtu_that_has_changed(void)
{
	struct worker_chan *c;

	data_report_begin();
	c = data_report_chan(7);
	data_report_up(c, DOOR_UP);
	report_at.fake->mtu = 600;
	report_mtu(report_at.p, c);
	CU_ASSERT_TRUE(report_mail(report_at.w));
	c->again = true;
	data_report_up(c, DOOR_UP);
	CU_ASSERT_TRUE(data_report_waits(""));
	data_report_end();
}

/* One that waited at the other side: its first report withdraws the channel here too. */
static void one_that_waited_is_restored(void)
{
	for (unsigned birth = 0; birth < 2; birth++) {
		struct worker_chan *c;
		uint8_t octets[256];
		struct door_msg m = {.kind = DOOR_GONE};
		size_t n;

		data_report_begin();
		c = data_report_chan(7);
		m.report.channel = REPORT_CHANNEL(7);
		m.no = report_at.w->attach;
		n = door_msg_encode(&m, octets, sizeof(octets));
		CU_ASSERT_FATAL(n > 0);
		CU_ASSERT_TRUE(report_restore(report_at.w, &m, octets, n, birth));
		CU_ASSERT_TRUE(data_report_waits("gone 7"));
		CU_ASSERT_EQUAL(report_at.w->report_head->port, 0);
		data_report_down(c, true);
		CU_ASSERT_TRUE(data_report_waits(birth ? "" : "gone 7, down 7 forever"));
		heap_refuse(0);
		CU_ASSERT_FALSE(report_restore(report_at.w, &m, octets, n, birth));
		CU_ASSERT_TRUE(heap_refused());
		data_report_end();
	}
}

static const struct test_case cases[] = {
	{"in_the_order_they_were_made", in_the_order_they_were_made},
	{"what_was_never_heard_of_is_withdrawn", what_was_never_heard_of_is_withdrawn},
	{"what_was_heard_of_is_told", what_was_heard_of_is_told},
	{"a_full_ring", a_full_ring},
	{"attributes", attributes},
	{"a_port_fails_once", a_port_fails_once},
	{"without_memory_for_a_report", without_memory_for_a_report},
	{"all_is_told_again", all_is_told_again},
	{"without_memory_to_tell_again", without_memory_to_tell_again},
	{"a_port_is_forgotten", a_port_is_forgotten},
	{"what_control_knows_is_not_told", what_control_knows_is_not_told},
	{"an_mtu_that_has_changed", an_mtu_that_has_changed},
	{"one_that_waited_is_restored", one_that_waited_is_restored},
	{NULL, NULL},
};
const struct test_suite suite_data_report = {"data_report", cases};
