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
    d.client.run(f"DROP OWNED BY {WHO}; DROP ROLE {WHO}")

for d in databases("mysql", "rights", ["main"]):
    d.reset()
    path = project(folder("rights"), dev=[d])
    revision(path, "r1", "", ONE, "DROP TABLE t1;")
    d.client.run(f"CREATE USER '{WHO}'@'%'; GRANT SELECT ON {d.database}.* TO '{WHO}'@'%'")
    r = expect("mysql: no right to create", 1, path, "upgrade", "--url", as_nobody(d))
    has("mysql: names the right and the database", r.out, f"GRANT CREATE ON `{d.database}`.* TO the user's account")
    d.client.run(f"DROP USER '{WHO}'@'%'")
finish()
