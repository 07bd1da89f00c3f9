"""How fast the page is, in a real browser: ``python -m tests.benchmarks.page`` (needs Chromium and the extra ``app``)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.test_browser import ARGUMENTS, CHROMIUM, WAIT
from tests.test_cli import environment

_STEPS = 15
_PLAY = 6.0
_RUN, _RUNS = 150, 24
_DAY = "parseInt(document.querySelector('.murmur-network canvas').getAttribute('aria-label').split(' ')[1])"


def _measure(browser: Any, address: str, query: str) -> tuple[float, float, float]:
    """(seconds to the first view, median seconds from a click on Step to the day drawn, pictures a second while playing)."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    began = time.perf_counter()
    page.goto(address + query)
    page.wait_for_function(f"document.querySelector('.murmur-network canvas') && {_DAY} === 0", timeout=WAIT)
    first = time.perf_counter() - began
    page.wait_for_timeout(1500)
    took = []
    for day in range(1, _STEPS + 1):
        began = time.perf_counter()
        page.evaluate("[...document.querySelectorAll('button')].find(b => b.textContent.trim() === 'Step').click()")
        page.wait_for_function(f"{_DAY} === {day}", polling="raf", timeout=WAIT)
        took.append(time.perf_counter() - began)
    page.evaluate(
        "window.pictures = 0; new MutationObserver(() => window.pictures++).observe("
        "document.querySelector('.murmur-network canvas'), {attributes: true, attributeFilter: ['aria-label']})"
    )
    page.click("button:has-text('30')")
    page.click("text=Play")
    page.wait_for_timeout(1000 * _PLAY)
    pictures = page.evaluate("window.pictures") / _PLAY
    page.close()
    return first, sorted(took)[len(took) // 2], pictures


def _memory(browser: Any, address: str, process: int) -> str:
    """What the server holds while a visitor plays one run after another at the fastest pace: days lived, megabytes."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address + f"?scenario=hobby_forum&days={_RUN}")
    page.click("button:has-text('30')", timeout=WAIT)
    told = []
    for n in range(1, _RUNS + 1):
        page.wait_for_function("document.querySelector('.murmur-day').textContent.startsWith('0 of')", timeout=WAIT)
        page.click("text=Play", timeout=WAIT)
        page.wait_for_function(f"document.querySelector('.murmur-day').textContent.startsWith('{_RUN} of')", timeout=10 * WAIT)
        if n in (1, _RUNS // 2, _RUNS):
            pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
            told.append(f"{n * _RUN:,} days {pages * os.sysconf('SC_PAGE_SIZE') / 1e6:.0f} MB")
        page.click("text=Reset")
    page.close()
    return ", ".join(told)


def main() -> None:
    command = [sys.executable, "-m", "sim", "view", "--port", "0", "--quiet"]
    began = time.perf_counter()
    server = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    address = server.stdout.readline().strip()
    print(f"address printed after {time.perf_counter() - began:.1f} s")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for what, query in (
            ("300 members", "?scenario=hobby_forum&graph.members=300&graph.circles=12"),
            ("600 members", "?scenario=hobby_forum"),
            ("1,899 members", "?scenario=default"),
            ("2,000 members", "?scenario=loose_platform"),
        ):
            first, step, pictures = _measure(browser, address, query)
            print(f"{what}: first view {first:.1f} s, a step shown in {step * 1000:.0f} ms, {pictures:.1f} pictures/s playing")
        print(f"memory of the server while playing 600 members: {_memory(browser, address, server.pid)}")
        browser.close()
    server.terminate()
    server.wait()
    server.stdout.close()


if __name__ == "__main__":
    main()
