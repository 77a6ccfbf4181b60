"""Writing report files off the GUI thread, and showing them where the person's other files are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from marrowdesk.app.operations import Lane, Operation
from marrowdesk.report.options import PrintOptions

if TYPE_CHECKING:
    from pathlib import Path

    from marrowdesk.app.preferences import Preferences
    from marrowdesk.core.counting import CountingRules
    from marrowdesk.store.casefile import CaseFile
    from marrowdesk.store.settings import Settings


def suggested(case: CaseFile, ending: str, preferences: Preferences) -> str:
    """Give a path to offer in a file dialog: named after the case, in the folder used last."""
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', "_", case.title).strip(" .")[:120] or "report"
    return str(preferences.folder / f"{name}.{ending}")


def options_of(settings: Settings) -> PrintOptions:
    """Give how a report is printed by the person's settings."""
    return PrintOptions(
        template=settings.report_template,
        page=settings.page,
        language=settings.report_language,
        columns=frozenset(settings.report_columns),
        patient_in_metadata=settings.patient_in_metadata,
    )


def export(
    owner: QObject,
    case: CaseFile,
    rules: CountingRules,
    preferences: Preferences,
    targets: dict[str, Path],
    version: int | None = None,
    after: int | None = None,
) -> Operation:
    """Prepare the writing of a report; the caller adds what follows and starts it.

    Args:
        owner: hears of the end.
        case: the case.
        rules: target, ranges and definitions.
        preferences: reader, pictures, and how it is printed; the folder is remembered there.
        targets: files by form: ``pdf``, ``csv``, ``json``. The result is the list of files written.
        version: number of a signed version; None for the case as it is now.
        after: number of an act, for the case as it was after that.
    """
    preferences.remember_folder(next(iter(targets.values())).parent)
    settings = preferences.now

    def work(_: object) -> list[Path]:
        from marrowdesk.services import reporting  # loads the report's libraries on the worker

        pictures = "pdf" in targets and settings.report_pictures
        options = options_of(settings)
        frozen = reporting.snapshot(
            case,
            rules,
            reader=settings.reader,
            with_pictures=pictures,
            version=version,
            after=after,
            template=options.template,
        )
        forms: dict[str, Any] = dict(targets)
        return reporting.export(frozen, **forms, options=options)

    return Operation(owner, work, lane=Lane.LONG, finishes=True)


def open_file(path: Path) -> None:
    """Open a file or folder with the program the system has for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
