#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs one script inside Debian's user-mode-linux kernel, with the host's own file system as its
# read-only root, and passes its exit status back.  A boot and a halt take about four seconds.
#
#   uml-run.sh [-N netns] [-t tap]... [-s tty] [-d disk] [-m MB] [-w dir] [-T seconds] script [argument...]
#     -N  run the kernel inside this network namespace
#     -t  attach the guest's vec0 (vec1 and so on, given again) to this TAP, which exists already
#     -s  attach the guest's ttyS0 to this tty or pty
#     -d  its root is this disk instead, with the disk's own init, as tests/boot/base.sh makes them; the script's output
#         comes by ttyS0, what the system says goes to the file console.log of -w
#     -w  host directory that the guest sees read-write at /mnt (default: one of its own)
#
# The script runs as root in bash, in /mnt; the guest's console is our stdout.  Two guests need two
# directories.  UML_MTU: of its devices, default 1500.  Status 125: the guest did not finish in time.
set -u
ns='' taps=() tty='' disk='' mem=256 work='' limit=120
while getopts N:t:s:d:m:w:T: o; do
	case $o in
	N) ns=$OPTARG ;;
	t) taps+=("$OPTARG") ;;
	s) tty=$OPTARG ;;
	d) disk=$OPTARG ;;
	m) mem=$OPTARG ;;
	w) work=$OPTARG ;;
	T) limit=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
script=$1
shift
[ -n "$work" ] || { work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT; }
work=$(readlink -f "$work")
here=$(dirname "$(readlink -f "$0")")
export TMPDIR=${UML_TMPDIR:-/dev/shm} # the guest's memory is a file there; it must allow exec
rm -f "$work/.rc"
cp "$script" "$work/.script" && cp "$(dirname "$0")/guest-lib.sh" "$work/.lib" && printf '%q ' "$@" >"$work/.args" || exit 2
gcc -O2 -shared -fPIC -o "$work/.xstate.so" "$here/uml-xstate.c" || exit 2
run=(env "LD_PRELOAD=$work/.xstate.so" linux.uml "mem=${mem}M" con=null ssl=null umid=r$$ "uml_dir=$work/.uml" "UMLW=$work")
if [ -n "$disk" ]; then
	exec 3>>"$work/console.log"
	run+=("ubd0=$disk" root=/dev/ubda rw con0=null,fd:3 ssl0=null,fd:1)
else
	run+=(root=/dev/root rootfstype=hostfs rootflags=/ ro quiet "loglevel=${UML_LOGLEVEL:-3}" con0=null,fd:1
		"init=$here/uml-init.sh")
fi
for i in "${!taps[@]}"; do run+=("vec$i:transport=tap,ifname=${taps[i]},depth=128,gro=1${UML_MTU:+,mtu=$UML_MTU}"); done
[ -z "$tty" ] || run+=("ssl0=tty:$tty")
[ -z "$ns" ] || run=(ip netns exec "$ns" "${run[@]}")
timeout -k 5 "$limit" "${run[@]}" </dev/null 2>&1
[ -s "$work/.rc" ] || { echo "the guest did not finish"; exit 125; }
exit "$(cat "$work/.rc")"
