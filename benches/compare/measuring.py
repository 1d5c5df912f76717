"""What the measurements of followers and watchers share."""

import os
import subprocess
import time


def row(what: str, jug: str, other: str, wanted: str) -> None:
    """Prints a row of the table."""
    print(f"| {what} | {jug} | {other} | {wanted} |", flush=True)


def status(pid: int, name: str) -> int:
    """A number of /proc/PID/status."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))


def timed(command: str) -> float:
    """How long a command of the shell takes, in seconds."""
    started = time.perf_counter()
    subprocess.run(command, shell=True, check=True)
    return time.perf_counter() - started


def spawned(words: list[str]) -> float:
    """How long a program takes that is started without a shell, in seconds."""
    started = time.perf_counter()
    process = os.posix_spawn(words[0], words, os.environ)
    _, ended = os.waitpid(process, 0)
    taken = time.perf_counter() - started
    assert ended == 0, words
    return taken
