#!/bin/sh
# Installs from this folder alone: nothing is fetched. As root: ./install.sh [server|kiosk]
set -eu

cd "$(dirname "$0")"
what=${1:-server}

sha256sum --check --quiet SHA256SUMS || {
    echo "install.sh: a file of this bundle is damaged; copy the bundle again" >&2
    exit 1
}
[ "$(id -u)" = 0 ] || {
    echo "install.sh: must run as root, to install packages" >&2
    exit 1
}
case "$what" in
    server) package=$(echo toancanh_*.deb) ;;
    kiosk) package=$(echo toancanh-kiosk_*.deb) ;;
    *)
        echo "install.sh: say server or kiosk" >&2
        exit 2
        ;;
esac
# What the package needs beside Debian's own base lies in debian/, where the bundle was made with it.
if [ -d debian ]; then
    apt-get install --yes --no-download --no-install-recommends -o Dir::Cache::archives="$PWD/debian/" "./$package" ||
        dpkg --install debian/*.deb "$package"
else
    dpkg --install "$package"
fi
echo "installed: $package; go on as README.md says"
