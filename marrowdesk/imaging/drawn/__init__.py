"""Demonstration cells drawn by our own code: no patient, no microscope, and marked as drawn."""

from marrowdesk.imaging.drawn.picture import DRAWN_CODES, draw_cell
from marrowdesk.imaging.drawn.slide import draw_slide

__all__ = ["DRAWN_CODES", "draw_cell", "draw_slide"]
