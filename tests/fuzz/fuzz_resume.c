/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A gateway that goes on from records of a life before, whatever they say, over a data plane that
 * only remembers: it starts, what it has fits together, and it gives all back.
 *
 * Input: records, each of kind (1), key (8), length (2) and its octets.
 */
#include "core/bytes.h"
#include "gw/log.h"
#include "gw/random.h"
#include "tests/gw/bench.h"
#include "transports/builtin.h"

#include <osmocom/core/talloc.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(x)                  \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

static const char conf[] =
	"host-name = gw\n"
	"udp a { listen = \"192.0.2.1:1701\" }\n"
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = ppp  service = s }\n"
	"  dlci 200 { carries = ppp } }\n"
	"x25 x { link = \"loop:x\"  address = 1  accept \"42*\" { carries = ppp  service = s } }\n"
	"peer lac { port = a  service = s  hostname = lac }\n"
	"peer one { port = a  dial = \"192.0.2.9:1701\"  hostname = x }\n"
	"peer lns { port = a  dial = \"192.0.2.9:1701\"  hostname = lns }\n"
	"route sw { from-peer = lns  to = one }\n"
	"pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"
	"radius r { accounting = yes  server \"127.0.0.1\" { secret = \"0123456789abcdef\"\n"
	"  acct-port = 1 } }\n"
	"service s { local = 10.64.0.1  pool = s  multilink = yes  radius = r }\n"
	"user ann { secret = \"a password\" }\n"
	"client home { port = f  circuit = 200  user = ann  secret = x  redial = 0 }\n"
	"outgoing site { peer = lns  called = 5  service = s  address = 10.64.0.77 }\n";

static const struct cfg_model *model;
static const uint8_t boot[STORE_BOOT] = {1};

static void fuzz_resume_on_mistake(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
}

static void fuzz_resume_begin(void)
{
	gw_log_start(talloc_named_const(NULL, 0, "fuzz"), CFG_LOG_TO_STDERR);
	gw_log_set("all", "fatal");
	MUST(!cfg_load_text(&model, "fuzz.conf", conf, sizeof(conf) - 1, ist_builtin_transports,
			    fuzz_resume_on_mistake, NULL));
}

static struct store *fuzz_resume_store(const uint8_t *data, size_t size)
{
	struct store *s = store_new(40, boot);
	struct rd r = rd_init(data, size);

	MUST(s);
	while (r.left > 11) {
		uint8_t kind = rd_u8(&r);
		uint64_t key = rd_u64(&r);
		size_t len = rd_u16(&r);

		len = len < r.left ? len : r.left;
		store_put(s, kind, key, rd_take(&r, len), len);
	}
	store_publish(s);
	return s;
}

/* Every call of the engine that is up has its leg, every entry is of a leg in a join. */
static void fuzz_resume_fits(const struct gw *gw)
{
	struct l2tp_counters n;
	unsigned calls = 0, entries = 0;
	struct join *j;

	llist_for_each_entry(j, &gw->joins->head, entry)
	{
		for (unsigned i = 0; i < 2; i++) {
			bool gone = j->leg[i]->state == LEG_GONE;

			calls += j->leg[i]->ops->kind == LEG_CALL && !gone;
			entries += j->leg[i]->ops->entry && !gone;
		}
	}
	l2tp_engine_counters(gw->engine, &n);
	MUST(n.calls == calls);
	MUST(fake.calls <= entries);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store *s = fuzz_resume_store(data, size);
	struct gw *gw;

	if (!model)
		fuzz_resume_begin();
	fake_reset();
	fake.no_peer = false;
	model->port[0].transport->addr_parse(&fake.peer, "192.0.2.9:1701");
	clock_us = 1000 * SEC;
	gw = gw_new_kept(model, s);
	MUST(gw);
	clock_until(gw->loop, clock_us + 1);
	fuzz_resume_fits(gw);
	clock_until(gw->loop, clock_us + 100 * SEC);
	fuzz_resume_fits(gw);
	gw_free(gw);
	MUST(fake.calls == 0);
	store_free(s);
	log_brakes_reset();
	return 0;
}
