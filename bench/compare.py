"""Medians and the table of bench/compare.sh: RAW SCENARIOS RESULT RUNS WARMUP DURATION OURS YARDSTICK [BROKER...]"""
import json, os, platform, re, statistics, subprocess, sys

raw, scenarios, result, runs, warmup, duration, *brokers = sys.argv[1:]
ours, yardstick = brokers[:2]


def first_line(*command):
    """What a program says of its version; not its path or host."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        return (done.stdout or done.stderr).splitlines()[0].strip()
    except (OSError, IndexError, subprocess.TimeoutExpired):
        return "unknown"


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def median(broker, scenario, field):
    """Of the runs that have the figure, those with a failed check among them: they are marked, not hidden."""
    values = [run["result"][field] for run in single if (run["broker"], run["scenario"]) == (broker, scenario) and run["result"] and field in run["result"]]
    return statistics.median(values) if values else None


def failed(broker, scenario):
    return sum(run["exit"] != 0 for run in single if (run["broker"], run["scenario"]) == (broker, scenario))


def text(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def show(title, header, rows):
    print(f"\n{title}")
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        print("  ".join(cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))).rstrip())


def verdict(value, bound, at_least=False):
    return "-" if value is None else "met" if (value >= bound if at_least else value <= bound) else "missed"


with open(raw, encoding="utf-8") as lines:
    single = [json.loads(line) for line in lines]
with open(scenarios, encoding="utf-8") as lines:
    budgets = {name: float(budget) for name, budget in (line.rstrip("\n").split("\t") for line in lines if not line.startswith("#"))}

run_scenarios = list(dict.fromkeys(run["scenario"] for run in single))
medians, rows = [], []
for scenario in run_scenarios:
    for broker in brokers:
        fields = dict.fromkeys(field for run in single if (run["broker"], run["scenario"]) == (broker, scenario) and run["result"]
                               for field, value in run["result"].items() if isinstance(value, (int, float)) and not isinstance(value, bool))
        medians.append({"broker": broker, "scenario": scenario, "failed": failed(broker, scenario), **{field: median(broker, scenario, field) for field in fields}})

for scenario in (name for name in run_scenarios if name in budgets):
    base = median(yardstick, scenario, "broker_cpu_us_per_msg")
    for broker in brokers:
        cpu, budget = median(broker, scenario, "broker_cpu_us_per_msg"), budgets[scenario]
        rate, rss = (median(broker, scenario, one) or median(broker, scenario, other) for one, other in [("delivered_per_s", "fetched_per_s"), ("broker_rss_mb", "rss_mb")])
        ratio = cpu / base if cpu and base else None
        rows.append([scenario if broker == ours else "", broker + " !" * bool(failed(broker, scenario)), text(cpu, 2), text(rate), text(median(broker, scenario, "p50_us")),
                     text(median(broker, scenario, "p99_us")), text(rss, 1), text(ratio, 3), *((f"{budget:.3f}", verdict(ratio, budget)) if broker == ours else ("", ""))])
if rows:
    show(f"Medians of {runs}; ! = a run failed its checks; a ratio is to {yardstick}'s CPU", ["scenario", "broker", "CPU us/msg", "msg/s", "p50 us", "p99 us", "RSS MB", "ratio", "budget", ""], rows)

# What a row is judged by: scenario, field, bound, whether the bound is a least value.
bounds = [("conn --conns 18000 --rate 3000", "bytes_per_conn", 4096, False), ("fresh: conn --conns 13000 --rate 4000", "connect_cpu_us", 120, False),
          ("fresh: conn --conns 13000 --rate 4000", "connack_p99_us", 20_000, False), ("conn --conns 13000 --rate 4000", "connect_cpu_us", 120, False),
          ("conn --conns 13000 --rate 4000", "connack_p99_us", 20_000, False), ("conn --conns 10000 --hold 120", "hold_cores", 0.02, False),
          ("fresh: retained --retained 20000", "stored_per_s", 150_000, True), ("fresh: retained --retained 20000", "all_ms", 200, False),
          ("retained --retained 20000", "stored_per_s", 150_000, True), ("retained --retained 20000", "all_ms", 200, False)]
rows = []
for scenario, field, bound, at_least in (row for row in bounds if row[0] in run_scenarios):
    for broker in brokers:
        value = median(broker, scenario, field)
        rows.append([scenario if broker == ours else "", broker + " !" * bool(failed(broker, scenario)), field, text(value, 3 if bound < 1 else 0),
                     *((f"{'>=' if at_least else '<='} {bound:,}", verdict(value, bound, at_least)) if broker == ours else ("", ""))])
for scenario in (name for name in run_scenarios if name.startswith("beside: ")):
    for broker in brokers:
        with_crowd, alone = median(broker, scenario, "p99_us"), median(broker, scenario.replace("beside", "alone"), "p99_us")
        delay = None if with_crowd is None or alone is None else with_crowd - alone
        rows.append([scenario if broker == ours else "", broker + " !" * bool(failed(broker, scenario)), "p99 us, beyond alone", text(delay),
                     *(("<= 5,000", verdict(delay, 5000)) if broker == ours else ("", ""))])
if rows:
    show("Also to be met", ["scenario", "broker", "figure", "median", "bound", ""], rows)

for run in (run for run in single if run["exit"] != 0):
    print(f"failed its checks: {run['broker']}, round {run['round']}: {run['scenario']}: {json.dumps(run['result'])}", file=sys.stderr)

versions = {ours: first_line("git", "rev-parse", "HEAD"), ".NET": first_line("dotnet", "--version"), yardstick: first_line("/usr/sbin/mosquitto", "-h")}
machine = {"cores": os.cpu_count(), "processor": processor(), "kernel": platform.release(), "system": re.sub(r"\s+", " ", platform.system())}
with open(result, "w", encoding="utf-8") as file:
    json.dump({"machine": machine, "versions": versions, "settings": {"runs": int(runs), "warmup": int(warmup), "seconds": int(duration)}, "medians": medians, "runs": single}, file, indent=1)
    file.write("\n")
print(f"\n{result}")
sys.exit(any(run["exit"] != 0 for run in single if run["broker"] == ours))
