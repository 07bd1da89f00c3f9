"""Speed and memory: ``python -m tests.benchmarks`` (see ``--help``). Never part of the test suite: machines differ."""
