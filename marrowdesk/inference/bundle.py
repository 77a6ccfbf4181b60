"""A model bundle: a folder with ``card.json`` and its weights, verified before anything is made of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from marrowdesk.assets import models_path
from marrowdesk.atomic import write_atomically
from marrowdesk.core.errors import BundleError
from marrowdesk.inference.card import FORMAT, VERSION, ModelCard

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np

CARD = "card.json"
PAGE = "CARD.md"
WEIGHTS = "weights.safetensors"
_AGAIN = "Install MarrowDesk again, or choose another bundle."


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose weight file is the one its card names.

    Attributes:
        path: the folder.
        card: what it says about itself.
    """

    path: Path
    card: ModelCard

    @property
    def sha256(self) -> str:
        """Hash of the weight file: the identity of the model, 64 hexadecimal digits."""
        return self.card.weights.sha256

    @property
    def codes(self) -> tuple[str, ...]:
        """The classes the network has an output for, in the order of the outputs."""
        return tuple(each.code for each in self.card.outputs)

    @property
    def proposed(self) -> tuple[str, ...]:
        """The classes that cells are proposed for."""
        return tuple(each.code for each in self.card.outputs if each.proposed)

    @property
    def reader_only(self) -> tuple[str, ...]:
        """The classes that only a reader can give, as the card declares."""
        return tuple(each.code for each in self.card.classes if not each.proposed)

    @property
    def weights_path(self) -> Path:
        """The weight file."""
        return self.path / self.card.weights.file


def find_bundles(folder: Path | None = None) -> list[Path]:
    """List the folders that hold a card, the newest name last.

    Args:
        folder: where to look; by default among the bundles that ship with the program.
    """
    return sorted(card.parent for card in (folder or models_path()).glob(f"*/{CARD}"))


def shipped_folder() -> Path:
    """Give the folder of the bundle that ships with the program: the last by name, when there are several.

    Raises:
        BundleError: there is none.
    """
    found = find_bundles()
    if not found:
        raise BundleError(f"No classifier lies in {models_path()}.", "Install MarrowDesk again.")
    return found[-1]


def shipped_bundle() -> Bundle:
    """Load the bundle that ships with the program.

    Raises:
        BundleError: there is none, or it is not as its card says.
    """
    return load_bundle(shipped_folder())


def file_sha256(path: Path) -> str:
    """Hash a file's bytes.

    Raises:
        BundleError: the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise BundleError(f"The model's weights {path} cannot be read: {error.strerror}.", _AGAIN) from error


def read_card(folder: Path) -> ModelCard:
    """Read a bundle's card without its weights.

    Raises:
        BundleError: there is no card, or it is not one this program understands.
    """
    path = folder / CARD
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(f"The model's card {path} cannot be read: {error}.", _AGAIN) from error
    try:
        return ModelCard.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BundleError(
            f"The model's card {path} is not understood: {where}: {first['msg']}.",
            f"This program reads {FORMAT} version {VERSION}.",
        ) from error


def load_bundle(folder: Path) -> Bundle:
    """Read a bundle and verify that its weights are the ones its card names.

    Raises:
        BundleError: a file is missing, the card is not understood, or the weights were altered.
    """
    card = read_card(folder)
    weights = folder / card.weights.file
    if weights.name != card.weights.file or not weights.is_file():
        raise BundleError(f"The model's weights {weights} are missing.", _AGAIN)
    found = file_sha256(weights)
    if found != card.weights.sha256:
        raise BundleError(
            f"The model's weights {weights} are not the ones its card names"
            f" (sha256 {found[:12]}…, expected {card.weights.sha256[:12]}…).",
            f"The file was altered or damaged. {_AGAIN}",
        )
    return Bundle(folder, card)


def load_tensors(bundle: Bundle) -> dict[str, np.ndarray]:
    """Read the weight file: ``network.*`` and ``doubt.*``, float16 or float32.

    Raises:
        BundleError: the file is no safetensors file.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return dict(load_file(bundle.weights_path))
    except (OSError, SafetensorError) as error:
        raise BundleError(
            f"The model's weights {bundle.weights_path} are damaged: {error}.", _AGAIN
        ) from error


def write_tensors(
    folder: Path, tensors: Mapping[str, np.ndarray], told: Mapping[str, str] | None = None
) -> str:
    """Write the weight file, whole or not at all, the network's matrices and kernels in half precision.

    Its vectors (norms, biases) and the doubt space stay in float32: they are small, and they hold variances
    and their inverses, which half precision cannot.

    Args:
        folder: of the bundle; made where it is not there.
        tensors: ``network.*`` and ``doubt.*``.
        told: written into the file too, so that its hash is another one where this is another.

    Returns:
        The file's sha256.

    Raises:
        OSError: it cannot be written; the one before is as it was.
    """
    import numpy as np
    from safetensors.numpy import save

    halved = {name: np.ascontiguousarray(value, _kept_as(name, value)) for name, value in tensors.items()}
    write_atomically(folder / WEIGHTS, save(halved, metadata=dict(told) if told else None))
    return file_sha256(folder / WEIGHTS)


def _kept_as(name: str, value: np.ndarray) -> str:
    return "float16" if name.startswith("network.") and value.ndim > 1 else "float32"


def write_card(folder: Path, card: ModelCard) -> None:
    """Write ``card.json`` and the page for people made from it, each whole or not at all.

    Raises:
        OSError: one cannot be written.
    """
    from marrowdesk.inference.page import card_page

    for name, text in ((CARD, card.model_dump_json(indent=1) + "\n"), (PAGE, card_page(card))):
        write_atomically(folder / name, text.encode())
