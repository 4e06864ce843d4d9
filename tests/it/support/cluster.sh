#!/bin/sh
# Runs a PostgreSQL cluster of its own in a temporary folder for as long as standard input stays open.
#
# The test binary holds the other end: however it ends, the kernel closes the pipe, and the cluster is stopped and
# removed. Standard output carries one line: "socket-folder port password".
# With port 0 in $1 a free TCP port on 127.0.0.1 is taken; the local socket lies in a folder of mode 0700.
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/initdb" ] || bin=$(dirname "$(readlink -f "$(command -v initdb)")")

# PostgreSQL refuses to run as root: there the cluster belongs to an unprivileged user.
as_user() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    owner=nobody
    id postgres >/dev/null 2>&1 && owner=postgres
    as_user() { setpriv --reuid "$owner" --regid "$(id -g "$owner")" --clear-groups "$@"; }
fi

cd /
folder=$(as_user mktemp -d /tmp/restante-pg-XXXXXX)
stop() {
    trap - EXIT
    as_user "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    as_user rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$password" | as_user sh -c "umask 077; cat >'$folder/password'"
as_user "$bin/initdb" -D "$folder/data" -U tester -E UTF8 --locale=C --pwfile="$folder/password" \
    --auth-local=trust --auth-host=scram-sha-256 >"/dev/null"

# A port that is free when it is chosen may be taken when it is used: try others.
tries=0
while :; do
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
    as_user "$bin/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/log" -o "-p $port -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories=$folder -c unix_socket_permissions=0700 -c max_connections=400" \
        start >/dev/null 2>&1 </dev/null && break
    tries=$((tries + 1))
    if [ "$tries" = 5 ]; then
        echo "PostgreSQL does not start:" >&2
        as_user tail -n 5 "$folder/log" >&2
        exit 1
    fi
done

echo "$folder $port $password"
cat >/dev/null
