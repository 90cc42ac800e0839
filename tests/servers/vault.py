"""A server that speaks as much of Vault's HTTP API as reading secrets takes: vault.py PORT_FILE [CERT KEY].

Tests say how it behaves by PUT /test with JSON, and read what it was asked by GET /test:
    secrets    {"MOUNT/PATH": [{version 1}, {version 2}, ...]}; a version is {key: value}, null (deleted) or false (destroyed)
    tokens     {"TOKEN": [prefix of "MOUNT/PATH" that it may read, ...]}
    roles      {"ROLE_ID": "SECRET_ID"}: each login makes a token that may read everything; "approle" is the mount
    approle    the mount of AppRole
    mode       normal, sealed, hang, html, redirect, passing (the next `failures` requests answer 502), garbage
    spent      tokens that are no longer good
"""
import json
import sys
import threading
import urllib.parse

from http_server import Handler, ended, serve

lock = threading.Lock()
state = {"secrets": {}, "tokens": {}, "roles": {}, "approle": "approle", "mode": "normal", "spent": [], "failures": 0}
asked = []
made = []


class Vault(Handler):
    def tell(self, status, told):
        self.answer(status, json.dumps(told).encode(), [("Content-Type", "application/json"), ("Cache-Control", "no-store")])

    def refuse(self, status, *errors):
        self.tell(status, {"errors": list(errors)})

    def go(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/test":
            with lock:
                if self.command == "PUT":
                    state.update(json.loads(body))
                    asked.clear()
                return self.tell(200, {"asked": asked, "made": made, **state})
        with lock:
            asked.append({"method": self.command, "path": self.path, "token": self.headers.get("X-Vault-Token"),
                          "namespace": self.headers.get("X-Vault-Namespace"), "request": self.headers.get("X-Vault-Request")})
            mode = state["mode"]
            if mode == "passing":
                state["failures"] -= 1
                mode = "bad gateway" if state["failures"] >= 0 else "normal"
        if mode == "hang":
            return ended.wait()
        if mode == "html":
            return self.answer(200, b"<html>hello</html>", [("Content-Type", "text/html")])
        if mode == "garbage":
            return self.tell(200, {"data": ["not", "a", "secret"]})
        if mode == "redirect":
            return self.answer(307, b"", [("Location", "https://active.vault.internal:8200" + self.path)])
        if mode == "bad gateway":
            return self.answer(502, b"<html>bad gateway</html>")
        if mode == "sealed":
            return self.refuse(503, "Vault is sealed")
        if self.path == f"/v1/auth/{state['approle']}/login" and self.command in ("POST", "PUT"):
            return self.login(json.loads(body))
        token = self.headers.get("X-Vault-Token")
        allowed = state["tokens"].get(token)
        if not token:
            return self.refuse(400, "missing client token")
        if allowed is None or token in state["spent"]:
            return self.refuse(403, "permission denied")
        if self.path == "/v1/auth/token/lookup-self":
            return self.tell(200, {"data": {"ttl": 3600, "policies": ["default"]}})
        return self.secret(allowed)

    def login(self, given):
        if not given.get("role_id") or state["roles"].get(given["role_id"]) != given.get("secret_id"):
            return self.refuse(400, "invalid role or secret ID")
        with lock:
            made.append(f"hvs.made{len(made) + 1}")
            state["tokens"][made[-1]] = [""]
            return self.tell(200, {"auth": {"client_token": made[-1], "lease_duration": 3600, "renewable": True}})

    def secret(self, allowed):
        path, _, query = self.path.partition("?")
        path = urllib.parse.unquote(path.removeprefix("/v1/"))
        asked_version = int(dict(urllib.parse.parse_qsl(query)).get("version", 0))
        for name, versions in state["secrets"].items():
            mount = name.split("/")[0] if name.count("/") == 1 or not name.startswith("team/") else "team/kv"
            if path != f"{mount}/data/{name[len(mount) + 1:]}":
                continue
            if not any(name.startswith(a) for a in allowed):
                return self.refuse(403, "1 error occurred:\n\t* permission denied\n\n")
            version = asked_version or len(versions)
            data = versions[version - 1] if version <= len(versions) else None
            metadata = {"created_time": "2026-01-01T00:00:00Z", "deletion_time": "", "destroyed": data is False,
                        "version": version}
            if version > len(versions):
                return self.refuse(404)
            if not data:
                metadata["deletion_time"] = "" if data is False else "2026-02-03T04:05:06Z"
                return self.tell(404, {"data": {"data": None, "metadata": metadata}})
            return self.tell(200, {"request_id": "r", "data": {"data": data, "metadata": metadata}})
        if not any(path.replace("/data/", "/", 1).startswith(a) for a in allowed):
            return self.refuse(403, "1 error occurred:\n\t* permission denied\n\n")
        return self.refuse(404)


if __name__ == "__main__":
    serve(Vault, *sys.argv[1:])
