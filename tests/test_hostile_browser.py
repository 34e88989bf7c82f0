"""Names that try to be more than text, in a real browser: it finds the same page as with other names, and runs nothing.

The page's own ban on scripts is taken away first: what is tested is that there is none.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from html import unescape
from pathlib import Path

import pytest

from arena_cli.language import load_language
from arena_cli.model import Project
from arena_cli.render import render
from tests.hostile import HOSTILE, project_called
from tests.reports import EDITION, small_report
from tests.test_html_browser import CHROMIUM, OPTIONS, Server

BAN = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')

PLACES = 13
"""How many names a hand-made project has."""

LOOK = """<!DOCTYPE html><meta charset="utf-8"><pre id="result"></pre><script>
const pages = NUMBERS, found = {};
let open = pages.length;
for (const number of pages) {
    const frame = document.createElement("iframe");
    frame.src = `page-${number}.html`;
    frame.onload = () => setTimeout(() => {
        const elements = [...frame.contentDocument.querySelectorAll("*")];
        found[number] = {
            elements: elements.map(e => e.localName).sort().join(" "),
            attributes: elements.flatMap(e => e.getAttributeNames()).sort().join(" "),
            ran: window.ran || 0,
        };
        if (--open === 0) document.getElementById("result").textContent = JSON.stringify(found);
    }, 200);
    document.body.append(frame);
}
</script>
"""


def page(project: Project) -> str:
    text, bans = BAN.subn("", render(small_report(project), "html", load_language("en"), EDITION))
    assert bans == 1
    return text


def test_a_browser_finds_no_new_element_or_attribute_and_runs_nothing(tmp_path: Path) -> None:
    armed = [name.replace("alert(1)", "top.ran=1") for name in HOSTILE]
    served = tmp_path / "served"
    served.mkdir()
    starts = range(0, len(armed), PLACES)
    for number, start in enumerate(starts, 1):
        names = (*armed[start : start + PLACES], *armed)
        (served / f"page-{number}.html").write_text(page(project_called(*names)), encoding="utf-8")
    (served / "page-0.html").write_text(page(project_called(*map(str, range(100)))), encoding="utf-8")
    numbers = list(range(len(starts) + 1))
    (served / "look.html").write_text(LOOK.replace("NUMBERS", json.dumps(numbers)), encoding="utf-8")
    found = looked_at(tmp_path)
    assert found.keys() == {str(number) for number in numbers}
    assert all(seen == found["0"] for seen in found.values())
    assert found["0"]["ran"] == 0


def test_the_browser_would_notice(tmp_path: Path) -> None:
    served = tmp_path / "served"
    served.mkdir()
    (served / "page-0.html").write_text("<p>Name</p>", encoding="utf-8")
    (served / "page-1.html").write_text("<p><img src=x onerror=top.ran=1></p>", encoding="utf-8")
    (served / "look.html").write_text(LOOK.replace("NUMBERS", "[0, 1]"), encoding="utf-8")
    found = looked_at(tmp_path)
    assert found["1"]["ran"] == 1
    assert found["1"]["elements"] != found["0"]["elements"]


def looked_at(folder: Path) -> dict[str, dict[str, object]]:
    """What the browser says of every page in the folder `served`."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium in CI")
        pytest.skip("there is no Chromium here")
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with Server(folder / "served") as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/look.html"
        command = [CHROMIUM, *OPTIONS, *as_root, f"--user-data-dir={folder / 'profile'}", "--dump-dom", address]
        dom = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True).stdout
        server.shutdown()
    result = dom.partition('<pre id="result">')[2].partition("</pre>")[0]
    found: dict[str, dict[str, object]] = json.loads(unescape(result))
    return found
