#!/usr/bin/env bash
# Runs tests on an emulated processor with AVX-512, for machines that have none: Bochs, which computes every
# instruction in software, boots a kernel whose only files are the test program, its libraries and the golden files.
# Slow (some 50 million instructions a second), so choose tests; what needs FATHOM_DATA is skipped.
#
# usage: emulate_avx512.sh [BUILD [OPTION...]]     BUILD: build/release; options of doctest, by default
#                                                  -tc='samples: the same bits*'
#
# BOCHS names the emulator's program. Debian's knows no AVX; from its sources (github.com/bochs-emu/Bochs, folder bochs):
#   ./configure --with-nogui --enable-x86-64 --enable-avx --enable-evex --enable-all-optimizations --disable-docbook
#   make bochs
# The rest are packages of Debian: bochsbios vgabios grub-pc-bin grub-common xorriso mtools busybox-static cpio.
# KERNEL: a kernel's file; by default that of linux-image-cloud-amd64, downloaded into BUILD/emulator.
# FATHOM_ISA in the environment is passed on. Status: that of the tests.
set -euo pipefail
root=$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
build=$(readlink -f -- "${1:-$root/build/release}")
[ $# = 0 ] || shift
[ $# != 0 ] || set -- -tc='samples: the same bits*'
fail() { echo "emulate_avx512.sh: $*" >&2; exit 2; }
[ -x "$build/tests/fathom_tests" ] || fail "no test program in $build; ./run build makes it"
bochs=${BOCHS:-bochs}
for tool in "$bochs" grub-mkrescue busybox cpio strip; do
  command -v "$tool" >/dev/null || fail "$tool is missing; see the packages in this script"
done
work=$build/emulator
mkdir -p "$work"
rm -rf "$work/root" "$work/disc"

kernel=${KERNEL-}
if [ -z "$kernel" ]; then
  kernel=$(compgen -G "$work/kernel/boot/vmlinuz-*" || true)
  if [ -z "$kernel" ]; then
    package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
    [ -n "$package" ] || fail "no kernel is known to apt; name one by KERNEL="
    (cd "$work" && apt-get -qq download "$package" 2>/dev/null && dpkg-deb -x "$package"_*.deb kernel && rm -- *.deb)
    kernel=$(compgen -G "$work/kernel/boot/vmlinuz-*")
  fi
fi

files=$work/root
mkdir -p "$files"/{bin,dev,proc,sys,tmp} "$files$root/tests"
cp "$(command -v busybox)" "$files/bin/"
cp -r "$root/tests/golden" "$files$root/tests/"
strip -o "$files/fathom_tests" "$build/tests/fathom_tests"
ldd "$build/tests/fathom_tests" | grep -o '/[^ ]*' | while read -r library; do
  mkdir -p "$files$(dirname -- "$library")"
  cp -L "$library" "$files$library"
done
cat >"$files/init" <<INIT
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin FATHOM_ISA='${FATHOM_ISA-}'
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
exec </dev/ttyS0 >/dev/ttyS0 2>&1
cd /tmp
/fathom_tests -nc $(printf '%q ' "$@")
echo "emulated: status \$?"
poweroff -f
INIT
chmod +x "$files/init"
mkdir -p "$work/disc/boot/grub"
(cd "$files" && find . | cpio -o -H newc --quiet) >"$work/disc/boot/files"
cp -L "$kernel" "$work/disc/boot/kernel"
cat >"$work/disc/boot/grub/grub.cfg" <<'GRUB'
set timeout=0
linux /boot/kernel console=ttyS0,115200 quiet mitigations=off nokaslr tsc=reliable nopku noapic random.trust_cpu=on
initrd /boot/files
boot
GRUB
grub-mkrescue -o "$work/disc.iso" "$work/disc" >"$work/grub.log" 2>&1 || { cat "$work/grub.log" >&2; exit 2; }

: >"$work/console"
cat >"$work/bochsrc" <<BOCHS
megs: 2048
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
cpu: model=corei7_skylake_x, count=1, ips=60000000
ata0-master: type=cdrom, path=$work/disc.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$work/console
display_library: nogui
log: $work/bochs.log
clock: sync=none
BOCHS
"$bochs" -q -f "$work/bochsrc" >"$work/bochs.out" 2>&1 </dev/null &
emulator=$!
trap 'kill $emulator 2>/dev/null || true' EXIT
# What the tests print comes through the serial line, between the kernel's own lines.
while read -r line; do
  line=${line%$'\r'}
  case $line in
    'emulated: status '*) exit "${line##* }" ;;
    '['*.*']'*) ;;
    *) printf '%s\n' "$line" ;;
  esac
done < <(tail -n +1 -f --pid=$emulator "$work/console")
fail "the emulator ended early; see $work/bochs.log and $work/console"
