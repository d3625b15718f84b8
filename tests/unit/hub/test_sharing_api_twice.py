"""The same message sent twice to the agencies' interface, one after the other and at once."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.sharing.inbox.api import EXAMPLES
from hub.sharing.inbox.records import InboundMessage
from hub.sharing.partners.records import KeptAnswer

from .agency_api_world import ApiWorld, Program, api_world
from .sharing_world import COURTS, POLICE
from .site_world import World
from .test_sharing_api import ORDER, problem, rows


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


@pytest.fixture
def courts(hub: ApiWorld) -> Program:
    return hub.program(COURTS).signed_in()


def test_the_same_post_twice_is_done_once(hub: ApiWorld, courts: Program) -> None:
    key = {"Idempotency-Key": "order-0001"}
    first = courts.post("/v1/orders", json=ORDER, headers=key)
    assert first.status_code == 202, first.text
    again = courts.post("/v1/orders", json=ORDER, headers=key)
    assert (again.status_code, again.data, again.headers["Location"]) == (
        202,
        first.data,
        first.headers["Location"],
    )
    assert again.headers["Idempotency-Replayed"] == "true"
    assert rows(hub, InboundMessage) == 1
    other = courts.post("/v1/orders", json={**ORDER, "nc:DocumentIdentification": "2"}, headers=key)
    problem(other, 422, "idempotency_key_reused")
    receipt = courts.get(first.headers["Location"])
    assert receipt.status_code == 200
    problem(hub.program(POLICE).signed_in().get(first.headers["Location"]), 404, "unknown_receipt")


def test_a_key_of_one_agency_means_nothing_to_another(hub: ApiWorld, courts: Program) -> None:
    key = {"Idempotency-Key": "message-0001"}
    assert courts.post("/v1/orders", json=ORDER, headers=key).status_code == 202
    arrest = msgspec.to_builtins(EXAMPLES["arrest"][0].body)
    police = hub.program(POLICE).signed_in()
    assert police.post("/v1/arrests", json=arrest, headers=key).status_code == 202


def test_what_failed_may_be_sent_again_under_its_key(hub: ApiWorld, courts: Program) -> None:
    key = {"Idempotency-Key": "order-0002"}
    problem(courts.post("/v1/orders", json={}, headers=key), 422, "bad_body")
    assert rows(hub, KeptAnswer) == 0
    assert courts.post("/v1/orders", json=ORDER, headers=key).status_code == 202


def test_keys_are_forgotten_after_two_days(hub: ApiWorld, courts: Program) -> None:
    courts.post("/v1/orders", json=ORDER, headers={"Idempotency-Key": "order-0003"})
    hub.world.at += timedelta(hours=49)
    courts.signed_in()
    hearing = msgspec.to_builtins(EXAMPLES["hearing"][0].body)
    courts.post("/v1/hearings", json=hearing, headers={"Idempotency-Key": "order-0003"})
    assert rows(hub, KeptAnswer) == 1


def test_two_at_once_under_one_key(hub: ApiWorld, courts: Program) -> None:
    answers: list[Any] = []
    key = {"Idempotency-Key": "order-0004"}

    def send() -> None:
        answers.append(courts.post("/v1/orders", json=ORDER, headers=key))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.data for answer in answers}) == 1
    assert rows(hub, InboundMessage) == 1
