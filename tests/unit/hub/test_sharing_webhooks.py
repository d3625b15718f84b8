"""Events arrive at a real receiver over TLS, signed, in order, and nothing is lost however it behaves."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from hub.accounts.audit import Actor
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.outbox.answers import Outcome
from hub.sharing.outbox.calling import Line, Target
from hub.sharing.outbox.records import Delivery, DeliveryAttempt, State
from hub.sharing.outbox.replaying import Range, replay_range
from hub.sharing.outbox.signing import Signer

from .outbox_world import Outbox
from .site_world import World
from .webhook_receiver import Receiver, Reply

DORA = Actor("dora", "10.0.0.2")


@pytest.fixture
def outbox(world: World) -> Iterator[Outbox]:
    made = Outbox(world)
    made.agree("police")
    yield made.begin()
    made.close()


@pytest.fixture
def receiver(outbox: Outbox, tmp_path: Path) -> Iterator[Receiver]:
    with Receiver(tmp_path / "agency", outbox.keys) as made:
        outbox.hook("police", made)
        yield made


def garbage(_events: list[dict[str, Any]]) -> Reply:
    return 200, b"<html>Please sign in to the network</html>", {}


def busy(_events: list[dict[str, Any]]) -> Reply:
    return 503, b"", {"Retry-After": "120"}


def test_it_arrives_signed_and_is_a_thin_cloud_event(outbox: Outbox, receiver: Receiver) -> None:
    person = outbox.world.person()
    outbox.admit(person)
    outbox.exchange().once()
    assert outbox.deliveries() == [("sent", "received", "admitted", 1)]
    (event,) = receiver.got
    assert receiver.forged == []
    assert receiver.types == ["application/cloudevents+json"]
    assert event["specversion"] == "1.0"
    assert event["type"] == "pims.custody.admitted"
    assert event["subject"].startswith("B-")
    assert event["data"]["detail"].endswith(event["id"])
    assert person.surname.lower() not in json.dumps(event).lower()


def test_each_act_is_disclosed_with_one_field_and_its_receipt(outbox: Outbox, receiver: Receiver) -> None:
    outbox.admit(outbox.world.person())
    outbox.exchange().once()
    with session_scope(outbox.world.sessions, writes=False) as session:
        rows = session.execute(
            select(Disclosure.fields, Disclosure.receipt, Disclosure.receipt_of).order_by(Disclosure.id)
        ).all()
    assert [tuple(row)[:2] for row in rows] == [
        ("j:BookingAgencyRecordIdentification", ""),
        ("", "delivered"),
    ]


def test_a_strange_key_is_turned_away_and_nothing_is_lost(outbox: Outbox, receiver: Receiver) -> None:
    receiver.keys = {"k1": b"\1" * 32}
    outbox.admit(outbox.world.person())
    outbox.exchange().once()
    assert receiver.forged == ["another signature"]
    assert outbox.deliveries() == [("waiting", "turned_away", "admitted", 1)]


def test_a_pinned_certificate_counts_and_another_one_gets_nothing(
    outbox: Outbox, receiver: Receiver, tmp_path: Path
) -> None:
    signer = Signer("k1", outbox.key)
    from datetime import UTC, datetime

    request = signer.sign(receiver.url, b"{}", "application/json", datetime.now(UTC))
    right = Line(Target(receiver.url, pin=receiver.pin))
    assert right.send(request, ["x"]).status is not None
    right.close()
    with Receiver(tmp_path / "other", outbox.keys) as other:
        for wrong in (Target(receiver.url, pin=other.pin), Target(receiver.url, ca_pem=other.ca_pem)):
            assert Line(wrong).send(request, ["x"]).outcome is Outcome.NOT_THE_ONE
    assert receiver.requests == 1


def test_a_batch_goes_as_one_request(outbox: Outbox, tmp_path: Path) -> None:
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver, batch=True, pinned=True)
        for name in ("Ab", "Bo", "Cy"):
            outbox.admit(outbox.world.person(name))
        outbox.exchange().once()
        assert receiver.requests == 1
        assert receiver.types == ["application/cloudevents-batch+json"]
        assert len(receiver.got) == 3
        assert [one[0] for one in outbox.deliveries()] == ["sent"] * 3


def test_garbage_with_200_is_doubtful_and_comes_again_under_the_same_id(
    outbox: Outbox, receiver: Receiver
) -> None:
    receiver.answer = garbage
    outbox.admit(outbox.world.person())
    outbox.exchange().once()
    assert outbox.deliveries() == [("waiting", "doubtful", "admitted", 1)]
    receiver.answer = lambda events: (
        200,
        json.dumps({"received": [one["id"] for one in events]}).encode(),
        {},
    )
    outbox.later(minutes=2)
    outbox.exchange().once()
    assert outbox.deliveries() == [("sent", "received", "admitted", 2)]
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1
    assert len(set(receiver.nonces)) == 2


def test_a_receiver_down_for_three_days_loses_nothing_and_keeps_the_order(
    outbox: Outbox, receiver: Receiver
) -> None:
    receiver.answer = busy
    ana = outbox.world.person()
    exchange = outbox.exchange()
    outbox.admit(ana)
    for _ in range(3 * 24 * 2):
        exchange.once()
        outbox.later(minutes=30)
    outbox.release(ana)
    assert {one[0] for one in outbox.deliveries()} == {"waiting"}
    receiver.answer = lambda _events: (204, b"", {})
    exchange.once()
    outbox.later(minutes=20)
    exchange.once()
    exchange.once()
    assert [one["type"].rpartition(".")[2] for one in receiver.got] == ["admitted", "released"]
    assert [one[0] for one in outbox.deliveries()] == ["sent", "sent"]
    with session_scope(outbox.world.sessions, writes=False) as session:
        # However often it was tried, it was told once.
        assert session.scalar(select(func.count()).where(Disclosure.receipt_of.is_(None))) == 2


def test_what_nobody_takes_for_a_week_is_given_up_and_can_be_sent_again(
    outbox: Outbox, receiver: Receiver
) -> None:
    receiver.answer = busy
    exchange = outbox.exchange()
    outbox.admit(outbox.world.person())
    exchange.once()
    outbox.later(days=8)
    exchange.once()
    assert [one[:2] for one in outbox.deliveries()] == [("dead", "given_up")]
    receiver.answer = lambda _events: (204, b"", {})
    with session_scope(outbox.world.sessions) as session:
        assert replay_range(session, Range("police"), actor=DORA, at=outbox.world.at) == 1
    exchange.once()
    assert outbox.deliveries()[0][0] == "sent"
    with session_scope(outbox.world.sessions, writes=False) as session:
        told = session.scalars(select(DeliveryAttempt.outcome).order_by(DeliveryAttempt.id)).all()
        assert "dora" in session.scalars(select(DeliveryAttempt.by)).all()
    assert list(told)[-3:] == ["given_up", "again", "received"]


def test_one_event_that_is_not_taken_holds_back_its_own_person_alone(
    outbox: Outbox, receiver: Receiver
) -> None:
    ana, ben = outbox.world.person(), outbox.world.person("Cal", "Ben")
    outbox.admit(ana)
    outbox.admit(ben)
    outbox.release(ana)
    outbox.release(ben)
    outbox.exchange().gather()
    with session_scope(outbox.world.sessions, writes=False) as session:
        poison = session.scalars(select(Delivery.event_id).order_by(Delivery.sequence)).first()
    stays = []

    def refuse(events: list[dict[str, Any]]) -> Reply:
        stays.append(events[0]["sequence"])
        return (422, b"", {}) if int(events[0]["sequence"]) == 1 else (204, b"", {})

    receiver.answer = refuse
    outbox.exchange().once()
    assert poison is not None
    assert [one[0] for one in outbox.deliveries()] == ["waiting", "sent", "waiting", "sent"]
    assert [int(one) for one in stays] == [1, 2, 4]


def test_in_a_batch_one_bad_event_spoils_no_other(outbox: Outbox, tmp_path: Path) -> None:
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver, batch=True)

        def refuse(events: list[dict[str, Any]]) -> Reply:
            return (500, b"", {}) if any(int(one["sequence"]) == 2 for one in events) else (204, b"", {})

        receiver.answer = refuse
        for name in ("Ab", "Bo", "Cy"):
            outbox.admit(outbox.world.person(name))
        exchange = outbox.exchange()
        exchange.once()
        exchange.once()
        assert [one[0] for one in outbox.deliveries()] == ["sent", "waiting", "sent"]


def test_an_agreement_that_ends_between_two_tries_stops_what_waits(
    outbox: Outbox, receiver: Receiver
) -> None:
    receiver.answer = busy
    outbox.admit(outbox.world.person())
    exchange = outbox.exchange()
    exchange.once()
    outbox.suspend("police")
    receiver.answer = lambda _events: (204, b"", {})
    outbox.later(hours=1)
    exchange.once()
    assert outbox.deliveries() == [("stopped", "stopped", "admitted", 2)]
    assert receiver.got == []
    with session_scope(outbox.world.sessions, writes=False) as session:
        assert session.scalars(select(Disclosure.refused).where(Disclosure.refused != "")).all() == [
            "suspended"
        ]


def test_two_workers_send_nothing_twice(outbox: Outbox, receiver: Receiver) -> None:
    for name in ("Ab", "Bo", "Cy"):
        outbox.admit(outbox.world.person(name))
    first, second = outbox.exchange(), outbox.exchange()
    first.gather()
    inside: list[bool] = []

    def meanwhile(_events: list[dict[str, Any]]) -> Reply:
        inside.append(second.sender("police").round())
        return 204, b"", {}

    receiver.answer = meanwhile
    first.deliver()
    assert inside == [False] * 3
    assert len(receiver.ids) == len(set(receiver.ids)) == 3


def test_a_redirect_is_not_followed(outbox: Outbox, receiver: Receiver, tmp_path: Path) -> None:
    with Receiver(tmp_path / "other", outbox.keys) as other:
        receiver.answer = lambda _events: (307, b"", {"Location": other.url})
        outbox.admit(outbox.world.person())
        outbox.exchange().once()
        assert other.requests == 0
    assert outbox.deliveries() == [("waiting", "redirected", "admitted", 1)]


def test_a_receiver_that_never_answers_is_cut_at_the_deadline(outbox: Outbox, receiver: Receiver) -> None:
    def drip(_events: list[dict[str, Any]]) -> Reply:
        time.sleep(1.2)
        return 204, b"", {}

    receiver.answer = drip
    outbox.admit(outbox.world.person())
    begun = time.monotonic()
    outbox.exchange(deadline_s=0.4).once()
    assert time.monotonic() - begun < 1.1
    assert outbox.deliveries() == [("waiting", "too_slow", "admitted", 1)]


def test_an_answer_without_end_is_not_read_to_its_end(outbox: Outbox, receiver: Receiver) -> None:
    receiver.answer = lambda _events: (200, b"x" * 200_000, {})
    outbox.admit(outbox.world.person())
    outbox.exchange().once()
    assert outbox.deliveries() == [("waiting", "too_large", "admitted", 1)]


def test_nothing_is_sent_again_to_an_agency_without_channel(outbox: Outbox) -> None:
    outbox.admit(outbox.world.person())
    outbox.exchange().once()
    with session_scope(outbox.world.sessions) as session, pytest.raises(RefusedError):
        replay_range(session, Range("police", (State.OFFERED,)), actor=DORA, at=outbox.world.at)
