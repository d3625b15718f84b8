"""`pims-hub retention show`, `propose` and `apply`. Approving and confirming takes two signed-in persons: the pages."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hub import settings
from hub.accounts.audit import OPERATOR
from hub.biometrics.vault_key import open_vault
from hub.cli import add_command, say
from hub.database import make_engine, make_sessions, session_scope
from hub.errors import HubError
from hub.keeping.deleting import forget_deleted, remember_deleted
from hub.keeping.retention.actions import RuleDraft, propose_rule
from hub.keeping.retention.deleting import apply_some
from hub.keeping.retention.reading import approved_rules, items_of, open_run, outlook
from hub.keeping.retention.rules import binding
from hub.web.formats import SITE_ZONE

if TYPE_CHECKING:
    from hub.cli import Subparsers

PROPOSAL = Path(__file__).parent / "retention" / "proposal.toml"
_AT_ONCE = 100


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    outcome: str
    thing: str
    authority: str
    keep_days: int | None = None
    effective_on: date | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: list[_Rule]


def register(subparsers: Subparsers) -> None:
    """Declare the three."""
    parser = subparsers.add_parser("retention", help="what is kept how long, and deleting what is not")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    show = add_command(verbs, "show", _show, "Say what would be deleted, without deleting anything.")
    show.add_argument(
        "--on", type=date.fromisoformat, metavar="DAY", help="as of this day; today unless told"
    )
    propose = add_command(
        verbs, "propose", _propose, "Propose rules from a file; another person approves each."
    )
    propose.add_argument(
        "file", type=Path, nargs="?", default=PROPOSAL, help="TOML; our own proposal unless told"
    )
    add_command(verbs, "apply", _apply, "Carry the confirmed deletion out now; ingest does so by itself.")


def _show(args: argparse.Namespace) -> int:
    engine = make_engine(settings.load(args.data).database)
    today = args.on or datetime.now(UTC).astimezone(SITE_ZONE).date()
    with session_scope(make_sessions(engine), writes=False) as session:
        rules = binding(approved_rules(session), today)
        if not rules:
            say(
                "No rule is agreed yet, so nothing is ever due. Propose rules, and have another person approve them."
            )
        for (outcome, thing), rule in sorted(rules.items()):
            kept = "for ever" if rule.keep_days is None else f"{rule.keep_days} days"
            say(f"rule {rule.id}: {outcome}, {thing}: {kept}")
        found = outlook(session, today)
        run = open_run(session)
        waiting = 0 if run is None else sum(item.done_at is None for item in items_of(session, run.id))
    engine.dispose()
    for item in found.items:
        say(f"{item.number}  {item.thing.value}  since {item.due.on}  rule {item.due.rule_id}")
    counts = Counter(item.thing.value for item in found.items)
    say(
        f"Due on {today}: "
        + (", ".join(f"{count} {thing}" for thing, count in sorted(counts.items())) or "nothing")
    )
    if found.held:
        say(f"Kept by a legal hold: {', '.join(found.held)}")
    if run is not None:
        state = "confirmed" if run.confirmed_at else "not confirmed yet"
        say(f"Deletion {run.id} is open, {state}: {waiting} items left.")
    return 0


def _propose(args: argparse.Namespace) -> int:
    try:
        found = msgspec.toml.decode(args.file.read_bytes(), type=_File)
    except OSError as error:
        raise HubError("rules", f"{args.file} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HubError("rules", f"{args.file} cannot be used: {error}. Correct it and try again.") from error
    now = datetime.now(UTC)
    engine = make_engine(settings.load(args.data).database)
    with session_scope(make_sessions(engine)) as session:
        for rule in found.rule:
            effective_on = rule.effective_on or now.astimezone(SITE_ZONE).date()
            draft = RuleDraft(rule.outcome, rule.thing, rule.keep_days, rule.authority, effective_on)
            propose_rule(session, draft, actor=OPERATOR, at=now)
    engine.dispose()
    say(f"Proposed {len(found.rule)} rules. None binds before somebody approved it on the page of retention.")
    return 0


def _apply(args: argparse.Namespace) -> int:
    hub = settings.load(args.data)
    engine = make_engine(hub.database)
    sessions, vault, total = make_sessions(engine), open_vault(hub.keys), 0
    while done := apply_some(sessions, vault, most=_AT_ONCE, actor=OPERATOR, clock=lambda: datetime.now(UTC)):
        total += done
        say(f"{total} done")
    if total:
        remember_deleted(sessions, hub.data)
        if not forget_deleted(sessions):
            say("Somebody reads the database for long: what was deleted leaves its log when they end.")
    engine.dispose()
    say("Nothing is left to do." if total else "There is no confirmed deletion.")
    return 0
