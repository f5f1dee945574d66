// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel module for the guest, never for a real machine: HDLC devices whose line is an Ethernet
 * device.  hdlcN stands on the Nth device of `lower`; a frame (no flags, no FCS) goes there and
 * comes from there as `packet:` carries it: ethertype 88b5, a 16-bit length, the frame; or as the
 * kernel's own lapbether has it: ethertype 6000, the length with its low octet first.
 */
#include <linux/etherdevice.h>
#include <linux/hdlc.h>
#include <linux/module.h>
#include <linux/netdevice.h>

#define LINES_MAX     64
#define LENGTH_OCTETS 2

static char *lower[LINES_MAX];
static int lines;
module_param_array(lower, charp, &lines, 0444);
MODULE_PARM_DESC(lower, "Ethernet devices, one for each HDLC device");
static bool lapb;
module_param(lapb, bool, 0444);
MODULE_PARM_DESC(lapb, "wrap frames as lapbether does");

struct line {
	struct net_device *lower, *hdlc;
	struct packet_type receiver;
};

static struct line line[LINES_MAX];

static unsigned short ethertype(void)
{
	return lapb ? ETH_P_DEC : 0x88b5;
}

static void hdlc_eth_put_length(u8 *at, unsigned int len)
{
	at[lapb] = len >> 8;
	at[!lapb] = len & 0xff;
}

static unsigned int get_length(const u8 *at)
{
	return at[lapb] << 8 | at[!lapb];
}

static int hdlc_eth_receive(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
			    struct net_device *orig)
{
	struct net_device *hdlc = ((struct line *)pt->af_packet_priv)->hdlc;
	struct sk_buff *frame = NULL;
	unsigned int len;

	if (netif_running(hdlc) && skb->pkt_type != PACKET_OUTGOING)
		frame = skb_copy(skb, GFP_ATOMIC);
	kfree_skb(skb);
	if (!frame)
		return 0;
	len = frame->len >= LENGTH_OCTETS ? get_length(frame->data) : 0;
	if (!len || len + LENGTH_OCTETS > frame->len) {
		kfree_skb(frame);
		return 0;
	}
	skb_pull(frame, LENGTH_OCTETS);
	skb_trim(frame, len);
	frame->dev = hdlc;
	skb_reset_mac_header(frame);
	frame->protocol = hdlc_type_trans(frame, hdlc);
	frame->pkt_type = PACKET_HOST;
	netif_rx(frame);
	return 0;
}

static netdev_tx_t hdlc_eth_transmit(struct sk_buff *skb, struct net_device *dev)
{
	struct net_device *to = ((struct line *)dev_to_hdlc(dev)->priv)->lower;
	struct sk_buff *frame = skb_copy_expand(skb, 32, 64, GFP_ATOMIC);
	unsigned int len = skb->len;

	dev_kfree_skb_any(skb);
	if (!frame)
		return NETDEV_TX_OK;
	hdlc_eth_put_length(skb_push(frame, LENGTH_OCTETS), len);
	frame->dev = to;
	frame->protocol = htons(ethertype());
	skb_reset_network_header(frame);
	dev_hard_header(frame, to, ethertype(), to->broadcast, NULL, frame->len);
	dev_queue_xmit(frame);
	return NETDEV_TX_OK;
}

static int hdlc_eth_attach(struct net_device *dev, unsigned short encoding, unsigned short parity)
{
	return 0;
}

static int hdlc_eth_line_open(struct net_device *dev)
{
	int r = hdlc_open(dev);

	if (!r)
		netif_start_queue(dev);
	return r;
}

static int hdlc_eth_line_close(struct net_device *dev)
{
	netif_stop_queue(dev);
	hdlc_close(dev);
	return 0;
}

static const struct net_device_ops ops = {
	.ndo_open = hdlc_eth_line_open,
	.ndo_stop = hdlc_eth_line_close,
	.ndo_start_xmit = hdlc_start_xmit,
	.ndo_siocwandev = hdlc_ioctl,
};

static void remove(struct line *l)
{
	if (l->receiver.dev)
		dev_remove_pack(&l->receiver);
	if (l->hdlc && l->hdlc->reg_state == NETREG_REGISTERED)
		unregister_hdlc_device(l->hdlc);
	if (l->hdlc)
		free_netdev(l->hdlc);
	dev_put(l->lower);
}

static int hdlc_eth_add(struct line *l, const char *name)
{
	int r;

	l->lower = dev_get_by_name(&init_net, name);
	if (!l->lower)
		return -ENODEV;
	l->hdlc = alloc_hdlcdev(l);
	if (!l->hdlc)
		return -ENOMEM;
	l->hdlc->netdev_ops = &ops;
	dev_to_hdlc(l->hdlc)->attach = hdlc_eth_attach;
	dev_to_hdlc(l->hdlc)->xmit = hdlc_eth_transmit;
	r = register_hdlc_device(l->hdlc);
	if (r)
		return r;
	l->receiver = (struct packet_type){
		.type = htons(ethertype()),
		.dev = l->lower,
		.func = hdlc_eth_receive,
		.af_packet_priv = l,
	};
	dev_add_pack(&l->receiver);
	return 0;
}

static void __exit hdlc_eth_exit(void)
{
	int i;

	for (i = 0; i < lines; i++)
		remove(&line[i]);
}

static int __init hdlc_eth_init(void)
{
	int i, r = lines ? 0 : -EINVAL;

	for (i = 0; !r && i < lines; i++)
		r = hdlc_eth_add(&line[i], lower[i]);
	while (r && i-- > 0)
		remove(&line[i]);
	return r;
}

module_init(hdlc_eth_init);
module_exit(hdlc_eth_exit);
MODULE_DESCRIPTION("HDLC devices over Ethernet devices, for tests");
MODULE_LICENSE("GPL");
