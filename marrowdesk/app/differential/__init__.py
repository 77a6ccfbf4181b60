"""The panel of the live differential."""

from marrowdesk.app.differential.panel import DifferentialPanel

__all__ = ["DifferentialPanel"]
