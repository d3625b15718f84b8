"""A run's report told: to a file, to the screen, and what is wrong line by line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from simulation.progress import Progress

_TOLD: Final = 20
"""Of what is wrong; the report has all of it."""


def tell_report(
    report: Mapping[str, Any], wrong: Sequence[str], path: Path | None, progress: Progress, *, quiet: bool
) -> None:
    """Written to `path` where there is one, printed unless `quiet`; what is wrong goes to the progress either way."""
    text = json.dumps(report, indent=2)
    if path is not None:
        path.write_text(text + "\n")
    if not quiet:
        print(text, flush=True)
    for line in wrong[:_TOLD]:
        progress(f"WRONG: {line}")
