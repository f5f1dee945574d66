/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frelay-pcap FILE LMI PAD: a minute of two Frame Relay ports back to back on a simulated clock, as
 * they show it to a capture, in a pcap file of link type 107.  On the circuit: LMI, L2TP control
 * and data with PPP in it, and PPP by itself, with and without DE.
 */
#include "tests/transports/host.h"
#include "transports/frame-relay/frame_relay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put32(FILE *f, uint32_t v)
{
	fwrite(&v, sizeof(v), 1, f);
}

/* Only what is sent: the other port's taps show it a second time. */
static void frelay_pcap_on_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
			       size_t len)
{
	if (!outbound || link_type != 107)
		return;
	put32(arg, (uint32_t)(fake_now / 1000000));
	put32(arg, (uint32_t)(fake_now % 1000000));
	put32(arg, (uint32_t)len);
	put32(arg, (uint32_t)len);
	fwrite(frame, len, 1, arg);
}

static void begin_file(FILE *f)
{
	const uint16_t version[2] = {2, 4};

	put32(f, 0xa1b2c3d4);
	fwrite(version, sizeof(version), 1, f);
	put32(f, 0);
	put32(f, 0);
	put32(f, 65535);
	put32(f, 107);
}

static void frelay_pcap_say(struct fake_host *h, uint8_t payload, uint32_t flags, const void *data,
			    uint32_t len)
{
	struct ist_frame f = {.flags = flags, .payload = data, .len = len};

	if (fake_connect(h, "100", payload, &f.channel) || fake_send_frames(h, &f, 1) != 1)
		exit(2);
	fake_run(h, fake_now + 1000);
}

static void talk(struct fake_host *h)
{
	static const uint8_t sccrq[] = {0xc8, 2, 0,    20, 0, 0, 0, 0, 0, 0,
					0,    0, 0x80, 8,  0, 0, 0, 0, 0, 1};
	static const uint8_t data[] = {0,    2, 0, 1, 0, 1, 0xff, 3, 0xc0,
				       0x21, 9, 1, 0, 8, 1, 2,	  3, 4};
	static const uint8_t lcp[] = {0xc0, 0x21, 1, 1, 0, 10, 5, 6, 0x12, 0x34, 0x56, 0x78};

	frelay_pcap_say(h, IST_PAYLOAD_L2TP, 0, sccrq, sizeof(sccrq));
	frelay_pcap_say(h, IST_PAYLOAD_L2TP, IST_FRAME_DISCARD, data, sizeof(data));
	frelay_pcap_say(h, IST_PAYLOAD_PPP, 0, lcp, sizeof(lcp));
}

int main(int argc, char **argv)
{
	char lmi[40], pad[20];
	const char *const user[] = {"link=loop:x", lmi, pad, "@100 l2tp ppp", NULL};
	const char *const network[] = {"link=loop:x",	lmi, pad, "role=network",
				       "@100 l2tp ppp", NULL};
	struct fake_host u, n;
	FILE *f = argc == 4 ? fopen(argv[1], "wb") : NULL;

	if (!f)
		return 2;
	begin_file(f);
	snprintf(lmi, sizeof(lmi), "lmi=%s", argv[2]);
	snprintf(pad, sizeof(pad), "pad=%s", argv[3]);
	fake_open(&u, &frame_relay_transport, user);
	fake_open(&n, &frame_relay_transport, network);
	u.tap_on = n.tap_on = true;
	u.on_tap = n.on_tap = frelay_pcap_on_tap;
	u.tap_arg = n.tap_arg = f;
	fake_join(&u, &n);
	fake_run(&u, fake_now + 60000000);
	talk(&u);
	talk(&n);
	fake_close(&u);
	fake_close(&n);
	return fclose(f) ? 2 : 0;
}
