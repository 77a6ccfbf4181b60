"""What the menus do about models: list them, and adapt one to the laboratory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from marrowdesk.app.dialogs.one_of_a_kind import OneOfAKind

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from marrowdesk.app.adapting.choice import ModelChoice
    from marrowdesk.app.preferences import Preferences


class Adapting(QObject):
    """Slots of the window's actions."""

    def __init__(self, window: QWidget, choice: ModelChoice, preferences: Preferences) -> None:
        super().__init__(window)
        self._window, self._choice, self._preferences = window, choice, preferences
        self._show = OneOfAKind().show

    def models(self) -> None:
        """Show the models to choose from."""
        from marrowdesk.app.adapting.models_dialog import ModelsDialog

        def make() -> ModelsDialog:
            dialog = ModelsDialog(self._choice, self._window)
            dialog.adapt.connect(self.adapt)
            return dialog

        self._choice.look()
        self._show(ModelsDialog, make)

    def adapt(self) -> None:
        """Adapt a model to the laboratory."""
        from marrowdesk.app.adapting.dialog import AdaptDialog

        def make() -> AdaptDialog:
            dialog = AdaptDialog(self._choice, self._preferences, self._window)
            dialog.kept.connect(self._choice.use)
            return dialog

        self._show(AdaptDialog, make)
