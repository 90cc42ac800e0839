"""What a newcomer gets wrong: half files, odd encodings, missing rights, a full disk. Each has a clear answer, and nothing is
left half done."""
from e2e import *

HEAD = "-- revision: 9a\n-- revises: r1\n-- message: nine\n"


def fresh(case):
    global name, path, d
    name = case
    d = sqlite_databases("newcomer", ["main"])[0]
    path = project(folder("newcomer"), dev=[d])
    revision(path, "r1", "", "CREATE TABLE t1 (id integer);", "DROP TABLE t1;")


def file(content):
    data = content if isinstance(content, bytes) else content.encode()
    with open(f"{path}/revisions/9a.sql", "wb") as f:
        f.write(data)


def refused(case, content, part, status=65):
    fresh(case)
    file(content)
    r = expect(name, status, path, "upgrade", part=part)
    ok(f"{name}: names the file", "9a.sql" in r.out + r.errors, r)
    ok(f"{name}: nothing stays", not os.path.exists(d.path) or [t for t in d.tables() if t not in BOOKKEEPING] == [], d.tables())


def works(case, content, table):
    fresh(case)
    file(content)
    expect(f"{name}: up", 0, path, "upgrade")
    ok(f"{name}: table", table in d.tables(), d.tables())
    expect(f"{name}: down", 0, path, "downgrade", "base")
    same(f"{name}: and gone", [t for t in d.tables() if t not in BOOKKEEPING], [])


refused("an empty file", "", '"-- revision: ID"')
refused("only a header", HEAD, "has no upgrade section")
refused("statements without a section", HEAD + "CREATE TABLE x (id integer);\n", "expected a section")
refused("a mistyped section", HEAD + "-- upgrade\nCREATE TABLE x (id integer);\n-- downgrad\nDROP TABLE x;\n", "downgrad")
refused("a mistyped dialect", HEAD + "-- upgrade: postgres\nSELECT 1;\n", "postgresql")
refused("for another database", HEAD + "-- upgrade: mysql\nSELECT 1;\n", "no upgrade section for SQLite")
refused("its own transaction", HEAD + "-- upgrade\nBEGIN;\nCREATE TABLE x (id integer);\nCOMMIT;\n", "BEGIN")
refused("outside of transactions", HEAD + "-- upgrade\nCREATE TABLE x (id integer);\nVACUUM;\n", "transaction: off")
refused("a statement cut off", HEAD + "-- upgrade\nCREATE TABLE x (id integer\n", "incomplete input", 1)
refused("a string that does not end", HEAD + "-- upgrade\nINSERT INTO t1 VALUES ('x);\n", "    5 | INSERT")
refused("a NUL byte", (HEAD + "-- upgrade\nSELECT 1\0;\n"), "NUL")
refused("UTF-16", HEAD.encode("utf-16"), "9a.sql")
refused("noise", bytes((i * 7919 + 13) % 251 + 1 for i in range(4000)), "9a.sql")
refused("its own parent", HEAD.replace("revises: r1", "revises: 9a") + "-- upgrade\nSELECT 1;\n", "revises itself")
refused("a missing parent", HEAD.replace("revises: r1", "revises: r0") + "-- upgrade\nSELECT 1;\n", "Did you mean r1?")
refused("an id that is taken", HEAD.replace("revision: 9a", "revision: r1") + "-- upgrade\nSELECT 1;\n", "already")

plain = HEAD + "-- upgrade\nCREATE TABLE x (id integer);\n-- downgrade\nDROP TABLE x;\n"
works("no end of line at the end", plain.rstrip("\n").rstrip(";"), "x")
works("CRLF", plain.replace("\n", "\r\n"), "x")
works("a BOM", b"\xef\xbb\xbf" + plain.encode(), "x")
works("a BOM and CRLF", b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode(), "x")
works("comments everywhere", plain.replace("-- upgrade\n", "-- upgrade\n\n-- a comment\n/* ; */\n\n"), "x")

fresh("Latin-1 in a plan")
file((HEAD + "-- upgrade\nCREATE TABLE \"caf\xe9\" (id integer);\n").encode("latin-1"))
expect(name, 65, path, "plan", part="UTF-8")

fresh("strange things in the folder")
os.mkdir(f"{path}/revisions/folder.sql")
os.symlink(".", f"{path}/revisions/round")
write(f"{path}/revisions/README.md", "not a revision")
write(f"{path}/revisions/.r1.sql.swp", "an editor's")
write(f"{path}/revisions/r1.sql~", "an editor's")
expect(name, 0, path, "upgrade")

fresh("urls")
for url, status, part in ((".", 65, "URL"), ("", 65, "empty"), ("oracle://x/y", 65, "oracle"), ("sqlite:////tmp", 69, "directory"),
                          ("sqlite:////nowhere/at/all.db", 69, "folder"), ("postgresql://h:port/db", 65, "port"),
                          ("postgresql://[::1/db", 65, "]"), ("mysql://h:99999/db", 65, "port")):
    r = expect(f"{name}: {url!r}", status, path, "upgrade", "--url", url, part=part)
    ok(f"{name}: {url!r}: a hint", "hint: " in r.errors or url == "" or "expected" in r.errors, r)
expect(f"{name}: memory", 0, path, "upgrade", "--url", "sqlite:///:memory:")

fresh("mistyped words")
for word, meant in (("haed", "head"), ("basse", "base"), ("r11", "r1")):
    expect(f"{name}: {word}", 64, path, "upgrade", word, part=f"Did you mean {meant}?")
if server("mysql"):
    fresh("a server's URL without a database")
    expect(name, 1, path, "upgrade", "--url", server("mysql"), part="mysql://host/database")

fresh("not a database")
write(d.path, "this is a text file that somebody has put where the database should be\n" * 20)
before = read(d.path)
expect(name, 69, path, "upgrade", part="is not an SQLite database")
same(f"{name}: it is left as it was", read(d.path), before)

if os.geteuid() == 0 and shutil.which("setpriv"):
    NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

    def as_nobody(*words):
        r = subprocess.run([*NOBODY, PROGRAM, *words], cwd=path, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        return Result(r.returncode, r.stdout, r.stderr)

    if as_nobody("version").status == 0:
        fresh("a folder that may only be read")
        same(f"{name}: status", as_nobody("status").status, 2)
        for words in (("upgrade",), ("plan",), ("revision", "-m", "x")):
            r = as_nobody(*words)
            ok(f"{name}: {words[0]}", r.status == 65 and "Permission denied" in r.errors, r)
        expect(f"{name}: by its owner", 0, path, "upgrade")
        r = as_nobody("status")
        same(f"{name}: status of what is there", r.status, 0, r)
        has(f"{name}: what it cannot tell", r.errors, "runs that have not ended are not known", r)
        for root, folders, files in os.walk(f"{path}/.lockstep"):
            os.chmod(root, 0o777)
            for f in files:
                os.chmod(f"{root}/{f}", 0o666)
        r = as_nobody("downgrade", "base")
        ok(f"{name}: the database may only be read", r.status == 1 and ("read" in r.out + r.errors or "Permission" in r.out + r.errors), r)
        same(f"{name}: it stays", d.at(), ["r1"])
        same(f"{name}: nothing half done", [r for r in d.history() if r[3] != "applied"], [])

    # A disk that is full at any moment: the run fails, and works when there is room again.
    small = folder("newcomer")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "none", small], capture_output=True).returncode == 0:
        try:
            for room in range(0, 300, 12):
                fresh(f"a disk with {room} KiB left")
                shutil.copytree(path, f"{small}/p")
                path = f"{small}/p"
                d = SQLite("main", f"{path}/main.db")
                environment(path, "dev", [d])
                free = os.statvfs(small).f_bavail * os.statvfs(small).f_bsize // 1024
                with open(f"{small}/fill", "wb") as f:
                    f.write(b"x" * max(0, free - room) * 1024)
                r = run(path, "upgrade")
                ok(f"{name}: it says so", r.status == 0 or "full" in r.out + r.errors or "No space" in r.out + r.errors, r)
                os.unlink(f"{small}/fill")
                ok(f"{name}: as it was, or done", not os.path.exists(d.path) or d.at() in ([], ["r1"]))
                again = run(path, "upgrade")
                same(f"{name}: works with room again", (again.status, d.at()), (0, ["r1"]), r, again)
                same(f"{name}: tables", [t for t in d.tables() if t not in BOOKKEEPING], ["t1"])
                run(path, "downgrade", "base")
                same(f"{name}: the log is whole", run(path, "audit", "verify").status, 0)
                shutil.rmtree(path)
        finally:
            subprocess.run(["umount", small])
finish()
