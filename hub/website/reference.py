"""`python -m hub.website.reference > docs/permissions.md`: the permission table as a document, from the code."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.pages_behind import pages_behind
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import ALLOWED, Permission, Role
from hub.accounts.policy import DEFAULT_RULES
from hub.accounts.words import DUTIES, ROLES, permission_words
from hub.biometrics.vault import Vault
from hub.cli import say
from hub.database import make_engine, make_sessions
from hub.website.app import Parts, create_app, live_feed

_HEAD = """# Who may do what

Written by `python -m hub.website.reference` from `hub/accounts/permissions.py`; a test fails when it is out of date.
The same table stands on the page `/permissions`. Nothing is allowed that does not stand here. Each account has one
role; break-glass opens one file for reading, for half an hour, and somebody else reviews it.

## Roles
"""


def reference() -> str:
    """The document, as it has to stand in docs/permissions.md."""
    behind = _behind()
    lines = [_HEAD, *(f"- **{ROLES[role]}**: {DUTIES[role]}" for role in Role), "", "## Permissions", ""]
    lines += [
        "| what | " + " | ".join(str(ROLES[role]) for role in Role) + " |",
        "|---|" + ":-:|" * len(Role),
    ]
    for permission in Permission:
        marks = [_mark(permission, role) for role in Role]
        lines.append(f"| {permission_words(permission)} | " + " | ".join(marks) + " |")
    lines += ["", "## Pages behind each permission", ""]
    for permission in Permission:
        lines.append(f"### {permission_words(permission)}\n")
        lines += [f"- `{line}`" for line in behind.get(permission, [])] or ["- commands alone"]
        lines.append("")
    lines += ["## Signing in", "", _signing_in()]
    return "\n".join(lines) + "\n"


def _mark(permission: Permission, role: Role) -> str:
    for_all = permission in (Permission.PUBLIC, Permission.ENTERING, Permission.SIGNED_IN)
    return "yes" if for_all or permission in ALLOWED[role] else ""


def _signing_in() -> str:
    needs = ", ".join(str(ROLES[role]) for role in Role if DEFAULT_RULES.must_have_factor(role))
    days = DEFAULT_RULES.grace.days
    most = ", ".join(f"{ROLES[role]} {DEFAULT_RULES.most_sessions[role]}" for role in Role)
    return (
        f"Unless `[accounts]` of hub.toml says otherwise, a second factor is needed {days} days after the first "
        f"sign-in by: {needs}.\n\nSessions at one time, at most: {most}."
    )


def _behind() -> dict[str, list[str]]:
    key = os.urandom(32)
    parts = Parts(
        sessions=make_sessions(make_engine("sqlite://")),
        vault=Vault(key),
        form_key=key,
        clock=lambda: datetime.now(UTC),
        secure=True,
        passwords=Passwords(),
        seal=FactorSeal(key),
    )
    app = create_app(parts)
    try:
        return dict(pages_behind(app))
    finally:
        live_feed(app).stop()


if __name__ == "__main__":
    say(reference().rstrip("\n"))
