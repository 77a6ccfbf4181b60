"""Thumbnails are square, keep the shape of the cell and look like the full image."""

import numpy as np
import pytest
from PIL import Image

from marrowdesk.core.cell import Box, Place
from marrowdesk.imaging.decode import read_image
from marrowdesk.imaging.thumbnail import fit_square, thumbnail


@pytest.fixture
def cell(tmp_path):
    across, down = np.meshgrid(np.linspace(0, 9, 800), np.linspace(0, 6, 800))
    image = (np.dstack([np.sin(across), np.cos(down), np.sin(across + down)]) * 90 + 128).astype(np.uint8)
    Image.fromarray(image).save(tmp_path / "cell.jpg", quality=95)
    return tmp_path / "cell.jpg"


@pytest.mark.parametrize("side", [40, 96, 160, 256, 900])
def test_that_a_thumbnail_looks_like_the_image_scaled(cell, side):
    small = thumbnail(Place(cell), side)
    assert small.shape == (side, side, 3)
    assert small.dtype == np.uint8
    assert small.flags.c_contiguous
    assert np.abs(small.astype(int) - fit_square(read_image(cell), side)).mean() < 2


def test_that_a_wide_image_keeps_its_shape_between_gray_margins(tmp_path):
    Image.new("RGB", (300, 100), (200, 40, 90)).save(tmp_path / "wide.png")
    small = thumbnail(Place(tmp_path / "wide.png"), 90)
    assert (small[:29] == 128).all()
    assert (small[31:59] == (200, 40, 90)).all()
    assert (small[61:] == 128).all()


def test_that_a_box_is_shown_and_not_the_field_around_it(tmp_path):
    field = np.zeros((400, 400, 3), np.uint8)
    field[100:150, 200:250] = 220, 30, 60
    Image.fromarray(field).save(tmp_path / "field.png")
    small = thumbnail(Place(tmp_path / "field.png", box=Box(200, 100, 50, 50)), 64)
    assert (small == (220, 30, 60)).all()


def test_that_an_upright_thumbnail_comes_from_a_turned_jpeg(tmp_path, cell):
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = read_image(cell)
    Image.fromarray(np.ascontiguousarray(np.rot90(upright))).save(
        tmp_path / "turned.jpg", quality=95, exif=exif
    )
    small = thumbnail(Place(tmp_path / "turned.jpg"), 100)
    assert np.abs(small.astype(int) - fit_square(upright, 100)).mean() < 3
