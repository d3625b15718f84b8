"""What binds an agency is told to its program: how long it keeps, to whom it may pass on, in what form, how often."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from hub.database import session_scope
from hub.sharing.agreements.actions import sign, write_version
from hub.sharing.agreements.terms import Frequency, Shape

from .agency_api_world import api_world
from .sharing_world import COURTS, FIRST, KINDS, SECOND, WRITER, grants_of, terms_of
from .site_world import World


def test_a_program_reads_the_terms_that_bind_its_agency(world: World, tmp_path: Path) -> None:
    made = api_world(world, tmp_path / "keys")
    courts = made.program(COURTS).signed_in()
    before = courts.get("/v1/agreements")
    (told,) = before.get_json()["agreements"]
    assert (told["onward_sharing"], told["onward_terms"]) == (False, "")
    assert (told["form"], told["frequency"]) == ("json", "at_once")
    changed = structs.replace(
        terms_of(world, *grants_of(KINDS[COURTS])),
        retention_days=30, onward=True, onward_terms="The Court of Appeal, in appeals",
        legal_basis="Supreme Court Act", frequency=Frequency.WEEKLY, shape=Shape.CSV,
    )  # fmt: skip
    with session_scope(world.sessions) as session:
        row = write_version(session, "courts-2026", changed, seen=1, actor=WRITER, at=world.at)
        for signer in (FIRST, SECOND):
            sign(session, "courts-2026", row.number, row.digest, actor=signer, at=world.at)
    after = courts.get("/v1/agreements", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200, "what binds them has changed"
    (told,) = after.get_json()["agreements"]
    assert (told["version"], told["retention_days"], told["legal_basis"]) == (2, 30, "Supreme Court Act")
    assert (told["onward_sharing"], told["onward_terms"]) == (True, "The Court of Appeal, in appeals")
    assert (told["form"], told["frequency"]) == ("csv", "weekly")
