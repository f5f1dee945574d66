# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest, whose kernel has VLAN devices: two of our gateways on one cable, a PPPoE server on its VLAN 100 and
# another on what has no tag, and a site that dials on VLAN 100.
#   guest-vlan.sh ISTHMUS
# Its frames are left in vlan.pcap.
isthmus=$1
. /mnt/.lib

vlan() { # SPACE: its VLAN 100
	ip -n "$1" link add link eth0 name eth0.100 type vlan id 100 && ip -n "$1" link set eth0.100 up
}
declare -A daemon=()
gateway() { # NAME
	ip netns exec "$1" "$isthmus" -c "/run/$1.conf" >>"/run/$1.log" 2>&1 &
	daemon[$1]=$!
	within 10 answers "$1"
}
ask() {
	local name=$1
	shift
	"$isthmus" -s "/run/$name.vty" -x "$*" 2>/dev/null
}
answers() { ask "$1" show summary | grep -q .; }
has4() { ip -n site -4 addr show dev home 2>/dev/null | grep -q "inet $1"; }
lost4() { ! has4 ''; }
gone() { ! kill -0 "$1" 2>/dev/null; }
end() { # NAME
	kill "${daemon[$1]}"
	within 15 gone "${daemon[$1]}" || kill -9 "${daemon[$1]}"
	wait "${daemon[$1]}"
}
told() { grep -q "$2" "/run/$1.log"; } # NAME TEXT: in its log

modprobe 8021q && modprobe veth && modprobe tun || { echo "FAIL the guest has VLAN devices"; exit 1; }
mkdir -p /dev/net
[ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200
for s in site nas; do ip netns add $s && ip -n $s link set lo up; done
ip -n site link add eth0 type veth peer name eth0 netns nas
for s in site nas; do ip -n $s link set eth0 up && vlan $s; done

umask 077
cat >/run/nas.conf <<-E
	host-name = nas
	vty { socket = "/run/nas.vty" }
	log { all = info }
	pppoe tagged { link = "packet:eth0.100"  ac-name = tagged  services = { "isp" }  accept "*" { service = s } }
	pppoe plain { link = "packet:eth0"  ac-name = plain  services = { "isp" }  accept "*" { service = t } }
	pool s { ranges = { "10.64.1.0/24" } }
	service s { local = 10.64.1.1  pool = s  auth = { chap } }
	pool t { ranges = { "10.64.2.0/24" } }
	service t { local = 10.64.2.1  pool = t  auth = { chap } }
	user ann { secret = "a password" }
E
cat >/run/site.conf <<-E
	host-name = site
	vty { socket = "/run/site.vty" }
	log { all = info }
	pppoe wan { link = "packet:eth0.100"  role = client }
	client home { port = wan  circuit = "isp@*"  user = ann  secret = "a password"  auth = { chap }  tun = home
	  redial = 1s  echo-interval = 1s  echo-failures = 4 }
E
ip netns exec nas tcpdump -Z root --immediate-mode -U -i eth0 -w /mnt/vlan.pcap 2>/run/tcpdump.log &
tcpdump=$!
within 10 grep -q 'listening on' /run/tcpdump.log
gateway nas
verdict $? "the server starts"
gateway site
within 20 has4 10.64.1.
verdict $? "an address of the VLAN's server"
ip netns exec site ping -c 3 -i 0.2 -W 2 -q 10.64.1.1
verdict $? "ping"
ip netns exec site ping -c 2 -i 0.2 -W 2 -s 1372 -M do -q 10.64.1.1
verdict $? "full-size frames"
! ask nas show counters | grep -E '^ *plain +rx-(padi|padr|unknown|frames)'
verdict $? "the port on the device without a tag has heard nothing"

ip -n nas link del eth0.100
within 30 lost4
verdict $? "the VLAN's device is deleted: the site loses its address"
vlan nas
within 60 has4 10.64.1.
verdict $? "it is made again: an address again"

end site
verdict $? "the site ends with status 0"
within 10 told nas 'PADT received.*shutting down'
verdict $? "its PADT says why, and the server tells"
gateway site
within 30 has4 10.64.1.
verdict $? "an address once more"
end nas
verdict $? "the server ends with status 0"
within 10 told site 'PADT received.*shutting down'
verdict $? "its PADT says why, and the site tells"
end site
kill -INT "$tcpdump"
wait "$tcpdump"
[ "$fails" = 0 ] || tail -n 40 /run/nas.log /run/site.log
exit $fails
