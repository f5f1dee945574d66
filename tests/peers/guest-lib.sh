# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What scripts in the guest share; uml-run.sh puts it beside them as /mnt/.lib.
fails=0

verdict() { # STATUS WHAT
	[ "$1" = 0 ] && echo "PASS $2" || { echo "FAIL $2"; fails=1; }
}

# What clients of xl2tpd have in common as options of pppd
ppp_options() {
	printf '%s\n' noauth debug 'logfile /run/ppp.log' noipdefault ipcp-accept-local ipcp-accept-remote noccp \
		'mtu 1400' 'mru 1400'
}

within() { # SECONDS COMMAND...: until it succeeds
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}
