#!/bin/sh
# Makes what the benchmark needs besides the site's own requirements: the load generator and the
# peer in C, the peers' npm packages, py-spy. Does nothing where that is done already.
#
# Redis, Postgres, Node with npm, and gcc must be on the machine; it names those that are missing
# and, as root on Debian or Ubuntu, installs them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"

missing=
need() { # need PROGRAM PACKAGE
    command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || missing="$missing $2"
}
need redis-server redis-server
need gcc gcc
need node nodejs
need npm npm
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || need postgres postgresql
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing
    else
        echo "The benchmark needs:$missing. Debian, Ubuntu: apt install$missing" >&2
        exit 1
    fi
fi

newer() { # newer TARGET SOURCE...: whether TARGET is there and no source is newer
    target=$1
    shift
    [ -e "$target" ] && [ -z "$(find "$@" -newer "$target" -print -quit)" ]
}
mkdir -p build
compile="gcc -std=gnu11 -O2 -Wall -Wextra"
newer build/lg load || $compile -o build/lg load/*.c
newer build/epoll peers/epoll.c || $compile -o build/epoll peers/epoll.c
newer node_modules/.package-lock.json package-lock.json || npm ci --silent --no-audit --no-fund
newer .venv/installed requirements.txt || {
    "${PYTHON:-python3}" -m venv .venv
    .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
    touch .venv/installed
}
