#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The Frame Relay of a real kernel at the other end: every LMI, by name and found out, the kernel as user and as
# network, side by side, each on a TAP of its own.  Row N is our port pN, TAP frN, and in the guest kernel
# vecN, hdlcN and pvcN.  The links go down and up on either side, PVCs become new, active, inactive and deleted,
# and L2TP tunnels are opened over the kernel's devices.
#
# Run by hand: `make hdlc-fr` in build/, then this.  It is not part of tests/run, since it builds kernel modules
# (linux-source-6.1, flex, bison, bc; a minute or two, once).
. "$(dirname "$0")/../lib.sh"
[ -x "$BUILD/hdlc-fr" ] || give_up "hdlc-fr is not built"
mkdir -p "$LOGS"
"$HERE/peers/uml-wan.sh" "$BUILD/uml-wan" >"$LOGS/uml-wan.log" 2>&1 ||
	case $? in
	77) cannot "$(tail -n 1 "$LOGS/uml-wan.log")" ;;
	*) tail -n 20 "$LOGS/uml-wan.log"; give_up "the kernel's modules build" ;;
	esac
cp "$BUILD"/uml-wan/*.ko "$BUILD/hdlc-fr" "$HERE/peers/l2tp_fr.py" "$WORK"

kind=() said=() role=() theirs=() label=() taps='' devices=''
for lmi in annex-a annex-d cisco; do
	for ours in "$lmi" auto; do
		for side in network user; do
			kind+=("$lmi") said+=("$ours") role+=("$side")
			[ "$side" = user ] && theirs+=(network) || theirs+=(user)
			[ "$ours" = auto ] && found=' found out' || found=
			label+=("$lmi$found, kernel is ${theirs[-1]}")
		done
	done
done
rows() { # [ROLE]: those where we have that
	local n
	for n in "${!kind[@]}"; do [ "${1:-${role[n]}}" != "${role[n]}" ] || echo "$n"; done
}
check_rows() { # ROLE WHAT COMMAND...: N is put after COMMAND; ROLE "" = all
	local n of=$1 what=$2
	shift 2
	for n in $(rows $of); do check "${label[n]}: $what" "$@" "$n"; done
}

# --- our side

configure() { # DLCI: of the ports where we are the network
	local n dlci
	cat <<-E
		host-name = lns
		peer lac { hostname = lac.example  secret = testsecret  service = s }
		pool s { ranges = { 10.64.0.0/24 } }
		service s { local = 10.64.0.1  pool = s  auth = { chap } }
	E
	for n in $(rows); do
		[ "${role[n]}" = network ] && dlci=$1 || dlci=100
		echo "frame-relay p$n { link = \"packet:fr$n\" lmi = ${said[n]} role = ${role[n]}"
		echo " t391 = 1s t392 = 3s dlci $dlci { carries = l2tp } }"
	done
}
status() { ask net show ports | grep -E "^ *p$1 "; }
up() { status "$1" | grep -q "link up, LMI ${kind[$1]} ${role[$1]} up, 1 of 1 DLCIs up"; }
pvc_down() { status "$1" | grep -q "LMI ${kind[$1]} ${role[$1]} up, 0 of 1 DLCIs up"; }
lmi_down() { status "$1" | grep -q "link up, LMI [a-z-]* ${role[$1]} down, 0 of 1 DLCIs up"; }
link_down() { status "$1" | grep -q "link down, LMI [a-z-]* ${role[$1]} down, 0 of 1 DLCIs up"; }
counted() { ask net show counters | awk -v p="p$1" -v c="$2" '$1 == p && $2 == c { n = $3 } END { print n + 0 }'; }
clean() { [ "$(counted "$1" lmi-malformed)$(counted "$1" rx-lmi-stray)" = 00 ]; }
two_ipv4() { [ "$(counted "$1" rx-ipv4)" = 2 ]; }
unknown_pvc() { [ "$(counted "$1" lmi-pvc-unknown)" -gt 0 ]; }
tunnels() { [ "$(ask net show tunnels | grep -c established)" = "$1" ]; }
in_order() { tunnels ${#kind[@]}; }

# --- the kernel's

# The log and the carrier of every pvcN, as they were when `look` asked
look() { log=$(in_guest dmesg) && carrier=$(in_guest 'head -n 1 /sys/class/net/pvc*/carrier'); }
forget() { in_guest 'dmesg -C'; }
logged() { [[ $log == *"hdlc$2: $1"* ]]; } # TEXT N
pvc_logged() { logged "DLCI 100 [pvc$2] $1" "$2"; }
active() { [[ $carrier == *"/pvc$1/carrier <==
1"* ]]; }
in_log() { # ROLE COMMAND...: true for all those rows now
	local of=$1 n
	shift
	look
	for n in $(rows $of); do "$@" "$n" || return 1; done
}
check_log() { # ROLE WHAT COMMAND...: waits for all, then says which
	within 20 in_log "$1" "${@:3}" || :
	check_rows "$@"
}
no_errors() { [ "${errors[$1]:-}" = 0 ]; }
each() { # ROLE COMMAND: in the guest for those rows, N written as @
	local n
	in_guest "$(for n in $(rows $1); do echo "${2//@/$n} || exit_status=1"; done); (exit \${exit_status:-0})"
}

# --- the test

space net
for n in $(rows); do
	tap "fr$n" "10.98.$n.1/24"
	taps+=" fr$n" devices+=",vec$n"
done
configure 100 >"$WORK/net.conf"
sniff net any wire
gateway net
GUEST_LIMIT=400 guest "$taps" guest-shell.sh
guest_did || give_up "the guest starts"
each '' 'ip link set vec@ up' || give_up "the guest's devices"
in_guest "cd /mnt; for m in hdlc hdlc_fr 'hdlc_eth lower=${devices#,}'; do set -- \$m; insmod ./\$1.ko \$2 || break; done" ||
	give_up "the guest loads the modules"
for n in $(rows); do
	in_guest "/mnt/hdlc-fr hdlc$n lmi ${kind[n]} ${theirs[n]} && /mnt/hdlc-fr hdlc$n add 100 &&
		ip addr add 10.66.$n.1 peer 10.66.$n.2 dev pvc$n" || give_up "the guest sets up hdlc$n"
done
start='ip link set hdlc@ up && ip link set pvc@ up'
each '' "$start" || give_up "the guest starts its devices"

check_rows '' "up here" within 20 up
# As user it sees our PVC only when its link has come up: then it is new no more.
check_log user "the kernel had it as new" pvc_logged 'new inactive'
check_log '' "then active" pvc_logged active
check_rows '' "its device is up" active

in_guest "for n in $(rows | tr '\n' ' '); do ping -q -c 2 -i 0.2 -W 1 10.66.\$n.2 >/dev/null & done; wait"
check_rows '' "both its pings came, and IPv4 is dropped here" within 5 two_ipv4

sccrq=$(awk '!/^#/ { print $2; exit }' "$TOP/tests/vectors/xl2tpd-lac_xl2tpd-lns.hex")
in_guest "python3 /mnt/l2tp_fr.py 100 $sccrq testsecret $(rows | sed 's/^/hdlc/' | tr '\n' ' ') >/run/lac 2>&1 & lac=\$!"
check "a tunnel over each is established" within 20 in_order
ask net show tunnels
for id in $(ask net show tunnels | awk '$1 ~ /^[0-9]+$/ { print $1 }'); do ask net clear tunnel "$id"; done
in_guest 'wait $lac'
log=$(in_guest cat /run/lac)
grep -v ' up$\| closed$' <<<"$log"
tunnel() { [[ $log == *"hdlc$2 $1"* ]]; }
check_rows '' "SCCRP as it must be" tunnel up
check_rows '' "StopCCN after \`clear tunnel\`" tunnel closed
mapfile -t errors < <(in_guest "for n in $(rows | tr '\n' ' '); do cat /sys/class/net/hdlc\$n/statistics/rx_errors; done")
for n in $(rows); do
	# to find out the LMI as user is to ask in all of them
	[ "${said[n]} ${role[n]}" = 'auto user' ] || check "${label[n]}: no frame of ours was wrong to the kernel" no_errors "$n"
done
check_rows '' "nor its LMI to us" clean

forget
each '' 'ip link set vec@ down' # it lets go of its TAP, which loses its carrier
check_rows '' "cable pulled: down here" within 5 link_down
check_log '' "and at the kernel" logged 'Link unreliable'
forget
each '' 'ip link set vec@ up'
check_rows '' "and back: up here" within 20 up
check_log '' "and at the kernel" pvc_logged active

each '' 'ip link set hdlc@ down'
check_rows '' "the kernel falls silent: LMI down here" within 20 lmi_down
forget
each '' "$start"
check_rows '' "and back: up here" within 20 up
check_log '' "and at the kernel" pvc_logged active

each user 'ip link set pvc@ down'
check_rows user "its PVC becomes inactive: down here" within 20 pvc_down
each user 'ip link set pvc@ up'
check_rows user "and active again: up here" within 20 up
each user 'ip link set pvc@ down && /mnt/hdlc-fr hdlc@ delete 100 && /mnt/hdlc-fr hdlc@ add 200'
check_rows user "it has another PVC instead: down here" within 20 pvc_down
check_rows user "the other one is unknown here" within 20 unknown_pvc
each user '/mnt/hdlc-fr hdlc@ delete 200 && /mnt/hdlc-fr hdlc@ add 100 && ip link set pvc@ up'
check_rows user "and the first again: up here" within 20 up

# Nothing of this is checked of the ports where we are the user: they are only restarted.
forget
check "SIGTERM ends the gateway with status 0" stop net
configure 101 >"$WORK/net.conf"
gateway net
check_log network "we have another PVC instead: deleted at the kernel" pvc_logged deleted
check_log network "the other one is new there" logged 'DLCI 101 [] new inactive'
check_log network "then active" logged 'DLCI 101 [] active'
forget
check "SIGTERM ends it again" stop net
configure 100 >"$WORK/net.conf"
gateway net
check_log network "the first again: the other is deleted" logged 'DLCI 101 [] deleted'
check_log network "and this one new" pvc_logged 'new inactive'
check_log network "then active" pvc_logged active
check_rows '' "up here" within 20 up

in_guest 'exit 0'
check "the guest ends" guest_ended
check "SIGTERM ends the gateway" stop net
sniffed wire
decoded wire frether:fr:q933 frether:fr:lmi frether:fr:ip:icmp frether:fr:l2tpraw:l2tp
finish
