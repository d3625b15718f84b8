"""The permission table as a page."""

from __future__ import annotations

from flask import current_app, render_template

from hub.accounts.pages_behind import pages_behind
from hub.accounts.permissions import ALLOWED, Permission
from hub.accounts.policy import SignInRules
from hub.accounts.words import DUTIES, ROLES, permission_words
from hub.web.door import service
from hub.web.routes import Pages

pages = Pages("permissions", __name__, template_folder="templates")

_OF_EVERYBODY = (Permission.PUBLIC, Permission.ENTERING, Permission.SIGNED_IN)


@pages.page("/permissions", Permission.SEE_PERMISSIONS)
def table() -> str:
    behind = pages_behind(current_app)
    lines = [
        (
            permission_words(permission),
            [role for role in ROLES if permission in ALLOWED[role]],
            behind.get(permission, []),
        )
        for permission in Permission
        if permission not in _OF_EVERYBODY
    ]
    rules = service(SignInRules)
    return render_template(
        "permissions.html",
        roles=ROLES,
        duties=DUTIES,
        lines=lines,
        needs=[ROLES[role] for role in ROLES if rules.must_have_factor(role)],
        most=[(ROLES[role], rules.most_sessions.get(role, 1)) for role in ROLES],
    )
