"""One way to labelled cells: class folders, manifests, reviewed cases, and several of them together."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from painted import painted_cell

from marrowdesk.core import edits
from marrowdesk.core.cell import Box, Place
from marrowdesk.core.errors import CaseFileError, MarrowdeskError
from marrowdesk.core.taxonomy import MARROW, CellClass, CountRole, Lineage
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.values import NewCell
from marrowdesk.training.reading import read_labelled
from marrowdesk.training.samples import read_cell

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _paint(path, seed=0, side=40):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), painted_cell(side, side / 2, seed=seed))
    return path


def _table(cells):
    return {sample.file: (sample.source, sample.code) for sample in cells.samples}


@pytest.fixture
def tree(tmp_path):
    """The public set as unpacked, with what else may lie there."""
    root = tmp_path / "BM_cytomorphology_data"
    _paint(root / "BLA" / "0001-1000" / "BLA_00001.png")
    _paint(root / "BLA" / "1001-2000" / "BLA_01001.png", 1)
    _paint(root / "deeper" / "SNE" / "a" / "b" / "SNE_1.png", 2)
    _paint(root / "plasma cells" / "x.png", 3)
    _paint(root / "ig" / "IG_1.png", 4)
    _paint(root / "ig" / "more" / "IG_2.png", 5)
    _paint(root / "loose.png", 6)
    (root / "BLA" / "abbreviations.txt").write_text("BLA blast")
    return root


def test_that_folders_of_any_depth_give_their_class_and_aliases_are_known(tree):
    cells = read_labelled([str(tree)])
    assert _table(cells) == {
        "BLA/0001-1000/BLA_00001.png": ("BM_cytomorphology_data", "BLA"),
        "BLA/1001-2000/BLA_01001.png": ("BM_cytomorphology_data", "BLA"),
        "deeper/SNE/a/b/SNE_1.png": ("BM_cytomorphology_data", "NGS"),
        "plasma cells/x.png": ("BM_cytomorphology_data", "PLM"),
    }
    assert [sample.number for sample in cells.samples] == [1, 1001, 1, 0]
    assert read_cell(cells.samples[0]).shape == (40, 40, 3)


def test_that_images_in_folders_of_no_class_are_told(tree):
    problems = read_labelled([str(tree)]).problems
    assert len(problems) == 2
    assert any("ig: 2 images lie in no folder named after a class" in each for each in problems)
    assert any("1 image lies" in each and "loose.png" in each for each in problems)


def test_that_a_source_can_be_given_a_name(tree):
    cells = read_labelled([f"munich={tree}"])
    assert {sample.source for sample in cells.samples} == {"munich"}


def test_that_a_folder_of_unlabelled_images_is_refused_with_what_is_expected(tmp_path):
    _paint(tmp_path / "slide" / "cell_1.png")
    with pytest.raises(MarrowdeskError, match=r"no labelled cell.*Give a folder with manifest\.csv"):
        read_labelled([str(tmp_path / "slide")])
    with pytest.raises(MarrowdeskError, match="nowhere does not exist"):
        read_labelled([str(tmp_path / "nowhere")])
    with pytest.raises(MarrowdeskError, match=r"cell_1\.png is no data set"):
        read_labelled([str(tmp_path / "slide" / "cell_1.png")])


def test_that_a_manifest_is_read_from_its_folder_or_by_its_own_name(tmp_path):
    _paint(tmp_path / "a.png")
    # as a spreadsheet saves it: byte order mark, an alias for a class
    text = "file,marrow_class,source,group\na.png,BLA,one,patient 1\nb.png,MYO,one,\n"
    (tmp_path / "cells.csv").write_text(text, encoding="utf-8-sig")
    shutil.copy(tmp_path / "cells.csv", tmp_path / "manifest.csv")
    for given in (tmp_path, tmp_path / "cells.csv"):
        cells = read_labelled([str(given)])
        assert _table(cells) == {"a.png": ("one", "BLA"), "b.png": ("one", "BLA")}
        assert [sample.group for sample in cells.samples] == ["patient 1", ""]
        assert cells.samples[0].place == Place(tmp_path / "a.png")


def test_that_rows_of_a_manifest_that_are_of_no_use_are_told_and_the_rest_is_read(tmp_path):
    rows = ["a.png,one,BLA", "b.png,one,QQQ", "c.png,,BLA", "a.png,one,LYT", "d.png,one,LYT", "d.png,one,LYT"]
    (tmp_path / "manifest.csv").write_text("\n".join(["file,source,marrow_class", *rows]))
    cells = read_labelled([str(tmp_path)])
    assert _table(cells) == {"a.png": ("one", "BLA"), "d.png": ("one", "LYT")}
    told = "\n".join(cells.problems)
    assert "1 row lacks file, source, class or whole box; left out, first line 4" in told
    assert "1 row has the class 'QQQ'" in told
    assert "2 files are named again" in told
    assert "a.png (as BLA and as LYT)" in told


def test_that_cells_in_boxes_of_one_image_are_read_each_and_a_box_cut_short_is_told(tmp_path):
    image = np.full((60, 90, 3), 255, np.uint8)
    image[10:30, 40:70] = 0
    cv2.imwrite(str(tmp_path / "field_7.png"), image)
    rows = ["field_7.png,one,BLA,40,10,30,20", "field_7.png,one,LYT,0,0,8,9", "field_7.png,one,MON,,,,"]
    boxes = ["1,1,5,", "1,1,5,0", "-1,1,5,5", "1,1,00,5", "1,1,5,000"]
    short = [f"field_7.png,one,EOS,{box}" for box in boxes]
    text = "\n".join(["file,source,marrow_class,x,y,width,height", *rows, *short])
    (tmp_path / "manifest.csv").write_text(text)
    cells = read_labelled([str(tmp_path)])
    assert [each.code for each in cells.samples] == ["BLA", "LYT", "MON"]
    assert len({each.file for each in cells.samples}) == 3
    assert {each.number for each in cells.samples} == {7}
    assert read_cell(cells.samples[0]).shape == (20, 30, 3)
    assert not read_cell(cells.samples[0]).any()
    assert read_cell(cells.samples[2]).shape == (60, 90, 3)
    assert "5 rows lack file, source, class or whole box; left out, first line 5" in cells.problems[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"file;source;marrow_class\n", "no column 'file'; it has file;source;marrow_class"),
        ("file,source,marrow_class\nm\xfcller.png,a,BLA\n".encode("latin-1"), "no CSV text in UTF-8"),
        (b"", "it has nothing"),
        (
            b"file,source,marrow_class\na.png,a,BLA\nb\0.png,a,BLA\n",
            "no CSV text in UTF-8: line 3 holds a zero",
        ),
        (b"file,source,marrow_class\n", "holds no labelled cell"),
    ],
)
def test_that_a_manifest_that_cannot_be_used_says_why(tmp_path, content, said):
    (tmp_path / "manifest.csv").write_bytes(content)
    with pytest.raises(MarrowdeskError) as caught:
        read_labelled([str(tmp_path)])
    assert said in str(caught.value)


def _case(path, folders, scheme=MARROW):
    """Make a case with a slide a folder and a cell an image; give it open, with its cells."""
    case = CaseFile.create(path, scheme, "Case 2031")
    for folder in folders:
        slide = case.add_slide(folder.name, folder)
        images = sorted(folder.rglob("*.png"))
        case.add_cells(slide.id, [_new(image) for image in images])
    return case, case.cells()


def _new(image, box=None):
    return NewCell(Place(image, 0, box), hashlib.sha256(image.read_bytes()).hexdigest(), 40, 40, "LYT")


@pytest.fixture
def slides(tmp_path):
    folders = [tmp_path / "slides" / "A", tmp_path / "slides" / "B"]
    for folder in folders:
        for number in range(4):
            _paint(folder / f"cell_{number}.png", 10 * (folder.name == "B") + number)
    return folders


def test_that_only_cells_that_a_reader_gave_a_class_are_read_from_a_case(tmp_path, slides):
    case, cells = _case(tmp_path / "2031.mdcase", slides)
    case.record(edits.assign(cells[:2], "BLA", "blast", "Ann", NOON))
    case.record(edits.assign(cells[4:6], "LYT", "lymphocyte", "Ann", NOON))
    case.record(edits.exclude([cells[5]], "Ann", NOON))
    case.close()
    read = read_labelled([str(tmp_path / "2031.mdcase")])
    assert read.problems == ()
    assert _table(read) == {
        "2031.mdcase/A/cell_0.png": ("Case 2031", "BLA"),
        "2031.mdcase/A/cell_1.png": ("Case 2031", "BLA"),
        "2031.mdcase/B/cell_0.png": ("Case 2031", "LYT"),
    }
    assert [sample.group for sample in read.samples] == ["Case 2031: A", "Case 2031: A", "Case 2031: B"]


def test_that_a_case_of_an_earlier_version_is_read_and_stays_one(tmp_path, slides):
    path = tmp_path / "2031.mdcase"
    case, cells = _case(path, slides)
    case.record(edits.assign(cells[:2], "BLA", "blast", "Ann", NOON))
    case.close()
    with closing(sqlite3.connect(path)) as older:
        older.execute("DROP TABLE origin")
        older.execute("PRAGMA user_version = 2")
        older.commit()
    before = path.read_bytes()
    assert len(read_labelled([str(path)]).samples) == 2
    assert path.read_bytes() == before


def test_that_the_box_of_a_cell_in_its_image_is_honoured(tmp_path):
    image = np.zeros((60, 100, 3), np.uint8)
    image[10:30, 40:70] = (0, 0, 255)
    (tmp_path / "A").mkdir()
    cv2.imwrite(str(tmp_path / "A" / "field.png"), image)
    case = CaseFile.create(tmp_path / "f.mdcase", MARROW, "fields")
    slide = case.add_slide("A", tmp_path / "A")
    boxes = [Box(40, 10, 30, 20), Box(0, 0, 5, 5)]
    cells = case.add_cells(slide.id, [_new(tmp_path / "A" / "field.png", box) for box in boxes])
    case.record(edits.assign(cells, "BLA", "blast", "Ann", NOON))
    case.close()
    red, black = read_labelled([str(tmp_path / "f.mdcase")]).samples
    assert red.file == "f.mdcase/A/field.png @40,10,30,20"
    assert read_cell(red).shape == (20, 30, 3)
    assert (read_cell(red) == (255, 0, 0)).all()
    assert not read_cell(black).any()


def test_that_moved_images_of_a_case_are_told_and_the_rest_is_read(tmp_path, slides):
    case, cells = _case(tmp_path / "2031.mdcase", slides)
    case.record(edits.assign(cells, "BLA", "blast", "Ann", NOON))
    case.close()
    shutil.move(slides[0], tmp_path / "elsewhere")
    read = read_labelled([str(tmp_path / "2031.mdcase")])
    assert len(read.samples) == 4
    (problem,) = read.problems
    assert "4 reviewed cells are left out" in problem
    assert str(slides[0]) in problem


def test_that_a_class_of_the_cases_own_is_told(tmp_path, slides):
    sezary = CellClass("SEZ", "Sezary cell", Lineage.LYMPHOID, CountRole.COUNTED, "", "#123456")
    own = replace(MARROW, classes=(*MARROW.classes, sezary))
    case, cells = _case(tmp_path / "2031.mdcase", slides, own)
    case.record(edits.assign(cells[:3], "SEZ", "Sezary cell", "Ann", NOON))
    case.record(edits.assign(cells[3:4], "BLA", "blast", "Ann", NOON))
    case.close()
    read = read_labelled([str(tmp_path / "2031.mdcase")])
    assert len(read.samples) == 1
    assert "3 reviewed cells of the case's own class 'SEZ'" in read.problems[0]


def test_that_a_case_without_decisions_or_a_file_that_is_no_case_is_refused(tmp_path, slides):
    _case(tmp_path / "2031.mdcase", slides)[0].close()
    with pytest.raises(MarrowdeskError, match="holds no labelled cell"):
        read_labelled([str(tmp_path / "2031.mdcase")])
    (tmp_path / "other.mdcase").write_text("no case at all, but long enough to look at" * 20)
    with pytest.raises(CaseFileError):
        read_labelled([str(tmp_path / "other.mdcase")])


def test_that_data_sets_are_joined_and_equal_paths_kept_apart(tmp_path):
    for lab, seed in (("north", 0), ("south", 10)):
        _paint(tmp_path / lab / "BLA" / "1.png", seed)
        _paint(tmp_path / lab / "LYT" / f"{lab}.png", seed + 1)
    cells = read_labelled([str(tmp_path / "north"), str(tmp_path / "south")])
    assert _table(cells) == {
        "BLA/1.png": ("north", "BLA"),
        "LYT/north.png": ("north", "LYT"),
        "south/BLA/1.png": ("south", "BLA"),
        "south/LYT/south.png": ("south", "LYT"),
    }
    first, _, third, _ = map(read_cell, cells.samples)
    assert not np.array_equal(first, third)


def test_that_cells_given_twice_come_in_once(tree, tmp_path):
    case = CaseFile.create(tmp_path / "x.mdcase", MARROW, "blasts again")
    slide = case.add_slide("BLA", tree / "BLA")
    cells = case.add_cells(slide.id, [_new(tree / "BLA" / "0001-1000" / "BLA_00001.png")])
    case.record(edits.assign(cells, "LYT", "lymphocyte", "Ann", NOON))
    case.close()
    read = read_labelled([str(tree), str(tmp_path / "x.mdcase")])
    assert len(read.samples) == 4
    assert any("1 cell was given before" in problem for problem in read.problems)
