#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Process 1 of the guest that uml-run.sh boots.  UMLW comes from the kernel's command line.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb
mount -t proc proc /proc
mount -t sysfs sys /sys
mountpoint -q /dev || mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts pts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
mount -t hostfs none /mnt -o "$UMLW"

# The guest's modules are not under /lib/modules, which is the host's: a modprobe that looks elsewhere,
# for us and for the kernel's own requests.
modules=$(uname -r)
mkdir -p "/run/modules/lib/modules/$modules" /run/bin
mount --bind "/usr/lib/uml/modules/$modules" "/run/modules/lib/modules/$modules"
printf '#!/bin/sh\nexec /sbin/modprobe -d /run/modules "$@"\n' >/run/bin/modprobe
chmod +x /run/bin/modprobe
echo /run/bin/modprobe >/proc/sys/kernel/modprobe
export PATH=/run/bin:$PATH

ip link set lo up
cd /mnt || exit
eval "bash /mnt/.script $(cat /mnt/.args)"
echo $? >/mnt/.rc
sync
exec python3 -c 'import ctypes; ctypes.CDLL(None).reboot(0x4321fedc)' # power off
