# Sourced by the scripts here: the Release build on ports of its own.

# start_broker WORK [option...]   sets broker_pid and broker_port; what the broker prints is in WORK/out and WORK/err. Fails, with WORK/err on stderr, when it does not start.
start_broker() {
  local work=$1
  shift
  : >"$work/out" # the ready of an earlier one is not this one's
  artifacts/bin/Silo/release/orleans-broker --Broker:Listeners:Tcp=127.0.0.1:0 --Broker:Listeners:WebSocket= --Broker:Http:Listen=127.0.0.1:0 --Broker:Cluster:SiloPort=0 \
    --Logging:LogLevel:Default=Warning "$@" >"$work/out" 2>"$work/err" &
  broker_pid=$!
  until grep -q '^ready ' "$work/out"; do kill -0 $broker_pid 2>/dev/null || { cat "$work/err" >&2; return 1; }; sleep 0.1; done
  broker_port=$(sed -n 's/^ready tcp=[^ ]*:\([0-9]*\) .*/\1/p' "$work/out")
}

# write_rules FILE   100 rules, and every decision about the load's topics has to look at all of them.
write_rules() {
  for ((i = 1; i <= 98; i++)); do echo "allow client device-$i all plant/$i/+/data/#"; done >"$1"
  printf 'allow all all load/#\nallow all all crowd/#\n' >>"$1"
}
