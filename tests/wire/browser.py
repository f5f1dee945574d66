# SPDX-License-Identifier: GPL-2.0-or-later
"""A headless Chromium, driven by its own pipe: no port, no driver, nothing of another host.

  browser.py CHROMIUM FOLDER <STEPS   FOLDER: of its profile.  STEPS: Python, with `b` for the browser.
"""

import base64
import json
import os
import subprocess
import sys
import time


class Browser:
    def __init__(self, program, folder):
        to_read, self.to = os.pipe()
        self.back, to_write = os.pipe()
        os.dup2(to_read, 13)
        os.dup2(to_write, 14)

        def plumb():  # it reads descriptor 3 and writes 4
            os.dup2(13, 3)
            os.dup2(14, 4)
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--no-proxy-server", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--hide-scrollbars", f"--user-data-dir={folder}", "--window-size=1440,900", "about:blank"],
            preexec_fn=plumb, close_fds=False, stdout=subprocess.DEVNULL, stderr=open(folder + ".log", "w"))
        os.set_blocking(self.back, False)
        self.left, self.number, self.session = b"", 0, None
        self.wrong, self.asked = [], []
        page = [t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page"][0]
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.size(1440, 900)

    def message(self, until):
        while b"\0" not in self.left:
            if time.monotonic() > until:
                raise TimeoutError("no answer of the browser")
            try:
                self.left += os.read(self.back, 1 << 20)
            except BlockingIOError:
                time.sleep(0.01)
        one, self.left = self.left.split(b"\0", 1)
        return json.loads(one)

    def note(self, m):
        """What the page did wrong, and whom it asked for something."""
        method, p = m.get("method"), m.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.wrong.append(p["exceptionDetails"].get("exception", {}).get("description") or p["exceptionDetails"]["text"])
        if method == "Log.entryAdded" and p["entry"]["level"] == "error":
            self.wrong.append(p["entry"]["text"] + " " + p["entry"].get("url", ""))
        if method == "Network.requestWillBeSent":
            self.asked.append(p["request"]["url"])

    def call(self, method, **params):
        self.number += 1
        m = {"id": self.number, "method": method, "params": params}
        if self.session:
            m["sessionId"] = self.session
        os.write(self.to, json.dumps(m).encode() + b"\0")
        until = time.monotonic() + 60
        while (got := self.message(until)).get("id") != self.number:
            self.note(got)
        if "error" in got:
            raise RuntimeError(f"{method}: {got['error']}")
        return got["result"]

    def js(self, expression):
        r = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in r:
            raise RuntimeError(r["exceptionDetails"])
        return r["result"].get("value")

    def within(self, seconds, expression):
        until = time.monotonic() + seconds
        while not self.js(expression):
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def size(self, width, height, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def go(self, url):
        self.call("Page.navigate", url=url)
        return self.within(30, "document.readyState === 'complete' && !!document.body")

    KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}

    def key(self, *names):
        for name in names:
            for kind in ("rawKeyDown", "keyUp"):
                self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=self.KEYS[name])

    def shot(self, path, whole=True):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def end(self):
        self.process.terminate()
        self.process.wait(10)


def verdict(ok, what):
    print(("PASS " if ok else "FAIL ") + what, flush=True)


if __name__ == "__main__":
    b = Browser(sys.argv[1], sys.argv[2])
    try:
        exec(sys.stdin.read(), {"b": b, "verdict": verdict})  # pylint: disable=exec-used
    finally:
        b.end()
