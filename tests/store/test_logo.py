"""The laboratory's logo: any sound PNG or JPEG, small and without metadata; anything else is refused."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from marrowdesk.core.errors import ImageUnreadable
from marrowdesk.imaging.logo import LONGEST
from marrowdesk.store.errors import SettingsError
from marrowdesk.store.logo import forget_logo, keep_logo, own_logo
from marrowdesk.store.paths import logo_path


def picture(width=320, height=80, mode="RGB"):
    samples = np.full((height, width, len(mode)), 255, np.uint8)
    samples[height // 4 : -height // 4, width // 4 : -width // 4, 0] = 20
    return Image.fromarray(samples, mode if mode != "RGB" else None)


def test_that_a_logo_is_kept_as_a_png_without_metadata(tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "made for Jane Doe"
    picture().save(tmp_path / "logo.jpg", exif=exif, comment=b"Jane Doe")
    png = keep_logo(tmp_path / "logo.jpg")
    assert own_logo() == png == logo_path().read_bytes()
    assert b"Jane Doe" not in png
    with Image.open(io.BytesIO(png)) as kept:
        assert (kept.format, kept.size, kept.mode, kept.info) == ("PNG", (320, 80), "RGB", {})


def test_that_a_large_one_is_scaled_down_and_keeps_its_shape(tmp_path):
    picture(6000, 1500).save(tmp_path / "logo.png")
    with Image.open(io.BytesIO(keep_logo(tmp_path / "logo.png"))) as kept:
        assert kept.size == (LONGEST, LONGEST // 4)


def test_that_what_is_transparent_becomes_white(tmp_path):
    Image.new("RGBA", (40, 40), (200, 0, 0, 0)).save(tmp_path / "logo.png")
    with Image.open(io.BytesIO(keep_logo(tmp_path / "logo.png"))) as kept:
        assert kept.getpixel((20, 20)) == (255, 255, 255)


def _broken(path):
    picture(400, 400).save(path, "PNG")
    path.write_bytes(path.read_bytes()[:200])


def _huge(path):
    Image.new("1", (20_000, 20_000)).save(path, "PNG")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: picture().save(path, "TIFF"), "neither a PNG nor a JPEG"),
        (lambda path: path.write_text("<svg xmlns='x'/>"), "neither a PNG nor a JPEG"),
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.mkdir(), "folder"),
        (_broken, "cut off"),
        (_huge, "million pixels"),
        (lambda path: picture(4, 4).save(path, "PNG"), "too small"),
        (lambda path: picture(2000, 12).save(path, "PNG"), "too narrow"),
    ],
)
def test_that_what_is_no_logo_is_refused_and_the_one_before_stays(tmp_path, make, words):
    picture().save(tmp_path / "good.png")
    good, path = keep_logo(tmp_path / "good.png"), tmp_path / "bad.png"
    make(path)
    with pytest.raises(ImageUnreadable, match=words):
        keep_logo(path)
    assert own_logo() == good


def test_that_a_logo_is_forgotten_and_one_that_was_spoiled_is_told(tmp_path):
    assert own_logo() is None
    picture().save(tmp_path / "good.png")
    keep_logo(tmp_path / "good.png")
    logo_path().write_bytes(b"no image")
    with pytest.raises(SettingsError, match="cannot be used"):
        own_logo()
    forget_logo()
    forget_logo()
    assert own_logo() is None
