"""What can be read in two ways is not read at all, and no answer tells who is here."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from hub.sharing.inbox.api import EXAMPLES

from .agency_api_world import SHOWN, ApiWorld, api_world
from .sharing_world import COURTS
from .site_world import World

ORDER = json.dumps(msgspec.to_builtins(EXAMPLES["order"][0].body))


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


def test_one_member_twice(hub: ApiWorld) -> None:
    """Readers of JSON take the first or the last: two of them would know of two different orders."""
    courts = hub.program(COURTS).signed_in()
    twice = ORDER[:-1] + ', "nc:DocumentIdentification": "another"}'
    answer = courts.post("/v1/orders", data=twice, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_request")
    assert courts.post("/v1/orders", data=ORDER, content_type="application/json").status_code == 202


def test_one_member_twice_inside_another(hub: ApiWorld) -> None:
    courts = hub.program(COURTS).signed_in()
    inner = next(name for name, value in json.loads(ORDER).items() if isinstance(value, dict))
    first = f'"{inner}": {{'
    again = json.dumps(next(iter(json.loads(ORDER)[inner])))
    twice = ORDER.replace(first, f'{first}{again}: "x", ')
    assert twice != ORDER
    answer = courts.post("/v1/orders", data=twice, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_request")


def test_one_parameter_of_a_token_twice(hub: ApiWorld) -> None:
    """RFC 6749, 3.2: a parameter stands once; the second could be for another reader."""
    program = hub.program(COURTS)
    form = f"grant_type=client_credentials&client_id={program.client_id}&client_id=police-records"
    answer = program.http.post(
        "/v1/token",
        data=form,
        content_type="application/x-www-form-urlencoded",
        base_url="https://hub.example",
        environ_overrides={SHOWN: program.certificate},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("asked", ["fields=nc:PersonDeathDate", "purpose=investigation"])
def test_a_refusal_does_not_tell_who_is_here(hub: ApiWorld, asked: str) -> None:
    """What is not agreed is refused about whoever is asked for, in the same words."""
    courts = hub.program(COURTS).signed_in()
    here = courts.get(f"/v1/custody/{hub.about.number}?{asked}")
    nobody = courts.get(f"/v1/custody/P-999999?{asked}")
    assert (here.status_code, here.data) == (403, nobody.data)
    assert nobody.status_code == 403
    assert courts.get("/v1/custody/P-999999").status_code == 404


@pytest.mark.parametrize("mark", ["\u202e", "\u200b", "\u0001"])
def test_a_text_that_cannot_be_read_as_it_stands_is_refused_in_words(hub: ApiWorld, mark: str) -> None:
    """A pattern says what may stand there to whoever can read patterns, and not even to them which mark it was."""
    sent = ORDER.replace('"j:CourtName": "', '"j:CourtName": "' + json.dumps(mark)[1:-1])
    assert sent != ORDER
    answer = hub.program(COURTS).signed_in().post("/v1/orders", data=sent, content_type="application/json")
    assert answer.status_code == 422
    [error] = answer.get_json()["errors"]
    assert error["pointer"].endswith("j:CourtName")
    assert "regex" not in error["detail"]
    assert "signs that nobody sees" in error["detail"]
