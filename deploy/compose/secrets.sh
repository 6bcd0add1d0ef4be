#!/bin/sh
# Makes the passwords of this installation in secrets/, unless they are there already. The directory is closed to other
# users of the machine; the files can be read by the users of the containers, who are not root.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 0700 secrets
new() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { # keep NAME TEXT
	[ -e "secrets/$1" ] && return
	printf %s "$2" >"secrets/$1"
	chmod 0444 "secrets/$1"
}
keep postgres-password "$(new)"
keep pgpass "postgres:5432:handoff:handoff:$(cat secrets/postgres-password)"
keep grafana-password "$(new)"
