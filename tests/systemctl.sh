#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# systemctl where no systemd runs: tests/package puts it into the copy of the system that it installs packages in.  It
# starts one service as its unit says: the user, capabilities, folders and commands; wire/manager.py is the rest.
#
#   systemctl.sh [OPTION...] is-active|is-enabled|start|stop|restart|reload|daemon-reload isthmus.service
set -u
here=$(dirname "$(readlink -f "$0")")
unit=/lib/systemd/system/isthmus.service
state=/run/played
words=()
for word; do [[ $word == -* ]] || words+=("$word"); done

setting() { sed -n "s/^$1=//p" "$unit"; }

# as_unit COMMAND...
as_unit() {
	local caps user
	user=$(setting User)
	caps=-all$(setting AmbientCapabilities | tr ' ' '\n' | sed 's/^CAP_/,+/' | tr -d '\n' | tr '[:upper:]' '[:lower:]')
	exec setpriv --reuid "$user" --regid "$user" --init-groups --no-new-privs --inh-caps "$caps" \
		--ambient-caps "$caps" --bounding-set "$caps" "$@"
}

alive() { kill -0 "$(cat $state/manager 2>/dev/null)" 2>/dev/null; }
told_ready() { grep -qx READY=1 $state/states; }

begin() {
	local i
	mkdir -p $state
	rm -f $state/states $state/notify
	touch $state/states
	for i in run:RuntimeDirectory var/lib:StateDirectory var/log:LogsDirectory; do
		install -d -o "$(setting User)" -g "$(setting User)" "/${i%:*}/$(setting "${i#*:}")"
	done
	# shellcheck disable=SC2046 # words of a command
	(as_unit $(setting ExecStartPre)) </dev/null >>$state/isthmus.log 2>&1 || return
	# shellcheck disable=SC2046 # the same
	(as_unit_managed $(setting ExecStart)) </dev/null >>$state/isthmus.log 2>&1 &
	echo $! >$state/manager
	for ((i = 0; i < 100; i++)); do
		! told_ready || return 0
		alive || return
		sleep 0.1
	done
	return 1
}
as_unit_managed() { exec setsid "$here/wire/manager.py" $state "$0" as-unit "$@"; }

end() {
	local pid i
	alive || return 0
	pid=$(cat $state/manager)
	kill "$pid"
	for ((i = 0; i < 200; i++)); do
		alive || return 0
		sleep 0.1
	done
	return 1
}

# shellcheck disable=SC2046 # words of a command
case ${words[0]:-} in
as-unit) as_unit "${@:2}" ;; # from the manager
is-active) alive ;;
start) alive || begin ;;
stop) end ;;
restart) end && begin ;;
reload) as_unit $(setting ExecReload) ;;
daemon-reload) ;;
is-enabled) test -e "/etc/systemd/system/multi-user.target.wants/${unit##*/}" && echo enabled ;;
*) exec /usr/bin/systemctl "$@" ;;
esac
