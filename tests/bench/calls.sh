# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Rows about calls: how fast they are set up, what they take, what many of them cost the data path; sourced by
# tests/bench/bench.

# ran PID,...: ns of CPU time that they have had
ran() {
	local p
	for p in ${1//,/ }; do cat /proc/"$p"/task/*/schedstat; done 2>/dev/null | awk '{ n += $1 } END { printf "%.0f", n }'
}

# sets_up SPACE OPTION...: calls or tunnels of the subject there, which go again; $out is what is said of them
sets_up() {
	out=$(ip netns exec "$TAG-lac" taskset -c $GENERATOR_CORE "$BUILD/lacgen" -u lacgen -p lacgen -s 40 "${@:2}" "${address[$1]}" 2>&1)
}
per_second() { grep -oE "[0-9]+ $1/s" <<<"$out" | head -n 1 | cut -d ' ' -f 1; } # calls|tunnels

# --- rows 10, 11

# The better run of one and of a hundred tunnels; without a retransmission, when there is one such.
call_rate() {
	local s t n cpu total best
	total=$(few 2000 60)
	for s in $(subjects); do
		best=0
		for t in 1 100; do
			cpu=$(ran "$(pids "$s")")
			sets_up "$s" -t $t -o 1 -n "$(few 100 10)" -c "$total" || wrong "$s" "calls in $t tunnels: $out"
			n=$(per_second calls)
			progress "$s, $t tunnels: ${n:-0} calls/s, $(grep -oE '[0-9]+ retransmissions' <<<"$out")"
			sample "calls-$t-tunnels" "$s" "${n:-0}" $((($(ran "$(pids "$s")") - cpu) / total))
			[ "${n:-0}" -le $best ] || ! grep -q ' 0 retransmissions' <<<"$out" || best=$n
		done
		[ $best = 0 ] || sample calls "$s" $best
	done
}

tunnel_rate() {
	sets_up ours -t 100 -o 100 -c 0 || wrong ours "100 tunnels at once: $out"
	sample tunnels ours "$(per_second tunnels)"
	[ $have_peer = 1 ] || return
	sets_up peer -t "$(few 60 10)" -o 1 -c 0 || wrong peer "tunnels one by one: $out"
	sample tunnels peer "$(per_second tunnels)"
}

# --- rows 12, 13, 13a

# memory (tests/lib.sh) is what there is now; this is the most there was so far
peak_kB() {
	local p
	for p in $(processes "$1"); do cat /proc/"$p"/status; done | awk '/^VmHWM/ { n += $2 } END { print n }'
}
per_call() { awk -v a="$1" -v b="$2" -v n="$3" 'BEGIN { printf "%.3f", (b - a) / n }'; }

many_calls() {
	local n before peak
	n=$(few 60000 500)
	lns_up many
	before=$(memory many) peak=$(peak_kB many)
	generator many -t 16 -n 100 -c "$n" || { wrong many "$n calls: $out"; return; }
	sample memory ours "$(per_call "$before" "$(memory many)" "$n")"
	sample memory-peak ours "$(per_call "$peak" "$(peak_kB many)" "$n")"
	repeat "packets of $n calls" many_packets 13
	generator_down many
	stop many
}
many_packets() {
	local w burst=256
	for w in up down; do
		measured many-$w few many $w mode=gso calls=64 size=64 burst=$burst "seconds=$(length 1)"
		measured many-$w all many $w mode=gso order=random size=64 burst=$burst "seconds=$(length 1)"
		burst=64
	done
}

most_calls() {
	local n before
	n=$(few 500000 2000)
	lns_up many "echo-interval = 30s  echo-failures = 3"
	before=$(memory many)
	generator many -t $((n / 100)) -o 50 -n 100 -c "$n" -s 280 -e 30 || { wrong many "$n calls: $out"; return; }
	sample most-memory ours "$(per_call "$before" "$(memory many)" "$n")"
	sample most-rate ours "$(sed -n 's/.*last tenth \([0-9]*\).*/\1/p' <<<"$out")"
	sample most-rate first "$(sed -n 's/^first tenth \([0-9]*\).*/\1/p' <<<"$out")"
	all_stay "$(few 35 1)" "$n"
	generator_down many
	stop many
}
# all_stay SECONDS CALLS: echoes of all of them, both ways, are answered meanwhile
all_stay() {
	local there
	within "$1" false
	there=$(ask many show summary | awk '$1 == "calls" { print $2 }')
	[ "$there" = "$2" ] || wrong many "${there:-none} of $2 calls are left"
	sample most-stay ours "$(awk -v a="${there:-0}" -v b="$2" 'BEGIN { print a / b }')"
}
