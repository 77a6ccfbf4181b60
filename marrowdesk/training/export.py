"""Writing a trained network as a bundle: weights in half precision, the doubt space, and the card."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.bundle import WEIGHTS, load_bundle, write_card, write_tensors
from marrowdesk.inference.calibration import fit_temperature, probabilities
from marrowdesk.inference.card import (
    FORMAT,
    Architecture,
    Calibration,
    ClassEntry,
    Doubt,
    ModelCard,
    Preprocessing,
    TrainingRecord,
    Weights,
)
from marrowdesk.inference.doubt import METHOD as DOUBT_METHOD
from marrowdesk.inference.maps import map_offset
from marrowdesk.inference.network import MEAN, STD, as_input, head_of, run
from marrowdesk.inference.precision import fast_dtype
from marrowdesk.inference.preprocess import METHOD, Recipe, masked, round_mask
from marrowdesk.training.augment import varied
from marrowdesk.training.checkpoint import averaged_network, offsets_of, read_finished
from marrowdesk.training.dataset import FEWEST
from marrowdesk.training.familiarity import fit_doubt, gather_evidence
from marrowdesk.training.heads import HeadFit, fit_head
from marrowdesk.training.plan import plan_of
from marrowdesk.training.sources import described
from marrowdesk.training.start import credit_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import torch

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.doubt import Doubting
    from marrowdesk.training.dataset import Sample, Store
    from marrowdesk.training.plan import Plan

UNFAMILIAR_SHARE = 0.04
"""Share of held-out cells beyond the doubt threshold; below the allowed 5 %, for other cells vary more."""

_BATCH = 64
_VIEW = 0.7
"""How strongly the views of a cell are varied on which a head is fitted, as a share of the training's."""


def preprocessing_card(recipe: Recipe) -> Preprocessing:
    """Describe how cells are prepared, as the card keeps it."""
    parameters = {name: float(value) for name, value in asdict(recipe).items()}
    return Preprocessing(method=METHOD, parameters=parameters, mean=MEAN, std=STD)


def write_bundle(folder: Path, network: torch.nn.Module, space: Doubting, told: Mapping[str, Any]) -> Bundle:
    """Write a bundle and read it back, verified.

    Args:
        folder: the bundle's folder; made where it is not there, its card and weights replaced.
        network: the trained network.
        space: the doubt measure.
        told: the card's fields without format, version and weights.
    """
    tensors = {
        f"network.{name}": value.detach().float().cpu().numpy()
        for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    sha256 = write_tensors(folder, {**tensors, **space.tensors()})
    weights = Weights(file=WEIGHTS, sha256=sha256)
    card = ModelCard.model_validate({**told, "format": FORMAT, "version": 1, "weights": weights})
    write_card(folder, card)
    return load_bundle(folder)


def read_plan(run_folder: Path) -> Plan:
    """Read what a training run depends on from its checkpoint.

    Raises:
        MarrowdeskError: there is no checkpoint, or the run has not come to its end.
    """
    return plan_of(read_finished(run_folder)["plan"])


def read_run(run_folder: Path) -> tuple[torch.nn.Module, dict[str, Any]]:
    """Read the averaged network of a training run, and its checkpoint.

    Raises:
        MarrowdeskError: there is no checkpoint, or the run has not come to its end.
    """
    kept = read_finished(run_folder)
    return averaged_network(kept), kept


def embed(
    network: torch.nn.Module, store: Store, at: Sequence[int], recipe: Recipe
) -> tuple[np.ndarray, np.ndarray]:
    """Run the network on stored crops as the program would show them: logits (N, K) and embeddings (N, D)."""
    from tqdm import tqdm

    border, mask = (store.crops.shape[1] - recipe.side) // 2, round_mask(recipe.side, recipe.mask)
    inner = slice(border, border + recipe.side)
    found = []
    for start in tqdm(range(0, len(at), _BATCH), desc="embedding cells", unit="batch"):
        part = at[start : start + _BATCH]
        found.append(
            _look(network, np.stack([masked(store.crops[each][inner, inner], mask) for each in part]))
        )
    return np.concatenate([each[0] for each in found]), np.concatenate([each[1] for each in found])


def _embed_views(
    network: torch.nn.Module, store: Store, at: Sequence[int], plan: Plan, view: int
) -> np.ndarray:
    """Run the network on stored crops, each varied by chance: embeddings (N, D)."""
    side, strength = plan.recipe.side, plan.strength.scaled(_VIEW)
    found = []
    for start in range(0, len(at), _BATCH):
        crops = [
            varied(
                np.asarray(store.crops[each]), side, float(side), strength,
                np.random.default_rng([plan.seed, view, each]),
            )
            for each in at[start : start + _BATCH]
        ]  # fmt: skip
        found.append(_look(network, np.stack(crops))[1])
    return np.concatenate(found)


def _look(network: torch.nn.Module, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    import torch

    dtype = fast_dtype("cpu")
    with torch.inference_mode(), torch.autocast("cpu", dtype, enabled=dtype is not torch.float32):
        outputs = run(network, as_input(crops, MEAN, STD))
    return outputs.logits.float().numpy(), outputs.pooled.float().numpy()


def _embeddings(network: torch.nn.Module, crops: np.ndarray) -> np.ndarray:
    parts = range(0, len(crops), _BATCH)
    return np.concatenate([_look(network, crops[start : start + _BATCH])[1] for start in parts])


def export_run(
    run_folder: Path, store: Store, held: set[str], folder: Path, told: Mapping[str, Any]
) -> Bundle:
    """Make a bundle of a training run; temperature, doubt and the proposed classes are set by held-out cells.

    Args:
        run_folder: folder of the run.
        store: prepared crops of all cells.
        held: files that were kept back from the training.
        folder: where the bundle goes.
        told: ``name``, ``revision``, ``summary``, ``command`` and ``held_out`` for the card, and ``recipe``
            where it is made by one; ``head``, a :class:`HeadFit` to fit the last layer anew, or None to keep
            it as it was trained; ``lifts``, what is added to the logits of classes, by their codes;
            ``shown``, the :class:`Recipe` by which the crops are prepared, where it is not the training's.

    Raises:
        MarrowdeskError: there is no checkpoint of a run that came to its end, no cell kept back is of a class
            that it knows, or the network is too poor to propose any class.
    """
    network, kept = read_run(run_folder)
    plan = plan_of(kept["plan"])
    codes, recipe = list(plan.codes), told.get("shown", plan.recipe)
    known = [at for at, sample in enumerate(store.samples) if sample.code in codes]
    trained = [at for at in known if store.samples[at].file not in held]
    tested = [at for at in known if store.samples[at].file in held]
    if not tested:
        raise MarrowdeskError(
            "No cell kept back is of a class that the run was trained on: nothing tells how sure it may be.",
            f"It knows {', '.join(codes)}. Give the data it was trained on.",
        )
    _, embeddings = embed(network, store, trained, recipe)
    logits, distant = embed(network, store, tested, recipe)
    look = partial(_embeddings, network)
    space = fit_doubt(gather_evidence(look, store, trained, recipe, embeddings, distant))
    distances = space.distance(distant)
    threshold = float(np.quantile(distances, 1 - UNFAMILIAR_SHARE))
    labels = np.array([codes.index(store.samples[at].code) for at in tested])
    log_weights = offsets_of(kept)
    fit: HeadFit | None = told["head"]
    if fit is not None:
        own = [store.samples[at] for at in trained]
        views = [_embed_views(network, store, trained, plan, each) for each in range(fit.views)]
        logits = _refit(network, [embeddings, *views], own, plan, fit, distant, log_weights)
        log_weights = np.zeros(len(codes))
    lifts = told.get("lifts", {})
    logits = logits + _lift(network, [lifts.get(code, 0.0) for code in codes])
    temperature = fit_temperature(logits, labels, log_weights)
    odds = probabilities(logits, log_weights, temperature)
    return write_bundle(
        folder,
        network,
        space,
        {
            **{name: told[name] for name in ("name", "revision", "summary")},
            "architecture": Architecture(
                name=plan.architecture,
                options=plan.options,
                attention=plan.attention,
                map_offset=map_offset(network, recipe.side),
            ),
            "classes": _classes(codes, store, trained, odds, labels),
            "preprocessing": preprocessing_card(recipe),
            "calibration": Calibration(
                log_weights=tuple(float(each) for each in log_weights),
                temperature=temperature,
                note=f"fitted on {len(tested)} held-out cells",
            ),
            "doubt": Doubt(
                method=DOUBT_METHOD, threshold=threshold, held_out_share=float((distances > threshold).mean())
            ),
            "data": described([store.samples[at] for at in trained]),
            "weaknesses": _weaknesses([store.samples[at] for at in trained]),
            "training": TrainingRecord(
                command=told["command"],
                recipe=told.get("recipe", ""),
                plan=asdict(plan),
                held_out=told["held_out"],
                note=note_on(plan, kept["changes"], told["command"], told.get("notes", ())),
            ),
        },
    )


def _refit(
    network: torch.nn.Module,
    views: Sequence[np.ndarray],
    samples: Sequence[Sample],
    plan: Plan,
    fit: HeadFit,
    distant: np.ndarray,
    log_weights: np.ndarray,
) -> np.ndarray:
    """Put a head fitted anew into the network; give the logits of the cells with embeddings ``distant``.

    Where it has only a share in the layer that ships, the rest is the layer as trained, class weights undone.
    Both are linear in the embedding, so their weighted mean gives that of their logits.

    Args:
        network: takes the head.
        views: (N, D) embeddings of the training cells, once for each way they are shown.
        samples: the N cells.
        plan: of the training.
        fit: how it is fitted.
        distant: (M, D) embeddings of other cells.
        log_weights: (K,) what the training added to the logits of the layer as trained.
    """
    import torch

    fitted = [torch.from_numpy(each) for each in fit_head(views, samples, plan, fit)]
    head = head_of(network)
    with torch.no_grad():
        head.bias.sub_(torch.from_numpy(log_weights))
        head.weight.lerp_(fitted[0], fit.share)
        head.bias.lerp_(fitted[1], fit.share)
        weights, biases = (each.float().numpy() for each in (head.weight, head.bias))
    return np.asarray(distant @ weights.T + biases, np.float32)


def _lift(network: torch.nn.Module, lifts: Sequence[float]) -> np.ndarray:
    """Add to the biases of the last layer; give what the logits rise by, (K,)."""
    import torch

    rise = torch.tensor(lifts, dtype=torch.float32)
    with torch.no_grad():
        head_of(network).bias.add_(rise)
    return np.asarray(rise.numpy())


def note_on(
    plan: Plan, changes: Sequence[Sequence[float]], commands: str, earlier: Sequence[str] = ()
) -> str:
    """Tell what the commands of a run alone do not repeat: where it started, a length changed on the way."""
    sentences = []
    if plan.start_file:
        credit = credit_of(plan.start)
        sentences.append(
            f"START is the file {plan.start_file} with the sha256 {plan.start}"
            f"{f' ({credit})' if credit else ''}: the network went on from weights that this project did not "
            "make."
        )
    elif plan.start:
        sentences.append(
            "START is the folder of the bundle whose weight file has the sha256 "
            f"{plan.start}: the network went on from its weights. {_made('START', commands)}"
        )
    if plan.follows_start:
        sentences.append("It also learned to agree with START.")
    elif plan.distil_from:
        sentences.append(
            "DISTIL is the folder of the bundle or run whose weights have the sha256 "
            f"{plan.distil_from}: the network learned to agree with it. {_made('DISTIL', commands)}"
        )
    if plan.distil_beside:
        sentences.append(
            "BESIDE is the folder of the bundle or run whose weights have the sha256 "
            f"{plan.distil_beside}: the network learned to agree with the mean of both. "
            f"{_made('BESIDE', commands)}"
        )
    if changes:
        told = [
            f"up to step {step:.0f}: {steps:.0f} steps, small part {part}" for step, steps, part in changes
        ]
        sentences.append(
            f"The run's length was changed on the way, and with it the learning rate ({'; '.join(told)})."
        )
    return " ".join([*sentences, *filter(None, earlier)])


def _made(name: str, commands: str) -> str:
    there = f"--out {name}" in commands or f"--run {name} " in commands
    return "The first commands make it." if there else "Its own card tells how to make it."


def _weaknesses(trained: Sequence[Sample]) -> tuple[str, ...]:
    """Say what the training cells could not teach."""
    found: dict[str, set[str]] = {}
    for sample in trained:
        found.setdefault(sample.source, set()).add(sample.code)
    every = sorted({sample.code for sample in trained})
    lonely = {code: [name for name in found if code in found[name]] for code in every}
    sentences = [
        f"{', '.join(codes)}: learned from {source} only. Such cells from elsewhere may be missed."
        for source in sorted(found)
        if len(found) > 1 and (codes := [code for code in every if lonely[code] == [source]])
    ]
    nameless = sorted({each.source for each in trained if not each.group})
    if nameless:
        whose = (
            "The data sets name" if len(nameless) == len(found) else f"{', '.join(nameless)}: the data name"
        )
        sentences.append(f"{whose} no patients: cells of one patient may lie on both sides of the split.")
    return (
        *sentences,
        "The cell is sought in the middle of the image; in a crowd a neighbour may be taken for it.",
        "The classes' shares in the training cells are not those of a marrow: counts are to be reviewed.",
    )


def _classes(
    codes: list[str], store: Store, trained: Sequence[int], odds: np.ndarray, labels: np.ndarray
) -> list[ClassEntry]:
    """Say which classes are proposed: those that the network is right about more often than wrong."""
    counts = Counter(store.samples[at].code for at in trained)
    named = odds.argmax(1)
    entries = []
    for at, code in enumerate(codes):
        called = named == at
        precision = float((labels[called] == at).mean()) if called.any() else 0.0
        good = precision > 0.5
        reason = "" if good else f"right in only {precision:.0%} of the held-out cells it was proposed for"
        entries.append(ClassEntry(code=code, output=at, proposed=good, reason=reason, images=counts[code]))
    if not any(entry.proposed for entry in entries):
        raise MarrowdeskError(
            "The network names no class more often right than wrong on held-out cells.", "Train it longer."
        )
    others = Counter(sample.code for sample in store.samples if sample.code not in codes)
    for code, images in sorted(others.items()):
        few = f"only {images} images are at hand, fewer than {FEWEST}"
        reason = few if images < FEWEST else f"all of its {images} images were kept back from the training"
        entries.append(ClassEntry(code=code, proposed=False, reason=reason))
    return entries
