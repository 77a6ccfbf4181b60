"""The log of a run whose last row was torn, by a kill or a full disk, while its checkpoint is whole."""

from __future__ import annotations

import pytest

from marrowdesk.training.log import COLUMNS, add_row, cut_log, read_log

HEAD = ",".join(COLUMNS)
ROWS = ["2,1.5000,1.00e-03,10.0,,", "4,1.2500,1.00e-03,10.0,,"]


@pytest.mark.parametrize(
    "torn",
    [
        b"6,1.1", b"6", b",,,,,", b"\0\0\0\0", b"\xff\xfe,1,1,1,,", b"step,1,1,1,,",
        b"3,1.16,1.1000,1.00e-03,10.0,,",  # the next row, written behind what was left of one
    ],
)  # fmt: skip
def test_that_a_torn_row_is_left_out_and_the_run_goes_on(tmp_path, torn):
    content = "\n".join([HEAD, *ROWS]).encode() + b"\n" + torn
    (tmp_path / "log.csv").write_bytes(content)
    assert read_log(tmp_path)["loss"] == [(2, 1.5), (4, 1.25)]
    cut_log(tmp_path, 8)
    add_row(tmp_path, {"step": 10, "loss": 1.0})
    assert (tmp_path / "log.csv").read_text().splitlines() == [HEAD, *ROWS, "10,1.0000,,,,"]


def test_that_a_log_without_its_head_begins_anew(tmp_path):
    (tmp_path / "log.csv").write_text("ste")
    cut_log(tmp_path, 8)
    add_row(tmp_path, {"step": 10, "loss": 1.0})
    assert read_log(tmp_path)["loss"] == [(10, 1.0)]


def test_that_rows_after_the_checkpoint_are_forgotten(tmp_path):
    (tmp_path / "log.csv").write_text("\n".join([HEAD, *ROWS, ""]))
    cut_log(tmp_path, 2)
    assert (tmp_path / "log.csv").read_text().splitlines() == [HEAD, ROWS[0]]
