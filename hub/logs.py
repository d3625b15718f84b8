"""Logs of the hub's processes: one JSON object a line on standard error, without names, templates or images."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """`at`, `level`, `from` and `event`, the fields given to `log`, then kind and places of an unexpected error."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"], line["traceback"] = _without_words(record.exc_info[1])
        return json.dumps(line, default=str)


def _without_words(error: BaseException | None) -> tuple[str, list[str]]:
    """Kinds and places of an error and its causes. Their own words may hold what was being handled: a row, a name."""
    kinds: list[str] = []
    places: list[str] = []
    while error is not None:
        kinds.append(type(error).__name__)
        places += [
            f"{place.filename}:{place.lineno} {place.name}"
            for place in traceback.extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " from ".join(kinds), places


def configure(level: int = logging.INFO) -> None:
    """Send all logs of this process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def log(logger: logging.Logger, level: int, event: str, **fields: object) -> None:
    """Log `event`, a few fixed words, with `fields` beside it."""
    logger.log(level, event, extra={"fields": fields})
