"""What the tests of stores on a server share."""
from e2e import *


class StoreDatabase:
    """A database for stores; each case has a schema of its own."""

    def __init__(self, name):
        self.d = postgresql_databases("runners", [name])[0]
        self.n = 0

    def new(self):
        self.n += 1
        self.schema = f"store{self.n}"
        return f"{self.d.url}?schema={self.schema}"

    def query(self, sql):
        return [tuple(r.split("\t")) for r in self.d.client.run(f"SET search_path = {self.schema};\n{sql}")]

    def admin(self, sql):
        return psql("postgres", sql)


def psql(database, sql):
    return subprocess.run([*psql_args(database), "-c", sql], capture_output=True, text=True, check=True).stdout


def wait_for_work(name, store, runners, condition="state = 'ended'"):
    """Until all of them are in the run, so that a signal finds them listening, and a target is in that state."""
    wait_for(f"{name}: work", lambda: store.query("SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND "
                                                  "tablename = 'run_targets'") and
             {str(p.pid) for p in runners if p.poll() is None} <= {r[0] for r in store.query("SELECT pid FROM runners")} and
             store.query(f"SELECT 1 FROM run_targets WHERE {condition} LIMIT 1"), 60)


def stopped(name, process):
    """Until it has been stopped, by itself at a failpoint or by a signal."""
    def look():
        return process.poll() is not None or read(f"/proc/{process.pid}/stat").rsplit(")", 1)[1].split()[0] == "T"
    wait_for(f"{name}: it stops", look, 60)
    same(f"{name}: it is stopped", process.poll(), None)


def go_on(process):
    process.send_signal(signal.SIGCONT)


__all__ = [n for n in dir() if not n.startswith("_")]
