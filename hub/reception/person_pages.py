"""Pages and parts of the file of life in custody, merges and slips, for the site's wiring."""

from __future__ import annotations

from typing import Final

from hub.reception.life.property_views import pages as property_pages
from hub.reception.merging.views import pages as merging_pages
from hub.reception.slip.query_views import pages as query_pages
from hub.reception.slip.views import pages as slip_pages
from hub.web.routes import Pages

PAGES: Final[tuple[Pages, ...]] = (merging_pages, slip_pages, query_pages, property_pages)
