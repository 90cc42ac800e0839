"""Headless Chromium through chromedriver (WebDriver over HTTP)."""
import atexit
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

TAB, ENTER = "\ue004", "\ue007"


class Browser:
    def __init__(self):
        if not shutil.which("chromedriver"):
            sys.exit("chromedriver is not there: scripts/install-tests installs it")
        self.profile = tempfile.mkdtemp(prefix="lockstep-browser-")
        env = {**os.environ, "HOME": self.profile, "XDG_CONFIG_HOME": self.profile, "XDG_CACHE_HOME": self.profile}
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       text=True, env=env)
        self.session = None
        atexit.register(self.close)
        for line in self.driver.stdout:
            at = re.search(r"successfully on port (\d+)", line)
            if at:
                self.place = f"http://127.0.0.1:{at[1]}"
                break
        else:
            sys.exit("chromedriver did not start")
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                            "--no-first-run", f"--user-data-dir={self.profile}"]}
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options}}})
        self.session = made["sessionId"]

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.place + path, method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as e:
            raise RuntimeError(e.read().decode(errors="replace")[:1000]) from None

    def at(self, path, body):
        return self.call("POST", f"/session/{self.session}{path}", body)

    def open(self, path):
        self.at("/url", {"url": "file://" + os.path.realpath(path)})

    def js(self, script, *words):
        return self.at("/execute/sync", {"script": script, "args": list(words)})

    def cdp(self, command, **params):
        return self.at("/goog/cdp/execute", {"cmd": command, "params": params})

    def keys(self, text):
        steps = [step for key in text for step in ({"type": "keyDown", "value": key}, {"type": "keyUp", "value": key})]
        self.at("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": steps}]})

    def look(self, scheme="light", media="", width=1200, height=900):
        """As which kind of reader the page is seen."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.cdp("Emulation.setEmulatedMedia", media=media,
                 features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path):
        shot = self.cdp("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        with open(path, "wb") as f:
            f.write(base64.b64decode(shot["data"]))

    def pdf(self, path):
        with open(path, "wb") as f:
            f.write(base64.b64decode(self.cdp("Page.printToPDF", printBackground=False)["data"]))

    def close(self):
        if self.driver.poll() is None:
            try:
                if self.session:
                    self.call("DELETE", f"/session/{self.session}")
            except (OSError, RuntimeError):
                pass
            self.driver.terminate()
            self.driver.wait()
        shutil.rmtree(self.profile, ignore_errors=True)
