"""soak.png: what the processes held while they were under load.

Runs in the benchmarks' own environment, which has matplotlib: the facts on standard input, the file as the argument.
"""

import json
import sys

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt


def main() -> None:
    samples = json.load(sys.stdin)["samples"]
    names = [name for name in samples[0] if name != "minute"]
    figure, axes = plt.subplots(-(-len(names) // 3), 3, figsize=(13, 6.4), squeeze=False)
    for axis in axes.flat[len(names) :]:
        axis.set_visible(False)
    for axis, name in zip(axes.flat, names, strict=False):
        axis.plot([it["minute"] for it in samples], [it[name] for it in samples], color="#c2410c", linewidth=1)
        axis.set_title(name, fontsize=10)
        axis.set_xlabel("minutes", fontsize=9)
        axis.set_ylim(bottom=0)
        axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(sys.argv[1], dpi=110)


if __name__ == "__main__":
    main()
