"""Charts as SVG, made here: they print, need no script and say in words what they show. They know no figures."""

from hub.statistics.charts.bars import Bar, Pair, bar_chart, pyramid
from hub.statistics.charts.drawing import for_paper
from hub.statistics.charts.lines import Series, line_chart

__all__ = ("Bar", "Pair", "Series", "bar_chart", "for_paper", "line_chart", "pyramid")
