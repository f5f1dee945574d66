# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: our x25 transport beside the kernel's LAPB, on lines that are veth pairs, kN the kernel's end and
# oN ours; see x25_kernel.c.  lapbether is the kernel as A side, modulo 8; X.25 on an HDLC device can be both.
. /mnt/.lib
modprobe -a x25 lapb veth sch_netem || { echo "FAIL the guest has x25, lapb, veth and netem"; exit 1; }
insmod ./lapbether.ko && insmod ./hdlc.ko && insmod ./hdlc_x25.ko || exit
for n in 0 1 2 3; do
	ip link add "k$n" type veth peer "o$n" && ip link set "k$n" up && ip link set "o$n" up || exit
	for end in k o; do cat "/sys/class/net/$end$n/address" >"$end$n.mac"; done
done
insmod ./hdlc_eth.ko lapb=1 lower=k1,k2,k3 || exit
./hdlc-proto hdlc0 x25 dce 8 && ./hdlc-proto hdlc1 x25 dte 128 && ./hdlc-proto hdlc2 x25 dce 128
verdict $? "the kernel's HDLC devices are X.25"
tcpdump -Z root --immediate-mode -U -s 4096 -B 16384 -i any -w lapb.pcap '(ether proto 0x6000)' 2>tcpdump.log &
capture=$!
until grep -q 'listening on' tcpdump.log; do sleep 0.1; done

try() { # LABEL KIND DEVICE N SETTING...
	local label=$1 kind=$2 device=$3 n=$4
	shift 4
	./x25-kernel "$kind" "$device" "o$n" "$@" 2>&1 | sed -u "s/^\(PASS\|FAIL\) /\1 $label: /"
	[ "${PIPESTATUS[0]}" = 0 ] || fails=1
	ip link set "$device" down # and with it goes the route
}
try "kernel A, modulo 8" lapb lapb0 0
try "kernel B, modulo 8" lapb hdlc0 1 role=dte
kill -INT "$capture"
try "kernel A, modulo 128" lapb hdlc1 2 lapb-modulo=128 lapb-window=20
for n in 1 3; do tc qdisc add dev "k$n" root netem loss 5%; done
try "kernel B, modulo 8" lossy hdlc0 1 role=dte impair-loss=5
try "kernel B, modulo 128" lossy hdlc2 3 role=dte lapb-modulo=128 impair-loss=5
wait "$capture"
exit "$fails"
