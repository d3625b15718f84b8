"""What one check found, and a list of them on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

_MARKS = {True: "OK", False: "NOT OK", None: "note"}


@dataclass(frozen=True)
class Check:
    """`ok` is None for what could not be tried now, or is no fault yet.

    `says` is what was found, `do` what to do about it, or empty.
    """

    name: str
    ok: bool | None
    says: str
    do: str = ""

    def to_dict(self) -> dict[str, object]:
        return asdict(self)


def printed(checks: Sequence[Check]) -> str:
    """One line a check, what to do below it, and the sum of it at the end; for a label or a sheet of paper."""
    lines: list[str] = []
    for check in checks:
        lines.append(f"{_MARKS[check.ok]:<10}{check.name:<13}{check.says}")
        if check.do and check.ok is not True:
            lines.append(f"{'':<23}-> {check.do}")
    failed = [check.name for check in checks if check.ok is False]
    lines.append("")
    lines.append(f"NOT OK: {', '.join(failed)}." if failed else "Everything that was tried is OK.")
    return "\n".join(lines)
