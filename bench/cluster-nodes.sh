# Sourced by the scripts here: a cluster of the Release build on one machine, with a PostgreSQL server of its own.

# start_store WORK   sets store_pid and store; its files are in WORK/pg.
start_store() {
  local port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  chmod 755 "$1"
  mkdir "$1/pg"
  [ "$(id -u)" -eq 0 ] && chown postgres "$1/pg"
  as_postgres initdb -D "$1/pg/data" -U broker --auth=trust >/dev/null || return 1
  as_postgres pg_ctl -D "$1/pg/data" -l "$1/pg/log" -w -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$1/pg -c max_connections=300" start >/dev/null || return 1
  store_pid=$(head -n 1 "$1/pg/data/postmaster.pid")
  store="Host=127.0.0.1;Port=$port;Username=broker"
}

stop_store() { [ ! -f "$1/pg/data/postmaster.pid" ] || as_postgres pg_ctl -D "$1/pg/data" -m immediate stop >/dev/null; }

as_postgres() {
  local program
  program=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)/$1
  shift
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- env -C / "$program" "$@"; else "$program" "$@"; fi
}

# start_nodes WORK GATEWAYS CORES [option...]   a cluster with a database of its own; 0 gateways: cores that are gateways, too. Sets gateway_pids, core_pids (arrays) and gateway_ports (with commas);
# what a node prints is in
# ${node_files[PID]}.out and .err, below WORK. All know each other on return.
start_nodes() {
  local work=$1 gateways=$2 cores=$3 database node_pid node_port i
  shift 3
  database=bench$((++databases))
  as_postgres psql -h 127.0.0.1 -p "$(sed 's/.*Port=\([0-9]*\).*/\1/' <<<"$store")" -U broker -q -d postgres -c "CREATE DATABASE $database" || return 1
  gateway_pids=() core_pids=() node_files=() gateway_ports=
  for ((i = 0; i < cores; i++)); do
    launch_node "$work" "$([ "$gateways" -gt 0 ] && echo Core || echo Gateway,Core)" "$database" "$@"
    core_pids+=("$node_pid")
  done
  for ((i = 0; i < gateways; i++)); do
    launch_node "$work" Gateway "$database" "$@"
    gateway_pids+=("$node_pid")
  done
  for node_pid in "${core_pids[@]}" "${gateway_pids[@]}"; do
    wait_for "$node_pid" out '^ready ' || return 1
    [ $((gateways + cores)) -eq 1 ] || wait_for "$node_pid" err "nodes=$((gateways + cores)) " || return 1
    node_port=$(sed -n 's/^ready .*tcp=[^ ]*:\([0-9]*\) .*/\1/p' "${node_files[node_pid]}.out")
    [ -z "$node_port" ] || gateway_ports=${gateway_ports:+$gateway_ports,}$node_port
  done
}

launch_node() {
  local work=$1 role=$2 database=$3 out
  shift 3
  out=$(mktemp -u "$work/node-XXXXXX")
  : >"$out.out"
  : >"$out.err"
  artifacts/bin/Silo/release/orleans-broker --Broker:Roles="$role" --Broker:Storage:Provider=Postgres "--Broker:Storage:ConnectionString=$store;Database=$database" --Broker:Cluster:Provider=Postgres \
    --Broker:Cluster:SiloPort=0 --Broker:Listeners:Tcp=127.0.0.1:0 --Broker:Listeners:WebSocket= --Broker:Http:Listen=127.0.0.1:0 "$@" >"$out.out" 2>"$out.err" &
  node_pid=$!
  node_files[node_pid]=$out
}

wait_for() {
  until grep -q "$3" "${node_files[$1]}.$2"; do
    kill -0 "$1" 2>/dev/null || { cat "${node_files[$1]}.err" >&2; return 1; }
    sleep 0.1
  done
}

stop_nodes() {
  local node_pid
  for node_pid in "${gateway_pids[@]:-}" "${core_pids[@]:-}"; do [ -z "$node_pid" ] || kill "$node_pid" 2>/dev/null; done
  for node_pid in "${gateway_pids[@]:-}" "${core_pids[@]:-}"; do [ -z "$node_pid" ] || wait "$node_pid" 2>/dev/null; done
  gateway_pids=() core_pids=()
}

# Sums over processes: seconds of processor time, kB of resident memory. Those that are gone count nothing.
cpu_of() { for p in "$@"; do cat /proc/"$p"/stat 2>/dev/null; done | awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); used += $12 + $13 } END { printf "%.2f\n", used / hz }'; }
rss_of() { for p in "$@"; do cat /proc/"$p"/status 2>/dev/null; done | awk '/^VmRSS/ { kb += $2 } END { print kb + 0 }'; }
