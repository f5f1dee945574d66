#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds into FOLDER the modules of generic HDLC, Frame Relay and LAPB over Ethernet for Debian's
# user-mode-linux, whose kernel comes without them, and our hdlc_eth.  Half a minute and 1.5 GB in TMPDIR;
# with what was built before from the same sources there is nothing to do.
#
#   uml-wan.sh FOLDER       status 77: something it needs is not here, and it says what
#
# The kernel's source package is a little younger than the guest's kernel: the end of struct net_device is
# laid out differently.  What these modules touch there is taken out: the tests for the initial network
# namespace, the only one in the guest, and the freeing of a PVC's device, which the guest can do without.
set -eu
source=/usr/src/linux-source-6.1.tar.xz
here=$(dirname "$(readlink -f "$0")")
version=$(ls /usr/lib/uml/modules 2>/dev/null) || version=
for need in "$source" "/usr/lib/uml/modules/$version/kernel"; do
	[ -e "$need" ] || { echo "no $need here"; exit 77; }
done

mkdir -p "$1"
out=$(readlink -f "$1")
exec 9>"$out/lock"
flock 9
key=$(sha256sum "$0" "$here/hdlc_eth.c" | cut -d ' ' -f 1; stat -c '%s %Y' "$source"; echo "$version")
[ "$key" = "$(cat "$out/built-from" 2>/dev/null)" ] && exit
rm -f "$out"/*.ko "$out/built-from"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
tar xf "$source" -C "$dir"
cd "$dir"/linux-source-*
sed -i "s/^SUBLEVEL = .*/SUBLEVEL = ${version##*.}/" Makefile
linux.uml --showconfig | grep -v '^CONFIG_DEBUG_INFO\|CONFIG_WAN is not' >.config
printf 'CONFIG_%s\n' WAN=y HDLC=m HDLC_FR=m HDLC_X25=m LAPBETHER=m DEBUG_INFO_NONE=y >>.config
sed -i 's/if (!net_eq(dev_net(dev), &init_net))/if (0)/' drivers/net/wan/hdlc.c
sed -i '/dev->needs_free_netdev = true;/d' drivers/net/wan/hdlc_fr.c
sed -i 's/if (dev_net(dev) != &init_net)/if (0)/' drivers/net/wan/lapbether.c
# without the flags of a make around us
kernel() { env -u MAKEFLAGS -u MFLAGS -u CFLAGS make -j"$(nproc)" ARCH=um KBUILD_MODPOST_WARN=1 "$@" 9>&-; }
kernel olddefconfig
kernel modules_prepare
kernel M=drivers/net/wan modules
mkdir ours
cp "$here/hdlc_eth.c" ours/
echo 'obj-m := hdlc_eth.o' >ours/Makefile
kernel KBUILD_EXTRA_SYMBOLS=drivers/net/wan/Module.symvers M="$PWD/ours" modules
cp drivers/net/wan/{hdlc,hdlc_fr,hdlc_x25,lapbether}.ko ours/hdlc_eth.ko "$out/"
printf '%s\n' "$key" >"$out/built-from"
