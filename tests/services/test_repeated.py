"""A smear added twice is said wherever the count goes, until its cells are excluded."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import UTC, datetime

import numpy as np
import openpyxl
import pytest
from pdf_reading import page_texts
from PIL import Image

from marrowdesk.core import edits
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.rule_choice import RuleChoice
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.report.tables import report_json
from marrowdesk.services.exchange import send
from marrowdesk.services.opening import case_for, open_slides
from marrowdesk.services.parcel import Form, pack
from marrowdesk.services.reporting import snapshot
from marrowdesk.services.signing import sign_off
from marrowdesk.services.worklist import entry

RULES = CountingRules(target=8)
NEVER = threading.Event()


def _give(case, cells, code="LYT"):
    case.record(edits.assign(cells, code, code, "ab", datetime.now(UTC)))


@pytest.fixture
def case(tmp_path):
    """Give a case of a smear of four cells, called lymphocytes by a reader, and of a copy of that smear."""
    smear = tmp_path / "smear"
    smear.mkdir()
    for number in range(4):
        pixels = np.random.default_rng(number).integers(60, 255, (64, 64, 3), np.uint8)
        Image.fromarray(pixels).save(smear / f"{number}.png")
    copy = shutil.copytree(smear, tmp_path / "copy")
    with case_for([smear, copy], file=tmp_path / "twice.mdcase") as opened:
        list(open_slides(opened, [smear, copy], NEVER))
        _give(opened, opened.cells())
        yield opened


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "REPEATED 4 cells showing the very image of another cell of this case, counted once more"),
        ("de", "DOPPELT 4 Zellen mit genau demselben Bild wie eine andere Zelle dieses Falls, noch einmal"),
        ("zh", "重复 4 个细胞与本病例中其他细胞的图像完全相同，被重复计数"),
    ],
)
def test_that_the_report_says_it(case, language, said):
    paper = pdf_bytes(snapshot(case, RULES).report, PrintOptions(language=language))
    assert "".join(said.split()) in "".join(page_texts(paper)[0].split())


def test_that_the_forms_for_programs_and_the_worklist_say_it(case, tmp_path):
    frozen = snapshot(case, RULES)
    assert json.loads(report_json(frozen.report, frozen.cells))["differential"]["repeated"] == 4
    assert "repeated cells: 4" in entry(case.path, RuleChoice(target=8)).flags
    list(send(pack(case, RULES, Form.XLSX), tmp_path / "r.xlsx", NEVER))
    about = {row[0].value: row[1].value for row in openpyxl.load_workbook(tmp_path / "r.xlsx")["Report"]}
    assert about["Cells with the very image of another one, counted once more"] == 4


def test_that_it_stands_against_the_signature_until_a_reader_gives_a_reason(case):
    with pytest.raises(MarrowdeskError, match=r"not ready to be signed: repeated \(4\)"):
        sign_off(case, RULES, "A. Reader")
    signed = sign_off(case, RULES, "A. Reader", reason="Drawn twice on purpose.").signature
    assert signed.hindrances == (("repeated", 4),)
    said = " ".join(page_texts(pdf_bytes(snapshot(case, RULES).report))[0].split())
    assert "Signed in spite of 4 cells showing the very image of another cell. Reason: Drawn twice" in said
    assert "REPEATED 4 cells" in said  # it is counted so


@pytest.mark.parametrize("which", [0, 1], ids=["the first", "the copy"])
def test_that_nothing_says_it_once_either_smear_is_excluded(case, which):
    shown = {cell.id for cell in case.cells()}
    again = {pair[which] for pair in case.alike()}
    assert len(shown) == 2 * len(again)
    case.record(edits.exclude([cell for cell in case.cells() if cell.id in again], "ab", datetime.now(UTC)))
    rules = CountingRules(target=4)
    report = snapshot(case, rules).report
    assert (report.repeated, report.differential.counted) == (0, 4)
    assert "REPEATED" not in page_texts(pdf_bytes(report))[0]
    assert sign_off(case, rules, "A. Reader").signature.hindrances == ()


def test_that_a_signed_version_does_not_speak_of_a_smear_added_later(tmp_path):
    smear = tmp_path / "smear"
    smear.mkdir()
    Image.fromarray(np.full((40, 40, 3), 90, np.uint8)).save(smear / "0.png")
    with case_for([smear]) as case:
        list(open_slides(case, [smear], NEVER))
        _give(case, case.cells())
        rules = CountingRules(target=1)
        sign_off(case, rules, "A. Reader")
        case.reopen("A. Reader", "another smear")
        copy = shutil.copytree(smear, tmp_path / "copy")
        list(open_slides(case, [copy], NEVER))
        assert snapshot(case, rules, version=1).report.repeated == 0
        assert snapshot(case, rules).report.repeated == 1
