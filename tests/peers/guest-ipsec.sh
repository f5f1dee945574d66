# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# In the guest: our LNS under IPsec with strongSwan, as cfg/examples has it, and three clients.  Two are behind one
# address translator, both from port 1701: strongSwan with IKEv1 at one of them and IKEv2 at the other, xl2tpd, pppd and
# the kernel's l2tp_ppp.  The third comes by IPv6: strongSwan with IKEv2, and a gateway of ours, as xl2tpd has no IPv6.
#   guest-ipsec.sh PROGRAM: of the gateway; /mnt has its configuration and strongSwan's
isthmus=$1
. /mnt/.lib
. /mnt/guest-ike.sh
client c1 1 203.0.113.1 aes256-sha256-modp2048 aes256-sha256
client c2 2 203.0.113.1 aes256-sha256-modp2048 aes256-sha512
client c3 2 2001:db8:f::1 aes256-sha256-ecp256 aes256-sha512
dials c1 alice wonderland 'noipv6'
dials c2 bob builder 'noipv6'
cat >/tmp/run.c3/isthmus.conf <<-E2
	host-name = c3
	workers = 0
	vty { socket = "/run/isthmus.vty" }
	udp out { listen = "[2001:db8:f::2]:1701"  ipsec = require }
	peer gate { port = out  dial = "[2001:db8:f::1]:1701" }
	client home { peer = gate  auth = mschapv2  user = alice  secret = wonderland  tun = home  mtu = 1500
	  routes = { "10.64.0.1/32" }  redial = 1s }
E2
chmod 600 /tmp/run.c3/isthmus.conf
cp /mnt/lns-ipsec.swanctl /tmp/run.gw/swanctl.conf

gateway_at gw /mnt/lns-ipsec.conf
within 30 answers
passed $? "the gateway is there" || { cat /tmp/run.gw/isthmus.log; exit 1; }
for n in gw c1 c2 c3; do
	within 30 vici "$n" || cat "/tmp/run.$n/charon.out"
	reads "$n"
	passed $? "strongSwan at $n reads its configuration" || cat "/tmp/run.$n/load"
done

# --- in the clear

! ip netns exec nat /usr/bin/python3 /mnt/sccrq.py plain 203.0.113.2 1701 203.0.113.1 3
verdict $? "what comes in the clear is not answered"
ask show counters | grep -E 'rx-clear +3( |$)' >/dev/null
passed $? "and is counted" || ask show counters
strangers() { ask show counters | grep -E '(^| )strangers +[1-9]' >/dev/null; }
! strangers
verdict $? "it makes no channel"

# --- two clients with one address and one port

for n in 1 2; do
	associates c$n
	passed $? "IKEv$n: an association" || tail -n 20 /tmp/run.c$n/initiate
	dial c$n
done
for n in 1 2; do
	within 30 has4 c$n
	passed $? "c$n has an address" || { tail -n 20 /tmp/run.c$n/xl2tpd.log; tail -n 30 /tmp/run.c$n/ppp.log; }
done
ask show tunnels
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

# --- a third by IPv6

associates c3
passed $? "IKEv2 over IPv6: an association" || tail -n 20 /tmp/run.c3/initiate
nsenter -t "${holds[c3]}" -m -n "$isthmus" -c /run/isthmus.conf >/tmp/run.c3/isthmus.log 2>&1 &
client=$!
dialled() { ip -n c3 -4 addr show dev home 2>/dev/null | grep -q inet; }
within 30 dialled
passed $? "c3 has an address" || cat /tmp/run.c3/isthmus.log
by6() { # SPACE: the IPsec column of its tunnel over IPv6
	ask_at "$1" show tunnels | sed -nE 's/.*wan6? \[2001:db8:f::2\]:1701#0x[0-9a-f]+ .* (spi .*|none)$/\1/p; s/.*out \[2001:db8:f::1\]:1701 .* (spi .*|none)$/\1/p'
}
ask show tunnels
ask_at c3 show tunnels
[[ "$(by6 gw)" =~ ^spi\ 0x[0-9a-f]{8}\ in,\ (0x[0-9a-f]{8})\ out,\ mark\ 0x[1-9a-f][0-9a-f]*,\ reqid\ [0-9]+,\ cbc\(aes\)\ 256,\ hmac\(sha512\)$ ]]
verdict $? "show tunnels names its association, with a mark"
# The client has no marks, and one peer at the other end: what goes out at one comes in at the other.
[[ "$(by6 c3)" =~ ^spi\ ${BASH_REMATCH[1]:-none}\ in,.*\ mark\ 0x0, ]]
verdict $? "so does that of the client, by address"
# IP takes 40, nothing is in UDP: 1500 - 40 - 8 - 16 - 32 is 1404, in blocks 1392; less 2, 8, 10 and 4.
mru() { ask_at "$1" show calls detail | grep -A 4 '2001:db8:f::' | grep -o 'MRU [0-9]* in, [0-9]* out'; }
[ "$(mru gw)" = "MRU 1368 in, 1368 out" ] && [ "$(mru c3)" = "$(mru gw)" ]
passed $? "both leave room for ESP and IPv6: 1368" || { ask show calls detail; ask_at c3 show calls detail; }
inside c3 ping -c 2 -i 0.2 -W 2 -M do -s $((1368 - 28)) -q 10.64.0.1 >/tmp/run.c3/ping
passed $? "c3: full-size frames" || cat /tmp/run.c3/ping
fragments6() { for n in gw c3; do ip netns exec $n awk '$1 == "Ip6FragCreates" { print $2 }' /proc/net/snmp6; done | sort -u; }
[ "$(fragments6)" = 0 ]
verdict $? "no packet was fragmented there"

# --- rekeyed under traffic

spis() { ask show tunnels | grep -oE '0x[0-9a-f]{8}' | sort; }
before=$(spis) tunnels=$(channels)
# Of each client, one every 0.1 s until the end; ping itself would wait for the last only as long as others took.
pings_begin() {
	for n in 1 2 3; do
		nsenter -t "${holds[c$n]}" -m -n env --default-signal=INT ping -i 0.1 10.64.0.1 >/tmp/run.c$n/ping 2>&1 &
		pinging[n]=$!
	done
}
pings_end() { # MOST WHAT: no more are lost up to the last that came back, and they come back now
	local now come top
	for n in 1 2 3; do
		now=$(came_back c$n | wc -l)
		within 20 more_than c$n "$now"
		verdict $? "c$n: $2, pings come back"
		kill -INT "${pinging[n]}"
		wait "${pinging[n]}"
		come=$(came_back c$n | sort -u | wc -l) top=$(came_back c$n | sort -n | tail -n 1)
		[ "$come" -ge 20 ] && [ $((top - come)) -le "$1" ]
		passed $? "c$n: $2, $come of $top pings came back" || cat "/tmp/run.c$n/ping"
	done
}
pings_begin
# Each time all clients have two new ones; the next time after that.
renewed() { [ "$(comm -13 <(echo "$had") <(spis) | wc -l)" = 6 ]; }
for n in 1 2 3; do
	had=$(spis)
	inside gw swanctl --rekey --child l2tp >/tmp/run.gw/rekey 2>&1 || cat /tmp/run.gw/rekey
	within 10 renewed
	passed $? "rekeyed, time $n" || ask show tunnels
done
pings_end 6 "rekeyed three times"
after=$(spis)
[ "$(wc -l <<<"$after")" = 6 ] && ! grep -qxF "$before" <<<"$after"
passed $? "show tunnels names the new associations" || ask show tunnels
[ "$(channels)" = "$tunnels" ]
verdict $? "the peers are the same"
# By the client, as Windows does each hour
had=$(spis)
inside c1 swanctl --rekey --child l2tp >/tmp/run.c1/rekey 2>&1 || cat /tmp/run.c1/rekey
renewed_by_client() { [ "$(comm -13 <(echo "$had") <(spis) | wc -l)" = 2 ]; }
within 10 renewed_by_client && [ "$(channels)" = "$tunnels" ]
passed $? "IKEv1, rekeyed by the client: the same peer" || ask show tunnels

# --- control and data are killed, under traffic

calls() { ask show calls | awk '$1 ~ /^[0-9]+$/ { print $1, $2 }' | sort; }
process() { pgrep -P "$gateway" -x "isthmus-$1"; }
another() { # NAME PID: the gateway has such a process, and control answers
	[ -n "$(process "$1")" ] && [ "$(process "$1")" != "$2" ] && answers
}
had=$(spis) called=$(calls)
pings_begin
for who in control data; do
	sleep 1 # of traffic
	victim=$(process $who)
	kill -9 "$victim"
	within 20 another $who "$victim"
	verdict $? "$who is killed and there again"
	[ "$(calls)" = "$called" ] && [ "$(channels)" = "$tunnels" ]
	passed $? "the calls live on, with their marks" || { ask show tunnels; ask show calls; }
	[ "$(spis)" = "$had" ]
	passed $? "and have their associations" || ask show tunnels
done
# What a worker has in its hands is lost, and what comes before another one has the calls waits.
pings_end 16 "both killed"
! grep -qE 'LCP: timeout|No response to|Terminating|Modem hangup' /tmp/run.c[12]/ppp.log
verdict $? "pppd has noticed nothing"
inside gw swanctl --rekey --child l2tp >/tmp/run.gw/rekey 2>&1 || cat /tmp/run.gw/rekey
within 10 renewed && [ "$(channels)" = "$tunnels" ]
passed $? "the associations are watched as before" || ask show tunnels

# --- gone

inside c1 swanctl --terminate --ike gate >/dev/null 2>&1
one_left() { [ "$(channels | wc -l)" = 1 ]; }
within 15 one_left
verdict $? "with the association its tunnel is gone"
grep -q '#0x.*: its IPsec security association is gone' /tmp/run.gw/isthmus.log
verdict $? "and the log says so"
inside c2 ping -c 3 -i 0.2 -W 2 -q 10.64.0.1 >/dev/null
verdict $? "the other client goes on"

# --- as foreign clients propose: what is in lns-ipsec.swanctl, and their SCCRQ through it

# WHO, SCCRQ and its port | IKE, ESP | setting | what the example takes of it
proposes() {
	local who=$1 sccrq=$2 port=$3 sas
	client c1 1 203.0.113.1 "$4" "$5" "${6#-}" "$7"
	reads c1 && associates c1
	sas=$(inside c1 swanctl --list-sas)
	grep -q "${8}\$" <<<"$sas" && grep -qE "ESP.*${9}\$|ESP.*${9}/" <<<"$sas"
	passed $? "$who: ${8##*/} and ${9}" || { tail -n 8 /tmp/run.c1/initiate; echo "$sas"; }
	inside c1 /usr/bin/python3 /mnt/sccrq.py "$sccrq" 192.168.1.2 "$port" 203.0.113.1
	verdict $? "$who: its SCCRQ is answered"
	inside c1 swanctl --terminate --ike gate >/dev/null 2>&1
}
list() { # SEPARATED-BY-COMMA PART...: each with each part behind it
	local first=$1 out=
	shift
	for p; do for a in ${first//,/ }; do out+="${out:+, }$a-$p"; done; done
	echo "$out"
}
# It would say farewell by an association that is not there any more.
inside c1 sh -c 'kill -9 $(cat /run/xl2tpd.pid /run/ppp0.pid)'
within 10 idle c1
verdict $? "c1 has hung up"
proposes "Windows 10" windows 1701 \
	"aes256-sha1-ecp384, aes128-sha1-ecp256, aes256-sha1-modp2048, 3des-sha1-modp2048, 3des-sha1-modp1024" \
	"aes256-sha1, aes128-sha1, 3des-sha1" /1701 "" HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_2048 AES_CBC-256/HMAC_SHA1_96
proposes "macOS, iOS" plain 56322 "$(list aes256-sha256,aes256-sha1,aes256-md5,aes256-sha512 modp2048 modp1536 modp1024)" \
	"$(list aes256,aes128,3des sha1 md5)" /56322 "" HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048 AES_CBC-256/HMAC_SHA1_96
proposes "Android 5" android 0 "$(list aes256-sha1,aes256-md5,aes128-sha1,aes128-md5,3des-sha1,3des-md5 modp1024)" \
	"$(list aes256,aes128,3des sha1 md5)" - "" HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024 AES_CBC-256/HMAC_SHA1_96
ike=$(list aes256-sha384,aes256-sha256,aes256-sha1,aes128-sha256,aes128-sha1 modp1024)
# Its SHA-256 has 96 bits, with which nothing would arrive.
proposes "Android 6" android 0 "$ike" "aes256-sha256, aes256-sha1, aes128-sha256, aes128-sha1" - "sha256_96 = yes" \
	HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024 AES_CBC-256/HMAC_SHA1_96
proposes "Android 8" android 0 "$ike" "aes256-sha512, aes256-sha256, aes256-sha1" - "sha256_96 = yes" \
	HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1024 AES_CBC-256/HMAC_SHA2_512_256
kill "$gateway"
wait "$gateway"
verdict $? "SIGTERM ends the gateway with status 0"

# --- one process, and `prefer`: a client with an association and one without, with one address and one port

sed '1i workers = 0' /mnt/lns-ipsec.conf | sed '0,/ipsec = require/s//ipsec = prefer/' >/tmp/run.gw/prefer.conf
chmod 600 /tmp/run.gw/prefer.conf
# As lns-ipsec.swanctl says: without its rule for what is in the clear, which would be for both clients, and with one
# of the packet filter.
sed -i '/^\tl2tp-clear {/,/^\t}/d' /tmp/run.gw/swanctl.conf
reads gw && ! inside gw ip xfrm policy | grep -q block
passed $? "the rule against clear packets is gone" || inside gw ip xfrm policy
rule=(OUTPUT -p udp --sport 1701 -m mark ! --mark 0 -m policy --dir out --pol none -j DROP)
ip netns exec gw iptables-legacy -A "${rule[@]}" && grep -qF "${rule[*]}" /mnt/lns-ipsec.swanctl
verdict $? "the example has the rule that is used here"
ip netns exec nat iptables-legacy -F FORWARD
gateway_at gw /run/prefer.conf
within 30 answers && [ -z "$(pgrep -P "$gateway")" ]
passed $? "one process: the gateway is there" || cat /tmp/run.gw/isthmus.log
dial c1
# Its device before would still have the name that the next one is to have.
within 20 idle c2
inside c2 sh -c 'echo "c t" >/run/xl2tpd/ctl'
both() { has4 c1 && has4 c2; }
within 30 both
passed $? "one process: both clients have an address" || { cat /tmp/run.gw/isthmus.log; tail -n 20 /tmp/run.c[12]/xl2tpd.log; }
ask show tunnels
seen() { ask show tunnels | sed -nE 's/.* wan 203\.0\.113\.2:1701(#0x[0-9a-f]+)? .* (spi .*|none)$/\1 \2/p' | sort; }
[[ "$(seen)" =~ ^\ none$'\n'#(0x[0-9a-f]+)\ spi\ .*\ mark\ (0x[0-9a-f]+), ]] && [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
verdict $? "prefer: show tunnels has one in the clear and one with its association, at the same address and port"
again() { [[ "$(by6 gw)" == spi* ]]; }
within 30 again
passed $? "one process: the client by IPv6 is there again, with its association" || ask show tunnels
for n in 1 2 3; do
	inside c$n ping -c 3 -i 0.2 -W 2 -q 10.64.0.1 >/tmp/run.c$n/ping
	verdict $? "one process: c$n: ping"
done
# In the clear nothing is taken from a packet: the service's own mtu.  With SHA-512 it is 1384, as above.
for n in 1 2; do
	grep "rcvd \[LCP ConfReq" /tmp/run.c$n/ppp.log | tail -n 1 | grep -q "<mru $([ $n = 1 ] && echo 1400 || echo 1384)>"
	passed $? "one process: c$n: our MRU" || grep mru /tmp/run.c$n/ppp.log
done
# Packets for it wait when the gateway hears that the association has gone.
states() { inside gw ip xfrm state | grep -c '^src '; }
had=$(states)
fewer_states() { [ "$(states)" -lt "$had" ]; }
kill -STOP "$gateway"
inside c2 swanctl --terminate --ike gate >/dev/null 2>&1
within 15 fewer_states
verdict $? "prefer: the association goes"
inside gw ping -c 5 -i 0.02 -W 1 -q "$(ip -n c2 -4 -o addr show ppp0 | sed -n 's/.*inet \([0-9.]*\).*/\1/p')" >/dev/null 2>&1
kill -CONT "$gateway"
clear_left() { [ "$(seen)" = " none" ]; }
within 15 clear_left
passed $? "prefer: with the association its tunnel is gone" || ask show tunnels
grep -q '#0x.*: its IPsec security association is gone' /tmp/run.gw/isthmus.log
verdict $? "prefer: the log says so"
dropped=$(ip netns exec gw iptables-legacy -nvxL OUTPUT | awk '/DROP.*policy/ { print $1 }')
[ "${dropped:-0}" -ge 1 ]
verdict $? "prefer: $dropped packets for it were not sent in the clear"
inside c1 ping -c 3 -i 0.2 -W 2 -q 10.64.0.1 >/dev/null
verdict $? "prefer: the client in the clear goes on"
inside c3 swanctl --terminate --ike gate >/dev/null 2>&1
none6() { [ -z "$(by6 gw)" ]; }
within 15 none6
passed $? "one process, IPv6: with the association its tunnel is gone" || ask show tunnels
kill "$client"
wait "$client"
verdict $? "SIGTERM ends the client with status 0"
kill "$gateway"
wait "$gateway"
verdict $? "one process: SIGTERM ends the gateway with status 0"
if [ "$fails" != 0 ]; then
	cat /tmp/run.gw/isthmus.log
	cat /tmp/run.c3/isthmus.log
	for n in gw c1 c2 c3; do echo "--- charon at $n" && tail -n 30 "/tmp/run.$n/charon.log"; done
fi
exit "$fails"
