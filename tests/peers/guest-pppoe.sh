# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: the kernel's PPPoE under pppd as a host of our access concentrator on vec0, then the
# access concentrator of rp-pppoe with pppd behind it for our client.
. /mnt/.lib

has4() { ip -4 addr show ppp0 2>/dev/null | grep -q inet; }
gone() { ! kill -0 "$1" 2>/dev/null; }

ip link set vec0 up # its MTU of 1508 comes from outside
modprobe pppoe || { echo "FAIL the guest has pppoe"; exit 1; }
[ -e /dev/ppp ] || mknod /dev/ppp c 108 0
mount -t tmpfs ppp /etc/ppp
: >/etc/ppp/options
echo 'dsluser * dslpass *' >/etc/ppp/chap-secrets

dial() { # HOW SIZE PPPD-OPTION...: opened, pinged through with packets of SIZE, and hung up
	local how=$1 size=$2 before=$fails
	shift 2
	fails=0
	: >/run/ppp.log
	pppd nodetach plugin pppoe.so "$@" vec0 user dsluser noauth noipdefault ipcp-accept-local \
		ipcp-accept-remote debug noccp noipv6 lcp-restart 1 logfile /run/ppp.log >/dev/null 2>&1 &
	pppd=$!
	within 15 has4
	verdict $? "$how: an address"
	ping -c 3 -i 0.2 -W 2 -q 10.77.0.1
	verdict $? "$how: ping"
	ping -c 2 -i 0.2 -W 2 -s $((size - 28)) -M do -q 10.77.0.1
	verdict $? "$how: packets of $size octets"
	kill "$pppd"
	within 10 gone "$pppd" || kill -9 "$pppd"
	wait "$pppd"
	grep -qF 'rcvd [LCP TermAck' /run/ppp.log
	verdict $? "$how: terminated"
	[ "$fails" = 0 ] || tail -n 40 /run/ppp.log
	fails=$((fails | before))
}

dial plain 1492 mtu 1492 mru 1492
dial "RFC 4638" 1500 mtu 1500 mru 1500
dial service 1492 mtu 1492 mru 1492 rp_pppoe_service isp
echo "DONE calling"

if command -v pppoe-server >/dev/null; then
	printf '%s\n' require-chap 'lcp-restart 1' noccp noipv6 debug 'logfile /run/ppp.log' >/etc/ppp/pppoe-server-options
	pppoe-server -I vec0 -C uml -S isp -L 10.78.0.1 -R 10.78.0.10 -F >/run/server.log 2>&1 &
	server=$!
	sleep 0.3 # it says nothing when it listens; who dials early dials again
	echo "READY called"
	within 40 test -e /mnt/called
	verdict $? "our client is done"
	kill "$server"
	[ "$fails" = 0 ] || { cat /run/server.log; tail -n 60 /run/ppp.log; }
else
	echo "NONE called"
fi
exit $fails
