"""Reports from a case: what is frozen, what is written, and that nothing half is left behind."""

import csv
import io
import json
import threading
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from marrowdesk.core import edits
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.errors import MarrowdeskError, ReportError
from marrowdesk.report.options import PrintOptions
from marrowdesk.services.analysis import analyse
from marrowdesk.services.opening import case_for, open_slides
from marrowdesk.services.reporting import decisions, export, snapshot


@pytest.fixture
def case(tmp_path, tiny_engine):
    folder = tmp_path / "slide"
    folder.mkdir()
    rng = np.random.default_rng(3)
    for number in range(24):
        Image.fromarray(rng.integers(60, 255, (64, 64, 3), np.uint8)).save(folder / f"{number:02}.png")
    with case_for([folder]) as opened:
        list(open_slides(opened, [folder], threading.Event()))
        list(analyse(opened, tiny_engine, opened.cells(), threading.Event()))
        first = opened.cells()[:3]
        opened.record(edits.assign(first, "PLM", "plasma cell", "ab", datetime.now(UTC)))
        opened.set_field("accession", "2031/25")
        yield opened


def test_that_the_snapshot_says_what_the_case_says(case, tiny_bundle):
    frozen = snapshot(case, CountingRules(target=200), reader="A. Reader")
    report = frozen.report
    assert report.header.accession == "2031/25"
    assert report.reader == "A. Reader"
    assert report.differential.total == len(frozen.cells) == 24
    assert report.differential.row("PLM").share.count == 3
    assert report.differential.rules.target == 200
    assert [model.sha256 for model in report.method.models] == [tiny_bundle.sha256]
    assert [slide.cells for slide in report.slides] == [24]
    assert {picture.code for picture in report.pictures} >= {"PLM"}


def test_that_the_picture_of_an_image_replaced_since_it_was_read_is_not_printed(case):
    before = [picture.code for picture in snapshot(case, CountingRules()).report.pictures]
    for cell in case.cells()[:3]:
        Image.new("RGB", (64, 64), (0, 255, 0)).save(cell.place.path)
    report = snapshot(case, CountingRules()).report
    assert "PLM" in before
    assert [picture.code for picture in report.pictures] == [code for code in before if code != "PLM"]
    assert report.differential.row("PLM").share.count == 3


def test_that_doubt_is_counted_over_all_cells_reviewed_or_not(case):
    doubts = [cell.prediction.doubt for cell in case.cells()]
    found = snapshot(case, CountingRules()).report.doubt
    assert (found.measured, found.unfamiliar) == (24, sum(each > 1 for each in doubts))


def _measured(bundle):
    return bundle.card.model_copy(update={"results": {"accuracy": 0.8}})


def test_that_the_count_is_adjusted_where_the_mistakes_of_the_model_were_measured(case, tiny_bundle):
    report = snapshot(case, CountingRules(), cards=[_measured(tiny_bundle)]).report
    classes = [row.cell_class.code for row in report.differential.rows]
    assert report.adjusted.of(classes).percent == pytest.approx(100)
    assert report.adjusted.of(["PLM"]).count == 3  # reviewed, and the model has no such class


def test_that_a_count_is_not_adjusted_for_a_model_whose_mistakes_were_not_measured(case, tiny_bundle):
    assert snapshot(case, CountingRules(), cards=[tiny_bundle.card]).report.adjusted is None
    assert snapshot(case, CountingRules()).report.adjusted is None  # none of the shipped models proposed


def test_that_a_count_by_eye_is_part_of_the_adjusted_one_where_it_is_counted_together(case, tiny_bundle):
    cards = [_measured(tiny_bundle)]
    case.press(1, "PLM", "ab")
    apart = snapshot(case, CountingRules(), cards=cards).report.adjusted
    case.set_field("manual_count", "together")
    together = snapshot(case, CountingRules(), cards=cards).report.adjusted
    assert (apart.of(["PLM"]).count, together.of(["PLM"]).count) == (3, 4)


def test_that_every_template_and_language_is_written(case, tmp_path):
    frozen = snapshot(case, CountingRules())
    for template in ("marrow", "summary", "blood"):
        for language in ("en", "de", "zh"):
            path = tmp_path / f"{template}-{language}.pdf"
            export(frozen, pdf=path, options=PrintOptions(template, language=language))
            assert path.read_bytes().startswith(b"%PDF-")


def test_that_a_later_decision_does_not_change_a_snapshot(case):
    frozen = snapshot(case, CountingRules())
    case.record(edits.assign(case.cells()[3:6], "PLM", "plasma cell", "ab", datetime.now(UTC)))
    assert frozen.report.differential.row("PLM").share.count == 3


def test_that_pdf_csv_and_json_tell_the_same_count(case, tmp_path):
    frozen = snapshot(case, CountingRules())
    out = tmp_path / "out"
    out.mkdir()
    paths = export(frozen, pdf=out / "r.pdf", csv=out / "r.csv", json=out / "r.json")
    assert sorted(path.name for path in out.iterdir()) == ["r.csv", "r.json", "r.pdf"]
    assert [path.name for path in paths] == ["r.pdf", "r.csv", "r.json"]
    assert (out / "r.pdf").read_bytes().startswith(b"%PDF-")
    rows = list(csv.DictReader(io.StringIO((out / "r.csv").read_bytes().decode("utf-8-sig"))))
    assert len(rows) == 24
    assert len(json.loads((out / "r.json").read_bytes())["cells"]) == 24


def test_that_an_unwritable_target_is_named_and_leaves_nothing(case, tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(ReportError, match="taken is not there"):
        export(snapshot(case, CountingRules()), pdf=tmp_path / "taken" / "r.pdf")
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(ReportError, match=r"folder\.pdf"):
        export(snapshot(case, CountingRules()), pdf=tmp_path / "folder.pdf")
    assert not list(tmp_path.glob(".*.new"))


@pytest.mark.parametrize("form", ["pdf", "csv", "json"])
def test_that_no_form_is_written_over_the_open_case_or_its_images(case, tmp_path, form):
    frozen, image = snapshot(case, CountingRules()), tmp_path / "slide" / "00.png"
    beside = [path for path in case.path.parent.iterdir() if path.name.startswith(case.path.name)]
    assert len(beside) == 4  # the case, its journal, what that shares, and who has it open
    for target in [image, *beside]:
        before = target.read_bytes()
        with pytest.raises(ReportError, match="nothing was written"):
            export(frozen, **{form: target})
        assert target.read_bytes() == before
    assert len(case.cells()) == 24


def test_that_the_list_of_decisions_is_not_written_over_the_case(case):
    with pytest.raises(ReportError, match="nothing was written"):
        decisions(case, case.path)
    assert len(case.cells()) == 24


def test_that_a_picture_whose_file_is_gone_does_not_stop_the_report(case, tmp_path):
    for image in (tmp_path / "slide").glob("1*.png"):
        image.unlink()
    frozen = snapshot(case, CountingRules())
    assert frozen.report.differential.total == 24
    assert 0 < len(frozen.report.pictures) <= 14


def test_that_an_empty_case_is_not_reported(tmp_path):
    (tmp_path / "empty").mkdir()
    with case_for([tmp_path / "empty"]) as case, pytest.raises(MarrowdeskError, match="no cells"):
        snapshot(case, CountingRules())
