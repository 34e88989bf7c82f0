"""The HTML report in a real browser, at the widths of a small phone, a phone and a screen.

Skipped where there is no Chromium, but not in CI.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypedDict

import pytest

from arena_cli.figures.report import Report
from arena_cli.language import load_language
from arena_cli.render import render
from tests.reports import EDITION, PROJECT, failing_report, small_report, wide_report
from tests.test_render_restated import CHANGED, UNCHANGED

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=10000",
)

WIDTHS = (320, 375, 1280)

MEASURE = """<!DOCTYPE html><meta charset="utf-8"><pre id="result"></pre>
<iframe id="frame" width="WIDTH" height="900" style="border: 0" src="report.html"></iframe>
<script>
const brightness = rgb => rgb.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
const background = element => {
    const colour = numbers(getComputedStyle(element).backgroundColor);
    return colour[3] === 0 && element.parentElement ? background(element.parentElement) : colour.slice(0, 3);
};
const contrast = element => {
    const [a, b] = [numbers(getComputedStyle(element).color).slice(0, 3), background(element)].map(brightness);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
};
const hasText = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
document.getElementById("frame").onload = event => {
    const view = event.target.contentWindow, page = view.document, all = query => [...page.querySelectorAll(query)];
    document.getElementById("result").textContent = JSON.stringify({
        width: page.documentElement.scrollWidth,
        sticking_out: all("body *:not(.table *):not(.skip)").filter(e => e.getBoundingClientRect().right > WIDTH + 0.5)
            .map(e => e.outerHTML.slice(0, 80)),
        tables: all("table").length,
        without_caption: all("table").filter(t => !t.caption || !t.caption.textContent.trim()).length,
        without_scope: all("th:not([scope])").length,
        unreachable: all(".table").filter(t => t.tabIndex || !page.getElementById(t.getAttribute("aria-labelledby")))
            .length,
        charts: all("figure.chart").length,
        without_table: all("figure.chart").filter(f => !f.nextElementSibling.matches(".table")).length,
        silent: all("svg").filter(s => s.getAttribute("role") !== "img" || s.getAttribute("aria-labelledby").split(" ")
            .some(id => !page.getElementById(id).textContent.trim())).length,
        first_stop: all("a[href], [tabindex='0']")[0].className,
        scripts: page.scripts.length,
        requests: view.performance.getEntriesByType("resource").map(entry => entry.name),
        pale: all("body *").filter(hasText).filter(e => contrast(e) < 4.5).map(e => e.outerHTML.slice(0, 80)),
        language: page.documentElement.lang,
    });
};
</script>
"""

AT_FOCUS = """new Promise(wait => setTimeout(wait, WAIT)).then(() => {
    const area = document.activeElement, box = area.getBoundingClientRect();
    return {id: area.getAttribute("aria-labelledby") || "", is_area: area.matches(".table"), left: area.scrollLeft,
        hidden: area.scrollWidth - area.clientWidth, outline: getComputedStyle(area).outlineStyle,
        in_view: box.bottom > 0 && box.top < innerHeight, is_end: area === document.body};
})"""
"""Where the keyboard is."""


STEERED = """
import fcntl, os, sys
read, write = (fcntl.fcntl(int(pipe), fcntl.F_DUPFD_CLOEXEC, 10) for pipe in sys.argv[1:3])
os.dup2(read, 3)
os.dup2(write, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Becomes the browser, which takes its commands from file 3 and answers on file 4."""


IS_THERE = "location.protocol === 'file:' && document.readyState === 'complete'"


class Keyboard:
    """A page 320 pixels wide in a browser that is steered through two pipes, as by somebody without a mouse."""

    def __init__(self, profile: Path) -> None:
        read, self._commands = os.pipe()
        self._answers, write = os.pipe()
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        options = [*OPTIONS[:-1], *as_root, f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]
        pipes = (str(read), str(write))
        self._browser = subprocess.Popen(
            [sys.executable, "-c", STEERED, *pipes, str(CHROMIUM), *options],
            pass_fds=(read, write),
            stderr=subprocess.DEVNULL,
        )
        os.close(read)
        os.close(write)
        self._received = b""
        self._number = 0
        self._session: dict[str, str] = {}

    def open(self, page: str) -> None:
        target = self.tell("Target.createTarget", url=page)["targetId"]
        self._session = {"sessionId": self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        self.tell("Emulation.setDeviceMetricsOverride", width=320, height=900, deviceScaleFactor=1, mobile=False)
        self.tell("Page.bringToFront")
        while self.tell("Runtime.evaluate", expression=IS_THERE)["result"]["value"] is not True:
            time.sleep(0.05)

    def tell(self, method: str, **parameters: object) -> Any:
        """Send a command, and return its answer; what the browser tells of itself in between is passed over."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters, **self._session}
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            line, found, rest = self._received.partition(b"\0")
            if not found:
                more = os.read(self._answers, 1 << 16)
                assert more, "the browser has ended"
                self._received += more
                continue
            self._received = rest
            if (answer := json.loads(line)).get("id") == self._number:
                assert "result" in answer, answer
                return answer["result"]

    def press(self, key: str, code: int) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            self.tell("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def at(self, wait: int = 0) -> dict[str, Any]:
        """Where it is after so many milliseconds."""
        asked = self.tell(
            "Runtime.evaluate",
            expression=AT_FOCUS.replace("WAIT", str(wait)),
            awaitPromise=True,
            returnByValue=True,
        )
        at: dict[str, Any] = asked["result"]["value"]
        return at

    def close(self) -> None:
        self._browser.kill()
        self._browser.wait()
        os.close(self._commands)
        os.close(self._answers)


LARGE = """<!DOCTYPE html><meta charset="utf-8"><pre id="result"></pre>
<iframe id="frame" width="640" height="900" style="border: 0" src="report.html"></iframe>
<script>
document.getElementById("frame").onload = event => {
    const page = event.target.contentWindow.document, all = query => [...page.querySelectorAll(query)];
    page.documentElement.style.fontSize = "200%";
    const clips = element => getComputedStyle(element).overflowX === "hidden" && element.localName !== "caption";
    document.getElementById("result").textContent = JSON.stringify({
        size: getComputedStyle(page.body).fontSize,
        width: page.documentElement.scrollWidth,
        sticking_out: all("body *:not(.table *):not(.skip)").filter(e => e.getBoundingClientRect().right > 640.5)
            .map(e => e.outerHTML.slice(0, 80)),
        clipped: all("body *").filter(e => clips(e) && (e.scrollWidth > e.clientWidth + 1
            || e.scrollHeight > e.clientHeight + 1)).map(e => e.outerHTML.slice(0, 80)),
    });
};
</script>
"""
"""Whether a page of text twice as large still has everything on it."""

AXE = """<!DOCTYPE html><meta charset="utf-8"><pre id="result"></pre>
<iframe id="frame" width="WIDTH" height="900" style="border: 0" src="report.html"></iframe>
"""

RUN_AXE = """<script src="axe.min.js"></script><script>
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
axe.run(document, {runOnly: {type: "tag", values: tags}}).then(found => {
    parent.document.getElementById("result").textContent = JSON.stringify({
        passes: found.passes.length,
        violations: found.violations.map(rule => [rule.id, rule.nodes.length, rule.nodes[0].html.slice(0, 120)]),
    });
});
</script>"""


class Measured(TypedDict):
    """What a browser says of a page."""

    width: int
    sticking_out: list[str]
    tables: int
    without_caption: int
    without_scope: int
    unreachable: int
    charts: int
    without_table: int
    silent: int
    first_stop: str
    scripts: int
    requests: list[str]
    pale: list[str]
    language: str


class Server(ThreadingHTTPServer):
    """Serves a folder and remembers what was asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.asked_for: list[str] = []


class Handler(SimpleHTTPRequestHandler):
    server: Server

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        self.server.asked_for.append(self.path)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the standard library's name
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "served").mkdir()
    with Server(tmp_path / "served") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def measured(folder: Path, server: Server, page: str, width: int) -> Measured:
    found: Measured = json.loads(shown(folder, server, page, MEASURE.replace("WIDTH", str(width))))
    assert set(server.asked_for) <= {"/measure.html", "/report.html", "/favicon.ico"}
    return found


def shown(folder: Path, server: Server, page: str, measure: str) -> str:
    """What a page that looks at the report has written as its result."""
    served = folder / "served"
    (served / "report.html").write_text(page, encoding="utf-8")
    (served / "measure.html").write_text(measure, encoding="utf-8")
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium in CI")
        pytest.skip("there is no Chromium here")
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    address = f"http://127.0.0.1:{server.server_port}/measure.html"
    command = [CHROMIUM, *OPTIONS, *as_root, f"--user-data-dir={folder / 'profile'}", "--dump-dom", address]
    dom = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True).stdout
    result = dom.partition('<pre id="result">')[2].partition("</pre>")[0]
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        result = result.replace(entity, sign)
    return result


def long_names() -> Report:
    """A report whose names have nowhere to be broken."""
    long = "Förvaltningsövergripandearbetsmarknadsintegrationsprojektet"
    project = replace(
        PROJECT,
        name=long,
        owner=long,
        municipalities=tuple(replace(m, name=long, short_name=long) for m in PROJECT.municipalities),
        steps=tuple(replace(s, name=long) for s in PROJECT.steps),
        destinations=tuple(replace(d, name=long) for d in PROJECT.destinations),
    )
    return small_report(project)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("report", [small_report, failing_report, long_names, wide_report])
def test_the_page_fits_and_can_be_read_by_everyone(
    tmp_path: Path, server: Server, report: Callable[[], Report], width: int
) -> None:
    found = measured(tmp_path, server, render(report(), "html", load_language("sv"), EDITION), width)
    assert found["width"] == width
    assert found["sticking_out"] == []
    assert found["tables"] == (41 if report is wide_report else 42)
    assert found["charts"] == 6
    assert (found["without_table"], found["silent"], found["first_stop"]) == (0, 0, "skip")
    assert (found["without_caption"], found["without_scope"], found["unreachable"]) == (0, 0, 0)
    assert found["scripts"] == 0
    assert found["requests"] == []
    assert found["pale"] == []
    assert found["language"] == "sv"


def test_what_has_changed_since_fits_too(tmp_path: Path, server: Server) -> None:
    report = replace(small_report(), earlier=(CHANGED, UNCHANGED))
    found = measured(tmp_path, server, render(report, "html", load_language("sv"), EDITION), min(WIDTHS))
    assert (found["width"], found["sticking_out"], found["pale"]) == (min(WIDTHS), [], [])
    assert found["tables"] == 44
    assert (found["without_caption"], found["without_scope"], found["unreachable"]) == (0, 0, 0)


def test_the_keyboard_reaches_every_table_and_scrolls_those_that_are_too_wide(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(render(small_report(), "html", load_language("sv"), EDITION), encoding="utf-8")
    if CHROMIUM is None or os.name != "posix":
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium in CI")
        pytest.skip("there is no Chromium here, or no pipes that it reads")
    keyboard = Keyboard(tmp_path / "profile")
    try:
        keyboard.open(page.as_uri())
        reached, wide, stuck = [], 0, []
        for _ in range(200):
            keyboard.press("Tab", 9)
            at = keyboard.at()
            if at["is_end"]:
                break
            if at["is_area"]:
                reached.append(at["id"])
                assert at["in_view"]
                assert at["outline"] != "none"
                if at["hidden"] > 0:
                    wide += 1
                    keyboard.press("ArrowRight", 39)
                    if not keyboard.at(wait=400)["left"]:
                        stuck.append(at["id"])
    finally:
        keyboard.close()
    assert len(reached) == len(set(reached)) == 42
    assert wide > 3
    assert stuck == []


@pytest.mark.parametrize("report", [small_report, failing_report, wide_report])
def test_text_twice_as_large_loses_nothing(tmp_path: Path, server: Server, report: Callable[[], Report]) -> None:
    found = json.loads(shown(tmp_path, server, render(report(), "html", load_language("sv"), EDITION), LARGE))
    assert found["size"] == "32px"
    assert (found["width"], found["sticking_out"], found["clipped"]) == (640, [], [])


@pytest.fixture
def axe() -> str:
    """The checker axe-core, which .ci/run installs; ARENA_AXE says where its axe.min.js is."""
    file = Path(os.environ.get("ARENA_AXE", "no axe.min.js"))
    if not file.is_file():
        if os.environ.get("CI"):
            pytest.fail("ARENA_AXE does not name axe-core's axe.min.js in CI")
        pytest.skip("ARENA_AXE does not name axe-core's axe.min.js: npm install axe-core fetches it")
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize(("report", "width"), [(wide_report, 320), (small_report, 1280)])
def test_axe_reports_nothing(
    tmp_path: Path, server: Server, axe: str, report: Callable[[], Report], width: int
) -> None:
    page = render(report(), "html", load_language("en"), EDITION)
    checked = re.sub(r"<meta http-equiv=[^>]*>", "", page).replace("</body>", f"{RUN_AXE}</body>")
    assert checked.count("Content-Security-Policy") == 0
    (tmp_path / "served" / "axe.min.js").write_text(axe, encoding="utf-8")
    found = json.loads(shown(tmp_path, server, checked, AXE.replace("WIDTH", str(width))))
    assert found["violations"] == []
    assert found["passes"] > 20
