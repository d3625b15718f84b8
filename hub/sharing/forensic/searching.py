"""The search itself: between the transactions, for what a search reads must hold up nobody who writes."""

from __future__ import annotations

from hub.accounts.acting import acting
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.probes import Candidate, Probe, candidates, probe_of_image, probe_of_record
from hub.biometrics.vault import Vault
from hub.sentences import RefusedError, Sentence
from hub.sharing.forensic.answering import people_inside
from hub.sharing.forensic.approving import approve_search
from hub.sharing.forensic.records import ForensicProbe, ForensicRequest
from hub.sharing.forensic.rules import Ask, approvers
from hub.sharing.forensic.sealing import ParcelSeal
from hub.sharing.forensic.steps import over, steps_of
from hub.web.door import now, reading, service, writing


def approve_and_search(asked: int) -> None:
    """The visitor's yes to an identity request, and the search where theirs is the last that is needed.

    RefusedError "not_good_enough" when the finger cannot be searched by: nothing is approved then, and the officer
    answers so.
    """
    found: list[Candidate] = []
    with reading() as session:
        row = session.get(ForensicRequest, asked)
        held = session.get(ForensicProbe, asked)
        if row is None or held is None or row.kind != Ask.IDENTITY:
            raise over()
        raw = service(ParcelSeal).unlock(held.sealed, f"probe {row.id}")
        last = len(approvers(steps_of(session, row.id))) + 1 >= row.approvals
        dpi = row.dpi
    if last:
        probe = _judged(raw, dpi)
        search = service(DuplicateSearch)
        with reading() as session:
            found = candidates(session, service(Vault), search, probe, people_inside(session))
    with writing() as session:
        approve_search(session, session.get_one(ForensicRequest, asked), found, actor=acting(), at=now())


def _judged(raw: bytes, dpi: int | None) -> Probe:
    if dpi is None:
        return probe_of_record(raw)
    try:
        return probe_of_image(raw, dpi)
    except RefusedError as error:
        raise RefusedError(
            "not_good_enough",
            Sentence(
                "The finger cannot be searched by: %(reason)s Answer below that it is not good enough.",
                {"reason": error.message},
            ),
        ) from None
