"""The afternoon count: one hides, one is counted in two units; recounted by name, recounted again, and cleared."""

from __future__ import annotations

from collections.abc import Callable

from simulation.day.post import Post
from simulation.day.site import BLOCK_A, BLOCK_B
from simulation.day.stage import Stage
from simulation.day.told import Counted
from simulation.day.truth import Count
from simulation.people import Walker

_UNITS = (BLOCK_A, BLOCK_B)
"""In the order in which they are counted."""


def count(stage: Stage) -> None:
    session = stage.control.announce(_UNITS)
    stage.told(f"count {session} is announced: officers' pages hide roll and totals")
    _all_see(stage, session, "the announcement")
    stage.control.lead(session, "freeze")
    stage.control.lead(session, "begin")
    _all_see(stage, session, "that counting has begun", lambda one: one == "COUNTING")
    stage.played.count = Count(
        session,
        hider=stage.number(stage.cast.hider),
        unit=stage.cast.hider.home,
        hidden_in=stage.where[stage.cast.hider.index],
        twice=stage.number(stage.cast.twice),
        in_units=_UNITS,
        sent_to_clear=stage.control.room.login,
    )
    _round(stage, lambda post: post.count_heads(session, len(stage.present(post.unit))).observed)
    stage.heard.count_blind = _when_in(stage, session, 0)
    for code, unit in stage.heard.count_blind.units.items():
        stage.told(f"{code}: {unit.observed} counted, off by {unit.off}")


def recount(stage: Stage) -> None:
    """By name: now it is known who is missing, and who stands in two units."""
    assert stage.played.count is not None
    session = stage.played.count.session
    _by_name(stage, session, 1, "The numbers do not agree")
    stage.heard.count_named = _when_in(stage, session, 1)
    stage.heard.out_at_count = stage.word.outside()
    named = stage.heard.count_named
    missing = sorted(one for unit in named.units.values() for one in unit.missing)
    stage.told(
        f"missing: {', '.join(missing) or 'nobody'}; in two units: {', '.join(named.twice) or 'nobody'}"
    )


def clear(stage: Stage) -> None:
    """Whoever hid is found and brought back, whoever went to and fro is kept at home: then it agrees."""
    assert stage.played.count is not None
    session, cast = stage.played.count.session, stage.cast
    stage.where[cast.hider.index] = cast.hider.home
    _by_name(stage, session, 2, "Both were found", playing=False)
    _when_in(stage, session, 2)
    stage.wait("the count agrees", lambda: stage.word.count(session).agrees or None)
    stage.control.clear(session)
    stage.heard.count_cleared = stage.word.count(session)
    stage.told(f"count {session} is cleared by {stage.heard.count_cleared.cleared_by}; gates open again")


def _by_name(stage: Stage, session: int, nth: int, why: str, *, playing: bool = True) -> None:
    stage.control.lead(session, "RECOUNT", units=_UNITS, note=why)
    _all_see(stage, session, f"recount {nth}", nth=nth)

    def names(post: Post) -> int:
        there = [stage.number(one) for one in stage.present(post.unit)]
        return post.count_names(session, nth, there).observed

    _round(stage, names, playing=playing)


def _round(stage: Stage, counted: Callable[[Post], int], *, playing: bool = True) -> None:
    """Unit after unit; one of the first slips over to the second in between, past no gate, and back afterwards."""
    twice: Walker = stage.cast.twice
    for unit in _UNITS:
        if playing:
            stage.where[twice.index] = unit
        counted(stage.posts[unit])
    stage.where[twice.index] = twice.home


def _all_see(
    stage: Stage,
    session: int,
    what: str,
    phase: Callable[[str], bool] = lambda _phase: True,
    nth: int = 0,
) -> None:
    for post in stage.posts.values():

        def sees(post: Post = post) -> bool | None:
            shown = post.count(session)
            return (shown is not None and shown.recount == nth and phase(shown.phase.value)) or None

        stage.wait(f"{what} on the page of {post.unit}", sees)


def _when_in(stage: Stage, session: int, nth: int) -> Counted:
    """The count once the slip of that recount is in from every unit."""

    def all_in() -> Counted | None:
        found = stage.word.count(session)
        return found if all(unit.recount == nth for unit in found.units.values()) else None

    return stage.wait(f"the slips of recount {nth}", all_in)
