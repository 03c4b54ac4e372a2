#!/bin/sh
# Finds the disk that carries the root and hands over to it.
busybox=/bin/busybox
$busybox mount -t proc proc /proc
$busybox mount -t sysfs sysfs /sys
$busybox mount -t devtmpfs devtmpfs /dev

for module in /modules/*.ko; do
    $busybox insmod "$module" || echo "initramfs: $module does not load"
done

tries=0
while [ $tries -lt 100 ]; do
    for disk in /sys/block/vd*; do
        [ -r "$disk/serial" ] || continue
        if [ "$($busybox cat "$disk/serial")" = triune-root ]; then
            if $busybox mount -t squashfs -o ro "/dev/${disk##*/}" /root; then
                $busybox umount /proc
                $busybox umount /sys
                $busybox mount --move /dev /root/dev
                exec $busybox switch_root /root /sbin/init
            fi
        fi
    done
    tries=$((tries + 1))
    $busybox usleep 50000
done

echo "TRIUNE-BOOT-FAILED: no disk with the serial number triune-root holds a root"
$busybox poweroff -f
