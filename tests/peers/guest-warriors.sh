# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# In the guest: a day of the example for road warriors under IPsec.  FreeRADIUS lets two clients in, with IPv6; the
# configuration is changed, both servers die and come back, control dies meanwhile, a log-in is changed and another ended by
# request, the gateway is drained; and no ping is lost, nor a record of accounting.
#   guest-warriors.sh PROGRAM SECRET: the gateway's, and that of its first server; /mnt has what each of them reads
isthmus=$1 secret=$2
. /mnt/.lib
mount -t tmpfs spool /var/spool && mkdir -m 1777 /var/spool/isthmus # before others copy the mounts
. /mnt/guest-ike.sh
client c1 1 203.0.113.1 aes256-sha256-modp2048 aes256-sha1
client c2 2 203.0.113.1 aes256-sha256-modp2048 aes256-sha512
dials c1 ann "of ann" "+ipv6"
dials c2 bob "of bob" "+ipv6"
cp /mnt/lns-ipsec.swanctl /tmp/run.gw/swanctl.conf
for a in 1 10 11; do ip -n gw addr add "192.0.2.$a/32" dev lo; done
declare -A aaa
servers() {
	local name
	for name in first second; do
		mkdir -p /tmp/$name
		cp /mnt/$name/radiusd.conf /mnt/$name/users /tmp/$name
		nsenter -t "${holds[gw]}" -m -n freeradius -f -d /tmp/$name >>/tmp/$name/out 2>&1 </dev/null &
		aaa[$name]=$!
	done
	within 30 served
}
served() { [ "$(inside gw ss -Hlun 'sport >= :1812 and sport <= :1813' | wc -l)" = 4 ]; }
servers
passed $? "FreeRADIUS serves at both addresses" || cat /tmp/first/out /tmp/second/out /tmp/first/log
cp /mnt/lns.conf /tmp/run.gw/isthmus.conf
chmod 600 /tmp/run.gw/isthmus.conf
gateway_at gw /run/isthmus.conf
within 30 answers
passed $? "the gateway is there" || { cat /tmp/run.gw/isthmus.log; exit 1; }

# records STATUS USER: how many log-ins have one.  A server that is slow to answer is not the only one that has it.
records() {
	cat /tmp/{first,second}/detail 2>/dev/null | awk -v RS= -v s="Acct-Status-Type = $1" -v u="User-Name = \"$2\"" '
		index($0, s) && index($0, u) { match($0, /Acct-Session-Id = "[^"]*"/); id[substr($0, RSTART, RLENGTH)] }
		END { for (i in id) n++; print n + 0 }'
}
told() { [ "$(records "$1" "$2")" = "$3" ]; }
logged() { grep -qE "$1" /tmp/run.gw/isthmus.log; }

# --- two clients with one address and one port are let in

for n in gw c1 c2; do
	within 30 vici "$n" || cat "/tmp/run.$n/charon.out"
	reads "$n"
	passed $? "strongSwan at $n reads its configuration" || cat "/tmp/run.$n/load"
done
for n in 1 2; do
	associates c$n
	passed $? "IKEv$n: an association" || tail -n 20 /tmp/run.c$n/initiate
	dial c$n
done
# xl2tpd dials again by itself only when it hears of a call's end before pppd does.
redials() {
	while sleep 1; do idle c2 && inside c2 sh -c 'echo "c t" >/run/xl2tpd/ctl'; done
}
address() { ip -n "$1" -4 addr show dev ppp0 2>/dev/null | grep -q "inet $2"; }
address6() { ip -n "$1" -6 addr show dev ppp0 2>/dev/null | grep -q 'inet6 2001:db8:64:'; }
within 30 address c1 10.64.7.7
passed $? "ann has the address that the server gives her" || { tail -n 20 /tmp/run.c1/xl2tpd.log; tail -n 30 /tmp/run.c1/ppp.log; }
within 30 address c2 10.64.
verdict $? "bob has one of the pool"
replies6() { inside "$1" ping -6 -c 1 -W 1 -q 2001:db8:f::1 >/dev/null 2>&1; }
for n in 1 2; do
	within 20 address6 c$n
	passed $? "c$n has IPv6 too" || ip -n c$n addr show dev ppp0
	within 10 replies6 c$n
	passed $? "c$n: ping by IPv6" || ip -n c$n -6 route
done
ask show tunnels
[ "$(channels | wc -l)" = 2 ] && [ "$(channels | sed 's/#.*//' | sort -u)" = 203.0.113.2:1701 ]
passed $? "they come from one address and port, by associations of their own" || ask show tunnels
within 10 told Start ann 1 && within 10 told Start bob 1
verdict $? "accounting begins"
nsenter -t "${holds[c1]}" -m -n env --default-signal=INT ping -i 0.1 -W 5 10.64.0.1 >/tmp/run.c1/ping 2>&1 &
pinging=$!

redials &
redialling=$!

# --- the configuration is changed

sed -i 's/rate-up = 10M/rate-up = 20M/; s/interim = 10m/interim = 15m/' /tmp/run.gw/isthmus.conf
inside gw "$isthmus" -c /run/isthmus.conf reload
verdict $? "reload"

# --- both servers die

for s in first second; do kill "${aaa[$s]}" && wait "${aaa[$s]}"; done
# bob_goes: the operator ends his call; his client comes again by itself
bob_goes() {
	# shellcheck disable=SC2046 # two numbers
	ask clear call $(ask show calls | awk '/ bob / { print $1, $2 }') >/dev/null
}
waits() { [ "$(ask show accounting | awk '$1 == "isp" { print $9 }')" "$@" ]; }
bob_goes
within 10 waits -ge 1
passed $? "the record of bob's end waits" || ask show accounting
within 30 logged 'aaa.*bob.*(no answer|does not answer|no server)'
verdict $? "he is not let in"
process() { pgrep -P "$gateway" -x "isthmus-$1"; }
before=$(process control)
kill -9 "$before"
another() { [ -n "$(process control)" ] && [ "$(process control)" != "$before" ] && answers; }
within 20 another
verdict $? "control is killed meanwhile, and back"
servers
within 60 told Start bob 2
passed $? "when the servers are back he is let in" || { tail -n 20 /tmp/run.c2/xl2tpd.log; ask show radius; }
within 30 waits = 0 && told Stop bob 1
passed $? "nothing waits any more, his first log-in has ended once" || ask show accounting
told Start ann 1 && told Stop ann 0
verdict $? "ann's goes on"

# --- a log-in is changed, one is ended

asks() { # coa|disconnect ATTRIBUTES
	printf '%s, Packet-Src-IP-Address = 192.0.2.10, Event-Timestamp = %s, Message-Authenticator = 0x00\n' "$2" "$(date +%s)" |
		inside gw radclient -x -r 2 -t 2 192.0.2.1:3799 "$1" "$secret" >/tmp/said 2>&1
	grep -q "Received $3" /tmp/said
}
asks coa 'User-Name = "ann", Session-Timeout = 3000' CoA-ACK
passed $? "a log-in is changed by request" || cat /tmp/said
asks disconnect 'User-Name = "bob"' Disconnect-ACK
passed $? "another is ended" || cat /tmp/said
within 10 told Stop bob 2
verdict $? "and told of"
within 60 told Start bob 3
verdict $? "he comes again"

# --- drained

left() { ask show drain | grep -qE "^gateway .* $1\$"; }
ask drain gateway >/dev/null
within 5 left 2
verdict $? "drain: the calls are counted"
bob_goes
within 10 left 1
verdict $? "drain: one is left"
within 30 logged 'takes no new (calls|tunnels)'
passed $? "drain: who comes is refused" || tail -n 5 /tmp/run.gw/isthmus.log
told Start bob 3
verdict $? "drain: nobody is let in"
ask no drain gateway >/dev/null
within 60 told Start bob 4
verdict $? "no drain: he is let in"

# --- the end of the day

kill "$redialling"
kill -INT "$pinging"
wait "$pinging"
come=$(came_back c1 | sort -u | wc -l) last=$(came_back c1 | sort -n | tail -n 1)
[ "$come" = "$last" ] && [ "$last" -gt 50 ]
passed $? "all the while: $come of $last pings came back" || tail -n 5 /tmp/run.c1/ping
kill "$gateway"
wait "$gateway"
verdict $? "SIGTERM ends the gateway with status 0"
told Stop ann 1 && told Stop bob 4
verdict $? "and each log-in is told to have ended, once"
if [ "$fails" != 0 ]; then
	cat /tmp/run.gw/isthmus.log
	cat /tmp/first/log
	for n in gw c1 c2; do echo "--- charon at $n" && tail -n 30 "/tmp/run.$n/charon.log"; done
fi
exit "$fails"
