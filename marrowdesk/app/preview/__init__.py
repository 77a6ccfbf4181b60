"""A report as pages on the screen, made anew while it is being written."""

from marrowdesk.app.preview.panel import ReportPreview

__all__ = ["ReportPreview"]
