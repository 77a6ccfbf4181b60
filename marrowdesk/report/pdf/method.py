"""How the count was made: slides, model with its full hash, doubt, program, what a reader has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import Element, Stack, Text
from marrowdesk.report.pdf.notices import foreign
from marrowdesk.report.pdf.styles import GAP, LABEL, Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marrowdesk.report.document import ModelUsed
    from marrowdesk.report.pdf.edition import Edition

_TEXT = Style(7.4)
_HASH_GROUP = 16


def grouped(digest: str) -> str:
    """Write a hash in groups, so that it can be compared by eye."""
    return " ".join(digest[start : start + _HASH_GROUP] for start in range(0, len(digest), _HASH_GROUP))


def _entry(label: str, *texts: str) -> Element:
    return Stack([Text(label, LABEL), *(Text(text, _TEXT, most=3) for text in texts)], gap=4.0)


def _model(edition: Edition, model: ModelUsed) -> Element:
    hashed = f"SHA-256 {grouped(model.sha256)}"
    named = f"{model.name} {model.version}"
    return _entry(edition.say("Classifier"), named, *_origin(edition, model), hashed)


def _origin(edition: Edition, model: ModelUsed) -> Iterator[str]:
    """Say what an adapted model was made of; nothing for another."""
    origin = model.origin
    if origin is None:
        return
    said = edition.say("Adapted to the laboratory from {name}; reviewed cells: {cells}, cases: {cases}")
    name = f"{origin.name} {origin.version} (SHA-256 {origin.sha256[:12]})"
    yield said.format(name=name, cells=origin.cells, cases=origin.cases)


def _about_cells(edition: Edition) -> Iterator[Element]:
    """Say what became of the cells: reviewed, changed, unfamiliar, compared."""
    report, words = edition.report, edition.words
    found = report.differential
    reviewed = edition.say("{} cells").format(words.of(found.reviewed, found.total))
    by_eye = report.manual.whole.total if report.manual and report.manual.included else 0
    among = (edition.say("of them {} by eye").format(words.cells(by_eye)),) if by_eye else ()
    yield _entry(edition.say("Reviewed by a reader"), reviewed, *among)
    if report.method.models:
        changed = edition.say("{} reviewed proposals").format(words.of(found.changed, found.judged))
        yield _entry(edition.say("Proposals changed or excluded"), changed)
    if report.doubt:
        measured = edition.say("Doubt score above {threshold}: {part} cells").format(
            threshold=words.number(report.doubt.threshold),
            part=words.of(report.doubt.unfamiliar, report.doubt.measured),
        )
        left = edition.say("{} not yet reviewed").format(words.cells(found.unfamiliar))
        said = (measured, left, foreign(edition)) if report.doubt.foreign else (measured, left)
        yield _entry(edition.say("Unfamiliar to the classifier"), *said)
    elif found.unfamiliar:
        left = edition.say("{} not yet reviewed").format(words.cells(found.unfamiliar))
        yield _entry(edition.say("Unfamiliar to the classifier"), left)
    if found.compared:
        agreed = edition.say("{} cells").format(words.of(found.agreeing, found.compared))
        yield _entry(edition.say("Agreement with folder labels"), agreed)
    if report.problems:
        missed = edition.say("{}, not counted").format(report.problems)
        yield _entry(edition.say("Images that could not be read"), missed)


def method_section(edition: Edition) -> Element:
    """Give the method block."""
    report, words = edition.report, edition.words
    smears = [words.told(each.name, words.cells(each.cells)) for each in report.slides]
    if report.manual and report.manual.included:
        smears += [
            words.told(edition.say("manual count, smear {}").format(number), words.cells(counted.total))
            for number, counted in report.manual.smears
        ]
    lines: list[Element] = [
        _entry(edition.say("Smears"), *smears),
        *(_model(edition, each) for each in report.method.models),
    ]
    if not report.method.models:
        none = edition.say("None: every class was given by a reader.")
        lines.append(_entry(edition.say("Classifier"), none))
    lines += _about_cells(edition)
    if edition.ranges and report.differential.rules.references.source:
        source = edition.say(report.differential.rules.references.source)
        lines.append(_entry(edition.say("Reference ranges"), source))
    lines.append(_entry(edition.say("Program"), f"MarrowDesk {report.method.program_version}"))
    return Stack(lines, edition.heading("Method"), GAP)


def method_line(edition: Edition) -> str:
    """Say the method in one line: classifier with the start of its hash, review, program."""
    report, words = edition.report, edition.words
    found = report.differential
    models = [
        words.parts([f"{each.name} {each.version} (SHA-256 {each.sha256[:12]})", *_origin(edition, each)])
        for each in report.method.models
    ]
    parts = [
        words.told(edition.say("Classifier"), words.listed(models) or edition.say("none")),
        edition.say("reviewed {part}, changed {changed}").format(
            part=words.of(found.reviewed, found.total), changed=found.changed
        ),
        f"MarrowDesk {report.method.program_version}",
    ]
    return words.told(edition.say("Method"), words.parts(parts))
