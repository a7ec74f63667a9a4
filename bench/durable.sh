#!/usr/bin/env bash
# What durability costs: pairs with durable sessions, on each store, in one run.
#   bench/durable.sh [STORE...]     STORE is memory, embedded, postgres or azure; all by default
# SECONDS_EACH=10. Needs the Release build. PostgreSQL and Azurite are started here, on ports of their own.
set -uo pipefail
cd "$(dirname "$0")/.."
. bench/broker.sh
seconds=${SECONDS_EACH:-10}
work=$(mktemp -d)
chmod 755 "$work"
broker_pid= server=0
finish() {
  [ -n "$broker_pid" ] && kill "$broker_pid" 2>/dev/null
  [ -n "${azurite:-}" ] && kill "$azurite" 2>/dev/null
  [ -d "$work/pg/data" ] && as_postgres pg_ctl -D "$work/pg/data" -m immediate stop >/dev/null
  wait
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
as_postgres() {
  local program
  program=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)/$1
  shift
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- env -C / "$program" "$@"; else "$program" "$@"; fi
}

store_memory() { start_broker "$work" --Broker:Storage:Provider=Memory; }
store_embedded() { start_broker "$work" --Broker:Storage:Path="$work/data"; }
store_postgres() {
  local port
  port=$(free_port)
  mkdir "$work/pg"
  [ "$(id -u)" -eq 0 ] && chown postgres "$work/pg"
  as_postgres initdb -D "$work/pg/data" -U broker --auth=trust >/dev/null
  as_postgres pg_ctl -D "$work/pg/data" -l "$work/pg/log" -w -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/pg" start >/dev/null
  server=$(head -n 1 "$work/pg/data/postmaster.pid")
  start_broker "$work" --Broker:Storage:Provider=Postgres "--Broker:Storage:ConnectionString=Host=127.0.0.1;Port=$port;Username=broker;Database=postgres"
}
store_azure() {
  local port
  port=$(free_port)
  node tests/TestKit/Servers/azurite/node_modules/azurite/dist/src/table/main.js --silent --skipApiVersionCheck --disableTelemetry --location "$work" --tableHost 127.0.0.1 --tablePort "$port" >/dev/null &
  azurite=$!
  server=$azurite
  until (: </dev/tcp/127.0.0.1/"$port") 2>/dev/null; do kill -0 $azurite || return 1; sleep 0.1; done
  start_broker "$work" --Broker:Storage:Provider=AzureTables \
    "--Broker:Storage:ConnectionString=DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;TableEndpoint=http://127.0.0.1:$port/devstoreaccount1;"
}

load() {
  local label=$1
  shift
  printf '%-10s %-34s ' "$store" "$label"
  artifacts/bin/Durable/release/OrleansBroker.Durable --port "$broker_port" --pid "$broker_pid" --server "$server" --seconds "$seconds" "$@"
}

[ $# -gt 0 ] || set -- memory embedded postgres azure
for store in "$@"; do
  server=0
  "store_$store" || exit 1
  load '1 publisher, 1 in flight' --pairs 1 --window 1
  load '– subscriber offline' --pairs 1 --window 1 --offline
  load '50 pairs, 20 in flight' --pairs 50 --window 20
  load '50 pairs, subscribers 50 ms away' --pairs 50 --window 20 --delay 50
  load '50 pairs, subscribers offline' --pairs 50 --window 100 --offline
  kill "$broker_pid"
  wait "$broker_pid"
  broker_pid=
done
