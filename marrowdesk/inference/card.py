"""The model card: what a bundle says about itself, read and written as ``card.json``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

FORMAT = "marrowdesk-bundle"
VERSION = 1
RESEARCH_USE = "For Research Use Only. Not for use in diagnostic procedures."


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Architecture(_Part):
    """The network.

    Attributes:
        name: timm name.
        options: arguments for timm's ``create_model``.
        attention: kind put into its residual blocks, see :mod:`marrowdesk.inference.attention`.
        map_offset: how far up and left of its place in the frame each cell of the last stage looks, px of the
            input; see :func:`marrowdesk.inference.maps.map_offset`.
    """

    name: str
    options: dict[str, Any] = {}
    attention: str = "none"
    map_offset: float = 0.0


class ClassEntry(_Part):
    """One class and what the bundle does with it.

    Attributes:
        code: class code.
        output: index of the network's output; None where the network has none.
        proposed: whether cells are ever proposed for it; False means "reader only".
        reason: why it is not proposed; empty otherwise.
        images: how many training images it had.
    """

    code: str
    output: int | None = None
    proposed: bool = True
    reason: str = ""
    images: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _explained(self) -> ClassEntry:
        if self.proposed and self.output is None:
            raise ValueError(f"class {self.code} is proposed but has no output")
        if not self.proposed and not self.reason:
            raise ValueError(f"class {self.code} is not proposed but gives no reason")
        return self


class Preprocessing(_Part):
    """How an image becomes the network's input.

    Attributes:
        method: name of the method, see :mod:`marrowdesk.inference.preprocess`.
        parameters: the method's numbers.
        mean: subtracted from each channel of the image in [0, 1].
        std: each channel is then divided by it.
    """

    method: str
    parameters: dict[str, float]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


class Calibration(_Part):
    """How logits become probabilities: softmax((logits - log_weights) / temperature).

    Attributes:
        log_weights: logarithm of the loss's class weights, undone before the softmax; one an output.
        temperature: fitted on held-out cells.
        note: what it was fitted on.
    """

    log_weights: tuple[float, ...]
    temperature: float = Field(gt=0)
    note: str = ""


class Doubt(_Part):
    """How far a cell may lie from the training cells before it is called unfamiliar.

    Attributes:
        method: name of the measure, see :mod:`marrowdesk.inference.doubt`.
        threshold: distance at which doubt is 1.0.
        held_out_share: share of held-out real cells beyond the threshold.
    """

    method: str
    threshold: float = Field(gt=0)
    held_out_share: float = Field(ge=0, le=1)


class Precision(_Part):
    """What it costs to run the network in fewer bits, measured against float32 on the same cells.

    Of a bundle that was trained they are held-out cells, and the reference is torch. Of an adapted one they
    are reviewed cells of the laboratory, see :mod:`marrowdesk.inference.fewer_bits`.

    Attributes:
        engine: ``"torch"`` or ``"openvino"``.
        precision: number format, as torch names it.
        cells: how many were measured.
        f1_lost: by how much the mean F1 over the classes is less; below 0 where it is more.
        changed: share of the cells whose proposed class is another one.
        measured_with: library, format and threads.
    """

    engine: Literal["torch", "openvino"]
    precision: Literal["bfloat16", "float16"]
    cells: int = Field(gt=0)
    f1_lost: float
    changed: float = Field(ge=0, le=1)
    measured_with: str = ""


class DataSource(_Part):
    """A data set the bundle was trained on."""

    name: str
    title: str
    link: str
    licence: str
    images: int


class TrainingRecord(_Part):
    """How to make the bundle again.

    Attributes:
        command: the commands, one a line.
        recipe: the one command that does all of them and measures, by the recipe beside the card; empty where
            there is no recipe.
        plan: everything the training depended on besides its cells.
        held_out: name of the file beside the card that lists the cells kept back; empty for none.
        note: what the command alone does not tell; empty for nothing.
    """

    command: str
    recipe: str = ""
    plan: dict[str, Any] = {}
    held_out: str = ""
    note: str = ""


class Weights(_Part):
    """The weight file.

    Attributes:
        file: name beside the card.
        sha256: hash of the file's bytes, 64 hexadecimal digits.
    """

    file: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Adaptation(_Part):
    """Where the last layer of an adapted bundle comes from.

    Attributes:
        base: name of the bundle whose network it is.
        base_revision: its revision.
        base_sha256: hash of its weight file.
        made: when, UTC.
        cases: how many cases it learned from.
        cells: how many reviewed cells.
        results: how it was compared with its base on cells kept back; never typed by hand.
    """

    base: str
    base_revision: str
    base_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    made: AwareDatetime
    cases: int = Field(gt=0)
    cells: int = Field(gt=0)
    results: dict[str, Any] = {}


class ModelCard(_Part):
    """Everything a bundle says about itself.

    Attributes:
        adapted: where the last layer comes from, for one adapted to a laboratory; ``results`` is then empty,
            for they were measured with the base's last layer.
        results: what ``marrowdesk evaluate`` measured; never typed by hand.
        precisions: what ``marrowdesk evaluate --engines``, or adapting, measured; formats that are not here
            are not used.
        weaknesses: known ones, as sentences for the reader.
    """

    format: Literal["marrowdesk-bundle"]
    version: Literal[1]
    name: str
    revision: str
    summary: str
    use: str = RESEARCH_USE
    architecture: Architecture
    classes: tuple[ClassEntry, ...]
    preprocessing: Preprocessing
    calibration: Calibration
    doubt: Doubt
    data: tuple[DataSource, ...] = ()
    training: TrainingRecord
    results: dict[str, Any] = {}
    precisions: tuple[Precision, ...] = ()
    weaknesses: tuple[str, ...] = ()
    adapted: Adaptation | None = None
    weights: Weights

    @model_validator(mode="after")
    def _outputs_fit(self) -> ModelCard:
        outputs = sorted(each.output for each in self.classes if each.output is not None)
        if outputs != list(range(len(self.calibration.log_weights))):
            raise ValueError("the classes' outputs are not 0 … K-1, one log_weight each")
        if not any(each.proposed for each in self.classes):
            raise ValueError("no class is proposed")
        return self

    @property
    def outputs(self) -> tuple[ClassEntry, ...]:
        """The classes the network has an output for, in the order of the outputs."""
        known = [each for each in self.classes if each.output is not None]
        return tuple(sorted(known, key=lambda each: each.output or 0))
