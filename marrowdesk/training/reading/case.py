"""Read labelled cells from a MarrowDesk case: those that a reader decided on."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from marrowdesk.core.placing import shipped_class
from marrowdesk.store.casefile import CaseFile
from marrowdesk.training.samples import LabelledCells, Sample, mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from marrowdesk.core.cell import Cell
    from marrowdesk.store.values import Slide


def case_cells(path: Path, source: str = "") -> LabelledCells:
    """Read the cells of a case that a reader gave a class or confirmed; the group of each is its slide.

    Cells that nobody decided on, or that were excluded, are no labels. Cells whose image is not where the
    case expects it are told, by slide, and left out.

    Args:
        path: the case file.
        source: what the cells' source is called; the case's title when empty.

    Raises:
        CaseFileError: the case cannot be opened.
    """
    with CaseFile.open_copy(path) as case:
        source, scheme, slides = source or case.title, case.scheme, case.slides()
        reviewed = [(cell, code) for cell in case.cells() if cell.review and (code := cell.review.code)]
    labels = _slide_names(slides)
    there: dict[Path, bool] = {}
    samples: list[Sample] = []
    missing: dict[int, list[Path]] = defaultdict(list)
    strange: Counter[str] = Counter()
    for cell, code in reviewed:
        image = cell.place.path
        if image not in there:
            there[image] = image.is_file()
        if not there[image]:
            missing[cell.slide].append(image)
        elif (known := shipped_class(code, scheme)) is None:
            strange[code] += 1
        else:
            label, folder = labels[cell.slide]
            file = f"{path.name}/{label}/{_name(cell, folder)}"
            samples.append(Sample(file, source, known, f"{source}: {label}", cell.place))
    return LabelledCells(tuple(samples), (*_moved(path, labels, missing), *_unknown(path, strange)))


def _slide_names(slides: Sequence[Slide]) -> dict[int, tuple[str, Path]]:
    """Name each slide, two of one name apart, with its folder."""
    names = Counter(slide.name for slide in slides)
    return {
        slide.id: (slide.name if names[slide.name] == 1 else f"{slide.name} ({slide.id})", slide.folder)
        for slide in slides
    }


def _name(cell: Cell, folder: Path) -> str:
    place = cell.place
    inside = place.path.is_relative_to(folder)
    name = (place.path.relative_to(folder) if inside else place.path).as_posix().lstrip("/")
    page = f" page {place.page + 1}" if place.page else ""
    return name + page + mark(place.box)


def _moved(path: Path, labels: dict[int, tuple[str, Path]], missing: dict[int, list[Path]]) -> list[str]:
    told = []
    for slide, images in missing.items():
        label, folder = labels[slide]
        cells = "1 reviewed cell is" if len(images) == 1 else f"{len(images)} reviewed cells are"
        told.append(
            f"{path}: {cells} left out, for the images of the slide {label!r} are no longer in {folder}, "
            f"first {images[0].name}. Open the case in the window and say where they lie now."
        )
    return told


def _unknown(path: Path, strange: Counter[str]) -> list[str]:
    return [
        f"{path}: {count} reviewed cells of the case's own class {code!r}; left out."
        for code, count in sorted(strange.items())
    ]
