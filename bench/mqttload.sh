#!/usr/bin/env bash
# Runs every scenario of mqttload that issue [run] names against a broker that it starts, and prints one line each.
#   bench/mqttload.sh PATH_TO_MQTTLOAD [all|pair|conn|...]
# The broker is the Release build of this tree (dotnet build -c Release first); PORT=N PID=N take a running one instead.
set -uo pipefail
cd "$(dirname "$0")/.."
load=${1:?path of mqttload}
only=${2:-all}
seconds=${SECONDS_EACH:-4}
failed=0

if [ -z "${PORT:-}" ]; then
  log=$(mktemp)
  artifacts/bin/Silo/release/orleans-broker --Broker:Listeners:Tcp=127.0.0.1:0 --Broker:Listeners:WebSocket= --Broker:Http:Listen=127.0.0.1:0 --Broker:Storage:Path="$(mktemp -d)" \
    --Logging:LogLevel:Default=Warning ${BROKER_ARGS:-} >"$log" &
  PID=$!
  trap 'kill $PID 2>/dev/null; wait $PID 2>/dev/null' EXIT
  until grep -q '^ready ' "$log"; do kill -0 $PID || exit 1; sleep 0.1; done
  PORT=$(sed -n 's/^ready tcp=[^ ]*:\([0-9]*\) .*/\1/p' "$log")
fi

run() {
  [ "$only" = all ] || [ "$only" = "$1" ] || return 0
  local line status=0
  line=$("$load" "$@" --port "$PORT" --pid "$PID" 2>&1 >/dev/null) || status=$?
  [ "$status" -eq 0 ] || failed=$((failed + 1))
  echo "exit $status | $* | ${line##*$'\n'}"
}

for version in 4 5; do
  for qos in 0 1 2; do
    run pair --pubs 50 --window 100 --qos $qos --version $version --seconds "$seconds"
    run fanin --pubs 200 --subs 1 --window 20 --qos $qos --version $version --seconds "$seconds"
    run fanin --pubs 200 --subs 4 --share g --window 20 --qos $qos --version $version --seconds "$seconds"
    run fanout --pubs 1 --subs 500 --window 4 --qos $qos --version $version --seconds "$seconds"
  done
done
for qos in 0 1; do run pair --pubs 200 --window 1 --qos $qos --seconds "$seconds"; done
run pair --pubs 50 --window 20 --qos 1 --size 4096 --seconds "$seconds"
for qos in 1 2; do run offline --subs 50 --pubs 5 --messages 1000 --qos $qos --version 5; done
run retained --retained 20000
run conn --conns 10000 --keepalive 10 --hold 40
echo "$failed failed"
[ "$failed" -eq 0 ]
