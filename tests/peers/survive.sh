# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests share that take control away under foreign peers.  Sourced after lib.sh.

# control_of NAME: the pid of its control; without an answer of its own
control_of() { pgrep -P "${daemon[$1]}" -x isthmus-control; }
# next_control NAME PID: there is one, and it is not the one just killed, which keeper may not have reaped yet
next_control() {
	local pid
	pid=$(control_of "$1") && [ "$pid" != "$2" ]
}

# kill_control NAME TIMES SECONDS: one every so often, and $killed is how many there were; 0 SECONDS = each as soon as
# it is there, so that keeper waits longer and longer
kill_control() {
	local pid=
	killed=0
	for _ in $(seq "$2"); do
		sleep "$3"
		[ "$3" != 0 ] || within 40 next_control "$1" "$pid"
		pid=$(control_of "$1")
		kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
	done
}

# stand_still NAME SECONDS: its control is there and does nothing
stand_still() {
	local pid
	pid=$(control_of "$1")
	kill -STOP "$pid"
	sleep "$2"
	kill -CONT "$pid"
}

# all_calls SPACE: the ids of its calls
all_calls() { ask "$1" show calls | awk '$1 ~ /^[0-9]+$/ { print $1, $2 }' | sort; }

# ended_with FILE: what stream.py has said there
ended_with() { tail -n 1 "$1"; }
