"""What may ever leave: named, labelled, with a schema that its own messages fit, and nothing confidential in it."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import jsonschema
import pytest

import hub
from hub.accounts.audit import Actor
from hub.accounts.permissions import Permission
from hub.custody.at_large import AT_LARGE, AtLarge, How
from hub.custody.catalogue import KINDS as FACTS
from hub.custody.facts.actions import end
from hub.custody.records import Person
from hub.custody.sentencing import policies
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType
from hub.custody.sentencing.policy import Policy
from hub.custody.sentencing.signing import sign_first, verify
from hub.custody.sentencing.terms import Term
from hub.database import session_scope
from hub.sharing.catalogue import EXCHANGES, About, Direction, Way
from hub.sharing.catalogue.schemas import DIALECT, schema_of
from hub.sharing.gate import share, share_list

from .docket_world import record
from .sharing_world import PURPOSE, SharingWorld, sharing_world
from .site_world import World

CLIENT = Actor("agency:police", "10.1.0.1")
CONFIDENTIAL = {
    "health_flag", "diet", "health_screening", "operational_need", "injury", "assessment", "keep_apart", "visitor_of",
    "visit", "contact", "child", "representative", "confidential", "complaint", "incident_part", "alert", "death",
}  # fmt: skip
POLICY = Policy(name="Two thirds", authority="Invented Act, s. 1", effective_on=date(2000, 1, 1), serve="2/3")
AT_THE_GATE = {
    "hub.sharing.gathering.load", "hub.sharing.disclosures.writing.write_rows", "hub.sharing.documents.envelope",
}  # fmt: skip
DOORS = (
    "gate.py",
    "reading_out.py",
    "gathering.py",
    "documents.py",
    "noting.py",
    "deciding.py",
    "commands.py",
    "recollecting.py",
)


@pytest.mark.parametrize("name", EXCHANGES)
def test_each_exchange_has_a_schema_and_names_nothing_twice(name: str) -> None:
    exchange = EXCHANGES[name]
    schema = schema_of(exchange)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    assert len(exchange.names) == len(exchange.fields)
    assert len({one.place for one in exchange.fields}) == len(exchange.fields)
    assert all(str(one.label).strip() for one in exchange.fields)


def test_no_field_is_read_from_what_is_confidential() -> None:
    read = {kind for exchange in EXCHANGES.values() for one in exchange.fields for kind in one.kinds}
    assert read <= set(FACTS)
    assert not read & CONFIDENTIAL
    assert {FACTS[kind].see for kind in read} == {Permission.SEE_PEOPLE}
    assert all(one.kinds == () for name in ("indicators",) for one in EXCHANGES[name].fields)


@pytest.mark.parametrize("name", [one.name for one in EXCHANGES.values() if one.direction is Direction.OUT])
def test_messages_fit_their_schemas(world: World, name: str) -> None:
    who = sharing_world(world)
    exchange = EXCHANGES[name]
    agency = min(exchange.partners).value
    with session_scope(world.sessions) as session:
        if exchange.about is About.LIST:
            document = share_list(
                session, agency=agency, exchange=name, purpose=PURPOSE[name], people=[who.person], at=world.at,
                actor=CLIENT, way=Way.EXPORT,
            ).document  # fmt: skip
        else:
            document = share(
                session, agency=agency, exchange=name, purpose=PURPOSE[name], person=who.person, at=world.at,
                actor=CLIENT, way=Way.PUSH, given={"observations": [{"SEX": "F", "OBS_VALUE": 3}]},
            ).document  # fmt: skip
    jsonschema.validate(document, schema_of(exchange), jsonschema.Draft202012Validator)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "more": 1}, schema_of(exchange), jsonschema.Draft202012Validator)


def status(world: World, who: SharingWorld) -> dict[str, object]:
    with session_scope(world.sessions) as session:
        shared = share(
            session, agency="courts", exchange="custody_status", purpose="court_listing", person=who.person,
            at=world.at, actor=CLIENT, way=Way.PULL,
        )  # fmt: skip
    return dict(shared.values)


def test_a_release_date_leaves_only_when_two_officers_signed_it(world: World) -> None:
    who = sharing_world(world)
    with session_scope(world.sessions, writes=False) as session:
        person = session.get_one(Person, who.person)
    imposed = Imposed(type=SentenceType.TERM, imposed_on=date(2026, 11, 20), term=Term(years=2))
    record(world, person, SENTENCE, imposed)
    name = "j:SupervisionReleaseEligibilityDate"
    assert name not in status(world, who)
    with session_scope(world.sessions) as session:
        rule = policies.draft(session, POLICY, actor=Actor("dora", ""), at=world.at)
        policies.accept(session, rule.id, actor=Actor("don", ""), at=world.at)
    assert name not in status(world, who)
    with session_scope(world.sessions) as session:
        first = sign_first(session, who.booking, actor=Actor("rita", ""), at=world.at).id
    assert name not in status(world, who), "one signature is not enough"
    with session_scope(world.sessions) as session:
        verify(session, first, actor=Actor("sonia", ""), at=world.at)
    assert isinstance(status(world, who)[name], str)
    world.later(minutes=1)
    record(world, person, SENTENCE, imposed)
    assert name not in status(world, who), "something it was reckoned from changed since"


def test_an_escape_and_a_recapture_name_the_same_report(world: World) -> None:
    who = sharing_world(world)
    with session_scope(world.sessions, writes=False) as session:
        person = session.get_one(Person, who.person)
    gone = record(world, person, AT_LARGE, AtLarge(how=How.ESCAPED, since_at=world.at, police="P 7"))
    assert told(world, who, "escape_notice")["pims:EscapeCategoryCode"] == "escaped"
    world.later(hours=2)
    with session_scope(world.sessions) as session:
        end(session, gone, AT_LARGE, effective_at=world.at, reason="found", actor=CLIENT, at=world.at)
    found = told(world, who, "recapture_notice")
    assert (found["pims:EscapeReportIdentification"], found["pims:RecaptureDate"]) == (
        "P 7",
        "2026-11-22T20:00:00Z",
    )


def told(world: World, who: SharingWorld, exchange: str) -> dict[str, object]:
    with session_scope(world.sessions) as session:
        shared = share(
            session, agency="police", exchange=exchange, purpose=PURPOSE[exchange], person=who.person,
            at=world.at, actor=CLIENT, way=Way.PUSH,
        )  # fmt: skip
    return dict(shared.values)


def test_fields_are_read_and_rows_written_at_the_gate_alone() -> None:
    """No other module of sharing or statistics calls a field's reader, loads what readers read, or writes the log."""
    root = Path(hub.__file__).parent
    found = []
    for path in [one for part in ("sharing", "statistics", "website") for one in (root / part).rglob("*.py")]:
        if path.parent == root / "sharing" and path.name in DOORS:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = path.relative_to(root).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                names = {f"{node.module}.{one.name}" for one in node.names}
                found += [f"{inside}: {name}" for name in sorted(names & AT_THE_GATE)]
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "read"
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in {"field", "one", "column"}
                and "catalogue" not in inside
            ):
                found.append(f"{inside}:{node.lineno}")
    assert found == []
