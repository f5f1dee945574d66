/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"

/* One suite for each test file, named like it. */
#define SUITES(X)          \
	X(builtin)         \
	X(plugin)          \
	X(no_memory)       \
	X(settings)        \
	X(linktype)        \
	X(access)          \
	X(opening)         \
	X(offloads)        \
	X(circuits)        \
	X(handover)        \
	X(slots)           \
	X(ip_head)         \
	X(udp_addr)        \
	X(udp)             \
	X(udp_marks)       \
	X(udp_rx)          \
	X(udp_tx)          \
	X(udp_table)       \
	X(udp_socket)      \
	X(udp_freeze)      \
	X(udp_ipsec)       \
	X(udp_peer)        \
	X(udp_cmsg)        \
	X(udp_offload)     \
	X(udp_urgent)      \
	X(udp_steer)       \
	X(delay)           \
	X(due)             \
	X(impair)          \
	X(loop)            \
	X(cell)            \
	X(oam)             \
	X(aal5)            \
	X(aal5_crc)        \
	X(lapb)            \
	X(lapb_hand)       \
	X(lapb_line)       \
	X(lapb_timers)     \
	X(xot)             \
	X(x25)             \
	X(x25_batch)       \
	X(x25_states)      \
	X(x25_agree)       \
	X(x25_doc)         \
	X(x25_data)        \
	X(x25_circuit)     \
	X(x25_load)        \
	X(x25_freeze)      \
	X(x25_xot_hand)    \
	X(x25_hand)        \
	X(x25_xot)         \
	X(x25_xot_conf)    \
	X(x25_xot_pvc)     \
	X(x25_xot_limits)  \
	X(x25_attrs)       \
	X(x25_counters)    \
	X(lapb_counters)   \
	X(x25_words)       \
	X(x25_alone)       \
	X(x25_memory)      \
	X(x25_xot_tcp)     \
	X(x25_default)     \
	X(x25_socket)      \
	X(x25_socket_hand) \
	X(x25_kernel)      \
	X(x25_encap)       \
	X(x25_conf)        \
	X(x25_line)        \
	X(x25_transport)   \
	X(x25_pkt)         \
	X(hdlc)            \
	X(serial_chat)     \
	X(serial_tty)      \
	X(serial_conf)     \
	X(serial_call)     \
	X(serial_line)     \
	X(serial_sync)     \
	X(serial)          \
	X(serial_freeze)   \
	X(q922)            \
	X(fr_encap)        \
	X(lmi)             \
	X(lmi_msg)         \
	X(lmi_sides)       \
	X(lmi_hint)        \
	X(link)            \
	X(frf12)           \
	X(fr_conf)         \
	X(frame_relay)     \
	X(fr_freeze)       \
	X(fr_link)         \
	X(fr_tx)           \
	X(pppoe_pkt)       \
	X(pppoe_line)      \
	X(pppoe_hash)      \
	X(pppoe_addr)      \
	X(pppoe_end)       \
	X(pppoe_ac)        \
	X(pppoe_client)    \
	X(pppoe_conf)      \
	X(pppoe)           \
	X(pppoe_freeze)    \
	X(pppoe_resume)    \
	X(atmtcp)          \
	X(link_atmtcp)     \
	X(link_atmpvc)     \
	X(pcap_file)       \
	X(link_pcap)       \
	X(link_pipes)      \
	X(link_loop)       \
	X(link_socket)     \
	X(link_udp)        \
	X(link_ether)      \
	X(link_tun)        \
	X(link_ring)       \
	X(link_blocks)     \
	X(link_slots)      \
	X(link_packet)     \
	X(link_hand)       \
	X(atm)             \
	X(atm_conf)        \
	X(atm_rx)          \
	X(atm_tx)          \
	X(atm_encap)       \
	X(atm_freeze)      \
	X(atm_shape)

#define X(name) extern const struct test_suite suite_##name;
SUITES(X)
#undef X

static const struct test_suite *const suites[] = {
#define X(name) &suite_##name,
	SUITES(X)
#undef X
		NULL,
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, suites);
}
