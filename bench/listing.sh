#!/usr/bin/env bash
# What listing sessions takes, and what it costs the others.
#   bench/listing.sh PATH_TO_MQTTLOAD
# SESSIONS=200000 CONNECTED=15000 RUNS=5 DURATION=10 STORE=Embedded OFFLINE_IDLE=1s are the defaults: with the last all sessions without connection are in the store alone. Needs the
# Release build (dotnet build -c Release). Prints page times of each kind of list, a walk while 100 clients a second connect and leave, and the latency of
# mqttload's pair --pubs 50 --rate 100 with and without a client that lists without pause, alternating. Exit status 0 when no session was missing or doubled, and p99 rises by at most 20 % (median).
set -uo pipefail
cd "$(dirname "$0")/.."
. bench/broker.sh
load=$(realpath "${1:?path of mqttload}")
sessions=${SESSIONS:-200000} connected=${CONNECTED:-15000} runs=${RUNS:-5} duration=${DURATION:-10} store=${STORE:-Embedded}
work=$(mktemp -d)
broker_pid= started=()
finish() {
  for one in "${started[@]}" $broker_pid; do kill "$one" 2>/dev/null; done
  wait 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
ulimit -n "$(ulimit -Hn)"

# background COMMAND...   its standard output is in WORK/said
background() {
  : >"$work/said"
  "$@" >"$work/said" &
  last=$!
  started+=("$last")
}
stop() {
  kill "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

start_broker "$work" --Broker:Storage:Provider="$store" --Broker:Storage:Path="$work/data" --Broker:Timing:OfflineIdle="${OFFLINE_IDLE:-1s}" || exit 1
http=$(sed -n 's/.* http=\([^ ]*\) .*/\1/p' "$work/out")
artifacts/bin/Durable/release/OrleansBroker.Durable --port "$broker_port" --pid "$broker_pid" --sessions "$sessions" || exit 1
python3 bench/listing.py backlog "$broker_port" "$sessions" || exit 1
background python3 bench/listing.py hold "$broker_port" "$sessions" "$connected"
until grep -q held "$work/said"; do kill -0 "$last" || exit 1; sleep 0.2; done
sleep "${SETTLE:-20}" # who is idle leaves memory

python3 bench/listing.py pages "$http" "$broker_pid" "$sessions" || exit 1

background python3 bench/listing.py churn "$broker_port" 100
churn=$last
python3 bench/listing.py whole "$http" "$sessions"
whole=$?
stop "$churn"

for ((round = 1; round <= runs; round++)); do
  for kind in alone listing; do
    [ $kind = alone ] || background python3 bench/listing.py endless "$http"
    result=$("$load" pair --pubs 50 --rate 100 --seconds "$duration" --prefix "load$round$kind" --port "$broker_port" --pid "$broker_pid" 2>>"$work/load" | tail -n 1)
    printf '{"kind":"%s","result":%s}\n' $kind "${result:-null}" >>"$work/raw"
    [ $kind = alone ] || stop "$last"
  done
done

python3 - "$work/raw" "$whole" <<'PYTHON'
import json
import sys
from statistics import median

rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
p50, p99, cpu = ({kind: median(row["result"][key] for row in rows if row["kind"] == kind) for kind in ("alone", "listing")} for key in ("p50_us", "p99_us", "broker_cpu_us_per_msg"))
ratio = p99["listing"] / p99["alone"]
print("| pair --pubs 50 --rate 100 | alone | while one lists without pause |\n|---|---|---|")
print(f"| p50 µs | {p50['alone']:.0f} | {p50['listing']:.0f} |\n| p99 µs | {p99['alone']:.0f} | {p99['listing']:.0f} ({ratio:.2f}) |\n| broker's CPU µs per message | {cpu['alone']:.1f} | {cpu['listing']:.1f} |")
sys.exit(ratio > 1.2 or sys.argv[2] != "0")
PYTHON
