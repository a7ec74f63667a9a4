#!/usr/bin/env bash
# How long a broker takes to be back after kill -9, and what sessions that are away cost: 100,000 durable sessions, then a million queued messages, with the embedded store.
#   bench/recovery.sh PATH_TO_MQTTLOAD
# SESSIONS=100000 MESSAGES=4000 (of each of 5 publishers, to each of 50 sessions). Needs the Release build.
set -uo pipefail
cd "$(dirname "$0")/.."
. bench/broker.sh
load=$(realpath "${1:?path of mqttload}")
sessions=${SESSIONS:-100000} messages=${MESSAGES:-4000}
work=$(mktemp -d)
broker_pid=
finish() {
  [ -n "$broker_pid" ] && kill "$broker_pid" 2>/dev/null
  wait
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

start() { start_broker "$work" --Broker:Storage:Path="$work/data" --Broker:Limits:MaxQueuedMessages=1000000 --Broker:Limits:MaxQueuedBytes=1GiB --Broker:Timing:OfflineIdle=10s || exit 1; }
rss() { awk '/^VmRSS/ { printf "%d MB", $2 / 1000 }' /proc/"$broker_pid"/status; }
restart() {
  kill -9 "$broker_pid"
  wait "$broker_pid" 2>/dev/null
  local began
  began=$(date +%s%N)
  start
  echo "$1: ready $((($(date +%s%N) - began) / 1000000)) ms after kill -9, $(du -sh "$work/data" | cut -f1) on disk, $(rss)"
}

start
artifacts/bin/Durable/release/OrleansBroker.Durable --port "$broker_port" --pid "$broker_pid" --sessions "$sessions"
sleep 30 # they leave memory
echo "$sessions sessions away for half a minute: $(rss)"
restart "$sessions sessions"
"$load" offline --subs 50 --pubs 5 --messages "$messages" --qos 1 --version 5 --prefix load/recovery --port "$broker_port" --pid "$broker_pid" --phase store 2>&1 >/dev/null | tail -n 1
echo "$((250 * messages)) messages queued: $(rss)"
restart "$((250 * messages)) messages"
"$load" offline --subs 50 --pubs 5 --messages "$messages" --qos 1 --version 5 --prefix load/recovery --port "$broker_port" --pid "$broker_pid" --phase fetch 2>&1 >/dev/null | tail -n 1
echo "when all are fetched: $(rss)"
