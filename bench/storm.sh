#!/usr/bin/env bash
# A reconnect storm: 10,000 connections, each with a QoS 1 subscription, half of their sessions durable, are dropped at once and back at once.
#   bench/storm.sh [FIN|RST...]      RST FIN RST FIN RST FIN is the default; CONNECTIONS=10000 TRANSPORT=Epoll
# Needs the Release build (dotnet build -c Release). What is printed and what must hold: bench/storm.py.
set -uo pipefail
cd "$(dirname "$0")/.."
. bench/broker.sh
[ $# -gt 0 ] || set -- RST FIN RST FIN RST FIN
ulimit -n "$(ulimit -Hn)"
work=$(mktemp -d)
broker_pid=
finish() {
  kill $broker_pid 2>/dev/null
  wait $broker_pid 2>/dev/null
  cat "$work/err" >&2
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
start_broker "$work" --Broker:Listeners:TcpTransport="${TRANSPORT:-Epoll}" --Broker:Timing:SysInterval=1s || exit 1
python3 bench/storm.py "$broker_port" $broker_pid "${CONNECTIONS:-10000}" "$@"
