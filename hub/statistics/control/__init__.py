"""Disclosure control: what of a table may be given out, so that no small number can be found by reckoning.

A small number is withheld; so are as many others as it takes that rows, columns, totals, linked tables and earlier
publications leave enough possibilities for it. The proof of that is kept and can be made again.
"""

from hub.statistics.control.applying import Protected, kept, protect
from hub.statistics.control.hiding import hide
from hub.statistics.control.plans import Plan, plan_of
from hub.statistics.control.thresholds import k_on, set_k, small

__all__ = ("Plan", "Protected", "hide", "k_on", "kept", "plan_of", "protect", "set_k", "small")
