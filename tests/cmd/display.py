"""What is seen of a run while it goes on and at its end: on a terminal (tmux shows what a person sees, a pseudo-terminal
what is sent), in a log, and by programs. Big fleets are played by cmd_run_display, which feeds the same display."""
import fcntl
import pty
import select
import struct
import termios
from e2e import *

BUILD = os.environ.get("LOCKSTEP_BUILD") or os.path.dirname(PROGRAM)
PLAYER = f"{BUILD}/tests/cmd_run_display"
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
BARS = "█▒░"


class Tmux:
    """A shell in a terminal of its own."""

    def __init__(self, width, height, path):
        self.name, self.socket = f"{width}x{height}", f"{path}/tmux-{width}"
        atexit.register(self.end)
        self.tell("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), "-c", path,
                  "env", "LC_ALL=C.UTF-8", "PS1=$ ", "bash", "--norc")
        self.tell("set-option", "-g", "history-limit", "5000")
        wait_for("a shell", lambda: "$" in self.screen())

    def tell(self, *words):
        return subprocess.run(["tmux", "-S", self.socket, *words], capture_output=True, text=True, timeout=20).stdout

    def type(self, *keys):
        self.tell("send-keys", *keys)

    def run(self, command):
        self.type(f"clear; {command}; echo ended=$?", "Enter")

    def screen(self, *more):
        return self.tell("capture-pane", "-p", *more)

    def everything(self):
        return self.screen("-J", "-S", "-")

    def resize(self, width, height):
        self.tell("resize-window", "-x", str(width), "-y", str(height))

    def wait(self, what, pattern, seconds=60):
        wait_for(f"{self.name}: {what}", lambda: re.search(pattern, self.screen()), seconds) or print(self.screen())
        return self.screen()

    def end(self):
        self.tell("kill-server")


def left_behind(t):
    return [line for line in t.everything().split("\n") if re.search(f"[{BARS}]| of 5 statements|running$|left;", line)]


def clean(name, t):
    """Nothing but final lines is left."""
    same(f"{name}: nothing is left behind", left_behind(t), [], t.everything())


def sizes(path):
    for width, height in ((80, 24), (40, 10)):
        name = f"{width}x{height}"
        t = Tmux(width, height, path)
        t.run(f"{PLAYER} play 300 64 60 29")
        shown = t.wait("a failure", r"failed: tenant-0029")
        lines = [line for line in shown.split("\n") if line]
        ok(f"{name}: a bar for each wave", re.search("canary +█+ 2/2", shown) and re.search(r"rest +[█▒░]+ \d+/298", shown), shown)
        ok(f"{name}: at most the terminal", len(lines) <= height and max(len(line) for line in lines) <= width, shown)
        has(f"{name}: those at work by name", shown, "tenant-00")
        ok(f"{name}: and the number of the others", re.search(r"and \d+ more\n", shown), shown)
        has(f"{name}: a failure stays, with its error", t.everything(), "tenant-0029: failed in")
        shown = t.wait("an estimate", r"about \d+s left")
        t.wait("the end", r"ended=0")
        clean(name, t)
        everything = t.everything()
        same(f"{name}: failures stay", everything.count(": failed in"), 10, everything)
        has(f"{name}: the end", everything, "290 targets: base -> 3f9a1c2b4d5e")
        has(f"{name}: alike failures are told once", everything, "the same on 9 more: tenant-0058, tenant-0087, tenant-0116")
        has(f"{name}: the sum", everything, "290 done, 10 failed")
        t.end()


def resized(path):
    """What a terminal pushes off its screen while it breaks lines anew cannot be taken back; what is on it is right. A
    picture that is sent in the very moment of the change may be the old one, which may leave a line: not three times."""
    for _ in range(3):
        t = Tmux(90, 40, path)
        t.run(f"{PLAYER} play 200 64 60 100")
        t.wait("much at work", r"and 55 more")
        pictures = []
        for width in (45, 120, 60):
            before = done_of(t.screen())
            t.resize(width, 40)
            # Once more has been done, all of it has been drawn for the new size.
            wait_for(f"a picture of {width}", lambda: done_of(t.screen()) > before)
            shown = t.screen()
            pictures.append((width, [shown.count(word) for word in ("canary", "rest  ", "more\n")],
                             max(len(line) for line in shown.split("\n")) <= width))
        shown = t.wait("the end", r"ended=0")
        left = re.search(f"[{BARS}]|left;", shown)
        t.end()
        expected = [(width, [1, 1, 1], True) for width in (45, 120, 60)]
        if pictures == expected and not left:
            break
    same("resized: one picture of each size", pictures, expected, shown)
    ok("resized: nothing is left behind", not left, shown)


def done_of(screen):
    found = re.search(r"(\d+)/198", screen)
    return int(found[1]) if found else -1


def stopped(path):
    """Ctrl-Z and fg: what the shell showed between stays."""
    d = SQLite("slow", f"{path}/slow.db")
    project(path, slow=[d])
    revision(path, "r1", "", "CREATE TABLE t1 (id bigint);")
    expect("a start", 0, path, "apply", "slow", "--yes")
    revision(path, "r2", "r1", SLOW["sqlite"] + ";", "")
    t = Tmux(80, 24, path)
    t.run(f"{PROGRAM} apply slow --yes --color never")
    t.wait("the slow statement, with its revision", r"0 of 1 statements  r2")
    t.type("C-z")
    t.wait("the shell", r"Stopped")
    t.type("clear; echo between; fg; echo ended=$?", "Enter")
    shown = t.wait("the run again", r"between\n(.*\n)+ .*0 of 1 statements")
    t.type("C-c")
    shown = t.wait("the end", r"ended=130")
    has("stopped: what was shown between stays", shown, "between\n")
    has("stopped: Ctrl-C is told", shown, "interrupted: cancelling")
    clean("stopped", t)
    t.end()


def sent(path, *command, env, seconds=30):
    """What goes to a terminal of 80x24, and when."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(path)
        os.environ.update({"TERM": "xterm", **env})
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.execv(command[0], command)
    out, deadline = [], time.monotonic() + seconds
    while select.select([fd], [], [], max(deadline - time.monotonic(), 0))[0]:
        try:
            more = os.read(fd, 1 << 20)
        except OSError:
            break
        out.append(more)
    os.waitpid(pid, 0)
    os.close(fd)
    return b"".join(out).decode("utf-8", "replace")


def codes(path):
    began = time.monotonic()
    text = sent(path, PLAYER, "play", "100", "16", "50", "30", env={"NO_COLOR": "1", "LC_ALL": "C.UTF-8"})
    took = time.monotonic() - began
    found = set(CONTROL.findall(text))
    ok("without colours only the cursor moves", all(c[-1] in "AKJ" for c in found) and found, found)
    pictures = text.count("canary")
    ok("at most ten pictures a second", 3 < pictures <= 10 * took + 3, pictures, f"{took:.1f} s")
    ok("lines are written over, not erased first", text.count("\x1b[J") <= 12, text.count("\x1b[J"))
    text = sent(path, PLAYER, "play", "20", "4", "10", env={"NO_COLOR": "", "LC_ALL": "C"})
    ok("colours where they are wanted", "\x1b[32m" in text, text[:300])
    ok("ASCII where the terminal shows no more", text.isascii() and "##" in text, text[:300])
    text = sent(path, PLAYER, "play", "20", "4", "10", env={"TERM": "dumb"})
    ok("no drawing on a dumb terminal", not CONTROL.search(text) and "tenant-0020: done" in text, text[-300:])


def fleet(path, n):
    found = [SQLite(f"t{i:03}", f"{path}/t{i:03}.db") for i in range(n)]
    project(path, dev=found)
    revision(path, "r1", "", "CREATE TABLE t1 (id bigint);", "DROP TABLE t1;")
    return found


def logs(path):
    found = fleet(path, 20)
    found[3].script("CREATE TABLE t1 (id bigint)")
    environment(path, "dev", found, "rollout: { max_failures: 1, on_failure: continue }\n")
    r = run(path, "apply", "dev", "--yes")
    same("a log: status", r.status, 3, r)
    ok("a log: no control codes", not re.search(r"[\x00-\x08\x0b-\x1f]", r.errors + r.out), r)
    lines = [line for line in r.errors.split("\n") if line and not line.startswith("lockstep:")]
    odd = [line for line in lines if not re.match(r" +0:\d\d\.\d  \[\d+/20\] t\d\d\d: (started|done in |failed in )", line)]
    same("a log: a line an event, with the time", (odd, len(lines)), ([], 40), r)
    ok("a log: the error is in it", re.search(r"\[4/20\] t003: failed in \S+: .*t1 already exists", r.errors), r)
    has("a log: the end, in groups", r.out, "19 targets: base -> r1 (1 revision)\n")
    ok("a log: the sum", re.search(r"^run \S+: 19 done, 1 failed; ", r.out, re.M), r)
    has("a log: the status in words", r.errors, "1 of 20 targets failed, which is within the failure budget")
    found[3].script("DROP TABLE t1")
    r = run(path, "apply", "dev", "--yes", "-q")
    same("quiet: says nothing when all is well", (r.status, r.out, r.errors), (0, "", ""), r)


def streams(path):
    found = fleet(path, 12)
    found[5].script("CREATE TABLE t1 (id bigint)")
    r = run(path, "apply", "dev", "--yes", "--format", "jsonl")
    same("jsonl: status", r.status, 1, r)
    lines = [json.loads(line) for line in r.out.splitlines()]
    ok("jsonl: fields of all", all({"time", "event", "run"} <= set(line) for line in lines), r)
    same("jsonl: one run", len({line["run"] for line in lines}), 1, r)
    same("jsonl: begins", (lines[0]["event"], lines[0]["targets"]), ("run_started", 12))
    ends = [line for line in lines if line["event"] == "target_finished"]
    same("jsonl: an end for each that began", sorted(line["target"] for line in ends),
         sorted(line["target"] for line in lines if line["event"] == "target_started"))
    failed = [line for line in ends if line["outcome"] == "failed"]
    same("jsonl: the failure", [line["target"] for line in failed], ["t005"], r)
    has("jsonl: its error", failed[0]["error"]["message"], "already exists")
    same("jsonl: the last line is the result", (lines[-1]["event"], lines[-1]["exit"], len(lines[-1]["targets"])),
         ("result", 1, 12), r)
    error = json.loads(r.errors)["error"]
    same("jsonl: the error is one line of JSON", (error["status"], r.errors.count("\n")), ("failed", 1), r)
    expect("jsonl: is for runs", 64, path, "status", "--format", "jsonl", part="runs")
    found[5].script("DROP TABLE t1")
    expect("jsonl: the others", 0, path, "apply", "dev", "--yes")
    r = run(path, "apply", "dev", "--yes", "--format", "jsonl")
    same("jsonl: nothing to do", (r.status, json.loads(r.out)["event"], json.loads(r.out)["pending"]), (0, "plan", 0), r)


def held_up(path):
    """A reader that reads nothing does not hold up the run."""
    found = fleet(path, 150)
    process = start(path, "apply", "dev", "--yes", "--format", "jsonl")
    wait_for("all targets", lambda: process.poll() is not None or all(
        os.path.exists(d.path) and d.at() == ["r1"] for d in found[-1:]), 60)
    same("unread: all targets are done", [d.at() for d in found if d.at() != ["r1"]], [])
    ok("unread: and the program waits for its reader", process.poll() is None)
    r = ended(process)
    same("unread: every line comes", (r.status, json.loads(r.out.splitlines()[-1])["event"]), (0, "result"), r.errors)


def main():
    path = folder("display")
    for case in (sizes, resized, codes):
        case(path)
    for case in (stopped, logs, streams, held_up):
        case(folder("display"))


main()
finish()
