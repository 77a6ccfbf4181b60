"""What is read where a run's checkpoint should be, and what is said where nothing can be written."""

from __future__ import annotations

import errno
import os

import pytest
import torch

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.checkpoint import AGAIN, read_checkpoint, writing


@pytest.mark.parametrize(
    "content",
    [{"model": {}}, {"plan": {}, "step": 1}, [1, 2], torch.zeros(3)],
    ids=["other", "part", "list", "one"],
)
def test_that_a_checkpoint_of_another_kind_is_named(tmp_path, content):
    torch.save(content, tmp_path / "last.pt")
    with pytest.raises(MarrowdeskError, match=r"last\.pt is no checkpoint of `marrowdesk train`") as caught:
        read_checkpoint(tmp_path)
    assert "Give the folder of another run" in caught.value.hint


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.ENOSPC, AGAIN), (errno.EIO, AGAIN),
        (errno.EACCES, "Give a folder"), (errno.EROFS, "Give a folder"), (errno.ENOTDIR, "Give a folder"),
        (errno.ENOENT, "Give a folder"), (errno.EISDIR, "Give a folder"),
    ],
)  # fmt: skip
def test_that_a_file_that_cannot_be_written_is_named_with_what_to_do(tmp_path, number, hint):
    with (
        pytest.raises(MarrowdeskError, match=r"here\.csv could not be written") as caught,
        writing(tmp_path / "here.csv", AGAIN),
    ):
        raise OSError(number, os.strerror(number))
    assert caught.value.hint.startswith(hint)
