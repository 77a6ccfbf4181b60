"""The labelled real cells are found, read and labelled by their folders as their manifest says."""

import csv

import pytest

from marrowdesk.core.cell import Place
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.imaging.decode import probe
from marrowdesk.imaging.labels import folder_label
from marrowdesk.imaging.scan import Found, scan
from marrowdesk.imaging.thumbnail import thumbnail


@pytest.mark.real_data
def test_that_real_cells_are_found_and_their_folders_give_the_labels_of_the_manifest(real_data):
    with (real_data / "manifest.csv").open(encoding="utf-8", newline="") as file:
        wanted = {row["file"]: row["marrow_class"] for row in csv.DictReader(file)}
    roots = [real_data / name for name in ("matek", "pbc", "aml_lmu")]
    found = list(scan(roots))
    assert all(isinstance(each, Found) for each in found)
    labels = {
        each.path.relative_to(real_data).as_posix(): folder_label(each.path, each.root, MARROW)
        for each in found
    }
    assert labels == wanted


@pytest.mark.real_data
def test_that_real_cells_are_decoded(real_data):
    for found in list(scan([real_data / "matek", real_data / "pbc", real_data / "aml_lmu"]))[::120]:
        info = probe(found.path)
        assert info.width == info.height
        assert info.width in (250, 280, 300)
        assert thumbnail(Place(found.path), 96).std() > 5
