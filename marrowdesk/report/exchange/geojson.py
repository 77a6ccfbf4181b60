"""Cells in larger images as QuPath reads them: one GeoJSON FeatureCollection an image.

QuPath (0.4 and later) takes a detection with its polygon, its class and colour, measurements and texts, as
its own ``qupath.lib.io.QuPathTypeAdapters`` reads them. A cell that is a whole image has no place in another
one; none is written for it.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from marrowdesk.report.exchange.text import file_name, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marrowdesk.core.cell import Box, Cell
    from marrowdesk.report.exchange.content import Content

_NO_CLASS = ("not classified", "#808080")


def in_boxes(content: Content) -> list[Cell]:
    """Give the cells that are boxes in larger images."""
    return [cell for cell in content.cells if cell.place.box is not None]


def geojson_files(content: Content) -> Iterator[tuple[str, bytes]]:
    """Give name and content of a file for each image page with cells in boxes, in the case's order."""
    taken: set[str] = set()
    for (path, page), cells in content.images().items():
        features = [_feature(content, cell, cell.place.box, page) for cell in cells if cell.place.box]
        if features:
            name = file_name(path.name, "image") + (f" page {page + 1}" if page else "")
            number, stem = 2, name
            while name.casefold() in taken:  # two smears may each have an image of that name
                name, number = f"{stem} ({number})", number + 1
            taken.add(name.casefold())
            yield f"{name}.geojson", _written({"type": "FeatureCollection", "features": features})


def _feature(content: Content, cell: Cell, box: Box, page: int) -> dict[str, Any]:
    left, top, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
    return {
        "type": "Feature",
        "id": str(uuid.uuid5(content.identity, f"cell:{cell.id}")),
        "geometry": {
            "type": "Polygon",
            "coordinates": [ring],
            **({"plane": {"c": -1, "z": page, "t": 0}} if page else {}),
        },
        "properties": {
            "objectType": "detection",
            "name": f"cell {cell.id}",
            "classification": _classification(content, cell),
            "measurements": _measurements(cell),
            "metadata": {"state": cell.state.value},
        },
    }


def _classification(content: Content, cell: Cell) -> dict[str, Any]:
    name, color = _NO_CLASS
    if cell.state == "excluded":
        name = "excluded"
    elif cell.code is not None and cell.code in content.scheme:
        name, color = content.scheme[cell.code].name, content.scheme[cell.code].color
    return {"name": plain(name), "color": [int(color[at : at + 2], 16) for at in (1, 3, 5)]}


def _measurements(cell: Cell) -> dict[str, float]:
    proposal = cell.prediction
    if proposal is None:
        return {}
    known = {"confidence": round(proposal.confidence, 4)}
    if proposal.doubt == proposal.doubt:  # NaN where the model measures none
        known["doubt"] = round(proposal.doubt, 4)
    return known


def _written(collection: dict[str, Any]) -> bytes:
    return (json.dumps(collection, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()
