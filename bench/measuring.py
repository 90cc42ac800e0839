"""Timing commands against each other, and the table that says how it went.

Rounds are interleaved (ours, theirs, theirs, ours, ...), so that whatever else the machine does falls on both sides.
Other work only ever adds time: the best round of each side is compared. The ratio of the medians stands beside it;
when the two differ much, the machine was too busy to say anything.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LOCKSTEP = os.environ.get("LOCKSTEP") or os.path.join(os.path.dirname(HERE), "build/release/lockstep")
QUICK = bool(os.environ.get("BENCH_QUICK"))


class Failed(Exception):
    pass


def build_once():
    """The program that starts and measures the others."""
    program = os.environ.get("BENCH_ONCE")
    if program:
        return program
    folder = os.path.join(os.path.dirname(HERE), "build", "bench")
    program, source = os.path.join(folder, "once"), os.path.join(HERE, "once.c")
    if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
        os.makedirs(folder, exist_ok=True)
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-Wall", "-Wextra", "-o", program, source], check=True)
    return program


ONCE = build_once()


class Workplace:
    """A temporary folder, and an environment in which nobody's own settings count."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="lockstep-bench.")
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.path, "LC_ALL": "C.UTF-8", "USER": "bench",
                            "NO_COLOR": "1", "TMPDIR": self.path}
        os.environ.update(HOME=self.path, NO_COLOR="1")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def __truediv__(self, name):
        return os.path.join(self.path, name)


class Sample:
    def __init__(self, wall, cpu, peak):
        self.wall, self.cpu, self.peak = wall, cpu, peak  # seconds, seconds, bytes


class Side:
    """One of the two that are compared: a command, and what has to be done before each of its rounds."""

    def __init__(self, name, argv, before=None, stdin=None, cwd=None, env=None):
        self.name, self.argv, self.before = name, argv, before
        self.stdin, self.cwd, self.env = stdin, cwd, env
        self.samples = []

    def run(self, place):
        if self.before:
            self.before()
        out = os.path.join(place.path, "stdout")
        # Not /dev/null for output: grep stops at its first match when it sees that one.
        with open(self.stdin or os.devnull, "rb") as stdin, open(out, "wb") as stdout, \
                open(out + ".err", "wb") as stderr:
            process = subprocess.run([ONCE, out + ".took", *self.argv], stdin=stdin, stdout=stdout, stderr=stderr,
                                     cwd=self.cwd, env={**place.environment, **(self.env or {})})
        with open(out + ".took") as took:
            words = took.read().split()
        if process.returncode != 0 or len(words) != 4 or words[0] != "0":
            with open(out + ".err", errors="replace") as stderr:
                raise Failed(f"{' '.join(self.argv)[:300]}\n  ended with status {words[0] if words else '?'}:\n"
                             f"{stderr.read()[-2000:]}")
        with open(out, "rb") as stdout:
            self.output = stdout.read(1 << 16)
        return Sample(int(words[1]) / 1e9, int(words[2]) / 1e6, int(words[3]) * 1024)


def interleave(place, sides, rounds, seconds):
    """At least a third of the rounds; as many as `seconds` allow."""
    for side in sides:
        side.run(place)  # fills caches, and fails early
    until = time.monotonic() + seconds
    for i in range(rounds):
        for side in sides if i % 2 == 0 else reversed(sides):
            side.samples.append(side.run(place))
        if time.monotonic() > until and i + 1 >= max(3, rounds // 3):
            break


def best(side, quantity):
    return min(getattr(s, quantity) for s in side.samples)


def median(side, quantity):
    return statistics.median(getattr(s, quantity) for s in side.samples)


def seconds_text(s):
    if s < 0.01:
        return f"{s * 1000:.2f} ms"
    return f"{s * 1000:.0f} ms" if s < 1 else f"{s:.2f} s"


class Table:
    HEAD = ("what", "measured", "compared with", "ratio", "of medians", "limit", "")

    def __init__(self, title):
        self.title, self.rows, self.missed, self.notes = title, [], 0, []

    def add(self, what, measured, peer, ratio, medians, limit, ok):
        self.missed += ok is False
        self.rows.append((what, measured, peer, ratio, medians, limit, {True: "ok", False: "MISSED", None: ""}[ok]))

    def ratio(self, what, ours, theirs, limit, quantity="wall"):
        """Ours may take at most `limit` times theirs. Without a limit the row is for information."""
        a, b = best(ours, quantity), best(theirs, quantity)
        m = median(ours, quantity) / max(median(theirs, quantity), 1e-9)
        r = a / max(b, 1e-9)
        self.add(what, seconds_text(a), f"{theirs.name} {seconds_text(b)}", f"{r:.2f}", f"{m:.2f}",
                 f"{limit:g}" if limit else "", None if not limit else r <= limit)

    def at_least(self, what, ours, theirs, times):
        """Theirs has to take at least `times` as long."""
        a, b = best(ours, "wall"), best(theirs, "wall")
        m = median(theirs, "wall") / median(ours, "wall")
        self.add(what, seconds_text(a), f"{theirs.name} {seconds_text(b)}", f"1/{b / a:.1f}", f"1/{m:.1f}",
                 f"1/{times:g}" if times else "", None if not times else b / a >= times)

    def at_most(self, what, value, limit, unit):
        self.add(what, f"{value:g} {unit}", "", "", "", f"{limit:g} {unit}", value <= limit)

    def note(self, text):
        self.notes.append(text)

    def print(self):
        rows = [self.HEAD, *self.rows]
        widths = [max(len(r[i]) for r in rows) for i in range(len(self.HEAD))]
        print(f"\n{self.title}")
        for n, row in enumerate(rows):
            print("  " + "  ".join(c.ljust(w) for c, w in zip(row, widths)).rstrip())
            if n == 0:
                print("  " + "  ".join("-" * w for w in widths).rstrip())
        for note in self.notes:
            print(f"  ({note})")
        sys.stdout.flush()


def client(name, *, required=True):
    """A database's own client. Debian's psql is a script that looks for the real one: that would be too easy."""
    if name == "psql":
        folder = "/usr/lib/postgresql"
        versions = sorted(os.listdir(folder), key=lambda v: [int(p) if p.isdigit() else 0 for p in v.split(".")]) \
            if os.path.isdir(folder) else []
        for version in reversed(versions):
            program = os.path.join(folder, version, "bin/psql")
            if os.access(program, os.X_OK):
                return program
    program = shutil.which(name)
    if not program and required:
        sys.exit(f"bench: {name} is not installed; scripts/install-bench installs what is needed")
    return program


def main(run):
    """run(place, *tables) fills and prints its tables; the exit status is 1 when a limit was missed."""
    if not os.access(LOCKSTEP, os.X_OK):
        sys.exit(f"bench: {LOCKSTEP} is not there; build it, or name one in LOCKSTEP")
    try:
        with Workplace() as place:
            tables = run(place)
    except Failed as e:
        sys.exit(f"bench: {e}")
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(1 if any(t.missed for t in tables) else 0)
