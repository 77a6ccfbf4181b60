"""Every shipped icon draws with Qt, in one colour that the app may choose, within its square."""

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from marrowdesk.assets import resource_path

ICONS = sorted(path for path in resource_path("icons").glob("*.svg"))
LINE_ICONS = [path for path in ICONS if path.stem != "marrowdesk"]


def drawn(source: bytes, side: int) -> np.ndarray:
    """Render to RGBA."""
    image = QImage(side, side, QImage.Format.Format_RGBA8888)
    image.fill(0)
    painter = QPainter(image)
    renderer = QSvgRenderer(QByteArray(source))
    assert renderer.isValid()
    renderer.render(painter)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(side, side, 4).copy()


@pytest.mark.parametrize("path", LINE_ICONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("side", [16, 24, 48])
def test_that_a_line_icon_takes_one_colour_and_stays_inside_its_square(qapp, path: Path, side):
    source = path.read_bytes()
    assert set(re.findall(rb'(?:stroke|fill|stop-color)="([^"]+)"', source)) <= {b"currentColor", b"none"}
    pixels = drawn(source.replace(b"currentColor", b"#ff0000"), side)
    ink = pixels[..., 3]
    assert 0.03 < (ink > 100).mean() < 0.6
    assert (pixels[ink > 0][:, 1:3] == 0).all()
    border = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    assert border.max() < 128


@pytest.mark.parametrize("side", [16, 256])
def test_that_the_mark_of_the_program_shows_nucleus_cell_and_tally(qapp, side):
    pixels = drawn(resource_path("icons", "marrowdesk.svg").read_bytes(), side).astype(int)
    red, green, blue = (pixels[..., at] for at in range(3))
    assert ((red > 225) & (green > 190) & (blue > 200)).mean() > 0.1  # cytoplasm and tally
    assert ((red > 90) & (green < 90) & (blue > 100)).mean() > 0.03  # nucleus
    assert ((red > green + 40) & (green > blue)).sum() >= 2  # the fifth stroke
