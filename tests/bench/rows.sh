# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What is measured, one function for each group of rows; sourced by tests/bench/bench.  Each puts samples into
# $WORK/samples; rows about calls are in tests/bench/calls.sh; which ratio a row is and what its goal is says tests/bench/report.py.

run_rows() {
	[ ! -x /usr/sbin/l2tpns ] || peer_start # it takes seconds
	group "frames from circuit to circuit" lines_up 14
	group "what arrives of them" lines_check 14
	repeat "frames as fast as they go" lines_switch 14
	absent workers "$(nproc) processors here, it takes four"
	group "subjects and their calls" begin_subjects 1 2 3 4 5 6 7 8 9 10 11 16 20
	group "what arrives, at a rate that all can carry" check_packets 1 2 3 4 5 8 16 20
	repeat "up, 64 octets, bursts" up_bursts 1 3 20
	repeat "up, 64 octets, one by one" up_single 2
	repeat "up, 1400 octets, one flow cut by the sender" up_flow 8
	repeat "down, 64 octets" down_rotating 4 5
	repeat "latency at a tenth of the load" latency 16
	repeat "loss at four fifths of the load" loss 20
	repeat "calls set up" call_rate 10
	repeat "tunnels opened" tunnel_rate 11
	group "tunnel switch" tunnel_switch 9
	group "LAC client and LNS over each medium" media_up 6 7 17 18 19
	repeat "a TCP stream over UDP" tcp_udp 6 7
	repeat "a TCP stream over media" tcp_media 18 19
	repeat "lone packets over media" lone_frames 17
	group "" media_down 6 7 17 18 19
	group "" end_subjects 1 2 3 4 5 6 7 8 9 10 11 16 20
	# shellcheck disable=SC2086 # a list
	group "the program for the drivers" xdp_rows $XDP_ROWS
	group "$(few 60000 500) calls" many_calls 12 13
	group "$(few 500000 2000) calls" most_calls 13a
}

group() { # WHAT FUNCTION ROW...
	local what=$1 function=$2
	shift 2
	wanted "$@" || return 0
	[ -z "$what" ] || progress "$what"
	$function
}
repeat() { # WHAT FUNCTION ROW...: REPS times
	local what=$1 function=$2 rep
	shift 2
	wanted "$@" || return 0
	for rep in $(seq "$REPS"); do
		progress "$what, $rep of $REPS"
		$function
	done
}

# --- subjects

begin_subjects() {
	lns_up ours
	generator ours -n 20 -c $CALLS || give_up "isthmus takes calls"
	if peer_up && generator peer -n 20 -c $CALLS; then
		have_peer=1
	else
		have_peer=0
		tail -n 5 "$WORK"/l2tpns.out "$WORK"/gen-peer.log 2>/dev/null
		progress "l2tpns cannot be measured here"
	fi
	generator floor -r -c $CALLS || give_up "the generator of the floors"
	ask ours show datapath >"$WORK/offloads" 2>/dev/null
}
end_subjects() {
	generator_down ours
	[ $have_peer = 0 ] || generator_down peer
	generator_down floor
	stop ours
}
subjects() { echo ours; [ $have_peer = 0 ] || echo peer; }

# measured GROUP NAME SPACE COMMAND...: packets a second of what came out, into a sample
measured() {
	local group=$1 name=$2 space=$3 ns n=0 cpu longer
	shift 3
	for longer in '' 0.5 1 2 4; do # on a busy machine a short window may pass without anything
		if ! load "$space" "$@" ${longer:+seconds=$longer}; then
			wrong "$space" "$group: nothing could be measured: ${answer:-}"
			return
		fi
		n=$(said delivered) ns=$(said ns) cpu=$(said cpu_ns)
		sane "$space" "$group $name"
		[ "$n" = 0 ] || break
	done
	[ "$n" -gt 0 ] || { wrong "$space" "$group $name: nothing came out"; return; }
	sample "$group" "$name" $((n * 1000000000 / ns)) $((cpu / n)) $((n * $(said size) * 1000000000 / ns))
}
# What comes out, be it little, is what went in, once, and in its order.
sane() { # SPACE WHAT
	local k
	for k in doubled reordered corrupt; do
		[ "$(said $k)" = 0 ] || wrong "$1" "$2: $(said $k) $k of $(said good)"
	done
}
on_floor() { # GROUP WAY COMMAND...
	local group=$1 way=$2
	shift 2
	floor_up "$way" || { absent "$group-$way" "$(tail -n 1 "$WORK/floor.log")"; return; }
	measured "$group" "$way" floor "$@"
	floor_down
}

# --- rows 1, 2, 3, 8, 4, 5

all_arrive() { # SPACE COMMAND...
	local space=$1
	shift
	load "$space" "$@" "seconds=$(length 0.4)" || { wrong "$space" "no load: $*"; return; }
	sane "$space" "$*"
	[ "$(said good)" -gt 0 ] || wrong "$space" "$*: nothing arrived"
	[ "$(said lost)" = 0 ] || if [ "$(said far_drops)$(said near_drops)" = 00 ]; then
		wrong "$space" "$*: $(said lost) lost of $(said watched)"
	else # this machine was busy, or the subject has small buffers: row 20 is about that
		progress "$space, $*: $(said lost) lost of $(said watched) in full queues of the kernel"
	fi
}
# A loop that does all of that on purpose, so that the generator is known to see it.
check_generator() {
	local k long rc=1
	# Where the machine is busy few packets come through in a short time.
	for long in 0.4 2 8; do
		floor_up up-wrong && load floor up mode=single size=64 rate=5000 burst=4 share=1 calls=1 \
			"seconds=$(length $long)"
		rc=$?
		[ "$(said reordered)" = 0 ] || break # the rarest
		[ $long = 8 ] || floor_down
	done
	verdict $rc "a loop that does wrong is measured"
	for k in lost doubled reordered corrupt; do
		[ "$(said $k)" -gt 0 ]
		verdict $? "the generator sees that packets are $k"
	done
	floor_down
}
check_packets() {
	local s
	check_generator
	for s in $(subjects); do
		all_arrive "$s" up mode=single size=mix rate=$(few 10000 2000) burst=4 share=1
		all_arrive "$s" up mode=gso size=64 rate=$(few 20000 4000) burst=32 share=1
		all_arrive "$s" up mode=gso size=1400 rate=$(few 20000 4000) burst=32 share=1 calls=1
		all_arrive "$s" down size=mix rate=$(few 10000 2000) burst=4
		all_arrive "$s" down size=64 rate=$(few 20000 4000) burst=32
		all_arrive "$s" down size=1400 rate=$(few 20000 4000) burst=32 calls=1
	done
}

up_bursts() {
	local s order="up mode=gso size=64 burst=256 seconds=$(length 1)"
	for s in $(subjects); do measured up64 "$s" "$s" $order; done
	for s in up-plain up-gro; do on_floor up64 $s $order; done
}
up_single() {
	local s order="up mode=single size=64 burst=32 seconds=$(length 1)"
	for s in $(subjects); do measured up64-single "$s" "$s" $order; done
	on_floor up64-single up-plain $order
}

# The sender's kernel cuts, the receiver's puts together, as a network card would.
cut_by_sender() { # on|off
	local s n=0 not=on
	[ "$1" = off ] || not=off
	for s in ours peer floor; do
		n=$((n + 1))
		in_space lac ethtool -K eth$n tx-udp-segmentation $not
		in_space "$s" ethtool -K eth$n gro "$1" rx-udp-gro-forwarding "$1"
	done >/dev/null 2>&1
}
up_flow() {
	local s order="up mode=gso size=1400 burst=184 calls=1 seconds=$(length 1)"
	cut_by_sender on
	for s in $(subjects); do measured up1400-flow "$s" "$s" $order; done
	for s in up-gro up-uso; do on_floor up1400-flow $s $order; done
	cut_by_sender off
}

down_rotating() {
	local s order="down size=64 burst=64 seconds=$(length 1)"
	for s in $(subjects); do measured down64 "$s" "$s" $order; done
	for s in down-plain down-segment; do on_floor down64 $s $order; done
}

# --- rows 16, 20

# rate_of GROUP SUBJECT: the median of its samples so far
rate_of() {
	awk -F '\t' -v g="$1" -v s="$2" '$1 == g && $2 == s { print $3 }' "$WORK/samples" | sort -n |
		awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : 0 }'
}

# There and back, each way on its own: the sum of both.
# Where the machine is busy no packet may come through in a short time.
delays() { # SPACE WAY RATE
	local long
	for long in 1 4 16; do
		load "$1" "$2" mode=single size=64 burst=1 share=1 rate="$3" "seconds=$(length $long)" || return
		[ "$(said p50_ns)" = 0 ] || break
	done
}
latency() {
	local s rate p50 p99 way
	rate=$(($(rate_of up64 peer) / 10))
	[ "$rate" -gt 1000 ] || rate=20000 # nobody has asked for that row
	for s in $(subjects); do
		p50=0 p99=0
		for way in up down; do
			delays "$s" $way $rate || continue
			sane "$s" "$way at $rate/s"
			p50=$((p50 + $(said p50_ns))) p99=$((p99 + $(said p99_ns)))
		done
		sample latency50 "$s" $p50
		sample latency99 "$s" $p99
	done
}

loss() {
	local s rate
	for s in $(subjects); do
		rate=$(($(rate_of up64 "$s") * 8 / 10))
		[ "$rate" -gt 1000 ] || rate=100000
		load "$s" up mode=gso size=64 burst=64 rate=$rate "seconds=$(length 2)" || continue
		sane "$s" "up at $rate/s"
		sample loss "$s" "$(awk -v s="$(said sent)" -v t="$(said through)" 'BEGIN { print (s > t ? (s - t) / s : 0) }')"
	done
}

# --- row 9

tunnel_switch() {
	local rep order="up mode=gso size=64 burst=256 seconds=$(length 1)"
	switch_up
	generator switch -n 20 -c $CALLS || { wrong switch "no calls through it: $out"; return; }
	device[switch]=term
	all_arrive switch up mode=gso size=64 rate="$(few 10000 2000)" burst=16 share=1 "at=$(process far data)"
	all_arrive switch up mode=single size=mix rate="$(few 10000 2000)" burst=4 share=1 "at=$(process far data)"
	for rep in $(seq "$REPS"); do
		progress "tunnel switch, $rep of $REPS"
		far=$(process far data)
		signal far STOP
		measured switch64 ours switch $order count=far "at=$far"
		signal far CONT
		on_floor switch64 switch-segment $order count=near
		on_floor switch64 switch-plain $order count=near
	done
	generator_down switch
	stop switch
	stop far
}
