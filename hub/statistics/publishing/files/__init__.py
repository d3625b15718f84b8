"""The files of a publication: CSV, CSVW, JSON-stat, DCAT, checksums. The same figures make the same bytes."""

from hub.statistics.publishing.files.making import MadeFile, make

__all__ = ("MadeFile", "make")
