// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel module for the guest that refuses to load when the headers it was built with lay struct
 * net_device out otherwise than the guest's kernel does: then no driver built with them can be
 * trusted.  `pair` is one end of a veth pair.
 *
 * The kernel itself shows where two things are: the pointer to the initial namespace, near the end
 * of the structure, and the driver's private part behind it, where veth keeps the other end first.
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/net_namespace.h>

static char *pair = "v0";
module_param(pair, charp, 0444);

static struct net_device *other_end(struct net_device *dev)
{
	return *(struct net_device **)netdev_priv(dev);
}

static bool alike(struct net_device *dev)
{
	size_t i, expected = offsetof(struct net_device, nd_net);

	for (i = 0; i < sizeof(*dev); i += sizeof(void *))
		if (*(struct net **)((char *)dev + i) == &init_net)
			break;
	if (i != expected) {
		pr_err("uml_layout: nd_net of struct net_device is at %zu, built for %zu\n", i,
		       expected);
		return false;
	}
	if (!virt_addr_valid(other_end(dev)) || other_end(other_end(dev)) != dev) {
		pr_err("uml_layout: the private part of a device is not at %zu\n",
		       (size_t)((char *)netdev_priv(dev) - (char *)dev));
		return false;
	}
	return true;
}

static int __init uml_layout_init(void)
{
	struct net_device *dev;
	bool ok;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(&init_net, pair);
	ok = dev && alike(dev);
	rcu_read_unlock();
	return ok ? 0 : -EINVAL;
}

static void __exit uml_layout_exit(void)
{
}

module_init(uml_layout_init);
module_exit(uml_layout_exit);
MODULE_DESCRIPTION("Is struct net_device as this was built for?");
MODULE_LICENSE("GPL");
