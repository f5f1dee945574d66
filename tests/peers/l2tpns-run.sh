#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's l2tpns as an LNS in user space, until killed.
#   l2tpns-run.sh NETNS DEVICE ADDRESS DIR [LINE]
# listens on ADDRESS of DEVICE in NETNS, hands out 10.77.1.0/24, answers to 10.77.9.9 behind it; LINE is put
# behind its configuration.  It wants
# RADIUS (a stub that says yes), TUN, and its files in /etc/l2tpns, which are mounted from DIR for it alone.
# Until it has elected itself master of its cluster it hears nothing that is sent to it, though its socket and its
# route are there.  By its own 15 s for that, a site whose pppd gives up after ten Configure-Requests is gone.
# It ends by signalling its whole process group, so it gets one of its own.
# A second call of a user ends the first one (CDN) unless allow_duplicate_users says otherwise.  After LCP's Terminate
# it sends no CDN: a call whose circuit stays goes when nothing has come for idle_echo_timeout seconds.
# Its peer_address must not lie in the pool: it would give it to a client.
ns=$1 device=$2 address=$3
mkdir -p "$4/etc" || exit
dir=$(readlink -f "$4")
here=$(dirname "$(readlink -f "$0")")
cat >"$dir/etc/startup-config" <<-E
	set debug 3
	set log_file "$dir/l2tpns.log"
	set pid_file "$dir/l2tpns.pid"
	set primary_dns 10.77.2.1
	set primary_radius 127.0.0.1
	set primary_radius_port 1812
	set radius_accounting no
	set radius_secret "sec"
	set radius_authtypes "chap"
	set bind_address $address
	set peer_address 10.77.2.1
	set cluster_interface "$device"
	set cluster_master_min_adv 1
	set cluster_hb_timeout 10
	set allow_duplicate_users yes
	set idle_echo_timeout 20
	${5:-}
E
echo 10.77.1.0/24 >"$dir/etc/ip_pool"
: >"$dir/etc/users"
ip -n "$ns" addr replace 10.77.9.9/32 dev lo
# shellcheck disable=SC2016 # expanded by the inner shell
exec ip netns exec "$ns" unshare -m bash -c '
	mount --bind "$1/etc" /etc/l2tpns
	python3 "$2/radius-accept.py" sec >"$1/radius.log" 2>&1 & radius=$!
	setsid l2tpns -v -v -v -c "$1/etc/startup-config" & l2tpns=$!
	trap "kill $l2tpns $radius" TERM INT
	wait $l2tpns; wait $l2tpns; kill $radius' l2tpns "$dir" "$here"
