"""`pims-hub terminals claims|approve|refuse`: taking terminals in on a hub without a browser."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy.orm import Session

from hub import settings
from hub.accounts.audit import OPERATOR
from hub.cli import add_command, say
from hub.terminals.authority import open_authority
from hub.terminals.claims.actions import approve, approvers, find_by_code, refuse, waiting_claims
from hub.terminals.claims.checks import Placing
from hub.terminals.claims.issuing import broker_of, issue_approved
from hub.terminals.claims.records import Claim
from hub.terminals.scope import transaction
from wire.provisioning import CheckpointSettings

if TYPE_CHECKING:
    from hub.cli import Subparsers

FindCheckpoint = Callable[[Session, str], CheckpointSettings]


class ClaimLine(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that waits. Of the code only its beginning: the whole is read from the terminal's screen."""

    name: str
    model: str
    code_begins: str
    address: str
    opened_at: datetime
    approved_by: list[str]


def register(verbs: Subparsers, find_checkpoint: FindCheckpoint) -> None:
    """Declare the three commands below `pims-hub terminals`."""
    listing = add_command(verbs, "claims", _claims, "List the terminals that wait to be taken in.")
    listing.add_argument("--json", action="store_true", help="as a JSON list")
    yes = add_command(verbs, "approve", _approve, "Take in the terminal that shows this claim code.")
    yes.add_argument("code", metavar="CODE", help="the whole code, from the terminal's screen")
    yes.add_argument("--checkpoint", required=True, metavar="CODE", help="where it stands")
    yes.add_argument("--replaces", metavar="NAME", help="a terminal of that checkpoint, which is cut off")
    yes.set_defaults(find_checkpoint=find_checkpoint)
    no = add_command(verbs, "refuse", _refuse, "Refuse the terminal that shows this claim code.")
    no.add_argument("code", metavar="CODE")
    no.add_argument("--reason", default="", help="shown on the terminal")


def _claims(args: argparse.Namespace) -> int:
    with transaction(settings.load(args.data), writes=False) as session:
        lines = [_line(session, claim) for claim in waiting_claims(session, datetime.now(UTC))]
    if args.json:
        say(msgspec.json.format(msgspec.json.encode(lines), indent=2).decode())
        return 0
    for line in lines:
        approved = f"  approved by {', '.join(line.approved_by)}" if line.approved_by else ""
        say(f"{line.name}  {line.model}  {line.code_begins}-....  {line.address}{approved}")
    if not lines:
        say("No terminal waits to be taken in.")
    return 0


def _approve(args: argparse.Namespace) -> int:
    hub = settings.load(args.data)
    now = datetime.now(UTC)
    # Apart, for it loads half the hub, and whoever writes meanwhile would wait for that.
    with transaction(hub, writes=False) as session:
        placing = Placing(args.find_checkpoint(session, args.checkpoint), args.replaces)
    authority = open_authority(hub.keys)
    with transaction(hub, writes=True) as session:
        claim = find_by_code(session, args.code, now)
        enough = approve(
            session,
            claim,
            args.code,
            placing,
            second_person=hub.terminals.second_person,
            actor=OPERATOR,
            now=now,
        )
        if enough:
            issue_approved(session, authority, broker_of(hub.broker), now)
    if not enough:
        say(f"Approved: {claim.name}. A second person must approve it on the page Terminals.")
    elif claim.granted_at is None:
        say(f"Approved, but not granted: {claim.ended_why}")
        return 2
    else:
        replaced = f", in place of {claim.replaces}" if claim.replaces else ""
        say(f"Taken in: {claim.name} at {claim.checkpoint_code}{replaced}")
    return 0


def _refuse(args: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    with transaction(settings.load(args.data), writes=True) as session:
        claim = find_by_code(session, args.code, now)
        refuse(session, claim, args.reason, actor=OPERATOR, now=now)
    say(f"Refused: {claim.name}")
    return 0


def _line(session: Session, claim: Claim) -> ClaimLine:
    return ClaimLine(
        name=claim.name,
        model=claim.model,
        code_begins=(claim.code or "")[:4],
        address=claim.address,
        opened_at=claim.opened_at,
        approved_by=approvers(session, claim),
    )
