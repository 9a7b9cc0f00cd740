"""What the peers share: their job, read from the command line, the loop that times steps, and their result."""

import json
import sys
import time


def read_job():
    """The job the driver wrote: see driver.make_job. Its `base` is what is resident before anything is done: interpreter and
    libraries, if they have been imported."""
    with open(sys.argv[1]) as file:
        return json.load(file) | {"base": read_status("VmRSS")}


def read_status(field):
    """Bytes of this process."""
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith(field + ":"))
    return int(line.split()[1]) * 1024


def peak_resident_bytes():
    return read_status("VmHWM")


def forget_peak():
    """From here on peak_resident_bytes counts anew, from what is resident now."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def run(job, step, batches, device_peak_bytes=None):
    """Calls step(batch), which returns the loss as a float, once for each batch; prints the result for the driver.

    `base` is that of the job, `peak` is resident bytes of the process at most, `later_peak` without loading, compiling and
    the first `warmup` steps. Where device_peak_bytes is given, both are what it says at the end.
    """
    seconds, cpu_seconds, losses, early_peak = [], [], [], 0
    for number, batch in enumerate(batches):
        if number == job["warmup"] and not device_peak_bytes:
            early_peak = peak_resident_bytes()
            forget_peak()
        start, cpu_start = time.perf_counter(), time.process_time()
        losses.append(step(batch))
        seconds.append(time.perf_counter() - start)
        cpu_seconds.append(time.process_time() - cpu_start)
    later_peak = device_peak_bytes() if device_peak_bytes else peak_resident_bytes()
    result = {"name": job["variant"], "seconds": seconds, "cpu_seconds": cpu_seconds, "losses": losses,
              "base": job["base"], "peak": max(early_peak, later_peak), "later_peak": later_peak}
    print("RESULT " + json.dumps(result))
