# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: our x25 transport on a TUN device beside the kernel's own X.25; see x25_kernel.c.
#   guest-x25.sh PROGRAM
modprobe x25 && modprobe tun || { echo "FAIL the guest has x25 and tun"; exit 1; }
mkdir -p /dev/net
[ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200
"$1" tun x25t0
