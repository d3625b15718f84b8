"""What changed on a screen between two looks: item by item, so that twenty screens cost little more than one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

Encoded = Mapping[str, Mapping[str, bytes]]
"""Each section's items by key, in order, as JSON."""


def encode(sections: Mapping[str, Mapping[str, Any]]) -> Encoded:
    """The sections with each item as JSON."""
    one = msgspec.json.Encoder().encode
    return {name: {key: one(item) for key, item in items.items()} for name, items in sections.items()}


def whole(now: datetime, last_id: int, sections: Encoded, feed: list[bytes]) -> bytes:
    """Everything, for a screen that starts: `feed` are the last lines, the newest first."""
    document: dict[str, Any] = {"now": now, "last_id": last_id}
    for name, items in sections.items():
        document[name] = [msgspec.Raw(item) for item in items.values()]
    document["feed"] = [msgspec.Raw(line) for line in feed]
    return msgspec.json.encode(document)


def difference(now: datetime, before: Encoded, after: Encoded) -> bytes | None:
    """What a screen that shows `before` has to change; None when nothing.

    For each section that changed: `set`, items that are new or other than they were; `keys`, all of them in order,
    only where an item came, went or moved.
    """
    document: dict[str, Any] = {}
    for name, items in after.items():
        old = before.get(name, {})
        changed = [msgspec.Raw(item) for key, item in items.items() if old.get(key) != item]
        moved = list(old) != list(items)
        if changed or moved:
            part: dict[str, Any] = {"set": changed}
            if moved:
                part["keys"] = list(items)
            document[name] = part
    return msgspec.json.encode({"now": now, **document}) if document else None
