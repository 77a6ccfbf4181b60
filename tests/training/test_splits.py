"""Which cells are kept back: hold-out, folds, whole sources; slides and patients stay whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.samples import Sample
from marrowdesk.training.split_file import check_fit, check_folds, read_split, write_folds, write_split
from marrowdesk.training.splits import hold_out, leave_out, make_folds

CELLS = [
    Sample(f"{source}/{code}/{code}_{number:05d}.jpg", source, code)
    for source, code, count in (("a", "LYT", 200), ("a", "BLA", 120), ("b", "LYT", 150), ("b", "BAS", 6))
    for number in range(1, count + 1)
]
SPLIT = Path("held_out.csv")


def _numbers(held, source, code):
    own = [each for each in CELLS if (each.source, each.code) == (source, code)]
    return sorted(each.number for each in own if each.file in held)


def _runs(numbers):
    return 1 + int((np.diff(numbers) > 1).sum())


def test_that_fifteen_percent_of_each_class_and_source_is_kept_back():
    held = hold_out(CELLS)
    for source, code, count in (("a", "LYT", 200), ("a", "BLA", 120), ("b", "LYT", 150)):
        assert len(_numbers(held, source, code)) == pytest.approx(0.15 * count, abs=2)


def test_that_what_is_kept_back_is_three_runs_of_consecutive_numbers():
    assert 1 <= _runs(_numbers(hold_out(CELLS), "a", "LYT")) <= 3


def test_that_a_hold_out_stays_the_same_from_version_to_version():
    held = hold_out(CELLS)
    assert _numbers(held, "a", "BLA") == [*range(34, 40), *range(62, 68), *range(104, 110)]
    assert _numbers(held, "b", "LYT") == [*range(36, 44), *range(60, 68), *range(103, 111)]


def test_that_a_class_of_a_few_cells_is_kept_back_whole():
    assert _numbers(hold_out(CELLS), "b", "BAS") == [1, 2, 3, 4, 5, 6]


def test_that_the_split_does_not_depend_on_the_order_of_the_manifest():
    assert hold_out(CELLS) == hold_out(CELLS[::-1])
    assert make_folds(CELLS, 4) == make_folds(CELLS[::-1], 4)


cells = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from(["BLA", "LYT"]), st.sampled_from(["", "p", "q", "r", "s"])
    ),
    min_size=8,
    max_size=80,
).map(lambda rows: [Sample(f"{at}.png", *row[:2], row[2]) for at, row in enumerate(rows)])


@settings(max_examples=60, deadline=None)
@given(cells=cells, count=st.integers(2, 4), seed=st.integers(0, 9))
def test_that_every_cell_lies_in_one_fold_and_a_group_in_one_only(cells, count, seed):
    cells.append(Sample("free.png", "a", "BLA"))
    folds = make_folds(cells, count, seed)
    assert set(folds) == {sample.file for sample in cells}
    assert set(folds.values()) <= set(range(count))
    groups, strata = defaultdict(set), defaultdict(Counter)
    for sample in cells:
        if sample.group:
            groups[sample.group].add(folds[sample.file])
        else:
            strata[sample.source, sample.code][folds[sample.file]] += 1
    assert all(len(each) == 1 for each in groups.values())
    for found in strata.values():
        sizes = [found[fold] for fold in range(count)]
        assert max(sizes) - min(sizes) <= 1


@settings(max_examples=60, deadline=None)
@given(cells=cells, share=st.floats(0.1, 0.5), seed=st.integers(0, 9))
def test_that_a_hold_out_never_cuts_a_group(cells, share, seed):
    held = hold_out(cells, share, fewest=3, seed=seed)
    sides = defaultdict(set)
    for sample in cells:
        if sample.group:
            sides[sample.group].add(sample.file in held)
    assert all(len(each) == 1 for each in sides.values())
    assert check_fit(SPLIT, cells, held) == ()


def test_that_a_fold_is_a_few_runs_of_consecutive_numbers():
    folds = make_folds(CELLS, 5)
    for fold in range(5):
        numbers = _numbers({file for file, own in folds.items() if own == fold}, "a", "LYT")
        assert len(numbers) == 40
        assert _runs(numbers) <= 3


def _patients(sizes):
    """Cells of patients, one of three blasts."""
    return [
        Sample(f"{patient}_{at}.png", "a", "BLA" if at % 3 == 0 else "LYT", f"patient {patient}")
        for patient, size in enumerate(sizes)
        for at in range(size)
    ]


def test_that_patients_are_shared_out_evenly_over_the_folds():
    cells = _patients([30, 60, 30, 60, 90, 60, 30, 60, 30])  # 450 cells, 150 of them blasts
    folds = make_folds(cells, 5)
    assert Counter(folds.values()) == {fold: 90 for fold in range(5)}
    blasts = Counter(folds[sample.file] for sample in cells if sample.code == "BLA")
    assert blasts == {fold: 30 for fold in range(5)}


def test_that_a_hold_out_of_patients_comes_near_its_share():
    cells = _patients([10] * 20)
    held = hold_out(cells)
    assert len(held) == 30
    assert len({sample.group for sample in cells if sample.file in held}) == 3


def test_that_more_folds_than_patients_are_refused():
    with pytest.raises(MarrowdeskError, match="5 folds cannot be made of 3 groups"):
        make_folds(_patients([9, 9, 9]), 5)


def test_that_a_whole_source_is_left_out_with_the_patients_it_shares():
    cells = [*CELLS, Sample("x.png", "a", "BLA", "patient 1"), Sample("y.png", "c", "BLA", "patient 1")]
    held = leave_out(cells, ["c"])
    assert held == {"x.png", "y.png"}
    assert leave_out(CELLS, ["b"]) == {each.file for each in CELLS if each.source == "b"}
    with pytest.raises(MarrowdeskError, match=r"no source 'd'.*They have a, b, c\."):
        leave_out(cells, ["d"])


def test_that_a_split_is_read_back_from_its_file(tmp_path):
    held = hold_out(CELLS)
    write_split(tmp_path / "deep" / "held_out.csv", CELLS, held)
    assert read_split(tmp_path / "deep" / "held_out.csv") == held


def test_that_folds_are_read_back_from_their_file_one_by_one(tmp_path):
    folds, path = make_folds(CELLS, 3), tmp_path / "folds-3.csv"
    write_folds(path, CELLS, folds)
    assert path.read_text().startswith("file,source,class,fold\na/LYT/LYT_00001.jpg,a,LYT,")
    for fold in range(3):
        assert read_split(path, fold) == {file for file, own in folds.items() if own == fold}
    with pytest.raises(MarrowdeskError, match=r"has no fold 3.*0, 1, 2"):
        read_split(path, 3)
    with pytest.raises(MarrowdeskError, match="Say with --fold"):
        read_split(path)
    check_folds(path, CELLS)
    with pytest.raises(MarrowdeskError, match=r"do not know 1 of the 477 cells, first new\.png"):
        check_folds(path, [*CELLS, Sample("new.png", "a", "LYT")])


def test_that_a_split_that_names_other_files_is_refused_and_a_few_lost_ones_are_told():
    held = hold_out(CELLS)
    (note,) = check_fit(SPLIT, CELLS, held | {"gone/1.png", "gone/2.png"})
    assert f"2 of {len(held) + 2} cells that are not in the data, first gone/1.png" in note
    with pytest.raises(
        MarrowdeskError, match=r"held_out\.csv keeps back 2 of 2 cells that are not in the data"
    ):
        check_fit(SPLIT, CELLS, {"gone/1.png", "gone/2.png"})


def test_that_a_split_that_cuts_a_patient_is_refused():
    with pytest.raises(MarrowdeskError, match=r"held_out\.csv cuts 1 of 2 groups.*'patient 1'"):
        check_fit(SPLIT, _patients([4, 4]), {"1_0.png"})


@pytest.mark.parametrize(
    ("content", "said"), [("name\na.png\n", "no column 'file'"), ("", "no column 'file'")]
)
def test_that_a_file_that_is_no_split_says_why(tmp_path, content, said):
    (tmp_path / "s.csv").write_text(content)
    with pytest.raises(MarrowdeskError, match=said):
        read_split(tmp_path / "s.csv")


@pytest.mark.parametrize(
    ("content", "fold", "said"),
    [
        ("file,fold\na.png\nb.png,1\n", 9, "Line 2 of the split .* has no fold"),
        ("file,fold\na.png,1\nb.png,\n", 1, "Line 3 of the split .* has no fold"),
        ("class,file\nBLA,a.png\nBLA\n", None, "Line 3 of the split .* has no file"),
    ],
)
def test_that_a_row_that_is_cut_short_is_named(tmp_path, content, fold, said):
    (tmp_path / "s.csv").write_text(content)
    with pytest.raises(MarrowdeskError, match=said):
        read_split(tmp_path / "s.csv", fold)


def test_that_rows_of_commas_alone_are_no_cells(tmp_path):
    (tmp_path / "s.csv").write_text("file,fold\na.png,0\nb.png,1\n,\n,\n")
    assert read_split(tmp_path / "s.csv", 1) == {"b.png"}


def test_that_a_split_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.csv").mkdir()
    for path, said in (
        (tmp_path / "file" / "held.csv", "file is no folder"),
        (tmp_path / "folder.csv", "Is a dir"),
    ):
        with pytest.raises(MarrowdeskError, match=f"{path} could not be written: .*{said}") as caught:
            write_split(path, CELLS, set())
        assert "Give a folder" in caught.value.hint
        with pytest.raises(MarrowdeskError, match="could not be written"):
            write_folds(path, CELLS, make_folds(CELLS, 2))
