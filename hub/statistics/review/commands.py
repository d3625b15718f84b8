"""`pims-hub review make` and `pims-hub review freeze`."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from hub import settings
from hub.accounts.audit import OPERATOR
from hub.biometrics.vault import Vault
from hub.biometrics.vault_key import open_vault
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.statistics.review.actions import derive, keep, refuse_without_reason
from hub.statistics.review.progress import WORDS, Part, Progress
from hub.statistics.review.reading.kept import Standing, newest_of, standing_of
from hub.statistics.review.showing import page_file, pdf_file, seal_files, touched_papers
from hub.statistics.review.signing import is_genuine
from hub.web.language import LANGUAGES

if TYPE_CHECKING:
    from hub.cli import Subparsers

_FILES: Final = {"pdf": pdf_file, "html": page_file}


def register(subparsers: Subparsers) -> None:
    """Declare both commands."""
    parser = subparsers.add_parser("review", help="the yearly review of the Data Policy")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    making = add_command(verbs, "make", _make, "Derive the review of a year from what is known now.")
    making.add_argument("--why", default="", help="why a frozen review needs another revision")
    freezing = add_command(
        verbs, "freeze", _freeze, "Write out the frozen review; says who still has to sign where it is not."
    )
    for one in (making, freezing):
        one.add_argument("--year", type=int, required=True, help="as in 2026")
        one.add_argument(
            "--out", type=Path, metavar="DIR", help="write PDF and HTML there, in every language"
        )


def _make(args: argparse.Namespace) -> int:
    hub = settings.load(args.data)
    engine, at = make_engine(hub.database), datetime.now(UTC)
    sessions = make_sessions(engine)
    with session_scope(sessions, writes=False) as session:
        refuse_without_reason(session, args.year, args.why)
        derived = derive(session, args.year, at, _Teller())
    with session_scope(sessions) as session:
        row = keep(session, derived, args.why, actor=OPERATOR, at=at)
        one = standing_of(session, row)
        many = len(one.content.recommendations)
        say(f"{row.year}, revision {row.revision}, as at {row.reference_on}: {many} recommendations derived")
    _write_out(open_vault(hub.keys), one, args.out)
    engine.dispose()
    return 0


def _freeze(args: argparse.Namespace) -> int:
    hub = settings.load(args.data)
    engine = make_engine(hub.database)
    with session_scope(make_sessions(engine), writes=False) as session:
        one = _newest(session, args.year)
    engine.dispose()
    if one.seal is None:
        waits = "the director" if one.signed else "whoever wrote it, and then the director"
        raise HubError(
            "not_signed", f"Not frozen: it waits for the signature of {waits}. They sign on /review."
        )
    vault = open_vault(hub.keys)
    if not is_genuine(vault, one.seal):
        raise HubError(
            "seal",
            f"The seal of {one.row.year}, revision {one.row.revision}, does not hold: what is stored is not what was "
            "signed, or another hub sealed it. Nothing is written out. Restore it from a backup.",
        )
    say(f"{one.row.year}, revision {one.row.revision}, frozen: content {one.digest}")
    touched = touched_papers(vault, one)
    if touched:
        say(f"Kept papers were changed in the database since, and are set anew: {', '.join(touched)}.")
    _write_out(vault, one, args.out)
    return 0


def _newest(session: Session, year: int) -> Standing:
    row = newest_of(session, year)
    if row is None:
        raise HubError(
            "no_review", f"There is no review of {year}. Make one: pims-hub review make --year {year}"
        )
    return standing_of(session, row)


def _write_out(vault: Vault, one: Standing, folder: Path | None) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        for ending, make in _FILES.items():
            path = folder / f"data-policy-review-{one.row.year}-{one.row.revision}-{language}.{ending}"
            path.write_bytes(make(vault, one, language))
            say(str(path))
    for ending, raw in seal_files(one).items():
        path = folder / f"data-policy-review-{one.row.year}-{one.row.revision}.{ending}"
        path.write_bytes(raw)
        say(str(path))


class _Teller:
    """Says each part once, and within a part how far it is whenever a tenth more of the whole is through."""

    def __init__(self) -> None:
        self._last: tuple[Part, int] | None = None

    def __call__(self, progress: Progress) -> None:
        now = (progress.part, progress.percent // 10)
        if now != self._last:
            many = f", {progress.done:,} of {progress.total:,}" if progress.done else ""
            say(f"{progress.percent:2} % {WORDS[progress.part]}{many}")
        self._last = now
