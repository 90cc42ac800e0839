"""A user without rights is told which one is missing and what to have granted."""
from e2e import *

ONE = "CREATE TABLE t1 (id bigint);"
WHO = f"lockstep_norights_{os.getpid()}"


def as_nobody(d):
    return re.sub("//[^@/]*@", f"//{WHO}@", d.url)


for d in databases("postgresql", "rights", ["main"]):
    d.reset()
    path = project(folder("rights"), dev=[d])
    revision(path, "r1", "", ONE, "DROP TABLE t1;")
    d.client.run(f"CREATE ROLE {WHO} LOGIN; GRANT USAGE ON SCHEMA public TO {WHO}")
    r = expect("postgresql: no right on the schema", 1, path, "upgrade", "--url", as_nobody(d))
    has("postgresql: names the schema", r.out, f'GRANT USAGE, CREATE ON SCHEMA "public" TO "{WHO}"')
    expect("postgresql: by its owner", 0, path, "upgrade")
    expect("postgresql: no right on a table", 1, path, "status", "--url", as_nobody(d),
           part=f'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "alembic_version" TO "{WHO}"')
    d.client.run(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {WHO}")
    revision(path, "r2", "r1", "ALTER TABLE t1 ADD COLUMN x int;", "ALTER TABLE t1 DROP COLUMN x;")
    expect("postgresql: not the owner", 1, path, "upgrade", "--url", as_nobody(d), part="Only its owner may do this")
    # The server passes over a schema without USAGE: its tables are as if they were not there.
    d.client.run(f'REVOKE USAGE ON SCHEMA public FROM {WHO}, PUBLIC; CREATE SCHEMA "A b"; GRANT USAGE ON SCHEMA "A b" TO {WHO}')
    for command in (["status"], ["plan"], ["upgrade"]):
        name = f"postgresql: no USAGE, {command[0]}"
        r = run(path, *command, "--url", as_nobody(d))
        ok(f"{name}: is no position", r.status not in (0, 2), r)
        has(f"{name}: names the right", r.out + r.errors, f"GRANT USAGE ON SCHEMA public TO {WHO}", r)
        ok(f"{name}: nothing is pending", "pending" not in r.out, r)
    d.client.run(f'ALTER ROLE {WHO} SET search_path = nowhere, "A b", \'"$user"\', public')
    expect("postgresql: no USAGE, a longer search path", 1, path, "status", "--url", as_nobody(d), part=f"GRANT USAGE ON SCHEMA public TO {WHO}")
    d.client.run(f'ALTER ROLE {WHO} SET search_path = "A b"')
    expect("postgresql: no USAGE on a schema that it does not look into", 2, path, "status", "--url", as_nobody(d), part="pending")
    d.client.run(f'DROP SCHEMA "A b"; GRANT USAGE ON SCHEMA public TO PUBLIC')
    d.client.run(f"DROP OWNED BY {WHO}; DROP ROLE {WHO}")

for d in databases("mysql", "rights", ["main"]):
    d.reset()
    path = project(folder("rights"), dev=[d])
    revision(path, "r1", "", ONE, "DROP TABLE t1;")
    d.client.run(f"CREATE USER '{WHO}'@'%'; GRANT SELECT ON {d.database}.* TO '{WHO}'@'%'")
    r = expect("mysql: no right to create", 1, path, "upgrade", "--url", as_nobody(d))
    has("mysql: names the right and the database", r.out, f"GRANT CREATE ON `{d.database}`.* TO the user's account")
    d.client.run(f"DROP USER '{WHO}'@'%'")
    # With rights on other tables only, the server does not tell whether this one exists.
    for made in (False, True):
        name = f"mysql: no right on the version table, which {'exists' if made else 'does not exist'}"
        d.reset()
        d.script("CREATE TABLE other (id int)")
        if made:
            expect(f"{name}: by its owner", 0, path, "upgrade")
        d.client.run(f"CREATE USER '{WHO}'@'%'; GRANT ALL ON {d.database}.other TO '{WHO}'@'%'")
        r = expect(name, 1, path, "status", "--url", as_nobody(d))
        has(f"{name}: names the table", r.out + r.errors, "alembic_version")
        has(f"{name}: names the right", r.out + r.errors, "GRANT SELECT")
        d.client.run(f"DROP USER '{WHO}'@'%'")
finish()
