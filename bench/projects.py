"""Projects to measure with, made up on the spot and always the same."""
import os


def revision_id(n):
    # Ids as people have them: no two begin alike, and their order says nothing.
    return f"{(n + 1) * 0x9E3779B97F4A % (1 << 48):012x}"


def write_revision(folder, n, revises, upgrade, downgrade, message):
    rid = revision_id(n)
    with open(os.path.join(folder, f"{rid}_{message.replace(' ', '_')}.sql"), "w") as f:
        f.write(f"-- revision: {rid}\n-- revises: {revises or 'none'}\n-- message: {message}\n"
                f"-- created: 2026-01-01T00:00:00Z\n\n-- upgrade\n{upgrade}\n\n-- downgrade\n{downgrade}\n")
    return rid


def make_project(path, url, revisions=0, branches=False):
    """A project with one target. Each revision makes a table and an index on it. With `branches` every 50th revision
    forks and the branches are merged again."""
    folder = os.path.join(path, "revisions")
    os.makedirs(folder)
    os.makedirs(os.path.join(path, "environments"))
    with open(os.path.join(path, "lockstep.yaml"), "w") as f:
        f.write("project: bench\nrevisions: revisions\nenvironments: environments\n")
    with open(os.path.join(path, "environments", "dev.yaml"), "w") as f:
        f.write(f"environment: dev\ntargets:\n  - name: db\n    url: {url}\n")
    previous, fork, side = None, None, None
    for n in range(revisions):
        upgrade, downgrade = statements(n)
        parent = previous
        if branches and n % 50 == 10:
            fork = previous
        elif branches and n % 50 == 11:
            side, parent = previous, fork
        elif branches and n % 50 == 20:
            parent = f"{previous}, {side}"
        previous = write_revision(folder, n, parent, upgrade, downgrade, f"table {n}")
    return path


def statements(n):
    return (f"CREATE TABLE t{n} (id integer PRIMARY KEY, name varchar(40) NOT NULL, amount integer);\n"
            f"CREATE INDEX t{n}_name ON t{n} (name);", f"DROP TABLE t{n};")
