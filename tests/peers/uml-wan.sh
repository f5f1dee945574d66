#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds into FOLDER the modules of generic HDLC, Frame Relay and X.25 over it, and LAPB over Ethernet, for
# Debian's user-mode-linux, whose kernel comes without them; with them our hdlc_eth.  Fifteen seconds, once: with
# what was built before from the same sources for the same kernel there is nothing to do.  Two may be called at once.
#
#   uml-wan.sh FOLDER       status 77: something it needs is not here, and it says what
#
# Only what modules need is taken out of the kernel's source (110 MB in TMPDIR, gone afterwards): headers, scripts,
# Kconfig files and the drivers.  The configuration is the guest kernel's own, as it tells it.
#
# The trap: the source package is mostly a little younger than the guest's kernel, and inline functions of its
# headers (dev_hold, dev_net, netdev_priv) go by offsets into structures of that kernel, which checks nothing but
# the version we give them.  6.1.192 has two members in struct net_device that 6.1.176 has not; with them,
# dev_hold() counts in the middle of a list.  They are taken out when the two versions differ.  That this is right,
# with these versions and any later ones, is seen in a guest before the modules are used: uml_layout.c does not
# load otherwise, and the others are loaded there and let out again.
set -eu
here=$(dirname "$(readlink -f "$0")")
source=/usr/src/linux-source-6.1.tar.xz
version=$(ls /usr/lib/uml/modules 2>/dev/null) || version=
for need in "$source" "/usr/lib/uml/modules/$version/kernel"; do
	[ -e "$need" ] || { echo "no $need here"; exit 77; }
done
for need in flex bison bc gcc make xz; do
	command -v "$need" >/dev/null || { echo "no $need here"; exit 77; }
done

modules='hdlc hdlc_fr hdlc_x25 lapbether hdlc_eth'
sources="$here/uml-wan.sh $here/hdlc_eth.c $here/uml_layout.c"
mkdir -p "$1"
out=$(readlink -f "$1")
exec 9>"$out/lock"
flock 9
# shellcheck disable=SC2086 # lists of words
key=$(cat $sources | sha256sum; stat -c '%s %Y' "$source" "$(command -v linux.uml)"; echo "$version")
built() { [ "$key" = "$(cat "$out/built-from" 2>/dev/null)" ]; }
built && exit
# shellcheck disable=SC2086
(cd "$out" && rm -f built-from $(printf '%s.ko ' $modules))

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
echo "taking the headers out of $source"
xz -dc -T0 "$source" 9>&- | tar x -C "$dir" --strip-components=1 --wildcards \
	'*/Kconfig*' '*/Makefile' '*/Makefile.*' '*/Makefile-*' '*/Kbuild*' 'linux-source-*/scripts/*' \
	'linux-source-*/include/*' 'linux-source-*/arch/um/*' 'linux-source-*/arch/x86/*' \
	'*/kernel/bounds.c' '*/kernel/time/timeconst.bc' '*/drivers/net/wan/hdlc*.c' '*/drivers/net/wan/lapbether.c'
cd "$dir"
sublevel=$(sed -n 's/^SUBLEVEL = //p' Makefile)
if [ "$sublevel" != "${version##*.}" ]; then
	echo "built from 6.1.$sublevel for $version"
	sed -i "s/^SUBLEVEL = .*/SUBLEVEL = ${version##*.}/" Makefile
	sed -i '/^\t[a-z_]*\t*watchdog_\(lock\|ref_held\);$/d' include/linux/netdevice.h
fi
linux.uml --showconfig | grep -v '^CONFIG_DEBUG_INFO\|CONFIG_WAN is not' >.config
printf 'CONFIG_%s\n' WAN=y HDLC=m HDLC_FR=m HDLC_X25=m LAPBETHER=m DEBUG_INFO_NONE=y >>.config
# without the flags of a make around us
kernel() { env -u MAKEFLAGS -u MFLAGS -u CFLAGS make -j"$(nproc)" ARCH=um KBUILD_MODPOST_WARN=1 "$@" 9>&-; }
kernel olddefconfig
kernel modules_prepare
mkdir ours
cp drivers/net/wan/{hdlc,hdlc_fr,hdlc_x25,lapbether}.c "$here"/{hdlc_eth,uml_layout}.c ours/
# shellcheck disable=SC2086
echo "obj-m := $(printf '%s.o ' $modules uml_layout)" >ours/Makefile
kernel M="$dir/ours" modules

cat >guest.sh <<-END
	modprobe -a veth lapb && ip link add v0 type veth peer v1 || exit
	for m in uml_layout $modules; do
		lower=; [ \$m != hdlc_eth ] || lower=lower=v0
		insmod /mnt/\$m.ko \$lower || { dmesg | tail -n 5; exit 1; }
	done
	ip link set v0 up && ip link show lapb0 && ip link show hdlc0 || exit
	rmmod hdlc_eth lapbether hdlc_x25 hdlc_fr hdlc uml_layout && ip link del v0 && ! dmesg | grep -E 'BUG|WARNING|refcount'
END
echo "trying them in a guest"
"$here/uml-run.sh" -w "$dir/ours" -T 60 "$dir/guest.sh" 9>&-
# shellcheck disable=SC2086
(cd ours && cp $(printf '%s.ko ' $modules) "$out/")
printf '%s\n' "$key" >"$out/built-from"
