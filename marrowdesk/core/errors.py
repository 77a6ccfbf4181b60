"""The errors a person may see: each carries a sentence and a hint what to do."""

from __future__ import annotations


class MarrowdeskError(Exception):
    """Something the person should know about.

    Attributes:
        message: one sentence that says what happened and names the file or thing it happened to.
        hint: one sentence that says what to do; empty where nothing can be done.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Cancelled(MarrowdeskError):
    """The person asked to stop; what was done so far is kept."""


class ImageUnreadable(MarrowdeskError):
    """An image file cannot be read; the rest of the folder goes on."""


class ImageReplaced(ImageUnreadable):
    """A file has the name of an image of the case, and is not the one that was read."""


class CaseFileError(MarrowdeskError):
    """A case file cannot be opened or written."""


class BundleError(MarrowdeskError):
    """A model bundle is missing, altered or not understood."""


class ReportError(MarrowdeskError):
    """A report cannot be written."""
