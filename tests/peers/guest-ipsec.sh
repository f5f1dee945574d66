# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# In the guest: our LNS under IPsec with strongSwan, as cfg/examples has it, and two clients behind one
# address translator, both from port 1701: strongSwan with IKEv1 at one of them and IKEv2 at the other,
# xl2tpd, pppd and the kernel's l2tp_ppp.
#   guest-ipsec.sh PROGRAM: of the gateway; /mnt has its configuration and strongSwan's
isthmus=$1
. /mnt/.lib
passed() { # STATUS WHAT: as verdict, and is the status
	verdict "$@"
	return "$1"
}

cannot() {
	echo "CANNOT $1"
	exit 77
}
for m in veth tun esp4 xfrm_user iptable_nat xt_MASQUERADE cbc hmac authenc echainiv sha512_generic gcm seqiv l2tp_ppp ppp_generic; do
	modprobe "$m" || cannot "the guest has no $m"
done

# --- networks: gw 203.0.113.1 -- 203.0.113.2 nat 192.168.1.1 -- 192.168.1.2 c1, 192.168.2.1 -- 192.168.2.2 c2

cable() { # SPACE DEVICE ADDRESS SPACE DEVICE ADDRESS
	ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	ip -n "$1" addr add "$3/24" dev "$2"
	ip -n "$4" addr add "$6/24" dev "$5"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}
for n in gw nat c1 c2; do ip netns add "$n" && ip -n "$n" link set lo up; done
cable gw wan 203.0.113.1 nat out 203.0.113.2
for n in 1 2; do
	cable nat in$n 192.168.$n.1 c$n lan 192.168.$n.2
	ip -n c$n route add default via 192.168.$n.1
done
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
for n in gw c1 c2; do
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
for n in gw c1 c2; do
	within 20 ready "$n" || cannot "no name spaces for $n"
	inside "$n" /usr/lib/ipsec/charon >"/tmp/run.$n/charon.out" 2>&1 &
done
esp=([1]=aes256-sha256 [2]=aes256-sha512)
for n in 1 2; do
	cat >/tmp/run.c$n/swanctl.conf <<-E2
		connections { gate {
		  version = $n
		  remote_addrs = 203.0.113.1
		  proposals = aes256-sha256-modp2048
		  local { auth = psk
		    id = c$n }
		  remote { auth = psk
		    id = 203.0.113.1 }
		  children { l2tp {
		    mode = transport
		    local_ts = dynamic[udp/1701]
		    remote_ts = dynamic[udp/1701]
		    esp_proposals = ${esp[n]} } }
		} }
		secrets { ike { secret = "$(cat /mnt/psk)" } }
	E2
	cat >/tmp/run.c$n/xl2tpd.conf <<-E2
		[global]
		port = 1701
		[lac t]
		lns = 203.0.113.1
		name = c$n
		autodial = yes
		pppoptfile = /run/ppp.opt
		length bit = yes
	E2
	: >/tmp/ppp.c$n/options
	printf '%s * %s *\n' alice wonderland bob builder >/tmp/ppp.c$n/chap-secrets
	mkdir -p /tmp/run.c$n/xl2tpd
	cat >/tmp/run.c$n/ppp.opt <<-E2
		user $([ $n = 1 ] && echo alice || echo bob)
		noauth
		debug
		logfile /run/ppp.log
		noipdefault
		ipcp-accept-local
		ipcp-accept-remote
		noipv6
		noccp
		mtu 1400
		mru 1400
	E2
done
cp /mnt/lns-ipsec.swanctl /tmp/run.gw/swanctl.conf

ask() { inside gw "$isthmus" -s /run/isthmus.vty -x "$*"; }
nsenter -t "${holds[gw]}" -m -n "$isthmus" -c /mnt/lns-ipsec.conf >/tmp/run.gw/isthmus.log 2>&1 &
gateway=$!
answers() { ask show tunnels >/dev/null 2>&1; }
vici() { [ -S "/tmp/run.$1/charon.vici" ]; }
within 30 answers
passed $? "the gateway is there" || { cat /tmp/run.gw/isthmus.log; exit 1; }
for n in gw c1 c2; do
	within 30 vici "$n" || cat "/tmp/run.$n/charon.out"
	inside "$n" swanctl --load-all --noprompt --file /run/swanctl.conf >"/tmp/run.$n/load" 2>&1
	passed $? "strongSwan at $n reads its configuration" || cat "/tmp/run.$n/load"
done

# --- in the clear

# RFC 2661: an SCCRQ, which would be answered
clear_says() {
	ip netns exec nat /usr/bin/python3 - <<-'E2'
		import socket
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(("203.0.113.2", 1701))
		s.settimeout(2)
		m = bytes.fromhex("c802003f00000000000000008008000000000001800800000002010080" +
		                  "0a00000003000000018008000000090001800b00000007636c656172800800000009000a")
		m = m[:2] + len(m).to_bytes(2, "big") + m[4:]
		for _ in range(3):
		    s.sendto(m, ("203.0.113.1", 1701))
		try:
		    s.recv(2000)
		    raise SystemExit(1)
		except TimeoutError:
		    pass
	E2
}
clear_says
verdict $? "what comes in the clear is not answered"
ask show counters | grep -E 'rx-clear +3( |$)' >/dev/null
passed $? "and is counted" || ask show counters
strangers() { ask show counters | grep -E '(^| )strangers +[1-9]' >/dev/null; }
! strangers
verdict $? "it makes no channel"

# --- two clients with one address and one port

for n in 1 2; do
	inside c$n timeout 20 swanctl --initiate --child l2tp >/tmp/run.c$n/initiate 2>&1
	passed $? "IKEv$n: an association" || tail -n 20 /tmp/run.c$n/initiate
	inside c$n xl2tpd -D -c /run/xl2tpd.conf -C /run/xl2tpd/ctl -p /run/xl2tpd.pid >/tmp/run.c$n/xl2tpd.log 2>&1 &
done
has4() { ip -n "$1" -4 addr show ppp0 2>/dev/null | grep -q inet; }
for n in 1 2; do
	within 30 has4 c$n
	passed $? "c$n has an address" || { tail -n 20 /tmp/run.c$n/xl2tpd.log; tail -n 30 /tmp/run.c$n/ppp.log; }
done
ask show tunnels
# The channels of tunnels, without their marks, and then with them
channels() { ask show tunnels | grep -oE '203\.0\.113\.2:[0-9]+#0x[0-9a-f]+' | sort; }
[ "$(channels | wc -l)" = 2 ] && [ "$(channels | sed 's/#.*//' | sort -u)" = 203.0.113.2:1701 ]
verdict $? "both have one address and one port, and are two peers"
[ "$(ask show tunnels | grep -cE 'spi 0x[0-9a-f]{8} in, 0x[0-9a-f]{8} out, mark 0x[0-9a-f]+, reqid [0-9]+, cbc\(aes\) 256, hmac\(sha(256|512)\), in UDP')" = 2 ]
verdict $? "show tunnels names their associations"
key=$(inside gw ip xfrm state | sed -n 's/.*enc cbc(aes) 0x\([0-9a-f]*\).*/\1/p' | head -n 1)
[ -n "$key" ] && ! ask show tunnels | grep -q "$key" && ! grep -q "$key" /tmp/run.gw/isthmus.log
verdict $? "and no key"
# RFC 4303, RFC 3948: of 1500 octets IP takes 20, UDP 8, SPI and sequence number 8, the IV 16, SHA-256 16: 1432,
# in blocks 1424, where 2 are the trailer and 8 UDP; L2TP has 10, FF 03 and the protocol 4.  SHA-512 takes 32.
mtu=([1]=1400 [2]=1384)
for n in 1 2; do
	grep -q "rcvd \[LCP ConfReq .*<mru ${mtu[n]}>" /tmp/run.c$n/ppp.log
	passed $? "c$n: our MRU leaves room for ESP: ${mtu[n]}" || grep mru /tmp/run.c$n/ppp.log
	inside c$n ping -c 3 -i 0.2 -W 2 -q 10.64.0.1 >/tmp/run.c$n/ping
	verdict $? "c$n: ping"
	inside c$n ping -c 2 -i 0.2 -W 2 -M do -s $((${mtu[n]} - 28)) -q 10.64.0.1 >/tmp/run.c$n/ping
	verdict $? "c$n: full-size frames"
done
fragments() { ip netns exec gw awk '/^Ip:/ { if (!at) for (at = 1; $at != "FragCreates"; at++); else print $at }' /proc/net/snmp; }
[ "$(fragments)" = 0 ]
verdict $? "no packet was fragmented"

# --- rekeyed under traffic

spis() { ask show tunnels | grep -oE '0x[0-9a-f]{8}' | sort; }
before=$(spis) tunnels=$(channels)
for n in 1 2; do
	inside c$n ping -c 60 -i 0.1 -W 5 -q 10.64.0.1 >/tmp/run.c$n/ping 2>&1 &
	pinging[n]=$!
done
# Each time both clients have two new ones; the next time after that.
renewed() { [ "$(comm -13 <(echo "$had") <(spis) | wc -l)" = 4 ]; }
for n in 1 2 3; do
	had=$(spis)
	inside gw swanctl --rekey --child l2tp >/tmp/run.gw/rekey 2>&1 || cat /tmp/run.gw/rekey
	within 10 renewed
	passed $? "rekeyed, time $n" || ask show tunnels
done
for n in 1 2; do
	wait "${pinging[n]}"
	got=$(sed -n 's/.* \([0-9]*\) received.*/\1/p' /tmp/run.c$n/ping)
	[ "${got:-0}" -ge 54 ]
	verdict $? "c$n: rekeyed three times, ${got:-none} of 60 pings came back"
done
after=$(spis)
[ "$(wc -l <<<"$after")" = 4 ] && ! grep -qxF "$before" <<<"$after"
passed $? "show tunnels names the new associations" || ask show tunnels
[ "$(channels)" = "$tunnels" ]
verdict $? "the peers are the same"

# --- gone

inside c1 swanctl --terminate --ike gate >/dev/null 2>&1
one_left() { [ "$(channels | wc -l)" = 1 ]; }
within 15 one_left
verdict $? "with the association its tunnel is gone"
grep -q '#0x.*: its IPsec security association is gone' /tmp/run.gw/isthmus.log
verdict $? "and the log says so"
inside c2 ping -c 3 -i 0.2 -W 2 -q 10.64.0.1 >/dev/null
verdict $? "the other client goes on"
kill "$gateway"
wait "$gateway"
verdict $? "SIGTERM ends the gateway with status 0"
if [ "$fails" != 0 ]; then
	cat /tmp/run.gw/isthmus.log
	for n in gw c1 c2; do echo "--- charon at $n" && tail -n 30 "/tmp/run.$n/charon.log"; done
fi
exit "$fails"
