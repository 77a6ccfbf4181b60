"""QuPath's GeoJSON: one collection an image, each box with its class, colour and confidence."""

from __future__ import annotations

import json

import pytest
from exchange_samples import boxed, content_of
from hostile import HOSTILE

from marrowdesk.core.cell import Box, Cell, Place
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.report.exchange.aliases import without_names
from marrowdesk.report.exchange.geojson import geojson_files
from marrowdesk.report.exchange.text import plain


def read(content):
    return {name: json.loads(data) for name, data in geojson_files(content)}


def test_that_each_image_has_a_collection_with_its_boxes():
    content = content_of(boxed())
    found = read(content)
    assert list(found) == ["field 1.tif.geojson", "field 0.tif.geojson", "field 0.tif page 2.geojson"]
    assert {each["type"] for each in found.values()} == {"FeatureCollection"}
    assert [len(each["features"]) for each in found.values()] == [3, 2, 1]
    by_name = {one["properties"]["name"]: one for each in found.values() for one in each["features"]}
    assert len(by_name) == 6
    for cell in content.cells:
        (ring,) = by_name[f"cell {cell.id}"]["geometry"]["coordinates"]
        box = cell.place.box
        assert ring[0] == ring[-1] == [box.x, box.y]
        assert ring[2] == [box.x + box.width, box.y + box.height]


def test_that_class_colour_and_confidence_are_as_qupath_reads_them():
    features = [one for each in read(content_of(boxed())).values() for one in each["features"]]
    first = next(one for one in features if one["properties"]["name"] == "cell 1")
    color = MARROW["BLA"].color
    assert first["properties"]["classification"] == {
        "name": "blast", "color": [int(color[at : at + 2], 16) for at in (1, 3, 5)],
    }  # fmt: skip
    assert first["properties"]["objectType"] == "detection"
    assert first["properties"]["measurements"]["confidence"] == pytest.approx(0.75)
    assert len({one["id"] for one in features}) == len(features)


def test_that_only_cells_in_larger_images_are_written():
    whole = Cell(99, 1, Place(boxed()[0].place.path.with_name("whole.png")))
    assert list(read(content_of([*boxed(), whole]))) == list(read(content_of(boxed())))
    assert read(content_of([whole])) == {}


def test_that_a_cell_without_class_is_gray_and_has_no_measurements():
    ((_, found),) = read(content_of([Cell(1, 1, Place(boxed()[0].place.path, box=Box(0, 0, 5, 5)))])).items()
    properties = found["features"][0]["properties"]
    assert properties["classification"] == {"name": "not classified", "color": [128, 128, 128]}
    assert properties["measurements"] == {}


def test_that_two_images_of_one_name_have_two_files():
    first, second = boxed(2)
    other = Cell(
        9, 2, Place(first.place.path.parent.parent / "smear 2" / first.place.path.name, box=Box(1, 1, 2, 2))
    )
    names = list(read(content_of([first, second, other])))
    assert len(names) == len(set(names)) == 3


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_that_any_file_name_gives_a_harmless_one(kind, tmp_path):
    name = plain(HOSTILE[kind]).replace("/", "_").replace("\0", "_")[:200] or "x"
    path = boxed()[0].place.path.with_name("x").parent / name
    content = content_of([Cell(1, 1, Place(path, box=Box(0, 0, 5, 5)))])
    for each in (content, without_names(content)):
        ((written, data),) = geojson_files(each)
        (tmp_path / written).write_bytes(data)
    assert len(list(tmp_path.iterdir())) in (1, 2)
