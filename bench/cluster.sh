#!/usr/bin/env bash
# What a message costs across nodes, and what connections that idle cost: gateways and cores as processes of this machine, PostgreSQL beside them.
#   bench/cluster.sh MQTTLOAD [cost|idle...]      cost and idle by default
# cost: SECONDS_EACH=8 WARMUP=12 (nodes that have just started compile) RUNS=1. CPU is that of all nodes together, without PostgreSQL's; 1 is one process for all, 3+2 three gateways and two cores.
# idle: CONNECTIONS=100000 over GATEWAYS=6, CORES=2, RATE=600 (connections/s to each); after SETTLE=30 and QUIET=60 s one core is killed under them and AFTER=60 s watched. Some 10 GB of memory for the defaults.
# KEEPALIVE=120: mqttload sends each round of pings in the order of the connections, so two pings of one are as far apart as the opening of all took; that must be less than one and a half times this.
# LOGS=folder keeps what the nodes print. Needs the Release build. Tables are printed, and kept in bench/results/DATE-COMMIT-cluster-SCENARIO.json.
set -uo pipefail
cd "$(dirname "$0")/.."
. bench/cluster-nodes.sh
load=$(realpath "${1:?path of mqttload}")
shift
[ $# -gt 0 ] || set -- cost idle
ulimit -n "$(ulimit -Hn)"
work=$(mktemp -d)
gateway_pids=() core_pids=() load_pids=() databases=0
finish() {
  for p in "${load_pids[@]:-}"; do [ -z "$p" ] || kill "$p" 2>/dev/null; done
  stop_nodes
  stop_store "$work"
  [ -z "${LOGS:-}" ] || { mkdir -p "$LOGS" && cp "$work"/node-*.err "$LOGS"; }
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

joined() { local IFS=,; echo "$*"; }

cost_row() {
  local topology=$1 processes=$2 ports=$3 label=$4 run
  shift 4
  # Publishers begin with the first gateway, subscribers with the next one: no pair has both on one where there are two.
  local others=$ports
  [[ $ports != *,* ]] || others=${ports#*,},${ports%%,*}
  for ((run = 0; run < ${RUNS:-1}; run++)); do
    "$load" pair --port "$ports" --sub-port "$others" --pid "$(joined "${gateway_pids[@]:-}" "${core_pids[@]}" | sed 's/^,//')" --warmup "${WARMUP:-12}" --seconds "${SECONDS_EACH:-8}" "$@" >"$work/line" 2>"$work/load.err"
    printf '{"topology":"%s","processes":%d,"scenario":"%s","exit":%d,"result":%s}\n' "$topology" "$processes" "$label" $? "$(tail -n 1 "$work/line" | grep . || echo null)" >>"$work/cost"
  done
}

cost() {
  local shape gateways cores
  for shape in 0+1 1+1 2+1 2+2 3+3; do
    gateways=${shape%+*} cores=${shape#*+}
    start_nodes "$work" "$gateways" "$cores" || return 1
    [ "$gateways" -gt 0 ] || shape=1
    cost_row $shape $((gateways + cores)) "$gateway_ports" 'QoS 0, 50 pairs, 100 in flight' --pubs 50 --window 100 --qos 0
    cost_row $shape $((gateways + cores)) "$gateway_ports" 'QoS 1, 50 pairs, 100 in flight' --pubs 50 --window 100 --qos 1
    cost_row $shape $((gateways + cores)) "$gateway_ports" 'QoS 0, 200 pairs, 1 in flight' --pubs 200 --window 1 --qos 0
    cost_row $shape $((gateways + cores)) "$gateway_ports" 'QoS 1, 200 pairs, 1 in flight' --pubs 200 --window 1 --qos 1
    stop_nodes
  done
  python3 bench/cluster.py cost "$work/cost" "$result-cost.json"
}

# note NAME   what each role has used until now.
note() {
  printf '{"at":"%s","time":%s,"gateway_kb":%s,"core_kb":%s,"gateway_cpu":%s,"core_cpu":%s}\n' "$1" "$(date +%s.%N)" \
    "$(rss_of "${gateway_pids[@]}")" "$(rss_of "${core_pids[@]}")" "$(cpu_of "${gateway_pids[@]}")" "$(cpu_of "${core_pids[@]}")" >>"$work/idle"
}

idle() {
  local gateways=${GATEWAYS:-6} each ports i settle=${SETTLE:-30} quiet=${QUIET:-60} after=${AFTER:-60} hold
  hold=$((settle + quiet + after + 45)) # longer than all that is watched
  each=$(((${CONNECTIONS:-100000} + gateways - 1) / gateways))
  start_nodes "$work" "$gateways" "${CORES:-2}" || return 1
  sleep 5
  note empty
  IFS=, read -ra ports <<<"$gateway_ports"
  load_pids=()
  for i in "${!ports[@]}"; do
    "$load" conn --port "${ports[i]}" --conns "$each" --rate "${RATE:-600}" --keepalive "${KEEPALIVE:-120}" --hold $hold --prefix "idle$i" >"$work/conn$i" 2>"$work/conn$i.err" &
    load_pids+=($!)
  done
  # The rate is what was asked for; a busy machine takes longer.
  until [ "$(established)" -ge $((each * gateways)) ]; do
    for p in "${load_pids[@]}"; do kill -0 "$p" 2>/dev/null || { cat "$work"/conn*.err >&2; grep -h "warn\|fail\|error" "$work"/node-*.err | cut -c1-300 | tail -n 20 >&2; return 1; }; done
    sleep 1
  done
  sleep $settle
  note connected
  sleep $quiet
  note idle
  kill -9 "${core_pids[0]}"
  wait "${core_pids[0]}" 2>/dev/null
  unset 'core_pids[0]'
  core_pids=("${core_pids[@]}")
  for ((i = 0; i < 2 * after; i++)); do note after; sleep 0.5; done
  printf '{"at":"end","established":%d,"connections":%d}\n' "$(established)" $((each * gateways)) >>"$work/idle"
  for i in "${!load_pids[@]}"; do
    wait "${load_pids[i]}"
    printf '{"at":"load","exit":%d,"result":%s}\n' $? "$(tail -n 1 "$work/conn$i" | grep . || echo null)" >>"$work/idle"
  done
  load_pids=()
  grep -h 'warn\|fail' "$work"/node-*.err | sed 's/[0-9]\{4,\}/N/g; s/load-[^ ]*/ID/g' | cut -c1-160 | sort | uniq -c | sort -rn | head -n 20 >&2
  stop_nodes
  python3 bench/cluster.py idle "$work/idle" "$result-idle.json"
}

# Connections that the gateways have.
established() { ss -Htn state established $(for p in "${ports[@]}"; do printf 'sport = :%s or ' "$p"; done | sed 's/ or $//') | wc -l; }

result=bench/results/$(date +%Y-%m-%d)-$(git rev-parse --short HEAD)-cluster
start_store "$work" || exit 1
status=0
for scenario in "$@"; do "$scenario" || status=1; done
exit $status
