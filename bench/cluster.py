"""Tables of bench/cluster.sh: cost|idle RAW RESULT"""
import json, statistics, sys

kind, raw, result = sys.argv[1:]
with open(raw, encoding="utf-8") as lines:
    single = [json.loads(line) for line in lines]


def cost():
    """CPU of all nodes for each message, a column for each shape of the cluster."""
    shapes = list(dict.fromkeys(run["topology"] for run in single))
    rows = []
    for scenario in dict.fromkeys(run["scenario"] for run in single):
        row = {"scenario": scenario}
        for shape in shapes:
            runs = [run for run in single if (run["topology"], run["scenario"]) == (shape, scenario)]
            values = [run["result"]["broker_cpu_us_per_msg"] for run in runs if run["result"]]
            row[shape] = statistics.median(values) if values else None
            row[shape + " failed"] = sum(run["exit"] != 0 for run in runs)
        rows.append(row)
    print("| CPU µs/message | " + " | ".join(shapes) + " |\n|---|" + "---:|" * len(shapes))
    for row in rows:
        print(f"| {row['scenario']} | " + " | ".join(("-" if row[shape] is None else f"{row[shape]:.2f}") + (" FAILED" if row[shape + " failed"] else "") for shape in shapes) + " |")
    return {"medians": rows, "runs": single}, any(run["exit"] for run in single)


def idle():
    """Memory and CPU of each role, and how long a core's death keeps it busy."""
    at = {line["at"]: line for line in single if line["at"] in ("empty", "connected", "idle", "end")}
    after = [line for line in single if line["at"] == "after"]
    count = at["end"]["connections"]
    seconds = at["idle"]["time"] - at["connected"]["time"]
    figures = {"connections": count, "dropped": count - at["end"]["established"], "load_failed": sum(line["exit"] != 0 for line in single if line["at"] == "load")}
    for role in ("gateway", "core"):
        figures[f"{role}_bytes_per_connection"] = (at["idle"][f"{role}_kb"] - at["empty"][f"{role}_kb"]) * 1024 / count
        figures[f"{role}_idle_cores"] = (at["idle"][f"{role}_cpu"] - at["connected"][f"{role}_cpu"]) / seconds
        # The dead core's time is in neither of these.
        figures[f"{role}_cpu_after_kill_s"] = after[-1][f"{role}_cpu"] - after[0][f"{role}_cpu"]
    # Busy is more than three times what idling takes, and a tenth of a core.
    bound = max(0.1, 3 * (figures["gateway_idle_cores"] + figures["core_idle_cores"]))
    busy = [b["time"] - after[0]["time"] for a, b in zip(after, after[1:])
            if (b["gateway_cpu"] + b["core_cpu"] - a["gateway_cpu"] - a["core_cpu"]) / (b["time"] - a["time"]) > bound]
    figures["busy_after_kill_s"] = busy[-1] if busy else 0
    for name, value in figures.items():
        print(f"| {name.replace('_', ' ')} | {value:,.3f} |" if isinstance(value, float) else f"| {name.replace('_', ' ')} | {value:,} |")
    return {"figures": figures, "samples": single}, figures["dropped"] > 0 or figures["load_failed"] > 0


table, failed = {"cost": cost, "idle": idle}[kind]()
with open(result, "w", encoding="utf-8") as file:
    json.dump(table, file, indent=1)
    file.write("\n")
sys.exit(failed)
