#!/usr/bin/env bash
# A fresh clone in a fresh minimal Debian: make demo and make check must set up all they need. As root:
#     clean_root.sh [FOLDER]    (default: a new folder under $TMPDIR; it is removed at the end)
# Takes what is committed. The mirror and its settings are this machine's own, read from apt.
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "clean_root.sh: only root can make a root" >&2; exit 1; }
sh test/tools/need.sh debootstrap util-linux git

# The mounts below live in a namespace of their own and end with it.
if [ -z "${SSLREF_IN_NAMESPACE:-}" ]; then
    SSLREF_IN_NAMESPACE=1 exec unshare --mount --pid --fork --kill-child bash "$0" "$@"
fi

root=${1:-$(mktemp -d "${TMPDIR:-/tmp}/sslref-root.XXXXXX")}
mkdir -p "$root"
trap 'umount -R "$root/proc" "$root/dev" 2>/dev/null || true; rm -rf --one-file-system "$root"' EXIT
release=bookworm
# shellcheck disable=SC2016 # apt's variables, not the shell's
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
    awk -v release="$release" '$2 == release { print $1; exit }')
[ -n "$mirror" ] || { echo "clean_root.sh: apt knows no mirror of $release" >&2; exit 1; }

debootstrap --variant=minbase --include=ca-certificates,make "$release" "$root" "$mirror" >"$root.log" 2>&1 || {
    tail -20 "$root.log"
    exit 1
}
rm -f "$root.log"
rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d"
for part in sources.list sources.list.d trusted.gpg.d keyrings; do
    [ ! -e "/etc/apt/$part" ] || cp -rT "/etc/apt/$part" "$root/etc/apt/$part"
done
apt-config dump | grep -E '^Acquire::(Check-|http|https|Retries)' >"$root/etc/apt/apt.conf.d/99here" || true
cp -L --remove-destination /etc/resolv.conf /etc/hosts "$root/etc/"
cp -L --remove-destination /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"

mkdir -p "$root/src/shared"
git clone -q --no-hardlinks . "$root/src/sslref"
[ ! -d ../shared/vectors ] || cp -r ../shared/vectors "$root/src/shared/"

status=0
for target in demo check; do
    echo "== make $target in a fresh $release"
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        chroot "$root" make -C /src/sslref "$target" || { status=1; break; }
done
exit $status
