"""Measures watchers; run by watch.sh.

Latency is the time from the change to the return of read(2) at the other end of the pipe. Idle is the number of voluntary context
switches in 5 s. Memory is what a tree adds to the resident memory of a watcher of an empty directory.
"""

import os
import resource
import shutil
import statistics
import subprocess
import time

from measuring import row, status, timed

JUG = os.environ["JUG"]
SCRATCH = os.environ["SCRATCH"]
CHANGES = int(os.environ["CHANGES"])
DIRECTORIES = int(os.environ["DIRECTORIES"])
FILES_EACH = 4
APPENDS = 200_000
HAS_ENTR = shutil.which("entr") is not None

READY = os.path.join(SCRATCH, "ready")


def start(name: str, tree: str, stdout: int = subprocess.DEVNULL) -> subprocess.Popen:
    """Starts a watcher, and returns when it watches."""
    if name == "jug":
        if os.path.exists(READY):
            os.remove(READY)
        child = subprocess.Popen([JUG, "watch", "--ready-file", READY, tree], stdout=stdout)
        while not os.path.exists(READY):
            time.sleep(0.0005)
        return child
    command = ["inotifywait", "-m", "-r", "-e", "create,modify,delete,move", tree]
    child = subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE)
    assert child.stderr
    while b"established" not in child.stderr.readline():
        pass
    return child


def stop(child: subprocess.Popen) -> None:
    child.kill()
    child.wait()


def latencies(name: str, change) -> list[float]:
    """Times single changes on their way, in milliseconds."""
    tree = os.path.join(SCRATCH, f"{name}-tree")
    shutil.rmtree(tree, ignore_errors=True)
    os.mkdir(tree)
    for number in range(CHANGES):
        open(os.path.join(tree, f"old-{number}"), "w", encoding="ascii").close()
    child = start(name, tree, subprocess.PIPE)
    assert child.stdout
    out = child.stdout.fileno()
    times = []
    for number in range(CHANGES):
        time.sleep(0.06)
        started = time.perf_counter()
        change(tree, number)
        os.read(out, 1000)
        times.append((time.perf_counter() - started) * 1000)
    stop(child)
    return sorted(times)


def make(tree: str, number: int) -> None:
    os.mkdir(os.path.join(tree, f"new-{number}"))


def write(tree: str, number: int) -> None:
    with open(os.path.join(tree, f"old-{number}"), "w", encoding="ascii") as file:
        file.write("text\n")


def remove(tree: str, number: int) -> None:
    os.remove(os.path.join(tree, f"old-{number}"))


def latency() -> None:
    for what, change in [("directory made", make), ("file written", write), ("file removed", remove)]:
        jug, other = latencies("jug", change), latencies("inotifywait", change)
        medians = statistics.median(jug), statistics.median(other)
        row(
            f"{what}: change to record, median",
            f"{medians[0]:.3f} ms",
            f"inotifywait {medians[1]:.3f} ms",
            "1.5 times, 0.3 ms",
        )


def appends() -> None:
    """Appends to one file as fast as it goes."""
    tree = os.path.join(SCRATCH, "appends")
    os.mkdir(tree)
    cells = []
    for name in ["jug", "inotifywait"]:
        log = os.path.join(tree, "log")
        out_path = os.path.join(SCRATCH, f"{name}-records")
        with open(out_path, "wb") as out:
            child = start(name, tree, out.fileno())
            before, began = resource.getrusage(resource.RUSAGE_SELF), cpu(child.pid)
            with open(log, "ab", buffering=0) as file:
                for _ in range(APPENDS):
                    file.write(b"a line that is appended\n")
            used = resource.getrusage(resource.RUSAGE_SELF)
            time.sleep(1)
            writer = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
            share = (cpu(child.pid) - began) / writer * 100
            peak = status(child.pid, "VmHWM") / 1024
            stop(child)
        with open(out_path, "rb") as records:
            count = sum(1 for _ in records)
        os.remove(log)
        cells.append(f"{share:.0f} % of the writer's CPU, {count} records, {peak:.1f} MiB")
    row(f"{APPENDS} appends to one file", cells[0], f"inotifywait: {cells[1]}", "15 %, some hundred records")


def cpu(pid: int) -> float:
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def trees() -> None:
    """Start-up, memory and idle over a large tree."""
    tree = os.path.join(SCRATCH, "many")
    os.mkdir(tree)
    for number in range(DIRECTORIES):
        directory = os.path.join(tree, f"{number % 100:02}", f"directory-{number}")
        os.makedirs(directory)
        for file in range(FILES_EACH):
            open(os.path.join(directory, f"file-{file}"), "w", encoding="ascii").close()
    entries = DIRECTORIES * (FILES_EACH + 1) + 101
    empty = os.path.join(SCRATCH, "empty")
    os.mkdir(empty)
    walk = statistics.median(timed(f"{JUG} walk --fields path,type,size,mtime,ino {tree} >{SCRATCH}/walked") for _ in range(3))
    cells = []
    for name in ["jug", "inotifywait"]:
        child = start(name, empty)
        base = status(child.pid, "VmRSS")
        stop(child)
        started_at = []
        for _ in range(3):
            started = time.perf_counter()
            child = start(name, tree)
            started_at.append(time.perf_counter() - started)
            each = (status(child.pid, "VmRSS") - base) * 1024 / entries
            before = status(child.pid, "voluntary_ctxt_switches")
            time.sleep(5)
            woken = (status(child.pid, "voluntary_ctxt_switches") - before) / 5
            stop(child)
        cells.append((statistics.median(started_at), each, woken))
    (jug, other) = cells
    what = f"{DIRECTORIES} directories, {DIRECTORIES * FILES_EACH} files"
    row(f"{what}: start-up", f"{jug[0]:.2f} s", f"jug walk {walk:.2f} s, inotifywait {other[0]:.2f} s", "1.6 × walk, 0.5 × inotifywait")
    row("memory an entry, with its name", f"{jug[1]:.0f} bytes", f"inotifywait {other[1]:.0f} bytes", "100 bytes and the name")
    row("idle", f"{jug[2]:.1f} wake-ups a second", f"inotifywait {other[2]:.1f}", "1 a second")


def runs() -> None:
    """From a change to the end of the command that it starts."""
    cells = []
    for name in ["jug", *(["entr"] if HAS_ENTR else [])]:
        tree = os.path.join(SCRATCH, f"{name}-runs")
        os.mkdir(tree)
        source, made = os.path.join(tree, "source"), os.path.join(SCRATCH, f"{name}-made")
        open(source, "w", encoding="ascii").close()
        if name == "jug":
            if os.path.exists(READY):
                os.remove(READY)
            command = [JUG, "watch", "--debounce", "1ms", "--ready-file", READY, tree, "--", "touch", made]
            child = subprocess.Popen(command)
            while not os.path.exists(READY):
                time.sleep(0.001)
        else:
            child = subprocess.Popen(["entr", "-n", "-p", "touch", made], stdin=subprocess.PIPE)
            assert child.stdin
            child.stdin.write(source.encode() + b"\n")
            child.stdin.close()
            time.sleep(0.5)
        times = []
        for number in range(30):
            time.sleep(0.15)
            if os.path.exists(made):
                os.remove(made)
            started = time.perf_counter()
            with open(source, "w", encoding="ascii") as file:
                file.write(f"{number}\n")
            while not os.path.exists(made):
                if time.perf_counter() - started > 5:
                    raise SystemExit(f"{name} did not run the command")
            times.append((time.perf_counter() - started) * 1000)
        child.terminate()
        child.wait()
        cells.append(f"{statistics.median(times):.2f} ms")
    other = f"entr {cells[1]}" if HAS_ENTR else ""
    row("change to the effect of a command, --debounce 1ms", cells[0], other, "")


def main() -> None:
    print("| measured | jug | beside it | asked for |\n|---|---|---|---|")
    latency()
    runs()
    appends()
    trees()


if __name__ == "__main__":
    main()
