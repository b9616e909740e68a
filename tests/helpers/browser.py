"""A headless Chromium, spoken to over a pipe in its own protocol; nothing has to be installed beside it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1400,900",
    "--remote-debugging-pipe",
)
_PATIENCE = 30.0


class Page:
    """One page, and everything that it said on its console or asked of the network."""

    def __init__(self, orders: int, answers: int) -> None:
        """Take over the only page of a browser that was just started."""
        self._orders = orders
        self._answers = answers
        self._held = b""
        self._number = 0
        self._session: str | None = None
        self.complaints: list[str] = []
        self.requests: list[str] = []
        targets = self.do("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self._session = self.do("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.do(f"{domain}.enable")

    def open(self, path: Path) -> None:
        """Load a file, and wait until its program has run."""
        self.do("Page.navigate", url=path.as_uri())
        self.until("document.readyState === 'complete'")

    def run(self, program: str) -> Any:  # noqa: ANN401 - whatever the program's value is
        """The value of an expression in the page."""
        done = self.do("Runtime.evaluate", expression=program, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise AssertionError(done["exceptionDetails"])
        return done["result"].get("value")

    def until(self, program: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + _PATIENCE
        while not self.run(program):
            assert time.monotonic() < end, f"never so: {program}"
            time.sleep(0.05)

    def press(self, key: str) -> None:
        """Press a key and let it go, as a person does."""
        codes = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
        more: dict[str, object] = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 else {}
        common = {"key": key, "code": key, "windowsVirtualKeyCode": codes.get(key, ord(key[0]))}
        self.do("Input.dispatchKeyEvent", type="keyDown", **common, **more)
        self.do("Input.dispatchKeyEvent", type="keyUp", **common)

    def click(self, selector: str) -> None:
        """Click in the middle of an element, where it is on the screen."""
        quoted = json.dumps(selector)
        x, y = self.run(
            f"(() => {{ const e = document.querySelector({quoted}); e.scrollIntoView({{block: 'center'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.do("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, path: Path) -> None:
        """Save what is on the screen."""
        path.write_bytes(base64.b64decode(self.do("Page.captureScreenshot", format="png")["data"]))

    def do(self, method: str, **parameters: object) -> dict[str, Any]:
        """One command of the protocol, and its result."""
        self._number += 1
        order: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            order["sessionId"] = self._session
        os.write(self._orders, json.dumps(order).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == self._number:
                assert "error" not in message, (method, message["error"])
                result: dict[str, Any] = message["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._held:
            more = os.read(self._answers, 1 << 20)
            assert more, "the browser ended"
            self._held += more
        line, _, self._held = self._held.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        match message.get("method"):
            case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded":
                self.complaints.append(json.dumps(message["params"])[:500])
            case "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
            case _:
                pass
        return message


@contextmanager
def browser(program: str, profile: Path) -> Iterator[Page]:
    """A page of a browser that is started now, and ended at the end."""
    orders_in, orders_out = os.pipe()
    answers_in, answers_out = os.pipe()

    def give() -> None:
        # The browser reads orders from descriptor 3 and writes answers to 4; first out of the way, then there.
        one, two = os.dup(orders_in), os.dup(answers_out)
        for held, number in ((os.dup2(one, 20), 3), (os.dup2(two, 21), 4)):
            os.dup2(held, number)

    process = subprocess.Popen(
        [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        close_fds=False,
        preexec_fn=give,  # noqa: PLW1509 - the descriptors have to have these numbers, and there is one thread
    )
    os.close(orders_in)
    os.close(answers_out)
    try:
        page = Page(orders_out, answers_in)
        yield page
        page._session = None  # noqa: SLF001 - the test looks inside on purpose
        page.do("Browser.close")
    finally:
        os.close(orders_out)
        os.close(answers_in)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
