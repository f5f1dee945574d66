# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Rows about `accelerate = xdp`; sourced by tests/bench/bench.
#
# Three of ours stand between `lac` and a space behind each: `xslow` without offloads, `xgro` with them, `xdp`
# with the program.  Everything of a subject is on its processor: the drivers' receiving is in threads of the kernel
# there, which are charged too, and the generator has frames without a socket (tests/bench/frames.h).

XDP_ROWS="21 22 23 24 25 26 27 28"
declare -A xdp_number=([xslow]=1 [xgro]=2 [xdp]=3)
for xdp_s in "${!xdp_number[@]}"; do
	address[$xdp_s]=10.8.${xdp_number[$xdp_s]}.2 near[$xdp_s]=10.8.${xdp_number[$xdp_s]}.1 beyond[$xdp_s]=$xdp_s-far
done
# Names that no other device of this machine has, since a thread of the kernel has only that name: an end of the cable to
# the LAC there (n) and here (l), of the one behind there (f) and here (c)
xdp_device() { echo "$1${xdp_number[$2]}-$$"; }
xdp_mac() { echo "02:00:00:00:0${xdp_number[$2]}:0$(($(printf '%d' "'$1") % 10))"; }

# xdp_end SPACE DEVICE END SUBJECT: its driver takes frames without a socket, in a thread of the kernel on CORE
xdp_end() {
	local space=$1 device=$2 thread
	ip -n "$TAG-$space" link set "$device" address "$(xdp_mac "$3" "$4")" addrgenmode none up
	in_space "$space" ethtool -K "$device" gro on tx off >/dev/null 2>&1
	in_space "$space" sh -c "echo 1 >/sys/class/net/$device/threaded" 2>/dev/null || return
	for thread in $(pgrep "^napi/$device(-|$)"); do
		taskset -pc "$5" "$thread" >/dev/null
		chrt -f -p 2 "$thread" 2>/dev/null || :
	done
}
# xdp_cable A END B END SUBJECT NETWORK: with addresses .1 at A and .2 at B, which know each other
xdp_cable() {
	local a b
	a=$(xdp_device "$2" "$5") b=$(xdp_device "$4" "$5")
	ip -n "$TAG-$1" link add "$a" mtu 1600 type veth peer name "$b" mtu 1600 netns "$TAG-$3" || give_up "no veth"
	ip -n "$TAG-$1" addr add "$6.1/24" dev "$a"
	ip -n "$TAG-$3" addr add "$6.2/24" dev "$b"
	xdp_end "$1" "$a" "$2" "$5" $GENERATOR_CORE || return
	xdp_end "$3" "$b" "$4" "$5" "$SUBJECT_CORE" || return
	ip -n "$TAG-$1" neigh add "$6.2" lladdr "$(xdp_mac "$4" "$5")" nud permanent dev "$a"
	ip -n "$TAG-$3" neigh add "$6.1" lladdr "$(xdp_mac "$2" "$5")" nud permanent dev "$b"
}
# Before all else on its processor: what is measured must not be who else has work there.  None of these has more than the
# generator's few frames to do at a time, so each gets its turn.
xdp_first() { # SUBJECT...
	local s pid
	for s; do
		renice -n -20 "${daemon[gen-$s]}" >/dev/null
		for pid in $(xdp_pids "$s"); do chrt -a -r -p 2 "$pid" 2>/dev/null; done
	done
}
# As all others: calls come and go.
xdp_no_more() { # SUBJECT...
	local s pid
	for s; do
		for pid in $(processes "$s"); do chrt -a -o -p 0 "$pid" 2>/dev/null; done
	done
}
xdp_pids() { echo "$(processes "$1") $(pgrep "^napi/[lc]${xdp_number[$1]}-$$(-|$)")"; }

xdp_lab() {
	local s no to
	for s in xslow xgro xdp; do
		no=${xdp_number[$s]}
		space "$s"
		space "$s-far"
		behind "$s-far"
		xdp_cable lac n "$s" l "$s" "10.8.$no" && xdp_cable "$s-far" f "$s" c "$s" "10.9.$no" || return
		in_space "$s" sh -c 'for f in ip_forward:1 conf/all/rp_filter:0 conf/default/rp_filter:0; do
			echo "${f#*:}" >/proc/sys/net/ipv4/${f%:*}; done'
		for to in 10.98.0.1 10.99.0.1; do ip -n "$TAG-$s" route add "$to/32" via "10.9.$no.1"; done
	done
}

# xdp_absent WHY: no row of these can be measured
xdp_absent() {
	local group
	for group in x-up64 x-up1400 x-down64 x-down1400 x-many-up x-many-down x-passed x-calls x-wrong; do
		absent $group "$1"
	done
}

xdp_calls_up() {
	local s
	for s in xslow xgro xdp; do
		generator $s -n 20 -c $CALLS || { wrong $s "takes calls: $out"; return 1; }
	done
}

xdp_rows() {
	local s why
	absent x-switch "the program carries no switched calls"
	xdp_lab || { xdp_absent "no threads of the kernel for a driver"; return; }
	lns_up xslow "tun-offload = off" "offload = off"
	lns_up xgro
	lns_up xdp "" "accelerate = xdp  core = { \"$(xdp_device c xdp)\" }"
	why=$(grep -o 'accelerate: .* not .*' "$WORK/xdp.log" | head -n 1)
	if [ -n "$why" ]; then
		xdp_absent "$why"
	elif xdp_calls_up; then
		group "what the program carries arrives" xdp_integrity 28
		repeat "calls set up with it" xdp_calls 27
		xdp_first xslow xgro xdp
		repeat "by the program and by the workers" xdp_rates 21 22 23
		repeat "what is passed by it" xdp_passed 26
		xdp_no_more xslow xgro xdp
		for s in xslow xgro xdp; do generator_down $s; done
		group "$(few 60000 500) calls in its maps" xdp_many 24
	fi
	for s in xslow xgro xdp; do stop $s; done
}

# xdp_order SUBJECT WAY: in $order, what the generator is told
xdp_order() {
	local from=n to=f into=l
	[ "$2" = up ] || from=f to=n into=c
	order="$2 mode=frames in=$(xdp_device $from "$1") out=$(xdp_device $to "$1") mac=$(xdp_mac $into "$1")"
	order+=" seconds=$(few 0.25 0.05)"
}

# --- rows 21 to 23

xdp_rates() {
	local s way size order
	for way in up down; do
		for size in 64 1400; do
			for s in xslow xgro xdp; do
				[ "$s-$way$size" != xgro-down1400 ] || continue # no row has it
				xdp_order $s $way
				measured x-$way$size $s $s $order size=$size
			done
		done
	done
}

# --- row 24: as many as there can be, beside as many as in the others

xdp_many() {
	local n
	n=$(few 60000 500)
	generator xdp -t 16 -n 100 -c "$n" || { wrong xdp "$n calls: $out"; return; }
	xdp_first xdp
	repeat "packets of $n calls by the program" xdp_many_packets 24
	xdp_no_more xdp
	generator_down xdp
}
xdp_many_packets() {
	local way order
	for way in up down; do
		xdp_order xdp $way
		measured x-many-$way few xdp $order size=64 calls=$CALLS
		measured x-many-$way all xdp $order size=64 order=random
	done
}

# --- row 26: what is of no call is forwarded by the kernel

xdp_passed() {
	local s order
	for s in xgro xdp; do
		xdp_order $s up
		measured x-passed $s $s $order size=64 plain=1
	done
}

# --- row 27: the better of two runs without a retransmission

xdp_calls() {
	local s n best try
	for s in xgro xdp; do
		best=0
		for try in 1 2; do
			sets_up $s -o 1 -n "$(few 100 10)" -c "$(few 2000 60)" || wrong $s "calls: $out"
			n=$(per_second calls)
			progress "$s: ${n:-0} calls/s, $(grep -oE '[0-9]+ retransmissions' <<<"$out")"
			[ "${n:-0}" -le $best ] || ! grep -q ' 0 retransmissions' <<<"$out" || best=$n
		done
		[ $best = 0 ] || sample x-calls $s $best
	done
}

# --- row 28

# Frames that a driver had no room for, at either end of both cables; what a program drops is none of them.
xdp_no_room() {
	local end space
	for end in n:lac l:xdp f:xdp-far c:xdp; do
		space=${end#*:} end=$(xdp_device "${end%:*}" xdp)
		in_space "$space" cat "/sys/class/net/$end/statistics/tx_dropped" "/sys/class/net/$end/statistics/rx_dropped"
		in_space "$space" ethtool -S "$end" | awk '!/xdp_drops:/ && /drops:|errors:/ { print $2 }'
	done | awk '{ n += $1 } END { print n + 0 }'
}
xdp_by_workers() { ask xdp show counters | awk '$1 == "data" && ($2 == "rx-frames" || $2 == "tun-rx") { n += $3 } END { print n + 0 }'; }

xdp_integrity() {
	local rate amiss=0 seen=0 none slow order orders
	slow=$(xdp_by_workers)
	on_core $GENERATOR_CORE xdp-far sleep infinity &
	daemon[xdp-far]=$! # whoever asks what has come there asks it
	device[xdp]=$(xdp_device f xdp)
	rate=$(few 10000 2000)
	orders=("up mode=single size=mix burst=4 rate=$rate" "down size=mix burst=4 rate=$rate")
	[ $QUICK = 1 ] || orders+=("up mode=gso size=64 burst=32 rate=$((2 * rate))" "down size=64 burst=32 rate=$((2 * rate))"
		"up mode=single size=1400 burst=8 rate=$rate calls=1" "down size=1400 burst=8 rate=$rate calls=1")
	for order in "${orders[@]}"; do
		none=$(xdp_no_room)
		[[ $order = down* ]] || order+=" share=1 count=far at=${daemon[xdp-far]}"
		load xdp $order "mac=$(xdp_mac c xdp)" "seconds=$(length 0.4)" || { wrong xdp "no load: $order"; continue; }
		sane xdp "$order"
		amiss=$((amiss + $(said doubled) + $(said reordered) + $(said corrupt))) seen=$((seen + $(said good)))
		if [ "$(said lost)" != 0 ] && [ "$(xdp_no_room)$(said far_drops)$(said near_drops)" = "${none}00" ]; then
			amiss=$((amiss + $(said lost)))
			wrong xdp "$order: $(said lost) lost of $(said watched)"
		elif [ "$(said lost)" != 0 ]; then # this machine was busy
			progress "xdp, $order: $(said lost) lost of $(said watched) in full queues of the kernel"
		fi
	done
	kill "${daemon[xdp-far]}"
	unset "daemon[xdp-far]"
	device[xdp]=term
	slow=$(($(xdp_by_workers) - slow))
	[ $slow -lt $((seen / 10)) ] || wrong xdp "the workers have carried $slow of $seen"
	sample x-wrong xdp $amiss
}
