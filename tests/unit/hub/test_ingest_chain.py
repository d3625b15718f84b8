"""The pure heart of ingest: any order of arrival, any mix of branches, ends the same; and when entries happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.ingest.chain import Chain, Row
from hub.ingest.clocks import boot_began_by, reckon
from wire.codec import encode
from wire.journal import Clock, Entry, Linked, genesis, link

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
START = genesis("gate-1", b"j" * 16)


def _entry(sequence: int, *, body: bytes = b"", **changed: object) -> Entry:
    facts: dict[str, object] = {
        "sequence": sequence,
        "boot_id": "0" * 32,
        "boot_time_ms": 60_000,
        "wall_time": NOON,
        "clock": Clock.SYNCHRONISED,
        "kind": "x",
        "body": body,
    }
    return Entry(**{**facts, **changed})  # type: ignore[arg-type]


def _branch(count: int, body: bytes, before: bytes = START, first: int = 1) -> list[Linked]:
    made: list[Linked] = []
    for sequence in range(first, first + count):
        entry = _entry(sequence, body=body)
        raw = encode(entry)
        made.append(Linked(entry, raw, before, link(before, raw)))
        before = made[-1].link
    return made


class Store:
    """Rows as the database would hold them between two stretches."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, bytes], Row] = {}
        self.committed, self.link = 0, START
        self.conflicts = 0

    def take(self, *arrived: Linked) -> None:
        copies = [Row(row.sequence, row.link, row.before, row.canonical) for row in self.rows.values()]
        chain = Chain(self.committed, self.link, copies)
        for linked in arrived:
            chain.place(linked)
        chain.advance()
        for row in (*chain.fresh, *chain.changed):
            self.rows[row.key] = row
        self.committed, self.link = chain.committed, chain.committed_link
        self.conflicts += len(chain.conflicts)


@given(st.permutations(range(9)))
def test_any_order_of_one_journal_is_committed_whole_without_alarm(order: list[int]) -> None:
    entries = _branch(9, b"true")
    store = Store()
    for place in order:
        store.take(entries[place])
    assert (store.committed, store.link) == (9, entries[-1].link)
    assert store.conflicts == 0
    assert all(row.canonical for row in store.rows.values())


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 7)), min_size=1, max_size=30))
def test_two_branches_in_any_order_keep_one_canonical_row_each_and_an_unbroken_chain(
    arrivals: list[tuple[bool, int]],
) -> None:
    true = _branch(8, b"true")
    false = [*true[:3], *_branch(5, b"false", true[2].link, first=4)]
    store = Store()
    for is_false, place in arrivals:
        store.take((false if is_false else true)[place])
    canonical = {row.sequence: row for row in store.rows.values() if row.canonical}
    assert len(canonical) == sum(row.canonical for row in store.rows.values())
    before = START
    for sequence in range(1, store.committed + 1):
        assert canonical[sequence].before == before
        before = canonical[sequence].link
    assert store.link == before


@given(st.permutations(range(8)))
def test_the_branch_that_was_committed_first_stays(order: list[int]) -> None:
    true = _branch(8, b"true")
    false = [*true[:3], *_branch(5, b"false", true[2].link, first=4)]
    store = Store()
    store.take(*true)
    for place in order:
        store.take(false[place])
    assert (store.committed, store.link) == (8, true[-1].link)
    assert store.conflicts > 0


def test_of_two_that_both_fit_the_canonical_one_stays_in_whatever_order_they_are_read() -> None:
    first, second = _branch(2, b"true"), _branch(1, b"true")
    rival = _branch(1, b"false", first[0].link, first=2)[0]
    ahead = [
        Row(2, rival.link, rival.before, canonical=False),
        Row(2, first[1].link, first[1].before, canonical=True),
    ]
    for rows in (ahead, ahead[::-1]):
        chain = Chain(0, START, rows)
        chain.place(second[0])
        chain.advance()
        assert (chain.committed, chain.committed_link, chain.changed) == (2, first[1].link, [])


def test_repeats_are_counted_and_change_nothing() -> None:
    entries = _branch(3, b"true")
    chain = Chain(0, START, [])
    for linked in (*entries, *entries):
        chain.place(linked)
    chain.advance()
    assert (chain.duplicates, chain.committed, len(chain.fresh)) == (3, 3, 3)


# When


def _at(
    entry: Entry, received_at: datetime, began_by: datetime | None, *, historical: bool = False
) -> datetime:
    return reckon(entry, received_at, began_by, historical=historical).at


def test_a_synchronised_clock_is_believed() -> None:
    assert _at(_entry(1), NOON + timedelta(hours=3), None) == NOON


def test_nothing_happens_after_it_was_heard_of() -> None:
    assert _at(_entry(1, wall_time=NOON + timedelta(days=1)), NOON, None) == NOON


def test_an_earlier_contact_of_the_same_boot_bounds_a_late_entry() -> None:
    entry = _entry(1, wall_time=NOON + timedelta(hours=5), boot_time_ms=60_000)
    assert _at(entry, NOON + timedelta(hours=9), NOON - timedelta(minutes=1)) == NOON


def test_a_live_entry_of_a_terminal_that_thinks_it_is_1970_happened_just_now() -> None:
    entry = _entry(1, wall_time=datetime(1970, 1, 1, tzinfo=UTC), clock=Clock.UNSURE)
    moment = reckon(entry, NOON, boot_began_by(entry, NOON), historical=False)
    assert moment.at == NOON
    assert not moment.sure


@pytest.mark.parametrize(("off_s", "sure"), [(0, True), (-4, True), (4, True), (-6, False), (6, False)])
def test_a_clock_nobody_synchronises_is_sure_while_it_says_what_the_hub_says(off_s: int, sure: bool) -> None:
    entry = _entry(1, wall_time=NOON + timedelta(seconds=off_s), clock=Clock.UNSURE)
    moment = reckon(entry, NOON, boot_began_by(entry, NOON), historical=False)
    assert moment.sure is sure
    assert moment.at <= NOON


def test_an_unsure_clock_that_agrees_with_an_earlier_contact_is_sure_in_a_late_entry_too() -> None:
    entry = _entry(1, wall_time=NOON, clock=Clock.UNSURE, boot_time_ms=60_000)
    began_by = NOON - timedelta(minutes=1)
    moment = reckon(entry, NOON + timedelta(hours=9), began_by, historical=True)
    assert (moment.at, moment.sure) == (NOON, True)


def test_a_late_entry_of_an_unsure_clock_is_put_as_early_as_it_says() -> None:
    entry = _entry(1, wall_time=NOON - timedelta(hours=2), clock=Clock.UNSURE)
    assert _at(entry, NOON, None, historical=True) == NOON - timedelta(hours=2)


@pytest.mark.parametrize(
    "wall_time",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
    ],
)
def test_times_at_the_end_of_the_calendar_break_nothing(wall_time: datetime) -> None:
    for clock in Clock:
        entry = _entry(1, wall_time=wall_time, clock=clock, boot_time_ms=2**53 - 1)
        assert boot_began_by(entry, NOON) is None
        assert _at(entry, NOON, None, historical=True) <= NOON
