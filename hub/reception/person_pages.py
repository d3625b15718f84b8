"""Pages and parts of the file of life in custody, merges and slips, for the site's wiring."""

from __future__ import annotations

from typing import Final

from hub.reception.away.views import pages as away_pages
from hub.reception.life.complaint_views import pages as complaint_pages
from hub.reception.life.incident_views import pages as incident_pages
from hub.reception.life.panel import LIFE, WAITING
from hub.reception.life.property_views import pages as property_pages
from hub.reception.life.safety_views import pages as safety_pages
from hub.reception.life.visit_views import pages as visit_pages
from hub.reception.life.visitor_views import pages as visitor_pages
from hub.reception.merging.views import pages as merging_pages
from hub.reception.slip.query_views import pages as query_pages
from hub.reception.slip.views import pages as slip_pages
from hub.web.panels import Panel
from hub.web.routes import Pages

PAGES: Final[tuple[Pages, ...]] = (
    merging_pages,
    slip_pages,
    query_pages,
    property_pages,
    visit_pages,
    visitor_pages,
    safety_pages,
    incident_pages,
    complaint_pages,
    away_pages,
)
PANELS: Final[tuple[Panel, ...]] = (WAITING, LIFE)
