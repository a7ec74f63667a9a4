#!/usr/bin/env bash
# What clients see of faults: three gateways, three cores, PostgreSQL, default timings, 15,000 idle connections and 60 numbered pairs, half of them QoS 2, half durable.
#   bench/faults.sh [FAULT...]      all by default, some 12 minutes: none kill-core kill-gateway kill-both kill-two-of-four freeze-core cut-core store roll scale
# IDLE=15000 PAIRS=60 RATE=20 (messages/s each) BEFORE=10 AFTER=20 (s); LOGS=FOLDER keeps what the nodes print.
# Needs the Release build; cut-core also the right to make network namespaces. The table is printed and kept as bench/results/DATE-COMMIT-faults.json.
set -uo pipefail
cd "$(dirname "$0")/.."
ulimit -n "$(ulimit -Hn)"
result=bench/results/$(date +%Y-%m-%d)-$(git rev-parse --short HEAD)-faults.json
exec artifacts/bin/Cluster/release/OrleansBroker.Cluster --idle "${IDLE:-15000}" --pairs "${PAIRS:-60}" --rate "${RATE:-20}" --before "${BEFORE:-10}" --after "${AFTER:-20}" --json "$result" \
  ${LOGS:+--logs "$LOGS"} "$@"
