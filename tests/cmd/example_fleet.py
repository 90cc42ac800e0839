"""examples/fleet: the commands of its Jobs and of its workflow, as they stand there, on real tenants."""
from e2e import *

TENANTS = [f"tenant_{i:02}" for i in range(25)]
if not server("postgresql"):
    finish()
path = f"{folder('fleet')}/fleet"
shutil.copytree(f"{SOURCE}/examples/fleet", path)
os.makedirs(f"{path}/bin")
os.symlink(PROGRAM, f"{path}/bin/lockstep")
os.environ.update(PATH=f"{path}/bin:{os.environ['PATH']}", PGHOST="127.0.0.1", PGPORT=str(port(server("postgresql"))),
                  PGUSER="postgres")
atexit.register(lambda: subprocess.run(
    [*psql_args(), "-c", "DROP DATABASE IF EXISTS fleet_example WITH (FORCE)"], capture_output=True))


def command_of(file):
    """The command of a Job's container."""
    return json.loads(re.search(r"^ *command: (\[.*\])$", read(f"{path}/{file}"), re.M).group(1))


def places(node, at=""):
    """Every place of a document, and what stands there."""
    if isinstance(node, (dict, list)):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from places(value, f"{at}.{key}")
    else:
        yield at, node


def known_to_kubectl(file):
    """kubectl reads a Job by its own types: what it does not know is missing from what it writes."""
    try:
        import yaml
    except ImportError:
        return
    if not shutil.which("kubectl"):
        return
    done = subprocess.run(["kubectl", "set", "env", "--local", "-f", f"{path}/kubernetes/{file}", "CHECKED=1", "-o", "json"],
                          capture_output=True, text=True)
    if same(f"{file}: kubectl reads it", done.returncode, 0, done.stderr):
        known = dict(places(json.loads(done.stdout)))
        for place, value in places(yaml.safe_load(read(f"{path}/kubernetes/{file}"))):
            same(f"{file}: {place}", known.get(place), value)


def all_at_once(name, commands, env=lambda i: {}):
    running = [subprocess.Popen(c, cwd=path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                                env={**os.environ, **env(i)}) for i, c in enumerate(commands)]
    for i, process in enumerate(running):
        r = ended(process)
        same(f"{name}: {i}", r.status, 0, r)


def standing():
    sql = " UNION ALL ".join(f"SELECT '{t}', string_agg(version_num, ',') FROM {t}.alembic_version" for t in TENANTS)
    rows = subprocess.run([*psql_args("fleet_example"), "-c", sql], capture_output=True, text=True).stdout.split("\n")
    return {r.split("\t")[1] for r in rows if r}


def history(what):
    sql = " UNION ALL ".join(f"SELECT {what} FROM {t}.lockstep_history WHERE outcome = 'applied'" for t in TENANTS)
    out = subprocess.run([*psql_args("fleet_example"), "-c", sql], capture_output=True, text=True).stdout
    return [r for r in out.split("\n") if r]


done = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-f", "setup.sql"], cwd=path,
                      capture_output=True, text=True)
same("setup.sql", done.returncode, 0, done.stdout, done.stderr)
expect("status", 2, path, "status", part="tenant-24")
r = expect("plan", 2, path, "plan", "production", "--out", "plans/release.yaml", part="wave canary: tenant-00\nwave others: 24 targets")

for file in sorted(os.listdir(f"{path}/kubernetes")):
    known_to_kubectl(file)
job = read(f"{path}/kubernetes/shards.yaml")
parts = int(re.search(r"completions: (\d+)", job).group(1))
has("shards: as many parts as pods", job, f"/{parts}")
all_at_once("shards", [command_of("kubernetes/shards.yaml")] * parts, lambda i: {"JOB_COMPLETION_INDEX": str(i)})
same("shards: all tenants are there", standing(), {"93e5ab60d1c7"})
same("shards: each step ran once", len(history("revision")), 2 * len(TENANTS))

expect("the way back", 2, path, "plan", "production", "--downgrade", "base", "--out", "plans/release.yaml")
job = read(f"{path}/kubernetes/runners.yaml")
pods = int(re.search(r"parallelism: (\d+)", job).group(1))
all_at_once("runners", [command_of("kubernetes/runners.yaml")] * pods)
same("runners: all tenants are there", standing(), {"NULL"})
same("runners: each step ran once", len(history("revision")), 4 * len(TENANTS))

# The lines of the workflow that are not GitHub's own.
workflow = read(f"{path}/ci/github.yaml")
script = "\n".join(line.strip() for line in re.search(r"run: \|\n((?: {10}.*\n)+)", workflow).group(1).split("\n"))
os.environ["GITHUB_OUTPUT"] = f"{path}/output"
same("the workflow's plan", subprocess.run(["sh", "-e", "-c", script], cwd=path, capture_output=True).returncode, 0)
same("the workflow's plan: its status", read(f"{path}/output"), "status=2\n")
matrix = json.loads(re.search(r"part: (\[.*\])", workflow).group(1))
line = re.search(r"- run: (lockstep apply .*)", workflow).group(1)
all_at_once("the workflow", [["sh", "-c", line.replace("${{ matrix.part }}", str(p))] for p in matrix])
same("the workflow: all tenants are there", standing(), {"93e5ab60d1c7"})
same("the workflow: nothing to do", subprocess.run(["sh", "-e", "-c", script], cwd=path, capture_output=True).returncode, 0)
has("the workflow: its status", read(f"{path}/output"), "status=0\n")
expect("the log", 0, path, "audit", "verify")
finish()
