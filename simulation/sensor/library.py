"""The sensor's own templates: opaque, and honest about what they can tell.

A real sensor's template format is the maker's secret. Ours holds no minutiae: it is bytes spun
from an identity, so two templates are equal exactly when they were made from the same identity.
It says nothing about how well a real sensor recognises fingers; for that a caller supplies its own
`comparer`.
"""

import hashlib
from collections.abc import Callable

Comparer = Callable[[bytes, bytes], int]
"""Score of two templates, 0 for no match, else 1 to 65,535."""


def template_of(identity: bytes, size: int) -> bytes:
    return hashlib.shake_256(b"sensor template" + identity).digest(size)


def same_identity(one: bytes, other: bytes) -> int:
    return 100 if one == other else 0


class Library:
    """Templates by position, 0 to capacity - 1."""

    def __init__(self, capacity: int, comparer: Comparer) -> None:
        self.capacity = capacity
        self.comparer = comparer
        self._stored: dict[int, bytes] = {}

    def __len__(self) -> int:
        return len(self._stored)

    def holds(self, position: int) -> bool:
        return 0 <= position < self.capacity

    def store(self, position: int, template: bytes) -> None:
        self._stored[position] = template

    def load(self, position: int) -> bytes | None:
        return self._stored.get(position)

    def delete(self, first: int, count: int) -> None:
        for position in range(first, first + count):
            self._stored.pop(position, None)

    def clear(self) -> None:
        self._stored.clear()

    def search(self, template: bytes, first: int, count: int) -> tuple[int, int] | None:
        """Best (position, score) among `count` positions from `first`; None when nothing matches."""
        scored = [
            (self.comparer(template, stored), -position)
            for position, stored in self._stored.items()
            if first <= position < first + count
        ]
        score, negated = max(scored, default=(0, 0))
        return (-negated, score) if score else None

    def index_page(self, page: int) -> bytes:
        """32 bytes, one bit a position from 256 x page on, lowest bit first."""
        bits = bytearray(32)
        for position in self._stored:
            if position // 256 == page:
                bits[position % 256 // 8] |= 1 << position % 8
        return bytes(bits)
