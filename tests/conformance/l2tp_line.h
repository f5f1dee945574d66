/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way from an engine to a channel: two queues, control in front of data, for what a
 * flow-controlled channel does not take.  As in the gateway's data plane, but without a bound.
 */
#ifndef TESTS_CONFORMANCE_L2TP_LINE_H
#define TESTS_CONFORMANCE_L2TP_LINE_H

#include "tests/conformance/l2tp_end.h"

struct line *line_new(unsigned links);
/* Control as f->flags says; its cookie comes back to the engine when it leaves the queue. */
enum l2tp_tx line_send(struct l2tp_end *e, unsigned link, struct ist_frame *f, uint64_t cookie);
/* Send what waits where the channel has become writable. */
void line_drain(struct l2tp_end *e);
/* Forget what waits. */
void line_flush(struct l2tp_end *e, unsigned link);

#endif
