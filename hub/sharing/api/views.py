"""The description of the agencies' interface on the site, for whoever talks with their engineers."""

from __future__ import annotations

from flask import render_template

from hub.accounts.permissions import Permission
from hub.sharing.api.browsing import Described
from hub.web.door import service
from hub.web.routes import Pages

pages = Pages("agency_interface", __name__, template_folder="templates")


@pages.page("/sharing/interface", Permission.SEE_SHARING)
def interface() -> str:
    return render_template("agency_site.html", described=service(Described))
