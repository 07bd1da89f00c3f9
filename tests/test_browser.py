"""The page in a real browser, without internet. Skipped where there is no Chromium, unless MURMUR_BROWSER=1 demands one."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli import environment, murmur

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT = 30_000
"""Milliseconds after which something has not happened; machines are shared, so this is no measure of speed."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server of this test's own."""
    command = [sys.executable, "-m", "sim", "view", "--port", "0", "--quiet"]
    server = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait(timeout=20)
        server.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        if os.environ.get("MURMUR_BROWSER") == "1":
            pytest.fail("no Chromium is installed, and MURMUR_BROWSER=1 demands one")
        pytest.skip("no Chromium is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Visitor:
    """A browser window on the page, with what went wrong in it."""

    def __init__(self, browser: Any, address: str, query: str = "", width: int = 1280, height: int = 900) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._look)
        self.page.goto(address + query)
        self.page.wait_for_selector(".murmur-network canvas, .murmur-lesson, .v-alert", timeout=WAIT)

    def _look(self, request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")):
            self.outside.append(request.url)

    def click(self, what: str) -> None:
        self.page.click(what, timeout=WAIT)

    def wait(self, script: str) -> None:
        self.page.wait_for_function(script, timeout=WAIT)

    def wait_day(self, day: int) -> None:
        self.wait(f"document.querySelector('.murmur-day')?.textContent.startsWith('{day} of')")

    def day(self) -> int:
        return int(self.page.inner_text(".murmur-day").split()[0])

    def wait_drawn(self, *days: int) -> None:
        """Until the pictures say that they show these days."""
        said = (
            "[...document.querySelectorAll('.murmur-network canvas')].map(c => parseInt(c.getAttribute('aria-label').slice(6)))"
        )
        self.wait(f"JSON.stringify({said}) == '{list(days)}'.replaceAll(' ', '')")

    def close(self) -> None:
        self.context.close()
        assert self.errors == []
        assert self.outside == []


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Open the page as a visitor; on leaving, no error was on its console and nothing was asked of the internet."""
    visitors: list[Visitor] = []

    def come(query: str = "", **options: int) -> Visitor:
        visitors.append(Visitor(browser, address, query, **options))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.close()


def test_step_play_pause_reset(visit: Any) -> None:
    she = visit()
    she.wait_day(0)
    she.click("text=Step")
    she.wait_day(1)
    she.click("button:has-text('30')")
    she.click("text=Play")
    she.wait("parseInt(document.querySelector('.murmur-day').textContent) > 20")
    she.click("text=Reset")  # while it plays
    she.wait_day(0)
    assert she.page.is_enabled("text=Play")
    she.click("text=Play")
    she.wait("parseInt(document.querySelector('.murmur-day').textContent) > 5")
    she.click("text=Pause")
    she.page.wait_for_timeout(400)
    stopped = she.day()
    she.page.wait_for_timeout(600)
    assert she.day() == stopped
    she.wait_drawn(stopped)


def test_two_visitors_share_nothing(visit: Any) -> None:
    she, he = visit(), visit("?scenario=classroom")
    she.click("text=Step")
    she.wait_day(1)
    assert he.day() == 0
    assert "hobby" in she.page.inner_text("nav")
    assert "classroom" in he.page.inner_text("nav")


def test_settings_and_address(visit: Any) -> None:
    """A slider moved by the keyboard changes the world and the address; the address brings it back."""
    she = visit("?days=40&seed=4")
    assert "of 40" in she.page.inner_text(".murmur-day")
    she.click("text=What things cost")
    she.page.focus(".murmur-knob [role=slider] >> nth=0")
    she.page.keyboard.press("ArrowRight")
    she.wait("location.search.includes('costs.post')")
    query = she.page.evaluate("location.search")
    he = visit(query)
    assert "seed=4" in query
    assert "Changed:" in he.page.inner_text("nav")
    she.click("text=All back to default")
    she.wait("!location.search.includes('costs')")
    she.click("text=Mechanisms")
    she.click(".murmur-knob:has-text('Friestad') .v-input--switch")
    she.wait("location.search.includes('mechanisms.persuasion_knowledge=false')")


def test_numbers_are_typed(visit: Any) -> None:
    """What is refused is told, and does not stay in the field; a change starts the world anew, also one back."""
    she = visit("?days=20")
    she.click("text=Step")
    she.wait_drawn(1)
    she.click("text=What things cost")
    field = ".murmur-knob >> nth=0 >> input[type=text]"
    she.page.wait_for_selector(field, timeout=WAIT)
    for wrong in ("nan", "-3", "much", "1,5"):
        she.page.fill(field, wrong)
        she.page.keyboard.press("Tab")
        she.page.wait_for_selector(f".v-alert:has-text('{wrong}')", timeout=WAIT)
        she.wait("document.querySelector('.murmur-knob input[type=text]').value == '0.2'")
    she.page.fill(field, "0.35")
    she.page.keyboard.press("Tab")
    she.wait("location.search.includes('costs.post=0.35')")
    she.page.wait_for_selector(".v-alert", state="detached", timeout=WAIT)
    she.wait_drawn(0)
    she.click("button:has-text('back to 0.2')")
    she.wait("!location.search.includes('costs')")
    she.page.wait_for_timeout(800)
    she.wait_drawn(0)


def test_a_reset_is_not_forgotten(visit: Any) -> None:
    """Steps asked for before it are not lived after it, and another tab does not take it."""
    she = visit("?scenario=classroom&days=40")
    for _ in range(6):
        she.click("text=Step")
    she.wait_day(6)
    for _ in range(5):
        she.click("text=Step")
    she.click("text=Reset")
    she.click(".v-tab:has-text('Two policies')")
    she.wait_drawn(0, 0)
    she.click(".v-tab:has-text('Explore')")
    she.wait_drawn(0)
    she.page.wait_for_timeout(500)
    assert she.day() == 0


def test_a_member_tells_her_story(visit: Any) -> None:
    she = visit("?scenario=classroom&policy=broadcast")
    she.click("button:has-text('30')")
    she.click("text=Play")
    she.wait("parseInt(document.querySelector('.murmur-day').textContent) > 40")
    she.click("text=Pause")
    she.page.focus(".murmur-network canvas")
    she.page.keyboard.press("ArrowRight")
    she.page.wait_for_selector(".murmur-story p", timeout=WAIT)
    assert "Day" in she.page.inner_text(".murmur-story")
    first = she.page.input_value(".murmur-member input")
    canvas = she.page.query_selector(".murmur-network canvas").bounding_box()
    for place in range(2000):  # until a dot is hit
        x, y = canvas["width"] * (0.3 + 0.4 * (place % 20) / 20), canvas["height"] * (0.2 + 0.6 * (place // 20) / 100)
        she.page.mouse.click(canvas["x"] + x, canvas["y"] + y)
        if she.page.input_value(".murmur-member input") != first:
            break
    assert she.page.input_value(".murmur-member input") != first
    she.page.wait_for_timeout(800)  # until her story is there and nothing else comes into the field
    she.page.fill(".murmur-member input", "nobody")
    she.page.keyboard.press("Tab")
    she.page.wait_for_selector("text=There is no member 'nobody'. Members are called", timeout=WAIT)


def test_two_policies_stay_in_step(visit: Any) -> None:
    she = visit("?scenario=classroom&policy=absent&rival=listen_first&days=30")
    she.click("text=Two policies")
    she.wait("document.querySelectorAll('.murmur-network canvas').length == 2")
    she.page.wait_for_selector("text=begin on the same day", timeout=WAIT)
    for day in (1, 2, 3):
        she.click("text=Step")
        she.wait_day(day)
        she.wait_drawn(day, day)
    assert "day" in she.page.inner_text(".v-card:has-text('What has differed')")
    she.page.focus(".murmur-network canvas")
    she.page.keyboard.press("ArrowRight")  # one member is picked, and her story told in both worlds
    she.wait("document.querySelectorAll('.murmur-member .murmur-story').length == 2")
    told = she.page.locator(".murmur-member")
    assert len({told.nth(n).locator("input").input_value() for n in range(2)} - {""}) == 1
    assert [name in told.nth(n).inner_text() for n, name in enumerate(("absent", "listen first"))] == [True, True]
    she.click("text=second minus first")
    she.click("text=Live 50 worlds")
    she.page.wait_for_selector(".murmur-table td", timeout=WAIT)
    assert "50 paired" in she.page.inner_text("body")
    she.click("text=Without a mechanism")
    she.page.wait_for_selector("text=without persuasion knowledge", timeout=WAIT)


def test_fifty_worlds_can_be_stopped(visit: Any) -> None:
    she = visit("?tab=1")
    she.wait("document.querySelectorAll('.murmur-network canvas').length == 2")
    for _ in range(2):  # and begun again
        she.click("text=Live 50 worlds")
        she.click("button:has-text('Stop')")
        she.page.wait_for_selector("text=Stopped: nothing can be concluded.", timeout=WAIT)
        assert she.page.query_selector(".murmur-table td") is None
    she.click("text=Live 50 worlds")
    she.page.wait_for_selector("button:has-text('Stop')", timeout=WAIT)
    she.click(".v-tab:has-text('Explore')")
    she.wait("document.querySelectorAll('.murmur-network canvas').length == 1")
    she.click(".v-tab:has-text('Two policies')")
    she.page.wait_for_selector("text=They ended when you left this tab", timeout=WAIT)


def test_what_is_taken_away_is_valid(visit: Any, tmp_path: Path) -> None:
    she = visit("?scenario=classroom&days=20&costs.answer=2.5")
    she.click("text=Step")
    she.wait_day(1)
    for label, kind in (("Scenario (TOML)", "toml"), ("Data (CSV)", "csv"), ("Figure (PNG)", "png"), ("Figure (SVG)", "svg")):
        with she.page.expect_download(timeout=WAIT) as coming:
            she.click(f"text={label}")
        coming.value.save_as(tmp_path / f"taken.{kind}")
    murmur("check", str(tmp_path / "taken.toml"))
    assert "answer = 2.5" in (tmp_path / "taken.toml").read_text()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "taken.csv").read_text())))
    assert [row["day"] for row in rows] == ["0"]
    assert (tmp_path / "taken.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "taken.svg").read_text()
    she.click("text=Two policies")
    she.page.wait_for_selector("text=begin on the same day", timeout=WAIT)
    she.click("text=Step")
    she.wait_drawn(1, 1)
    with she.page.expect_download(timeout=WAIT) as coming:
        she.click("text=Data (CSV)")
    coming.value.save_as(tmp_path / "two.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "two.csv").read_text())))
    assert [row["world"] for row in rows] == ["broadcast", "listen first"], "what is there now, not what was"
    assert coming.value.suggested_filename == "murmur-classroom-broadcast-listen_first-1.csv"


def test_a_faulty_scenario_is_told_in_the_commands_words(visit: Any) -> None:
    she = visit("?scenario=classroom")
    she.click("text=Your own scenario")
    she.page.fill("textarea", "[brand]\nqualty = 0.5\n")
    she.page.keyboard.press("Tab")
    she.click("text=Use it")
    she.page.wait_for_selector("text=unknown key. Did you mean 'quality'?", timeout=WAIT)
    she.page.fill("textarea", 'extends = "classroom"\ntitle = "Mine <img src=x onerror=alert(1)>"\ndays = 17\n')
    she.page.keyboard.press("Tab")
    she.click("text=Use it")
    she.wait("document.querySelector('.murmur-day').textContent.includes('of 17')")
    assert "Your own: Mine <img" in she.page.inner_text("nav"), "text stays text"


def test_a_file_is_dropped(visit: Any, tmp_path: Path) -> None:
    she = visit("?scenario=classroom")
    she.click("text=Your own scenario")
    zone = she.page.wait_for_selector(".solara-file-drop", timeout=WAIT)
    zone.scroll_into_view_if_needed()
    box = zone.bounding_box()
    (tmp_path / "mine.toml").write_text('extends = "classroom"\ntitle = "Dropped"\ndays = 19\n')
    mouse = she.context.new_cdp_session(she.page)  # scripts in a page cannot drop files
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(tmp_path / "mine.toml")], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        mouse.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})
    she.wait("document.querySelector('.murmur-day').textContent.includes('of 19')")


def test_every_group_of_numbers_can_be_turned(visit: Any) -> None:
    """A slider or switch of each drawer changes the address, and back to default undoes it."""
    she = visit("?scenario=classroom&days=20")
    drawers = she.page.locator(".murmur-drawer")
    for n in range(drawers.count()):
        drawer = drawers.nth(n)
        drawer.locator("button").first.click(timeout=WAIT)
        knob = drawer.locator("[role=slider], .v-input--switch input").first
        knob.wait_for(state="attached", timeout=WAIT)
        switch = knob.get_attribute("role") != "slider"
        before = she.page.evaluate("location.search")
        if switch:
            drawer.locator(".v-input--switch .v-input--selection-controls__input").first.click(timeout=WAIT)
        else:
            knob.focus()
            she.page.keyboard.press("Home" if int(knob.get_attribute("aria-valuenow")) > 500 else "End")
        she.wait(f"location.search != {before!r}")
        she.page.wait_for_selector("text=Making the community", state="detached", timeout=WAIT)
        drawer.locator("button").first.click(timeout=WAIT)
        knob.wait_for(state="detached", timeout=WAIT)  # else the next drawer moves away under the mouse
    she.click("text=All back to default")
    she.wait("!location.search.includes('.')")


def test_the_log_is_filtered(visit: Any) -> None:
    she = visit("?scenario=hobby_forum&policy=listen_first&days=40")
    she.click("button:has-text('30')")
    she.click("text=Play")
    she.wait("parseInt(document.querySelector('.murmur-day').textContent) > 30")
    she.wait("document.querySelectorAll('.murmur-log li').length > 0")
    she.click(".v-card:has-text('What happened') .v-select")
    she.click(".v-list-item:has-text('customers')")
    she.wait(
        "[...document.querySelectorAll('.murmur-log li')].every(e => /customer/.test(e.textContent))"
        " && document.querySelectorAll('.murmur-log li').length > 0"
    )


def test_what_is_being_made_is_said(visit: Any) -> None:
    she = visit("?scenario=default&days=30")
    she.wait_drawn(0)
    she.page.wait_for_timeout(500)  # until nothing else comes into the fields
    she.page.fill(".v-text-field:has-text('Seed') input", "7")
    she.page.keyboard.press("Tab")
    she.page.wait_for_selector("text=Making the community", timeout=WAIT)
    she.page.wait_for_selector("text=Making the community", state="detached", timeout=WAIT)
    for wrong, what in (("-1", "is no seed"), ("", "is no seed")):
        she.page.fill(".v-text-field:has-text('Seed') input", wrong)
        she.page.keyboard.press("Tab")
        she.page.wait_for_selector(f".v-alert:has-text('{what}')", timeout=WAIT)
    she.page.fill(".v-text-field:has-text('Days') input", "0")
    she.page.keyboard.press("Tab")
    she.page.wait_for_selector(".v-alert:has-text('days')", timeout=WAIT)


def test_a_wrong_address_is_told(visit: Any) -> None:
    she = visit("?scenario=nowhere")
    she.page.wait_for_selector("text=there is no shipped scenario 'nowhere'", timeout=WAIT)


def test_a_lesson(visit: Any) -> None:
    she = visit()
    she.click("text=Lessons")
    she.page.wait_for_selector(".murmur-lesson", timeout=WAIT)
    run = "button:has-text('Live 12 worlds')"
    assert not she.page.is_enabled(run), "first a prediction"
    she.click("text=Somewhere in between is best.")
    she.click(run)
    she.page.wait_for_selector(".murmur-lesson-chart svg", timeout=3 * WAIT)
    assert "You predicted" in she.page.inner_text(".murmur-verdict")
    assert not she.page.is_enabled("text=The less it posts, the more customers."), "a prediction stands"
    she.click("text=Look at two of these")
    she.page.wait_for_selector("h3:has-text('20 posts a day')", timeout=WAIT)
    assert "rival=20+posts+a+day" in she.page.evaluate("location.search")
    she.click(".v-tab:has-text('Lessons')")
    she.page.wait_for_selector(".murmur-verdict", timeout=WAIT)
    she.click("text=Predict anew")
    she.page.wait_for_selector(".murmur-verdict", state="detached", timeout=WAIT)
    she.click("button:has-text('When does listening pay')")
    she.wait("location.search.includes('lesson=listening')")


def test_tabs_are_gone_through_in_any_order(visit: Any) -> None:
    she = visit("?scenario=classroom&days=20&tab=2")
    of_two = {"Two policies": "h3:has-text('listen first')", "Without a mechanism": "h3:has-text('without')"}
    for tab, shown in (*of_two.items(), ("Lessons", ".murmur-lesson")):
        she.click(f".v-tab:has-text('{tab}')")
        she.page.wait_for_selector(shown, timeout=WAIT)
    she.click(".v-tab:has-text('Explore')")
    she.wait_drawn(0)
    she.click("text=Step")
    she.wait_day(1)
    she.click(".v-tab:has-text('Without a mechanism')")
    she.page.wait_for_selector(of_two["Without a mechanism"], timeout=WAIT)
    she.click("text=Step")
    she.wait_drawn(1, 1)
    for tab, pictures in (("Explore", [1]), ("Two policies", [0, 0]), ("Without a mechanism", [1, 1])):
        she.click(f".v-tab:has-text('{tab}')")  # each world is as it was left
        she.wait_drawn(*pictures)


@pytest.mark.parametrize("width", [1024, 1280, 1920])
def test_nothing_is_clipped(visit: Any, width: int) -> None:
    """No part is wider than the window; whatever is text can be read (contrast AA: 4.5 to 1)."""
    she = visit("?scenario=classroom&days=30", width=width, height=768)
    she.click("text=Step")
    she.wait_day(1)
    for tab in ("Explore", "Two policies", "Lessons"):
        she.click(f".v-tab:has-text('{tab}')")
        she.page.wait_for_timeout(800)
        assert she.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), tab
        assert she.page.evaluate(_TOO_FAINT) == [], tab


_TOO_FAINT = """() => {
  const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
                       return .2126 * r + .7152 * g + .0722 * b; };
  const parts = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const over = (top, below) => top.slice(0, 3).map((v, k) => v * (top[3] ?? 1) + below[k] * (1 - (top[3] ?? 1)));
  const ground = e => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor);
                        if (c.length && (c[3] ?? 1) > .5) return c.slice(0, 3); } return [255, 255, 255]; };
  const found = [];
  for (const e of document.querySelectorAll('p, span, label, small, button, li, h2, h3, td, th, figcaption')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.offsetParent || e.closest('[disabled], [aria-hidden=true]')) continue;
    const below = ground(e), text = over(parts(getComputedStyle(e).color), below);
    const [a, b] = [light(text), light(below)].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) found.push(e.textContent.trim().slice(0, 40) + ' ' + ((a + .05) / (b + .05)).toFixed(1));
  }
  return found;
}"""
