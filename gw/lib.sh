# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What gw/lab and tests/run share: becoming root, installing what is missing, progress, and building.
# Sourced, never run.  Everything made lands in build/ (BUILD), every log in build/logs/.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$TOP/build
LOGS=$BUILD/logs

say() { printf '[%4ds] %s\n' "$SECONDS" "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# as_root "$0" "$@": the same command through sudo unless we are root already
as_root() {
	[ "$(id -u)" = 0 ] && return
	command -v sudo >/dev/null || die "must run as root (or have sudo)"
	exec sudo --preserve-env=LAB,CI,FUZZ_SECONDS,JOBS,TEST_LIMIT -- "$@"
}

# Shows that a step is alive: on a terminal the last line of its log every second, else a line every
# 30 s.  Waits by reading a pipe nobody writes, so that it leaves no sleep behind when killed.
ticker() {
	local what=$1 log=$2 pause=30 fd last
	[ -t 1 ] && pause=1
	exec {fd}<> <(:)
	while :; do
		read -rt "$pause" -u "$fd"
		last=$(tail -n 1 "$log" 2>/dev/null | tr -dc '[:print:]' | cut -c 1-60)
		if [ -t 1 ]; then
			printf '\r\033[K[%4ds] %s: %s' "$SECONDS" "$what" "$last"
		else
			say "$what: $last"
		fi
	done
}

# step WHAT LOG COMMAND...: run it with its output in LOG, show progress; returns its status
step() {
	local what=$1 log=$2 pid rc=0
	shift 2
	mkdir -p "${log%/*}"
	: >"$log"
	say "$what"
	ticker "$what" "$log" &
	pid=$!
	"$@" >"$log" 2>&1 </dev/null || rc=$?
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	[ -t 1 ] && printf '\r\033[K'
	return "$rc"
}

# --- packages

# packages SET...: names of those sets in tests/packages
packages() {
	awk -v sets=" $* " '{ sub(/#.*/, "") } NF == 2 && index(sets, " " $1 " ") { print $2 }' \
		"$TOP/tests/packages"
}

missing_packages() {
	local p
	for p in $(packages "$@"); do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || echo "$p"
	done
}

# No daemon may start because its package is installed: policy-rc.d says 101 ("not allowed") meanwhile,
# and what stood there before comes back.
apt_without_services() {
	(
		policy=/usr/sbin/policy-rc.d
		kept=
		trap 'rm -f "$policy"; [ -z "$kept" ] || mv "$kept" "$policy"' EXIT
		trap 'exit 130' INT TERM
		if [ -e "$policy" ]; then
			kept=$policy.kept-by-isthmus.$BASHPID
			mv "$policy" "$kept"
		fi
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
		export DEBIAN_FRONTEND=noninteractive
		apt-get -q update || echo "apt-get update failed: trying with the lists that are there"
		apt-get -qy -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold \
			install --no-install-recommends "$@"
	)
}

install_missing() {
	local list
	list=$(missing_packages "$@")
	[ -n "$list" ] || return 0
	command -v apt-get >/dev/null || die "needs these Debian packages:" $list
	# shellcheck disable=SC2086 # a list of words
	step "installing $(wc -w <<<"$list") packages" "$LOGS/install.log" apt_without_services $list ||
		{ tail -n 20 "$LOGS/install.log"; die "installing failed: $LOGS/install.log"; }
}

# --- building

configure_and_make() ( # in a shell of its own, since it changes folder
	local dir=$1 like lock flags what
	shift
	mkdir -p "$dir"
	exec {lock}>"$BUILD/.lock"
	flock "$lock"
	if [ ! "$TOP/configure" -nt "$TOP/configure.ac" ] || [ ! -e "$TOP/Makefile.in" ]; then
		"$TOP/autogen.sh" || exit
	fi
	exec {lock}>&- {lock}>"$dir/.building" # two scripts may want the same build
	flock "$lock"
	cd "$dir" || exit
	# what configure found goes with the packages, so a new one makes it look again
	# shellcheck disable=SC2046 # a list of words
	like=$(echo "$*"; dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' $(packages build) libcunit1-dev clang bpftool libbpf-dev 2>/dev/null)
	if [ ! -e Makefile ] || [ "$(cat .configured 2>/dev/null)" != "$like" ]; then
		flags=$(grep -sE '^(IST_)?(CFLAGS|LDFLAGS) =' Makefile)
		"$TOP/configure" -q "$@" || exit
		# make does not know that an object was built with other flags
		[ -z "$flags" ] || [ "$flags" = "$(grep -E '^(IST_)?(CFLAGS|LDFLAGS) =' Makefile)" ] || make clean || exit
		printf '%s\n' "$like" >.configured
	fi
	for what in $TARGETS; do
		case $what in
		check) make -j"$(nproc)" check TESTS= || exit ;; # without a test to run it builds the test programs
		*) make -j"$(nproc)" "$what" || exit ;;
		esac
	done
)
# what `build` makes: gw/lab asks for the daemon alone, a third of the work
TARGETS='all check'

# build NAME CONFIGURE-ARGUMENT...: NAME is a folder under build/, "." for build/ itself
build() {
	local name=$1 dir=$BUILD log
	shift
	[ "$name" = . ] && name=gcc || dir=$BUILD/$name
	log=$LOGS/build-$name.log
	step "building ($name)" "$log" configure_and_make "$dir" "$@" ||
		{ grep -E 'error|warning|undefined' "$log" || tail -n 20 "$log"; echo "see $log"; return 1; }
}

build_default() { build . --enable-werror; }

# --- namespaces and the gateways in them

# within SECONDS COMMAND...: try until it succeeds, ten times a second
within() {
	local end=$(($1 * 10)) fd i
	shift
	exec {fd}<> <(:)
	for ((i = 0; i <= end; i++)); do
		"$@" && { exec {fd}>&-; return 0; }
		read -rt 0.1 -u "$fd"
	done
	exec {fd}>&-
	return 1
}

# netns_down NAME: end what runs in it, then remove it
netns_down() {
	local pids
	pids=$(ip netns pids "$1" 2>/dev/null)
	# shellcheck disable=SC2086 # a list of numbers
	[ -z "$pids" ] || kill $pids 2>/dev/null
	within 3 netns_empty "$1" || kill -9 $(ip netns pids "$1") 2>/dev/null
	ip netns del "$1" 2>/dev/null
}
netns_empty() { [ -z "$(ip netns pids "$1" 2>/dev/null)" ]; }

# vty SOCKET COMMAND...: what the gateway whose VTY is at this socket answers to one command
vty() {
	local socket=$1
	shift
	"$BUILD/isthmus" -s "$socket" -x "$*" 2>/dev/null
}
