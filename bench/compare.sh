#!/usr/bin/env bash
# Runs the scenarios of bench/scenarios.tsv against this broker and its peers, alternating, and compares the medians.
#   bench/compare.sh PATH_TO_MQTTLOAD [--also] [FILTER]     FILTER is a part of the scenario's arguments
# RUNS=3 WARMUP=4 DURATION=10 are the defaults. BROKERS='embedded mosquitto' has the embedded store in place of the one in memory. --also adds the slow rows on connections, retained messages and a large fan-out.
# Needs the Release build (dotnet build -c Release). The result is bench/results/DATE-COMMIT.json; what it says is printed as a table.
set -uo pipefail
cd "$(dirname "$0")/.."
. bench/broker.sh
load=$(realpath "${1:?path of mqttload}")
shift
also=false
[ "${1:-}" = --also ] && also=true && shift
filter=${1:-}
runs=${RUNS:-3} warmup=${WARMUP:-4} duration=${DURATION:-10}
read -ra brokers <<<"${BROKERS:-ours mosquitto}"
ulimit -n "$(ulimit -Hn)"
work=$(mktemp -d)
raw=$work/raw.jsonl
declare -A port pid

# A broker is a function that starts it and prints port and pid; the first of `brokers` is compared with the second.
start_ours() {
  start_broker "$work" --Broker:Storage:Provider=Memory --Broker:Authorization:File="$work/rules" "$@" && echo "$broker_port $broker_pid"
}

start_embedded() {
  rm -rf "$work/data"
  start_broker "$work" --Broker:Storage:Path="$work/data" --Broker:Authorization:File="$work/rules" "$@" && echo "$broker_port $broker_pid"
}

start_mosquitto() {
  local free
  free=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cat >"$work/mosquitto.conf" <<END
listener $free 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
max_queued_bytes 0
max_inflight_messages 0
log_type error
END
  PATH=$PATH:/usr/sbin mosquitto -c "$work/mosquitto.conf" >"$work/mosquitto.log" 2>&1 &
  local id=$!
  until (: </dev/tcp/127.0.0.1/"$free") 2>/dev/null; do kill -0 $id 2>/dev/null || { cat "$work/mosquitto.log" >&2; return 1; }; sleep 0.1; done
  echo "$free $id"
}

# start NAME [option...]
start() {
  local name=$1
  shift
  read -r port[$name] pid[$name] < <("start_$name" "$@")
  [ -n "${pid[$name]:-}" ] || { unset "pid[$name]"; echo "$name does not start" >&2; exit 1; }
}

# Ends what was started here, and waits until it is gone.
stop() {
  local id=${pid[$1]:-}
  unset "pid[$1]"
  [ -n "$id" ] && kill "$id" 2>/dev/null || return 0
  for _ in {1..150}; do grep -q '^State:.[^Z]' "/proc/$id/status" 2>/dev/null || return 0; sleep 0.1; done
  kill -9 "$id" 2>/dev/null
}

finish() {
  for name in "${!pid[@]}"; do stop "$name"; done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# run NAME ROUND LABEL argument...   a failed check is noted, and the run goes on
run() {
  local name=$1 round=$2 label=$3 status=0 result
  shift 3
  result=$("$load" "$@" --port "${port[$name]}" --pid "${pid[$name]}" 2>>"$work/load.err" | tail -n 1) || status=$?
  [[ $result == \{* ]] || result=null
  printf '{"broker":"%s","round":%d,"scenario":"%s","exit":%d,"result":%s}\n' "$name" "$round" "$label" "$status" "$result" >>"$raw"
  echo "$label | $name | round $round | exit $status" >&2
  kill -0 "${pid[$name]}" 2>/dev/null || { echo "$name has ended; started anew" >&2; start "$name"; }
}

# settle SCENARIO   A scenario without a time to warm up is run unmeasured first, by every broker alike: a just-in-time compiler's work is not a message's cost.
settle() {
  [[ $1 == offline* ]] || return 0
  for _ in {1..10}; do
    # shellcheck disable=SC2086 # the scenario is words
    for name in "${brokers[@]}"; do "$load" $1 --prefix load --port "${port[$name]}" --pid "${pid[$name]}" >/dev/null 2>>"$work/load.err"; done
  done
}

# also LABEL OPTIONS_OF_OURS argument...   each with brokers that are fresh, so that memory is the scenario's own
also() {
  local label=$1 options=$2
  shift 2
  [[ $label == *"$filter"* ]] || return 0
  for ((round = 1; round <= runs; round++)); do
    for name in "${brokers[@]}"; do
      if [ "$name" = mosquitto ]; then start mosquitto; else start "$name" $options; fi
      case $label in
        beside*) beside "$name" "$round" "$label" "$@" ;;
        'conn --conns 13000'* | retained*) again "$name" "$round" "$label" "$@" ;;
        *) run "$name" "$round" "$label" "$@" ;;
      esac
      stop "$name"
    done
  done
}

# In a fresh process, whose code a just-in-time compiler still works on, and again when those connections and messages have gone.
again() {
  local name=$1 round=$2 label=$3
  shift 3
  run "$name" "$round" "fresh: $label" "$@"
  sleep 5
  run "$name" "$round" "$label" "$@"
}

# The pairs alone, and then beside a message a second to 10,000 subscribers.
beside() {
  local name=$1 round=$2 label=$3 crowd
  shift 3
  run "$name" "$round" "alone: ${label#beside: }" "$@"
  "$load" fanout --pubs 1 --subs 10000 --rate 1 --prefix crowd --warmup $((warmup + 15)) --seconds $((duration + 5)) --port "${port[$name]}" >/dev/null 2>>"$work/load.err" &
  crowd=$!
  sleep 10 # the crowd connects and subscribes
  run "$name" "$round" "$label" "$@"
  wait $crowd || echo "$label | $name | the crowd failed its checks" >&2
}

command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || { apt-get update && apt-get install -y mosquitto; } >&2 || exit 1

write_rules "$work/rules"

for name in "${brokers[@]}"; do start "$name"; done
while IFS=$'\t' read -r scenario _; do
  [[ $scenario == \#* || $scenario != *"$filter"* ]] && continue
  settle "$scenario"
  for ((round = 1; round <= runs; round++)); do
    # shellcheck disable=SC2086 # the scenario is words
    for name in "${brokers[@]}"; do run "$name" "$round" "$scenario" $scenario --prefix load --warmup "$warmup" --seconds "$duration"; done
  done
done <bench/scenarios.tsv
for name in "${brokers[@]}"; do stop "$name"; done

if $also; then
  also 'conn --conns 18000 --rate 3000' '' conn --conns 18000 --rate 3000 --subs-each 1 --keepalive 60 --hold 60 --prefix load
  also 'conn --conns 13000 --rate 4000' '' conn --conns 13000 --rate 4000 --hold 1 --prefix load # more from one address to one port cost mqttload itself its time
  also 'conn --conns 10000 --hold 120' '' conn --conns 10000 --keepalive 60 --hold 120 --prefix load
  also 'retained --retained 20000' '' retained --retained 20000 --qos 1 --prefix load
  also 'beside: pair --pubs 50 --rate 20' --Broker:Cluster:Shards=1 pair --pubs 50 --rate 20 --prefix load --warmup "$warmup" --seconds "$duration"
fi

[ -s "$raw" ] || { echo "no scenario has '$filter' in it" >&2; exit 1; }
commit=$(git rev-parse --short HEAD)
[ -z "$(git status --porcelain -- src)" ] || commit=$commit-changed
mkdir -p bench/results
[ "${brokers[0]}" = ours ] || commit=$commit-${brokers[0]}
python3 bench/compare.py "$raw" bench/scenarios.tsv "bench/results/$(date +%Y-%m-%d)-$commit.json" "$runs" "$warmup" "$duration" "${brokers[@]}"
