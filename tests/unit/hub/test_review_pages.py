"""Working on the review: who may, edits beside what was derived, two signatures, the seal, the next revision."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.statistics.review.content import read
from hub.statistics.review.reading.kept import standing_of
from hub.statistics.review.records import Review, ReviewSeal
from hub.statistics.review.signing import is_genuine, read_sealed

from .review_world import DAY, DECEMBER, maker_of, rows_of, year_world
from .site_world import World, post
from .statistics_world import at


def _digest(page: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def _made(world: World, browser, why: str = "") -> str:  # type: ignore[no-untyped-def]
    """Make the review of 2026 on the page, and wait for it; its address."""
    answer = post(browser, "/review", {"year": "2026", "why": why})
    assert answer.status_code == 303, answer.text
    address = str(answer.headers["Location"])
    maker_of(browser).wait(int(address.rpartition("/")[2]))
    there = browser.get(address)
    assert there.status_code == 303, there.text
    return str(there.headers["Location"])


def _freeze(world: World, address: str, writer, director) -> None:  # type: ignore[no-untyped-def]
    form = {"digest": _digest(writer.get(address).text)}
    assert post(writer, f"{address}/sign", form, page=address).status_code == 303
    assert post(director, f"{address}/freeze", form, page=address).status_code == 303


def test_who_may_read_write_and_freeze(world: World) -> None:
    writer, reader = world.browser("rosa"), world.browser("abel", Role.AUDITOR)
    officer = world.browser("otto", Role.OFFICER)
    assert officer.get("/review").status_code == 403
    assert "No review has been made yet" in reader.get("/review").text
    assert "Make the review" not in reader.get("/review").text
    address = _made(world, writer)
    page = reader.get(address).text
    assert "Nobody was in custody" in page
    assert "Sign as the writer" not in page
    assert reader.post(f"{address}/sign").status_code in (400, 403)
    form = {"digest": _digest(writer.get(address).text)}
    assert post(writer, f"{address}/freeze", form, page=address).status_code == 403
    assert reader.get("/review/99").status_code == 404
    for bad in ("1999", "2027", "soon"):
        assert post(writer, "/review", {"year": bad}).status_code == 409


def test_recommendations_are_worked_on_beside_what_was_derived(world: World) -> None:
    year_world(world)
    writer = world.browser("rosa")
    address = _made(world, writer)

    def work(**form: str) -> int:
        return post(writer, f"{address}/recommendations", form, page=address).status_code

    kin = "item_missing:next_of_kin"
    assert work(act="reword", key=kin, text="Ask <b>everybody</b> for next of kin\nby March") == 303
    page = writer.get(address).text
    assert "Ask &lt;b&gt;everybody&lt;/b&gt;" in page
    assert "Reworded by rosa" in page
    assert "The rule&#39;s own words: Ask for it at every reception" in page
    assert work(act="drop", key="files_incomplete:files", reason=" ") == 409
    assert work(act="drop", key="files_incomplete:files", reason="Begun in May") == 303
    assert re.search(r"Dropped by rosa, [^:]+:\d\d: Begun in May", writer.get(address).text)
    assert "Begun in May" in writer.get(address).text
    assert work(act="restore", key="files_incomplete:files") == 303
    assert "Dropped by" not in writer.get(address).text
    assert work(act="add", text="Buy a second scanner") == 303
    assert "No rule: added, or last reworded, by rosa" in writer.get(address).text
    assert work(act="add", text="") == 409
    assert work(act="reword", key="own:1", text="") == 409
    assert work(act="add", text="x" * 2001) == 409
    assert work(act="drop", key="nothing:here", reason="x") == 409
    assert work(act="shred", key=kin) == 409
    again = _made(world, writer)
    assert again != address
    assert "Buy a second scanner" in writer.get(again).text, "what was written stays when it is derived anew"
    assert "Reword or drop" not in writer.get(address).text, "the older take can only be read"
    assert work(act="restore", key=kin) == 409


def test_two_people_sign_what_they_saw_and_nothing_changes_afterwards(world: World) -> None:
    year_world(world)
    writer, director = world.browser("rosa"), world.browser("dora", Role.DIRECTOR)
    address = _made(world, writer)
    old = {"digest": _digest(writer.get(address).text)}
    assert "Whoever wrote it signs first" in post(director, f"{address}/freeze", old, page=address).text
    post(writer, f"{address}/recommendations", {"act": "add", "text": "One more"}, page=address)
    stale = post(writer, f"{address}/sign", old, page=address)
    assert stale.status_code == 409
    assert "changed since you opened it" in stale.text
    form = {"digest": _digest(writer.get(address).text)}
    assert post(writer, f"{address}/sign", form, page=address).status_code == 303
    assert "Signed by rosa" in director.get(address).text
    post(director, f"{address}/recommendations", {"act": "add", "text": "And another"}, page=address)
    changed = {"digest": _digest(director.get(address).text)}
    assert "signs first" in post(director, f"{address}/freeze", changed, page=address).text, (
        "void by the edit"
    )
    assert post(director, f"{address}/sign", changed, page=address).status_code == 303
    alone = post(director, f"{address}/freeze", changed, page=address)
    assert "you signed as the writer already" in alone.text
    third = world.browser("delia", Role.DIRECTOR)
    assert post(third, f"{address}/freeze", changed, page=address).status_code == 303
    page = writer.get(address).text
    assert "The seal holds" in page
    assert "Reword or drop" not in page
    assert (
        post(writer, f"{address}/recommendations", {"act": "add", "text": "x"}, page="/review").status_code
        == 409
    )
    with session_scope(world.sessions, writes=False) as session:
        row = session.scalars(select(ReviewSeal)).one()
        assert is_genuine(world.vault, row)
        assert (read_sealed(row).writer.login, read_sealed(row).director.login) == ("dora", "delia")
        row.content = row.content.replace("One more", "One less")
        assert not is_genuine(world.vault, row)
        session.expunge(row)
    for table in ("reviews", "review_acts", "review_seals"):
        with pytest.raises(DatabaseError), session_scope(world.sessions) as session:
            session.execute(text(f"DELETE FROM {table}"))


def test_the_next_revision_says_why_and_what_changed(world: World) -> None:
    year = year_world(world)
    writer, director = world.browser("rosa"), world.browser("dora", Role.DIRECTOR)
    first = _made(world, writer)
    _freeze(world, first, writer, director)
    before = director.get(f"{first}/pdf/en").data
    year.register.release(year.bookings[3], at("2026-12-01"), known=DECEMBER + 2 * DAY)
    world.at = DECEMBER + 3 * DAY
    writer, director = world.browser("rita"), world.browser("dina", Role.DIRECTOR)
    assert post(writer, "/review", {"year": "2026", "why": ""}).status_code == 409
    second = _made(world, writer, "A release came late")
    page = writer.get(second).text
    assert "A release came late" in page
    assert "Figures that are others than in the revision before" in page
    with session_scope(world.sessions, writes=False) as session:
        rows = session.scalars(select(Review).order_by(Review.id)).all()
        content = standing_of(session, rows[1]).content
        old = read(rows[0].content)
    assert ["Prison population", "people", "0", "12", "+12"] in rows_of(old, "indicators")
    assert any("Prison population" in str(one.where) for one in content.changes)
    assert director.get(f"{first}/pdf/en").data == before, "the frozen one is the same bytes"
    assert "The seal holds" in director.get(first).text
    assert second not in director.get("/review?known=2026-12-16").text
    assert first in director.get("/review?known=2026-12-16").text
