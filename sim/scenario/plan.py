"""The ``[study]`` and ``[calibration]`` sections of a scenario: what varies, what is kept of each run, what is fitted."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from sim.scenario.tables import STRICT

Texts = Annotated[tuple[str, ...], Field(strict=False)]


class Factor(BaseModel):
    """Something that varies: a number between two others, or one of several values."""

    model_config = STRICT

    path: str = Field(description="what varies, as a dotted path: costs.answer, brand.quality, policy.NAME.posts_per_day, graph")
    low: float | None = Field(default=None, description="smallest value; without, that of the declaration, or half to double")
    high: float | None = Field(default=None, description="largest value")
    scale: Literal["linear", "log"] = Field(default="linear", description="how values are spread between them")
    levels: int | None = Field(default=None, ge=2, le=1000, description="levels in grids, instead of the study's")
    values: Annotated[tuple[Any, ...], Field(strict=False)] | None = Field(
        default=None, description="the values themselves, instead of a range: numbers, texts, switches, or whole tables"
    )


class Plan(BaseModel):
    """A design over parameters, every policy in the same worlds at each of its points."""

    model_config = STRICT

    design: Literal["factorial", "list", "one_at_a_time", "random", "latin_hypercube", "sobol", "morris"] = Field(
        default="factorial",
        description="how the points are chosen: all combinations of levels; those listed; one factor at a time around the "
        "scenario; at random; a Latin hypercube; for Sobol' indices (Saltelli); for elementary effects (Morris)",
    )
    points: int = Field(
        default=64,
        ge=1,
        le=1_000_000,
        description="points of random and latin_hypercube; base samples of sobol (a power of two); trajectories of morris",
    )
    levels: int = Field(default=3, ge=2, le=1000, description="levels of each factor in grids (factorial, one_at_a_time, morris)")
    seed: int = Field(default=1, ge=0, le=2**53, description="seed of the design, not of the worlds")
    worlds: int = Field(default=5, ge=1, le=100_000, description="worlds at each point: the same for all points and policies")
    horizons: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(strict=False)] = Field(
        default=(), description="days at which runs are summed up, each for itself; empty: the last day only"
    )
    series: Texts = Field(
        default=("headlines",),
        description="metrics whose every day is kept; headlines: those of a comparison; all; empty: none",
    )
    control: str = Field(default="", description="the policy all are held against; empty: absent if it is there, else the first")
    most_failures: int = Field(default=20, ge=0, le=1_000_000, description="failed runs at which a study stops")
    factor: Annotated[tuple[Factor, ...], Field(strict=False)] = Field(default=(), description="what varies")
    point: Annotated[tuple[dict[str, Any], ...], Field(strict=False)] = Field(
        default=(), description="the points of a list, each a table of paths and values"
    )
    points_file: str = Field(
        default="", description="a CSV file with the points of a list: a column per path, its name in the first line"
    )


class Target(BaseModel):
    """Something the model is fitted to, or held against: a published fact, a range for a metric, or days that were observed."""

    model_config = STRICT

    fact: str = Field(default="", description="a stylised fact by its name in murmur validate, e.g. S3; its band is the target")
    file: str = Field(
        default="",
        description="a CSV file of daily values: a column day (or date), and columns named after metrics (sales: adoptions)",
    )
    metric: str = Field(default="", description="a metric, held to the range from low to high")
    low: float | None = Field(default=None, description="lower end of the range of the metric")
    high: float | None = Field(default=None, description="upper end of the range of the metric")
    day: int | None = Field(default=None, ge=1, description="days over which the metric is summed up; without, the whole run")
    policy: str = Field(default="", description="what the first brand did; may be left out where only one policy does anything")
    first_day: int = Field(
        default=0, ge=0, description="day of the run that is day 0, or the first date, of a file (0: the brand enters)"
    )
    blocks: int = Field(default=4, ge=1, le=100, description="parts into which a series is cut; their means are what is fitted")
    tolerance: float = Field(
        default=0.05, ge=0, le=10, description="by how much of a value the model may miss a series, as one standard deviation"
    )
    held_out: bool = Field(default=False, description="only held against, not fitted to")
    held_out_from: int | None = Field(default=None, ge=0, description="day of the run from which on a series is held out")


class CalibrationPlan(BaseModel):
    """Which numbers of the scenario are fitted, to what, and with how much work."""

    model_config = STRICT

    waves: int = Field(default=3, ge=1, le=20, description="rounds of points, each where the last leaves the parameters likely")
    points: int = Field(default=60, ge=8, le=10_000, description="points in each wave")
    worlds: int = Field(default=3, ge=2, le=1000, description="worlds at each point")
    predictive: int = Field(default=40, ge=10, le=10_000, description="draws from the posterior that are lived, to check it")
    seed: int = Field(default=1, ge=0, le=2**31, description="seed of the points and of the sampling, not of the worlds")
    most_failures: int = Field(default=20, ge=0, le=1_000_000, description="failed measurements at which it stops")
    parameter: Annotated[tuple[Factor, ...], Field(strict=False)] = Field(default=(), description="what is fitted, and its range")
    target: Annotated[tuple[Target, ...], Field(strict=False)] = Field(default=(), description="what it is fitted to")
