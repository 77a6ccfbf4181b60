"""What cannot be read or written is named on one line, never with the program's inner workings."""

from __future__ import annotations

import pytest

from marrowdesk.cli import main


@pytest.mark.parametrize(
    "words",
    [
        ("train", "--data", "{data}", "--run", "{file}/run", "--steps", "1", "--fewest", "4"),
        ("data", "--data", "{data}", "--json", "{file}/told.json"),
    ],
)
def test_that_a_place_that_cannot_be_written_is_named(words, tmp_path, capsys):
    data, file = tmp_path / "data", tmp_path / "a file"
    for code in ("BLA", "LYT"):
        (data / code).mkdir(parents=True)
        for number in range(12):
            (data / code / f"{code}_{number:05d}.png").write_bytes(b"no image")
    file.touch()
    assert main([each.format(data=data, file=file) for each in words]) == 1
    told = capsys.readouterr().err
    assert str(file) in told
    assert "Traceback" not in told
    assert told.strip().splitlines()[-1].startswith("marrowdesk: ")
