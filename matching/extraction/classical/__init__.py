"""Minutiae without a network: levelling, segmentation, orientation, period, filtering, thinning, tracing, grading."""

from matching.extraction.classical.extractor import ClassicalExtractor

__all__ = ["ClassicalExtractor"]
