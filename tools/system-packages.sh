#!/bin/sh
# Installs the Debian packages that the labs and the tests that need root make use of. Neither `npm run demo` nor
# `npm test` depends on them: a test that misses one says so and is skipped, except where CI=true.
set -eu

packages='
  aria2
  atftp
  binutils
  btrfs-progs
  busybox-static
  bzip2
  cpio
  curl
  dnsmasq-base
  dosfstools
  e2fsprogs
  exfatprogs
  fdisk
  g++
  gdisk
  iproute2
  ipxe
  ipxe-qemu
  isc-dhcp-relay
  kea-admin
  libnfs-utils
  libsimgrid-dev
  lz4
  mount
  mtools
  nfs-ganesha
  nfs-ganesha-vfs
  nftables
  ntfs-3g
  opentracker
  ovmf
  partclone
  python3-libtorrent
  qemu-system-x86
  qemu-utils
  shellcheck
  syslinux
  syslinux-common
  syslinux-efi
  tftp-hpa
  tftpd-hpa
  time
  transmission-cli
  tshark
  udpcast
  util-linux
  wimtools
  xfsprogs
  xz-utils
  zstd
'

missing=
for package in $packages; do
  dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo 'all system packages are installed'
  exit 0
fi

[ "$(id -u)" -eq 0 ] || { echo "run this as root: it installs$missing" >&2; exit 1; }
echo "installing$missing"
export DEBIAN_FRONTEND=noninteractive
# nfs-ganesha, opentracker and tftpd-hpa are run by tests; installing them must not start them.
export RUNLEVEL=1
apt-get update --quiet=2
# shellcheck disable=SC2086 # a list of words is meant
apt-get install --quiet=2 --yes --no-install-recommends $missing
