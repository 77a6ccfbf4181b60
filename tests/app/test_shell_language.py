"""Another language needs a file and no code: the translator's tools find every text of the window."""

from __future__ import annotations

import ast
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import PySide6
import pytest
from PySide6.QtCore import QLibraryInfo

from marrowdesk.app import shortcuts, translations
from marrowdesk.app.classifier import Progress
from marrowdesk.app.status import progress_text

APP = Path(__file__).resolve().parents[2] / "marrowdesk" / "app"
GERMAN = {
    ("StatusBar", "{} of {} cells"): "{} von {} Zellen",
    ("shortcuts", "Review"): "Beurteilen",
    ("Menus", "&File"): "&Datei",
}


def tool(name: str) -> str:
    """Give one of Qt's programs for translators."""
    folders = (Path(PySide6.__file__).parent, Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.BinariesPath)))
    found = next((path for folder in folders for path in folder.glob(f"{name}*") if path.is_file()), None)
    if found is None:
        pytest.skip(f"this installation of Qt has no {name}")
    return str(found)


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """Give the file of all texts that Qt's tool finds in the window's source."""
    path = tmp_path_factory.mktemp("language") / "de.ts"
    sources = sorted(str(each) for each in APP.rglob("*.py"))
    subprocess.run([tool("lupdate"), *sources, "-ts", str(path)], check=True, capture_output=True)
    return path


def found(texts: Path) -> set[tuple[str, str]]:
    return {
        (context.findtext("name"), message.findtext("source"))
        for context in ElementTree.parse(texts).getroot().iter("context")
        for message in context.iter("message")
    }


def test_that_every_text_of_the_window_is_found_by_the_translators_tool(texts):
    known = {source for _, source in found(texts)}
    missed = []
    for path in APP.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in ("tr", "translate", "QT_TRANSLATE_NOOP"):
                text = call.args[0 if name == "tr" else 1 :][:1]
                if text and isinstance(text[0], ast.Constant) and text[0].value not in known:
                    missed.append((path.name, text[0].value))
    assert not missed
    assert set(GERMAN) <= found(texts)


def test_that_the_language_of_a_text_is_that_of_the_class_it_is_shown_by(texts):
    classes = {
        node.name
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    contexts = {context for context, _ in found(texts)}
    assert contexts - classes <= {"failure", "gallery", "saving", "Sex", "shortcuts"}


def test_that_a_translation_is_a_file_in_a_folder(texts, qapp, tmp_path, monkeypatch):
    tree = ElementTree.parse(texts)
    for context in tree.getroot().iter("context"):
        for message in context.iter("message"):
            word = GERMAN.get((context.findtext("name"), message.findtext("source")))
            if word is not None:
                translation = message.find("translation")
                translation.text = word
                translation.attrib.pop("type", None)
    done = tmp_path / "de.ts"
    tree.write(done, encoding="utf-8")
    folder = tmp_path / "translations"
    folder.mkdir()
    subprocess.run(
        [tool("lrelease"), str(done), "-qm", str(folder / "de.qm")], check=True, capture_output=True
    )
    monkeypatch.setattr(translations, "resource_path", lambda *parts: folder)
    assert translations.languages() == {"en": "English", "de": "Deutsch"}
    installed = translations.install(qapp, "de")
    try:
        assert progress_text(Progress(3, 9, 0.0, None)) == "3 von 9 Zellen"
        assert shortcuts.translated("Review") == "Beurteilen"
    finally:
        for translator in installed:
            qapp.removeTranslator(translator)
    assert progress_text(Progress(3, 9, 0.0, None)) == "3 of 9 cells"
    shutil.rmtree(folder)
