"""`pims-edge selftest`: everything that a terminal needs, tried out, and what to do with one's hands where it fails."""

from edge.selftest.check import Check, printed
from edge.selftest.running import run_selftest

__all__ = ["Check", "printed", "run_selftest"]
