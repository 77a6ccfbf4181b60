"""Tables as a workbook (XLSX): typed numbers and times, texts that stay texts, the same bytes each time."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marrowdesk.report.exchange.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST_TEXT = 32_767  # UTF-16 units in a cell of Excel
_CUT = " […]"
_LINE_END = re.compile("\r\n?")
_FORMULA_STARTS = ("=", "+", "-", "@")
_WIDEST, _NARROWEST = 60, 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table.

    Attributes:
        name: of the sheet, at most 31 characters.
        columns: heads of the columns.
        rows: texts, numbers, aware times, or None for an empty cell; each as long as ``columns``.
    """

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


def workbook_bytes(sheets: Iterable[Sheet], made_at: datetime, program: str) -> bytes:
    """Write sheets as one workbook.

    A text is written as a text, whatever it begins with, and marked so that it stays one when it is edited.
    What does not fit into a cell of Excel ends with ``[…]``. Times are written in UTC.

    Args:
        sheets: in their order.
        made_at: when; aware.
        program: named in the file's properties, with nothing of the case.
    """
    from xlsxwriter import Workbook

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(written, options) as book:
        created = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        book.set_properties({"author": program, "created": created})
        style = _Styles(book)
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, style)
    return written.getvalue()


class _Styles:
    """How cells look: one object a kind, made once a workbook."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.text = book.add_format({"num_format": "@"})
        self.quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        self.whole = book.add_format({"num_format": "0"})
        self.number = book.add_format({"num_format": "0.0###"})
        self.time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})


def _write(page: Any, sheet: Sheet, style: _Styles) -> None:
    widths = [len(each) for each in sheet.columns]
    for place, head in enumerate(sheet.columns):
        page.write_string(0, place, head, style.head)
    for line, row in enumerate(sheet.rows, 1):
        for place, value in enumerate(row):
            widths[place] = max(widths[place], _put(page, line, place, value, style))
    page.freeze_panes(1, 0)
    for place, width in enumerate(widths):
        page.set_column(place, place, min(max(width, _NARROWEST), _WIDEST) + 1)


def _put(page: Any, line: int, place: int, value: Any, style: _Styles) -> int:
    """Write one cell; give its width in characters."""
    if value is None or value == "":
        return 0
    if isinstance(value, bool):
        page.write_boolean(line, place, value)
        return 5
    if isinstance(value, int | float):
        page.write_number(line, place, value, style.whole if isinstance(value, int) else style.number)
        return 6
    if isinstance(value, datetime):
        page.write_datetime(line, place, value.astimezone(UTC).replace(tzinfo=None), style.time)
        return 19
    text = _fitting(_LINE_END.sub("\n", plain(str(value))))  # as Excel itself breaks lines
    page.write_string(line, place, text, style.quoted if text.startswith(_FORMULA_STARTS) else style.text)
    return max(map(len, text.splitlines()), default=0)


def _fitting(text: str) -> str:
    if len(text.encode("utf-16-le")) // 2 <= _LONGEST_TEXT:
        return text
    room = 2 * (_LONGEST_TEXT - len(_CUT))
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + _CUT
