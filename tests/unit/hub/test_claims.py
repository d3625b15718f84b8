"""Terminals that ask to be taken in: what strangers may do, what people decide, and what is granted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.__main__ import main
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.settings import BrokerSettings
from hub.terminals import actions
from hub.terminals.authority import Authority, prepare_authority
from hub.terminals.claims.issuing import Issuer
from hub.terminals.claims.limits import PER_ADDRESS, KnockLimit
from hub.terminals.claims.records import Claim
from hub.terminals.claims.rules import MOST_OPEN_OF_ONE
from hub.terminals.configuration.actions import desired
from hub.terminals.records import Terminal
from hub.terminals.succession import chain_of
from wire.claims import GRANT_KIND, ClaimState, Offer, Reveal, claim_code, read, to_bytes
from wire.codec import decode
from wire.envelope import HUB, open_envelope
from wire.keys import SigningKey, verifying_key
from wire.provisioning import Grant

from .claim_world import JSON, Knocker, site_with_keys, standing
from .site_world import NOON, World, post, sign_in


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return prepare_authority(tmp_path_factory.mktemp("hub") / "keys", now=NOON)


@pytest.fixture
def stranger(world: World, authority: Authority) -> FlaskClient:
    world.site()
    return site_with_keys(world, authority.folder).test_client()


def person(
    stranger: FlaskClient, world: World, login: str = "tess", role: Role = Role.TECHNICIAN
) -> FlaskClient:
    world.account(login, role)
    client = stranger.application.test_client()
    assert sign_in(client, login).status_code == 303
    return client


def issue(world: World, authority: Authority) -> int:
    return Issuer(world.sessions, authority.folder, BrokerSettings()).tick(world.at)


def approve(client: FlaskClient, offer: Offer, code: str, place: str = "checkpoint a-in") -> int:
    page = f"/terminals/claims/{offer.claim}"
    return post(client, f"{page}/approve", {"code": code, "place": place}, page=page).status_code


def take_in(stranger: FlaskClient, client: FlaskClient, world: World, authority: Authority, device: Knocker,
            place: str = "checkpoint a-in") -> Offer:  # fmt: skip
    offer, code = device.knock(stranger)
    assert approve(client, offer, code, place) == 303
    assert issue(world, authority) == 1
    return offer


def refused(stranger: FlaskClient, device: Knocker) -> str:
    answer = stranger.post("/provisioning/claims", data=to_bytes(device.opening()), headers=JSON)
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    return str(answer.json["detail"] if answer.json else "")


def test_a_request_that_its_sender_did_not_sign_is_refused(stranger: FlaskClient) -> None:
    forged = Knocker().opening(signer=SigningKey.generate())
    answer = stranger.post("/provisioning/claims", data=to_bytes(forged), headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert "not signed by the terminal's own key" in answer.json["detail"]


def test_what_is_no_opening_is_refused(stranger: FlaskClient) -> None:
    for raw in (b"", b"{}", b"\xff\xfe", b"[1]"):
        assert stranger.post("/provisioning/claims", data=raw, headers=JSON).status_code == 400, raw


def test_a_huge_opening_is_refused_before_it_is_read(stranger: FlaskClient) -> None:
    assert stranger.post("/provisioning/claims", data=b"x" * 100_000, headers=JSON).status_code == 413


def test_another_nonce_than_the_committed_one_is_refused(stranger: FlaskClient) -> None:
    device = Knocker()
    offer = read(
        stranger.post("/provisioning/claims", data=to_bytes(device.opening()), headers=JSON).data, Offer
    )
    told = stranger.post(
        f"/provisioning/claims/{offer.claim}/reveal", data=to_bytes(Reveal(nonce=b"x" * 32)), headers=JSON
    )
    assert told.status_code == 409
    assert standing(stranger, offer).state is ClaimState.OPENED


def test_a_claim_that_did_not_reveal_is_shown_to_nobody(stranger: FlaskClient, world: World) -> None:
    device = Knocker()
    stranger.post("/provisioning/claims", data=to_bytes(device.opening()), headers=JSON)
    assert "No terminal waits" in person(stranger, world).get("/terminals/claims").text


def test_a_name_of_another_device_is_refused_with_the_way_out(
    stranger: FlaskClient, world: World, authority: Authority
) -> None:
    take_in(stranger, person(stranger, world), world, authority, Knocker())
    assert "a name is never given to two devices" in refused(stranger, Knocker())


def test_a_copied_card_under_another_name_is_refused(
    stranger: FlaskClient, world: World, authority: Authority
) -> None:
    device = Knocker()
    take_in(stranger, person(stranger, world), world, authority, device)
    assert "its card was copied" in refused(stranger, Knocker(name="gate-2", signing=device.signing))


def test_a_terminal_that_was_cut_off_is_not_taken_in_again(
    stranger: FlaskClient, world: World, authority: Authority
) -> None:
    device = Knocker()
    take_in(stranger, person(stranger, world), world, authority, device)
    with session_scope(world.sessions) as session:
        actions.cut_off(session, "gate-1", world.at, "stolen")
    assert "was cut off" in refused(stranger, device)


def test_no_more_claims_than_there_is_room_for(stranger: FlaskClient) -> None:
    for number in range(MOST_OPEN_OF_ONE):
        opened = to_bytes(Knocker(name=f"gate-{number}").opening())
        assert stranger.post("/provisioning/claims", data=opened, headers=JSON).status_code == 200
    assert "Too many terminals wait" in refused(stranger, Knocker(name="one-more"))


def test_knocking_is_bounded_by_the_minute() -> None:
    limit = KnockLimit()
    assert all(limit.allows("10.0.0.1", NOON) for _ in range(PER_ADDRESS))
    assert not limit.allows("10.0.0.1", NOON)
    assert limit.allows("10.0.0.2", NOON)
    assert limit.allows("10.0.0.1", NOON.replace(minute=1))


def test_who_knocks_too_often_is_told_to_wait(stranger: FlaskClient) -> None:
    answers = {stranger.get("/provisioning/claims/x", headers=JSON).status_code for _ in range(PER_ADDRESS)}
    assert answers == {404}
    assert stranger.get("/provisioning/claims/x", headers=JSON).status_code == 429


def test_others_than_technicians_take_nothing_in(stranger: FlaskClient, world: World) -> None:
    offer, _ = Knocker().knock(stranger)
    for role in (Role.OFFICER, Role.CONTROL_ROOM, Role.SHIFT_SUPERVISOR, Role.RECORDS_OFFICER):
        client = person(stranger, world, role.value, role)
        assert client.get("/terminals/claims").status_code == 403, role
        assert client.get(f"/terminals/claims/{offer.claim}").status_code == 403, role


def test_the_page_does_not_give_the_whole_code_away(stranger: FlaskClient, world: World) -> None:
    offer, code = Knocker().knock(stranger)
    client = person(stranger, world)
    for page in ("/terminals/claims", f"/terminals/claims/{offer.claim}"):
        text = client.get(page).text
        assert code[:4] in text
        assert code[5:] not in text


def test_another_code_approves_nothing(stranger: FlaskClient, world: World) -> None:
    offer, _ = Knocker().knock(stranger)
    client = person(stranger, world)
    for typed in ("", "ABCD", "00000000", "ABCD-EFGH"):
        assert approve(client, offer, typed) == 409, typed
    assert standing(stranger, offer).state is ClaimState.WAITING


def test_somebody_between_makes_the_codes_differ(stranger: FlaskClient, world: World) -> None:
    honest, between = Knocker(), Knocker()
    offer, _ = between.knock(stranger)
    false_offer = Offer(
        claim=offer.claim,
        hub_verifying_key=b"m" * 32,
        authority=offer.authority,
        nonce=offer.nonce,
    )
    shown = claim_code(honest.request, false_offer, honest.nonce)
    assert approve(person(stranger, world), offer, shown) == 409
    assert standing(stranger, offer).state is ClaimState.WAITING


def test_a_place_that_does_not_exist_approves_nothing(stranger: FlaskClient, world: World) -> None:
    offer, code = Knocker().knock(stranger)
    client = person(stranger, world)
    for place in ("", "checkpoint nowhere", "replace nobody", "checkpoint", "x y"):
        assert approve(client, offer, code, place) == 409, place
    assert standing(stranger, offer).state is ClaimState.WAITING


def test_a_claim_is_over_after_an_hour(stranger: FlaskClient, world: World) -> None:
    offer, code = Knocker().knock(stranger)
    world.later(minutes=61)
    assert standing(stranger, offer).state is ClaimState.EXPIRED
    assert approve(person(stranger, world), offer, code) == 409


def test_claims_that_nobody_approved_are_forgotten(stranger: FlaskClient, world: World) -> None:
    Knocker().knock(stranger)
    world.later(hours=25)
    Knocker(name="gate-2").knock(stranger)
    with session_scope(world.sessions, writes=False) as session:
        assert list(session.scalars(select(Claim.name))) == ["gate-2"]


def test_a_refusal_is_told_to_the_terminal(stranger: FlaskClient, world: World) -> None:
    offer, _ = Knocker().knock(stranger)
    client = person(stranger, world)
    page = f"/terminals/claims/{offer.claim}"
    assert post(client, f"{page}/refuse", {"why": "Not ours"}, page=page).status_code == 303
    answer = standing(stranger, offer)
    assert (answer.state, answer.why) == (ClaimState.REFUSED, "Not ours")
    with session_scope(world.sessions, writes=False) as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.act == "terminal.claim_refused")).one()
        assert (told.actor, told.subject) == ("tess", "gate-1")


def test_asking_again_ends_the_earlier_claim(stranger: FlaskClient) -> None:
    device = Knocker()
    first, _ = device.knock(stranger)
    second, _ = device.knock(stranger)
    assert standing(stranger, first).state is ClaimState.REFUSED
    assert standing(stranger, second).state is ClaimState.WAITING


def test_the_right_code_takes_the_terminal_in(
    stranger: FlaskClient, world: World, authority: Authority
) -> None:
    device = Knocker()
    offer, code = device.knock(stranger)
    client = person(stranger, world)
    assert approve(client, offer, code.lower().replace("-", " ")) == 303
    assert standing(stranger, offer).state is ClaimState.APPROVED
    assert issue(world, authority) == 1
    assert issue(world, authority) == 0
    answer = standing(stranger, offer)
    body = open_envelope(
        answer.grant,
        kind=GRANT_KIND,
        sender=HUB,
        receiver="gate-1",
        key=verifying_key(offer.hub_verifying_key),
    )
    grant = decode(body, Grant)
    assert (grant.terminal, grant.checkpoint.to_zone) == ("gate-1", "block-a")
    assert grant.hub_verifying_key == offer.hub_verifying_key
    assert code in client.get(f"/terminals/claims/{offer.claim}").text
    with session_scope(world.sessions, writes=False) as session:
        terminal = session.scalars(select(Terminal)).one()
        assert (terminal.model, terminal.checkpoint_code) == ("gate", "a-in")
        assert actions.stood_at(session, "gate-1", grant.checkpoint)
        wanted = desired(session, "gate-1")
        assert wanted is not None
        assert wanted.by == "tess"
        acts = list(session.scalars(select(AuditEntry.act).where(AuditEntry.subject == "gate-1")))
        assert acts[:2] == ["terminal.claim_approved", "terminal.grant"]


def test_a_name_that_was_taken_meanwhile_ends_the_claim(
    stranger: FlaskClient, world: World, authority: Authority
) -> None:
    client = person(stranger, world)
    first, code_of_first = Knocker().knock(stranger)
    second, code_of_second = Knocker().knock(stranger)
    assert "two devices ask for this name" in client.get("/terminals/claims").text
    assert approve(client, first, code_of_first) == 303
    assert approve(client, second, code_of_second) == 303
    assert issue(world, authority) == 1
    answer = standing(stranger, second)
    assert answer.state is ClaimState.REFUSED
    assert "never given to two devices" in answer.why


def test_a_second_person_must_be_another_one_and_agree(world: World, authority: Authority) -> None:
    world.site()
    stranger = site_with_keys(world, authority.folder, second_person=True).test_client()
    offer, code = Knocker().knock(stranger)
    tess, ada = person(stranger, world), person(stranger, world, "ada", Role.ADMINISTRATOR)
    assert approve(tess, offer, code) == 303
    assert issue(world, authority) == 0
    assert standing(stranger, offer).state is ClaimState.WAITING
    assert approve(tess, offer, code) == 409
    assert approve(ada, offer, code, "checkpoint w-in") == 409
    assert approve(ada, offer, code) == 303
    assert issue(world, authority) == 1
    assert "tess, ada" in ada.get(f"/terminals/claims/{offer.claim}").text


def test_a_replacement_keeps_place_and_history(
    stranger: FlaskClient, world: World, authority: Authority
) -> None:
    client = person(stranger, world)
    take_in(stranger, client, world, authority, Knocker(name="gate-1"))
    take_in(stranger, client, world, authority, Knocker(name="gate-2"), "replace gate-1")
    take_in(stranger, client, world, authority, Knocker(name="gate-3"), "replace gate-2")
    with session_scope(world.sessions, writes=False) as session:
        newest = session.scalars(select(Terminal).where(Terminal.name == "gate-3")).one()
        chain = chain_of(session, newest)
        assert [terminal.name for terminal in chain] == ["gate-1", "gate-2", "gate-3"]
        assert [terminal.status for terminal in chain] == ["CUT_OFF", "CUT_OFF", "ACTIVE"]
        assert chain[0].cut_off_reason == "replaced by gate-2"
        assert {terminal.checkpoint_code for terminal in chain} == {"a-in"}
        wanted = desired(session, "gate-3")
        assert wanted is not None
        assert wanted.reason == "As gate-2 before it"
    text = client.get("/terminals/places/a-in").text
    assert "gate-1 → gate-2 → <strong>gate-3</strong>" in text
    offer, code = Knocker(name="gate-4").knock(stranger)
    assert approve(client, offer, code, "replace gate-1") == 409


def test_a_place_where_nothing_stands_is_said(stranger: FlaskClient, world: World) -> None:
    client = person(stranger, world)
    assert "No terminal stands here yet" in client.get("/terminals/places/a-in").text
    assert client.get("/terminals/places/nowhere").status_code == 404
    assert client.get("/terminals/claims/nothing").status_code == 404


def test_the_same_device_may_be_given_a_new_certificate(
    stranger: FlaskClient, world: World, authority: Authority
) -> None:
    client, device = person(stranger, world), Knocker()
    take_in(stranger, client, world, authority, device)
    offer, code = device.knock(stranger)
    assert "taken in before, with the same keys" in client.get(f"/terminals/claims/{offer.claim}").text
    assert approve(client, offer, code) == 303
    assert issue(world, authority) == 1


def test_without_public_keys_the_hub_offers_nothing(world: World, tmp_path: Path) -> None:
    client = site_with_keys(world, tmp_path / "none").test_client()
    assert "Start the broker once" in refused(client, Knocker())


def test_the_command_line_takes_in_and_refuses(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at_hub = ["--data", str(world.folder)]
    made = world.settings()
    prepare_authority(made.keys)
    world.at = datetime.now(UTC)
    world.site()
    stranger = site_with_keys(world, made.keys).test_client()
    assert main(["terminals", "claims", *at_hub]) == 0
    assert "No terminal waits" in capsys.readouterr().out
    first, code = Knocker().knock(stranger)
    assert main(["terminals", "claims", *at_hub]) == 0
    listed = capsys.readouterr().out
    assert listed == f"gate-1  gate  {code[:4]}-....  127.0.0.1\n"
    assert main(["terminals", "approve", "0000-0000", "--checkpoint", "a-in", *at_hub]) == 2
    assert "somebody may stand between" in capsys.readouterr().err
    assert main(["terminals", "approve", code, "--checkpoint", "nowhere", *at_hub]) == 2
    assert main(["terminals", "approve", code, "--checkpoint", "a-in", *at_hub]) == 0
    assert capsys.readouterr().out == "Taken in: gate-1 at a-in\n"
    assert standing(stranger, first).state is ClaimState.GRANTED
    second, other = Knocker(name="gate-2").knock(stranger)
    assert main(["terminals", "refuse", other, "--reason", "Not ours", *at_hub]) == 0
    assert standing(stranger, second).why == "Not ours"
    third, code = Knocker(name="gate-3").knock(stranger)
    replacing = ["--checkpoint", "a-in", "--replaces", "gate-1"]
    assert main(["terminals", "approve", code, *replacing, *at_hub]) == 0
    assert "Taken in: gate-3 at a-in, in place of gate-1" in capsys.readouterr().out
    assert standing(stranger, third).state is ClaimState.GRANTED
