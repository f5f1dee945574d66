# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: xl2tpd as an LNS with the kernel's l2tp_ppp and pppd, once for every AUTH given.
#   guest-lns.sh AUTH...
# listens on 10.99.2.2 and says "LISTEN AUTH"; goes on to the next when next.AUTH appears in /mnt.
. /mnt/.lib

# the guest remembers that a name was missing in /mnt, but reads the directory afresh
told() { ls /mnt | grep -qx "$1"; }
dead() { ! kill -0 "$1" 2>/dev/null; }

ip addr add 10.99.2.2/24 dev vec0
ip link set vec0 up
ip route add default via 10.99.2.1
modprobe l2tp_ppp && modprobe ppp_generic || { echo "FAIL the guest has l2tp_ppp"; exit 1; }
mount -t tmpfs ppp /etc/ppp
: >/etc/ppp/options
echo 'lacuser * lacpass *' >/etc/ppp/chap-secrets
cp /etc/ppp/chap-secrets /etc/ppp/pap-secrets
mkdir -p /run/xl2tpd
cat >/run/xl2tpd.conf <<E
[global]
port = 1701
debug tunnel = yes
[lns default]
ip range = 10.77.0.10-10.77.0.20
local ip = 10.77.0.1
require authentication = yes
name = umllns
pppoptfile = /run/ppp.opt
ppp debug = yes
length bit = yes
E

for auth; do
	case $auth in
	pap) need='require-pap' ;;
	chap) need='require-chap' ;;
	mschapv2) need='require-mschap-v2' ;;
	esac
	printf '%s\n' 'name umllns' auth "$need" debug 'logfile /run/ppp.log' noccp +ipv6 'lcp-restart 1' \
		'lcp-max-terminate 1' 'mtu 1400' 'mru 1400' >/run/ppp.opt
	: >/run/ppp.log
	xl2tpd -D -c /run/xl2tpd.conf -C /run/xl2tpd/ctl -p /run/xl2tpd.pid >/run/xl2tpd.log 2>&1 &
	daemon=$!
	within 5 grep -q 'Listening on' /run/xl2tpd.log
	echo "LISTEN $auth"
	within 60 told "next.$auth"
	if grep -q 'remote IP address' /run/ppp.log && grep -q 'remote LL address' /run/ppp.log; then
		echo "PASS $auth: pppd brought IPCP and IPV6CP up"
	else
		echo "FAIL $auth: pppd brought IPCP and IPV6CP up"
		fails=1
		echo "--- xl2tpd ($auth)"
		tail -n 25 /run/xl2tpd.log
		echo "--- pppd ($auth)"
		tail -n 50 /run/ppp.log
		echo "---"
	fi
	kill "$daemon"
	within 5 dead "$daemon" || kill -9 "$daemon"
	wait "$daemon"
done
exit $fails
