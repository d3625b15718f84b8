"""The tables that others ask for every year, filled as they ask; what is not known says why."""

from __future__ import annotations

from hub.statistics.forms.lines import Form, Line
from hub.statistics.forms.un_cts import un_cts
from hub.statistics.forms.world_prison_brief import world_prison_brief

__all__ = ("Form", "Line", "un_cts", "world_prison_brief")
