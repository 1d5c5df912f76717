"""Measures followers; run by follow.sh.

Latency is the time from write(2) to the return of read(2) at the other end of the pipe. Idle is the number of voluntary context
switches in 5 s and the resident memory.
"""

import os
import statistics
import subprocess
import threading
import time

from measuring import row, spawned, status, timed

JUG = os.environ["JUG"]
SCRATCH = os.environ["SCRATCH"]
WRITES = int(os.environ["WRITES"])
LOAD = int(os.environ["SECONDS_LOAD"])


def path(name: str) -> str:
    return os.path.join(SCRATCH, name)


def latencies(command: list[str], log: str) -> list[float]:
    """Times single lines on their way."""
    with open(log, "w", encoding="ascii") as file:
        file.write("first\n")
    child = subprocess.Popen(command + [log], stdout=subprocess.PIPE)
    assert child.stdout
    out = child.stdout.fileno()
    os.read(out, 100)
    writer = os.open(log, os.O_WRONLY | os.O_APPEND)
    times = []
    for number in range(WRITES):
        time.sleep(0.003)
        started = time.perf_counter()
        os.write(writer, f"line {number}\n".encode())
        os.read(out, 100)
        times.append((time.perf_counter() - started) * 1000)
    child.kill()
    child.wait()
    return sorted(times)


def latency() -> None:
    tail = latencies(["tail", "-F"], path("tail.log"))
    jug = latencies([JUG, "follow"], path("jug.log"))
    middle = statistics.median(jug), statistics.median(tail)
    late = jug[len(jug) * 99 // 100], tail[len(tail) * 99 // 100]
    row("write to line, median", f"{middle[0]:.3f} ms", f"tail {middle[1]:.3f} ms", "1.3 times, 0.3 ms")
    row("write to line, 99th percentile", f"{late[0]:.3f} ms", f"tail {late[1]:.3f} ms", "2 ms")


def idle() -> None:
    os.mkdir(path("many"))
    names = [path(f"many/{number:04}.log") for number in range(1000)]
    for name in names:
        with open(name, "w", encoding="ascii") as file:
            file.write("a line\n" * 20)
    cells = []
    for command in ([JUG, "follow"], ["tail", "-F"]):
        child = subprocess.Popen(command + names, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(3)
        before = status(child.pid, "voluntary_ctxt_switches")
        time.sleep(5)
        woken = (status(child.pid, "voluntary_ctxt_switches") - before) / 5
        cells.append(f"{woken:.1f} wake-ups a second, {status(child.pid, 'VmRSS') / 1024:.1f} MiB")
        child.kill()
        child.wait()
    row("idle, 1,000 files", cells[0], f"tail: {cells[1]}", "1 a second, 8 MiB")


def catch_up() -> None:
    log = path("large.log")
    line = b"203.0.113.5 - - [15/Mar/2026:01:00:00 +0000] \"GET /a/path HTTP/1.1\" 200 1234\n"
    with open(log, "wb") as file:
        block = line * 20_000
        for _ in range((1 << 30) // len(block)):
            file.write(block)
    times = {}
    for name, command in [("jug", f"{JUG} follow --drain"), ("cat", "cat")]:
        times[name] = min(timed(f"{command} {log} | cat >/dev/null") for _ in range(5))
    ratio = times["jug"] / times["cat"]
    row("catching up 1 GiB", f"{times['jug']:.2f} s", f"cat {times['cat']:.2f} s: {ratio:.2f} times", "1.3 times")
    state = path("state")
    subprocess.run([JUG, "follow", "--state", state, "--drain", log], stdout=subprocess.DEVNULL, check=True)
    again = [spawned([JUG, "follow", "--state", state, "--drain", log]) for _ in range(50)]
    nothing = [spawned(["/bin/true"]) for _ in range(50)]
    row(
        "a drain with nothing new",
        f"{statistics.median(again) * 1000:.1f} ms",
        f"true {statistics.median(nothing) * 1000:.1f} ms",
        "3 ms",
    )


def load() -> None:
    """Writes at full rate while the log is rotated; counts what comes."""
    for name, command in [("jug", [JUG, "follow"]), ("tail", ["tail", "-F"])]:
        log = path(f"{name}-load.log")
        open(log, "w", encoding="ascii").close()
        child = subprocess.Popen(command + [log], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert child.stdout
        counted: list[int] = []

        def count(stream=child.stdout, into=counted) -> None:
            into.append(sum(block.count(b"\n") for block in iter(lambda: stream.read1(1 << 20), b"")))

        reader = threading.Thread(target=count)
        reader.start()
        time.sleep(1)
        written, started, rotated = 0, time.time(), time.time()
        writer = os.open(log, os.O_WRONLY | os.O_APPEND)
        while time.time() - started < LOAD:
            os.write(writer, b"".join(b"line %d of a log that is rotated\n" % (written + n) for n in range(500)))
            written += 500
            if time.time() - rotated >= 5:
                rotated = time.time()
                os.rename(log, log + ".1")
                new = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
                time.sleep(0.02)
                # The writer learns of the rotation a little later.
                os.write(writer, b"a late line\n")
                written += 1
                os.close(writer)
                writer = new
            time.sleep(max(0, started + written / 50_000 - time.time()))
        time.sleep(2)
        child.terminate()
        reader.join()
        child.wait()
        row(f"{LOAD} s of 50,000 lines/s, rotated every 5 s", f"{name}: {counted[0]} of {written} lines", "", "all")


def main() -> None:
    print("| measured | jug | beside it | asked for |\n|---|---|---|---|")
    latency()
    idle()
    catch_up()
    if LOAD:
        load()


if __name__ == "__main__":
    main()
