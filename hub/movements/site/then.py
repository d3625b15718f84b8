"""The site as it was at a time, from what each change since then says stood before it. Nothing here writes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.movements.site.forms import Everything, Kind, read_form
from hub.movements.site.holding import everything
from hub.movements.site.records import SiteChange


def site_at(session: Session, at: datetime) -> Everything:
    """Sites, zones, checkpoints and curfews as they were at `at`."""
    found = everything(session)
    later = session.scalars(
        select(SiteChange)
        .where(SiteChange.at > at, SiteChange.kind.in_(list(Kind)))
        # The newest first: what stood before the oldest change after that time is what is left.
        .order_by(SiteChange.id.desc())
    )
    for change in later:
        if change.before is None:
            found = found.without(Kind(change.kind), change.code)
        else:
            found = found.with_form(read_form(change.kind, change.before))
    return found
