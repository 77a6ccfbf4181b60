"""Folders named after classes give a reference label; others do not."""

from pathlib import Path

import pytest

from marrowdesk.core.taxonomy import MARROW
from marrowdesk.imaging.labels import folder_label

ROOT = Path("/slides/case 7")


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("BLA/x.jpg", "BLA"),
        ("BLA/0001-1000/BLA_00001.jpg", "BLA"),
        ("eosinophil/x.jpg", "EOS"),
        ("Segmented Neutrophils/x.jpg", "NGS"),
        ("segmented_neutrophil/x.jpg", "NGS"),
        ("BLA/reviewed/EOS/x.jpg", "EOS"),
        ("x.jpg", None),
        ("BLA.jpg", None),
        ("blasts old/x.jpg", None),
        ("not BLA/x.jpg", None),
        ("0001-1000/x.jpg", None),
    ],
)
def test_that_the_nearest_folder_named_after_a_class_gives_the_label(inside, code):
    assert folder_label(ROOT / inside, ROOT, MARROW) == code


def test_that_the_opened_folder_itself_counts_and_those_above_do_not():
    assert folder_label(Path("/data/LYT/x.jpg"), Path("/data/LYT"), MARROW) == "LYT"
    assert folder_label(Path("/data/LYT/slide/x.jpg"), Path("/data/LYT/slide"), MARROW) is None
