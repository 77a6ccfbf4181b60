"""What a reader can tell from a cell's picture without a word: proposal, decision, change, doubt."""

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from gallery_desk import Desk, proposed
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication

from marrowdesk.app.gallery.stamps import MARGIN
from marrowdesk.core.cell import Cell, Place, Review, Verdict
from marrowdesk.core.taxonomy import MARROW

AT = datetime(2026, 1, 1, tzinfo=UTC)


def reviewed(cell, verdict, code):
    return cell.with_review(Review(verdict, code, "AK", AT))


@pytest.fixture
def desk(qtbot, tmp_path):
    """Lymphocytes proposed, confirmed, changed, unfamiliar; then one unidentified, pending, excluded."""
    path = tmp_path / "green.png"
    cv2.imwrite(str(path), np.full((60, 60, 3), (60, 200, 60), np.uint8))
    cells = [Cell(number, 1, Place(path, 0)) for number in range(1, 8)]
    cells[0] = proposed(cells[0], "LYT", 0.5)
    cells[1] = reviewed(proposed(cells[1], "LYT", 0.6), Verdict.CONFIRMED, "LYT")
    cells[2] = reviewed(proposed(cells[2], "BLA", 0.7), Verdict.ASSIGNED, "LYT")
    cells[3] = proposed(cells[3], "LYT", 0.8, doubt=1.4)
    cells[4] = proposed(cells[4], "NIF", 0.9)
    cells[6] = reviewed(proposed(cells[6], "LYT", 0.9), Verdict.EXCLUDED, None)
    desk = Desk(700, 700)
    desk.show_loose(cells)
    qtbot.waitUntil(lambda: desk.loader.picture(cells[0].place, desk.gallery.thumbnail_side) is not None)
    QApplication.processEvents()
    desk.view.clearSelection()
    yield desk
    desk.close()


def tile(desk, row):
    """Give the pixels of a cell with its outline as an array, (height, width, RGB)."""
    position = desk.view.model().position_of(row)
    spot = desk.view.picture_at(position).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    image = desk.view.viewport().grab(spot).toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return pixels[..., 2::-1].copy()


def covered(desk, row):
    """Give the share of the lower edge of the outline that has the class colour."""
    color = QColor(MARROW["LYT"].color)
    edge = tile(desk, row)[-MARGIN + 1, 6:-6].astype(int)
    off = np.abs(edge - (color.red(), color.green(), color.blue())).sum(axis=1)
    return float((off < 60).mean())


def test_that_a_proposal_is_dotted_and_a_decision_solid(desk):
    assert 0.15 < covered(desk, 0) < 0.75
    assert covered(desk, 1) > 0.95
    assert covered(desk, 2) > 0.95


def test_that_confirmed_and_changed_have_different_marks(desk):
    corner = [tile(desk, row)[:20, :20] for row in (0, 1, 2)]
    assert (corner[0] != corner[1]).any()
    assert (corner[1] != corner[2]).any()


def test_that_a_class_given_without_a_proposal_counts_as_decided_not_as_changed(desk):
    path = desk.model.cells[0].place.path
    plain = [Cell(number, 1, Place(path)) for number in (1, 2, 3)]
    first = reviewed(proposed(plain[0], "LYT"), Verdict.CONFIRMED, "LYT")
    by_hand = reviewed(plain[1], Verdict.ASSIGNED, "LYT")
    changed = reviewed(proposed(plain[2], "BLA"), Verdict.ASSIGNED, "LYT")
    desk.show_loose([first, by_hand, changed])
    QApplication.processEvents()
    desk.view.clearSelection()
    desk.model.set_current(-1)
    desk.view.selectionModel().clearCurrentIndex()
    corner = [tile(desk, row)[6:20, 6:20] for row in (0, 1, 2)]
    assert (corner[0] == corner[1]).all()
    assert (corner[1] != corner[2]).any()


def test_that_doubtful_cells_have_a_mark_of_their_own(desk):
    corner = [tile(desk, row)[:20, -20:] for row in (0, 3, 4)]
    assert (corner[0] != corner[1]).any()
    assert (corner[1] != corner[2]).any()


def test_that_an_excluded_cell_is_pale_and_crossed(desk):
    middle = tile(desk, 6)
    usual = tile(desk, 0)
    assert middle[30, 50].astype(int).sum() > usual[30, 50].astype(int).sum() + 60
    assert len(np.unique(middle[20:80, 20:80].reshape(-1, 3), axis=0)) > 5
    assert len(np.unique(usual[20:80, 20:80].reshape(-1, 3), axis=0)) <= 2


def test_that_a_cell_that_is_not_classified_has_a_thin_gray_frame_only(desk):
    assert covered(desk, 5) == 0


@pytest.mark.parametrize("dark", [False, True])
def test_that_the_selection_is_clearly_seen_in_both_themes(desk, dark):
    ground, ink = ("#15171d", "#e6e8ef") if dark else ("#ffffff", "#1b1e28")
    palette = QPalette(QColor(ground))
    for role, color in ((QPalette.ColorRole.Base, ground), (QPalette.ColorRole.Text, ink)):
        palette.setColor(role, QColor(color))
    palette.setColor(QPalette.ColorRole.Highlight, QColor("#4a59d8"))
    desk.gallery.setPalette(palette)
    plain = grounds(desk)
    desk.gallery.select_rows([0])
    chosen = grounds(desk)
    assert np.abs(plain.astype(int) - chosen.astype(int)).sum() > 90


def grounds(desk):
    """Give the colour between picture and label of the first cell."""
    position = desk.view.model().position_of(0)
    spot = desk.view.picture_at(position)
    image = desk.view.viewport().grab().toImage()
    color = image.pixelColor(spot.center().x(), spot.bottom() + 12)
    return np.array([color.red(), color.green(), color.blue()])


def test_that_pictures_are_sharp_on_a_screen_of_double_density(desk):
    assert desk.gallery._delegate.device_side(2.0) == 2 * desk.gallery.thumbnail_side
