"""What a sandbox partner does by its own means: signatures, fingerprint files, sums, and its receiver over TLS."""

from __future__ import annotations

import ast
import http.client
import json
import ssl
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import simulation.partners
from hub.sharing.forensic.an2.content import FingerprintFile, Minutia, Minutiae
from hub.sharing.forensic.an2.writing import write
from hub.sharing.outbox.signing import Signer
from simulation.partners.an2 import Unreadable, read
from simulation.partners.identity import prepare
from simulation.partners.observatory import sums_wrong
from simulation.partners.receiver import listen
from simulation.partners.register import leaves
from simulation.partners.signatures import Forged, UnknownKey, check

URL = "https://127.0.0.1:4/events"
KEY = Ed25519PrivateKey.generate()
KEYS = {"k1": KEY.public_key()}


def signed(body: bytes, *, at: datetime | None = None, key_id: str = "k1", url: str = URL) -> dict[str, str]:
    request = Signer(key_id, KEY).sign(url, body, "application/cloudevents+json", at or datetime.now(UTC))
    return {name.lower(): value for name, value in request.headers.items()}


def test_partners_import_nothing_of_ours_but_themselves() -> None:
    folder = Path(simulation.partners.__path__[0])
    names = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
            names |= {one.name for one in node.names} if isinstance(node, ast.Import) else set()
    ours = {name for name in names if name.split(".")[0] in {"hub", "wire", "edge", "matching", "simulation"}}
    assert all(name.startswith("simulation.partners") for name in ours)


class TestSignature:
    def test_of_the_hub_is_believed(self) -> None:
        check(URL, signed(b"{}"), b"{}", KEYS)

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"content-type": "text/html"}, "wrong"),
            ({"signature-input": "pims=()"}, "no signature"),
            ({"signature": "pims=:AAAA:"}, "wrong"),
        ],
    )
    def test_of_something_else_is_not(self, change: dict[str, str], why: str) -> None:
        with pytest.raises(Forged, match=why):
            check(URL, signed(b"{}") | change, b"{}", KEYS)

    def test_is_of_this_body_this_address_this_time_and_a_known_key(self) -> None:
        with pytest.raises(Forged, match="digest"):
            check(URL, signed(b"{}"), b"[]", KEYS)
        with pytest.raises(Forged, match="wrong"):
            check(URL + "/else", signed(b"{}"), b"{}", KEYS)
        with pytest.raises(Forged, match="this time"):
            check(URL, signed(b"{}", at=datetime.now(UTC) - timedelta(hours=1)), b"{}", KEYS)
        with pytest.raises(UnknownKey):
            check(URL, signed(b"{}", key_id="k2"), b"{}", KEYS)


@dataclass
class Ear:
    ready: bool = True
    heard: list[dict[str, Any]] = field(default_factory=list)
    away: list[str] = field(default_factory=list)

    def may_hear(self) -> bool:
        return self.ready

    def check(self, url: str, headers: dict[str, str], body: bytes) -> None:
        check(url, headers, body, KEYS)

    def hear(self, events: list[dict[str, Any]]) -> None:
        self.heard += events

    def turn_away(self, why: str) -> None:
        self.away.append(why)


def test_a_receiver_stores_what_is_signed_and_nothing_else(tmp_path: Path) -> None:
    prepare(tmp_path)
    ear, event = Ear(), json.dumps({"id": "1", "type": "t"}).encode()
    with listen(tmp_path, ear) as address:
        context = ssl.create_default_context(cafile=str(tmp_path / "receiver.pem"))
        line = http.client.HTTPSConnection(address.url.split("/")[2], context=context, timeout=10)

        def post(body: bytes, headers: dict[str, str]) -> int:
            line.request("POST", "/events", body, headers)
            answer = line.getresponse()
            assert answer.read() == b""
            return answer.status

        assert post(event, signed(event, url=address.url)) == 204
        assert post(event, signed(b"{}", url=address.url)) == 401
        assert post(b"no json", signed(b"no json", url=address.url)) == 400
        ear.ready = False
        assert post(event, signed(event, url=address.url)) == 503
        line.close()
    assert ear.heard == [{"id": "1", "type": "t"}]
    assert ear.away == ["the body has another digest"]


def test_a_receiver_that_starts_again_is_where_it_was(tmp_path: Path) -> None:
    prepare(tmp_path)
    found = []
    for _ in range(2):
        with listen(tmp_path, Ear()) as address:
            found.append((address.url, address.pin))
    assert found[0] == found[1]


class TestFile:
    def test_of_the_hub_is_read(self) -> None:
        contents = read(written())
        assert (contents.records, contents.images, contents.minutiae) == (4, (), {2: 3, 7: 1})

    @pytest.mark.parametrize("torn", [1, 10, 40])
    def test_that_is_torn_is_not(self, torn: int) -> None:
        with pytest.raises((Unreadable, ValueError)):
            read(written()[:-torn])

    def test_that_lacks_a_minutia_is_not(self) -> None:
        with pytest.raises((Unreadable, ValueError)):
            read(written().replace(b"9.136:3", b"9.136:4"))


def written() -> bytes:
    points = [Minutia(10 * n, 20 * n, 30 * n, 1, 60) for n in range(1, 4)]
    return write(
        FingerprintFile(
            kind="FAUF",
            on=date(2026, 11, 23),
            at=datetime(2026, 11, 23, tzinfo=UTC),
            destination="LAB",
            origin="PRISON",
            control_number="FR-1",
            answers="",
            described={18: "Nobody, N."},
            pictures=(),
            minutiae=(
                Minutiae(2, 256, 288, 500, 0, tuple(points)),
                Minutiae(7, 256, 288, 500, 0, tuple(points[:1])),
            ),
        )
    )


def line(value: str, **where: str) -> dict[str, str]:
    base = {
        "TIME_PERIOD": "2026-10",
        "INDICATOR": "population",
        "SEX": "_T",
        "AGE": "_T",
        "UNIT_MEASURE": "people",
    }
    return {**base, **where, "OBS_VALUE": value}


def test_parts_that_do_not_make_the_whole_are_found_and_withheld_ones_are_not_guessed() -> None:
    whole, men, women = line("10"), line("7", SEX="M"), line("3", SEX="F")
    assert sums_wrong([whole, men, women]) == 0
    assert sums_wrong([whole, men, line("4", SEX="F")]) == 1
    assert sums_wrong([whole, men, line("", SEX="F")]) == 0
    assert sums_wrong([]) == 0


def test_members_are_found_however_deep_they_stand() -> None:
    document = {
        "j:Booking": {
            "j:BookingAgencyRecordIdentification": {"nc:IdentificationID": "B-1"},
            "j:BookingSubject": {"nc:RoleOfPerson": {"nc:PersonName": {"nc:PersonSurName": "Nobody"}}},
        },
        "j:CourtOrder": [{"nc:IdentificationID": "RO 1"}],
    }
    assert leaves(document) == {
        "j:BookingAgencyRecordIdentification": "B-1",
        "nc:PersonSurName": "Nobody",
        "j:CourtOrder": [{"nc:IdentificationID": "RO 1"}],
    }
