# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: xl2tpd as a LAC client with the kernel's l2tp_ppp and pppd, once for every AUTH given.
#   guest-lac.sh LNS TARGET PREFIX CLOSER:AUTH...
# dials LNS with Host Name lac-AUTH, pings TARGET and the LNS's IPv6 end through the tunnel, expects an
# IPv6 address that begins with PREFIX unless that is empty, says
# "READY AUTH", and then closes (CLOSER = client) or waits to be closed (CLOSER = server).
lns=$1 target=$2 prefix=$3
shift 3
. /mnt/.lib

has4() { ip -4 addr show ppp0 2>/dev/null | grep -q inet; }
# an address of the prefix that the LNS advertised
global6() { ip -6 addr show ppp0 scope global 2>/dev/null | grep -q inet6; }
has6() { ip -6 addr show ppp0 2>/dev/null | grep -q 'peer\|inet6 fe80'; }
gone() { ! ip link show ppp0 >/dev/null 2>&1; }
dead() { ! kill -0 "$1" 2>/dev/null; }

ip addr add 10.99.1.2/24 dev vec0
ip link set vec0 up
ip route add default via 10.99.1.1
within 5 ping -c 1 -W 1 -q "$lns" >/dev/null || { echo "FAIL the guest reaches $lns"; exit 1; }
modprobe l2tp_ppp && modprobe ppp_generic || { echo "FAIL the guest has l2tp_ppp"; exit 1; }
mount -t tmpfs ppp /etc/ppp
: >/etc/ppp/options
echo 'lacuser * lacpass *' >/etc/ppp/chap-secrets
cp /etc/ppp/chap-secrets /etc/ppp/pap-secrets
mkdir -p /run/xl2tpd

dial() { # AUTH
	cat >/run/xl2tpd.conf <<-E
		[global]
		port = 1701
		debug tunnel = yes
		[lac t]
		lns = $lns
		hostname = lac-$1
		name = lacuser
		autodial = yes
		pppoptfile = /run/ppp.opt
		ppp debug = yes
		length bit = yes
	E
	cat >/run/ppp.opt <<-E
		$(ppp_options)
		user lacuser
		+ipv6
		lcp-restart 1
		lcp-max-terminate 1
	E
	: >/run/ppp.log
	xl2tpd -D -c /run/xl2tpd.conf -C /run/xl2tpd/ctl -p /run/xl2tpd.pid >/run/xl2tpd.log 2>&1 &
	daemon=$!
}

logs() {
	echo "--- xl2tpd ($1)"
	tail -n 25 /run/xl2tpd.log
	echo "--- pppd ($1)"
	tail -n 50 /run/ppp.log
	echo "---"
}

for row; do
	closer=${row%%:*} auth=${row#*:}
	before=$fails fails=0
	dial "$auth"
	within 15 has4
	verdict $? "$auth: an IPv4 address"
	case $auth in
	pap) said='PAP AuthAck' ;;
	chap) said='CHAP Success' ;;
	eap-*) said='EAP Success' ;;
	mschapv2) said='CHAP Success.*S=[0-9A-F]\{40\}' ;;
	esac
	grep -q "rcvd \[$said" /run/ppp.log
	verdict $? "$auth: the LNS accepted it"
	ip -br addr show ppp0
	ip route replace "$target" dev ppp0 # not reached outside the tunnel
	within 3 ping -c 1 -W 1 -q "$target" >/dev/null
	ping -c 3 -i 0.2 -W 2 -q "$target"
	verdict $? "$auth: ping"
	ping -c 2 -i 0.2 -W 2 -s 1372 -M do -q "$target"
	verdict $? "$auth: full-size frames"
	within 5 has6
	verdict $? "$auth: an IPv6 interface identifier"
	ping6=$(sed -n 's/^remote LL address //p' /run/ppp.log | tail -n 1)
	within 3 ping -6 -c 1 -W 1 -q "$ping6%ppp0" >/dev/null
	ping -6 -c 2 -i 0.2 -W 2 -s 1352 -M do -q "$ping6%ppp0"
	verdict $? "$auth: IPv6 ping, full size"
	if [ -n "$prefix" ]; then
		within 10 global6
		verdict $? "$auth: an IPv6 address of the pool"
		ip -6 -br addr show dev ppp0 scope global | grep "$prefix"
		verdict $? "$auth: and it begins with $prefix"
	fi
	echo "READY $auth"
	if [ "$closer" = client ]; then
		kill "$daemon"
		within 5 gone
		verdict $? "$auth: closed by the client"
	else
		within 10 gone
		verdict $? "$auth: closed by the server"
		kill "$daemon"
	fi
	within 5 dead "$daemon" || kill -9 "$daemon"
	wait "$daemon"
	[ "$fails" = 0 ] || logs "$auth"
	fails=$((fails | before))
	echo "DONE $auth"
done
exit $fails
