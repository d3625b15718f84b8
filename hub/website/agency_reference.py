"""`python -m hub.website.agency_reference > docs/agencies-openapi.json`: the agencies' interface as OpenAPI."""

from __future__ import annotations

import sys

from hub.sharing.api.browsing import as_json
from hub.sharing.api.openapi import describe
from hub.website.agency_app import API

if __name__ == "__main__":
    sys.stdout.buffer.write(as_json(describe(API)))
