"""The viewer of one cell."""

from marrowdesk.app.viewer.panel import ViewerPanel

__all__ = ["ViewerPanel"]
