"""Admissions under way: begun, saved at each step, found again by any clerk, abandoned. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor, write_down
from hub.biometrics.vault import Vault
from hub.reception.admitting.content import Content
from hub.reception.admitting.records import AdmissionStep, HandedIn, State, UnderWay
from hub.sentences import RefusedError, Sentence

MOST_OPEN: Final = 200
"""More admissions under way at once than any reception has: whoever begins another first ends one."""


@dataclass(frozen=True)
class Draft:
    """An admission under way with its answers."""

    row: UnderWay
    content: Content

    @property
    def subject(self) -> str:
        """How the trail and desks name it: no person's number yet."""
        return self.row.key

    def __repr__(self) -> str:
        return f"Draft({self.row.key})"


class OvertakenError(RefusedError):
    """Somebody else saved the same admission since the page was opened; `theirs` is what stands now."""

    def __init__(self, theirs: Draft) -> None:
        super().__init__(
            "overtaken",
            Sentence(
                "%(login)s saved this admission while you were writing. Nothing of yours is lost: look at what "
                "differs below, and save again to keep yours.",
                {"login": theirs.row.changed_by},
            ),
        )
        self.theirs = theirs


def begin(session: Session, vault: Vault, *, key: str, actor: Actor, at: datetime) -> Draft:
    """A new admission; `key` is 32 hexadecimal digits by chance."""
    if len(under_way(session, vault)) >= MOST_OPEN:
        raise RefusedError(
            "too_many", Sentence("Too many admissions are under way. Finish or abandon some of them first.")
        )
    row = UnderWay(
        key=key,
        state=State.OPEN,
        version=1,
        started_at=at,
        started_by=actor.login[:64],
        changed_at=at,
        changed_by=actor.login[:64],
        sealed=_seal(vault, key, Content()),
        ended_because="",
    )
    session.add(row)
    session.flush()
    note_step(session, row, "begin", actor, at)
    return Draft(row, Content())


def draft_of(session: Session, vault: Vault, key: str) -> Draft | None:
    """The admission of this key with its answers; those of one that ended are empty."""
    row = session.scalar(select(UnderWay).where(UnderWay.key == key))
    return None if row is None else Draft(row, _open(vault, row))


def count_under_way(session: Session) -> int:
    """How many admissions are open; unseals none."""
    return session.scalar(select(func.count(UnderWay.id)).where(UnderWay.state == State.OPEN)) or 0


def under_way(session: Session, vault: Vault) -> list[Draft]:
    """Open admissions, the longest waiting first."""
    rows = session.scalars(select(UnderWay).where(UnderWay.state == State.OPEN).order_by(UnderWay.id))
    return [Draft(row, _open(vault, row)) for row in rows]


def save(
    session: Session,
    vault: Vault,
    draft: Draft,
    content: Content,
    what: str,
    *,
    seen: int,
    actor: Actor,
    at: datetime,
) -> Draft:
    """Keep the answers; OvertakenError when somebody saved since version `seen`, RefusedError when it has ended."""
    row = draft.row
    changed = session.execute(
        update(UnderWay)
        .where(UnderWay.id == row.id, UnderWay.state == State.OPEN, UnderWay.version == seen)
        .values(
            version=seen + 1,
            sealed=_seal(vault, row.key, content),
            changed_at=at,
            changed_by=actor.login[:64],
        )
        .returning(UnderWay.id)
    ).one_or_none()
    session.refresh(row)
    if changed is None:
        refuse_ended(row)
        session.expunge(row)  # it is shown after the transaction was given up
        raise OvertakenError(Draft(row, _open(vault, row)))
    note_step(session, row, what, actor, at)
    return Draft(row, content)


def end(
    session: Session,
    row: UnderWay,
    state: State,
    *,
    because: str,
    person_id: int | None,
    actor: Actor,
    at: datetime,
) -> None:
    """It is over: answers and images are thrown away. RefusedError when somebody ended it before."""
    changed = session.execute(
        update(UnderWay)
        .where(UnderWay.id == row.id, UnderWay.state == State.OPEN)
        .values(
            state=state,
            sealed=b"",
            ended_because=because.strip()[:300],
            person_id=person_id,
            changed_at=at,
            changed_by=actor.login[:64],
        )
        .returning(UnderWay.id)
    ).one_or_none()
    session.refresh(row)
    if changed is None:
        refuse_ended(row)
    session.execute(delete(HandedIn).where(HandedIn.under_way_id == row.id))
    note_step(session, row, state.value.lower(), actor, at)


def abandon(session: Session, row: UnderWay, because: str, *, actor: Actor, at: datetime) -> None:
    """Nobody is taken in; RefusedError without a reason."""
    if len(because.strip()) < 3:
        raise RefusedError("because", Sentence("Write why nobody is taken in, in a few words."))
    end(session, row, State.ABANDONED, because=because, person_id=None, actor=actor, at=at)


def refuse_ended(row: UnderWay) -> None:
    """RefusedError unless the admission is still open."""
    if row.state == State.DONE:
        raise RefusedError(
            "done_already",
            Sentence("%(login)s has finished this admission. Open the file.", {"login": row.changed_by}),
        )
    if row.state == State.ABANDONED:
        raise RefusedError("abandoned", Sentence("This admission was abandoned. Begin another one."))


def keep_images(
    session: Session,
    vault: Vault,
    draft: Draft,
    name: str,
    images: Sequence[bytes],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Keep images under a name in the place of those that were there."""
    session.execute(delete(HandedIn).where(HandedIn.under_way_id == draft.row.id, HandedIn.name == name))
    for number, raw in enumerate(images, 1):
        sealed = vault.lock(raw, _image_place(draft.row.key, name, number))
        session.add(HandedIn(under_way_id=draft.row.id, name=name, number=number, sealed=sealed))
    session.flush()
    note_step(session, draft.row, f"images {name}", actor, at)


def images_of(session: Session, vault: Vault, draft: Draft, name: str) -> list[bytes]:
    """The images that are kept under a name."""
    rows = session.scalars(
        select(HandedIn)
        .where(HandedIn.under_way_id == draft.row.id, HandedIn.name == name)
        .order_by(HandedIn.number)
    )
    return [vault.unlock(row.sealed, _image_place(draft.row.key, name, row.number)) for row in rows]


def image_counts(session: Session, draft: Draft) -> dict[str, int]:
    """How many images are kept under each name."""
    names = session.scalars(select(HandedIn.name).where(HandedIn.under_way_id == draft.row.id)).all()
    return {name: names.count(name) for name in set(names)}


def steps_of(session: Session, row: UnderWay) -> Sequence[AdmissionStep]:
    """What was done, the oldest first."""
    wanted = select(AdmissionStep).where(AdmissionStep.under_way_id == row.id).order_by(AdmissionStep.id)
    return session.scalars(wanted).all()


def note_step(session: Session, row: UnderWay, what: str, actor: Actor, at: datetime) -> None:
    """Write down what was done, here and in the trail."""
    session.add(AdmissionStep(under_way_id=row.id, what=what[:32], at=at, by=actor.login[:64]))
    write_down(session, at=at, actor=actor, act="admission.step", subject=row.key, detail=what)
    session.flush()


def _seal(vault: Vault, key: str, content: Content) -> bytes:
    return vault.lock(msgspec.json.encode(content), f"admission {key}")


def _open(vault: Vault, row: UnderWay) -> Content:
    if not row.sealed:
        return Content()
    return msgspec.json.decode(vault.unlock(row.sealed, f"admission {row.key}"), type=Content)


def _image_place(key: str, name: str, number: int) -> str:
    return f"admission {key} {name} {number}"
