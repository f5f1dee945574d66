# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Row 14: PPP frames from one circuit to another of the same medium, through our gateway and through a loop that passes
# frames on; sourced by tests/bench/bench.  They come from and go to one generator, in the space `lac`.

# medium of linegen | kind of port | its settings | circuit, without what it is joined with
lines='frame-relay|frame-relay|lmi = none|dlci 100
cells|atm|cells-per-frame = 2|pvc "0/35"
pdus|atm|framing = pdus|pvc "0/35"
x25|x25|role = dce modulo = 128 window = 127 lapb-modulo = 128 lapb-window = 127|pvc 1'

line_conf() { # MEDIUM
	local medium kind keys circuit address
	IFS='|' read -r medium kind keys circuit < <(grep "^$1|" <<<"$lines")
	address=${circuit##* }
	address=${address//\"/}
	cat <<-E
		host-name = bridge
		workers = 1
		$kind west { link = "packet:w"  $keys
		             $circuit { carries = ppp  join = "east $address" } }
		$kind east { link = "packet:e"  ${keys/dce/dte}
		             $circuit { carries = ppp } }
	E
}

line_cable() { # DEVICE: to the gateway's device of that name
	ip -n "$TAG-lac" link add "$1" mtu 2000 type veth peer name "$1" mtu 2000 netns "$TAG-bridge" || give_up "no veth"
	ip -n "$TAG-lac" link set "$1" addrgenmode none up
	ip -n "$TAG-bridge" link set "$1" addrgenmode none up
}

# frames MEDIUM RATE SECONDS PIDS: $answer is what the generator says
frames() {
	answer=$(in_space lac timeout 60 taskset -c $GENERATOR_CORE "$BUILD/linegen" "$1" w e "$3" "$2" "$4" 2>&1) &&
		[[ $answer == ns=* ]]
}
line_measured() { # MEDIUM NAME PIDS
	local n=0 try
	for try in 1 2 3 4 5; do
		frames "$1" "${RATE:-0}" "$(length 1)" "$3" || { wrong "$2" "$1: no frames: $answer"; return; }
		sane "$2" "$1"
		n=$(said delivered)
		[ "$n" = 0 ] || break
	done
	[ "$n" -gt 0 ] || { wrong "$2" "$1: no frame came out"; return; }
	sample "line-$1" "$2" $((n * 1000000000 / $(said ns))) $(($(said cpu_ns) / n)) $((n * 64 * 1000000000 / $(said ns)))
}

line_ours() { # MEDIUM
	line_conf "$1" >"$WORK/bridge.conf"
	UNDER="taskset -c $SUBJECT_CORE" gateway bridge
	line_measured "$1" ours "$(pids bridge)"
	stop bridge
}
line_floor() { # MEDIUM
	: >"$WORK/forward.out"
	on_core $SUBJECT_CORE bridge "$BUILD/framefloor" forward w e >"$WORK/forward.out" 2>"$WORK/forward.log" &
	daemon[forward]=$!
	within 5 grep -q READY "$WORK/forward.out" || { absent "line-$1" "$(cat "$WORK/forward.log")"; return; }
	line_measured "$1" forward "${daemon[forward]}"
	kill "${daemon[forward]}"
	wait "${daemon[forward]}" 2>/dev/null
	unset "daemon[forward]"
}

lines_up() {
	space bridge
	line_cable w
	line_cable e
}
lines_switch() {
	local medium
	for medium in $(cut -d '|' -f 1 <<<"$lines"); do
		[ $QUICK = 1 ] || line_ours "$medium" # else it is measured by lines_check
		line_floor "$medium"
	done
}
# At a rate that leaves time for each, none may be lost.
lines_check() {
	local medium
	for medium in $(cut -d '|' -f 1 <<<"$lines"); do
		line_conf "$medium" >"$WORK/bridge.conf"
		UNDER="taskset -c $SUBJECT_CORE" gateway bridge
		RATE=3000 line_measured "$medium" "$([ $QUICK = 1 ] && echo ours || echo slow)" "$(pids bridge)"
		[ "$(said lost)" = 0 ] || wrong ours "$medium: $(said lost) frames lost of $(said watched)"
		stop bridge
	done
}
