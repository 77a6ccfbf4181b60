"""Cells to compare with, over the gallery."""

from marrowdesk.app.compare.strip import CompareStrip

__all__ = ["CompareStrip"]
