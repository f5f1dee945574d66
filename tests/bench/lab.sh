# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Subjects of the benchmark and what they are measured with; sourced by tests/bench/bench behind tests/lib.sh.
#
# Space `lac` has the generators.  `ours`, `peer` and `floor` have isthmus, l2tpns and the bare loops, each at the end
# of a cable of its own, all at once: who is not measured sleeps.  A subject runs on one processor, all else on another.

CALLS=64
GENERATOR_CORE=0 SUBJECT_CORE=1
declare -A address=([ours]=10.1.0.2 [peer]=10.2.0.2 [floor]=10.3.0.2 [many]=10.4.0.2 [switch]=10.5.0.2)
declare -A near=([ours]=10.1.0.1 [peer]=10.2.0.1 [floor]=10.3.0.1 [many]=10.4.0.1 [switch]=10.5.0.1)
declare -A device=([floor]=floor0) # the TUN there
declare -A beyond=([switch]=far) # where a generator's packets come out, when that is another space
declare -A to=() from=() # descriptors of the generators

# What all of them have behind them: a sink that is looked at, and a hole.
behind() { # SPACE
	ip -n "$TAG-$1" addr add 10.99.0.1/32 dev lo
	ip -n "$TAG-$1" route add blackhole 10.98.0.1/32
	in_space "$1" sh -c 'for f in ip_forward:1 conf/all/rp_filter:0 conf/default/rp_filter:0; do
		echo "${f#*:}" >/proc/sys/net/ipv4/${f%:*}; done'
}

lab_up() {
	local s n=0
	space lac
	for s in ours peer floor many switch; do
		n=$((n + 1))
		space "$s"
		cable lac "${near[$s]}/24" "$s" "${address[$s]}/24" "eth$n"
		behind "$s"
	done
	# the loops send on whatever they read, and the kernel would say something by itself
	in_space floor sh -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
}

on_core() { # CORE SPACE COMMAND...
	local core=$1 space=$2
	shift 2
	exec ip netns exec "$TAG-$space" taskset -c "$core" "$@"
}

# --- isthmus

# lns_conf SPACE [MORE [PORT-MORE]]: an LNS; anybody may call
lns_conf() {
	cat <<-E
		host-name = $1
		workers = 1
		half-open-per-source = 1000
		max-calls = 1000000
		udp p { listen = "${address[$1]}:1701"  ${3:-} }
		peer any { port = p  service = s  max-tunnels = 60000  max-peer-calls = 600000  max-calls-per-source = 600000
		           max-tunnels-per-source = 60000 }
		pool s { ranges = { "10.64.0.0/12" } }
		service s { local = 10.64.0.1  pool = s  auth = { pap }  mtu = 1400  ipv6 = no  tun = term  ${2:-} }
		user lacgen { secret = lacgen }
	E
}

# lns_up SPACE [MORE [PORT-MORE]]
lns_up() {
	lns_conf "$@" >"$WORK/$1.conf"
	UNDER="taskset -c ${CORE:-$SUBJECT_CORE}" gateway "$1"
	device[$1]=term
	quiet "$1"
}

# A tunnel switch, and behind it an LNS that only counts what is sent to it: it is at rest while the switch is measured.
switch_up() {
	space far
	ip -n "$TAG-switch" link add out mtu 1600 type veth peer name in mtu 1600 netns "$TAG-far" || give_up "no veth"
	ip -n "$TAG-switch" addr add 10.6.0.1/24 dev out && ip -n "$TAG-switch" link set out up
	ip -n "$TAG-far" addr add 10.6.0.2/24 dev in && ip -n "$TAG-far" link set in up
	behind far
	address[far]=10.6.0.2
	CORE=$GENERATOR_CORE lns_up far
	cat >"$WORK/switch.conf" <<-E
		host-name = switch
		workers = 1
		udp p { listen = "${address[switch]}:1701" }
		udp q { listen = "10.6.0.1:1701" }
		peer lac { port = p  hostname = lacgen  max-peer-calls = 10000  max-calls-per-source = 10000 }
		peer far { port = q  dial = "10.6.0.2:1701"  hostname = far }
		route all { from-peer = lac  to = far }
	E
	UNDER="taskset -c $SUBJECT_CORE" gateway switch
	quiet switch
}

# A line for each call is not what is measured, and the other one has none either.
quiet() { for c in aaa ppp call tunnel; do ask "$1" log level $c error >/dev/null; done; }

# --- l2tpns

# Its socket has the kernel's size for all; it comes in a session of its own, since it ends its process group.
peer_start() {
	local dir=$WORK/l2tpns
	mkdir -p "$dir/etc"
	cat >"$dir/etc/startup-config" <<-E
		set debug 0
		set log_file "$dir/l2tpns.log"
		set pid_file "$dir/l2tpns.pid"
		set primary_dns 10.77.2.1
		set primary_radius 127.0.0.1
		set primary_radius_port 1812
		set radius_accounting no
		set radius_secret "sec"
		set radius_authtypes "pap"
		set bind_address ${address[peer]}
		set peer_address 10.63.0.1
		set cluster_interface "eth2"
		set cluster_master_min_adv 1
		set cluster_hb_timeout 10
		set allow_duplicate_users yes
		set idle_echo_timeout 600
		set echo_timeout 60
	E
	echo 10.64.0.0/15 >"$dir/etc/ip_pool"
	: >"$dir/etc/users"
	on_core $GENERATOR_CORE peer "$BUILD/radstub" sec >"$WORK/radstub.log" 2>&1 &
	daemon[radstub]=$!
	# shellcheck disable=SC2016 # expanded by the inner shell
	on_core $SUBJECT_CORE peer unshare -m bash -c 'mount --bind "$1/etc" /etc/l2tpns
		exec setsid l2tpns -c "$1/etc/startup-config"' l2tpns "$dir" >"$WORK/l2tpns.out" 2>&1 </dev/null &
	daemon[l2tpns]=$!
}
peer_up() { # it has been started
	[ -n "${daemon[l2tpns]:-}" ] && within 20 peer_serves || return
	device[peer]=$(ip -n "$TAG-peer" -br link | awk '/^tun/ { sub(/@.*/, "", $1); print $1 }')
}
peer_serves() {
	in_space peer ss -Hlun 'sport = :1701' | grep -q . && in_space peer ip route | grep -q '^10.64.0.0/15'
}
peer_pids() { ip netns pids "$TAG-peer" | xargs ps -o pid=,comm= -p | awk '$2 == "l2tpns" { print $1 }'; }

# --- floors

floor_up() { # WAY
	: >"$WORK/floor.out" # what the last one said is not this one's
	on_core $SUBJECT_CORE floor "$BUILD/floor" "$1" "${address[floor]}" floor0 "${near[floor]}" >"$WORK/floor.out" 2>"$WORK/floor.log" &
	daemon[floor]=$!
	within 5 grep -q READY "$WORK/floor.out" || return
	! ip -n "$TAG-floor" link show floor0 >/dev/null 2>&1 || {
		ip -n "$TAG-floor" link set floor0 up mtu 1500
		ip -n "$TAG-floor" route add 10.64.0.0/12 dev floor0
	}
}
floor_down() {
	kill "${daemon[floor]}"
	wait "${daemon[floor]}" 2>/dev/null
	unset "daemon[floor]"
}

# pids SPACE: of the subject there, separated by commas
pids() {
	case $1 in
	peer) peer_pids ;;
	floor) echo "${daemon[floor]}" ;;
	xslow | xgro | xdp) xdp_pids "$1" ;;
	*) processes "$1" ;;
	esac | xargs | tr ' ' ','
}

# --- generators

# generator SPACE OPTION...: calls of the subject there, until all are up; $out is what setting up was like
generator() {
	local space=$1 name=gen-$1 line
	out=
	shift
	mkfifo "$WORK/$name.in" "$WORK/$name.out"
	exec {to[$space]}<>"$WORK/$name.in" {from[$space]}<>"$WORK/$name.out"
	on_core $GENERATOR_CORE lac "$BUILD/lacgen" -l "$TAG-${beyond[$space]:-$space}" -u lacgen -p lacgen "$@" "${address[$space]}" \
		<"$WORK/$name.in" >"$WORK/$name.out" 2>"$WORK/$name.log" &
	daemon[$name]=$!
	while read -rt 300 -u "${from[$space]}" line; do
		[ "$line" != READY ] || return 0
		out+=$line$'\n'
		progress "$space: $line"
	done
	return 1
}
generator_down() { # SPACE
	kill "${daemon[gen-$1]}"
	wait "${daemon[gen-$1]}" 2>/dev/null
	exec {to[$1]}>&- {from[$1]}>&-
	rm -f "$WORK/gen-$1.in" "$WORK/gen-$1.out"
	unset "daemon[gen-$1]"
}

# load SPACE COMMAND...: $answer is what the generator says
load() {
	local space=$1
	shift
	printf '%s pids=%s device=%s\n' "$*" "$(pids "$space")" "${device[$space]:-}" >&"${to[$space]}"
	read -rt 60 -u "${from[$space]}" answer && [[ $answer != error* ]]
}
# said KEY: a figure of $answer
said() { sed -n "s/.*\\b$1=\\([0-9]*\\).*/\\1/p" <<<"$answer"; }
