"""Prints the report of made-up runs and draws them: made_up_report.py PLOT.svg"""

import pathlib
import sys

import memory_plot
import memory_report

MIB = 1 << 20
STEPS = {"neap-unlimited": [1.9, 1.2, 2.2, 1.9, 1.9, 1.9, 1.9], "neap-minimum": [2.2, 1.6, 3.0, 2.2, 2.2, 2.2, 2.2],
         "torch-eager-fused": [4.0] * 7, "onnxruntime": [2.0] * 7}
PEAKS = {"neap-unlimited": 400, "neap-minimum": 100, "torch-eager-fused": 1000, "onnxruntime": 500}

runs = []
for point, seconds in STEPS.items():
    for number, step in enumerate(seconds, 1):
        losses = [9.0, 8.0 + 0.1 * (point == "onnxruntime")]
        run = {"round": number, "point": point, "seconds": [99.0, step], "losses": losses, "peak": PEAKS[point] * MIB,
               "later_peak": PEAKS[point] * MIB, "others": 0.01 * number}
        if memory_report.is_neap(point):
            run["planned"] = run["peak"] - 10 * MIB
        else:
            run |= {"base": 300 * MIB, "later_peak": run["peak"] - 100 * MIB}
        runs.append(run)
least = {"parameters": 40 * MIB, "gradients": 30 * MIB, "optimizer": 20 * MIB, "working_set": 10 * MIB, "sum": 100 * MIB,
         "at_one_moment": 80 * MIB, "moment": "update of w"}
report = memory_report.Report(runs, {"torch-compile": "exit code 1"}, list(STEPS), least)
print(report.text())
pathlib.Path(sys.argv[1]).write_text(memory_plot.draw(report.points(), report.labels()))
