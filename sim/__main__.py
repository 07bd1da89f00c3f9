"""``python -m sim`` is the ``murmur`` command."""

from sim.cli import main

main()
