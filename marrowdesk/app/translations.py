"""The language of the window: a translation is a file in ``resources/translations`` and needs no code."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from marrowdesk.assets import resource_path


def _files() -> dict[str, Path]:
    try:
        folder = resource_path("translations")
    except FileNotFoundError:  # no translation ships with this version
        return {}
    return {path.stem: path for path in sorted(folder.glob("*.qm"))}


def languages() -> dict[str, str]:
    """Give the languages of the window by code, each in its own name; English is always there."""
    found = {"en": "English"}
    for code in _files():
        name = QLocale(code).nativeLanguageName()
        found[code] = name[:1].upper() + name[1:] if name else code
    return found


def install(app: QCoreApplication, language: str) -> list[QTranslator]:
    """Let the window speak a language, as far as it is translated.

    Args:
        app: the application.
        language: code such as ``de`` or ``pt_BR``; ``system`` for the computer's own.

    Returns:
        The translators at work; empty for English.
    """
    wanted = QLocale.system().uiLanguages() if language == "system" else [language]
    files = _files()
    for tag in wanted:
        code = tag.replace("-", "_")
        for name in (code, code.split("_")[0]):
            if name == "en":
                return []
            if name in files:
                return _translators(app, name, files[name])
    return []


def _translators(app: QCoreApplication, code: str, own: Path) -> list[QTranslator]:
    qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / f"qtbase_{code}.qm"
    found = []
    for path in (qt, own):
        translator = QTranslator(app)
        if path.is_file() and translator.load(str(path)):
            app.installTranslator(translator)
            found.append(translator)
    return found
