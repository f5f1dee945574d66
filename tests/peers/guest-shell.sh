# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# In the guest: does what the host writes to `do` (in_guest of tests/lib.sh), its output on the console,
# then "DID STATUS"; until told to exit.
echo "DID 0"
while :; do
	until [ -e /mnt/do ]; do sleep 0.1; done
	task=$(cat /mnt/do)
	rm /mnt/do
	eval "$task"
	echo "DID $?"
done
