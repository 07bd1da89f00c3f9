"""The ``murmur`` command. Each verb is a module; what is heavy is imported by the verb that needs it."""

from __future__ import annotations

import errno
import io
import sys
from typing import Any

import click

from sim.cli.animate import animate
from sim.cli.calibrate import calibrate
from sim.cli.check import check
from sim.cli.compare import compare
from sim.cli.exits import BAD_INPUT, INTERRUPTED, OK
from sim.cli.export import export
from sim.cli.listing import list_things
from sim.cli.report import report
from sim.cli.run import run
from sim.cli.sensitivity import sensitivity
from sim.cli.sweep import sweep
from sim.cli.trace import trace
from sim.cli.validate import validate
from sim.cli.view import view
from sim.errors import InputError


class Murmur(click.Group):
    """Turns what went wrong into one sentence and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal that knows no − gets a ?, not an error
        try:
            code = super().main(*args, **kwargs)
        except InputError as error:
            for fault in error.faults:
                click.echo(str(fault), err=True)
            sys.exit(BAD_INPUT)
        except click.ClickException as error:
            error.show()
            sys.exit(BAD_INPUT)
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                sys.stderr.close()
                sys.exit(OK)
            where = f"{error.filename}: " if error.filename else ""
            remedy = "free space" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "choose another folder"
            click.echo(f"{where}{error.strerror or error}. What was finished is kept; {remedy}.", err=True)
            sys.exit(BAD_INPUT)
        except (KeyboardInterrupt, click.Abort):
            click.echo("Stopped.", err=True)
            sys.exit(INTERRUPTED)
        sys.exit(code if isinstance(code, int) else OK)


@click.group(cls=Murmur, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="murmur", message="murmur %(version)s")
def main() -> None:
    """Murmur simulates an online community absorbing marketing: who trusts, who tires, who leaves, and what it earns.

    \b
    murmur compare                          broadcast against listening first, in a real community
    murmur compare --graph friends.csv      the same in your own network
    murmur compare my.toml --worlds 50      in your own scenario
    murmur sweep my.toml --dry-run          … over a whole design of assumptions
    murmur sensitivity FOLDER               what the outcome of a sweep hangs on
    murmur report FOLDER                    its answer as a page, with figures
    murmur export FOLDER                    its tables as CSV
    murmur calibrate my.toml                fit its numbers to what was observed
    murmur run my.toml --policy broadcast   one world, day by day
    murmur trace --member 52 -p astroturf   a member's story: why did she unfollow?
    murmur view                             explore a community in the browser
    murmur animate --policy astroturf       a run as a moving picture
    murmur validate                         the model held against published numbers
    murmur check my.toml                    is this scenario right?
    murmur list strategies                  what can be tried
    """


for verb in (compare, sweep, sensitivity, report, export, calibrate, run, trace, view, animate, validate, check, list_things):
    main.add_command(verb)
