"""The echo as the terminal hears it: forged or strange answers say nothing, true ones tell way and clock."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from edge.clock import Reading
from edge.downlink import Downlink
from edge.echo import MISSED, EchoSounder
from edge.log import Log
from edge.refusals import Refusals
from wire.codec import decode, encode
from wire.echo import BACK, Echo, Echoed
from wire.envelope import HUB, sign
from wire.journal import Clock
from wire.keys import SigningKey

AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
BOOT = "ab" * 16
EVERY_S = 30.0


@dataclass
class Bench:
    """`now` is the true time in seconds since AT; the terminal's wall clock is `wrong_s` behind it."""

    now: float = 0.0
    wrong_s: float = 0.0
    changes: int = 0
    reconnects: int = 0
    key: SigningKey = field(default_factory=SigningKey.generate)

    def __post_init__(self) -> None:
        self.refusals = Refusals(Log("downlink", io.StringIO()))
        self.echo = EchoSounder(
            Downlink("gate-1", self.key.public_key(), self.refusals),
            self,
            Log("echo", io.StringIO()),
            every_s=EVERY_S,
            seal=encode,
            reconnect=self._reconnect,
            changed=self._changed,
        )
        self.echo.connected(self.now)

    def _reconnect(self) -> None:
        self.reconnects += 1

    def _changed(self) -> None:
        self.changes += 1

    def read(self) -> Reading:
        wall = AT + timedelta(seconds=self.now - self.wrong_s)
        return Reading(BOOT, int(self.now * 1000) + 5_000, wall, Clock.UNSURE)

    def say(self) -> Echo:
        raw = self.echo.due(self.now)
        assert raw is not None
        return decode(raw, Echo)

    def answer(
        self, said: Echo, *, way_s: float = 0.1, in_hub_s: float = 0.0, key: SigningKey | None = None
    ) -> None:
        """Half the way there, a stay, half the way back."""
        received = AT + timedelta(seconds=self.now + way_s / 2)
        word = Echoed(
            number=said.number,
            boot_id=said.boot_id,
            received_at=received,
            said_at=received + timedelta(seconds=in_hub_s),
        )
        self.now += way_s + in_hub_s
        self.echo.hear(sign(BACK, HUB, "gate-1", word, key or self.key))


def test_a_forged_answer_is_counted_and_says_nothing() -> None:
    bench = Bench()
    bench.answer(bench.say(), key=SigningKey.generate())
    assert bench.refusals.total() == 1
    assert bench.echo.way_ms() is None
    assert bench.echo.offset_ms() is None


def test_an_answer_nobody_asked_for_says_nothing() -> None:
    bench = Bench()
    said = bench.say()
    bench.answer(Echo(number=said.number + 5, boot_id=BOOT, boot_time_ms=1, said_at=AT))
    assert bench.echo.way_ms() is None


def test_the_same_answer_twice_counts_once() -> None:
    bench = Bench()
    said = bench.say()
    bench.answer(said, way_s=0.2)
    first = bench.echo.way_ms()
    bench.answer(said, way_s=9.0)
    assert bench.echo.way_ms() == first


def test_the_stay_in_the_hub_is_not_part_of_the_way() -> None:
    bench = Bench()
    bench.answer(bench.say(), way_s=0.2, in_hub_s=3.0)
    assert bench.echo.way_ms() == 200.0


def test_the_quickest_answer_tells_the_offset() -> None:
    bench = Bench(wrong_s=3_600.0)
    for way_s in (0.1, 4.0, 2.0):
        bench.answer(bench.say(), way_s=way_s)
        bench.now += EVERY_S
    offset = bench.echo.offset_ms()
    assert offset is not None
    assert abs(offset - 3_600_000) <= 2


def test_a_clock_that_was_set_right_has_no_offset_any_more() -> None:
    bench = Bench(wrong_s=1e9)  # 1994
    bench.answer(bench.say())
    bench.wrong_s = 0.0
    assert abs(bench.echo.offset_ms() or 0) <= 2


def test_the_next_word_tells_of_the_last_answer() -> None:
    bench = Bench()
    first = bench.say()
    assert (first.heard, first.heard_boot_ms) == (None, None)
    bench.answer(first)
    heard_at = bench.read().boot_time_ms
    bench.now += EVERY_S
    second = bench.say()
    assert (second.heard, second.heard_boot_ms) == (first.number, heard_at)


def test_words_go_at_their_interval_only() -> None:
    bench = Bench()
    bench.answer(bench.say())
    assert bench.echo.due(bench.now) is None
    bench.now += EVERY_S - 1
    assert bench.echo.due(bench.now) is None
    assert bench.echo.seconds_until_due(bench.now) <= 1.0


def test_silence_makes_the_connection_anew_and_an_answer_ends_the_alarm() -> None:
    bench = Bench()
    bench.answer(bench.say())
    bench.now += EVERY_S
    for _ in range(MISSED + 1):
        bench.echo.due(bench.now)
        bench.now += EVERY_S
    assert bench.echo.fails
    assert (bench.reconnects, bench.changes) == (1, 1)
    assert bench.echo.way_ms() is None
    bench.echo.connected(bench.now)
    bench.answer(bench.say())
    assert not bench.echo.fails
    assert bench.changes == 2
