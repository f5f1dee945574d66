#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A clean Debian 12 with systemd, as a disk for a guest kernel: FOLDER/base.img.  It is made once, with what the given
# packages depend on downloaded and not installed; a test boots a copy-on-write file of it.
#
#   base.sh FOLDER PACKAGE.deb...
#
# Packages come from the mirror that this machine's apt has.  The guest starts /mnt/.script as a service of its own, as
# uml-run.sh says, with ttyS0 as its output.
set -eu
suite=bookworm
with=systemd-sysv,dbus,udev,kmod,iproute2,iputils-ping,procps,man-db,logrotate
[ "${2:-}" ] || { sed -n '7p' "$0"; exit 2; }
mkdir -p "$1"
out=$(readlink -f "$1")
shift

depends() { for deb; do dpkg-deb -f "$deb" Package Depends; done; }
key=$(sha256sum <"$0"; depends "$@"; ls /usr/lib/uml/modules)
[ "$key" != "$(cat "$out/made-from" 2>/dev/null)" ] || exit 0

if [ -z "${IST_BASE:-}" ]; then # mounts are nobody else's
	IST_BASE=$(mktemp -d "$out/tree.XXXXXX")
	export IST_BASE
	# shellcheck disable=SC2064 # the name as it is now
	trap "rm -rf '$IST_BASE'" EXIT
	unshare -m "$0" "$out" "$@"
	exit
fi
tree=$IST_BASE

within_tree() {
	chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"
}

mirror() {
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' | sed -n "s/^$suite //p" | head -n 1
}

# The service that is the test, and no login.
furnish() {
	cat >"$tree/etc/systemd/system/guest.service" <<-U
		[Unit]
		Description=what the test does
		After=basic.target network.target isthmus.service
		[Service]
		ExecStart=/usr/local/sbin/guest
		StandardOutput=tty
		StandardError=tty
		TTYPath=/dev/ttyS0
		[Install]
		WantedBy=multi-user.target
	U
	cat >"$tree/usr/local/sbin/guest" <<-'S'
		#!/bin/bash
		export HOME=/root
		mount -t hostfs none /mnt -o "$(tr ' ' '\n' </proc/cmdline | sed -n 's/^UMLW=//p')"
		cd /mnt
		eval "bash /mnt/.script $(cat /mnt/.args)"
		echo $? >/mnt/.rc
		sync
		systemctl --no-block poweroff
	S
	chmod 755 "$tree/usr/local/sbin/guest"
	within_tree systemctl enable guest.service
	within_tree systemctl mask getty.target
	echo guest >"$tree/etc/hostname"
	mkdir -p "$tree/lib/modules"
	cp -a /usr/lib/uml/modules/. "$tree/lib/modules/"
}

echo "a clean system from $suite"
debootstrap --variant=minbase --include="$with" "$suite" "$tree" "$(mirror)"
# how this machine reaches the mirror, and how it judges what it gets
apt-config dump | grep -E '^Acquire::(http|https|Check|Proxy)' >"$tree/etc/apt/apt.conf.d/00host" || true
! grep -q . /etc/resolv.conf || cp /etc/resolv.conf "$tree/etc/resolv.conf"
mount -t proc proc "$tree/proc"
mkdir "$tree/root/packages"
cp "$@" "$tree/root/packages/"
within_tree apt-get clean
within_tree apt-get -q update
# shellcheck disable=SC2046 # a list of names
within_tree apt-get -qy --download-only install $(cd "$tree" && printf '/%s\n' root/packages/*.deb)
rm -r "$tree/root/packages"
furnish
umount "$tree/proc"
rm -f "$out/made-from"
# room for what is installed and written; the file has holes
mke2fs -q -F -t ext4 -d "$tree" "$out/base.img" 3g
printf '%s\n' "$key" >"$out/made-from"
