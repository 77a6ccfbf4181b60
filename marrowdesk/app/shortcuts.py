"""The one place that says which key does what; the keys of the classes come from the scheme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QKeySequence


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one action.

    Attributes:
        action: name of the action.
        keys: in portable form; the first is the one shown.
        text: what they do, for the sheet.
        section: heading on the sheet.
        bare: whether it is a key alone, without Ctrl or Alt: it then works only while no text is typed and
            the focused control does not want the key itself.
    """

    action: str
    keys: tuple[str, ...]
    text: str
    section: str
    bare: bool = False


def _bare(action: str, keys: tuple[str, ...], text: str, section: str) -> Keys:
    return Keys(action, keys, text, section, bare=True)


_FILE, _REVIEW, _LOOK, _REPORT, _HELP = (
    QT_TRANSLATE_NOOP("shortcuts", "Case and report"),
    QT_TRANSLATE_NOOP("shortcuts", "Review"),
    QT_TRANSLATE_NOOP("shortcuts", "Look"),
    QT_TRANSLATE_NOOP("shortcuts", "In the report window"),
    QT_TRANSLATE_NOOP("shortcuts", "Help"),
)

TABLE: tuple[Keys, ...] = (
    Keys("open_folder", ("Ctrl+O",), QT_TRANSLATE_NOOP("shortcuts", "Open a slide folder"), _FILE),
    Keys("open_files", ("Ctrl+Shift+O",), QT_TRANSLATE_NOOP("shortcuts", "Open images or a case"), _FILE),
    Keys("close_case", ("Ctrl+W",), QT_TRANSLATE_NOOP("shortcuts", "Close the case"), _FILE),
    Keys("report", ("Ctrl+P",), QT_TRANSLATE_NOOP("shortcuts", "Report: header, PDF, tables"), _FILE),
    Keys("export", ("Ctrl+E",), QT_TRANSLATE_NOOP("shortcuts", "Export for other programs"), _FILE),
    Keys("worklist", ("Ctrl+L",), QT_TRANSLATE_NOOP("shortcuts", "Worklist: many cases"), _FILE),
    Keys("manual", ("Ctrl+T",), QT_TRANSLATE_NOOP("shortcuts", "Manual count at the microscope"), _FILE),
    Keys("sign_off", ("Ctrl+Return",), QT_TRANSLATE_NOOP("shortcuts", "Sign the case, or reopen it"), _FILE),
    Keys("settings", ("Ctrl+,",), QT_TRANSLATE_NOOP("shortcuts", "Settings"), _FILE),
    Keys("quit", ("Ctrl+Q",), QT_TRANSLATE_NOOP("shortcuts", "Quit"), _FILE),
    _bare("confirm", ("Space",), QT_TRANSLATE_NOOP("shortcuts", "Confirm the proposal"), _REVIEW),
    _bare(
        "confirm_screen",
        ("Shift+Space",),
        QT_TRANSLATE_NOOP("shortcuts", "Confirm the whole screen and go on"),
        _REVIEW,
    ),
    _bare("unidentified", (), QT_TRANSLATE_NOOP("shortcuts", "Mark as not identifiable"), _REVIEW),
    _bare("exclude", ("Del",), QT_TRANSLATE_NOOP("shortcuts", "Exclude from the count"), _REVIEW),
    _bare(
        "step_back",
        ("Backspace",),
        QT_TRANSLATE_NOOP("shortcuts", "Take the last decision back and show it"),
        _REVIEW,
    ),
    _bare("next", (".",), QT_TRANSLATE_NOOP("shortcuts", "Next unreviewed cell"), _REVIEW),
    Keys("clear", ("Ctrl+Backspace",), QT_TRANSLATE_NOOP("shortcuts", "Clear the decision"), _REVIEW),
    Keys("undo", ("Ctrl+Z",), QT_TRANSLATE_NOOP("shortcuts", "Undo"), _REVIEW),
    Keys("redo", ("Ctrl+Shift+Z", "Ctrl+Y"), QT_TRANSLATE_NOOP("shortcuts", "Redo"), _REVIEW),
    Keys("select_all", ("Ctrl+A",), QT_TRANSLATE_NOOP("shortcuts", "Select all cells shown"), _REVIEW),
    Keys("tidy_up", ("F5",), QT_TRANSLATE_NOOP("shortcuts", "Move decided cells to their classes"), _REVIEW),
    Keys("invert", ("Ctrl+I",), QT_TRANSLATE_NOOP("shortcuts", "Invert the selection"), _REVIEW),
    _bare("hold_map", ("Q",), QT_TRANSLATE_NOOP("shortcuts", "Show the activation map while held"), _LOOK),
    _bare(
        "hold_compare",
        ("K",),
        QT_TRANSLATE_NOOP("shortcuts", "Show cells to compare with while held"),
        _LOOK,
    ),
    Keys("compare", ("Ctrl+K",), QT_TRANSLATE_NOOP("shortcuts", "Cells to compare with, on or off"), _LOOK),
    _bare("hold_cell", ("J",), QT_TRANSLATE_NOOP("shortcuts", "Lay the cell aside, or put it back"), _LOOK),
    Keys("toggle_map", ("Ctrl+M",), QT_TRANSLATE_NOOP("shortcuts", "Activation map on or off"), _LOOK),
    Keys("zoom_in", ("Ctrl++", "Ctrl+="), QT_TRANSLATE_NOOP("shortcuts", "Zoom in"), _LOOK),
    Keys("zoom_out", ("Ctrl+-",), QT_TRANSLATE_NOOP("shortcuts", "Zoom out"), _LOOK),
    Keys(
        "fit",
        ("Ctrl+0",),
        QT_TRANSLATE_NOOP("shortcuts", "Fit the cell or page into the view"),
        _LOOK,
    ),
    Keys("larger", ("Ctrl+Alt++", "Ctrl+Alt+="), QT_TRANSLATE_NOOP("shortcuts", "Larger thumbnails"), _LOOK),
    Keys("smaller", ("Ctrl+Alt+-",), QT_TRANSLATE_NOOP("shortcuts", "Smaller thumbnails"), _LOOK),
    Keys("focus_gallery", ("F6",), QT_TRANSLATE_NOOP("shortcuts", "Go to the gallery"), _LOOK),
    Keys("focus_classes", ("F7",), QT_TRANSLATE_NOOP("shortcuts", "Go to the classes"), _LOOK),
    Keys("focus_viewer", ("F8",), QT_TRANSLATE_NOOP("shortcuts", "Go to the viewer"), _LOOK),
    Keys("full_screen", ("F11",), QT_TRANSLATE_NOOP("shortcuts", "Full screen"), _LOOK),
    Keys("insert_text", ("Ctrl+B",), QT_TRANSLATE_NOOP("shortcuts", "Insert a text block"), _REPORT),
    Keys("report_preview", ("F9",), QT_TRANSLATE_NOOP("shortcuts", "Preview on or off"), _REPORT),
    Keys("page_before", ("Ctrl+PgUp",), QT_TRANSLATE_NOOP("shortcuts", "Previous page"), _REPORT),
    Keys("page_after", ("Ctrl+PgDown",), QT_TRANSLATE_NOOP("shortcuts", "Next page"), _REPORT),
    Keys("fit_width", ("Ctrl+2",), QT_TRANSLATE_NOOP("shortcuts", "Fit the width"), _REPORT),
    Keys("shortcuts", ("F1",), QT_TRANSLATE_NOOP("shortcuts", "This sheet"), _HELP),
    _bare("shortcuts_too", ("?",), QT_TRANSLATE_NOOP("shortcuts", "This sheet"), _HELP),
)

GALLERY_KEYS = (
    (QT_TRANSLATE_NOOP("shortcuts", "Arrows"), QT_TRANSLATE_NOOP("shortcuts", "Move through the cells")),
    (QT_TRANSLATE_NOOP("shortcuts", "Shift+Arrows"), QT_TRANSLATE_NOOP("shortcuts", "Select several cells")),
    (
        QT_TRANSLATE_NOOP("shortcuts", "Return"),
        QT_TRANSLATE_NOOP("shortcuts", "Look at the cell in the viewer, and back"),
    ),
)
"""Keys that gallery and viewer handle themselves, for the sheet."""

BY_ACTION = {each.action: each for each in TABLE}


def sequences(action: str) -> list[QKeySequence]:
    """Give the key sequences of an action; empty when it has none."""
    entry = BY_ACTION.get(action)
    return [] if entry is None else [QKeySequence(each) for each in entry.keys]


def shown(action: str) -> str:
    """Give the first key of an action as this platform writes it; empty when it has none."""
    keys = sequences(action)
    return keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""


def translated(text: str) -> str:
    """Give a text of this file in the language of the window."""
    return QCoreApplication.translate("shortcuts", text)
