# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# FreeRADIUS beside an LNS of ours, and a client that dials it: a script sources this after lib.sh.  Spaces lac and lns
# are joined by a cable; with AAA set to another space, which the script makes, the servers are there.
command -v freeradius >/dev/null || cannot "no freeradius"
if [ "${AAA:=lns}" = lns ]; then
	space lac
	space lns
	cable lac 192.0.2.1/24 lns 192.0.2.2/24
fi
SECRET=0123456789abcdef
PROOF='update reply { Message-Authenticator := 0x00 }'

# server_conf NAME PORT SECRET PROOF [EAP]: what FreeRADIUS reads, in $WORK/NAME: it serves that port of the loopback, or of
# its address AT, and begins EAP with that method; PROOF: a line for its answers.  Users are those of $WORK/users, in the
# form of its module files.  With ACCOUNTING=yes it writes down what it is told at the next port, in $WORK/NAME/detail.
server_conf() {
	local dir=$WORK/$1 eap=${5:+eap} at=${AT:-127.0.0.1}
	mkdir -p "$dir"
	cat >"$dir/radiusd.conf" <<-E
		prefix = /usr
		localstatedir = $dir
		raddbdir = $dir
		libdir = /usr/lib/freeradius
		logdir = $dir
		run_dir = $dir
		pidfile = $dir/pid
		max_requests = 4096
		log {
			destination = files
			file = $dir/log
			auth = yes
		}
		security {
			max_attributes = 200
			reject_delay = 0
			status_server = yes
		}
		modules {
			files {
				filename = $dir/users
			}
			pap {
			}
			chap {
			}
			mschap {
				use_mppe = yes
				require_encryption = no
			}
			eap {
				default_eap_type = ${5:-md5}
				md5 {
				}
				mschapv2 {
				}
			}
			detail {
				filename = $dir/detail
			}
		}
		client here {
			ipaddr = $at
			secret = "$3"
		}
		server default {
			listen {
				type = auth
				ipaddr = $at
				port = $2
			}
			${ACCOUNTING:+listen {
				type = acct
				ipaddr = $at
				port = $(($2 + 1))
			\}}
			authorize {
				$eap
				chap
				mschap
				files
				pap
			}
			authenticate {
				Auth-Type PAP {
					pap
				}
				Auth-Type CHAP {
					chap
				}
				Auth-Type MS-CHAP {
					mschap
				}
				eap
			}
			post-auth {
				$4
				Post-Auth-Type REJECT {
					$4
				}
			}
			accounting {
				detail
			}
		}
	E
	cp "$WORK/users" "$dir/users"
}
# server NAME PORT SECRET PROOF [EAP]: it runs beside the LNS
server() {
	server_conf "$@"
	ip netns exec "$TAG-$AAA" freeradius -f -d "$WORK/$1" >>"$WORK/$1.log" 2>&1 </dev/null &
	daemon[$1]=$!
	within 10 listens "$2" || give_up "FreeRADIUS listens on port $2"
}
listens() { in_space "$AAA" ss -Hlun "sport = :$1 and src ${AT:-127.0.0.1}" | grep -q .; }
silence() { # NAME [SIGNAL]
	kill "-${2:-TERM}" "${daemon[$1]}"
	wait "${daemon[$1]}" 2>/dev/null
	unset "daemon[$1]"
}
# cell PORT COLUMN: of the server there
cell() { ask lns show radius | awk -v s="127.0.0.1:$1" -v c="$2" '$2 == s { print $c }'; }
state_is() { [ "$(cell "$1" 4)" = "$2" ]; }
counter() { ask lns show counters | awk -v c="$1" '$1 == "aaa" && $2 == c { n = $3 } END { print n + 0 }'; }
grown() { [ "$(counter "$1")" -gt "$2" ]; }

# client METHOD USER SECRET: it dials
client() {
	cat >"$WORK/lac.conf" <<-E
		host-name = lac
		udp wan { listen = "192.0.2.1:1701" }
		peer lns { port = wan  dial = "192.0.2.2:1701" }
		client c { peer = lns  auth = $1  user = "$2"  secret = "$3"  tun = c0  redial = 1s }
	E
	gateway lac
}
has() { in_space lac ip -4 addr show dev c0 2>/dev/null | grep -q "inet $1"; }
replies() { in_space lac ping -c 1 -W 2 10.77.0.1 >/dev/null 2>&1; }

