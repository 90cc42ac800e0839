"""Reports of drift made by hand, in every format. DRIFT_PAGES=folder keeps the pages and pictures of them to look at."""
import json
import os
import subprocess

from browser import Browser
from drift_facts import check_json, check_junit, check_markdown
from drift_page import check_page
from e2e import finish, folder, has, ok, same

SAMPLE = os.path.join(os.environ["LOCKSTEP_BUILD"], "tests/lockstep-drift-sample")


def sample(form, name):
    return subprocess.run([SAMPLE, form, name], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")


keep = os.environ.get("DRIFT_PAGES")
place = keep or folder("drift-formats")
os.makedirs(place, exist_ok=True)
browser = Browser()
for name in ("none", "diff", "fleet"):
    report = json.loads(sample("json", name))
    check_json(name, report)
    check_junit(name, sample("junit", name), report)
    check_markdown(name, sample("markdown", name), report)
    page = os.path.join(place, name + ".html")
    with open(page, "w", encoding="utf-8", newline="") as f:
        f.write(sample("html", name))
    check_page(name, browser, page, report, keep)

large = sample("markdown", "large")
ok("a large report fits into a comment on GitHub", len(large.encode()) < 65536, len(large))
has("a large report says what it leaves out", large, "more")
same("what is folded in it is closed", large.count("<details>"), large.count("</details>"))
finish()
