"""results.png: throughput and p99 of each case, and the growth curves where they were measured.

Runs in the benchmarks' own environment, which has matplotlib: results on standard input, the file as the argument.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

COLOURS = {
    "quotegraph": "#c2410c",
    "quotegraph-sqlite": "#fdba74",
    "mercurius-jit": "#1d4ed8",
    "postgraphile": "#0891b2",
    "yoga": "#7c3aed",
    "ariadne": "#64748b",
    "strawberry": "#94a3b8",
    "one-statement": "#d4d4d8",
}

Runs = Sequence[dict[str, Any]]


def main() -> None:
    runs = json.load(sys.stdin)["runs"]
    names = [name for name in ("nested", "small", "accept") if any(it["case"] == name for it in runs)]
    curves = [name for name in ("page of", "depth") if any(it["case"].startswith(name) for it in runs)]
    rows = len(names) + (1 if curves else 0)
    figure, axes = plt.subplots(rows, 2, figsize=(13, 3.6 * rows), squeeze=False)
    for row, name in zip(axes, names, strict=False):
        mine = [it for it in runs if it["case"] == name]
        _bars(row[0], mine, "rps", f"{name}: requests per second (more is better)")
        _bars(row[1], mine, "p99_ms", f"{name}: p99 in ms, log scale (less is better)", log=True)
    for axis, name in zip(axes[-1] if curves else (), curves, strict=False):
        _curve(axis, [it for it in runs if it["case"].startswith(name)], name)
    figure.tight_layout()
    figure.savefig(sys.argv[1], dpi=110)


def _bars(axis: Any, runs: Runs, what: str, title: str, log: bool = False) -> None:
    servers = [name for name in COLOURS if any(it["server"] == name for it in runs)]
    for offset, concurrency in ((-0.2, 1), (0.2, 16)):
        found = {it["server"]: it[what] for it in runs if it["concurrency"] == concurrency}
        places = [number + offset for number in range(len(servers))]
        shade = 0.55 if concurrency == 1 else 1
        bars = axis.bar(places, [found.get(it, 0) for it in servers], 0.38, color=[COLOURS[it] for it in servers],
                        alpha=shade, label=f"concurrency {concurrency}")  # fmt: skip
        axis.bar_label(bars, fmt=lambda value: f"{value:,.0f}" if value >= 10 else f"{value:.1f}", fontsize=7)
    if log:
        axis.set_yscale("log")
    axis.set_xticks(range(len(servers)), servers, rotation=20, fontsize=8)
    axis.set_title(f"{title}; pale: concurrency 1, full: 16", fontsize=9)
    axis.spines[["top", "right"]].set_visible(False)


def _curve(axis: Any, runs: Runs, name: str) -> None:
    for server in dict.fromkeys(it["server"] for it in runs):
        points = sorted((int(it["case"].split()[-1]), it["p50_ms"]) for it in runs if it["server"] == server)
        axis.plot(*zip(*points, strict=True), marker="o", color=COLOURS[server], label=server)
    axis.set_title("ms (median) by quotes a page" if name == "page of" else "ms (median) by depth", fontsize=9)
    axis.set_ylim(bottom=0)
    axis.legend(fontsize=8, frameon=False)
    axis.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    main()
