"""What every report of drift has to tell, checked against the same report as JSON."""
import json
import os
import xml.etree.ElementTree as ElementTree

import jsonschema

from e2e import SOURCE, has, ok, same

SCHEMA = json.load(open(os.path.join(SOURCE, "docs/drift-report.schema.json"), encoding="utf-8"))


def closed(node):
    """The schema with no members but the ones that it names."""
    if isinstance(node, list):
        return [closed(n) for n in node]
    if not isinstance(node, dict):
        return node
    node = {k: closed(v) for k, v in node.items()}
    if "properties" in node and "required" in node:
        node["additionalProperties"] = False
    return node


VALIDATOR = jsonschema.Draft202012Validator(closed(SCHEMA))


def check_json(name, report):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in VALIDATOR.iter_errors(report)]
    ok(f"{name}: JSON is as its schema says", not errors, *errors[:5])
    same(f"{name}: targets are counted", report["counts"]["targets"], len(report["targets"]))
    for outcome in ("none", "drift", "busy", "no_baseline", "unreachable", "failed"):
        same(f"{name}: {outcome} is counted", report["counts"][outcome],
             sum(t["outcome"] == outcome for t in report["targets"]))
    found = [f for t in report["targets"] for f in t["findings"]]
    same(f"{name}: findings are counted", report["counts"]["findings"], sum(f["ignored"] is None for f in found))
    same(f"{name}: what is ignored is counted", report["counts"]["ignored"], sum(f["ignored"] is not None for f in found))


INVISIBLE = [(0, 8), (0xB, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C), (0x200B, 0x200F), (0x2028, 0x202E),
             (0x2060, 0x206F), (0xFEFF, 0xFEFF)]


def visible(text):
    """As pages show it."""
    return "".join(f"[U+{ord(c):04X}]" if any(a <= ord(c) <= b for a, b in INVISIBLE) else c for c in text or "")


def check_junit(name, text, report):
    root = ElementTree.fromstring(text)
    suite = root.find("testsuite")
    same(f"{name}: JUnit has a suite in its root", (root.tag, len(root)), ("testsuites", 1))
    cases = suite.findall("testcase")
    same(f"{name}: JUnit has a test case a target", [c.get("name") for c in cases],
         [visible(t["name"]) for t in report["targets"]])
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        same(f"{name}: JUnit counts {attribute}", suite.get(attribute), str(len(suite.findall(f"testcase/{tag}"))))
    same(f"{name}: JUnit counts tests", suite.get("tests"), str(len(cases)))
    expected = {"drift": "failure", "busy": "skipped", "no_baseline": "error", "unreachable": "error",
                "failed": "error", "none": None}
    for case, target in zip(cases, report["targets"]):
        tags = [c.tag for c in case if c.tag != "system-out"]
        tag = expected[target["outcome"]]
        same(f"{name}: {target['outcome']} in JUnit", tags, [tag] if tag else [])
        has(f"{name}: JUnit tells why it was not judged", ElementTree.tostring(case, "unicode").replace("&gt;", ">").replace(
            "&lt;", "<").replace("&amp;", "&").replace("&quot;", '"'), visible(target["error"]))
        failure, besides = case.findtext("failure") or "", case.findtext("system-out") or ""
        for f in target["findings"]:
            has(f"{name}: JUnit tells {f['path']}", besides if f["ignored"] else failure, visible(f["path"]))
            for a in f["attributes"]:
                has(f"{name}: JUnit tells {a['name']}", failure + besides, visible(a["actual"] or "none"))
            for refused in (f["restore_refused"], f["adopt_refused"]):
                has(f"{name}: JUnit tells why there is no statement", failure + besides, visible(refused))
        for part in target["unseen"]:
            has(f"{name}: JUnit tells what could not be seen", besides, visible(part))


def check_markdown(name, text, report):
    ok(f"{name}: Markdown fits into a comment", len(text) < 65536, len(text))
    for t in report["targets"]:
        for f in t["findings"]:
            has(f"{name}: Markdown tells {f['path']}", text, visible(f["path"]))
        if t["error"]:
            has(f"{name}: Markdown tells why it was not judged", text.replace("\\", ""), visible(t["error"])[:40].split("<")[0])
    for rule in report["expired"]:
        has(f"{name}: Markdown tells a rule that has ended", text.replace("\\", ""), visible(rule))
    # Outside of code nothing of a database is markup; every fence is closed.
    fence, plain = None, []
    for line in text.split("\n"):
        ticks = len(line) - len(line.lstrip("`"))
        if fence is None and ticks >= 3:
            fence = ticks
        elif fence is not None and ticks == fence and line == "`" * ticks:
            fence = None
        elif fence is None:
            plain.append(line)
    same(f"{name}: every fence in the Markdown is closed", fence, None)
    same(f"{name}: what is folded in the Markdown is closed", text.count("<details>"), text.count("</details>"))
