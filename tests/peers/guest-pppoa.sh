# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: a PPPoA client, the kernel's pppoatm under pppd, over the kernel's atmtcp.
#   guest-pppoa.sh SERVER PORT OWN-PORT
# First atmtcp calls the server at PORT, then the server calls ours at OWN-PORT.  Each time PVC 0.35 is
# multiplexed by VC and 0.36 by LLC; each is dialled, pinged through and hung up; then atmtcp is ended.
server=$1 port=$2 own=$3
. /mnt/.lib

has4() { ip -4 addr show ppp0 2>/dev/null | grep -q inet; }
has6() { grep -q '^remote LL address' /run/ppp.log; }
gone() { ! kill -0 "$1" 2>/dev/null; }
joined() { grep -q '^Link 1:' /run/atmtcp.log; }
echoed() { grep -qF 'rcvd [LCP EchoRep' /run/ppp.log; }

ip addr add 10.99.1.2/24 dev vec0
ip link set vec0 up
within 5 ping -c 1 -W 1 -q "$server" >/dev/null || { echo "FAIL the guest reaches $server"; exit 1; }
modprobe atm && insmod /mnt/atmtcp.ko && modprobe pppoatm || { echo "FAIL the guest has pppoatm"; exit 1; }
mount -t tmpfs ppp /etc/ppp
: >/etc/ppp/options
echo 'dsluser * dslpass *' >/etc/ppp/chap-secrets
cp /etc/ppp/chap-secrets /etc/ppp/pap-secrets

dial() { # HOW PVC ENCAPSULATION
	local how=$1 before=$fails said
	fails=0
	: >/run/ppp.log
	pppd nodetach plugin pppoatm.so "$2" "$3" user dsluser noauth noipdefault ipcp-accept-local \
		ipcp-accept-remote debug noccp +ipv6 lcp-echo-interval 1 lcp-restart 1 \
		logfile /run/ppp.log >/dev/null 2>&1 &
	pppd=$!
	within 15 has4
	verdict $? "$how: an IPv4 address"
	within 5 has6
	verdict $? "$how: an IPv6 interface identifier"
	ping -c 3 -i 0.2 -W 2 -q 10.77.0.1
	verdict $? "$how: ping"
	ping -c 2 -i 0.2 -W 2 -s 1472 -M do -q 10.77.0.1
	verdict $? "$how: full-size frames"
	within 5 echoed
	verdict $? "$how: LCP echo"
	kill "$pppd"
	within 10 gone "$pppd" || kill -9 "$pppd"
	wait "$pppd"
	for said in 'sent [LCP ConfAck' 'rcvd [LCP ConfAck' 'rcvd [LCP TermAck'; do
		grep -qF "$said" /run/ppp.log
		verdict $? "$how: $said]"
	done
	[ "$fails" = 0 ] || tail -n 60 /run/ppp.log
	fails=$((fails | before))
}

both() { # HOW
	within 10 joined
	verdict $? "$1: connected"
	dial "$1 vc-mux" 0.35 vc-encaps
	dial "$1 llc" 0.36 llc-encaps
	kill "$atmtcp"
	wait "$atmtcp"
}

atmtcp -v virtual connect "$server" "$port" >/run/atmtcp.log 2>&1 &
atmtcp=$!
both calling
echo "DONE calling"
atmtcp -v virtual listen "$own" >/run/atmtcp.log 2>&1 &
atmtcp=$!
both called
[ "$fails" = 0 ] || cat /run/atmtcp.log
exit $fails
