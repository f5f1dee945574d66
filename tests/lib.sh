# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the scripts of tests/wire and tests/peers share: verdicts, namespaces that go away again, the daemon,
# captures and their decoding.  A script sources this, runs checks, and ends with `finish`.
#
# Every name carries the process id, so that scripts may run side by side.  When a check failed, the logs
# of the daemons are printed and the captures stay in build/logs/captures/.
set -u
. "$(dirname "${BASH_SOURCE[0]}")/../gw/lib.sh"

HERE=$TOP/tests
NAME=${0##*/}
TAG=ist$$
WORK=$(mktemp -d) || exit 1
bad=0 checks=0
spaces=()
declare -A daemon=() sniffer=()
declare -A serving=() # gateways nobody has told to end
declare -A home_of=() # in which space, whose name the socket has

verdict() { # STATUS WHAT
	all_serve
	checks=$((checks + 1))
	if [ "$1" = 0 ]; then
		echo "PASS $NAME: $2"
	else
		echo "FAIL $NAME: $2"
		bad=1
	fi
}

# A gateway that has died answers no question, so that every "there is no ..." would be true of it.
all_serve() {
	local name pid rc
	for name in "${!serving[@]}"; do
		pid=${serving[$name]} rc=0
		dead "$pid" || continue
		wait "$pid" || rc=$?
		unset "serving[$name]"
		[ "${daemon[$name]:-}" != "$pid" ] || unset "daemon[$name]"
		checks=$((checks + 1)) bad=1
		echo "FAIL $NAME: the gateway $name ended by itself with status $rc"
	done
}

check() { # WHAT COMMAND...
	local what=$1 rc=0
	shift
	"$@" || rc=1
	verdict "$rc" "$what"
}

# A script that cannot run here says why, and that is all it says.
cannot() {
	echo "SKIP $NAME: $*"
	exit 77
}

give_up() {
	verdict 1 "$*"
	exit 1
}

cleanup() {
	local d ns
	trap '' INT TERM
	for d in "${!sniffer[@]}" "${!daemon[@]}"; do
		kill "${sniffer[$d]:-${daemon[$d]:-}}" 2>/dev/null
	done
	for ns in "${spaces[@]}"; do netns_down "$ns"; done
	if [ "$bad" != 0 ] || [ "$checks" = 0 ]; then
		for d in "$WORK"/*.log; do
			[ -s "$d" ] || continue
			echo "--- ${d##*/}"
			grep -av '^Running as user "root"' "$d" | tail -n 60
		done
		mkdir -p "$LOGS/captures"
		for d in "$WORK"/*.pcap; do
			[ ! -e "$d" ] || mv "$d" "$LOGS/captures/$NAME.${d##*/}"
		done
	fi
	rm -rf "$WORK"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Keeper starts a process again that a forbidden system call has killed, so that little else may show it.
all_calls_allowed() {
	local call
	call=$(grep -hs 'system call .* is not allowed' "$WORK"/*.log | sort -u)
	[ -z "$call" ] || verdict 1 "no system call is forbidden: $call"
}

# sanitized: this build looks for mistakes
sanitized() { grep -q '^IST_CFLAGS = .*-fsanitize=' "$BUILD/Makefile"; }

finish() {
	local name
	all_serve
	for name in "${!serving[@]}"; do frames_counted "$name"; done
	all_calls_allowed
	[ "$checks" -gt 0 ] || give_up "nothing was checked"
	exit "$bad"
}

# --- namespaces

# space NAME: make one; $TAG-NAME is what it is called
space() {
	ip netns add "$TAG-$1" || give_up "no network namespaces"
	spaces+=("$TAG-$1")
	ip -n "$TAG-$1" link set lo up
}

# cable A ADDRESS/LEN B ADDRESS/LEN [DEVICE]: a veth pair between two of them
cable() {
	local dev=${5:-eth0}
	ip -n "$TAG-$1" link add "$dev" mtu 1600 type veth peer name "$dev" mtu 1600 netns "$TAG-$3" || give_up "no veth"
	ip -n "$TAG-$1" addr add "$2" dev "$dev"
	ip -n "$TAG-$3" addr add "$4" dev "$dev"
	ip -n "$TAG-$1" link set "$dev" up
	ip -n "$TAG-$3" link set "$dev" up
}

in_space() { # NAME COMMAND...
	local ns=$TAG-$1
	shift
	ip netns exec "$ns" "$@"
}

# --- the daemon

# gateway SPACE [NAME]: isthmus with $WORK/NAME.conf (NAME is SPACE unless given), its VTY in $WORK; waits for it.
# ACCELERATE=xdp in the environment: see accelerated.  UNDER: words before its command; ISTHMUS: another program than $BUILD/isthmus.  FORM=one: one process each, whatever the script leaves open; three is what all have
gateway() {
	local name=${2:-$1}
	[ "${FORM:-three}" = three ] || grep -q '^[[:space:]]*workers' "$WORK/$name.conf" || sed -i '1i workers = 0' "$WORK/$name.conf"
	sed -i '/^vty {.*}$/d' "$WORK/$name.conf"
	[ -z "${ACCELERATE:-}" ] || accelerated "$1" "$name"
	echo "vty { socket = \"$WORK/$1.vty\"  captures = \"$WORK\"${VTY_KEYS:+  $VTY_KEYS} }" >>"$WORK/$name.conf"
	chmod 600 "$WORK/$name.conf" # there are secrets in it
	# shellcheck disable=SC2086
	ip netns exec "$TAG-$1" ${UNDER:-} "${ISTHMUS:-$BUILD/isthmus}" -c "$WORK/$name.conf" >>"$WORK/$name.log" 2>&1 </dev/null &
	daemon[$name]=$! serving[$name]=$! home_of[$name]=$1
	within 5 answers "$1" || give_up "the gateway $name starts"
}
# accelerated SPACE NAME: each of its UDP ports has `accelerate = $ACCELERATE` with every cable there, so that all that a script
# looks at must be as it is without.  A program must not see the unfinished checksums of a sender in this host, and a
# veth takes what a program sends to it only when its far end has GRO.
accelerated() {
	local devices device space
	for space in "${spaces[@]}"; do
		for device in $(veths "$space"); do ip netns exec "$space" ethtool -K "$device" gro on tx off >/dev/null 2>&1; done
	done
	devices=$(veths "$TAG-$1" | sed 's/.*/"&"/' | paste -sd ,)
	sed -i "/accelerate =/!s/^[[:space:]]*udp [^ ]* {/& accelerate = $ACCELERATE  core = { $devices } /" "$WORK/$2.conf"
}
veths() { ip -n "$1" -br link show type veth | awk '{ sub(/@.*/, "", $1); print $1 }'; }
answers() { ask "$1" show summary | grep -q .; }

# ask SPACE COMMAND...: its VTY
ask() {
	local space=$1
	shift
	vty "$WORK/$space.vty" "$@"
}

# frames_add_up SPACE: all frames that have come in have gone out, or are counted by the reason they were dropped for.  When
# data has died with frames of its own nobody knows, and when nobody answers there is nothing to look at
frames_add_up() {
	ask "$1" show counters >"$WORK/$1.counters" 2>/dev/null || return 0
	awk '
		$1 == "data" { n[$2] = $3 }
		END {
			come = n["rx-frames"] + n["tun-rx"] + n["from-control"] + n["made"]
			gone = n["tx-frames"] + n["tun-tx"] + n["punted"] + n["joined"] + n["dropped"]
			exit !(n["deaths"] || come == gone)
		}' "$WORK/$1.counters"
}
# frames_counted NAME: a failure unless that is so, once nothing waits any more; a script's own daemon is not asked
frames_counted() {
	local space=${home_of[$1]:-}
	[ -n "$space" ] || return 0
	within 5 frames_add_up "$space" && return
	verdict 1 "$space: what came in has gone out or is counted"
	grep '^ *data ' "$WORK/$space.counters"
}

# stop NAME: SIGTERM; its exit status
stop() {
	local pid=${daemon[$1]} rc=0
	[ -z "${serving[$1]:-}" ] || frames_counted "$1"
	unset "daemon[$1]" "serving[$1]"
	kill "$pid"
	within 10 dead "$pid" || kill -9 "$pid"
	wait "$pid" || rc=$?
	return "$rc"
}
# process SPACE ROLE: the pid of keeper, data or control of the gateway there
process() { ask "$1" show processes | awk -v role="$2" '$1 == role || $1 == "isthmus" { print $3 }'; }
# processes NAME: the pids of all it has, keeper first; without an answer of its own
processes() { echo "${daemon[$1]}" $(pgrep -P "${daemon[$1]}"); }
# signal NAME SIGNAL: to all of them
signal() { kill -"$2" $(processes "$1"); }
# memory NAME: kB that they take, together; what they share counts once
memory() {
	local pid
	for pid in $(processes "$1"); do cat "/proc/$pid/smaps_rollup"; done | awk '/^Pss:/ { n += $2 } END { print n }'
}
# descriptors NAME: that they have open, together
descriptors() {
	local pid
	for pid in $(processes "$1"); do find "/proc/$pid/fd" -mindepth 1; done | wc -l
}
# crash NAME: it is gone without a word
crash() {
	local pids pid
	pids=$(processes "$1")
	let_go "$1"
	kill -STOP $pids
	# keeper last: when it is dead the kernel lets the stopped ones go on, and they say goodbye
	for pid in $pids; do [ "$pid" = "${daemon[$1]}" ] || kill -9 "$pid"; done
	kill -9 "${daemon[$1]}"
	wait "${daemon[$1]}" 2>/dev/null
	for pid in $pids; do within 5 dead "$pid"; done # with the sockets that they have
	unset "daemon[$1]"
}
# let_go NAME: the script ends this gateway in its own way
let_go() { unset "serving[$1]"; }
dead() { ! kill -0 "$1" 2>/dev/null; }

# came_back FILE: what ping has said there, as "RECEIVED of SENT"
came_back() { sed -n 's/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/\2 of \1/p' "$1"; }
# ping_on SPACE COUNT ADDRESS [SECONDS]: one every 50 ms or so, meanwhile, with its time in $WORK/ping.out; pinged: waits
# for the last, and how many came back is in $pings
ping_on() {
	in_space "$1" ping -D -i "${4:-0.05}" -c "$2" -W 5 "$3" >"$WORK/ping.out" 2>&1 &
	pinging=$!
}
pinged() {
	wait "$pinging"
	pings=$(came_back "$WORK/ping.out")
}

has4() { in_space "$1" ip -4 addr show dev "$2" 2>/dev/null | grep -q 'inet '; }
lost4() { ! has4 "$@"; }
no_device() { ! in_space "$1" ip link show dev "$2" >/dev/null 2>&1; }

# dhcp6c SPACE DEVICE BITS: KAME's DHCPv6 client there, which asks for a prefix on the device.  Of its 2^BITS /64 the
# second is to be on the device home0, which is made, and what it is told goes to $WORK/dhcp6c.told.  It has a folder of
# its own for its DUID.  Without BITS it asks for no prefix, only for what a server without leases can tell.
dhcp6c() {
	local duids=/var/lib/dhcpv6 for=information-only
	[ -z "${3:-}" ] || for='send ia-pd 7'
	cat >"$WORK/dhcp6c.conf" <<-E
		interface $2 { $for; request domain-name-servers; request domain-name; script "$WORK/dhcp6c.sh"; };
		${3:+id-assoc pd 7 { prefix-interface home0 { sla-id 1; sla-len $3; ifid 7; \}; \};}
	E
	rm -f "$WORK/dhcp6c.told"
	printf '#!/bin/sh\nenv >>%s/dhcp6c.told\n' "$WORK" >"$WORK/dhcp6c.sh"
	chmod 755 "$WORK/dhcp6c.sh"
	in_space "$1" ip link show home0 >/dev/null 2>&1 || in_space "$1" ip link add home0 type veth peer name home1
	in_space "$1" ip link set home1 up && in_space "$1" ip link set home0 up
	ip netns exec "$TAG-$1" sh -c "mount -t tmpfs none $duids && exec /usr/sbin/dhcp6c -f -c $WORK/dhcp6c.conf \
		-p $WORK/dhcp6c.pid $2" >>"$WORK/dhcp6c.log" 2>&1 </dev/null &
	daemon[dhcp6c]=$!
}

# --- guests

# guest "TAP..." SCRIPT ARGUMENT...: boots tests/peers/SCRIPT in a guest kernel on those TAPs of space net, for
# $GUEST_LIMIT seconds at most, with its ttyS0 at $GUEST_TTY if that is set, from $GUEST_DISK if that is; its console is
# read from descriptor $console, `guest_ended` is its status
guest() {
	local taps=() script=$2 tap
	for tap in $1; do taps+=(-t "$tap"); done
	[ -z "${GUEST_TTY:-}" ] || taps+=(-s "$GUEST_TTY")
	[ -z "${GUEST_DISK:-}" ] || taps+=(-d "$GUEST_DISK")
	shift 2
	exec {console}< <("$HERE/peers/uml-run.sh" -N "$TAG-net" "${taps[@]}" -w "$WORK" -T "${GUEST_LIMIT:-120}" \
		"$HERE/peers/$script" "$@" |
		sed -u "s/\r//g; s/^\(PASS\|FAIL\) /\1 $NAME: /"; exit "${PIPESTATUS[0]}")
	guest_pid=$!
}
guest_ended() { wait "$guest_pid"; }

# guest_verdicts: shows what it says until it ends; its verdicts are ours
guest_verdicts() {
	local line
	while IFS= read -ru "$console" line; do
		echo "$line"
		case $line in PASS* | FAIL*) checks=$((checks + 1)) ;; esac
		case $line in FAIL*) bad=1 ;; esac
	done
	check "the guest is content" guest_ended
}

# in_guest COMMAND: what it says, with its status; the guest runs guest-shell.sh.  A file can be written into
# $WORK, which the guest sees as /mnt: no line of its console goes the other way.
in_guest() {
	printf '%s\n' "$*" >"$WORK/do.new"
	mv "$WORK/do.new" "$WORK/do"
	guest_did
}
guest_did() {
	local line
	while IFS= read -ru "$console" line; do
		case $line in
		"DID "*) return "${line#DID }" ;;
		esac
		printf '%s\n' "$line"
	done
	return 125
}

# wan_modules: the modules the guest kernel comes without (Frame Relay, X.25 over HDLC, LAPB), built if need be,
# are in $WORK then
wan_modules() {
	"$HERE/peers/uml-wan.sh" "$BUILD/uml-wan" 2>&1 | tee "$WORK/uml-wan.out"
	case ${PIPESTATUS[0]} in
	0) cp "$BUILD"/uml-wan/*.ko "$WORK" ;;
	77) cannot "$(tail -n 1 "$WORK/uml-wan.out")" ;;
	*) give_up "the kernel's modules are built" ;;
	esac
}

# tap NAME ADDRESS/LEN: in space net
tap() {
	ip -n "$TAG-net" tuntap add "$1" mode tap || cannot "no TAP devices here"
	ip -n "$TAG-net" addr add "$2" dev "$1"
	ip -n "$TAG-net" link set "$1" up
}

# l2tpns_serves SPACE: the l2tpns there, with its files in $WORK/l2tpns, takes calls
l2tpns_serves() {
	grep -qs 'declaring myself the master' "$WORK/l2tpns/l2tpns.log" &&
		in_space "$1" ss -Hlun 'sport = :1701' | grep -q . &&
		in_space "$1" ip route | grep -q '^10.77.1.0/24'
}

# --- captures

# sniff SPACE DEVICE NAME: into $WORK/NAME.pcap until `sniffed NAME`.  In immediate mode every slot of the ring
# has room for -s octets: a small -s and a large -B keep bursts while this machine is busy elsewhere.
sniff() {
	: >"$WORK/$3.tcpdump" # what the one before said is not this one's
	ip netns exec "$TAG-$1" tcpdump -Z root --immediate-mode -U -s 10240 -B 32768 -i "$2" -w "$WORK/$3.pcap" 2>"$WORK/$3.tcpdump" &
	sniffer[$3]=$!
	within 5 grep -q 'listening on' "$WORK/$3.tcpdump" || give_up "tcpdump on $2"
}

# Told to end, it leaves unread what waits for it; when it sleeps, nothing does.  What waits for a disk (D) does not sleep.
sniffed() {
	local pid=${sniffer[$1]}
	unset "sniffer[$1]"
	within 20 asleep "$pid"
	kill -INT "$pid"
	wait "$pid"
}

asleep() { [[ "$(awk '{ print $3 }' "/proc/$1/stat" 2>/dev/null)" != [RD] ]]; }

# in front of each line of a gateway's log
STAMP='^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}[-+][0-9]{2}:[0-9]{2} '

shark() { tshark -r "$WORK/$1.pcap" -X "lua_script:$TOP/gw/wireshark/isthmus.lua" -X "lua_script:$HERE/wire/links.lua" "${@:2}" 2>>"$WORK/tshark.log"; }

# decoded NAME LAYERS...: tshark took every L2TP, Frame Relay and X.25 packet apart down to what PPP carries,
# found nothing malformed, and saw each of LAYERS (e.g. l2tp:ppp:lcp).
decoded() {
	local name=$1 layers rough seen
	shift
	layers=$(shark "$name" -Y 'l2tp || fr || x25' -T fields -e frame.number -e frame.protocols)
	[ -n "$layers" ]
	verdict $? "$name: tshark sees $(wc -l <<<"$layers") packets"
	rough=$(shark "$name" -Y '(l2tp || fr || x25) && (_ws.malformed || _ws.expert.severity == "Error")'
		grep -E '(l2tp|l2tpraw|ppp|fr|llc|frether|x25|x25snap):data(:|$)' <<<"$layers")
	[ -z "$rough" ]
	verdict $? "$name: nothing malformed or left undecoded"
	[ -z "$rough" ] || head -n 20 <<<"$rough"
	for seen; do
		grep -qE "(:|	)$seen(:|\$)" <<<"$layers"
		verdict $? "$name: decoded down to $seen"
	done
}

# answered NAME ADDRESS: each HELLO and LCP Echo-Request that the capture has of ADDRESS was answered within two seconds
answered() {
	shark "$1" -Y 'l2tp && udp' -T fields -e frame.time_epoch -e ip.src -e l2tp.Ns -e l2tp.Nr -e l2tp.avp.message_type \
		-e ppp.protocol -e ppp.code -e ppp.identifier | "$HERE/wire/answered.py" "$2" 2
}
