"""An existing register brought in: read, mapped, tried, decided, imported, taken back."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from sqlalchemy import func, select

from hub.accounts.audit import Actor
from hub.accounts.records import AuditEntry
from hub.custody.actions import assign_home, open_booking_of
from hub.custody.facts.reading import current, one
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY
from hub.custody.legal import LEGAL_STATUS, LegalStatus
from hub.custody.records import Booking, Person
from hub.custody.rules import Sex
from hub.custody.search.finding import find
from hub.custody.sentencing.forms import SENTENCE, Term
from hub.database import session_scope
from hub.reception.register import actions, bringing_in, mappings
from hub.reception.register.actions import Decision, Judged, State
from hub.reception.register.bringing_in import bring_in, bring_in_some
from hub.reception.register.dates import read_date
from hub.reception.register.mapping import Chosen, guess
from hub.reception.register.reading import read_table
from hub.reception.register.records import RegisterImport, RegisterRow
from hub.reception.register.rules import judge
from hub.reception.register.undoing import touched, undo
from hub.sentences import RefusedError

from .site_world import NOON, World

RITA = Actor("rita", "test")
TODAY = date(2026, 11, 22)
HEADINGS = "No,Surname,Given,DOB,Sex,Status,Date admitted,Warrant,Block,Sentence,Date sentenced"
REGISTER = f"""{HEADINGS}
101,Núñez,José,22/11/1990,M,Remand,03/02/2026,W 1/26,Block A,,
102,Coc,Domingo,01/05/1985,M,Convicted,10/01/2025,W 2/25,Block A,3 years 6 months,10/01/2025
103,Flowers,Sharon,,F,Remand,05/06/2026,W 3/26,,,
"""


def _hand_in(world: World, text: str | bytes, name: str = "old register") -> int:
    raw = text.encode() if isinstance(text, str) else text
    with session_scope(world.sessions) as session:
        return actions.hand_in(session, name, raw, actor=RITA, at=world.at).id


def _check(world: World, import_id: int, columns: dict[str, str] | None = None) -> None:
    with session_scope(world.sessions) as session:
        found = session.get_one(RegisterImport, import_id)
        chosen = actions.chosen_of(found)
        if columns is not None:
            chosen = Chosen(columns, chosen.dates, chosen.values)
        actions.check(session, found, chosen, actor=RITA, at=world.at)


def _bring_in(world: World, import_id: int) -> None:
    with session_scope(world.sessions) as session:
        actions.start(session, session.get_one(RegisterImport, import_id), actor=RITA, at=world.at)
    bring_in(world.sessions, import_id, actor=RITA, clock=lambda: world.at)


def _rows(world: World, import_id: int) -> list[RegisterRow]:
    with session_scope(world.sessions, writes=False) as session:
        return list(
            session.scalars(
                select(RegisterRow).where(RegisterRow.import_id == import_id).order_by(RegisterRow.line)
            )
        )


def _people(world: World) -> int:
    with session_scope(world.sessions, writes=False) as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def _xlsx(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no rows"),
        (b"Surname,Given\n", "no rows"),
        (b"PK\x03\x04 no zip", "no XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"Surname\x00,Given\nA,B\n", "no text"),
        (b"Surname,Given\nA\x81\xc3,B\n", "byte"),
        (b'Surname,Given\n"A,B\n', "quotation"),
        ("Surname,Given\nNúñez,José\n".encode("cp850"), "line 2: 'N£¤ez'"),
        ("Surname,Given\nNúñez,José\n".encode("mac_roman"), "line 2: 'JosŽ'"),
        ("Surname,Given\nCoc,Ana\nNúñez,José\n".encode().decode("cp1252").encode(), "line 3: 'NÃºÃ±ez'"),
        (b"REGISTER 2024,,\nSurname,Given,Born\nA,B,C\n", "Row 2 has more cells .* delete titles"),
        (b"Surname,Given\nCoc,Juan\nPech,Ana,1990\n", "Row 3 has more cells"),
        (b"%PDF-1.4\n1 0 obj\n", "is a PDF"),
        (b"<html><table><tr><td>Coc</td></tr></table>\n", "web page"),
        (b"Surname,Given\n" + b"A,B\n" * 20_001, "20,000 rows"),
        (b"Surname,Given\n" + b"A" * (21 * 1024 * 1024), "20 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(raw: bytes, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        read_table(raw)


def test_a_formula_is_named_by_its_cell_and_a_bomb_is_never_unpacked() -> None:
    with pytest.raises(RefusedError, match="B2 holds a formula"):
        read_table(_xlsx([["Surname", "Given"], ["Coc", "=1+1"]]))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(30):
            packed.writestr(f"xl/{number}.xml", b"0" * 10_000_000)
    with pytest.raises(RefusedError, match="far too large"):
        read_table(bomb.getvalue())


def test_a_second_sheet_with_rows_is_not_left_behind() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Men").append(["Surname"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(RefusedError, match="no rows"):
        read_table(out.getvalue())
    book["Men"].append(["Coc"])
    out = io.BytesIO()
    book.save(out)
    assert read_table(out.getvalue()).rows == ((2, ("Coc",)),), "an empty sheet before it does no harm"
    book.create_sheet("Women").append(["Surname"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(RefusedError, match="several sheets: Men, Women"):
        read_table(out.getvalue())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("05/01/90", "four digits"),
        ("33359", "as a table program counts"),
        ("33359.0", "as a table program counts"),
        ("31/02/1990", "no date"),
        ("1990", "no date"),
        ("soon", "no date"),
    ],
)
def test_what_is_no_date_is_told_by_the_mistake(text: str, said: str) -> None:
    judged = judge({"surname": "Coc", "given": "Juan", "born_on": text}, Chosen(), TODAY, {})
    assert said in judged.faults["born_on"].text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_letters_and_delimiters_are_told(encoding: str, delimiter: str) -> None:
    text = "Surname,Given,DOB\nNúñez,José,1990-11-22\nPeña,Íñigo,1991-01-02\n".replace(",", delimiter)
    table = read_table(text.encode(encoding))
    assert table.headers == ("Surname", "Given", "DOB")
    assert table.rows[0] == (2, ("Núñez", "José", "1990-11-22"))


def test_an_xlsx_gives_the_same_as_a_csv() -> None:
    table = read_table(
        _xlsx([["No", "Surname", "DOB"], [101, "Núñez", date(1990, 11, 22)], [None, None, None]])
    )
    assert table.rows == ((2, ("101", "Núñez", "1990-11-22")),)


def test_columns_dates_and_codes_are_guessed() -> None:
    chosen = guess(read_table(REGISTER.encode()))
    assert chosen.columns["number"] == "No"
    assert chosen.columns["admitted_on"] == "Date admitted"
    assert chosen.columns["term"] == "Sentence"
    assert chosen.dates == "dmy"
    assert chosen.values == {
        "sex": {"m": "M", "f": "F"},
        "status": {"remand": "REMAND", "convicted": "SENTENCED"},
    }


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("22/11/2026", "dmy", date(2026, 11, 22)),
        ("11/22/2026", "mdy", date(2026, 11, 22)),
        ("2026-11-22", "dmy", date(2026, 11, 22)),
        ("22 Nov 2026", "dmy", date(2026, 11, 22)),
        ("3 de marzo de 2026", "dmy", date(2026, 3, 3)),
        ("22/11/2026 14:05", "dmy", date(2026, 11, 22)),
        ("31/02/2026", "dmy", None),
        ("22/11/26", "dmy", None),
        ("yesterday", "dmy", None),
    ],
)
def test_dates_as_registers_write_them(text: str, order: str, day: date | None) -> None:
    assert read_date(text, order) == day  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"surname": ""}, "surname"),
        ({"surname": "A" * 90}, "surname"),
        ({"born_on": "31/02/1990"}, "born_on"),
        ({"born_on": "01/01/2030"}, "born_on"),
        ({"age": "two"}, "age"),
        ({"sex": "X"}, "sex"),
        ({"status": "gone"}, "status"),
        ({"admitted_on": "01/01/2027"}, "admitted_on"),
        ({"admitted_on": "01/01/1980", "born_on": "01/01/1990"}, "admitted_on"),
        ({"admitted_on": "02/01/2026", "released_on": "01/01/2026"}, "released_on"),
        ({"released_on": "01/01/2026"}, "released_on"),
        ({"term": "3 years"}, "term"),
        ({"term": "a while", "sentenced_on": "01/01/2020"}, "term"),
        ({"term": "0 years", "sentenced_on": "01/01/2020"}, "term"),
        ({"order_reference": "W" * 81}, "order_reference"),
        ({"police": "9" * 41}, "police"),
        ({"zone": "Block Z"}, "zone"),
        ({"nationality": "Atlantis"}, "nationality"),
        ({"order_issued_on": "02/01/2026", "order_expires_on": "01/01/2026"}, "order_expires_on"),
    ],
)
def test_what_cannot_be_is_told_by_column(cells: dict[str, str], column: str) -> None:
    judged = judge({"surname": "Coc", "given": "Juan", **cells}, Chosen(), TODAY, {})
    assert judged.entry is None
    assert list(judged.faults) == [column]


def test_a_row_says_what_it_says() -> None:
    cells = {
        "full_name": "COC, Juan",
        "age": "30",
        "sex": "masc",
        "nationality": "Guatemalteco",
        "sentenced_on": "10 Jan 2025",
        "term": "3 years and 6 months",
        "zone": "block  a",
    }
    chosen = Chosen(values={"sex": {"masc": "M"}})
    entry = judge(cells, chosen, TODAY, {"block a": "block-a"}).entry
    assert entry is not None
    assert (entry.surname, entry.given, entry.sex) == ("COC", "Juan", Sex.MALE)
    assert (entry.born_on, entry.born_estimated) == (date(1996, 1, 1), True)
    assert (entry.nationality, entry.zone) == ("GT", "block-a")
    assert entry.term == Term(years=3, months=6)


def test_a_dry_run_changes_nothing_and_names_row_and_column(world: World) -> None:
    world.site()
    text = (
        REGISTER
        + "104,,Ana,1/1/1990,F,Remand,05/06/2026,W,,,\n105,Pop,Eva,1/1/1990,F,Remand,31/02/2026,W,,,\n"
    )
    number = _hand_in(world, text)
    _check(world, number)
    rows = _rows(world, number)
    assert [row.judged for row in rows] == ["sound", "sound", "sound", "faulty", "faulty"]
    assert [list(actions.faults_of(row)) for row in rows[3:]] == [["surname"], ["admitted_on"]]
    assert _people(world) == 0


def test_a_register_is_brought_in_with_facts_search_and_trail(world: World) -> None:
    world.site()
    number = _hand_in(world, REGISTER)
    _check(world, number)
    _bring_in(world, number)
    with session_scope(world.sessions, writes=False) as session:
        coc = find(session, "coc domingo")[0]
        assert (coc.place, coc.status, coc.in_custody) == ("block-a", "SENTENCED", True)
        assert find(session, "102")[0].person_id == coc.person_id
        booking = open_booking_of(session, coc.person_id)
        assert booking is not None
        sentence = one(current(session, SENTENCE, person_id=coc.person_id))
        assert sentence is not None
        assert sentence.value.term == Term(years=3, months=6)
        assert sentence.row.source == f"old register, import {number} row 3"
        status = one(current(session, LEGAL_STATUS, person_id=find(session, "nunez")[0].person_id))
        assert status is not None
        assert status.value.status is LegalStatus.REMAND
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject == coc.number)).all()
        assert acts == ["person.import"]


def test_poisoned_cells_are_text_and_nothing_more(world: World) -> None:
    text = "Surname,Given\n\"=cmd|' /C calc'!A0\",<script>alert(1)</script>\n"
    number = _hand_in(world, text)
    _check(world, number)
    _bring_in(world, number)
    with session_scope(world.sessions, writes=False) as session:
        person = session.scalars(select(Person)).one()
    assert person.surname == "=cmd|' /C calc'!A0"
    assert person.given == "<script>alert(1)</script>"


def test_somebody_known_is_flagged_and_has_to_be_decided(world: World) -> None:
    known = world.person("Nunes", "Jose")
    number = _hand_in(world, REGISTER + "101,Núñez,José,22/11/1990,M,Remand,03/02/2020,W 9/20,,,\n")
    _check(world, number, columns={"number": "No", "surname": "Surname", "given": "Given"})
    rows = _rows(world, number)
    assert [(row.judged, row.twin_why) for row in rows] == [
        ("doubtful", "sound"),
        ("sound", ""),
        ("sound", ""),
        ("doubtful", "number"),
    ]
    assert rows[0].twin_id == known.id
    assert rows[3].twin_line == 2
    with session_scope(world.sessions) as session:
        found = session.get_one(RegisterImport, number)
        with pytest.raises(RefusedError, match="Decide"):
            actions.start(session, found, actor=RITA, at=world.at)
        actions.decide(session, found, {2: Decision.SAME})
        assert actions.decide_all(session, found, "number", Decision.SAME) == 1
    _bring_in(world, number)
    assert {row.person_id for row in _rows(world, number) if row.line in (2, 5)} == {known.id}
    assert _people(world) == 3


def test_a_skipped_row_and_a_faulty_one_are_left_out(world: World) -> None:
    world.person("Nunes", "Jose")
    number = _hand_in(world, "Surname,Given\nNunez,Jose\n,Nobody\nPop,Eva\n")
    _check(world, number)
    with session_scope(world.sessions) as session:
        actions.decide(session, session.get_one(RegisterImport, number), {2: Decision.SKIP})
    _bring_in(world, number)
    assert [row.outcome for row in _rows(world, number)] == ["skipped", "skipped", "imported"]


def test_a_crash_in_the_middle_loses_no_row_and_brings_in_none_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.reception.register.bringing_in.AT_ONCE", 2)
    number = _hand_in(world, "Surname,Given\n" + "".join(f"Name{chr(97 + n)},Ana\n" for n in range(5)))
    _check(world, number)
    with session_scope(world.sessions) as session:
        found = session.get_one(RegisterImport, number)
        actions.decide_all(session, found, "sound", Decision.NEW)
        actions.start(session, found, actor=RITA, at=world.at)
    assert bring_in_some(world.sessions, number, actor=RITA, at=world.at).done == 2
    # Whoever began is gone; another one goes on.
    bring_in(world.sessions, number, actor=RITA, clock=lambda: world.at)
    bring_in(world.sessions, number, actor=RITA, clock=lambda: world.at)
    assert _people(world) == 5
    with session_scope(world.sessions, writes=False) as session:
        assert session.get_one(RegisterImport, number).state == State.DONE


def test_others_get_their_turn_to_write_between_two_parts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.site()
    monkeypatch.setattr(bringing_in, "AT_ONCE", 1)
    number = _hand_in(world, REGISTER)
    _check(world, number)
    with session_scope(world.sessions) as session:
        actions.start(session, session.get_one(RegisterImport, number), actor=RITA, at=world.at)
    rests: list[float] = []

    def rest(seconds: float) -> None:
        """Somebody writes now: under SQLite this fails while the import holds the only lock."""
        rests.append(seconds)
        with session_scope(world.sessions) as session:
            session.add(
                AuditEntry(at=world.at, actor="else", address="", act="looked", subject="", detail="")
            )

    bring_in(world.sessions, number, actor=RITA, clock=lambda: world.at, rest=rest)
    assert rests == [bringing_in.BREATH_S] * 2


def test_an_import_is_taken_back_whole_and_can_be_made_again(world: World) -> None:
    world.site()
    number = _hand_in(world, REGISTER)
    _check(world, number)
    _bring_in(world, number)
    with session_scope(world.sessions) as session:
        found = session.get_one(RegisterImport, number)
        with pytest.raises(RefusedError, match="why"):
            undo(session, found, " ", actor=RITA, at=world.at)
    with session_scope(world.sessions) as session:
        assert (
            undo(session, session.get_one(RegisterImport, number), "wrong file", actor=RITA, at=world.at) == 3
        )
    with session_scope(world.sessions, writes=False) as session:
        assert find(session, "coc") == []
        assert session.scalars(select(Booking).where(Booking.released_at.is_(None))).all() == []
        for person in session.scalars(select(Person)):
            assert current(session, IDENTITY, person_id=person.id) == []
    again = _hand_in(world, REGISTER)
    _check(world, again)
    assert {row.judged for row in _rows(world, again)} == {Judged.SOUND}


def test_an_import_is_not_taken_back_over_somebody_elses_work(world: World) -> None:
    world.site()
    number = _hand_in(world, REGISTER)
    _check(world, number)
    _bring_in(world, number)
    with session_scope(world.sessions) as session:
        coc = find(session, "coc")[0]
        booking = open_booking_of(session, coc.person_id)
        assert booking is not None
        assign_home(session, booking, "workshop", effective_at=NOON, recorded_at=NOON, actor=RITA)
    with session_scope(world.sessions, writes=False) as session:
        assert [(one.line, one.number) for one in touched(session, number)] == [(3, coc.number)]
    with pytest.raises(RefusedError, match="worked on"), session_scope(world.sessions) as session:
        undo(session, session.get_one(RegisterImport, number), "wrong", actor=RITA, at=world.at)
    with session_scope(world.sessions, writes=False) as session:
        assert session.get_one(RegisterImport, number).state == State.DONE
        assert find(session, "coc")


def test_a_mapping_is_kept_for_the_next_file(world: World) -> None:
    with session_scope(world.sessions) as session:
        chosen = guess(read_table(REGISTER.encode()))
        mappings.save(session, " Old  register ", chosen, by="rita", at=world.at)
        assert mappings.saved(session, HEADINGS.split(",")) == {"Old register": chosen}
        assert mappings.saved(session, ["Surname"]) == {}
        with pytest.raises(RefusedError, match="name"):
            mappings.save(session, " ", chosen, by="rita", at=world.at)


def test_a_fact_of_an_import_can_be_read(world: World) -> None:
    number = _hand_in(world, REGISTER)
    _check(world, number, columns={"surname": "Surname", "given": "Given"})
    _bring_in(world, number)
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Fact)) == 3
