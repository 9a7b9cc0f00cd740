"""What the runs of memory_bench.py say: a table, and how far Neap reaches against its peers."""

import statistics

LABELS = {"torch-eager-fused": "PyTorch eager", "torch-checkpoint": "PyTorch, activation checkpointing",
          "torch-compile": "torch.compile", "torch-compile-0.5": "torch.compile, memory budget 0.5",
          "torch-compile-0.1": "torch.compile, memory budget 0.1", "onnxruntime": "ONNX Runtime training"}
EAGER, UNLIMITED, MINIMUM = "torch-eager-fused", "neap-unlimited", "neap-minimum"
# Summation orders differ: in the first loss by rounding, in later ones by what AdamW makes of gradients near zero.
FIRST_LOSS, LATER_LOSS = 1e-4, 1e-3
# With so many rounds, the smallest and the largest of their ratios bracket the median ratio with 98 %.
ENOUGH_ROUNDS = 7


def median_step(run):
    """Seconds of a step of this run; the first step does not count."""
    return statistics.median(run["seconds"][1:])


def is_neap(point):
    return point.startswith("neap-")


def label(point):
    if not is_neap(point):
        return LABELS[point]
    budget, _, offload = point.removeprefix("neap-").partition("-")
    text = budget if budget in ("unlimited", "minimum") else f"{float(budget) * 100:.0f} %"
    return f"Neap, {text}" + (", nothing moved" if offload else "")


def mebibytes(count):
    return f"{count / 2**20:,.0f}"


class Report:
    """`runs` and `missing` as Results of memory_bench.py has them, `order` of the points, `least` of least_memory.py."""

    def __init__(self, runs, missing, order, least):
        self.missing, self.least = missing, least
        self.runs = {point: {run["round"]: run for run in runs if run["point"] == point} for point in order}
        self.runs = {point: found for point, found in self.runs.items() if found}

    def median(self, point, figure):
        return statistics.median(map(figure, self.runs[point].values()))

    def step(self, point):
        return self.median(point, median_step)

    def peak(self, point):
        return self.median(point, lambda run: run["peak"])

    def later_peak(self, point):
        return self.median(point, lambda run: run["later_peak"])

    def points(self):
        """{point: (seconds, bytes)}."""
        return {point: (self.step(point), self.peak(point)) for point in self.runs}

    def labels(self):
        return {point: label(point) for point in self.runs}

    def neap(self):
        return [point for point in self.runs if is_neap(point)]

    def peers(self):
        return [point for point in self.runs if not is_neap(point)]

    def ratios(self, point, other):
        """Of the steps' seconds, a ratio for each round that has both."""
        rounds = self.runs[point].keys() & self.runs[other].keys()
        return [median_step(self.runs[point][number]) / median_step(self.runs[other][number]) for number in sorted(rounds)]

    def disagreements(self):
        """Points whose losses are not those of the first point, each with the largest difference."""
        found = {}
        reference = next(iter(next(iter(self.runs.values())).values()))["losses"]
        exact = [run["losses"] for point in self.neap() for run in self.runs[point].values()]
        for point, runs in self.runs.items():
            for losses in (run["losses"] for run in runs.values()):
                differences = [abs(a - b) for a, b in zip(losses, reference, strict=True)]
                if differences[0] > FIRST_LOSS or max(differences) > LATER_LOSS or (is_neap(point) and losses != exact[0]):
                    found[point] = max(differences)
        return found

    def dominators(self, peer):
        """Neap's points with less memory at no more time, in every round."""
        return [point for point in self.neap() if self.peak(point) < min(self.peak(peer), self.later_peak(peer))
                and max(self.ratios(point, peer), default=2) <= 1]

    def table(self):
        columns = ["", "step, s", "of eager's (min-max)", "peak, MiB", "later peak, MiB", "libraries, MiB",
                   "of eager's", "planned, MiB",
                   "first loss", "last loss", "rounds"]
        lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
        for point, runs in self.runs.items():
            run = next(iter(runs.values()))
            ratios = self.ratios(point, EAGER) if EAGER in self.runs else []
            cells = [label(point), f"{self.step(point):.2f}", spread(ratios) if ratios else "",
                     mebibytes(self.peak(point)), mebibytes(self.later_peak(point)),
                     mebibytes(run["base"]) if "base" in run else "",
                     f"{self.peak(point) / self.peak(EAGER):.2f}" if EAGER in self.runs else "",
                     mebibytes(run["planned"]) if "planned" in run else "", f"{run['losses'][0]:.5f}",
                     f"{run['losses'][-1]:.5f}", str(len(runs))]
            lines.append("| " + " | ".join(cells) + " |")
        for point, reason in self.missing.items():
            lines.append(f"| {label(point)} | not available: {reason} |" + " |" * (len(columns) - 2))
        return lines

    def dominated(self):
        lines = []
        for peer in self.peers():
            found = self.dominators(peer)
            if not found:
                lines.append(f"- **Not dominated**: {label(peer)}.")
                continue
            least = min(found, key=self.peak)
            fastest = min(found, key=lambda point: statistics.median(self.ratios(point, peer)))
            lines.append(f"- **Dominated**: {label(peer)}, by {label(least)} "
                         f"({self.peak(least) / self.peak(peer):.2f} of the memory, "
                         f"{spread(self.ratios(least, peer))} of the time) to {label(fastest)} "
                         f"({self.peak(fastest) / self.peak(peer):.2f}, {spread(self.ratios(fastest, peer))}).")
        return lines

    def reach(self, other, allowed, goal):
        """The least memory of Neap at `allowed` times the step of `other`, as a share of the memory of that."""
        if other not in self.runs:
            return []
        within = [point for point in self.neap() if self.ratios(point, other) and max(self.ratios(point, other)) <= allowed]
        where = f"At {allowed:.2f} of the step time of {label(other)}"
        if not within:
            return [f"- {where}: no point of Neap (aim: {goal} of its memory)."]
        least = min(within, key=self.peak)
        share = self.peak(least) / self.peak(other)
        return [f"- {where}, in every round: {share:.3f} of its memory (aim: {goal}, "
                f"{'reached' if share <= goal else 'missed'}), by {label(least)} "
                f"({spread(self.ratios(least, other))} of the time)."]

    def minimum(self):
        if MINIMUM not in self.runs:
            return []
        planned, least = next(iter(self.runs[MINIMUM].values()))["planned"], self.least
        terms = " + ".join(f"{mebibytes(least[name])} {name.replace('_', ' ')}"
                           for name in ("parameters", "gradients", "optimizer", "working_set"))
        ratio = planned / least["sum"]
        return [f"- The minimum plans {mebibytes(planned)} MiB: {ratio:.3f} of {mebibytes(least['sum'])} MiB (aim: 1.1, "
                f"{'reached' if ratio <= 1.1 else 'missed'}), which is {terms} (least_memory.py; at one moment, the "
                f"{least['moment']}, {mebibytes(least['at_one_moment'])} MiB)."]

    def text(self):
        """Markdown: the table, and one line for each aim."""
        rounds = min((len(runs) for runs in self.runs.values()), default=0)
        lines = self.table() + [""] + self.dominated()
        lines += self.reach(EAGER, 1.0, 0.4) + self.reach(UNLIMITED, 1.1, 0.33) + self.minimum()
        found = self.disagreements()
        lines += [f"- **Losses differ**: {label(point)}, by {most:.2g}." for point, most in found.items()]
        if not found:
            lines.append(f"- Same work: first losses agree within {FIRST_LOSS:g}, all within {LATER_LOSS:g}, "
                         "those of Neap's programs to the bit.")
        others = max((run["others"] for runs in self.runs.values() for run in runs.values()), default=0)
        lines.append(f"- Others used at most {others:.2f} CPUs meanwhile.")
        if rounds < ENOUGH_ROUNDS:
            lines.append(f"- {rounds} rounds: too few to say with what certainty ({ENOUGH_ROUNDS} bracket a ratio with 98 %).")
        return "\n".join(lines) + "\n"


def spread(ratios):
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
