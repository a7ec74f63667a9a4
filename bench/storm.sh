#!/usr/bin/env bash
# A reconnect storm: 10,000 connections, each with a QoS 1 subscription, half of their sessions durable, are dropped at once and back at once.
#   bench/storm.sh [FIN|RST...]      RST FIN RST FIN RST FIN is the default; CONNECTIONS=10000 TRANSPORT=Epoll
# Needs the Release build (dotnet build -c Release). What is printed and what must hold: bench/storm.py.
set -uo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- RST FIN RST FIN RST FIN
ulimit -n "$(ulimit -Hn)"
work=$(mktemp -d)
artifacts/bin/Silo/release/orleans-broker --Broker:Listeners:Tcp=127.0.0.1:0 --Broker:Listeners:WebSocket= --Broker:Http:Listen=127.0.0.1:0 --Broker:Cluster:SiloPort=0 \
  --Broker:Listeners:TcpTransport="${TRANSPORT:-Epoll}" --Broker:Timing:SysInterval=1s --Logging:LogLevel:Default=Warning >"$work/out" 2>"$work/err" &
broker=$!
finish() {
  kill $broker 2>/dev/null
  wait $broker 2>/dev/null
  cat "$work/err" >&2
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
until grep -q '^ready ' "$work/out"; do kill -0 $broker 2>/dev/null || exit 1; sleep 0.1; done
python3 bench/storm.py "$(sed -n 's/^ready tcp=[^ ]*:\([0-9]*\) .*/\1/p' "$work/out")" $broker "${CONNECTIONS:-10000}" "$@"
