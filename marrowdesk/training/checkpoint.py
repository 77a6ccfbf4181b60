"""Checkpoints of a training run: written whole or not at all, read back on any device."""

from __future__ import annotations

import errno
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.network import build
from marrowdesk.training.plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import torch

CHECKPOINT = "last.pt"

AGAIN = "Make room on the disk and give the same command."
"""What to do where a file could not be written that is made anew at the next try."""

_GOES_ON = "Make room on the disk and give the same command: it goes on from the last whole checkpoint."
_NO_PLACE = {
    errno.EACCES, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR, errno.EPERM,
    errno.EROFS,
}  # fmt: skip
_ANOTHER = "Give the folder of another run, or take the file out of this one to begin the run again."
_FIELDS = ("plan", "step", "average")


@contextmanager
def writing(path: Path, hint: str = _GOES_ON) -> Iterator[None]:
    """Turn a failure to write ``path`` into an error that says what to do.

    Args:
        path: the file, or a folder that is made.
        hint: what to do where the disk is full; where nothing can be written at all, it is another folder.

    Raises:
        MarrowdeskError: the disk is full, or the file cannot be written.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        # PyTorch's writer raises RuntimeError and leaves the system's reason in what caused it, if anywhere.
        reason = (
            error.strerror if isinstance(error, OSError) and error.strerror else str(error).split("\n")[0]
        )
        if isinstance(error, FileExistsError):  # in the way of a folder that was to be made
            reason = f"{error.filename} is no folder"
        if isinstance(error, OSError) and error.errno in _NO_PLACE:
            hint = "Give a folder that files may be written into."
        raise MarrowdeskError(f"{path} could not be written: {reason}.", hint) from error


def write_checkpoint(folder: Path, kept: Mapping[str, Any]) -> None:
    """Write ``last.pt``; a crash or a full disk while writing leaves the one before.

    Raises:
        MarrowdeskError: it cannot be written.
    """
    import torch

    path, part = folder / CHECKPOINT, folder / f"{CHECKPOINT}.part"
    with writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as stream:
                torch.save(dict(kept), stream)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(part, path)
        except (OSError, RuntimeError):
            part.unlink(missing_ok=True)
            raise


def read_checkpoint(folder: Path) -> dict[str, Any]:
    """Read ``last.pt`` into memory, wherever it was written.

    Raises:
        MarrowdeskError: there is none, it cannot be read, or it is damaged or that of another program.
    """
    import pickle

    import torch

    path = folder / CHECKPOINT
    if not path.is_file():
        raise MarrowdeskError(
            f"There is no checkpoint {path}.", "Give the folder of a run of `marrowdesk train`."
        )
    try:
        kept: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
    except OSError as error:
        raise MarrowdeskError(
            f"The checkpoint {path} cannot be read: {error.strerror}.",
            "Check its permissions and the drive it lies on.",
        ) from error
    except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise MarrowdeskError(
            f"The checkpoint {path} is damaged, or another program wrote it.", _ANOTHER
        ) from error
    if not isinstance(kept, dict) or any(name not in kept for name in _FIELDS):
        raise MarrowdeskError(f"{path} is no checkpoint of `marrowdesk train`.", _ANOTHER)
    return kept


def read_finished(folder: Path) -> dict[str, Any]:
    """Read ``last.pt`` of a run that came to its end.

    Raises:
        MarrowdeskError: there is none, it is damaged, or steps are left to do.
    """
    kept = read_checkpoint(folder)
    done, steps = kept["step"], plan_of(kept["plan"]).steps
    if done < steps:
        raise MarrowdeskError(
            f"The run {folder} has done {done} of its {steps} steps.",
            "Let it go on to its end first, with the command that it was begun with; or end it here, with "
            f"--steps {done} in that command.",
        )
    return kept


def averaged_network(kept: Mapping[str, Any]) -> torch.nn.Module:
    """Build the averaged network of a run in float32, to evaluate.

    Args:
        kept: its checkpoint.
    """
    plan = plan_of(kept["plan"])
    network = build(plan.architecture, plan.options, len(plan.codes), plan.attention)
    network.load_state_dict(kept["average"])
    return network.eval()


def averaged_sha256(kept: Mapping[str, Any]) -> str:
    """Give the hash of the averaged weights of a run's checkpoint, by name and value."""
    total = hashlib.sha256()
    for name, value in sorted(kept["average"].items()):
        total.update(name.encode())
        total.update(np.ascontiguousarray(value.numpy()).tobytes())
    return total.hexdigest()


def offsets_of(kept: Mapping[str, Any]) -> np.ndarray:
    """Give what loss and sampling put on the logits of a run, to be subtracted from them.

    Args:
        kept: a checkpoint; older ones hold class weights, whose logarithm this is.

    Returns:
        (K,) float32.
    """
    if "offsets" in kept:
        return np.asarray(kept["offsets"], np.float32)
    return np.log(np.asarray(kept["weights"], np.float32))
