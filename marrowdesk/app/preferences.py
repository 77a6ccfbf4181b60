"""The person's settings in the window: one owner, told to everyone, written soon after a change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, QStandardPaths, QTimer, Signal

from marrowdesk.core.counting import EQUIVALENTS, ME_RULES
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.reference import REFERENCE_SETS
from marrowdesk.core.rule_choice import RuleChoice
from marrowdesk.report.document import header_labels
from marrowdesk.store.paths import settings_path
from marrowdesk.store.references import keep_own_sets, known_sets, own_sets
from marrowdesk.store.settings import Settings, load_settings, save_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marrowdesk.core.reference import ReferenceSet
    from marrowdesk.core.taxonomy import Specimen

_WRITE_AFTER = 400  # milliseconds; a slider that is dragged writes once


class Preferences(QObject):
    """Holds the settings of this session.

    Signals:
        changed: a setting has another value now, or the reference ranges to choose from are others.
        failed: the settings cannot be read or written; the error. The session goes on with what it has.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._broken: MarrowdeskError | None = None
        try:
            self._settings = load_settings()
        except MarrowdeskError as error:
            self._broken = error
            self._settings = Settings()
        self._folder: Path | None = None
        self._sets: dict[str, ReferenceSet] = dict(REFERENCE_SETS)
        try:
            self._sets = known_sets(own_sets())
        except MarrowdeskError as error:
            self._broken = self._broken or error
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WRITE_AFTER)
        self._timer.timeout.connect(self.write)

    @property
    def now(self) -> Settings:
        """The settings of this moment."""
        return self._settings

    @property
    def broken(self) -> MarrowdeskError | None:
        """Why the settings could not be read at the start; None when they could."""
        return self._broken

    @property
    def folder(self) -> Path:
        """The folder to offer for files: the one used last in this session, or the person's documents."""
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return self._folder or Path(documents or Path.home())

    def remember_folder(self, folder: Path) -> None:
        """Offer this folder the next time."""
        self._folder = folder

    @property
    def sets(self) -> Mapping[str, ReferenceSet]:
        """The reference ranges to choose from, by their key: shipped ones and the laboratory's own."""
        return self._sets

    @property
    def choice(self) -> RuleChoice:
        """What is chosen for all counts."""
        return choice_of(self._settings, self._sets)

    def keep_sets(self, own: Sequence[ReferenceSet]) -> None:
        """Have these reference ranges of the laboratory's own, and no others; written at once.

        Raises:
            SettingsError: they cannot be written.
        """
        keep_own_sets(own)
        self._sets = known_sets(own)
        self.changed.emit()

    def change(self, **values: Any) -> None:
        """Set some settings; written a moment later.

        Raises:
            SettingsError: a value is out of its range.
        """
        self.replace(self._settings.changed(**values))

    def replace(self, settings: Settings) -> None:
        """Take other settings over; written a moment later."""
        if settings != self._settings:
            self._settings = settings
            self._timer.start()
            self.changed.emit()

    def write(self) -> None:
        """Write the settings now."""
        self._timer.stop()
        try:
            save_settings(self._settings)
        except MarrowdeskError as error:
            self.failed.emit(error)

    def close(self) -> None:
        """Write what is not written yet."""
        if self._timer.isActive():
            self.write()


def sets_for(sets: Mapping[str, ReferenceSet], specimen: Specimen) -> dict[str, ReferenceSet]:
    """Give the reference ranges that hold for a specimen, by their key."""
    return {key: each for key, each in sets.items() if each.specimen in (None, specimen)}


def choice_of(settings: Settings, sets: Mapping[str, ReferenceSet] = REFERENCE_SETS) -> RuleChoice:
    """Give what the settings choose for all counts.

    A key this program does not know (written by a newer one, or of ranges that were deleted) means the
    standard choice.
    """
    standard = RuleChoice()
    return RuleChoice(
        target=settings.target_count,
        blood_target=settings.blood_target_count,
        me_rule=ME_RULES.get(settings.me_definition, standard.me_rule),
        marrow=sets_for(sets, "marrow").get(settings.reference_set, standard.marrow),
        blood=sets_for(sets, "blood").get(settings.blood_reference_set, standard.blood),
        blast_equivalents=tuple(code for code in EQUIVALENTS if code in settings.blast_equivalents),
        non_erythroid=settings.non_erythroid,
    )


def required_of(settings: Settings) -> tuple[str, ...]:
    """Give the names of the header fields that must not be empty, in the order of the form.

    A name this program does not know (written by a newer one) asks for nothing that a person could fill in.
    """
    return tuple(each.name for each in header_labels() if each.name in settings.required_fields)


def window_state() -> QSettings:
    """Give the place of window geometry, the one thing that is not kept with the settings."""
    return QSettings(str(settings_path().with_name("window.ini")), QSettings.Format.IniFormat)
