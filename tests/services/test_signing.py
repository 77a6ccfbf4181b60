"""Signing through to the report: what was signed is what is printed, whatever came later."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from pdf_reading import page_texts
from PIL import Image

from marrowdesk.core import edits
from marrowdesk.core.counting import ME_RULES, CountingRules
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.manual import FIELD, TOGETHER
from marrowdesk.core.shipped_schemes import ICSH
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.services import signing
from marrowdesk.services.letterhead import take_letterhead
from marrowdesk.services.opening import case_for, open_slides
from marrowdesk.services.reporting import export, snapshot
from marrowdesk.services.signing import sign_off
from marrowdesk.store.backup import backups
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileReadOnly
from marrowdesk.store.logo import keep_logo

RULES = CountingRules(target=4, sex="F")


@pytest.fixture
def case(tmp_path):
    """Give a case of six cells that a reader called lymphocytes."""
    folder = tmp_path / "slide"
    folder.mkdir()
    rng = np.random.default_rng(3)
    for number in range(6):
        Image.fromarray(rng.integers(60, 255, (64, 64, 3), np.uint8)).save(folder / f"{number:02}.png")
    with case_for([folder]) as opened:
        list(open_slides(opened, [folder], threading.Event()))
        _give(opened, range(6), "LYT")
        opened.set_field("accession", "2031/25")
        yield opened


def _give(case, places, code):
    cells = case.cells()
    case.record(edits.assign([cells[at] for at in places], code, code, "ab", datetime.now(UTC)))


def _counts(frozen):
    return {
        row.cell_class.code: row.share.count for row in frozen.report.differential.rows if row.share.count
    }


def test_that_a_case_that_is_ready_is_signed_and_copied(case):
    signed = sign_off(case, RULES, "A. Reader", "hematologist")
    assert signed.no_copy is None
    (copy,) = backups(case.path)
    with CaseFile.open(copy.path) as kept:
        assert kept.signed == signed.signature


def test_that_what_stands_against_it_needs_a_reason_and_is_kept_with_it(case):
    _give(case, [0], "NIF")
    with pytest.raises(MarrowdeskError, match=r"not ready to be signed: unidentified \(1\)"):
        sign_off(case, RULES, "A. Reader")
    assert case.signed is None
    signed = sign_off(case, RULES, "A. Reader", reason="The smear holds no more.").signature
    assert signed.hindrances == (("unidentified", 1),)
    assert snapshot(case, RULES).report.signed.reason == "The smear holds no more."


def test_that_images_seen_to_be_replaced_stand_against_it_until_their_cells_are_excluded(case):
    replaced = {case.cells()[2].place.path}
    with pytest.raises(MarrowdeskError, match=r"not ready to be signed: replaced \(1\)"):
        sign_off(case, CountingRules(target=5), "A. Reader", replaced=replaced)
    signed = sign_off(
        case, CountingRules(target=5), "A. Reader", reason="It is lost.", replaced=replaced
    ).signature
    assert signed.hindrances == (("replaced", 1),)
    for language, said in (
        ("en", "1 cell whose image file is not the one that was read"),
        ("de", "1 Zelle, deren Bilddatei nicht die eingelesene ist"),
        ("zh", "1 个细胞的图像文件已不是当初读入的文件"),
    ):
        paper = pdf_bytes(snapshot(case, RULES).report, PrintOptions(language=language))
        assert "".join(said.split()) in "".join(page_texts(paper)[0].split())
    case.reopen("A. Reader", "To exclude it.")
    case.record(edits.exclude([case.cells()[2]], "ab", datetime.now(UTC)))
    again = sign_off(case, CountingRules(target=5), "A. Reader", replaced=replaced)
    assert again.signature.hindrances == ()


def test_that_a_signature_stands_where_no_copy_can_be_made(case, monkeypatch):
    def full(_):
        raise CaseFileReadOnly("No copy can be written.", "Free some space.")

    monkeypatch.setattr(signing, "back_up", full)
    assert isinstance(sign_off(case, RULES, "A. Reader").no_copy, CaseFileReadOnly)
    assert case.signed is not None


def test_that_the_report_of_a_signed_case_is_by_the_rules_it_was_signed_with(case):
    sign_off(case, RULES, "A. Reader", "hematologist")
    report = snapshot(case, CountingRules(target=999), reader="somebody else").report
    assert report.differential.rules == RULES
    assert (report.reader, report.signed.role) == ("A. Reader", "hematologist")
    assert report.made_at == case.signed.at
    assert report.signed.state == case.signed.state
    assert (report.version, report.amends) == (1, None)


def test_that_the_same_signed_case_gives_the_same_bytes_each_time(case, tmp_path):
    sign_off(case, RULES, "A. Reader")
    written = [
        export(snapshot(case, RULES), pdf=tmp_path / f"{number}.pdf", json=tmp_path / f"{number}.json")
        for number in range(2)
    ]
    first, second = ([path.read_bytes() for path in paths] for paths in written)
    assert first == second


def test_that_an_amended_case_says_what_it_replaces_and_the_signed_one_can_still_be_printed(case, tmp_path):
    sign_off(case, RULES, "A. Reader")
    first = _counts(snapshot(case, RULES))
    case.reopen("B. Reader", "Two blasts were overlooked.")
    _give(case, [0, 1], "BLA")
    case.set_field("accession", "2031/26")
    now = snapshot(case, RULES, reader="B. Reader").report
    assert now.signed is None
    assert (now.version, now.amends.version, now.amends.reader) == (2, 1, "A. Reader")
    assert (now.amends.reopened_by, now.amends.reason) == ("B. Reader", "Two blasts were overlooked.")
    assert now.amends.changed.classes == (("blast", 0, 2), ("lymphocyte", 6, 4))
    assert now.amends.changed.fields == ("accession",)
    old = snapshot(case, CountingRules(), version=1)
    assert _counts(old) == first == {"LYT": 6}
    assert (old.report.header.accession, old.report.amends) == ("2031/25", None)
    sign_off(case, RULES, "B. Reader")
    (path,) = export(snapshot(case, RULES), json=tmp_path / "r.json")
    told = json.loads(path.read_text("utf-8"))
    assert (told["report_version"], told["signed"]["reader"]) == (2, "B. Reader")
    assert told["amends"]["changed"]["classes"][0] == {"name": "blast", "before": 0, "after": 2}


def _told(case, rules, folder, language="en"):
    options = PrintOptions(language=language)
    frozen = snapshot(case, rules)
    export(frozen, pdf=folder / "r.pdf", json=folder / "r.json", options=options)
    paper = " ".join(" ".join(page_texts((folder / "r.pdf").read_bytes())).split())
    return paper, json.loads((folder / "r.json").read_text("utf-8"))["amends"]["changed"]


@pytest.mark.parametrize("counted", [TOGETHER, ""])
def test_that_an_amended_report_tells_what_changed_in_the_manual_count(case, tmp_path, counted):
    case.set_field(FIELD, counted)
    for code in ("LYT", "LYT", "BLA"):
        case.press(1, code, "A. Reader")
    sign_off(case, RULES, "A. Reader", reason="All there is.")
    case.reopen("B. Reader", "Smear 2 was found.")
    for smear in (1, 2, 2):
        case.press(smear, "BLA", "B. Reader")
    sign_off(case, RULES, "B. Reader", reason="All there is.")
    paper, kept = _told(case, RULES, tmp_path)
    said = "Changed: manual count of smear 1 (blast 1 to 2), manual count of smear 2 (blast 0 to 2)."
    assert said in paper
    assert kept["manual"] == [
        {"smear": 1, "name": "blast", "before": 1, "after": 2},
        {"smear": 2, "name": "blast", "before": 0, "after": 2},
    ]
    assert (kept["cells"], kept["fields"], kept["rules"]) == (0, [], [])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Changed: classes of the case, definition of the M:E ratio, sex for the reference ranges."),
        ("de", "Geändert: Klassen des Falls, Definition des M:E-Verhältnisses, Geschlecht für die "
               "Referenzbereiche."),
        ("zh", "更改：病例的细胞分类、粒红比的定义、参考范围所用性别。"),
    ],
)  # fmt: skip
def test_that_an_amended_report_tells_what_it_is_counted_by_otherwise(case, tmp_path, language, said):
    sign_off(case, RULES, "A. Reader")
    case.reopen("B. Reader", "Other definitions.")
    case.set_scheme(ICSH)
    now = replace(RULES, me_rule=ME_RULES["without-blasts"], sex="M")
    open_case = _told(case, now, tmp_path, language)
    sign_off(case, now, "B. Reader")
    for paper, kept in (open_case, _told(case, CountingRules(), tmp_path, language)):
        assert "".join(said.split()) in "".join(paper.split())
        assert kept["rules"] == ["scheme", "me_ratio", "sex"]
        assert (kept["cells"], kept["manual"]) == (0, [])


def test_that_a_version_that_was_altered_is_not_reported(case):
    sign_off(case, RULES, "A. Reader")
    case.close()
    with closing(sqlite3.connect(case.path)) as other:
        other.execute("DROP TRIGGER decision_no_update")
        other.execute("UPDATE decision SET to_code = 'BLA'")
        other.commit()
    with (
        CaseFile.open(case.path) as again,
        pytest.raises(MarrowdeskError, match=r"not what A\. Reader signed"),
    ):
        snapshot(again, RULES)


def test_that_a_version_that_never_was_is_refused(case):
    with pytest.raises(MarrowdeskError, match="no signed version 1"):
        snapshot(case, RULES, version=1)


def test_that_an_empty_required_field_needs_a_reason_that_is_printed_with_it(case, tmp_path):
    case.set_field("site", "  \n")
    with pytest.raises(MarrowdeskError, match=r"empty fields \(2\)"):
        sign_off(case, RULES, "A. Reader", required=("accession", "site", "conclusion"))
    signed = sign_off(case, RULES, "A. Reader", reason="It is urgent.", required=("site", "conclusion"))
    assert signed.signature.hindrances == (("empty fields", 2),)
    export(snapshot(case, RULES), pdf=tmp_path / "r.pdf")
    told = " ".join(page_texts((tmp_path / "r.pdf").read_bytes())[0].split())
    assert "Signed in spite of 2 required fields left empty. Reason: It is urgent." in told


def test_that_a_filled_required_field_stands_in_nobodys_way(case):
    case.set_field("conclusion", "Normal.")
    assert sign_off(case, RULES, "A. Reader", required=("accession", "conclusion")).signature.hindrances == ()


def test_that_a_signed_report_keeps_the_logo_it_was_made_with(case, tmp_path):
    Image.new("RGB", (60, 60), "red").save(tmp_path / "red.png")
    Image.new("RGB", (60, 60), "blue").save(tmp_path / "blue.png")
    red = keep_logo(tmp_path / "red.png")
    take_letterhead(case, "St. Elsewhere")
    sign_off(case, RULES, "A. Reader")
    keep_logo(tmp_path / "blue.png")
    take_letterhead(case, "Elsewhere")
    report = snapshot(case, RULES).report
    assert (report.logo, report.header.institution) == (red, "St. Elsewhere")
    assert case.unaltered(case.signed)
    case.reopen("B. Reader", "why")
    case.set_field("logo", "!")
    with pytest.raises(MarrowdeskError, match="logo"):
        snapshot(case, RULES)


def test_that_a_letterhead_that_was_taken_away_in_a_case_stays_away(case, tmp_path):
    case.set_field("institution", "")
    case.set_field("logo", "")
    Image.new("RGB", (60, 60), "red").save(tmp_path / "red.png")
    keep_logo(tmp_path / "red.png")
    take_letterhead(case, "St. Elsewhere")
    report = snapshot(case, RULES).report
    assert (report.logo, report.header.institution) == (None, "")
