"""Report pages: for two policies and ten, with failures, with one world, from whole studies and single points."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.report import page
from sim.scenario import Policy, changed
from sim.study.compare import compare
from sim.study.conduct import conduct
from sim.study.outcome import load_study, recorded_study
from sim.study.study import Study
from tests.test_cli import murmur
from tests.test_study import FailsAbove, plan


def composed(folder: Path) -> page.Page:
    return page.compose(load_study(folder), recorded_study(folder, to_read=True)[1])


def check(found: page.Page, folder: Path) -> str:
    html_page, markdown = page.write(found, folder)
    text = html_page.read_text()
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!data:)', text), "it needs nothing else"
    assert text.count("<figure>") == len(found.figures)
    for line in found.answer:
        assert line.strip() in markdown.read_text()
    for figure in found.figures:
        assert (folder / "figures" / f"{figure.name}.png").read_bytes() == figure.picture
    return text


def test_a_study(tmp_path: Path) -> None:
    sim.sweep(plan(design="latin_hypercube", points=24, horizons=[10, 20], worlds=5), tmp_path)
    found = composed(tmp_path)
    assert [figure.name for figure in found.figures] == ["shares-0", "difference-0", "phases-0", "frontier", "regret"]
    text = check(found, tmp_path / "report")
    assert found.short[0].startswith(
        "By net present value broadcast, against absent, is surely worse at all 24 points; on the average −"
    )
    assert len(found.short) <= 3
    assert "24 points (latin_hypercube" in text
    assert "&quot;code&quot;" in text, "how it was made"
    again = composed(tmp_path)
    assert [figure.picture for figure in again.figures] == [figure.picture for figure in found.figures], "the same bytes"


def test_sensitivity_comes_with_its_tornado(tmp_path: Path) -> None:
    factors = [{"path": "costs.post"}, {"path": "brand.initial_customers", "low": 0.0, "high": 0.5}]
    sim.sweep(plan(design="morris", points=4, levels=4, worlds=2, factor=factors), tmp_path)
    found = composed(tmp_path)
    assert found.figures[-1].name == "tornado"
    assert any("It hangs most on" in line for line in found.answer)


def test_indices_that_cannot_be_told(tmp_path: Path) -> None:
    sim.sweep(plan(design="morris", points=2, levels=4, worlds=2, factor=[{"path": "speech.repost_expose"}]), tmp_path)
    found = composed(tmp_path)
    assert "is the same at every point" in found.answer[-1]


def test_one_world_says_that_nothing_can_be_concluded(tmp_path: Path) -> None:
    sim.sweep(plan(levels=2, worlds=1), tmp_path)
    found = composed(tmp_path)
    assert [line.partition(" about")[0] for line in found.answer] == ["One world at each point: nothing can be concluded"]
    (means,) = found.sheets
    assert means.title == "The mean over all points, in one world"
    assert not any("[" in cell for row in means.rows for cell in row)
    assert "regret" not in [figure.name for figure in found.figures]
    assert not any("better" in line for line in (*found.short, *found.answer))
    check(found, tmp_path / "report")


def test_ten_policies_with_long_names_and_failures(tmp_path: Path) -> None:
    scenario = plan(factor=[{"path": "costs.post", "values": [0.01, 1.0]}, {"path": "brand.quality"}], levels=2, most_failures=99)
    strategy = scenario.find_policy("broadcast").strategy
    many: list[Any] = [Policy(f"broadcast with a name that is long, number {n}", strategy) for n in range(8)]
    conduct(Study.of(scenario, ["absent", *many, Policy("fails where posts are dear", FailsAbove())]), tmp_path)
    found = composed(tmp_path)
    text = check(found, tmp_path / "report")
    assert "all of them failed" in text


def test_a_policy_that_fails_everywhere(tmp_path: Path) -> None:
    """There is no point at which all are known: the answer says so."""
    scenario = plan(factor=[{"path": "costs.post", "values": [1.0, 2.0]}], most_failures=99)
    conduct(Study.of(scenario, ["absent", Policy("fails", FailsAbove())]), tmp_path)
    found = composed(tmp_path)
    assert "at no point are two policies known" in found.answer[-1]
    assert "there is no point at which both are known" in murmur("compare", str(tmp_path)).stdout


def test_a_comparison_in_which_a_policy_fails_everywhere(tmp_path: Path) -> None:
    scenario = changed(plan(factor=[]), {"costs.post": 2.0})
    conduct(Study.of(scenario, ["absent", Policy("fails", FailsAbove())]), tmp_path)
    found = composed(tmp_path)
    check(found, tmp_path / "report")
    assert "2 of 2 worlds are left out" in " ".join(found.answer)


def test_a_comparison(tmp_path: Path) -> None:
    scenario = changed(plan(factor=[]), {"title": "A <title> & more"})
    compare(scenario, worlds=2, folder=tmp_path)
    text = check(composed(tmp_path), tmp_path / "report")
    assert "A &lt;title&gt; &amp; more" in text
    done = murmur("report", str(tmp_path))
    assert done.stdout.split() == [str(tmp_path / "report.html"), str(tmp_path / "report.md")]


@pytest.mark.parametrize("what", ["nothing", "run"])
def test_what_is_no_study(what: str, tmp_path: Path) -> None:
    if what == "run":
        murmur("run", "classroom", "--days", "3", "--out", str(tmp_path / "run"))
    refused = murmur("report", str(tmp_path / what), check=2)
    assert {"nothing": "there is no such file", "run": "this is the manifest of a run"}[what] in refused.stderr
