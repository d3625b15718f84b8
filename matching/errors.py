"""What the engine refuses. Each message is a sentence that says what to do and holds no biometric data."""


class MatchingError(Exception):
    """Base of everything that this package raises on purpose."""


class ImageError(MatchingError):
    """The image cannot be used: wrong shape, type, depth, resolution or size."""


class TemplateError(MatchingError):
    """The template, or the record that should hold one, breaks ISO/IEC 19794-2:2005."""


class ModelError(MatchingError):
    """A model file of the engine is missing or is not the one that was released with it."""
