"""Many cases looked through: each told as it is, none touched, a broken one does not stop the others."""

from __future__ import annotations

import csv
import io
import threading
from datetime import UTC, datetime

import openpyxl
import pytest
from exchange_cases import make_case
from hostile import HOSTILE
from pdf_reading import page_texts

from marrowdesk.core.errors import Cancelled, MarrowdeskError, ReportError
from marrowdesk.core.rule_choice import RuleChoice
from marrowdesk.core.shipped_schemes import BLOOD_FIVE
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.report.exchange.worklist import COLUMNS, Entry, State, worklist_csv, worklist_xlsx
from marrowdesk.report.options import PrintOptions
from marrowdesk.services.batch import case_files, reports
from marrowdesk.services.worklist import entries, entry, save
from marrowdesk.store.casefile import CaseFile

RULES = RuleChoice(target=6)
NEVER = threading.Event()


@pytest.fixture
def cases(tmp_path):
    """Give a folder with an open, a signed, an amended, a reopened, an empty and a broken case."""
    folder = tmp_path / "cases"
    folder.mkdir()
    for name in ("open", "signed", "amended", "reopened"):
        make_case(folder / f"{name}.mdcase", tmp_path / name, decided=2, title=name, accession=f"A-{name}")
    for name in ("signed", "amended", "reopened"):
        with CaseFile.open(folder / f"{name}.mdcase") as case:
            case.sign("A. Reader", RULES.rules("marrow", {}).to_json())
            if name != "signed":
                case.reopen("B. Reader", "another look")
            if name == "amended":
                case.sign("B. Reader", RULES.rules("marrow", {}).to_json())
    CaseFile.create(folder / "empty.mdcase", MARROW, "empty").close()
    (folder / "broken.mdcase").write_bytes(b"this is no case")
    return folder


def listed(folder, rules=RULES):
    return {each.path.stem: each for each in entries(case_files([folder]), rules, NEVER)}


def everything(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


# -- entries --------------------------------------------------------------------------------------------


def test_that_each_case_is_told_with_its_state(cases):
    found = listed(cases)
    assert {name: each.state for name, each in found.items()} == {
        "open": State.OPEN, "signed": State.SIGNED, "amended": State.AMENDED, "reopened": State.REOPENED,
        "empty": State.OPEN, "broken": State.BROKEN,
    }  # fmt: skip
    assert (found["amended"].version, found["amended"].signed_by) == (2, "B. Reader")
    assert (found["reopened"].version, found["reopened"].signed_by, found["reopened"].signed_at) == (
        2,
        "",
        None,
    )
    assert found["broken"].error == f"{cases / 'broken.mdcase'} is not a MarrowDesk case."


def test_that_counts_thresholds_and_flags_are_told(cases):
    each = listed(cases)["open"]
    assert (each.counted, each.total, each.reviewed, each.open) == (6, 6, 2, 4)
    assert (each.title, each.accession) == ("open", "A-open")
    assert each.thresholds == ("blasts crosses 5, 10 and 20 %", "plasma cells crosses 10 %")
    assert each.flags == ()
    assert listed(cases, RuleChoice(target=10))["open"].flags == ("below the target: 4",)


def test_that_a_blood_film_is_held_against_the_target_of_blood(tmp_path):
    make_case(tmp_path / "film.mdcase", tmp_path / "film", decided=2, title="film")
    with CaseFile.open(tmp_path / "film.mdcase") as case:
        case.set_scheme(BLOOD_FIVE)
    (each,) = listed(tmp_path, RuleChoice()).values()
    assert f"below the target: {200 - each.counted}" in each.flags


def test_that_reading_a_case_neither_changes_it_nor_leaves_anything_beside_it(cases):
    before = everything(cases)
    listed(cases)
    assert everything(cases) == before


def test_that_a_case_that_is_open_elsewhere_is_read_and_stays_with_its_holder(cases):
    from subprocess import PIPE, Popen
    from sys import executable

    path = cases / "open.mdcase"
    hold = (
        "import sys; from pathlib import Path; from marrowdesk.store.casefile import CaseFile\n"
        "case = CaseFile.open(Path(sys.argv[1]), hold=True); print('held', flush=True); sys.stdin.read()\n"
        "case.set_field('comment', 'mine'); case.close()"
    )
    child = Popen([executable, "-c", hold, str(path)], stdin=PIPE, stdout=PIPE, text=True)
    assert child.stdout.readline() == "held\n"
    each = entry(path, RULES)
    assert each.held_by
    assert (each.state, each.counted) == (State.OPEN, 6)
    child.stdin.close()
    child.stdout.close()
    assert child.wait() == 0  # it could still write
    assert entry(path, RULES).held_by == ""


def test_that_a_case_of_ones_own_window_is_not_called_held(cases):
    with CaseFile.open(cases / "open.mdcase", hold=True):
        assert entry(cases / "open.mdcase", RULES).held_by == ""


def test_that_the_day_is_that_of_the_last_work(cases):
    with CaseFile.open(cases / "signed.mdcase") as case:
        signed_at = case.signatures()[-1].at
    assert listed(cases)["signed"].changed_at == signed_at


def test_that_the_sex_of_the_header_decides_the_ranges(tmp_path):
    file = make_case(tmp_path / "f.mdcase", tmp_path / "f", sex="Female")
    with CaseFile.open_copy(file) as case:
        assert RULES.rules("marrow", case.fields()).sex == "F"
        assert RuleChoice(sex="M").rules("marrow", case.fields()).sex == "F"


@pytest.mark.parametrize(
    ("typed", "sex", "contradicted"),
    [
        ("", "F", False), ("??", "F", False), ("unknown", "F", False), ("w", "F", False),
        ("Male", "M", True), ("divers", "", True),
    ],
)  # fmt: skip
def test_that_a_sex_chosen_for_many_holds_where_the_header_does_not_say_it(typed, sex, contradicted):
    choice = RuleChoice(sex="F")
    assert choice.rules("marrow", {"sex": typed}).sex == sex
    assert choice.contradicted({"sex": typed}) == contradicted


def test_that_a_case_altered_by_another_program_is_told(cases):
    import sqlite3

    path = cases / "signed.mdcase"
    with CaseFile.open(path) as case:
        names = [
            row[0]
            for row in sqlite3.connect(path).execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        ]
        assert case.signed
    connection = sqlite3.connect(path)
    for name in names:
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("UPDATE field SET value = 'other' WHERE name = 'accession'")
    connection.commit()
    connection.close()
    assert "altered" in listed(cases)["signed"].error


# -- the table ------------------------------------------------------------------------------------------


def test_that_csv_and_workbook_hold_a_row_a_case(cases, tmp_path):
    found = list(listed(cases).values())
    rows = list(csv.DictReader(io.StringIO(save(found, tmp_path / "w.csv").read_text("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert {row["title"]: row["state"] for row in rows} == {each.title: each.state.value for each in found}
    assert next(row for row in rows if row["state"] == "broken")["counted"] == ""
    page = openpyxl.load_workbook(save(found, tmp_path / "w.xlsx"))["Worklist"]
    assert page.max_row == len(found) + 1
    assert {type(row[4].value) for row in page.iter_rows(min_row=2)} == {int, type(None)}
    assert any(isinstance(row[10].value, datetime) for row in page.iter_rows(min_row=2))


def test_that_another_ending_is_refused(tmp_path):
    with pytest.raises(MarrowdeskError, match=r"neither in \.csv nor in \.xlsx"):
        save([], tmp_path / "w.pdf")


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_that_any_text_gives_a_whole_table(kind, tmp_path):
    text = HOSTILE[kind]
    each = Entry(
        tmp_path / "x.mdcase", State.OPEN, text, text, text, signed_by=text, flags=(text,), error=text
    )
    (row,) = csv.DictReader(io.StringIO(worklist_csv([each]).decode("utf-8-sig"), newline=""))
    assert not row["title"].lstrip().startswith(("=", "+", "-", "@"))
    page = openpyxl.load_workbook(io.BytesIO(worklist_xlsx([each], datetime.now(UTC))))["Worklist"]
    assert page.max_row == 2
    assert {cell.data_type for cell in page[2]} <= {"s", "n", "d"}


# -- many reports ---------------------------------------------------------------------------------------


def test_that_a_broken_case_does_not_stop_the_reports_of_the_others(cases, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    before = everything(cases)
    done = {each.case.stem: each for each in reports(case_files([cases]), out, RULES, PrintOptions(), NEVER)}
    assert {name for name, each in done.items() if each.error} == {"broken", "empty"}
    assert len(list(out.iterdir())) == 4
    texts = page_texts(done["amended"].written.read_bytes())
    assert "AMENDED" in texts[0]
    assert everything(cases) == before


def test_that_a_template_that_nobody_chose_for_them_prints_no_marrow_as_a_film(cases, tmp_path):
    film = PrintOptions("blood")
    (chosen,) = reports([cases / "open.mdcase"], tmp_path, RULES, film, NEVER)
    assert "White cells counted" in page_texts(chosen.written.read_bytes())[0]
    (usual,) = reports([cases / "open.mdcase"], tmp_path, RULES, film, NEVER, as_counted=True)
    assert "Nucleated cells counted" in page_texts(usual.written.read_bytes())[0]


def test_that_two_cases_of_one_title_have_two_reports(tmp_path):
    for name in ("a", "b"):
        make_case(tmp_path / f"{name}.mdcase", tmp_path / name, title="../same")
    found = list(reports(case_files([tmp_path]), tmp_path, RULES, PrintOptions(), NEVER))
    assert len({each.written for each in found}) == 2
    assert {each.written.parent for each in found} == {tmp_path}


def test_that_reports_stop_between_two_cases(cases, tmp_path):
    cancel = threading.Event()
    steps = reports([cases / "open.mdcase", cases / "signed.mdcase"], tmp_path, RULES, PrintOptions(), cancel)
    assert next(steps).written.is_file()
    cancel.set()
    with pytest.raises(Cancelled):
        next(steps)
    with pytest.raises(ReportError, match="nowhere"):
        next(reports([cases / "open.mdcase"], tmp_path / "nowhere", RULES, PrintOptions(), NEVER))


def test_that_folders_give_their_cases_once_and_missing_ones_are_told(cases, tmp_path):
    assert len(case_files([cases, cases / "open.mdcase"])) == 6
    with pytest.raises(MarrowdeskError, match="holds no case"):
        case_files([tmp_path])
    with pytest.raises(MarrowdeskError, match="does not exist"):
        case_files([tmp_path / "nowhere"])
