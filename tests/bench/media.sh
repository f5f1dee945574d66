# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Rows about what a user sees through both ends of ours: one TCP stream and lone packets through a LAC client and an
# LNS, over each medium; sourced by tests/bench/bench.
#
# The LAC, `home`, is in the space `lac` with the streams' client, on the generators' processor; the LNS, `core`, is on
# the subjects' with the streams' server.

# medium | settings of the port, less its link | circuit at the LAC, at the LNS | what to dial
media='udp||||10.7.0.2:1701
frame-relay|lmi = none|dlci 100 { carries = l2tp peer = PEER }|dlci 100 { carries = l2tp peer = PEER }|100
atm|cells-per-frame = 36|pvc 8/48 { carries = l2tp peer = PEER }|pvc 8/48 { carries = l2tp peer = PEER }|8/48
x25|packet-size-want = 4096 window-want = 127 modulo = 128 lapb-modulo = 128 lapb-window = 127|address = 31105678 role = dte|address = 31101234 role = dce accept "3110*" { carries = l2tp peer = PEER }|31101234'
declare -A server=([udp]=10.71.0.1 [frame-relay]=10.72.0.1 [atm]=10.73.0.1 [x25]=10.74.0.1 [l2tpns]=10.97.0.1 [veth]=10.7.0.2)

port_of() { # MEDIUM NAME ADDRESS SETTINGS CIRCUIT PEER
	local link="link = \"packet:$2\""
	[ "$1" != udp ] || link="listen = \"$3:1701\""
	echo "$1 $2 { $link $4 ${5//PEER/$6} }" | sed -E 's/(pvc) ([0-9]+\/[0-9]+)/\1 "\2"/'
}
short() { echo "m-${1:0:3}"; } # a port and its device

media_conf() { # home|core
	local kind keys at_home at_core dial n=70
	printf 'host-name = %s\nworkers = 1\n' "$1"
	while IFS='|' read -r kind keys at_home at_core dial; do
		n=$((n + 1))
		if [ "$1" = home ]; then
			port_of "$kind" "$(short "$kind")" 10.7.0.1 "$keys" "$at_home" "$kind"
			echo "peer $kind { port = $(short "$kind")  dial = \"$dial\" }"
			echo "client $kind { peer = $kind  user = p  secret = s  auth = { pap }  ipv6 = no  mtu = 1400  tun = c-${kind:0:3}  redial = 1s }"
		else
			port_of "$kind" "$(short "$kind")" 10.7.0.2 "$keys" "$at_core" "$kind"
			echo "peer $kind { port = $(short "$kind")  service = $kind }"
			echo "pool $kind { ranges = { \"10.$n.0.0/24\" } }"
			echo "service $kind { local = 10.$n.0.1  pool = $kind  auth = { pap }  mtu = 1400  ipv6 = no  tun = s-${kind:0:3} }"
		fi
	done <<<"$media"
	[ "$1" = home ] || echo 'user p { secret = s }'
	[ "$1" = core ] || [ "${have_peer:-0}" = 0 ] || cat <<-E
		udp m-peer { listen = "${near[peer]}:1702" }
		peer l2tpns { port = m-peer  dial = "${address[peer]}:1701" }
		client l2tpns { peer = l2tpns  user = p  secret = s  auth = { pap }  ipv6 = no  mtu = 1400  tun = c-l2t  redial = 1s  routes = { "10.97.0.1/32" } }
	E
}

media_cable() { # DEVICE: without IPv6, which would talk on it
	ip -n "$TAG-lac" link add "$1" mtu 9000 type veth peer name "$1" mtu 9000 netns "$TAG-core" || give_up "no veth"
	ip -n "$TAG-lac" link set "$1" addrgenmode none up
	ip -n "$TAG-core" link set "$1" addrgenmode none up
}

media_up() {
	local s
	space core
	cable lac 10.7.0.1/24 core 10.7.0.2/24 m-udp
	for s in fra atm x25 bare; do media_cable "m-$s"; done
	media_conf core >"$WORK/core.conf"
	media_conf home >"$WORK/home.conf"
	UNDER="taskset -c $SUBJECT_CORE" gateway core
	UNDER="taskset -c $GENERATOR_CORE" gateway lac home
	serve core
	[ "${have_peer:-0}" = 0 ] || { ip -n "$TAG-peer" addr add 10.97.0.1/32 dev lo; serve peer; }
	for s in udp fra atm x25; do within 20 has4 lac "c-$s" || wrong "$s" "no client by it"; done
	[ "${have_peer:-0}" = 0 ] || within 20 has4 lac c-l2t || wrong peer "our client of it has no address"
}
serve() { # SPACE: the streams' server
	: >"$WORK/serve-$1.out"
	on_core $SUBJECT_CORE "$1" "$BUILD/stream" serve >"$WORK/serve-$1.out" 2>&1 &
	daemon[serve-$1]=$!
	within 5 grep -q READY "$WORK/serve-$1.out" || give_up "the streams' server"
}
media_down() {
	stop home
	stop core
}

stream() { # COMMAND...: $answer is what it says
	answer=$(in_space lac timeout 60 taskset -c $GENERATOR_CORE "$BUILD/stream" "$@" 2>&1)
}

# tcp GROUP NAME ADDRESS WAY: bits a second
tcp() {
	stream "$4" "$3" "$(length 1.25)" && [[ $answer == octets=* ]] || { wrong "$2" "$1: no stream: $answer"; return; }
	sample "$1" "$2" $(($(said octets) * 8000 / ($(said ns) / 1000000)))
}

# --- rows 6, 7

tcp_udp() {
	local way
	for way in up down; do
		tcp tcp-$way ours "${server[udp]}" $way
		tcp tcp-$way veth "${server[veth]}" $way
		[ "${have_peer:-0}" = 0 ] || tcp tcp-$way peer "${server[l2tpns]}" $way
	done
}

# --- rows 18, 19

tcp_media() {
	local kind
	for kind in frame-relay atm x25; do tcp tcp-media $kind "${server[$kind]}" up; done
	bare_media 14 frame-relay-floor
	bare_media cells atm-floor
}
bare_media() { # OCTETS|cells NAME: the same frames between two TUNs
	local s
	for s in lac core; do
		: >"$WORK/bare-$s.out"
		on_core "$([ $s = lac ] && echo $GENERATOR_CORE || echo $SUBJECT_CORE)" $s "$BUILD/framefloor" tun bare m-bare "$1" \
			>"$WORK/bare-$s.out" 2>"$WORK/bare-$s.log" &
		daemon[bare-$s]=$!
		within 5 grep -q READY "$WORK/bare-$s.out" || { absent "tcp-media-$2" "$(cat "$WORK/bare-$s.log")"; return; }
		ip -n "$TAG-$s" addr add "10.75.0.$([ $s = lac ] && echo 1 || echo 2)/24" dev bare
		ip -n "$TAG-$s" link set bare up mtu 1400
	done
	tcp tcp-media "$2" 10.75.0.2 up
	for s in lac core; do
		kill "${daemon[bare-$s]}"
		wait "${daemon[bare-$s]}" 2>/dev/null
		unset "daemon[bare-$s]"
	done
}

# --- row 17

lone_frames() {
	local kind
	for kind in udp frame-relay atm; do
		if stream ping "${server[$kind]}" "$(few 50 3)" 5; then
			sample lone $kind "$(said p50_ns)"
		else
			wrong $kind "no packet comes back: $answer"
		fi
	done
}
