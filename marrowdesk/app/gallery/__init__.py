"""The gallery: cells by class, the class list beside it and the pictures in it."""

from marrowdesk.app.gallery.arrangement import Filter, Sort, Special
from marrowdesk.app.gallery.class_panel import ClassPanel
from marrowdesk.app.gallery.panel import GalleryPanel
from marrowdesk.app.gallery.thumbnails import ThumbnailLoader

__all__ = ["ClassPanel", "Filter", "GalleryPanel", "Sort", "Special", "ThumbnailLoader"]
