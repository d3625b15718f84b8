"""Policies of release: written down, tried on everybody, accepted by a second person; and the holidays."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.accounts.audit import write_down
from hub.accounts.fresh import require_fresh_factor
from hub.accounts.permissions import Permission
from hub.custody.iccs import ICCS, words_of
from hub.custody.sentencing import policies, trials
from hub.custody.sentencing import policy as rules
from hub.custody.sentencing.dates import Certainty
from hub.custody.sentencing.forms import SENTENCE_TYPES
from hub.custody.sentencing.terms import in_words, is_nothing
from hub.reception.file.subject import actor
from hub.reception.sentencing.background import TrialRunner
from hub.reception.sentencing.policy_form import EXCLUSIONS, PARTS, PolicyForm, empty, typed_of
from hub.reception.sentencing.words import CERTAINTIES, WEEKDAYS
from hub.sentences import RefusedError, Sentence
from hub.web.door import now, reading, service, visitor, writing
from hub.web.known import known_at, known_on
from hub.web.routes import Pages, number_in

pages = Pages("policies", __name__, template_folder="templates")

PAGE = 100


@pages.page("/policies", Permission.SEE_PEOPLE)
def listed() -> str:
    at = known_at()
    with reading() as session:
        found = policies.all_policies(session, known_at=at)
    return render_template("sentencing/policies.html", found=found, known_on=known_on())


@pages.page("/policies/new", Permission.SET_POLICIES)
def new() -> str:
    replaces = number_in(request.args.get("replaces", ""))
    typed = empty()
    if replaces:
        with reading() as session:
            typed = typed_of(policies.standing_of(session, replaces).policy) | {"replaces": str(replaces)}
    return _form(PolicyForm(typed))


@pages.page("/policies/new", Permission.SET_POLICIES, methods=("POST",))
def write() -> Response | str | tuple[str, int]:
    form = PolicyForm(request.form.to_dict())
    policy = form.policy()
    if policy is None:
        return _form(form), 400
    replaces = number_in(form.get("replaces")) or None
    with writing() as session:
        if replaces is not None:
            policies.standing_of(session, replaces)
        row = policies.draft(session, policy, replaces=replaces, actor=actor(), at=now())
        trial = trials.start(session, row.id, withdraws=False, actor=actor(), at=now())
    service(TrialRunner).go(trial.id)
    return redirect(url_for("policies.policy", policy_id=row.id), 303)


@pages.page("/policies/<int:policy_id>", Permission.SEE_PEOPLE)
def policy(policy_id: int) -> str:
    return _show(policy_id)


@pages.page("/policies/<int:policy_id>/trial", Permission.SET_POLICIES)
def progress(policy_id: int) -> str:
    with reading() as session:
        standing = _standing(session, policy_id)
        trial = trials.newest_trial(session, policy_id, withdraws=standing.in_force)
    return render_template("sentencing/progress.html", trial=trial)


@pages.page("/policies/<int:policy_id>", Permission.SET_POLICIES, methods=("POST",))
def decide(policy_id: int) -> Response | str | tuple[str, int]:
    ask = require_fresh_factor()
    if ask is not None:
        return ask
    try:
        trial_id = _decide(policy_id, request.form.get("act", ""), request.form.get("reason", ""))
    except RefusedError as error:
        return _show(policy_id, error.message), 400
    if trial_id is not None:
        service(TrialRunner).go(trial_id)
    return redirect(url_for("policies.policy", policy_id=policy_id), 303)


def _decide(policy_id: int, act: str, reason: str) -> int | None:
    """Carry a decision out; the trial that it starts, where it starts one."""
    with writing() as session:
        standing, who, at = _standing(session, policy_id), actor(), now()
        match act:
            case "accept":
                trials.need_finished(session, policy_id, withdraws=False)
                policies.accept(session, policy_id, actor=who, at=at)
            case "propose":
                policies.propose_withdrawal(session, policy_id, reason, actor=who, at=at)
                return trials.start(session, policy_id, withdraws=True, actor=who, at=at).id
            case "withdraw":
                if standing.in_force:
                    trials.need_finished(session, policy_id, withdraws=True)
                policies.withdraw(session, policy_id, reason, actor=who, at=at)
            case "try":
                return trials.start(session, policy_id, withdraws=standing.in_force, actor=who, at=at).id
            case _:
                raise RefusedError("no_act", Sentence("Choose what is to be done."))
    return None


def _standing(session: Session, policy_id: int) -> policies.Standing:
    try:
        return policies.standing_of(session, policy_id)
    except RefusedError:
        abort(404)


def _show(policy_id: int, problem: Sentence | None = None) -> str:
    may = visitor().may(Permission.SET_POLICIES)
    page = max(1, number_in(request.args.get("page", "1")))
    with writing() as session:
        standing = _standing(session, policy_id)
        open_change = standing.is_draft or standing.leaves
        trial = None
        if may and open_change:
            trial = trials.newest_trial(session, policy_id, withdraws=standing.in_force)
        lines, tally, since = [], None, 0
        if trial is not None and trial.finished_at is not None:
            lines = trials.lines(session, trial.id, limit=PAGE, offset=(page - 1) * PAGE)
            tally = trials.tally(session, trial.id)
            since = trials.changed_since(session, trial)
            write_down(session, at=now(), actor=actor(), act="policy.differences", subject=str(policy_id))
    if trial is not None and trials.stalled(trial, now()):
        service(TrialRunner).go(trial.id)
    return render_template(
        "sentencing/policy.html",
        standing=standing,
        policy=standing.policy,
        problem=problem,
        trial=trial,
        lines=lines,
        tally=tally,
        since=since,
        page=page,
        per_page=PAGE,
        odd=rules.oddities_of(standing.policy),
        words=rules,
        certainties={key.value: value for key, value in CERTAINTIES.items()},
        certainty=Certainty,
        types=SENTENCE_TYPES,
        words_of=words_of,
        term_words=in_words,
        is_nothing=is_nothing,
        weekdays=WEEKDAYS,
        acts={one.act: one for one in standing.decisions},
    )


def _form(form: PolicyForm) -> str:
    return render_template(
        "sentencing/policy_form.html",
        form=form,
        words=rules,
        types=SENTENCE_TYPES,
        iccs=ICCS,
        parts=PARTS,
        rows=range(1, EXCLUSIONS + 1),
        weekdays=WEEKDAYS,
    )
