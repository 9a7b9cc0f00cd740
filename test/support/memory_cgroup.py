"""Runs a command in a memory cgroup of its own, which has no swap: version 1 or 2 where this process may make one, else a scope
of systemd. Page cache counts in a cgroup too, but gives way."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile


class Cgroup:
    """A folder of the cgroup file system, and how that version names its files."""

    VERSIONS = {1: ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control"),
                2: ("memory.max", "memory.swap.max", "memory.events")}

    def __init__(self, version, parent):
        self.version, self.parent = version, parent
        self.limit_file, self.swap_file, self.kills_file = self.VERSIONS[version]

    def run(self, command, limit, **options):
        """As run()."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="neap-test-", dir=self.parent))
        try:
            (folder / self.limit_file).write_text(str(limit))
            if (folder / self.swap_file).exists():  # absent where the kernel has no accounting of swap
                (folder / self.swap_file).write_text(str(limit) if self.version == 1 else "0")
            enter = lambda: (folder / "cgroup.procs").write_text("0")
            done = subprocess.run(command, preexec_fn=enter, capture_output=True, text=True, **options)
            kills = int(re.search(r"oom_kill (\d+)", (folder / self.kills_file).read_text()).group(1))
            return done, kills > 0
        finally:
            folder.rmdir()


class SystemdScope:
    def run(self, command, limit, **options):
        """As run()."""
        scope = ["systemd-run", "--user", "--scope", "--quiet", "-p", f"MemoryMax={limit}", "-p", "MemorySwapMax=0"]
        done = subprocess.run([*scope, *command], capture_output=True, text=True, **options)
        return done, done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)


def find_parents():
    """(version, folder) of where a cgroup could be made: below that of this process, or beside it, as in version 2 a cgroup
    with processes has no limited children."""
    mounts = [line.split() for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()]
    own = [line.split(":", 2) for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines()]
    for _, target, kind, options, *_ in mounts:
        version = {"cgroup": 1, "cgroup2": 2}.get(kind)
        if version is None or (version == 1 and "memory" not in options.split(",")):
            continue
        path = next((path for _, names, path in own if ("memory" in names.split(",") if version == 1 else not names)), "/")
        folder = pathlib.Path(target + path)
        yield from ((version, place) for place in (folder, folder.parent, pathlib.Path(target)) if place.is_dir())


def find():
    """What can limit a process here; None if nothing can."""
    try:
        runners = [Cgroup(version, folder) for version, folder in find_parents()]
    except OSError:  # a root without /proc
        runners = []
    if shutil.which("systemd-run"):
        runners.append(SystemdScope())
    for runner in runners:
        try:
            done, killed = runner.run(["true"], 64 << 20, timeout=10)
            if done.returncode == 0 and not killed:
                return runner
        except (OSError, subprocess.SubprocessError):
            continue
    return None


def run(command, limit, **options):
    """Runs a command that may have `limit` bytes. Returns what subprocess.run does, output captured, and whether the kernel has
    killed it for want of memory. Throws RuntimeError where nothing can limit it."""
    runner = find()
    if runner is None:
        raise RuntimeError("no memory cgroup can be made here")
    return runner.run([os.fspath(part) for part in command], limit, **options)
