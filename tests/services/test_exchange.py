"""Handing a case on: what is told before, what is written, and that nothing half is ever left."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import signal
import subprocess
import sys
import threading

import cv2
import numpy as np
import pytest
from exchange_cases import make_case, pixels
from hostile import HOSTILE

from marrowdesk.core.counting import CountingRules
from marrowdesk.core.errors import Cancelled, MarrowdeskError, ReportError
from marrowdesk.services import delivery
from marrowdesk.services.exchange import send
from marrowdesk.services.parcel import Form, describe, pack
from marrowdesk.store.casefile import CaseFile
from marrowdesk.training.reading import read_labelled

NEVER = threading.Event()


@pytest.fixture
def case_file(tmp_path):
    return make_case(
        tmp_path / "c.mdcase", tmp_path / "Mustermann E", single=6, boxes=4, decided=8,
        title="Mustermann, Erika", patient_name="Erika Mustermann", accession="2031/25",
        conclusion="Mustermann is well.",
    )  # fmt: skip


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def parcel_of(file, form, named=False):
    with CaseFile.open_copy(file) as case:
        return pack(case, CountingRules(), form, named=named)


def sent(file, form, target, named=False):
    steps = send(parcel_of(file, form, named), target, NEVER)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def tree(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_that_an_image_replaced_since_it_was_read_is_left_out_with_the_reason(case_file, out):
    folder = case_file.parent / "Mustermann E"
    for name, side in (("Mustermann_01.png", 32), ("Mustermann field.png", 120)):
        cv2.imwrite(str(folder / name), pixels(side, 77))
    done = sent(case_file, Form.IMAGES, out)
    assert [told.split(":")[0] for told in done.left_out] == ["Cell 7", "Cell 8", "Cell 2"]
    assert "Mustermann_01.png is not the image that was read" in done.left_out[-1]
    written = [f"BLA/cell_{number:06}.png" for number in (1, 3, 4, 5, 6)]
    assert tree(done.path) == ["BLA", *written, "manifest.csv"]
    listed = csv.DictReader(io.StringIO((done.path / "manifest.csv").read_text("utf-8")))
    assert [row["file"] for row in listed] == written


def test_that_no_folder_is_written_where_every_image_was_replaced(case_file, out):
    for path in (case_file.parent / "Mustermann E").iterdir():
        cv2.imwrite(str(path), pixels(120, 78))
    with pytest.raises(MarrowdeskError, match="is not the image that was read"):
        sent(case_file, Form.IMAGES, out)
    assert tree(out) == []


# -- what leaves ----------------------------------------------------------------------------------------


def test_that_what_leaves_is_told_and_is_what_is_written(case_file, out):
    told = describe(parcel_of(case_file, Form.JSON))
    assert (told.cells, told.images, told.names, told.readers, told.paper) == (10, 0, False, True, False)
    assert told.fields == ("Accession",)
    written = json.loads(sent(case_file, Form.JSON, out).path.read_bytes())
    assert len(written["cells"]) == told.cells
    assert {name for name, text in written["header"].items() if text} == {"accession"}
    named = describe(parcel_of(case_file, Form.JSON, named=True))
    assert named.fields == ("Accession", "Patient", "Conclusion")
    assert named.names


@pytest.mark.parametrize(
    ("form", "cells", "images", "paper"),
    [
        (Form.CSV, 10, 0, False),
        (Form.XLSX, 10, 0, False),
        (Form.FHIR, 0, 7, True),
        (Form.HL7, 0, 7, True),
        (Form.GEOJSON, 4, 0, False),
        (Form.IMAGES, 8, 8, False),
    ],
)
def test_that_cells_images_and_paper_are_told_for_each_form(case_file, form, cells, images, paper):
    told = describe(parcel_of(case_file, form))
    assert (told.cells, told.images, told.paper) == (cells, images, paper)
    assert any("Names of patients   no" in line for line in told.lines())


@pytest.mark.parametrize("form", list(Form))
def test_that_no_form_writes_a_name_of_a_patient_or_file_by_default(case_file, out, form):
    sent(case_file, form, out)
    for path in out.rglob("*"):
        assert "mustermann" not in str(path.relative_to(out)).casefold()
        if path.is_file():
            assert b"mustermann" not in path.read_bytes().lower()


@pytest.mark.parametrize("form", list(Form))
def test_that_sending_reads_the_case_and_changes_nothing_about_it(case_file, out, form):
    before = case_file.read_bytes(), case_file.stat().st_mtime_ns, tree(case_file.parent)
    sent(case_file, form, out)
    after = case_file.read_bytes(), case_file.stat().st_mtime_ns
    beside = [name for name in tree(case_file.parent) if not name.startswith("out/")]
    assert (*after, beside) == before


# -- images ---------------------------------------------------------------------------------------------


def test_that_images_lie_in_class_folders_and_are_read_as_training_data(case_file, out):
    folder = sent(case_file, Form.IMAGES, out).path
    assert len([name for name in tree(folder) if name.startswith("BLA/")]) == 8
    found = read_labelled([str(folder)])
    assert found.problems == ()
    assert {sample.code for sample in found.samples} == {"BLA"}
    assert len(found.samples) == 8
    assert len({sample.source for sample in found.samples}) == 1
    assert {sample.group for sample in found.samples} == {f"{found.samples[0].source}: smear 1"}


def test_that_single_images_and_boxes_are_written_pixel_by_pixel(case_file, out):
    folder = sent(case_file, Form.IMAGES, out).path / "BLA"
    for number, wanted in ((1, pixels(32, 0)), (8, pixels(120, 99)[7:27, 10:34])):
        image = cv2.imread(str(folder / f"cell_{number:06d}.png"))
        assert np.array_equal(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), wanted)


def test_that_the_manifest_names_file_source_and_class(case_file, out):
    folder = sent(case_file, Form.IMAGES, out).path
    rows = list(csv.DictReader(io.StringIO((folder / "manifest.csv").read_text("utf-8"))))
    assert [row["marrow_class"] for row in rows] == ["BLA"] * 8
    assert all((folder / row["file"]).is_file() for row in rows)


def test_that_names_are_kept_where_they_are_asked_for(case_file, out):
    folder = sent(case_file, Form.IMAGES, out, named=True).path
    assert folder.name.startswith("Mustermann, Erika-")
    assert (folder / "BLA" / "Mustermann_00_000001.png").is_file()


def test_that_an_image_that_is_gone_is_told_and_the_others_are_written(case_file, out):
    (case_file.parent / "Mustermann E" / "Mustermann_02.png").unlink()
    done = sent(case_file, Form.IMAGES, out)
    assert len(done.left_out) == 1
    assert "Cell 3" in done.left_out[0]
    assert len(list((done.path / "BLA").iterdir())) == 7
    for image in (case_file.parent / "Mustermann E").iterdir():
        image.unlink()
    with pytest.raises(MarrowdeskError, match="None of the 8 images"):
        sent(case_file, Form.IMAGES, out)
    assert [path.name for path in out.iterdir()] == [done.path.name]


def test_that_a_second_export_of_images_lies_beside_the_first(case_file, out):
    first, second = (sent(case_file, Form.IMAGES, out).path for _ in range(2))
    assert second.name == f"{first.name} (2)"


def test_that_a_proposal_is_no_label_and_a_whole_image_no_box(tmp_path):
    file = make_case(tmp_path / "c.mdcase", tmp_path / "slide")
    with pytest.raises(MarrowdeskError, match="a proposal is no label"):
        parcel_of(file, Form.IMAGES)
    with pytest.raises(MarrowdeskError, match="none lies in a larger image"):
        parcel_of(file, Form.GEOJSON)


# -- delivery -------------------------------------------------------------------------------------------


def test_that_a_file_or_a_folder_may_be_named(case_file, out):
    assert sent(case_file, Form.CSV, out / "mine.csv").path == out / "mine.csv"
    assert sent(case_file, Form.CSV, out).path.name.startswith("case-")


@pytest.mark.parametrize("form", list(Form))
def test_that_a_missing_folder_is_named_and_not_made(case_file, tmp_path, form):
    missing = tmp_path / "not mounted"
    with pytest.raises(ReportError, match="not mounted"):
        sent(case_file, form, missing if form.folder else missing / "x.file")
    assert not missing.exists()


@pytest.mark.parametrize("form", [Form.JSON, Form.IMAGES, Form.GEOJSON])
def test_that_a_full_disk_is_told_and_leaves_nothing(case_file, out, monkeypatch, form):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ReportError, match=r"no space left .* Free some space"):
        sent(case_file, form, out)
    assert tree(out) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no device that is always full")
def test_that_a_disk_that_fills_up_meanwhile_is_told(tmp_path):
    with (
        pytest.raises(ReportError, match="no space left"),
        delivery.delivered_folder(tmp_path / "x"),
        open("/dev/full", "wb", buffering=0) as disk,
    ):
        disk.write(b"x")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("form", [Form.FHIR, Form.IMAGES, Form.GEOJSON])
def test_that_cancelling_leaves_nothing(case_file, out, form):
    cancel = threading.Event()
    steps = send(parcel_of(case_file, form), out, cancel)
    next(steps)
    cancel.set()
    if form is Form.GEOJSON:  # one file: it was done
        return
    with pytest.raises(Cancelled):
        list(steps)
    assert tree(out) == []


# Writes, and stops in the middle of it to be killed there.
HALF_WAY = """\
import os, sys, time
from pathlib import Path
from marrowdesk.services.delivery import deliver, delivered_folder

def stop(*_):
    print("half", flush=True)
    time.sleep(60)

out = Path(sys.argv[2])
if sys.argv[1] == "file":
    os.fsync = stop
    deliver(out / "report.hl7", bytes(5_000_000))
with delivered_folder(out / "case images") as draft:
    (draft / "1.png").write_bytes(bytes(1000))
    stop()
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_that_a_kill_in_the_middle_leaves_nothing_that_a_watcher_takes(out, what):
    child = subprocess.Popen([sys.executable, "-c", HALF_WAY, what, str(out)], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"half\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    (left,) = out.iterdir()
    assert left.name.startswith(".")
    assert left.name.endswith(".new")


def test_that_a_folder_that_went_away_meanwhile_is_not_made_again(tmp_path):
    with pytest.raises(ReportError, match="away is not there"):
        delivery.deliver(tmp_path / "away" / "x.hl7", b"x")
    with (
        pytest.raises(ReportError, match="away is not there"),
        delivery.delivered_folder(tmp_path / "away" / "x"),
    ):
        pass
    assert not (tmp_path / "away").exists()


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_that_no_title_or_name_leads_out_of_the_folder_or_stops_the_export(tmp_path, kind):
    text = HOSTILE[kind].encode("utf-8", "replace").decode()[:5000]
    fields = dict.fromkeys(("patient_name", "accession", "comment", "institution"), text)
    make_case(tmp_path / "c.mdcase", tmp_path / "slide", single=2, boxes=2, decided=3, title=text, **fields)
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    forms = [form for form in Form if not form.with_paper]  # their texts are tried where they are written
    for form in forms:
        for named in (False, True):
            assert sent(tmp_path / "c.mdcase", form, out, named=named).path.parent == out
    assert sorted(each.name for each in tmp_path.iterdir()) == ["c.mdcase", "deep", "slide"]
    assert [each.name for each in out.parent.iterdir()] == ["out"]
    assert len(list(out.iterdir())) == 2 * len(forms)
