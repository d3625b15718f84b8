"""The fingers of one person at the glass, until they are answered or go away."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge.decision import Again, Earlier, Finger, Response
from edge.ports import Finding

LIKELY = 3.0
"""Below this score somebody is named by chance as often as not: an officer would be shown a stranger's face."""

MOST_CANDIDATES = 5


@dataclass
class Series:
    """Begun anew with each person. `finger` is the one that was asked for last."""

    earlier: list[Earlier] = field(default_factory=list)
    finger: Finger = Finger.SAME
    asked_again_at: float = 0.0
    _found: list[tuple[Finger, Finding]] = field(default_factory=list)

    @property
    def attempt(self) -> int:
        """Number of the finger that comes now."""
        return len(self.earlier) + 1

    @property
    def first(self) -> Finding | None:
        """What the first finger said, where another one is to go with it: whom it named, else its likeliest guess."""
        if self.finger is Finger.SAME:
            return None
        firsts = [found for finger, found in self._found if finger is Finger.SAME and found.probe is not None]
        return max(firsts, key=lambda found: (found.unsure, _best(found)), default=None)

    @property
    def touches(self) -> int:
        """Pairs of a first and another finger that could have been joined, this one included."""
        firsts = sum(finger is Finger.SAME for finger, _ in self._found)
        return max(1, firsts) * (len(self._found) - firsts + 1)

    def is_of_another(self, found: Finding) -> bool:
        """Whether this finger names another person than the one named before it."""
        named = {one.person for _, one in self._found if one.person is not None}
        return found.person is not None and bool(named) and found.person not in named

    def note(self, found: Finding, response: Response) -> None:
        """Another finger is asked for."""
        self.earlier.append(Earlier(found.outcome, self.finger))
        self._found.append((self.finger, found))
        if isinstance(response, Again):
            self.finger = response.finger

    def candidates(self, last: Finding) -> list[str]:
        """The likeliest people of all these fingers and the last one, best first."""
        best: dict[str, float] = {}
        for found in (*(one for _, one in self._found), last):
            for likely in found.candidates:
                best[likely.person] = max(likely.score, best.get(likely.person, 0.0))
        named = sorted((who for who, score in best.items() if score >= LIKELY), key=lambda who: -best[who])
        return named[:MOST_CANDIDATES]


def _best(found: Finding) -> float:
    return max((one.score for one in found.candidates), default=0.0)
