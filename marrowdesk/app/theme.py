"""The colours of the windows: a light and a dark palette of our own over the Fusion style."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

Choice = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Tones:
    """The colours of one theme; every text reaches a contrast of 4.5 on what it stands on (WCAG 2.1, AA).

    Class colours and heatmap colours are data and do not belong here. ``outline`` is drawn darker by Fusion.
    """

    window: str
    base: str
    alternate: str
    button: str
    text: str
    faint: str
    disabled: str
    accent: str
    on_accent: str
    link: str
    tip: str
    tip_text: str
    line: str
    outline: str
    good: str
    warning: str
    bad: str


LIGHT = Tones(
    window="#f3f4f7", base="#ffffff", alternate="#f7f8fb", button="#e9ebf1",
    text="#1b1e28", faint="#5a6173", disabled="#9398a8",
    accent="#3b4cca", on_accent="#ffffff", link="#3b4cca",
    tip="#23273a", tip_text="#f3f4f7", line="#ccd0db", outline="#b0b4c2",
    good="#17692f", warning="#9a4d00", bad="#b3261e",
)  # fmt: skip

DARK = Tones(
    window="#24262f", base="#16181d", alternate="#1c1e25", button="#31343f",
    text="#e6e8ef", faint="#a3aabb", disabled="#6b7285",
    accent="#5865e0", on_accent="#ffffff", link="#9ba6ff",
    tip="#343848", tip_text="#f1f2f7", line="#444957", outline="#a3aabb",
    good="#6fdd8b", warning="#ffb454", bad="#ff8a80",
)  # fmt: skip

_Role = QPalette.ColorRole

_WITH_MARKS = ("QCheckBox", "QRadioButton", "QGroupBox", "QTableWidget", "QListWidget", "QTreeWidget")
"""Classes of widgets that draw check marks and do not fill their ground with the colour of the window."""


def palette_of(tones: Tones) -> QPalette:
    """Give the palette made of some tones."""
    palette = QPalette(QColor(tones.button), QColor(tones.window))
    for role, name in (
        (_Role.Window, tones.window), (_Role.WindowText, tones.text),
        (_Role.Base, tones.base), (_Role.AlternateBase, tones.alternate), (_Role.Text, tones.text),
        (_Role.Button, tones.button), (_Role.ButtonText, tones.text), (_Role.BrightText, tones.bad),
        (_Role.Highlight, tones.accent), (_Role.HighlightedText, tones.on_accent),
        (_Role.Accent, tones.accent), (_Role.Link, tones.link), (_Role.LinkVisited, tones.link),
        (_Role.ToolTipBase, tones.tip), (_Role.ToolTipText, tones.tip_text),
        (_Role.PlaceholderText, tones.faint), (_Role.Mid, tones.line),
    ):  # fmt: skip
        palette.setColor(role, QColor(name))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tones.disabled))
    palette.setColor(QPalette.ColorGroup.Disabled, _Role.Highlight, QColor(tones.line))
    palette.setColor(QPalette.ColorGroup.Disabled, _Role.HighlightedText, QColor(tones.disabled))
    return palette


def _palette_with_marks(tones: Tones) -> QPalette:
    """Give the palette of widgets with check marks.

    Fusion outlines an empty box in a darker shade of the window's colour, which nobody sees on a dark ground;
    an outline needs a contrast of 3 (WCAG 2.1, 1.4.11).
    """
    palette = palette_of(tones)
    palette.setColor(_Role.Window, QColor(tones.outline))
    palette.setColor(QPalette.ColorGroup.Disabled, _Role.Window, QColor(tones.line))
    return palette


def tones() -> Tones:
    """Give the tones in use now, for what a palette has no role for (good, warning, bad, faint)."""
    dark = QGuiApplication.palette().color(_Role.Window).lightness() < 128
    return DARK if dark else LIGHT


class Theme(QObject):
    """Keeps the application in the theme that the person chose, or in the system's.

    Signals:
        changed: the palette is another one now.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: Choice = "system") -> None:
        """Set Fusion and the palette, and follow the system from now on."""
        super().__init__(app)
        self._app = app
        self._choice: Choice = choice
        self._applied: Tones | None = None
        app.setStyle(QStyleFactory.create("Fusion"))
        app.styleHints().colorSchemeChanged.connect(self._apply)
        self.choose(choice)

    @property
    def choice(self) -> Choice:
        """What the person chose."""
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Use the light or dark theme, or the system's."""
        self._choice = choice
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        self._app.styleHints().setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        self._apply()

    def _apply(self) -> None:
        dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        if self._choice != "system":
            dark = self._choice == "dark"  # also where the platform has no schemes
        wanted = DARK if dark else LIGHT
        if wanted is not self._applied or self._app.palette().color(_Role.Window) != QColor(wanted.window):
            self._applied = wanted
            self._app.setPalette(palette_of(wanted))
            for name in _WITH_MARKS:
                self._app.setPalette(_palette_with_marks(wanted), name)
            self.changed.emit()
