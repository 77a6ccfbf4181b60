"""A case, or its images, on a network share that is gone: said in a sentence, and nothing else is lost."""

import errno

import pytest
from case_samples import case_of, decide, new_cell
from dead_share import dead

from marrowdesk.core.errors import CaseFileError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileReadOnly, SlideFolderMismatch

CODES = pytest.mark.parametrize("code", [errno.ENOTCONN, errno.EACCES, errno.EIO])


@pytest.fixture
def share(tmp_path):
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@CODES
@pytest.mark.parametrize("hold", [True, False])
def test_that_a_decision_on_a_dead_share_is_refused_by_name_and_made_when_it_is_back(share, code, hold):
    case_of(share / "a.mdcase", 3).close()
    with CaseFile.open(share / "a.mdcase", hold=hold) as case:
        cells = case.cells()
        with dead(share, code), pytest.raises(CaseFileError, match="cannot be read or written") as told:
            decide(case, cells[:1], "BLA")
        assert str(case.path) in told.value.message
        assert told.value.hint
        assert [cell.review for cell in case.cells()] == [None] * 3
        decide(case, cells[:1], "BLA")
        assert case.cells()[0].code == "BLA"


@CODES
@pytest.mark.parametrize("hold", [True, False])
def test_that_a_case_on_a_dead_share_is_not_opened_and_says_why(share, code, hold):
    case_of(share / "a.mdcase", 1).close()
    with dead(share, code):
        for begin in (
            lambda: CaseFile.open(share / "a.mdcase", hold=hold),
            lambda: CaseFile.open_copy(share / "a.mdcase"),
        ):
            with pytest.raises(CaseFileReadOnly, match="cannot be read"):
                begin()
        with pytest.raises(CaseFileError, match="cannot be"):
            CaseFile.create(share / "b.mdcase", MARROW, "b", hold=hold)
    assert not list(share.glob("b*"))


@CODES
def test_that_images_on_a_dead_share_are_missing_and_found_elsewhere(share, tmp_path, code):
    images, other = share / "slide", tmp_path / "other"
    for folder in (images, other):
        folder.mkdir()
        (folder / "1.png").write_bytes(b"an image")
    with CaseFile.create(tmp_path / "a.mdcase", MARROW, "a") as case:
        slide = case.add_slide("slide", images)
        case.add_cells(slide.id, [new_cell(images / "1.png")])
        assert case.images_missing() == []
        with dead(share, code):
            assert case.images_missing() == [images / "1.png"]
            with pytest.raises(SlideFolderMismatch):
                case.relocate(slide.id, images)
            assert case.relocate(slide.id, other).found == 1
        assert case.slides()[0].folder == other
