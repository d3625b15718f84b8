"""From how many on numbers are told: an agreement beside the house's threshold, and the larger of them published."""

from __future__ import annotations

import re
from datetime import date, timedelta

import msgspec
import pytest

from hub.accounts.audit import OPERATOR
from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.sentences import RefusedError
from hub.sharing.agreements.actions import set_active
from hub.sharing.agreements.reading import agency_by_code
from hub.sharing.agreements.terms import faults_of, read_terms, write_terms
from hub.sharing.agreements.words import differences, lines_of
from hub.sharing.catalogue import PartnerKind
from hub.statistics.control import k_on, set_k
from hub.statistics.publishing.freezing import freeze, signer_of
from hub.statistics.publishing.records import Publication

from .publishing_world import ABEL, DECEMBER, drafted, prison_of
from .sharing_world import OBSERVATORY, agree, grants_of, open_agencies, terms_of
from .site_world import World
from .test_sharing_agreements import FORM, post

LABEL = "Numbers of people are told from"
FIGURES = {
    **FORM,
    "code": "observatory-2027",
    "g.indicators.0.purpose": "crime_statistics",
    "g.indicators.0.field": ["OBS_VALUE"],
}


def agreed(world: World, smallest: int) -> None:
    terms = terms_of(world, *grants_of(PartnerKind.OBSERVATORY))
    agree(world, OBSERVATORY, "observatory-k", msgspec.structs.replace(terms, smallest=smallest))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("10", "no number from 1 to 9 is published for anybody"),
        ("3", "the house tells them from 5 only: 5 holds"),
        ("5", ""),
        ("", ""),
    ],
)
def test_what_it_means_is_said_where_it_is_written_and_signed(world: World, asked: str, said: str) -> None:
    open_agencies(world)
    rita = world.browser("rita")
    assert "The house tells them from 5 on." in rita.get("/agreements/new/observatory").text
    assert LABEL not in rita.get("/agreements/new/courts").text
    assert post(rita, "/agreements/new/observatory", **FIGURES, smallest=asked).status_code == 303
    page = world.browser("dora", Role.DIRECTOR).get("/agreements/observatory-2027").text
    assert said in page
    assert ("It asks for numbers" in page or "It lets numbers" in page) is bool(said)


@pytest.mark.parametrize("wrong", ["-1", "1001", "ten"])
def test_a_number_that_cannot_be_is_refused(world: World, wrong: str) -> None:
    open_agencies(world)
    refused = post(world.browser("rita"), "/agreements/new/observatory", **FIGURES, smallest=wrong)
    assert refused.status_code == 400
    assert "up to 1000, or 0" in refused.text


def test_the_larger_holds_while_the_agreement_does(world: World) -> None:
    open_agencies(world)
    today = world.at.date()
    agreed(world, 10)
    with session_scope(world.sessions) as session:
        assert (k_on(session, today), k_on(session, today - timedelta(days=40))) == (10, 5)
        # What is made public later about a day before it is made public under it.
        assert k_on(session, today - timedelta(days=40), world.at) == 10
        set_k(session, 12, today, "Order 7", actor=OPERATOR, at=world.at)
        assert k_on(session, today) == 12
        set_k(session, 4, today, "Order 8", actor=OPERATOR, at=world.at)
        assert k_on(session, today) == 10
    assert (
        "an agreement in force asks for 10"
        in world.browser("dora", Role.DIRECTOR).get("/publications/threshold").text
    )
    with session_scope(world.sessions) as session:
        whose = agency_by_code(session, OBSERVATORY)
        assert whose is not None
        set_active(session, whose, False, actor=OPERATOR, at=world.at)
        assert k_on(session, today) == 4


def test_a_draft_and_what_is_frozen_honour_what_was_agreed_meanwhile(world: World) -> None:
    open_agencies(world)
    prison_of(world)
    before = drafted(world, DECEMBER)
    agreed(world, 10)
    with session_scope(world.sessions) as session, pytest.raises(RefusedError) as caught:
        freeze(session, before, actor=ABEL, at=world.at, key=signer_of(world.vault))
    assert caught.value.code == "larger_threshold"
    world.later(minutes=15)
    after = drafted(world, DECEMBER)
    with session_scope(world.sessions) as session:
        first, second = session.get_one(Publication, before), session.get_one(Publication, after)
        assert (first.k, second.k) == (5, 10)
        told = re.findall(r'"value":\s*(\d+)', second.body)
        assert not any(0 < int(one) < 10 for one in told)
        assert freeze(session, after, actor=ABEL, at=world.at, key=signer_of(world.vault)).id == after


def test_old_versions_stay_as_they_were_signed(world: World) -> None:
    one = terms_of(world, *grants_of(PartnerKind.OBSERVATORY))
    assert "smallest" not in write_terms(one)
    assert read_terms(write_terms(one)).smallest == 0
    assert LABEL not in [str(line.label) for line in lines_of(one)]
    (changed,) = differences(one, msgspec.structs.replace(one, smallest=7))
    assert (str(changed.label), changed.before, changed.after) == (LABEL, (), (7,))
    courts = msgspec.structs.replace(terms_of(world, *grants_of(PartnerKind.COURTS)), smallest=7)
    assert LABEL not in [str(line.label) for line in lines_of(courts)]
    assert faults_of(one, PartnerKind.OBSERVATORY) == {}
    assert one.starts_on <= date(2027, 1, 1)
