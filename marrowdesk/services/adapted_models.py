"""The models adapted to this laboratory: kept, listed, chosen and removed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from marrowdesk.atomic import sync_folder
from marrowdesk.core.errors import BundleError, MarrowdeskError
from marrowdesk.inference.bundle import CARD, load_bundle, read_card, shipped_bundle
from marrowdesk.store.errors import SettingsError
from marrowdesk.store.paths import adapted_models_path
from marrowdesk.store.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.card import ModelCard
    from marrowdesk.services.adapting import Adapted

LONGEST_NAME = 80
"""Characters of a model's name."""

_EXACT = "Fewer bits than float32 are not used: what they change is not proved for this last layer."
_DRAFT_S = 3600.0
_LONGEST_FOLDER = 40  # bytes of the name that go into the name of its folder
_SHIPPED = "The shipped model is used. Choose another one under Models, or adapt the shipped one again."


@dataclass(frozen=True, slots=True)
class Gain:
    """A difference in percent points, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder among the adapted models.

    Attributes:
        path: the folder.
        name: as the laboratory calls the model; that of the folder where nothing can be read.
        version: 1, 2, … of that name; 0 where nothing can be read.
    """

    path: Path
    name: str
    version: int

    @property
    def key(self) -> str:
        """What the settings remember it by."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class KeptModel(ModelFolder):
    """A model that was adapted to this laboratory.

    Attributes:
        made: when, UTC.
        cells: how many reviewed cells it learned from.
        cases: how many cases they come from.
        gain: in cells named as the readers name them.
        sha256: of its weights.
        base: name of the model it was made of.
        base_revision: revision of that.
        base_sha256: hash of the weights of that.
    """

    made: datetime
    cells: int
    cases: int
    gain: Gain
    sha256: str
    base: str
    base_revision: str
    base_sha256: str


@dataclass(frozen=True, slots=True)
class BrokenModel(ModelFolder):
    """A folder among the adapted models that holds none that can be used.

    Attributes:
        why: what is the matter, as a sentence.
    """

    why: str


class Here(NamedTuple):
    """The adapted models of this computer.

    Attributes:
        kept: those that can be used, the latest first.
        broken: those that cannot, by name of their folders.
    """

    kept: list[KeptModel]
    broken: list[BrokenModel]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The model that is to propose.

    Attributes:
        bundle: it.
        kept: what is known of it; None for the shipped model.
        error: why it is the shipped one although another was chosen; None where it is the one chosen.
    """

    bundle: Bundle
    kept: KeptModel | None = None
    error: MarrowdeskError | None = None


def models_here() -> Here:
    """List the models that were adapted here; the weights of each are held against its card."""
    folders = sorted(each for each in adapted_models_path().glob("[!.]*") if each.is_dir())
    found = [_looked_at(folder) for folder in folders]
    kept = [each for each in found if isinstance(each, KeptModel)]
    kept.sort(key=lambda each: (each.made, each.version), reverse=True)
    return Here(kept, [each for each in found if isinstance(each, BrokenModel)])


def keep(adapted: Adapted, name: str, reader: str = "") -> KeptModel:
    """Write an adapted model, whole or not at all; a name that is there already gets the next version.

    Args:
        adapted: what was fitted.
        name: as the laboratory calls it, at most :data:`LONGEST_NAME` characters.
        reader: who keeps it.

    Raises:
        MarrowdeskError: it is not better, has no name, or cannot be written.
    """
    from marrowdesk.inference.adapting import last_layer
    from marrowdesk.inference.bundle import load_tensors, write_card, write_tensors

    name = " ".join(name.split())
    _check(adapted, name)
    home = adapted_models_path()
    kept, broken = models_here()
    same = [each.version for each in kept if each.name == name]
    same += [each.version for each in broken if each.name == name]
    version = 1 + max(same, default=0)
    tensors = load_tensors(adapted.base)
    place, _ = last_layer(adapted.base, tensors)
    tensors[f"{place}.weight"], tensors[f"{place}.bias"] = adapted.layer.weights, adapted.layer.biases
    made = datetime.now(UTC)
    told = {"name": name, "version": str(version), "base": adapted.base.sha256, "made": made.isoformat()}
    _clear_drafts(home)
    draft = home / f".{uuid.uuid4().hex}"
    try:
        sha256 = write_tensors(draft, tensors, told)
        write_card(draft, _card(adapted, name, version, sha256, reader, made))
        folder = _free(home, name, version)
        os.replace(draft, folder)
        sync_folder(home)
    except OSError as error:
        raise MarrowdeskError(
            f"The model cannot be written into {home} ({error.strerror or error}).",
            "Check the rights of the folder and the space on the disk.",
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return _kept(folder, read_card(folder))


def remove(model: KeptModel | BrokenModel) -> None:
    """Delete an adapted model and all else in its folder; cases and reports that name it stay as they are.

    Raises:
        MarrowdeskError: it cannot be deleted.
    """
    aside = model.path.with_name(f".{uuid.uuid4().hex}")
    try:
        os.replace(model.path, aside)  # gone at once, whatever happens to the files
        shutil.rmtree(aside)
    except OSError as error:
        raise MarrowdeskError(
            f"The model {model.name!r} in {model.path} cannot be deleted ({error.strerror or error}).",
            "Close other programs that use it, and check the rights of the folder.",
        ) from error


def chosen_model(key: str | None = None, shipped: Path | None = None) -> Chosen:
    """Find the model that is to propose; the shipped one where the chosen one cannot be used.

    Args:
        key: of an adapted model, empty for the shipped one; as it is set when None.
        shipped: folder of the bundle that stands for the shipped one.

    Raises:
        BundleError: not even the shipped one can be used.
    """
    standard = shipped_bundle() if shipped is None else load_bundle(shipped)
    key = _as_set() if key is None else key
    if not key:
        return Chosen(standard)
    folder = adapted_models_path() / key
    try:
        if folder.name != key or not (folder / CARD).is_file():
            raise BundleError(f"The adapted model {key} is not in {folder.parent} any more.")
        bundle = load_bundle(folder)
        kept = _kept(folder, bundle.card)
        if kept.base_sha256 != standard.sha256:
            raise BundleError(
                f"The adapted model {kept.name!r} was made of {kept.base} {kept.base_revision}; this program "
                f"has {standard.card.name} {standard.card.revision}."
            )
    except (BundleError, ValueError, KeyError, TypeError) as error:
        message = error.message if isinstance(error, BundleError) else f"The card of {folder} is damaged."
        return Chosen(standard, error=BundleError(message, _SHIPPED))
    return Chosen(bundle, kept)


def _looked_at(folder: Path) -> KeptModel | BrokenModel:
    """Read a model's card and hold its weights against it."""
    name, version = folder.name, 0
    try:
        kept = _kept(folder, read_card(folder))
        name, version = kept.name, kept.version
        load_bundle(folder)
    except BundleError as error:
        return BrokenModel(folder, name, version, error.message)
    except (ValueError, KeyError, TypeError):
        return BrokenModel(folder, name, version, f"The card of {folder} is not that of an adapted model.")
    return kept


def _clear_drafts(home: Path) -> None:
    """Delete what was left when writing or deleting was cut short; what is younger may be in work."""
    for each in home.glob(".*"):
        with contextlib.suppress(OSError):
            if time.time() - each.stat().st_mtime > _DRAFT_S:
                shutil.rmtree(each)


def _as_set() -> str:
    try:
        return load_settings().model
    except SettingsError:  # told where the settings are shown
        return ""


def _check(adapted: Adapted, name: str) -> None:
    if not adapted.better:
        raise MarrowdeskError(
            "The adapted model is not better than the shipped one and is not kept.",
            "Review more cells, and choose more cases.",
        )
    if not name or len(name) > LONGEST_NAME:
        raise MarrowdeskError(
            f"A model needs a name of at most {LONGEST_NAME} characters.",
            "Name the laboratory and its stain.",
        )


def _kept(folder: Path, card: ModelCard) -> KeptModel:
    """Read what is known of a model out of its card.

    Raises:
        ValueError: it is no adapted model's card.
        KeyError: likewise.
        TypeError: likewise.
    """
    adapted = card.adapted
    if adapted is None:
        raise ValueError(f"{folder} holds no adapted model.")
    gain = adapted.results["comparison"]["named as the readers do"]
    return KeptModel(
        folder, card.name, int(card.revision), adapted.made, adapted.cells, adapted.cases,
        Gain(*(100 * float(gain[name]) for name in ("difference", "95 % from", "95 % to"))),
        card.weights.sha256, adapted.base, adapted.base_revision, adapted.base_sha256,
    )  # fmt: skip


def _card(adapted: Adapted, name: str, version: int, sha256: str, reader: str, made: datetime) -> ModelCard:
    from marrowdesk.inference.card import Adaptation, Calibration, TrainingRecord

    base, proof = adapted.base.card, adapted.proof
    measured = None if proof is None else proof.measured
    origin = Adaptation(
        base=base.name, base_revision=base.revision, base_sha256=adapted.base.sha256,
        made=made, cases=adapted.cases, cells=adapted.cells, results=adapted.results,
    )  # fmt: skip
    by = f", by {reader}" if reader else ""
    changed = {
        "name": name,
        "revision": str(version),
        "summary": f"{base.name} {base.revision} with a last layer fitted to one laboratory{by}.",
        "calibration": Calibration(
            log_weights=(0.0,) * len(adapted.base.codes),
            temperature=1.0,
            note="worked into the last layer, fitted on cells of the laboratory kept back from fitting",
        ),
        "results": {},
        "precisions": () if measured is None else (measured,),
        "weaknesses": (
            *base.weaknesses,
            "What the readers of one laboratory decided is taken for the truth, seen beside the proposals.",
            *(() if proof is not None and proof.holds else (_EXACT,)),
            "What is unfamiliar is measured as in the base: by the cells that the base was trained on.",
        ),
        "training": TrainingRecord(
            command=f'marrowdesk adapt CASES --name "{name}"',
            note=f"The network is that of {base.name} {base.revision}, whose card tells how it was trained.",
        ),
        "adapted": origin,
        "weights": base.weights.model_copy(update={"sha256": sha256}),
    }
    # Validated anew: a card is never written that could not be read.
    return type(base).model_validate({**base.model_dump(), **changed})


def _free(home: Path, name: str, version: int) -> Path:
    """Choose a folder that is not there yet; it is called after the model, as far as that makes a name."""
    safe = re.sub(r"[^\w-]+", "_", name).strip("_") or "model"
    short = safe.encode("utf-8", "ignore")[:_LONGEST_FOLDER].decode("utf-8", "ignore")
    folder = home / f"{short}-{version}"
    while folder.exists():
        folder = home / f"{short}-{version}-{uuid.uuid4().hex[:6]}"
    return folder
