"""``murmur animate``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from sim.cli.exits import OK
from sim.cli.options import MOST_SEED, Asked, chosen_policy, scenario_options
from sim.cli.progress import Progress, compile_first
from sim.errors import Fault, InputError


@click.command()
@scenario_options
@click.option("--policy", "-p", help="What the first brand does (default: the scenario's last policy).")
@click.option("--seed", type=click.IntRange(0, MOST_SEED), help="The world (default: the scenario's seed).")
@click.option("--every", type=click.IntRange(1), help="Days from one picture to the next (default: at most 90 pictures in all).")
@click.option("--fps", type=click.IntRange(1, 60), default=6, show_default=True, help="Pictures a second.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("murmur.gif"),
    show_default=True,
    help="The file: .gif, .html (with buttons) or .mp4 (needs ffmpeg).",
)
@click.option("--quiet", is_flag=True, help="No progress.")
def animate(asked: Asked, policy: str | None, seed: int | None, every: int | None, fps: int, out: Path, quiet: bool) -> int:
    """Draw a run as a moving picture: the network and four charts, day by day. For slides and for reading."""
    chosen = asked.scenario()
    followed = chosen_policy(chosen, policy) if policy is not None else chosen.policy[-1]
    scenario = chosen.with_policies([chosen.find_policy(followed) if isinstance(followed, str) else followed])
    if not out.parent.is_dir():
        raise InputError(Fault(str(out), "there is no such folder", "Make it, or choose another with --out."))
    from sim.app.animate import animate as draw
    from sim.app.animate import check_kind
    from sim.app.settings import Settings
    from sim.app.stage import Stage
    from sim.study.store import Folder

    check_kind(out)
    compile_first(quiet)
    name = scenario.policy[0].name
    stage = Stage(Settings("", name, name, scenario.seed if seed is None else seed, (), scenario), name)
    with Progress("Drawing", quiet) as progress:
        save = partial(draw, stage, every=every or -(-scenario.days // 90), frames_a_second=fps, tell=progress.tell)
        Folder(out.parent).write(out.name, save)
    click.echo(str(out))
    return OK
