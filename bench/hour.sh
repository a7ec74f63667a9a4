#!/usr/bin/env bash
# An hour at half load: is memory flat? Pairs at QoS 1 throughout, about half of what two cores carry together with the generator, and every minute
# beside them what comes and goes: offline sessions, connections, retained topics, a fan-out and a shared group.
#   bench/hour.sh PATH_TO_MQTTLOAD [MINUTES]
# PUBLISHERS=200 RATE=150 (messages/s each). Needs the Release build. Prints a line each half minute and the verdict: the last quarter's mean RSS
# is at most 1.1 times that of the second. The lines are kept in bench/results/hour-DATE-COMMIT.tsv.
set -uo pipefail
cd "$(dirname "$0")/.."
. bench/broker.sh
load=$(realpath "${1:?path of mqttload}")
minutes=${2:-60}
ulimit -n "$(ulimit -Hn)"
work=$(mktemp -d)
steady=
broker_pid=
finish() {
  kill $broker_pid $steady 2>/dev/null
  wait
  cat "$work/err" >&2
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
write_rules "$work/rules"
start_broker "$work" --Broker:Storage:Provider=Memory --Broker:Authorization:File="$work/rules" || exit 1

beside() {
  "$load" "$@" --port "$broker_port" >/dev/null 2>"$work/beside.err" || echo "failed its checks: $* | $(tail -n 1 "$work/beside.err")" >>"$work/failed"
}

come_and_go() {
  beside offline --subs 50 --pubs 5 --messages 200 --qos 1 --version 5 --prefix load/offline
  beside conn --conns 500 --rate 500 --subs-each 1 --hold 2 --prefix load/conn
  beside retained --retained 2000 --qos 1 --prefix load/retained
  beside fanout --pubs 1 --subs 100 --rate 20 --qos 1 --warmup 0 --seconds 4 --prefix load/out
  beside fanin --pubs 20 --subs 4 --share g --rate 50 --qos 1 --version 5 --warmup 0 --seconds 4 --prefix load/shared
}

# Seconds of processor time and kB of resident memory.
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / hz }' /proc/$broker_pid/stat; }
rss() { awk '/^VmRSS/ { print $2 }' /proc/$broker_pid/status; }

"$load" pair --pubs "${PUBLISHERS:-200}" --rate "${RATE:-150}" --qos 1 --version 5 --warmup 5 --seconds $((minutes * 60)) --prefix load/pair --port "$broker_port" --pid $broker_pid \
  >"$work/steady" 2>/dev/null &
steady=$!
result=bench/results/hour-$(date +%Y-%m-%d)-$(git rev-parse --short HEAD).tsv
printf 'minute\tRSS kB\tcores\n' | tee "$result"
before=$(cpu)
for ((half = 1; half <= 2 * minutes; half++)); do
  began=$(date +%s)
  if ((half % 2 == 1)); then come_and_go; fi
  rest=$((began + 30 - $(date +%s)))
  if ((rest > 0)); then sleep $rest; fi
  now=$(cpu)
  awk -v half=$half -v kb="$(rss)" -v used="$(awk "BEGIN { print $now - $before }")" -v s=$(($(date +%s) - began)) \
    'BEGIN { printf "%.1f\t%d\t%.2f\n", half / 2, kb, used / s }' | tee -a "$result"
  before=$now
done
wait $steady
status=$?
steady=
tail -n 1 "$work/steady" | tee -a "$result"
[ ! -s "$work/failed" ] || { sort "$work/failed" | uniq -c | tee -a "$result"; status=1; }
awk -F '\t' -v halves=$((2 * minutes)) 'NR > 1 && NF == 3 { n++; if (n > halves / 4 && n <= halves / 2) { a += $2; an++ } if (n > halves * 3 / 4) { b += $2; bn++ } }
  END { ratio = (b / bn) / (a / an); printf "RSS of the last quarter to the second: %.3f, %s\n", ratio, ratio <= 1.1 ? "flat" : "not flat"; exit ratio > 1.1 }' "$result" | tee -a "$result" || status=1
exit $status
