"""Every form of the reports of drift and diff, over real databases: what --format json tells is in all of them."""
import json

from browser import Browser
from drift_facts import check_json, check_junit, check_markdown
from drift_page import check_page
from e2e import *

ODD = {"sqlite": '"<script>alert(1)</script>"', "postgresql": '"<script>alert(1)</script>"', "mysql": "`<script>alert(1)</script>`"}
BASE = """CREATE TABLE users (id integer PRIMARY KEY, email varchar(50) NOT NULL);
CREATE TABLE orders (id integer PRIMARY KEY, placed varchar(20));
CREATE INDEX by_placed ON orders (placed);
CREATE TABLE kept (a integer);"""
BY_HAND = {
    "sqlite": "ALTER TABLE users ADD COLUMN note text DEFAULT '<b>&amp;</b>';",
    "postgresql": "ALTER TABLE users ALTER COLUMN email TYPE text, ALTER COLUMN email DROP NOT NULL, "
                  "ALTER COLUMN email SET DEFAULT '<b>&amp;</b>';",
    "mysql": "ALTER TABLE users MODIFY email varchar(80) NULL DEFAULT '<b>&amp;</b>';",
}
IGNORE = """drift:
  ignore:
    - { path: "kept*", reason: "the <auditor>'s", until: 2099-12-31 }
    - { path: "gone_*", reason: "for a while", until: 2020-01-31 }
"""


def reports_of(name, path, words, status, browser):
    """All forms say the same. They are made one after the other, so times differ."""
    made = {}
    for form in ("json", "markdown", "junit", "html"):
        at = f"{path}/report.{form}"
        r = run(path, *words, "--exit-status", "--format", form, "--out", at)
        same(f"{name}: status with --format {form}", r.status, status, r)
        same(f"{name}: --out leaves nothing to print", r.out, "")
        made[form] = read(at) if os.path.exists(at) else ""
    printed = run(path, *words, "--format", "markdown").out
    same(f"{name}: without --out the same is printed", len(printed.split("\n")), len(made["markdown"].split("\n")))
    report = json.loads(made["json"])
    check_json(name, report)
    check_junit(name, made["junit"], report)
    check_markdown(name, made["markdown"], report)
    report["began"] = None
    check_page(name, browser, f"{path}/report.html", report, os.environ.get("DRIFT_PAGES"))
    return report


def fleet(dialect, browser):
    found = databases(dialect, "forms", ["a", "b", "c", "d"])
    if not found:
        return
    path = project(folder("forms"))
    gone = "postgresql://nobody:s3cret@127.0.0.1:1/none"
    listed = [(t.name, t.url) for t in found] + [("gone", gone)]
    text = "targets:\n" + "".join(f'  - {{ name: {n}, url: "{u}" }}\n' for n, u in listed)
    environment(path, "dev", text, IGNORE)
    revision(path, "r1", "", BASE, "DROP TABLE users;")
    revision(path, "r2", "r1", "CREATE TABLE later (a integer);", "DROP TABLE later;")
    for t in found:
        expect(f"{dialect}: upgrade {t.name}", 0, path, "upgrade", "-e", "dev", "-t", t.name)
    for t in found[:2]:
        t.script(BY_HAND[dialect])
        t.script(f"CREATE TABLE {ODD[dialect]} (a integer);")
        t.script("DROP TABLE orders;")
        t.script("ALTER TABLE kept ADD COLUMN b integer;")
    found[2].script("UPDATE alembic_version SET version_num = 'unknown<1>';")
    report = reports_of(f"{dialect} fleet", path, ("drift", "dev"), 69, browser)
    by_name = {t["name"]: t for t in report["targets"]}
    paths = {f["path"]: f["change"] for f in by_name["a"]["findings"] if not f["ignored"]}
    same(f"{dialect}: changed by hand", {p: c for p, c in paths.items() if not p.startswith("users")},
         {"<script>alert(1)</script>": "unexpected", "orders": "missing"}, paths)
    same(f"{dialect}: outcomes", {n: t["outcome"] for n, t in by_name.items()},
         {"a": "drift", "b": "drift", "c": "drift", "d": "none", "gone": "unreachable"})
    ok(f"{dialect}: ignored", by_name["a"]["findings"] and report["counts"]["ignored"] == 2, report["counts"])
    ok(f"{dialect}: a rule that has ended", any("gone_*" in e for e in report["expired"]), report["expired"])
    for form in ("json", "markdown", "junit", "html"):
        ok(f"{dialect}: no password in {form}", "s3cret" not in read(f"{path}/report.{form}"))

    if dialect != "sqlite":
        return
    # Nothing to tell: also a page, and it says so.
    for t in (found[0], found[3]):
        t.reset()
        t.script("CREATE TABLE one (a integer);")
    report = reports_of(f"{dialect} diff", path, ("diff", "dev/a", "dev/d"), 0, browser)
    same(f"{dialect}: no difference", report["counts"]["findings"], 0)
    found[0].script("CREATE TABLE two (a integer);")
    report = reports_of(f"{dialect} different", path, ("diff", "dev/a", "dev/d"), 2, browser)
    same(f"{dialect}: one is missing", [(f["path"], f["change"]) for f in report["targets"][0]["findings"]],
         [("two", "missing")])


def passwords(browser):
    """A URL on the command line is as good a place as any."""
    path = project(folder("forms"), dev=[SQLite("a", f"{folder('forms')}/a.db")])
    gone = "postgresql://nobody:s3cret@127.0.0.1:1/none"
    for words, forms in ((("diff", "dev", gone), ("text", "json", "markdown", "junit", "html")), (("diff", gone, "dev"), ("json",))):
        for form in forms:
            r = run(path, *words, "--format", form)
            ok(f"no password in {form} of {words}", "s3cret" not in r.out + r.errors, r)


browser = Browser()
for dialect in ("sqlite", "postgresql", "mysql"):
    fleet(dialect, browser)
passwords(browser)
finish()
