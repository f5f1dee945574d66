/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of the kernel's X.25 on their way to another process: the sockets that listen, then each
 * call's socket, with what is left of an SDU that the kernel took in part, and its circuit.  The
 * kernel has all else: the state of the call, its facilities and addresses, and the SDUs that wait.
 */
#include "transports/x25/x25_socket.h"

#include <unistd.h>

#define SOCKETS_PART	     15u
#define SOCKETS_CALL_PART    16u
#define SOCKETS_PART_VERSION 1u

/* --- the sockets that listen ------------------------------------------------------------------ */

/* What a caller who negotiates nothing is given stays that of the socket. */
struct x25_socket_terms {
	char on[X25_DIGITS + 1];
	uint32_t size, window;
};

static struct x25_socket_terms x25_socket_terms_of(const struct ist_port *p)
{
	struct x25_socket_terms t = {0};
	struct x25_kernel_call c;

	x25_socket_listening_for(p, &c);
	memcpy(t.on, p->sockets->listens_on, sizeof(t.on));
	t.size = c.size_in;
	t.window = c.window_in;
	return t;
}

static void x25_socket_hand_terms(struct x25_socket_terms *t, struct handover *h)
{
	handover_text(h, t->on, sizeof(t->on));
	t->size = handover_word(h, t->size, UINT8_MAX);
	t->window = handover_word(h, t->window, UINT8_MAX);
}

/* Those that have ended are closed here: nobody else would say with which cause. */
void x25_socket_hand_link(struct ist_port *p, struct handover *h)
{
	struct x25_socket_terms t = x25_socket_terms_of(p);
	struct handover_part part;

	x25_socket_reap(p);
	handover_open(h, &part, SOCKETS_PART, SOCKETS_PART_VERSION);
	x25_socket_hand_terms(&t, h);
	for (unsigned i = 0; i < X25_LISTENERS; i++)
		handover_fd(h, p->sockets->listener[i].fd);
	handover_close(h, &part);
}

static bool x25_socket_thaw_all(struct ist_port *p, struct handover *h)
{
	bool all = true;

	for (unsigned i = 0; i < X25_LISTENERS; i++) {
		int fd = handover_fd(h, -1);

		p->sockets->listener[i].fd = fd;
		all &= fd >= 0 && x25_socket_kernel->kind(fd) == X25_KERNEL_LISTENS;
	}
	return all;
}

bool x25_socket_thaw_listeners(struct ist_port *p, struct handover *h)
{
	struct x25_socket_terms want = x25_socket_terms_of(p), was = {0};
	struct handover_part part;
	bool taken;

	if (!handover_open(h, &part, SOCKETS_PART, SOCKETS_PART_VERSION))
		return false;
	x25_socket_hand_terms(&was, h);
	taken = !strcmp(was.on, want.on) && was.size == want.size && was.window == want.window &&
		x25_socket_thaw_all(p, h);
	handover_close(h, &part);
	for (unsigned i = 0; i < X25_LISTENERS && !taken; i++) {
		if (p->sockets->listener[i].fd >= 0)
			close(p->sockets->listener[i].fd);
		p->sockets->listener[i].fd = -1;
	}
	return taken;
}

/* --- calls ------------------------------------------------------------------------------------ */

static void x25_socket_freeze_call(struct x25_socket_call *k, struct handover *h)
{
	const struct x25_circuit *c = k->line.circuit[1];
	struct handover_part part;

	handover_open(h, &part, SOCKETS_CALL_PART, SOCKETS_PART_VERSION);
	handover_fd(h, k->fd);
	handover_word(h, c ? handle_index(c->id) : 0, HANDLE_SLOTS - 1);
	handover_flag(h, k->owed);
	handover_word(h, (uint32_t)k->rest_len, k->line.port->conf.mtu);
	handover_octets(h, k->rest + k->rest_at, k->rest_len);
	handover_close(h, &part);
}

/* NULL: none that a socket may have. */
static struct x25_circuit *x25_socket_circuit_at(const struct ist_port *p, uint32_t slot)
{
	struct x25_circuit *c = slot && slot < p->slots.fresh ? p->circuit[slot] : NULL;

	return c && !c->line && !c->permanent && c->state != X25_CIRCUIT_DEAD &&
			       c->state != X25_CIRCUIT_DOWN
		       ? c
		       : NULL;
}

/* Without a circuit it is nobody's. */
static void x25_socket_thaw_rest(struct x25_socket_call *k, uint32_t slot, struct handover *h)
{
	struct x25_circuit *c = x25_socket_circuit_at(k->line.port, slot);

	k->owed = handover_flag(h, false);
	k->rest_len = handover_word(h, 0, k->line.port->conf.mtu);
	handover_octets(h, k->rest, k->rest_len);
	if (h->bad)
		return;
	if (!c) {
		x25_socket_end(k, 0, 0);
		return;
	}
	k->up = c->state == X25_CIRCUIT_UP;
	x25_circuit_attach(c, &k->line, 1);
	x25_socket_watch(k);
}

static bool x25_socket_thaw_call(struct ist_port *p, struct handover *h)
{
	struct x25_socket_call *k = NULL;
	struct handover_part part;
	uint32_t slot;
	int fd;

	if (!handover_open(h, &part, SOCKETS_CALL_PART, SOCKETS_PART_VERSION))
		return false;
	fd = handover_fd(h, -1);
	slot = handover_word(h, 0, HANDLE_SLOTS - 1);
	if (fd >= 0 && !h->bad && x25_socket_kernel->kind(fd) == X25_KERNEL_CALL &&
	    p->sockets->calls < p->conf.socket_calls)
		k = x25_socket_add(p, fd);
	if (k)
		x25_socket_thaw_rest(k, slot, h);
	else if (fd >= 0)
		close(fd);
	handover_close(h, &part);
	return !h->bad;
}

bool x25_socket_hand(struct ist_port *p, struct handover *h)
{
	struct x25_socket_call *k = p->sockets->first;

	if (h->thawing) {
		while (x25_socket_thaw_call(p, h))
			;
		return !h->bad;
	}
	/* from the last: each is put in front of those before it */
	while (k && k->next)
		k = k->next;
	for (; k; k = k->prev)
		x25_socket_freeze_call(k, h);
	return true;
}
