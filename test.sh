#!/usr/bin/env bash
# Builds everything and runs every test of the solution. The last line is the total over all suites:
#   N passed, N failed[, N skipped]
# The exit code is 0 only if nothing failed. What the interop tests use is installed when it is missing (apt packages need root;
# services stay off). Every server is started by the tests on ports of its own and stopped by them.
set -euo pipefail
cd "$(dirname "$0")"

configuration=Release
suite_seconds=900
# No build server may outlive this script: whoever waits for the end of its output would wait for it too.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

fail_before_tests() {
  echo "$1" >&2
  echo "0 passed, 1 failed"
  exit 1
}

install_packages() {
  local missing=()
  command -v mosquitto_rr >/dev/null || missing+=(mosquitto-clients)
  command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || missing+=(mosquitto)
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
  command -v strace >/dev/null || missing+=(strace)
  command -v ip >/dev/null || [ -x /usr/sbin/ip ] || [ -x /sbin/ip ] || missing+=(iproute2)
  /usr/bin/python3 -c 'import paho.mqtt.client' 2>/dev/null || missing+=(python3-paho-mqtt)
  [ ${#missing[@]} -gt 0 ] || return 0

  # While this file says 101, installing starts no service (Debian's policy-rc.d).
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    made=1
  fi
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" || return 1
  [ -z "$made" ] || rm -f "$policy"
}

install_node_modules() {
  [ -d tests/Interop.Tests/node/node_modules/mqtt ] || (cd tests/Interop.Tests/node && npm ci) || return 1
  [ -d tests/Api.Tests/node/node_modules/typescript ] || (cd tests/Api.Tests/node && npm ci) || return 1
  [ -d tests/TestKit/Servers/azurite/node_modules/azurite ] || (cd tests/TestKit/Servers/azurite && npm ci)
}

# Prints "passed failed skipped" of one suite's report; a report that is missing, empty or not whole is one failure.
read_report() {
  /usr/bin/python3 - "$1" "$2" <<'PYTHON'
import json
import sys

report, exit_code = sys.argv[1], int(sys.argv[2])
try:
    with open(report, encoding="utf-8") as file:
        summary = json.load(file)["results"]["summary"]
    passed, failed, total = summary["passed"], summary["failed"], summary["tests"]
except (OSError, ValueError, KeyError):
    passed, failed, total = 0, 1, 1
skipped = total - passed - failed
if failed == 0 and (exit_code != 0 or total == 0):
    failed = 1
print(passed, failed, skipped)
PYTHON
}

# Says again at the end what failed, where the end of a long output is all that is kept.
print_failures() {
  /usr/bin/python3 - "$1" <<'PYTHON'
import json
import os
import sys

for name in sorted(os.listdir(sys.argv[1])):
    try:
        with open(os.path.join(sys.argv[1], name), encoding="utf-8") as file:
            tests = json.load(file)["results"]["tests"]
    except (OSError, ValueError, KeyError) as error:
        print(f"== FAILED {name}: no whole report ({error})")
        continue
    for test in (test for test in tests if test["status"] == "failed"):
        print(f"== FAILED {name}: {test['name']}")
        print(test.get("message", "")[:4000])
        print(test.get("trace", "")[:2000])
PYTHON
}

install_packages || fail_before_tests "a package could not be installed"
install_node_modules || fail_before_tests "npm ci failed"
dotnet restore --locked-mode OrleansBroker.sln || fail_before_tests "the restore failed"
dotnet build --no-restore -c "$configuration" -p:UseSharedCompilation=false OrleansBroker.sln || fail_before_tests "the build failed"

reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
passed=0 failed=0 skipped=0
run_suite() {
  local name=$1 label=$2 exit_code=0 p f s
  echo "== $label"
  timeout -k 10 "$suite_seconds" \
    "artifacts/bin/$name/${configuration,,}/OrleansBroker.$name" -noLogo -noColor -result-ctrf "$reports/$label.json" || exit_code=$?
  read -r p f s <<<"$(read_report "$reports/$label.json" "$exit_code")"
  echo "== $label: $p passed, $f failed, $s skipped (exit code $exit_code)"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

for project in $(dotnet sln OrleansBroker.sln list | tr '\\' '/' | grep -E '\.Tests\.csproj$'); do
  name=$(basename "$project" .csproj)
  if [ "$name" = Conformance.Tests ]; then
    # Everything that the standard says, over each transport.
    for transport in tcp kestrel websocket; do
      CONFORMANCE_TRANSPORT=$transport run_suite "$name" "$name.$transport"
    done
  else
    run_suite "$name" "$name"
  fi
done

[ "$failed" -eq 0 ] || print_failures "$reports"
total="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || total+=", $skipped skipped"
echo "$total"
[ "$failed" -eq 0 ]
