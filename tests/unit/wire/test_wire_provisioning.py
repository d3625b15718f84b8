"""Documents that are carried by hand are read whole or refused; what may do without TLS is this machine alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.errors import Refusal, WireError
from wire.provisioning import (
    Broker,
    CheckpointSettings,
    Grant,
    fingerprint,
    is_loopback,
    read_grant,
    read_request,
    to_json,
)

GRANT = Grant(
    terminal="gate-1",
    certificate="-----BEGIN CERTIFICATE-----",
    authority="-----BEGIN CERTIFICATE-----",
    hub_verifying_key=bytes(range(32)),
    checkpoint=CheckpointSettings(checkpoint="gate-in", from_zone="yard", to_zone="gate-hall"),
    broker=Broker(host="127.0.0.1", port=8883, tls=True, mqtt5=True),
)


def test_a_grant_reads_back() -> None:
    assert read_grant(to_json(GRANT)) == GRANT


def read_or_refused(raw: bytes) -> Grant | Refusal:
    try:
        return read_grant(raw)
    except WireError as error:
        return error.reason


@given(st.integers(0, len(to_json(GRANT)) - 2), st.binary(max_size=3))
def test_a_damaged_grant_is_refused_or_still_a_grant(place: int, instead: bytes) -> None:
    raw = to_json(GRANT)
    read = read_or_refused(raw[:place] + instead + raw[place + 1 :])
    assert isinstance(read, Grant) or read is Refusal.MALFORMED


def test_a_grant_is_no_request() -> None:
    with pytest.raises(WireError, match="not a provisioning document"):
        read_request(to_json(GRANT))


def test_a_fingerprint_can_be_compared_by_eye() -> None:
    shown = fingerprint(bytes(32))
    assert [len(group) for group in shown.split(" ")] == [4] * 8
    assert shown != fingerprint(bytes(31) + b"\x01")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_this_machine_alone(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.5", "::", "localhost.example", ""])
def test_others_as_well(host: str) -> None:
    assert not is_loopback(host)
