"""``murmur view``."""

from __future__ import annotations

from dataclasses import replace

import click

from sim.cli.exits import OK
from sim.cli.extras import not_installed
from sim.cli.progress import compile_first


@click.command()
@click.argument("source", metavar="[SCENARIO]", required=False)
@click.option("--policy", "-p", help="What the brand does at first (default: broadcast, or the scenario's first that acts).")
@click.option("--host", default="127.0.0.1", show_default=True, help="Who may reach it: 127.0.0.1 is this machine only.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0: any that is free.")
@click.option("--open/--no-open", "opened", default=False, help="Open it in the browser of this machine.")
@click.option("--quiet", is_flag=True, help="Nothing but the address.")
def view(source: str | None, policy: str | None, host: str, port: int, opened: bool, quiet: bool) -> int:
    """Explore a community in the browser: step, play, turn its numbers, ask one member why.

    SCENARIO is a TOML file or the name of a shipped scenario; others can be chosen on the page. Prints the address.
    Every visitor has a world of her own. Needs the extra app, and no internet. Ctrl-C ends it.
    """
    try:
        import solara  # noqa: F401  # an extra
        import solara_assets  # noqa: F401  # without it the page would ask the internet
    except ImportError:
        raise not_installed("murmur view", "the page is not installed", "app") from None
    from sim.app.serve import is_loopback, serve
    from sim.app.settings import Settings
    from sim.scenario import load_scenario, shipped_scenarios

    settings = Settings()
    if source is not None and source in shipped_scenarios():
        first = Settings.of(load_scenario(source))
        settings = Settings(source, first.policy, first.rival)
    elif source is not None:
        settings = Settings.of(load_scenario(source))
    if policy is not None:
        settings = replace(settings, policy=policy)
    _ = settings.resolved
    compile_first(quiet)
    if not is_loopback(host):
        click.echo(
            f"{host}: anybody who can reach this machine can use the page, and its processor. There is no password.", err=True
        )

    def tell(address: str) -> None:
        click.echo(address)
        if not quiet:
            click.echo("Ctrl-C ends it.", err=True)
        if opened:
            click.launch(address)

    serve(host, port, settings, tell)
    return OK
