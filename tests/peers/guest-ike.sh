# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What scripts in the guest share that have IPsec: the networks of an LNS `gw`, clients c1 and c2 behind one address
# translator and c3 by IPv6, strongSwan in each, xl2tpd, pppd and the kernel's l2tp_ppp as a client.  It is sourced as
# /mnt/guest-ike.sh, behind .lib; $isthmus is the program of the gateway.
passed() { # STATUS WHAT: as verdict, and is the status
	verdict "$@"
	return "$1"
}

cannot() {
	echo "CANNOT $1"
	exit 77
}
for m in veth tun esp4 esp6 xfrm_user iptable_nat xt_MASQUERADE xt_policy xt_mark cbc hmac authenc echainiv sha512_generic gcm seqiv l2tp_ppp ppp_generic; do
	modprobe "$m" || cannot "the guest has no $m"
done

# --- networks: gw 203.0.113.1 -- 203.0.113.2 nat 192.168.1.1 -- 192.168.1.2 c1, 192.168.2.1 -- 192.168.2.2 c2;
# gw 2001:db8:f::1 -- 2001:db8:f::2 c3

cable() { # SPACE DEVICE ADDRESS SPACE DEVICE ADDRESS
	ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	ip -n "$1" addr add "$3/24" dev "$2"
	ip -n "$4" addr add "$6/24" dev "$5"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}
for n in gw nat c1 c2 c3; do ip netns add "$n" && ip -n "$n" link set lo up; done
cable gw wan 203.0.113.1 nat out 203.0.113.2
for n in 1 2; do
	cable nat in$n 192.168.$n.1 c$n lan 192.168.$n.2
	ip -n c$n route add default via 192.168.$n.1
done
cable gw six 198.18.0.1 c3 lan 198.18.0.2
ip -n gw addr add 2001:db8:f::1/64 dev six nodad
ip -n c3 addr add 2001:db8:f::2/64 dev lan nodad
ip netns exec nat sysctl -qw net.ipv4.ip_forward=1
ip netns exec nat iptables-legacy -t nat -A POSTROUTING -o out -j MASQUERADE || cannot "the guest translates no addresses"
# What is not encrypted does not come through, either way.
ip netns exec nat iptables-legacy -A FORWARD -p udp --dport 1701 -j DROP
ip netns exec nat iptables-legacy -A FORWARD -p udp --sport 1701 -j DROP

# --- each space has daemons of its own, which all want the same files in /run

cat >/tmp/strongswan.conf <<-E2
	swanctl { load = random openssl }
	charon {
	  load = random nonce openssl kdf kernel-netlink socket-default vici
	  install_routes = no
	  threads = 8
	  filelog { log { path = /run/charon.log
	    default = 1
	    flush_line = yes } }
	}
E2
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd
export STRONGSWAN_CONF=/tmp/strongswan.conf
declare -A holds
for n in gw c1 c2 c3; do
	mkdir -p "/tmp/run.$n" "/tmp/ppp.$n"
	ip netns exec "$n" unshare -m bash -c "mount --bind /tmp/run.$n /run && mount --bind /tmp/ppp.$n /etc/ppp &&
		exec sleep 1000" &
	holds[$n]=$!
done
inside() { # SPACE COMMAND...
	local space=$1
	shift
	nsenter -t "${holds[$space]}" -m -n "$@"
}
ready() { inside "$1" mountpoint -q /etc/ppp && [ "$(inside "$1" cat /proc/self/mountinfo | grep -c ' /run \| /etc/ppp ')" -ge 2 ]; }
for n in gw c1 c2 c3; do
	within 20 ready "$n" || cannot "no name spaces for $n"
	inside "$n" /usr/lib/ipsec/charon >"/tmp/run.$n/charon.out" 2>&1 &
done
# client SPACE VERSION GATEWAY IKE-PROPOSALS ESP-PROPOSALS [PORT [SETTING]]: strongSwan there has this
client() {
	cat >"/tmp/run.$1/swanctl.conf" <<-E2
		connections { gate {
		  version = $2
		  remote_addrs = $3
		  proposals = $4
		  local { auth = psk
		    id = $1 }
		  remote { auth = psk
		    id = $3 }
		  children { l2tp {
		    mode = transport
		    local_ts = dynamic[udp${6-/1701}]
		    remote_ts = dynamic[udp/1701]
		    ${7:-}
		    esp_proposals = $5 } }
		} }
		secrets { ike { secret = "$(cat /mnt/psk)" } }
	E2
}
reads() { inside "$1" swanctl --load-all --noprompt --file /run/swanctl.conf >"/tmp/run.$1/load" 2>&1; }
associates() { inside "$1" timeout 20 swanctl --initiate --child l2tp >"/tmp/run.$1/initiate" 2>&1; }
# dials SPACE USER SECRET OPTIONS: xl2tpd and pppd there are to do so, with these options of pppd
dials() {
	cat >"/tmp/run.$1/xl2tpd.conf" <<-E2
		[global]
		port = 1701
		[lac t]
		lns = 203.0.113.1
		name = $1
		autodial = yes
		pppoptfile = /run/ppp.opt
		length bit = yes
	E2
	: >"/tmp/ppp.$1/options"
	printf '%s * "%s" *\n' "$2" "$3" >"/tmp/ppp.$1/chap-secrets"
	mkdir -p "/tmp/run.$1/xl2tpd"
	cat >"/tmp/run.$1/ppp.opt" <<-E2
		$(ppp_options)
		user $2
		$4
	E2
}
dial() { inside "$1" xl2tpd -D -c /run/xl2tpd.conf -C /run/xl2tpd/ctl -p /run/xl2tpd.pid >"/tmp/run.$1/xl2tpd.log" 2>&1 & }
has4() { ip -n "$1" -4 addr show ppp0 2>/dev/null | grep -q inet; }
idle() { ! ip -n "$1" link show dev ppp0 >/dev/null 2>&1; }

# --- the gateway, and what it says

ask_at() { # SPACE WORD...
	local space=$1
	shift
	inside "$space" "$isthmus" -s /run/isthmus.vty -x "$*"
}
ask() { ask_at gw "$@"; }
gateway_at() { # SPACE CONFIGURATION: its pid is $gateway
	nsenter -t "${holds[$1]}" -m -n "$isthmus" -c "$2" >"/tmp/run.$1/isthmus.log" 2>&1 &
	gateway=$!
}
answers() { ask show tunnels >/dev/null 2>&1; }
vici() { [ -S "/tmp/run.$1/charon.vici" ]; }
# The channels of tunnels, without their marks, and then with them
channels() { ask show tunnels | grep -oE '203\.0\.113\.2:[0-9]+#0x[0-9a-f]+' | sort; }

# --- pings of a client, which writes them to /run/ping

came_back() { sed -n 's/.*icmp_seq=\([0-9]*\) .*time=.*/\1/p' "/tmp/run.$1/ping"; }
more_than() { [ "$(came_back "$1" | wc -l)" -gt "$2" ]; }
