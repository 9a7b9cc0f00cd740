"""What the peers share: their job, read from the command line, the loop that times steps, and their result."""

import json
import sys
import time


def read_job():
    """The job the driver wrote: folder, variant, threads, learning_rate, weight_decay, steps."""
    with open(sys.argv[1]) as file:
        return json.load(file)


def peak_resident_bytes():
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def run(job, step, batches, peak_bytes=peak_resident_bytes):
    """Calls step(batch), which returns the loss as a float, once for each batch; prints the result for the driver, with the
    bytes that peak_bytes() says were used at most."""
    seconds, cpu_seconds, losses = [], [], []
    for batch in batches:
        start, cpu_start = time.perf_counter(), time.process_time()
        losses.append(step(batch))
        seconds.append(time.perf_counter() - start)
        cpu_seconds.append(time.process_time() - cpu_start)
    result = {"name": job["variant"], "seconds": seconds, "cpu_seconds": cpu_seconds, "losses": losses,
              "peak": peak_bytes()}
    print("RESULT " + json.dumps(result))
