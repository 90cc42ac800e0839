"""Targets whose passwords are in Vault, on real databases; and that the secrets are found nowhere else afterwards."""
import ssl
import urllib.request

from e2e import *

PASSWORD = f"Pa55-{os.urandom(6).hex()}@:/?#%&+ $'"
TOKEN, SECRET_ID = f"hvs.{os.urandom(8).hex()}", f"hvs.id-{os.urandom(8).hex()}"
SECRETS = {"password": PASSWORD, "token": TOKEN, "secret id": SECRET_ID}
TLS = os.environ.get("LOCKSTEP_TEST_TLS")


class Vault:
    def __init__(self, tls):
        place = folder("vault")
        words = [f"{TLS}/server.pem", f"{TLS}/server.key"] if tls else []
        self.process = subprocess.Popen([sys.executable, "-B", f"{SOURCE}/tests/servers/vault.py", f"{place}/port", *words],
                                        stdin=subprocess.PIPE)
        atexit.register(self.stop)
        wait_for("the vault", lambda: os.path.exists(f"{place}/port"))
        self.url = f"http{'s' if tls else ''}://localhost:{read(f'{place}/port')}"
        self.context = ssl.create_default_context(cafile=f"{TLS}/ca.pem") if tls else None

    def test(self, **told):
        request = urllib.request.Request(self.url + "/test", json.dumps(told).encode(), method="PUT") if told else self.url + "/test"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.context))
        return json.load(opener.open(request, timeout=20))

    def asked(self, part):
        return [a["path"] for a in self.test()["asked"] if part in a["path"]]

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def nowhere(what, text):
    for name, secret in {**SECRETS, **{f"made token {i}": t for i, t in enumerate(vault.test()["made"])}}.items():
        for form in (secret, urllib.parse.quote(secret, safe="")):
            ok(f"{what}: holds no {name}", form not in text, text[:2000])


def search(what, base):
    for root, _, files in os.walk(base):
        for f in files:
            with open(os.path.join(root, f), "rb") as opened:
                nowhere(f"{what}: {os.path.relpath(os.path.join(root, f), base)}", opened.read().decode("latin-1"))


def process_list(what):
    for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                nowhere(f"{what}: the process list", f.read().decode("latin-1"))
        except OSError:
            pass


vault = Vault(bool(TLS))
vault.test(secrets={"secret/db/main": [{"password": PASSWORD, "user": "x"}]}, tokens={TOKEN: ["secret/db"]}, roles={"ci": SECRET_ID})
BY_TOKEN = {"VAULT_ADDR": vault.url, "VAULT_TOKEN": TOKEN, "VAULT_CACERT": f"{TLS}/ca.pem" if TLS else "", "NO_PROXY": "localhost",
            "HOME": folder("home")}
BY_ROLE = {**BY_TOKEN, "VAULT_TOKEN": "", "VAULT_ROLE_ID": "ci", "VAULT_SECRET_ID": SECRET_ID}


def account(d):
    if d.dialect == "postgresql":
        return postgresql_user(d, PASSWORD)
    name, quoted = f"e2e_v_{os.getpid()}", PASSWORD.replace("'", "''")
    d.script(f"CREATE USER {name} IDENTIFIED BY '{quoted}'; GRANT ALL ON {d.database}.* TO {name};")
    return name


# One target each way: the password in a key of its own, and within the URL.
for dialect in ("postgresql", "mysql"):
    made = databases(dialect, "vault", ["main"])
    for d in made or []:
        user = account(d)
        base = d.url.replace("postgres@" if dialect == "postgresql" else "root@", f"{user}@", 1)
        for how, env in (("key", BY_TOKEN), ("url", BY_ROLE)):
            name = f"{dialect}, by {how}"
            d.reset()
            if dialect == "postgresql":
                d.script(f"GRANT ALL ON SCHEMA {d.schema} TO {user}")
            path = project(folder("vault"))
            reference = "${vault:secret/db/main#password}"
            url, more = (base, f'    password: "{reference}"\n') if how == "key" else (base.replace("@", f":{reference}@", 1), "")
            environment(path, "dev", f'targets:\n  - name: main\n    url: "{url}"\n{more}')
            slow = SLOW[dialect].replace("60", "1")
            revision(path, "r1", "", f"{slow};\nCREATE TABLE t1 (id integer);", "DROP TABLE t1;")
            revision(path, "r2", "r1", "SELECT nothing FROM nowhere;", "")
            process = start(path, "apply", "dev", "--yes", "-v", "--to", "r1", env=env)
            wait_for(name, lambda: at_work(d, process, 1) or process.poll() is not None)
            process_list(name)
            results = [ended(process)]
            same(f"{name}: it works", results[0].status, 0, results[0])
            same(f"{name}: one read", len(vault.asked("secret/data/db/main")), 1)
            for words in (("plan", "dev", "-o", f"{path}/p.yaml"), ("render", f"{path}/p.yaml"), ("apply", f"{path}/p.yaml", "-v"), ("status",),
                          ("current", "-v"), ("env", "show", "dev"), ("env", "show", "dev", "--format", "json"), ("env", "check"),
                          ("doctor", "--connect"), ("audit", "log"), ("audit", "export"), ("audit", "verify")):
                results.append(run(path, *words, env=env))
            for r in results:
                nowhere(f"{name}: what is printed", str(r))
            search(name, path)
            nowhere(f"{name}: the history", str(d.history("*")))
            vault.test(mode="normal")
        if dialect == "mysql":
            d.script(f"DROP USER {user}")
        else:
            d.script(f"DROP OWNED BY {user}; DROP ROLE {user};")

# What doctor says, and what a Vault that does not help comes to.
path = project(folder("vault"))
d = sqlite_databases("vault", ["main"])[0]
environment(path, "dev", f'targets:\n  - name: main\n    url: "sqlite:///{d.path}?x=${{vault:secret/db/main#password}}"\n')
r = run(path, "doctor", env=BY_TOKEN)
has("doctor says how", r.out, f"{vault.url}, token from VAULT_TOKEN")
r = run(path, "doctor", "--connect", env=BY_ROLE)
has("doctor logs in", r.out, "AppRole from VAULT_ROLE_ID")
has("doctor logs in and tells", r.out, "its token is good for")
r = expect("doctor misses a token", 1, path, "doctor", env={**BY_TOKEN, "VAULT_TOKEN": ""}, part="neither a token nor a role")
r = expect("no address", 65, path, "status", env={**BY_TOKEN, "VAULT_ADDR": ""}, part="Set VAULT_ADDR")
for mode, status, part in (("sealed", 69, "Vault is sealed"), ("html", 1, "Is this the address of a Vault server?"),
                           ("redirect", 1, "redirects to https://active.vault.internal:8200")):
    vault.test(mode=mode)
    r = expect(f"a vault that is {mode}", status, path, "status", env=BY_TOKEN, part=part)
    nowhere(mode, str(r))
vault.test(mode="hang")
write(f"{path}/lockstep.yaml", "project: e2e\nvault: { timeout: 500ms }\n")
r = expect("a vault that hangs", 69, path, "status", env=BY_TOKEN, part="no answer within ")
ok("a vault that hangs: within the deadline", r.seconds < SOON, r.seconds)
nowhere("hang", str(r))
vault.test(mode="normal")
write(f"{path}/lockstep.yaml", f"project: e2e\nvault: {{ token: {TOKEN} }}\n")
r = expect("a token in a document", 65, path, "status", env=BY_TOKEN, part="a secret may not stand here")
nowhere("a token in a document", str(r))

# Many tenants, one path: one login, one read. And a secret for each tenant.
tenants = postgresql_databases("vault", [f"t{i:02}" for i in range(40)], schemas=True)
if tenants:
    admin = tenants[0]
    user = account(admin)
    for t in tenants:
        t.reset()
        t.script(f"GRANT ALL ON SCHEMA {t.schema} TO {user}")
    base = admin.url.split("?")[0].replace("postgres@", f"{user}@", 1)
    for name, key in (("one path for all", "main"), ("a path each", "${value}")):
        path = project(folder("vault"))
        environment(path, "dev", f'targets:\n  - name: t${{value}}\n    url: "{base}?schema=s_t${{value}}"\n'
                    f'    password: "${{vault:secret/db/{key}#password}}"\n    each: {{ range: "00..39" }}\n')
        revision(path, "r1", "", "CREATE TABLE t1 (id integer);", "DROP TABLE t1;")
        vault.test(secrets={f"secret/db/{n}": [{"password": PASSWORD}] for n in ["main", *[f"{i:02}" for i in range(40)]]})
        r = expect(f"{name}: planned", 2, path, "plan", "dev", env=BY_ROLE)
        same(f"{name}: reads", len(vault.asked("/secret/data/db/")), 1 if key == "main" else 40)
        same(f"{name}: logins", len(vault.asked("/login")), 1)
        nowhere(name, str(r))
        search(name, path)
    admin.script(f"DROP OWNED BY {user}; DROP ROLE {user};")
finish()
