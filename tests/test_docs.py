"""What the documents say is so: examples run, tables agree with the declarations, links lead somewhere."""

from __future__ import annotations

import importlib
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from sim.report import reference
from tests import pages
from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PAGES = sorted([REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *(REPOSITORY / "docs").rglob("*.md")])


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.S)


@pytest.mark.parametrize("n", range(len(blocks(README, "python"))))
def test_python_of_the_readme_runs(
    n: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = (
        blocks(README, "python")[n]
        .replace("worlds=3", "worlds=2")
        .replace('"days": 60', '"days": 10')
        .replace("days=60", "days=10")
    )
    script = tmp_path / f"readme_block_{n}.py"
    script.write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module(script.stem)
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.stem)
def test_what_a_page_prints_is_what_it_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``python -m tests.pages`` after a change of results."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    for block in pages.run(page):
        assert block.printed == block.recorded, block.code
    for picture in re.findall(r"\(images/([^)]+)\)", page.read_text(encoding="utf-8")):
        assert (tmp_path / picture).stat().st_size > 5000


def test_scenario_of_the_readme(tmp_path: Path) -> None:
    from sim.scenario import load_scenario

    toml, policies, study = blocks(README, "toml")
    (tmp_path / "mine.toml").write_text(toml + policies + study)
    scenario = load_scenario(tmp_path / "mine.toml")
    assert scenario.days == 720
    assert not scenario.mechanisms.persuasion_knowledge
    assert scenario.find_policy("careful").switch_to == "ethnographer"
    assert [action.name for action in scenario.find_policy("careful").actions] == ["contest", "debate"]
    assert scenario.find_policy("loud").strategy.posts_per_day == 5.0  # type: ignore[attr-defined]


def test_scenario_of_the_guide_to_studies(tmp_path: Path) -> None:
    from sim.study.study import Study

    (tmp_path / "mine.toml").write_text(blocks((REPOSITORY / "docs" / "studies.md").read_text(encoding="utf-8"), "toml")[0])
    study = Study.of(tmp_path / "mine.toml")
    assert len(study.points) == 200
    assert study.horizons == (90, 180, 360)


def test_scenario_of_the_guide_to_calibration(tmp_path: Path) -> None:
    """The first is a calibration, the second carries its draws into a study."""
    from sim.calibration.calibrate import parameters
    from sim.calibration.targets import statistics
    from sim.scenario import load_scenario

    page = (REPOSITORY / "docs" / "calibration.md").read_text(encoding="utf-8")
    first, second = blocks(page, "toml")
    (tmp_path / "mine.toml").write_text(first)
    head, first_row, *_ = blocks(page, "csv")[0].splitlines()
    begin = date.fromisoformat(first_row.split(",")[0])
    rows = [f"{begin + timedelta(days=day)},{400 + day},{day % 4},{day % 2}" for day in range(150)]
    (tmp_path / "daily.csv").write_text("\n".join([head, *rows]))
    scenario = load_scenario(tmp_path / "mine.toml")
    assert [axis.path for axis in parameters(scenario)] == ["members.activity_median", "brand.quality"]
    assert len(statistics(scenario)[0]) == 3 * (4 + 2) + 2, "four blocks to fit to and two held out of each, a range, a fact"
    (tmp_path / "study.toml").write_text(second)
    assert load_scenario(tmp_path / "study.toml").study.points_file.endswith("posterior.csv")


def test_commands_of_the_readme_exist() -> None:
    """Every murmur command shown parses (``--help`` of its verb knows its options)."""
    from click.testing import CliRunner

    from sim.cli import main

    for line in "".join(blocks(README, "sh")).splitlines():
        for command in re.findall(r"murmur (\w+)((?: +[^#&|\s]+)*)", line):
            verb, rest = command
            known = CliRunner().invoke(main.commands[verb], ["--help"], standalone_mode=False).output
            for option in re.findall(r"(?<!\S)--?[a-z-]+", rest):
                assert option in known, f"{verb} {option}"


def test_reference_is_up_to_date() -> None:
    """``python -m sim.report.reference > docs/reference.md`` after a change of a declaration."""
    assert (REPOSITORY / "docs" / "reference.md").read_text(encoding="utf-8") == reference.markdown()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_setup_takes_two_lines() -> None:
    lines = [line for line in "".join(blocks(README, "sh")).splitlines() if line.startswith("python3 -m venv ")]
    assert len(lines) == 2
    assert lines[0].endswith("murmur compare")
    assert "pytest" in lines[1]
