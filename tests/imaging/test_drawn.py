"""Drawn cells look like their class, are marked as drawn, and come out the same for the same seed."""

import csv

import cv2
import numpy as np
import pytest
from PIL import Image

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.imaging.decode import probe, read_image
from marrowdesk.imaging.drawn import DRAWN_CODES, draw_cell, draw_slide
from marrowdesk.imaging.drawn.stain import Stain
from marrowdesk.imaging.labels import folder_label
from marrowdesk.imaging.scan import Found, scan

BRIGHT = Stain.of_slide(np.random.default_rng(8))


def cells(code, count=12):
    return [draw_cell(code, np.random.default_rng([3, at]), stain=BRIGHT) for at in range(count)]


def nucleus(image):
    """Find the nuclear pixels (deep violet) of the cell in the middle."""
    dark = (cv2.GaussianBlur(image, (0, 0), 1)[..., 1] < 75).astype(np.uint8)
    _, labels = cv2.connectedComponents(dark)
    middle = labels[85:165, 85:165]
    found = middle[middle > 0]
    return labels == np.bincount(found).argmax() if found.size else labels < 0


def median_of(measure, code):
    return float(np.median([measure(image) for image in cells(code)]))


def nuclear_area(image):
    return nucleus(image).sum()


def nuclear_solidity(image):
    """Area over that of the convex hull: 1 for a round nucleus, less for a bent or lobed one."""
    outline, _ = cv2.findContours(nucleus(image).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(outline, key=cv2.contourArea)
    return cv2.contourArea(largest) / cv2.contourArea(cv2.convexHull(largest))


def brick_red(image):
    red, green, blue = (image[60:190, 60:190, at].astype(int) for at in range(3))
    return ((red > blue + 12) & (red > green + 45)).mean()


def blueness_around(image):
    """How much bluer than red the ring just outside of the nucleus is."""
    core = nucleus(image).astype(np.uint8)
    ring = cv2.dilate(core, np.ones((25, 25))) - cv2.dilate(core, np.ones((7, 7)))
    pixels = image[ring > 0].astype(int)
    return np.median(pixels[:, 2] - pixels[:, 0])


@pytest.mark.parametrize("code", DRAWN_CODES)
def test_that_every_drawn_class_exists_and_its_pictures_differ_by_chance_only(code):
    assert code in MARROW
    image = draw_cell(code, np.random.default_rng(5))
    assert image.shape == (250, 250, 3)
    assert image.dtype == np.uint8
    assert np.array_equal(image, draw_cell(code, np.random.default_rng(5)))
    assert not np.array_equal(image, draw_cell(code, np.random.default_rng(6)))


@pytest.mark.parametrize("side", [64, 150, 400])
def test_that_other_sizes_keep_the_scale(side):
    image = draw_cell("PEB", np.random.default_rng(1), side, BRIGHT)
    assert image.shape == (side, side, 3)
    half = min(side, 120) // 2
    middle = image[side // 2 - half : side // 2 + half, side // 2 - half : side // 2 + half]
    assert (middle[..., 1] < 120).mean() > 0.5


def test_that_a_class_without_a_drawing_is_refused_by_name():
    with pytest.raises(MarrowdeskError, match="MGK"):
        draw_cell("MGK", np.random.default_rng(1))


def test_that_nuclei_have_the_size_of_their_class():
    areas = {code: median_of(nuclear_area, code) for code in ("EBO", "LYT", "BLA", "PEB")}
    assert areas["EBO"] < areas["LYT"] < areas["BLA"] < areas["PEB"]


def test_that_nuclei_become_bent_and_lobed_as_the_neutrophil_ripens():
    solidity = {code: median_of(nuclear_solidity, code) for code in ("MYB", "MMZ", "NGB", "NGS")}
    assert solidity["MYB"] > solidity["MMZ"] > solidity["NGB"]
    assert solidity["MYB"] > 0.93
    assert solidity["NGS"] < 0.88


def test_that_only_eosinophils_have_brick_red_granules():
    shares = {code: median_of(brick_red, code) for code in DRAWN_CODES}
    assert shares.pop("EOS") > 0.1
    assert max(shares.values()) < 0.03


def test_that_plasma_cells_and_young_red_cells_are_blue_and_ripe_neutrophils_are_not():
    blue = {code: median_of(blueness_around, code) for code in ("PLM", "PEB", "NGS")}
    assert min(blue["PLM"], blue["PEB"]) > 50
    assert blue["NGS"] < 30


def test_that_the_word_drawn_stands_in_the_corner_of_every_picture():
    marks = np.stack([draw_cell(code, np.random.default_rng(2))[236:247, 4:44] for code in DRAWN_CODES])
    gray = marks.mean(axis=(0, 3))
    letters = gray < 140
    assert 0.1 < letters.mean() < 0.5
    assert gray[~letters].max() > 200


def test_that_a_slide_is_marked_mixed_and_without_labels(tmp_path):
    paths = draw_slide(tmp_path / "slide", count=100)
    assert [path.name for path in paths[:2]] == ["drawn_0001.jpg", "drawn_0002.jpg"]
    assert [each.path for each in scan([tmp_path]) if isinstance(each, Found)] == paths
    for path in paths[::10]:
        with Image.open(path) as image:
            assert b"DRAWN" in image.info["comment"]
        assert (probe(path).width, probe(path).height) == (250, 250)
        assert folder_label(path, tmp_path, MARROW) is None
    with (tmp_path / "slide" / "drawn.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["file"]: row["code"] for row in csv.DictReader(file)}
    assert list(truth) == [path.name for path in paths]
    assert set(truth.values()) == set(DRAWN_CODES)
    assert list(truth.values()).count("NGS") > list(truth.values()).count("BLA")


@pytest.mark.parametrize("count", [1, 7, 30])
def test_that_a_slide_has_as_many_cells_as_were_asked_for(tmp_path, count):
    assert len(draw_slide(tmp_path, count)) == count
    assert len(list(tmp_path.glob("*.jpg"))) == count


def test_that_the_same_seed_draws_the_same_slide(tmp_path):
    once, again, other = (
        draw_slide(tmp_path / name, 6, seed) for name, seed in (("a", 4), ("b", 4), ("c", 5))
    )
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]
    assert [path.read_bytes() for path in once] != [path.read_bytes() for path in other]


def test_that_cells_of_one_slide_share_their_staining_and_slides_differ(tmp_path):
    def ground(seed):
        paths = draw_slide(tmp_path / str(seed), 12, seed)
        return np.array([np.quantile(read_image(path).mean(axis=2), 0.9) for path in paths])

    bright, dim = ground(8), ground(4)
    assert bright.std() < 8
    assert dim.std() < 8
    assert bright.mean() - dim.mean() > 40
