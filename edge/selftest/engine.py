"""The fingerprint engine, its kernels compiled and its network loaded."""

from __future__ import annotations

import time

from edge.selftest.check import Check

COMPILED_S = 15.0
"""A start that takes longer compiled its kernels: the next scan would have waited for that."""


def engine() -> Check:
    """Loads everything that a scan needs, and compiles what was not compiled before."""
    began = time.monotonic()
    import matching

    try:
        matching.warm_up()
    except matching.MatchingError as error:
        return Check("engine", False, str(error), "Install the software again.")
    took_s = time.monotonic() - began
    says = f"ready in {took_s:.1f} s"
    if took_s > COMPILED_S:
        return Check(
            "engine", None, f"{says}: its kernels were compiled now", "Run the self-test again: it is quick."
        )
    return Check("engine", True, says)
