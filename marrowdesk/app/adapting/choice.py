"""Which model proposes: the shipped one, or one that was adapted to this laboratory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from marrowdesk.app.operations import Lane, Operation
from marrowdesk.inference.apart import EngineEnded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from marrowdesk.app.classifier import Classifier
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.inference.card import ModelCard
    from marrowdesk.services.adapted_models import BrokenModel, Chosen, Here, KeptModel


class ModelChoice(QObject):
    """Lets the classifier load the model that the person chose, and remembers the choice.

    Where the chosen model cannot be used the shipped one is, and is the choice from then on.

    Attributes:
        folder: the bundle that stands for the shipped one; None for the shipped one itself.

    Signals:
        changed: another model is chosen, or other models are kept.
        fell_back: the chosen model cannot be used, the shipped one is; the error.
        failed: no model can be used; the error.
    """

    changed = Signal()
    fell_back = Signal(object)
    failed = Signal(object)

    def __init__(
        self, classifier: Classifier, preferences: Preferences, folder: Path | None, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.folder = folder
        self._classifier, self._preferences = classifier, preferences
        self._models: tuple[KeptModel, ...] = ()
        self._broken: tuple[BrokenModel, ...] = ()
        self._shipped: ModelCard | None = None
        self._in_use: KeptModel | None = None
        self._wanted = ""
        classifier.failed.connect(self._not_loaded)

    # -- what there is --------------------------------------------------------------------------------

    @property
    def shipped(self) -> ModelCard | None:
        """The card of the shipped model; None until :meth:`look` has found it."""
        return self._shipped

    @property
    def models(self) -> Sequence[KeptModel]:
        """The adapted models that :meth:`look` found, the latest first."""
        return self._models

    @property
    def broken(self) -> Sequence[BrokenModel]:
        """The adapted models that cannot be used, as :meth:`look` found them."""
        return self._broken

    @property
    def in_use(self) -> KeptModel | None:
        """The adapted model that is chosen; None for the shipped one."""
        return self._in_use

    def uses(self, model: KeptModel | BrokenModel | None) -> bool:
        """Whether a model is the one that is chosen; None stands for the shipped one."""
        key = None if self._in_use is None else self._in_use.key
        return key == (None if model is None else model.key)

    def usable(self, kept: KeptModel) -> bool:
        """Whether a model was made of the one that ships with this program."""
        return self._shipped is not None and kept.base_sha256 == self._shipped.weights.sha256

    def versions(self) -> dict[str, int]:
        """Give the latest version of each name."""
        found: dict[str, int] = {}
        for each in (*self._models, *self._broken):
            found[each.name] = max(each.version, found.get(each.name, 0))
        return found

    def look(self) -> None:
        """Look on a worker which models there are."""
        folder = self.folder

        def work(_: object) -> tuple[ModelCard, Here]:
            from marrowdesk.inference.bundle import read_card, shipped_folder
            from marrowdesk.services.adapted_models import models_here

            return read_card(folder or shipped_folder()), models_here()

        Operation(self, work, lane=Lane.LIGHT, series="look").on_success(self._found).start()

    def _found(self, found: tuple[ModelCard, Here]) -> None:
        self._shipped, self._models, self._broken = found[0], tuple(found[1].kept), tuple(found[1].broken)
        self.changed.emit()

    # -- what is chosen -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Load the model that was chosen last."""
        self._choose(self._preferences.now.model)

    def use(self, kept: KeptModel | None) -> None:
        """Load another model and remember it; the shipped one when None."""
        self._choose("" if kept is None else kept.key)

    def remove(self, model: KeptModel | BrokenModel) -> None:
        """Delete an adapted model; where it is in use, the shipped one is used first."""
        if self.uses(model):
            self.use(None)

        def work(_: object) -> None:
            from marrowdesk.services.adapted_models import remove

            remove(model)

        # On the lane of the classifier: when it is deleted, the process that had it open has ended.
        Operation(self, work, lane=Lane.INFERENCE).on_end(self.look).start()

    def _choose(self, key: str) -> None:
        self._wanted = key
        if not key:
            self._load(None, self.folder)
            return
        folder = self.folder

        def work(_: object) -> Chosen:
            from marrowdesk.services.adapted_models import chosen_model

            return chosen_model(key, folder)

        def take(chosen: Chosen) -> None:
            if key == self._wanted:
                self._take(chosen)

        Operation(self, work, lane=Lane.LIGHT, series="choose").on_success(take).on_failure(
            self._back_to_shipped
        ).start()

    def _take(self, chosen: Chosen) -> None:
        if chosen.kept is None:
            self._back_to_shipped(chosen.error)
        else:
            self._load(chosen.kept, chosen.bundle.path)

    def _load(self, kept: KeptModel | None, folder: Path | None) -> None:
        self._in_use = kept
        self._preferences.change(model="" if kept is None else kept.key)
        self._classifier.load(folder)
        self.changed.emit()

    def _not_loaded(self, error: Exception) -> None:
        """Go back to the shipped model, unless it is that one, or the process was ended from outside."""
        if self._in_use is None or isinstance(error, EngineEnded):
            self.failed.emit(error)
        else:
            self._back_to_shipped(error)

    def _back_to_shipped(self, error: Exception | None) -> None:
        self.use(None)
        if error is not None:
            self.fell_back.emit(error)
