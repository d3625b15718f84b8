"""Pages of gates: whether each holds what it shall decide by, what that is, and saying that an area is known anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.acting import acting
from hub.accounts.audit import write_down
from hub.accounts.permissions import Permission
from hub.movements import feed
from hub.movements.records import Checkpoint, FeedKind
from hub.movements.site.tree import Tree, load
from hub.movements.whereabouts.resets import reset_area, resets_around
from hub.roll.gate_plans.gates import Gate, gates, newest
from hub.roll.gate_plans.planning import everything, plan_of
from hub.roll.gate_plans.records import GatePlan, PlanHolding
from hub.sentences import RefusedError, Sentence
from hub.terminals.epochs import current_epoch
from hub.web.door import now, reading, visitor, writing
from hub.web.routes import Pages
from wire.plan import EscortNeed, Plan
from wire.versions import Version

pages = Pages("gate_plans", __name__, template_folder="templates")

ESCORTS = {
    EscortNeed.NONE: Sentence("alone"),
    EscortNeed.OFFICER: Sentence("an officer first"),
    EscortNeed.GROUP: Sentence("an officer first, then the group"),
}
MOST_REASON = 200
FEWEST_LETTERS = 3


@dataclass(frozen=True)
class GateLine:
    """A gate on the list. `holds` tells whether its terminal has the newest plan; None while it is away."""

    terminal: str
    checkpoint: str
    from_zone: str
    to_zone: str
    made: GatePlan | None
    holds: bool | None
    held_at: datetime | None


@pages.page("/gates", Permission.SEE_MOVES)
def all_gates() -> str:
    with reading() as session:
        lines = _lines(session)
    return render_template("gates.html", lines=lines)


@pages.page("/gates/<name>", Permission.SEE_MOVES)
def one(name: str) -> str:
    return _page(name, None)


@pages.page("/gates/<name>/reset", Permission.GIVE_ORDERS, methods=("POST",))
def reset(name: str) -> Response | tuple[str, int]:
    """From now on nobody is known to be behind this gate by what was proven before."""
    reason = " ".join(request.form.get("reason", "").split())
    try:
        if not FEWEST_LETTERS <= len(reason) <= MOST_REASON:
            raise RefusedError("reason", Sentence("Write why, in at most 200 characters."))
        with writing() as session:
            gate = _gate(session, name)
            if gate is None:
                abort(404)
            zone = load(session).zone(gate.to_zone)
            reset_area(session, zone.id, by=visitor().login, reason=reason, at=now())
            write_down(session, at=now(), actor=acting(), act="area.reset", subject=zone.code, detail=name)
            told = {"what": "area_reset", "zone": zone.code, "by": visitor().login, "at": now().isoformat()}
            feed.append(session, [feed.Line(now(), FeedKind.TERMINAL, told)])
    except RefusedError as error:
        return _page(name, error.message), 400
    return redirect(url_for("gate_plans.one", name=name), 303)


def _page(terminal: str, problem: Sentence | None) -> str:
    """What the gate decides by names people: the look is written down before it is shown."""
    with writing() as session:
        gate = _gate(session, terminal)
        if gate is None:
            abort(404)
        plan = plan_of(everything(session, now(), [gate]), gate)
        line = next(line for line in _lines(session) if line.terminal == terminal)
        done = resets_around(session, gate.to_zone)
        write_down(session, at=now(), actor=acting(), act="gate.look", subject=terminal)
    return render_template(
        "gate.html",
        line=line,
        plan=plan,
        room=plan.rooms[0].most if plan.rooms else None,
        resets=done,
        now=now(),
        escorts=ESCORTS,
        problem=problem,
        reason=request.form.get("reason", ""),
        open_now=_open_now(plan),
    )


def _open_now(plan: Plan) -> int:
    return sum(one.from_at <= now() <= one.until_at for one in plan.passes)


def _gate(session: Session, terminal: str) -> Gate | None:
    return next((gate for gate in gates(session) if gate.name == terminal), None)


def _lines(session: Session) -> list[GateLine]:
    tree, made, epoch = load(session), newest(session), current_epoch(session)
    names: dict[str, str] = {
        row.code: row.name for row in session.execute(select(Checkpoint.code, Checkpoint.name))
    }
    held_at: dict[int, datetime] = {
        row.terminal_id: row.since_at for row in session.scalars(select(PlanHolding))
    }
    return [_line(gate, tree, made.get(gate.terminal_id), epoch, names, held_at) for gate in gates(session)]


def _line(
    gate: Gate,
    tree: Tree,
    made: GatePlan | None,
    epoch: int,
    names: dict[str, str],
    held_at: dict[int, datetime],
) -> GateLine:
    current = made is not None and gate.held == Version(epoch, made.counter)
    return GateLine(
        gate.name,
        names[gate.checkpoint],
        tree.zone(gate.from_zone).name,
        tree.zone(gate.to_zone).name,
        made,
        None if gate.session is None else current,
        held_at.get(gate.terminal_id),
    )
