#!/usr/bin/env bash
# What one stalled subscriber among 500 of a topic costs the others: fan-out to 499 of mqttload and one more that reads, or one more that never does, alternating.
#   bench/slow-consumer.sh PATH_TO_MQTTLOAD
# RUNS=5 WARMUP=1 DURATION=4 TRANSPORT=Epoll are the defaults. Needs the Release build (dotnet build -c Release). Prints the medians, with and without, for
# QoS 0, QoS 1 and QoS 1 where the one's session outlives its connection; the exit status is 0 when throughput and CPU per delivered message are within 5 %.
set -uo pipefail
cd "$(dirname "$0")/.."
. bench/broker.sh
load=$(realpath "${1:?path of mqttload}")
runs=${RUNS:-5} warmup=${WARMUP:-1} duration=${DURATION:-4} transport=${TRANSPORT:-Epoll}
work=$(mktemp -d)
one=

broker_pid=
finish() {
  [ -z "$one" ] || kill "$one" 2>/dev/null
  kill $broker_pid 2>/dev/null
  wait $broker_pid 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
# A queue of 1,000 is full before the measurement begins, so that every message meets it full.
start_broker "$work" --Broker:Listeners:TcpTransport="$transport" --Broker:Limits:MaxQueuedMessages=1000 || exit 1

# run LABEL reading|stalled QOS CLEAN PREFIX
run() {
  local status=0 result
  : >"$work/one"
  python3 bench/stalled.py "$broker_port" "$5" "$5/all" "$3" "$4" "$2" >"$work/one" &
  one=$!
  until [ -s "$work/one" ]; do kill -0 $one 2>/dev/null || exit 1; sleep 0.1; done
  result=$("$load" fanout --pubs 1 --subs 499 --window 4 --qos "$3" --prefix "$5" --warmup "$warmup" --seconds "$duration" --port "$broker_port" --pid $broker_pid 2>>"$work/load" | tail -n 1) || status=$?
  printf '{"label":"%s","kind":"%s","exit":%d,"result":%s}\n' "$1" "$2" "$status" "${result:-null}" >>"$work/raw"
  kill $one
  wait $one 2>/dev/null
  one=
}

for case in 'QoS 0:0:1' 'QoS 1:1:1' 'QoS 1, durable:1:0'; do
  IFS=: read -r label qos clean <<<"$case"
  for ((round = 1; round <= runs; round++)); do
    # Topics of its own, so that a durable session of another round is no subscriber of this one.
    for kind in reading stalled; do run "$label" $kind "$qos" "$clean" "$kind$qos$clean$round"; done
  done
done

python3 - "$work/raw" <<'PYTHON'
import json
import sys
from statistics import median

rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
failed = [row for row in rows if row["exit"] or not row["result"]]
for row in failed:
    print(f"{row['label']}, {row['kind']}: mqttload's checks failed: {row['result']}")
ok = not failed
print("| | all read | one stalled | ratio |\n|---|---|---|---|")
for label in dict.fromkeys(row["label"] for row in rows):
    for name, key, slack in (("messages/s", "delivered_per_s", -0.05), ("broker's CPU µs per delivered message", "broker_cpu_us_per_msg", 0.05)):
        read, stalled = (median(row["result"][key] for row in rows if row["result"] and (row["label"], row["kind"]) == (label, kind)) for kind in ("reading", "stalled"))
        ratio = stalled / read
        within = ratio >= 1 + slack if slack < 0 else ratio <= 1 + slack
        ok &= within
        print(f"| {label}: {name} | {read:.6g} | {stalled:.6g} | {ratio:.3f}{'' if within else ' !'} |")
sys.exit(not ok)
PYTHON
