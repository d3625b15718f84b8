"""Messages have a schema each, use the names that agreements list, and refuse what no paper could bear."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from hub.sharing.catalogue import EXCHANGES, Direction
from hub.sharing.inbox.examples import EXAMPLES
from hub.sharing.inbox.messages import (
    MESSAGES,
    Message,
    OrderMessage,
    names_in,
    names_of,
    read_message,
    schema_of,
    write_message,
)
from hub.sharing.inbox.records import State

_CASES = [(exchange, one.body) for exchange, examples in EXAMPLES.items() for one in examples]


def _told(message: msgspec.Struct | None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(message))
    return found


@pytest.mark.parametrize(("exchange", "message"), _CASES)
def test_each_example_fits_its_schema_and_is_read_back(exchange: str, message: Message) -> None:
    schema = schema_of(exchange)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(_told(message))
    assert read_message(exchange, write_message(message)) == message


@pytest.mark.parametrize(("exchange", "message"), _CASES)
def test_a_field_too_many_and_one_too_few_fit_neither_schema_nor_reader(
    exchange: str, message: Message
) -> None:
    validator = Draft202012Validator(schema_of(exchange))
    told = _told(message)
    del told["nc:DocumentIdentification"]
    for wrong in ({**_told(message), "pims:Colour": "red"}, told):
        assert not validator.is_valid(wrong)
        with pytest.raises(msgspec.ValidationError):
            read_message(exchange, json.dumps(wrong))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("pims:OrderCategoryCode", "set_free"),
        ("nc:IdentificationID", ""),
        ("nc:IdentificationID", "   "),
        ("nc:IdentificationID", "x" * 81),
        ("nc:IdentificationID", "RO 1\x00"),
        ("nc:DocumentSequenceID", 0),
        ("j:Subject", {"nc:PersonGivenName": "Ana"}),
    ],
)
def test_what_no_order_can_say_is_refused_by_both(name: str, wrong: object) -> None:
    told = {**_told(EXAMPLES["order"][0].body), name: wrong}
    assert not Draft202012Validator(schema_of("order")).is_valid(told)
    with pytest.raises(msgspec.ValidationError):
        read_message("order", json.dumps(told))


def test_a_day_of_no_calendar_of_ours_is_refused_without_naming_anybody() -> None:
    told = {**_told(EXAMPLES["order"][0].body), "nc:DocumentIssueDate": "9999-12-31"}
    with pytest.raises(msgspec.ValidationError, match="between the years") as refused:
        read_message("order", json.dumps(told))
    assert "Cocom" not in str(refused.value)


@pytest.mark.parametrize("exchange", sorted(MESSAGES))
def test_every_field_of_a_message_stands_in_the_catalogue_under_its_name(exchange: str) -> None:
    listed = EXCHANGES[exchange]
    assert listed.direction is Direction.IN
    assert names_of(exchange) == frozenset(listed.names)


def test_the_names_in_a_message_are_those_that_it_fills() -> None:
    message = EXAMPLES["order"][0].body
    assert isinstance(message, OrderMessage)
    assert "nc:DocumentExpirationDate" in names_in(message)
    assert "j:ChargeDescriptionText" not in names_in(message)
    assert names_in(message) <= names_of("order")


def test_no_name_stands_in_what_a_log_would_show() -> None:
    for _exchange, message in _CASES:
        assert "Cocom" not in repr(message)


def test_what_can_become_of_a_message_is_what_its_receipt_may_say() -> None:
    state = EXCHANGES["order_receipt"].field("pims:ReceiptStateCode")
    assert state is not None
    assert set(state.schema["enum"]) == set(State)
