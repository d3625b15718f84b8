"""One message beside the file: whom it may be about, what stands there now, what it says, what would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.biometrics.photos import people_with_photo
from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import Field, Input, Kind, read_value
from hub.custody.facts.reading import holding, rows_of, steps
from hub.custody.facts.records import Act, Fact
from hub.custody.iccs import ICCS
from hub.custody.identity import SEXES
from hub.custody.legal import LEGAL_STATUS, ORDER
from hub.custody.merging.reading import family_of
from hub.custody.records import Person
from hub.custody.rules import Sex
from hub.custody.search.records import SearchEntry
from hub.custody.sentencing.terms import Term, in_words
from hub.custody.who.countries import countries
from hub.custody.who.identifiers import IDENTIFIER, plain_number
from hub.custody.who.marks import MARK
from hub.reception.file.values import is_three_way, offered
from hub.sentences import Sentence
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.inbox.applying import Trial, Where, moves_dates, tried
from hub.sharing.inbox.doubts_of_file import LAID_BEFORE
from hub.sharing.inbox.drafts import Draft, any_faults, choices_of, told
from hub.sharing.inbox.lists import Read
from hub.sharing.inbox.messages import Definition, DueOn, SentTerm, Subject
from hub.sharing.inbox.proposing.parts import OnFile
from hub.sharing.inbox.records import InboxFact
from hub.sharing.inbox.words import CODES, FIELDS
from hub.web.formats import SITE_ZONE
from hub.web.language import current_language, say, translated

_GONE: Final = Sentence("no longer on the file")
ON_FILE: Final[tuple[Kind[Any], ...]] = (LEGAL_STATUS, *LAID_BEFORE)


@dataclass(frozen=True)
class Told:
    """Something of a candidate. `agrees` says whether the message says the same; None where it says nothing of it."""

    label: Sentence
    said: Sentence | str
    agrees: bool | None = None


@dataclass(frozen=True)
class Candidate:
    """Somebody whom a message may be about, with what tells them apart from others."""

    person: Person
    in_custody: bool
    has_photo: bool
    told: tuple[Told, ...]

    def __repr__(self) -> str:
        return f"Candidate({self.person.number})"


@dataclass(frozen=True)
class Line:
    """One field of one fact: as it is on file now, and as it would be."""

    field: Field
    now: Sentence | str
    then: Sentence | str

    @property
    def changes(self) -> bool:
        return str(self.now) != str(self.then)


@dataclass(frozen=True)
class Became:
    """A fact that the message became, and whether it was taken back or corrected on the file since."""

    row: Fact
    kind: Sentence
    said: Sentence
    overtaken: bool


def candidates(session: Session, subject: Subject, people: Sequence[Person]) -> list[Candidate]:
    """What is known of each, beside what the message says."""
    faces = people_with_photo(session, [one.id for one in people])
    return [_candidate(session, subject, one, one.id in faces) for one in people]


def _candidate(session: Session, subject: Subject, person: Person, has_photo: bool) -> Candidate:
    rows = rows_of(session, family_of(session, person.id))
    entry = session.get(SearchEntry, person.id)
    inside = entry is not None and entry.in_custody
    found = [
        Told(Sentence("Born"), _day(person.born_on), _agree(person.born_on, subject.born_on)),
        Told(
            Sentence("Sex"), SEXES[Sex(person.sex)], None if subject.sex == "U" else person.sex == subject.sex
        ),
    ]
    if entry is not None and entry.place:
        found.append(Told(Sentence("Lives in"), entry.place))
    theirs = plain_number(subject.reference)
    for one in holding(IDENTIFIER, rows):
        agrees = plain_number(one.value.number) == theirs if theirs else None
        found.append(Told(Sentence("Number of another agency"), IDENTIFIER.say(one.value), agrees))
    found += [Told(ORDER.words, ORDER.say(one.value)) for one in holding(ORDER, rows)[-3:]]
    found += [Told(MARK.words, MARK.say(one.value)) for one in holding(MARK, rows)[:3]]
    return Candidate(person, inside, has_photo, tuple(found))


def _day(day: date | None) -> Sentence | str:
    return Sentence("not known") if day is None else Sentence("%(day)s", {"day": day})


def _agree(held: date | None, sent: date | None) -> bool | None:
    return None if held is None or sent is None else held == sent


def message_lines(found: Read) -> list[tuple[Sentence | str, Sentence | str]]:
    """The message as it was sent, field by field, codes in words."""
    exchange = EXCHANGES[found.row.exchange]
    words = {**{one.name: one.label for one in exchange.fields}, **FIELDS}
    return [] if found.message is None else list(_lines(found.message, words))


def _lines(
    part: msgspec.Struct, words: Mapping[str, Sentence]
) -> Iterator[tuple[Sentence | str, Sentence | str]]:
    for each in msgspec.structs.fields(part):
        value = getattr(part, each.name)
        held = value if isinstance(value, tuple) else (value,)
        for one in held:
            if isinstance(one, msgspec.Struct) and not isinstance(one, SentTerm | Definition | DueOn):
                yield from _lines(one, words)
            elif one not in (None, "", SentTerm()):
                yield words.get(each.encode_name, each.encode_name), said_of_field(each.encode_name, one)


def said_of_field(name: str, value: object) -> Sentence | str:
    """One value of a message, codes in words; `name` is that of its field."""
    code = CODES.get(name, {}).get(str(value))
    if code is not None:
        return code
    match value:
        case bool():
            return Sentence("yes") if value else Sentence("no")
        case SentTerm():
            return in_words(Term(**msgspec.structs.asdict(value)))
        case Definition():
            return f"{value.code}: {value.words}"
        case DueOn():
            return Sentence("%(day)s: %(what)s", {"day": value.on, "what": value.what})
        case datetime():
            local = value.astimezone(SITE_ZONE)
            return Sentence("%(day)s, %(time)s", {"day": local.date(), "time": local.strftime("%H:%M")})
        case date():
            return Sentence("%(day)s", {"day": value})
        case int() if name in _CENTS:
            return f"{value / 100:,.2f}"
    return str(value)


_CENTS: Final = frozenset({"pims:FineCents", "j:BailSetAmount"})


def lines_of(draft: Draft) -> list[Line]:
    """Each field that is filled now or would be."""
    proposal = draft.proposal
    found = []
    for each in proposal.kind.fields:
        if each.input is Input.ITEM:
            continue
        now, then = told(proposal.was, each), told(draft.value or proposal.value, each)
        if now or then:
            found.append(Line(each, now, then))
    return found


def held_now(there: OnFile) -> list[tuple[Sentence, Sentence, Fact]]:
    """What the file says of the law: (what it is, what it says, the line)."""
    return [(kind.words, kind.say(one.value), one.row) for kind in ON_FILE for one in there.held(kind)]


def field_choices(there: OnFile, drafts: Sequence[Draft]) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """By draft and field, what can be chosen: codes with their words."""
    items = {
        kind: [(str(one.item), KINDS[kind].say(one.value)) for one in there.held(KINDS[kind])]
        for kind in ("order", "charge", "sentence")
    }
    things = choices_of(drafts, items)
    return {one.name: dict(_choices(one, things)) for one in drafts}


def _choices(one: Draft, things: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for each in one.proposal.kind.fields:
        held = one.typed.get(each.name, "")
        if each.input is Input.CHOICE:
            yield each.name, translated(each.options)
        elif each.input is Input.OFFENCE:
            yield each.name, [(code, f"{code} {say(words)}") for code, words in ICCS.items()]
        elif each.input is Input.ITEM:
            own = f"@{one.name}"
            found = [(code, say(words)) for code, words in things.get(each.of, ()) if code != own]
            gone = [(held, say(_GONE))] if held and held not in dict(found) else []
            yield each.name, [*gone, *found]
        elif each.offered:
            yield each.name, [(code, say(words)) for code, words in offered(each, held)]
        elif each.input is Input.COUNTRY:
            yield each.name, list(countries(current_language()).items())
        elif is_three_way(one.proposal.kind, each):
            yield each.name, [("yes", say(Sentence("Yes"))), ("no", say(Sentence("No")))]


def unanswered(one: Draft) -> set[str]:
    """Fields that ask yes or no and may stay without an answer."""
    return {each.name for each in one.proposal.kind.fields if is_three_way(one.proposal.kind, each)}


def trial(
    session: Session, found: Read, drafts: Sequence[Draft], *, actor: Actor, at: datetime
) -> Trial | None:
    """The release date before and after; None where nothing of it is reckoned, or it cannot be recorded."""
    if found.match is None or found.match.person is None or not moves_dates(drafts) or any_faults(drafts):
        return None
    where = Where(found.match.person, found.match.booking, found.row)
    return tried(session, drafts, where, actor=actor, at=at, today=at.astimezone(SITE_ZONE).date())


def became(session: Session, message_id: int) -> list[Became]:
    """The facts that a message became."""
    numbers = list(
        session.scalars(
            select(InboxFact.fact_id).where(InboxFact.message_id == message_id).order_by(InboxFact.id)
        )
    )
    found = []
    for row in (session.get(Fact, each) for each in numbers):
        if row is None:
            continue  # deleted with the file, as the law asks
        kind = KINDS[row.kind]
        after = {step.row.id: step.overtaken_by for step in steps(rows_of(session, [row.person_id], kind))}
        gone = after.get(row.id) is not None or row.act != Act.STATES
        found.append(Became(row, kind.words, kind.say(read_value(kind, row.value)), gone))
    return found
