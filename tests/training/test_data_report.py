"""What ``marrowdesk data`` tells: counts, sizes, copies, contradictions, and what cannot be read."""

from __future__ import annotations

import argparse
import json

import cv2
import pytest
from painted import painted_cell
from PIL import Image

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.commands import data as data_command
from marrowdesk.training.data_page import count_lines
from marrowdesk.training.data_report import report_data
from marrowdesk.training.reading import read_labelled
from marrowdesk.training.samples import LabelledCells, Sample


def _tell(*words) -> int:
    parser = argparse.ArgumentParser()
    data_command.add_command(parser.add_subparsers())
    arguments = parser.parse_args(["data", *map(str, words)])
    return arguments.handler(arguments)


def _paint(path, seed, side=40):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), painted_cell(side, side / 2, seed=seed))


@pytest.fixture
def mixed(tmp_path):
    """Two laboratories with copies, a contradiction, a broken image and pictures of several sizes."""
    root = tmp_path / "mixed"
    for number, side in enumerate((40, 50, 60)):
        _paint(root / "north" / f"LYT_{number}.png", number, side)
    _paint(root / "south" / "BLA_1.png", 7)
    Image.open(root / "north" / "LYT_1.png").save(root / "south" / "copy.bmp")
    Image.open(root / "south" / "BLA_1.png").save(root / "south" / "other.png", optimize=True)
    (root / "south" / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing")
    rows = [*((f"north/LYT_{number}.png", "north", "LYT", f"slide {number}") for number in range(3)),
            ("south/BLA_1.png", "south", "BLA", ""), ("south/copy.bmp", "south", "LYT", ""),
            ("south/other.png", "south", "LYT", ""), ("south/cut.jpg", "south", "BLA", "")]  # fmt: skip
    lines = ["file,source,marrow_class,group", *(",".join(row) for row in rows)]
    (root / "manifest.csv").write_text("\n".join(lines))
    return root


def test_that_the_report_tells_counts_sizes_copies_and_broken_images(mixed, capsys):
    assert _tell("--data", mixed) == 3
    told = capsys.readouterr().out
    rows = {line.split()[0]: line.split()[-3:] for line in told.splitlines() if line.strip()}
    assert rows["LYT"] == ["3", "2", "5"]
    assert rows["BLA"] == ["-", "2", "2"]
    assert rows["all"] == ["3", "4", "7"]
    assert "Fewer than 50 cells: BLA 2, LYT 5" in told
    assert "40 / 50 / 60    40 / 50 / 60   PNG RGB" in told
    assert "PNG RGB 2, BMP RGB 1" in told
    assert "Slides or patients, kept on one side of a split: north 3; not known for 4 cells" in told
    assert "2 pictures are there more than once, 2 too many" in told
    assert "LYT: north/LYT_1.png, south/copy.bmp" in told
    assert "WARNING: 1 of them have labels that CONTRADICT each other" in told
    assert "BLA: south/BLA_1.png, LYT: south/other.png" in told
    assert "1 image cannot be read; a training goes on without:\n  south/cut.jpg: cut.jpg is" in told


def test_that_the_report_is_kept_as_json(mixed, tmp_path, capsys):
    _tell("--data", mixed, "--json", tmp_path / "deep" / "report.json")
    told = json.loads((tmp_path / "deep" / "report.json").read_text())
    assert told["counts"] == {"north": {"LYT": 3}, "south": {"BLA": 2, "LYT": 2}}
    assert told["pictures"]["north"]["width"] == [40, 50, 60]
    assert told["few"]["under 50"] == {"BLA": 2, "LYT": 5}
    assert list(told["unreadable"]) == ["south/cut.jpg"]
    assert [each["codes"] for each in told["copies"]] == [["LYT", "LYT"], ["BLA", "LYT"]]
    with pytest.raises(MarrowdeskError, match="is a folder"):
        _tell("--data", mixed, "--json", tmp_path)


def test_that_copies_on_both_sides_of_a_split_are_told(mixed, tmp_path, capsys):
    (tmp_path / "held.csv").write_text("file\nsouth/copy.bmp\n")
    _tell("--data", mixed, "--held-out", tmp_path / "held.csv")
    told = capsys.readouterr().out
    assert "WARNING: of 1 of them one copy is trained on and another kept back" in told
    assert told.splitlines()[2].split()[-2:] == ["kept", "back"]


def test_that_clean_data_are_told_to_be_clean(tmp_path, capsys):
    for number in range(3):
        _paint(tmp_path / "lab" / "BLA" / f"{number}.png", number)
    assert _tell("--data", tmp_path / "lab") == 0
    told = capsys.readouterr().out
    assert "3 cells, 1 class, 1 source" in told
    assert "No picture is there twice" in told
    assert "Every image can be read." in told
    assert "Slides or patients are not known" in told


def test_that_what_was_left_out_is_told(tmp_path, capsys):
    _paint(tmp_path / "lab" / "BLA" / "1.png", 0)
    _paint(tmp_path / "lab" / "unsorted" / "2.png", 1)
    assert _tell("--data", tmp_path / "lab") == 3
    assert "unsorted: 1 image lies in no folder named after a class" in capsys.readouterr().out


def test_that_classes_that_come_from_one_source_only_are_pointed_out():
    cells = [Sample(f"{at}", "a" if at < 60 else "b", "LYT") for at in range(120)]
    cells += [Sample(f"n{at}", "a", "NIF") for at in range(80)]
    cells += [Sample(f"m{at}", "b" if at else "a", "MYB") for at in range(100)]
    told = "\n".join(count_lines(cells, held={"0", "n1"}))
    assert "(Almost) only from a: NIF" in told
    assert "(Almost) only from b: MYB" in told
    assert "LYT, " not in told
    assert "Fewer than 100 cells: NIF 80" in told
    (row,) = (line for line in told.splitlines() if line.startswith("LYT"))
    assert row.split()[-4:] == ["60", "60", "120", "1"]


@pytest.mark.real_data
def test_that_some_of_the_real_cells_are_read_without_a_complaint(real_data):
    cells = read_labelled([str(real_data)])
    report = report_data(LabelledCells(cells.samples[::25], cells.problems))
    assert sum(sum(each.values()) for each in report.counts.values()) == 549
    assert not report.unreadable
    assert not report.left_out
    assert not any(each.contradict for each in report.copies)
    assert {source: each.width for source, each in report.pictures.items()} == {
        "aml_lmu": (300, 300, 300),
        "matek": (250, 250, 250),
        "pbc": (280, 280, 280),
    }
