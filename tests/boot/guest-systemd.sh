#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest of tests/boot/systemd, as a service of its systemd: what an operator does with the package.  The gateway is
# an LNS; a client in a network namespace calls it and pings through the call.
#
#   guest-systemd.sh installed | again FOLDER SECRET     before and after a reboot; in the host's FOLDER is what
#                                                         FreeRADIUS reads, which the guest has from there
. /mnt/.lib
export DEBIAN_FRONTEND=noninteractive PAGER=cat

check() { # WHAT COMMAND...
	local what=$1 rc=0
	shift
	"$@" || rc=1
	verdict $rc "$what"
}
quietly() { "$@" >/tmp/log 2>&1 || { tail -n 20 /tmp/log; return 1; }; }
shown() { isthmus -x "show $*" 2>/dev/null; }
pid_of() { shown processes | awk -v role="$1" '$1 == role { print $3 }'; }
call_ids() { shown calls | awk '$0 ~ / ann / { print $1, $2 }'; }
called() { [ -n "$(call_ids)" ]; }
property() { systemctl show -P "$1" isthmus.service; }
active() { [ "$(property ActiveState)" = active ]; }
is() { [ "$(property "$1")" = "$2" ]; }
is_not() { ! is "$@"; }
# what is called as the package, and is not the system's note of it
named() { find /etc /opt /srv /usr /var -xdev \( -path /var/lib/dpkg -o -path /var/cache -o -path /var/log/journal \) -prune -o -name '*isthmus*' -print | sort; }
in_lac() { ip netns exec lac "$@"; }
pings_through() { in_lac ping -c 3 -i 0.2 -W 2 -q 10.65.0.1 >/dev/null; }

# Every process is the unit's user, and only keeper has capabilities.
nobody_is_root() {
	shown processes | awk -v opening=net-bind-service,net-admin,net-raw '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ n++; bad += $at["User"] != "isthmus" || $at["Capabilities"] != ($1 == "keeper" ? opening : "none") }
		END { exit bad || n != 3 }'
}

# --- the two ends

configure() {
	cat >/etc/isthmus/isthmus.conf <<-C
		host-name = lns
		udp p { listen = "192.0.2.1:1701" }
		peer lac { port = p  hostname = lac  service = s  secret-file = "lac.secret" }
		pool s { ranges = { "10.65.0.0/24" } }
		service s { local = 10.65.0.1  pool = s  auth = { chap } }
		user ann { secret-file = "lac.secret" }
	C
	(umask 027 && echo "between them" >/etc/isthmus/lac.secret)
}

# So that nobody waits for half a minute, and a folder with what it may not be at home.
unit_differs() {
	mkdir -p /etc/systemd/system/isthmus.service.d
	printf '[Service]\nWatchdogSec=4\nLoadCredential=lac:/root/lac.secret\n' >/etc/systemd/system/isthmus.service.d/test.conf
	(umask 077 && echo "between them" >/root/lac.secret)
	systemctl daemon-reload
}

# The network is there when the gateway starts, also after a reboot; `client` is who uses it.
network() {
	cat >/root/network.sh <<-'S'
		#!/bin/sh
		ip netns add lac
		ip link add lns type veth peer name lac netns lac
		ip addr add 192.0.2.1/24 dev lns
		ip link set lns up
		ip -n lac addr add 192.0.2.2/24 dev lac
		ip -n lac link set lac up
	S
	cat >/etc/systemd/system/cable.service <<-'U'
		[Unit]
		Before=network-online.target
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=/bin/sh -e /root/network.sh
		[Install]
		WantedBy=network-online.target
	U
	quietly systemctl enable --now cable.service
}

client() { # [SECTION]: another client of it
	cat >/root/lac.conf <<-C
		host-name = lac
		vty { socket = "/root/lac.vty" }
		udp p { listen = "192.0.2.2:1701" }
		peer lns { port = p  dial = "192.0.2.1:1701"  hostname = lns  secret = "between them" }
		client home { peer = lns  user = ann  secret = "between them"  redial = 1s }
		${1:-}
	C
	chmod 600 /root/lac.conf
	quietly systemd-run --unit=lac ip netns exec lac isthmus -c /root/lac.conf
}

# --- what is done to it

# survived WHAT: the call is the same, and its pings go through
survived() {
	[ "$(call_ids)" = "$before" ]
	verdict $? "$1: the call goes on: $before"
	check "$1: pings too" within 10 pings_through
	check "$1: systemd has it as running" within 10 active
}
restarted() { is_not NRestarts "$restarts" && active && [ -n "$(pid_of control)" ] && [ -n "$(pid_of data)" ]; }

killed() {
	local pids keeper
	before=$(call_ids)
	keeper=$(property MainPID) restarts=$(property NRestarts)
	check "systemd holds descriptors of it: $(property NFileDescriptorStore)" within 10 is_not NFileDescriptorStore 0
	kill -9 "$keeper"
	check "keeper is killed, and systemd starts it again" within 20 restarted
	survived "keeper killed"

	restarts=$(property NRestarts)
	pids=$(sort -rn "/sys/fs/cgroup$(property ControlGroup)/cgroup.procs") # keeper last, as in crash()
	# shellcheck disable=SC2086 # a list of numbers
	kill -STOP $pids && kill -9 $pids
	check "all are killed, and systemd starts it again" within 20 restarted
	survived "all killed"

	restarts=$(property NRestarts)
	kill -STOP "$(property MainPID)"
	check "keeper hangs: the watchdog ends it, and systemd starts it again" within 60 restarted
	check "the journal says why" within 10 journal_has 'Watchdog timeout'
	survived "watchdog"
}
journal_has() { journalctl -b -u isthmus.service | grep -q "$1"; }

upgraded() {
	local keeper data
	before=$(call_ids) keeper=$(property MainPID) data=$(pid_of data)
	check "a later version is installed" quietly apt-get -qy install /mnt/later.deb
	survived "upgrade"
	[ "$(property MainPID)" = "$keeper" ] && [ "$(pid_of data)" != "$data" ]
	verdict $? "upgrade: keeper has handed over to the new program"
	cmp /etc/isthmus/isthmus.conf /root/kept.conf
	verdict $? "upgrade: the configuration is as it was written"
}

mistaken() {
	before=$(call_ids)
	echo nonsense >>/etc/isthmus/isthmus.conf
	! quietly systemctl reload isthmus.service >/dev/null
	verdict $? "a reload with a mistake fails"
	check "and its place is in the journal" within 10 journal_has 'isthmus.conf:7'
	survived "mistake"
	cp /root/kept.conf /etc/isthmus/isthmus.conf
}

# Each field of a log-in that isthmus(8) names.
fields() {
	local record field missing=
	record=$(journalctl -b -u isthmus.service -o json ISTHMUS_USER=ann MESSAGE_ID=efa36b83593c40969832d6f3ac3fcda0 | head -n 1)
	for field in CATEGORY TUNNEL CALL PEER PORT CIRCUIT USER; do
		[[ $record == *"\"ISTHMUS_$field\":\""* ]] || missing+=" $field"
	done
	[ -z "$missing" ] || { echo "not there:$missing"; return 1; }
}

# --- the two parts

installed() {
	named >/root/before
	check "the packages are installed, with what they depend on" \
		quietly apt-get -qy install /mnt/isthmus_*.deb /mnt/isthmus-d*.deb
	check "the service runs" within 20 active
	check "and is enabled" systemctl -q is-enabled isthmus.service
	check "nothing of it is root" within 10 nobody_is_root
	is NRestarts 0
	verdict $? "it was started once"
	! ss -Hlntu | grep -q .
	verdict $? "nobody is listened to"
	check "autopkgtest: smoke" quietly /mnt/smoke
	check "it has a network" network
	configure
	cp /etc/isthmus/isthmus.conf /root/kept.conf
	unit_differs
	check "a client starts" client
	check "a reload goes on with what is written" quietly systemctl reload isthmus.service
	check "a client has called" within 30 called
	check "its pings go through" within 10 pings_through
	check "the journal has a log-in by its fields" within 10 fields
	killed
	mistaken
	upgraded
}

# FOLDER SECRET: FreeRADIUS of the host, whose files the guest sees, serves the guest's loopback
radius() {
	mkdir /host && mount -t hostfs none /host -o / || return
	quietly systemd-run --unit=radius chroot /host freeradius -f -d "$1/radius" || return
	within 20 listens 1812 || { journalctl -b -u radius --no-pager; tail -n 20 "/host$1/radius/log"; return 1; }
}
listens() { ss -Hlun "sport = :$1" | grep -q .; }
judged() { shown calls | grep -q ' bob '; }

# The two kinds of secret, each as one of the two kinds of credential: in a file that the service's user cannot read, and in
# the unit's own words.
credentials() { # FOLDER SECRET
	check "FreeRADIUS is there" radius "$1"
	printf '[Service]\nSetCredential=radius:%s\n' "$2" >/etc/systemd/system/isthmus.service.d/radius.conf
	systemctl daemon-reload
	sed -i -e 's,secret-file = "lac.secret",secret-file = "/run/credentials/isthmus.service/lac",' \
		-e 's,^service s { ,&radius = isp  ,' /etc/isthmus/isthmus.conf
	echo 'radius isp { server "127.0.0.1" { secret-file = "/run/credentials/isthmus.service/radius" } }' >>/etc/isthmus/isthmus.conf
	[ "$(grep -c '/run/credentials/isthmus.service' /etc/isthmus/isthmus.conf)" = 3 ] && echo "another one" >/etc/isthmus/lac.secret
	verdict $? "secrets of a tunnel, a user and a server are credentials, and nowhere else"
	check "it is started with these" quietly systemctl restart isthmus.service
	check "two clients start" client 'client bob { peer = lns  user = bob  secret = "of bob"  redial = 1s }'
	check "ann, whose secret is in the file, is let in" within 30 called
	check "her pings go through" within 10 pings_through
	check "bob, whom RADIUS knows, is let in" within 30 judged
	check "a reload reads them again" quietly systemctl reload isthmus.service
	! journalctl -b -u isthmus.service -o export | grep -F -e "between them" -e "$2" -e "of bob"
	verdict $? "the journal has no secret"
	systemctl -q stop radius.service
	umount /host
}

# As README.Debian says.
text_log() {
	local log=/var/log/isthmus/isthmus.log dropin=/etc/systemd/system/isthmus.service.d/log.conf
	printf '[Service]\nStandardError=append:%s\n' "$log" >"$dropin"
	systemctl daemon-reload
	check "it is started with a log in a text file" quietly systemctl restart isthmus.service
	check "which has its lines with their time" within 10 grep -qE '^[0-9-]{10}T[0-9:.+]+ main notice: isthmus .* started' "$log"
	check "logrotate takes it" quietly logrotate -f -s /run/logrotate.status /etc/logrotate.d/isthmus
	! grep -q " started as " "$log" && grep -q " main notice: isthmus .* started as " "$log.1"
	verdict $? "what there was is in another file"
	check "the service goes on" quietly systemctl reload isthmus.service
	[ "$(tr -cd '\0' <"$log" | wc -c)" = 0 ] && [ -s "$log" ] && ! grep -q ' started as ' "$log"
	verdict $? "from the beginning of its own"
	check "logrotate takes that too" quietly logrotate -f -s /run/logrotate.status /etc/logrotate.d/isthmus
	[ -s "$log.1" ] && zcat "$log.2.gz" | grep -q ' main notice: isthmus .* started as '
	verdict $? "and packs what is older"
	rm "$dropin"
	systemctl daemon-reload
}

again() {
	local said
	check "after a reboot the service runs" within 30 active
	check "as a user without rights" within 10 nobody_is_root
	credentials "$@"
	said=$(systemd-analyze security --no-pager isthmus.service | tail -n 1 | tr -cd ' -~')
	awk '{ exit !(match($0, /service: [0-9.]+/) && substr($0, RSTART + 9, RLENGTH - 9) + 0 <= 2.5) }' <<<"$said"
	verdict $? "systemd's opinion: $said"
	text_log
	cgroup=/sys/fs/cgroup$(property ControlGroup)/cgroup.procs
	check "it stops" quietly systemctl stop isthmus.service
	is Result success && [ ! -s "$cgroup" ]
	verdict $? "in good order, and nothing of it is left"
	check "it starts" quietly systemctl start isthmus.service
	check "and is called again" within 30 called
	systemctl -q stop lac.service
	removed
}

removed() {
	check "the packages are removed" quietly apt-get -qy remove isthmus isthmus-dev isthmus-doc
	! active && [ -z "$(pgrep -u isthmus)" ]
	verdict $? "the service has ended"
	test -e /etc/isthmus/isthmus.conf && test ! -e /usr/bin/isthmus
	verdict $? "the configuration stays, the program does not"
	rm -r /etc/systemd/system/isthmus.service.d
	check "they are purged" quietly apt-get -qy purge isthmus
	named >/root/after
	[ "$(diff /root/before /root/after | grep '^[<>]')" = "> /etc/isthmus" ] && [ "$(ls /etc/isthmus)" = lac.secret ]
	verdict $? "nothing is left but what the operator has put there"
	! systemctl --failed --no-legend | grep .
	verdict $? "and no unit has failed"
}

"$@"
[ "$fails" = 0 ] || journalctl -b -u isthmus.service -u lac.service --no-pager | tail -n 60
exit "$fails"
