"""``marrowdesk count`` as a person calls it: what it prints, writes and gives back as exit code."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pdf_reading import page_texts
from tiny_bundle import make_doubting, make_tiny_bundle

from marrowdesk import RESEARCH_USE, __version__
from marrowdesk.cli import main
from marrowdesk.cli.count import differential_lines
from marrowdesk.core import edits
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.shipped_schemes import SCHEMES
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.paths import cases_path


@pytest.fixture
def count(bundle_folder, capsys):
    """Give a function that counts and returns exit code, output and errors."""

    def run(*arguments):
        code = main(["count", "--model", str(bundle_folder), *map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_that_a_folder_is_counted_and_written_in_every_form(count, slide, tmp_path):
    pdf, csv, table = tmp_path / "R.pdf", tmp_path / "R.csv", tmp_path / "R.json"
    code, out, err = count(slide, "--pdf", pdf, "--csv", csv, "--json", table)
    assert (code, err) == (0, "")
    data = json.loads(table.read_bytes())
    assert len(data["cells"]) == 12
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert len(csv.read_text("utf-8-sig").splitlines()) == 13
    assert f"Written  {pdf}" in out
    assert "Nucleated cells counted" in out
    assert "Reviewed 0 of 12 cells" in out


def test_that_an_unreadable_image_is_listed_and_told_by_the_exit_code(count, slide):
    (slide / "broken.png").write_bytes(b"")
    code, out, err = count(slide)
    assert code == 3
    assert "1 image could not be read" in err
    assert "broken.png" in err
    assert "of 12 cells" in out


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_that_a_folder_whose_name_is_no_text_is_listed_and_the_rest_is_counted(count, slide, tmp_path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/sl\xffide"))
    shutil.copytree(slide, odd)
    code, out, err = count(slide, odd, "--case", tmp_path / "9.mdcase")
    assert (code, "of 12 cells" in out) == (3, True)
    assert "12 images could not be read" in err
    assert "sl?ide" in err
    code, out, err = count(odd)
    assert (code, "No image of a cell was found" in err) == (1, True)
    with CaseFile.open(tmp_path / "9.mdcase") as case:
        assert [each.name for each in case.slides()] == ["slide 9", "sl?ide"]
        assert case.slides()[1].folder == odd


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="paths are shorter there")
def test_that_a_chain_of_folders_that_is_too_deep_is_listed_and_the_rest_is_counted(count, slide):
    (slide / "/".join("d" * 600)).mkdir(parents=True)
    code, out, err = count(slide)
    assert (code, "of 12 cells" in out) == (3, True)
    assert "folders deep" in err


@pytest.mark.parametrize(("threshold", "told"), [(1e-6, True), (1e6, False)])
def test_that_slides_the_classifier_does_not_know_are_told(
    bundle_folder, slide, tmp_path, capsys, threshold, told
):
    for number in range(12, 20):
        shutil.copy(slide / "00.png", slide / f"{number}.png")
        with (slide / f"{number}.png").open("ab") as file:
            file.write(bytes([number]))  # another file of the same picture
    bundle = make_doubting(tmp_path / "doubting", bundle_folder, threshold)
    assert main(["count", "--model", str(bundle), str(slide)]) == 0
    printed = capsys.readouterr().out
    assert ("does not know slides like these: 20 of 20 cells are unfamiliar to it" in printed) == told


@pytest.fixture
def film(slide):
    """Give a folder with forty images."""
    for number in range(12, 40):
        shutil.copy(slide / "00.png", slide / f"{number}.png")
        with (slide / f"{number}.png").open("ab") as file:
            file.write(bytes([number]))  # another file of the same picture
    return slide


@pytest.mark.parametrize("scheme", ["marrow", "blood-5"])
def test_that_a_film_counted_as_a_marrow_is_told(film, tmp_path, capsys, scheme):
    bundle = make_tiny_bundle(tmp_path / "mature", codes=("NGS", "LYT"))
    assert main(["count", "--scheme", scheme, "--model", str(bundle.path), str(film)]) == 0
    printed = capsys.readouterr().out
    assert ("40 of 40 counted cells belong in blood: a blood film, or" in printed) == (scheme == "marrow")


def test_that_a_film_counted_as_a_marrow_is_counted_as_blood_by_the_command_that_is_told(
    film, tmp_path, capsys
):
    bundle = make_tiny_bundle(tmp_path / "mature", codes=("NGS", "LYT", "NIF"))
    command = ["count", "--model", str(bundle.path), "--case", str(tmp_path / "9.mdcase"), str(film)]

    def counted(*more):
        code = main([*command, *more])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    assert "with --scheme blood-5 counts it with the classes of blood" in counted()[1]
    code, out, err = counted("--scheme", "blood-5")
    assert (code, err) == (0, "")
    assert "Neutrophil" in out
    assert "belong in blood" not in out
    with CaseFile.open(tmp_path / "9.mdcase") as case:
        assert case.scheme == SCHEMES["blood-5"]
        before = [cell.prediction.codes for cell in case.cells()]
        case.record(edits.confirm(case.cells()[:1], "ab", datetime.now(UTC)))
    assert counted("--scheme", "blood-5")[0] == 0  # it has them
    code, out, err = counted("--scheme", "marrow")
    assert (code, out) == (1, "")
    assert "9.mdcase is counted with 'Blood, five classes' and has been reviewed" in " ".join(err.split())
    assert "--case NEW.mdcase" in err
    with CaseFile.open(tmp_path / "9.mdcase") as case:
        assert [cell.prediction.codes for cell in case.cells()] == before


def test_that_a_reviewed_film_counted_as_a_marrow_is_sent_to_a_new_case(film, tmp_path, capsys):
    bundle = make_tiny_bundle(tmp_path / "mature", codes=("NGS", "LYT"))
    command = ["count", "--model", str(bundle.path), "--case", str(tmp_path / "9.mdcase"), str(film)]
    main([*command, "--quiet"])
    with CaseFile.open(tmp_path / "9.mdcase") as case:
        case.record(edits.confirm(case.cells()[:1], "ab", datetime.now(UTC)))
    capsys.readouterr()
    assert main(command) == 0
    assert "count its folder with --scheme blood-5 --case NEW.mdcase" in capsys.readouterr().out


def test_that_a_second_count_classifies_nothing_again_and_keeps_what_a_reader_decided(count, slide, tmp_path):
    file = tmp_path / "9.mdcase"
    count(slide, "--case", file)
    with CaseFile.open(file) as case:
        before = [cell.prediction.probabilities.tobytes() for cell in case.cells()]
        case.record(edits.assign(case.cells()[:2], "PLM", "plasma cell", "ab", datetime.now(UTC)))
    code, out, _ = count(slide, "--case", file)
    assert code == 0
    assert "Reviewed 2 of 12 cells" in out
    assert "Plasma cell" in out
    with CaseFile.open(file) as case:
        assert [cell.prediction.probabilities.tobytes() for cell in case.cells()] == before


def test_that_a_reviewed_folder_under_another_path_is_told_by_its_case_and_goes_on_there(
    count, slide, tmp_path
):
    count(slide)
    (file,) = cases_path().glob("*.mdcase")
    with CaseFile.open(file) as case:
        case.record(edits.confirm(case.cells()[:5], "ab", datetime.now(UTC)))
    moved = tmp_path / "other letter" / slide.name
    moved.parent.mkdir()
    slide.rename(moved)
    code, out, err = count(moved)
    assert (code, out) == (1, "")
    assert f"those of the case {file} (5 of 12 cells reviewed), whose folder {slide} is not there" in err
    assert f'--case "{file}"' in err
    assert list(cases_path().glob("*.mdcase")) == [file]
    for command in ((moved, "--case", file), (moved,)):
        code, out, _ = count(*command)
        assert code == 0
        assert "Reviewed 5 of 12 cells" in out


def test_that_another_model_proposes_anew_only_where_nobody_decided(count, slide, tmp_path):
    file = tmp_path / "9.mdcase"
    count(slide, "--case", file)
    with CaseFile.open(file) as case:
        case.record(edits.confirm(case.cells()[:3], "ab", datetime.now(UTC)))
        before = [cell.prediction for cell in case.cells()]
    other = make_tiny_bundle(tmp_path / "other", seed=1)
    assert main(["count", "--model", str(other.path), str(file)]) == 0
    with CaseFile.open(file) as case:
        after = case.cells()
    assert [cell.prediction.model for cell in after[3:]] == [other.sha256] * 9
    assert [(cell.prediction.model, cell.prediction.code) for cell in after[:3]] == [
        (each.model, each.code) for each in before[:3]
    ]
    assert all(
        cell.review.code == cell.prediction.code for cell in after[:3]
    )  # confirmed is what was proposed


def test_that_a_case_file_is_counted_by_its_name(count, slide, tmp_path):
    file = tmp_path / "9.mdcase"
    _, first, _ = count(slide, "--case", file)
    code, second, _ = count(file)
    assert code == 0
    assert second == first


def test_that_header_fields_reach_the_case(count, slide, tmp_path):
    file = tmp_path / "9.mdcase"
    count(slide, "--case", file, "--field", "accession=2031/25", "--field", "patient_name=Ødegård=X")
    with CaseFile.open(file) as case:
        assert case.fields() == {"accession": "2031/25", "patient_name": "Ødegård=X"}


def test_that_the_header_goes_before_the_option_for_the_sex_and_a_contradiction_is_told(
    count, slide, tmp_path
):
    file, table = tmp_path / "9.mdcase", tmp_path / "R.json"
    code, _, err = count(slide, "--case", file, "--sex", "F", "--json", table)
    assert (code, err) == (0, "")
    assert json.loads(table.read_bytes())["differential"]["references"]["sex"] == "F"
    code, _, err = count(file, "--field", "sex=M", "--sex", "F", "--json", table)
    assert code == 0
    assert "the header says 'M' for the sex: its ranges hold, not those of --sex F" in err
    assert json.loads(table.read_bytes())["differential"]["references"]["sex"] == "M"


def test_that_template_language_and_paper_reach_the_report(count, slide, tmp_path, monkeypatch):
    from marrowdesk.services import reporting

    asked, write = [], reporting.export

    def noted(*arguments, options, **targets):
        asked.append((options.template, options.language, options.page))
        return write(*arguments, options=options, **targets)

    monkeypatch.setattr(reporting, "export", noted)
    chosen = ("--template", "summary", "--language", "de", "--page", "Letter")
    code, _, _ = count(slide, "--pdf", tmp_path / "r.pdf", *chosen)
    assert (code, asked) == (0, [("summary", "de", "Letter")])
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF-")


def test_that_a_smear_named_twice_under_two_names_is_told(count, slide, tmp_path):
    copy, table = shutil.copytree(slide, tmp_path / "copy"), tmp_path / "R.json"
    _, once, _ = count(slide)
    assert "very same image" not in once
    code, out, _ = count(slide, copy, "--json", table)
    assert code == 0
    assert "12 cells show the very same image as another cell of this case, and are counted twice." in out
    assert json.loads(table.read_bytes())["differential"]["repeated"] == 12


def test_that_a_count_printed_as_a_film_is_the_same_in_the_terminal_on_paper_and_in_json(
    count, slide, tmp_path
):
    file, pdf, table = tmp_path / "9.mdcase", tmp_path / "R.pdf", tmp_path / "R.json"
    count(slide, "--case", file)
    with CaseFile.open(file) as case:
        cells = case.cells()
        for some, code in ((cells[:2], "BLA"), (cells[2:5], "EBO"), (cells[5:], "NGS")):
            case.record(edits.assign(some, code, code, "ab", datetime.now(UTC)))
    code, out, _ = count(file, "--pdf", pdf, "--json", table, "--template", "blood")
    assert code == 0
    said = " ".join(out.split())
    assert "White cells counted 9" in said
    assert "Nucleated red cells per 100 white cells 33.3 (" in said
    assert "Blasts 22.2 % (2.8-60.0) crosses 20 %" in said
    assert "Nucleated cells counted" not in said
    told = json.loads(table.read_bytes())["differential"]
    assert (told["specimen"], told["counted"]) == ("blood", 9)
    assert [each["percent"] for each in told["thresholds"] if each["name"] == "blasts"] == [2, 5, 20]
    (blasts,) = [each for each in told["classes"] if each["code"] == "BLA"]
    assert round(blasts["percent"], 1) == 22.2
    paper = " ".join(page_texts(pdf.read_bytes())[0].split())
    assert "White cells counted 9" in paper
    assert "Blasts 22.2 % (2.8–60.0)" in paper
    _, out, _ = count(file)
    assert "Nucleated cells counted 12" in " ".join(out.split())  # the case itself is as it was


def proposals(file):
    with CaseFile.open(file) as case:
        return [cell.prediction.probabilities for cell in case.cells()]


def test_that_both_engines_count_the_same(count, slide, tmp_path):
    pytest.importorskip("openvino")
    for engine in ("torch", "openvino"):
        file = tmp_path / f"{engine}.mdcase"
        assert count(slide, "--case", file, "--engine", engine, "--threads", 1)[0] == 0
    told = [proposals(tmp_path / f"{engine}.mdcase") for engine in ("torch", "openvino")]
    np.testing.assert_allclose(*told, atol=2e-3)


def test_that_quiet_prints_nothing(count, slide):
    assert count(slide, "--quiet") == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["count"], "FOLDER"),
        (["count", "x", "--field", "color=blue"], "accession"),
        (["count", "x", "--target", "0"], "not a number above 0"),
        (["count", "x", "--template", "poster"], "summary"),
        (["count", "x", "--language", "fr"], "zh"),
        (["--colour"], "--help"),
        (["cuont", "x"], "cuont"),
    ],
)
def test_that_a_command_line_that_is_not_understood_says_why(arguments, says, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert says in capsys.readouterr().err


def test_that_errors_name_what_is_wrong_and_give_exit_code_1(count, tmp_path):
    code, out, err = count(tmp_path / "nowhere")
    assert (code, out) == (1, "")
    assert "nowhere does not exist" in err
    (tmp_path / "empty").mkdir()
    code, _, err = count(tmp_path / "empty")
    assert code == 1
    assert "No image of a cell was found" in err


def test_that_an_altered_model_is_refused(count, slide, tmp_path, bundle_folder, capsys):
    copy = tmp_path / "altered"
    copy.mkdir()
    for file in bundle_folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    weights = bytearray((copy / "weights.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "weights.safetensors").write_bytes(weights)
    assert main(["count", "--model", str(copy), str(slide)]) == 1
    assert "sha256" in capsys.readouterr().err


def test_that_a_target_that_is_a_folder_is_refused_before_counting(count, slide, tmp_path):
    file = tmp_path / "9.mdcase"
    code, _, err = count(slide, "--case", file, "--pdf", tmp_path)
    assert code == 1
    assert "is a folder" in err
    assert not file.exists()


def test_that_help_teaches_and_names_the_exit_codes(capsys):
    for arguments, words in (
        (["--help"], ("count", "demo", "exit codes", RESEARCH_USE)),
        (["count", "--help"], ("examples", "--pdf", "goes on where it stopped")),
    ):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 0
        told = " ".join(capsys.readouterr().out.split())
        assert all(word in told for word in words)


def test_that_the_version_is_told(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.strip() == f"marrowdesk {__version__}"


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT to a process")
def test_that_ctrl_c_stops_with_130_and_the_same_command_goes_on(slide, bundle_folder, tmp_path, home):
    file = tmp_path / "9.mdcase"
    command = [sys.executable, "-m", "marrowdesk", "count", str(slide), "--case", str(file), "--model",
               str(bundle_folder)]  # fmt: skip
    environment = os.environ | {"MARROWDESK_HOME": str(home)}
    child = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    )
    while not file.exists() and child.poll() is None:
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=120)
    assert child.returncode == 130
    assert "what was done is kept" in err
    assert "Traceback" not in err
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "of 12 cells" in done.stdout


def test_that_a_signed_case_is_reported_as_it_was_signed_and_nothing_is_added(count, slide, tmp_path):
    file = tmp_path / "9.mdcase"
    count(slide, "--case", file, "--target", 10)
    with CaseFile.open(file) as case:
        case.sign("A. Reader", CountingRules(target=10).to_json())
        cells = len(case.cells())
    (slide / "late.png").write_bytes(next(slide.rglob("*.png")).read_bytes())
    table = tmp_path / "R.json"
    code, out, _ = count(slide, "--case", file, "--json", table)
    assert code == 0
    assert "Signed by A. Reader, version 1" in out
    told = json.loads(table.read_bytes())
    assert len(told["cells"]) == cells
    assert told["differential"]["target"] == 10


def test_that_a_blood_film_is_counted_with_its_own_classes_and_ranges(count, slide, tmp_path):
    case = tmp_path / "blood.mdcase"
    table = tmp_path / "blood.json"
    words = ("--case", case, "--field", "birth_date=1961-08-12", "--json", table)
    code, out, _ = count(slide, "--scheme", "blood-5", *words)
    assert code == 0
    assert json.loads(table.read_bytes())["differential"]["target"] == 200
    count(case, "--json", table, "--target", 300)
    assert json.loads(table.read_bytes())["differential"]["target"] == 300
    assert "Neutrophil" in out
    assert "M:E" not in out
    with CaseFile.open(case) as opened:
        assert opened.scheme.specimen == "blood"


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--references", "nobodys"], "'nobodys'"), (["--references", "dacie-lewis"], "not for marrow")],
)
def test_that_ranges_that_do_not_fit_are_refused_by_name(count, slide, options, words):
    code, _, err = count(slide, *options)
    assert code != 0
    assert words in err


def test_that_the_terminal_says_why_no_ranges_are_held_against_a_count_and_what_blasts_are():
    tally = Tally()
    tally.current.update({"BLA": 20, "EBO": 100, "NGS": 80})
    open_age = differential_lines(differential(tally, MARROW, CountingRules(age_unclear=True)))
    assert "No reference ranges are held against this count: the patient's age is not certain." in open_age
    child = differential_lines(differential(tally, MARROW, CountingRules(age=4.0, non_erythroid=True)))
    assert "the patient's age is outside of Bain 1996, adults." in " ".join(child)
    assert "Of all but erythroid cells 20.0 % (12.7-29.2) are blasts" in child
    adult = " ".join(differential_lines(differential(tally, MARROW)))
    assert "No reference ranges" not in adult
    assert "but erythroid" not in adult
