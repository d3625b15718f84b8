"""Keys that sign, the guide's own check of a signature, and what answers and pauses mean."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.errors import HubError
from hub.sharing.outbox import keys
from hub.sharing.outbox.answers import Outcome, judge
from hub.sharing.outbox.calling import Line, Target
from hub.sharing.outbox.retrying import GIVE_UP, OF_AGENCY, given_up, pause
from hub.sharing.outbox.signing import Signer

from .webhook_verifier import base_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://agency.example/hooks?from=pims"
GUIDE = Path(__file__).parents[3] / "docs" / "agency-events.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "keys"
    made.mkdir(mode=0o700)
    return made


def test_a_new_key_signs_at_once_and_the_old_one_stays_published_for_a_while(folder: Path) -> None:
    with pytest.raises(HubError, match="No key signs"):
        keys.signer(folder)
    keys.prepare(folder, NOW)
    keys.prepare(folder, NOW)
    first = keys.signer(folder).key_id
    second = keys.rotate(folder, NOW + timedelta(days=1))
    assert keys.signer(folder).key_id == second != first
    ids = [one["kid"] for one in keys.published(folder, NOW + timedelta(days=2))["keys"]]
    assert ids == [second, first]
    assert [one["kid"] for one in keys.published(folder, NOW + timedelta(days=40))["keys"]] == [second]


def test_secrets_are_the_owners_alone_and_nothing_secret_is_published(folder: Path) -> None:
    keys.prepare(folder, NOW)
    (secret,) = folder.glob("webhooks-*.key")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert set(keys.published(folder, NOW)["keys"][0]) == {"kty", "crv", "x", "kid", "use", "alg"}
    keys.rotate(folder, NOW)
    assert not secret.exists()


def test_a_name_is_the_thumbprint_of_the_standard() -> None:
    """RFC 8037, appendix A.3."""
    x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert keys.thumbprint(x) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_check_in_the_guide_accepts_what_is_ours_and_nothing_else(folder: Path) -> None:
    keys.prepare(folder, NOW)
    check = _of_the_guide()
    signer, jwks = keys.signer(folder), keys.published(folder, NOW)
    body = b'{"id": "1"}'
    request = signer.sign(URL, body, "application/cloudevents+json", datetime.now(UTC))
    headers = {name.lower(): value for name, value in request.headers.items()}
    check(URL, headers, body, jwks)
    with pytest.raises(InvalidSignature):
        check(URL.replace("pims", "other"), headers, body, jwks)
    with pytest.raises(AssertionError):
        check(URL, headers, body + b" ", jwks)
    with pytest.raises(InvalidSignature):
        check(URL, {**headers, "content-type": "text/plain"}, body, jwks)
    old = signer.sign(URL, body, "application/cloudevents+json", datetime.now(UTC) - timedelta(minutes=6))
    with pytest.raises(AssertionError):
        check(URL, {name.lower(): value for name, value in old.headers.items()}, body, jwks)


def _of_the_guide() -> Callable[..., None]:
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found is not None
    made: dict[str, Any] = {}
    exec(found[1], made)
    return made["check"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("status", "body", "outcome", "received"),
    [
        (204, b"", Outcome.RECEIVED, {"a", "b"}),
        (200, b" \r\n", Outcome.RECEIVED, {"a", "b"}),
        (202, b'{"received": ["a", "b", "c"]}', Outcome.RECEIVED, {"a", "b"}),
        (200, b'{"received": ["a"]}', Outcome.DOUBTFUL, {"a"}),
        (200, b'{"received": "all"}', Outcome.DOUBTFUL, set()),
        (200, b'{"received": [1]}', Outcome.DOUBTFUL, set()),
        (200, b'["a", "b"]', Outcome.DOUBTFUL, set()),
        (200, b"ok", Outcome.DOUBTFUL, set()),
        (200, b"\xff\xfe<html>", Outcome.DOUBTFUL, set()),
        (200, b"[" * 60_000, Outcome.DOUBTFUL, set()),
        (301, b"", Outcome.REDIRECTED, set()),
        (404, b"", Outcome.TURNED_AWAY, set()),
        (422, b"", Outcome.REFUSED, set()),
        (429, b"", Outcome.BUSY, set()),
        (500, b"", Outcome.FAILED, set()),
        (503, b"", Outcome.BUSY, set()),
    ],
)
def test_what_an_answer_means(status: int, body: bytes, outcome: Outcome, received: set[str]) -> None:
    answer = judge(status, body, ["a", "b"])
    assert (answer.outcome, set(answer.received)) == (outcome, received)


def test_a_wish_to_wait_is_kept_within_reason() -> None:
    assert judge(503, b"", ["a"], "120").retry_after_s == 120
    assert judge(503, b"", ["a"], "Mon, 23 Nov 2026 12:00:00 GMT").retry_after_s is None
    assert pause(1, OF_AGENCY, lambda: 0.5, 120) == timedelta(minutes=2)
    assert pause(1, OF_AGENCY, lambda: 0.5, 10**9) == timedelta(hours=6)


def test_pauses_grow_to_a_bound_with_chance_either_way() -> None:
    grown = [pause(tries, OF_AGENCY, lambda: 0.5).total_seconds() for tries in range(1, 12)]
    assert grown[:4] == [5, 10, 20, 40]
    assert grown[-1] == 900
    assert pause(200, OF_AGENCY, lambda: 1.0) == timedelta(minutes=15) * 1.2
    assert not given_up(NOW, NOW + timedelta(days=3))
    assert given_up(NOW, NOW + GIVE_UP)


def test_a_published_file_that_is_damaged_is_said(folder: Path) -> None:
    (folder / keys.PUBLIC).write_text(json.dumps({"keys": 1}))
    with pytest.raises(HubError, match="cannot be read"):
        keys.published(folder, NOW)


def test_the_signature_base_is_that_of_the_standard() -> None:
    """RFC 9421, appendix B.2.6: its request, its key, its signature."""
    from base64 import b64decode

    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    pem = (
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n"
        "-----END PUBLIC KEY-----\n"
    )
    params = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    headers = {
        "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "@path": "/foo",
        "@authority": "example.com",
        "Content-Type": "application/json",
        "Content-Length": "18",
    }
    names = ["date", "@method", "@path", "@authority", "content-type", "content-length"]
    base = base_of("POST", "https://example.com/foo", headers, names, params)
    signature = b64decode(
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )
    key = load_pem_public_key(pem.encode())
    key.verify(signature, base.encode())  # type: ignore[union-attr,call-arg]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "ftp://x/", "https:///"])
def test_what_is_no_safe_address_is_never_called(url: str) -> None:
    request = Signer("k1", Ed25519PrivateKey.generate()).sign(
        "https://a.example/", b"{}", "application/json", datetime.now(UTC)
    )
    request.url = url
    assert Line(Target(url, pin="00")).send(request, ["x"]).outcome is Outcome.UNREACHABLE
