#!/usr/bin/env bash
# An hour at half load: is memory flat? Pairs at QoS 1 throughout, about half of what two cores carry together with the generator, and every minute
# beside them what comes and goes: offline sessions, connections, retained topics, a fan-out and a shared group.
#   bench/hour.sh PATH_TO_MQTTLOAD [MINUTES]
# PUBLISHERS=200 RATE=150 (messages/s each). Needs the Release build. Prints a line each half minute and the verdict: the last quarter's mean RSS
# is at most 1.1 times that of the second. The lines are kept in bench/results/hour-DATE-COMMIT.tsv.
set -uo pipefail
cd "$(dirname "$0")/.."
load=$(realpath "${1:?path of mqttload}")
minutes=${2:-60}
ulimit -n "$(ulimit -Hn)"
work=$(mktemp -d)
for ((i = 1; i <= 98; i++)); do echo "allow client device-$i all plant/$i/+/data/#"; done >"$work/rules"
echo 'allow all all load/#' >>"$work/rules"
artifacts/bin/Silo/release/orleans-broker --Broker:Listeners:Tcp=127.0.0.1:0 --Broker:Listeners:WebSocket= --Broker:Http:Listen=127.0.0.1:0 --Broker:Cluster:SiloPort=0 \
  --Broker:Storage:Provider=Memory --Broker:Authorization:File="$work/rules" --Logging:LogLevel:Default=Warning >"$work/out" 2>"$work/err" &
broker=$!
steady=
finish() {
  kill $broker $steady 2>/dev/null
  wait
  cat "$work/err" >&2
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
until grep -q '^ready ' "$work/out"; do kill -0 $broker 2>/dev/null || exit 1; sleep 0.1; done
port=$(sed -n 's/^ready tcp=[^ ]*:\([0-9]*\) .*/\1/p' "$work/out")

beside() {
  "$load" "$@" --port "$port" >/dev/null 2>>"$work/beside.err" || echo "failed its checks: $*" >>"$work/failed"
}

come_and_go() {
  beside offline --subs 50 --pubs 5 --messages 200 --qos 1 --version 5 --prefix load/offline
  beside conn --conns 500 --rate 500 --subs-each 1 --hold 2 --prefix load/conn
  beside retained --retained 2000 --qos 1 --prefix load/retained
  beside fanout --pubs 1 --subs 100 --rate 20 --qos 1 --warmup 0 --seconds 4 --prefix load/out
  beside fanin --pubs 20 --subs 4 --share g --rate 50 --qos 1 --version 5 --warmup 0 --seconds 4 --prefix load/shared
}

# Seconds of processor time and kB of resident memory.
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / hz }' /proc/$broker/stat; }
rss() { awk '/^VmRSS/ { print $2 }' /proc/$broker/status; }

"$load" pair --pubs "${PUBLISHERS:-200}" --rate "${RATE:-150}" --qos 1 --version 5 --warmup 5 --seconds $((minutes * 60)) --prefix load/pair --port "$port" --pid $broker \
  >"$work/steady" 2>>"$work/beside.err" &
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
