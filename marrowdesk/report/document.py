"""What a report says: frozen values, gathered once from a case and then only written."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from marrowdesk import RESEARCH_USE
from marrowdesk.core.foreign import looks_foreign

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    import numpy as np

    from marrowdesk.core.adjusted import Adjusted
    from marrowdesk.core.amendment import Changed
    from marrowdesk.core.cell import Cell
    from marrowdesk.core.differential import Differential
    from marrowdesk.core.model_origin import ModelOrigin


def _line(label: str, *, long: bool = False) -> str:
    """Declare a header field: an optional text with the label that form and report print."""
    value: str = field(default="", metadata={"label": label, "long": long})
    return value


@dataclass(frozen=True, slots=True)
class ReportFields:
    """The header of a report, as the laboratory fills it in; every field may be empty.

    Texts are printed as typed: they are never read as markup. The labels live in the fields themselves
    (:func:`header_labels`), so that form and paper call them the same.

    Attributes:
        institution: hospital or laboratory, printed as the letterhead.
        accession: number of the specimen.
        patient_name: as the laboratory writes it.
        patient_id: number of the patient.
        birth_date: as typed.
        sex: as typed; ranges follow ``CountingRules.sex``, not this text.
        requester: who asked for the examination.
        collected: when the marrow was aspirated, as typed.
        site: where it was aspirated.
        aspirate: quality of the aspirate.
        indication: history and question.
        blood_film: blood count and film.
        cellularity: of the marrow.
        erythropoiesis: the reader's own words on the red series, and so on for the other lines.
        myelopoiesis: granulocytes, monocytes and their precursors.
        megakaryocytes: number and shape.
        lymphocytes: number and shape.
        plasma_cells: number and shape.
        other_cells: other and abnormal cells.
        iron: iron stain.
        other_studies: flow cytometry, cytogenetics, molecular studies, biopsy.
        conclusion: what the reader concludes.
        comment: the reader's own words.
    """

    institution: str = _line("Institution")
    accession: str = _line("Accession")
    patient_name: str = _line("Patient")
    patient_id: str = _line("Patient ID")
    birth_date: str = _line("Date of birth")
    sex: str = _line("Sex")
    requester: str = _line("Requested by")
    collected: str = _line("Collected")
    site: str = _line("Site")
    aspirate: str = _line("Aspirate quality")
    indication: str = _line("Indication", long=True)
    blood_film: str = _line("Blood count and film", long=True)
    cellularity: str = _line("Cellularity")
    erythropoiesis: str = _line("Erythropoiesis", long=True)
    myelopoiesis: str = _line("Myelopoiesis", long=True)
    megakaryocytes: str = _line("Megakaryocytes", long=True)
    lymphocytes: str = _line("Lymphocytes", long=True)
    plasma_cells: str = _line("Plasma cells", long=True)
    other_cells: str = _line("Other and abnormal cells", long=True)
    iron: str = _line("Iron stain", long=True)
    other_studies: str = _line("Other studies", long=True)
    conclusion: str = _line("Conclusion", long=True)
    comment: str = _line("Comment", long=True)

    @classmethod
    def from_mapping(cls, values: Mapping[str, str]) -> ReportFields:
        """Take the fields from names and texts, as the case file keeps them; other names are passed over."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: text for name, text in values.items() if name in known})


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """How a header field is called.

    Attributes:
        name: the attribute of :class:`ReportFields` and the name in the case file.
        label: as printed in English.
        long: whether it holds several lines.
    """

    name: str
    label: str
    long: bool


def header_labels() -> tuple[FieldLabel, ...]:
    """Give all header fields in the order of the form."""
    return tuple(
        FieldLabel(each.name, each.metadata["label"], each.metadata["long"]) for each in fields(ReportFields)
    )


@dataclass(frozen=True, slots=True)
class ModelUsed:
    """A model that proposed classes in the case.

    Attributes:
        name: as its card says.
        version: as its card says.
        sha256: of its weights, 64 hexadecimal digits.
        origin: what it was adapted from; None for a model that was not adapted.
    """

    name: str
    version: str
    sha256: str
    origin: ModelOrigin | None = None

    @property
    def words(self) -> str:
        """Say in English which model it is, for other programs."""
        origin = f" ({self.origin.words})" if self.origin else ""
        return f"{self.name} {self.version}{origin}, SHA-256 {self.sha256}"


@dataclass(frozen=True, slots=True)
class Method:
    """What made the count; how many cells were reviewed and changed stands in the differential.

    Attributes:
        models: the models whose proposals stand in the case, the latest last; empty for a count without one.
        program_version: version of this program.
    """

    models: tuple[ModelUsed, ...]
    program_version: str


@dataclass(frozen=True, slots=True, eq=False)
class ManualCount:
    """A manual count at the microscope.

    Attributes:
        smears: number and differential of each smear that was counted.
        whole: of all of them.
        included: whether it is part of the report's differential.
    """

    smears: tuple[tuple[int, Differential], ...]
    whole: Differential
    included: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed what the report says.

    Attributes:
        reader: name.
        role: as typed; may be empty.
        at: when; aware.
        state: SHA-256 of the state of the case that was signed, 64 hexadecimal digits.
        hindrances: what stood against it, as (kind of :class:`marrowdesk.core.signoff.Hindrance`, cells).
        reason: why it was signed all the same; empty where nothing stood against it.
    """

    reader: str
    role: str
    at: datetime
    state: str
    hindrances: tuple[tuple[str, int], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DoubtFound:
    """How many cells do not look like anything the classifier has learned.

    Attributes:
        threshold: doubt above which a cell is called unfamiliar.
        measured: cells whose doubt was measured.
        unfamiliar: those of them above the threshold, reviewed ones too.
    """

    threshold: float
    measured: int
    unfamiliar: int

    @property
    def foreign(self) -> bool:
        """Whether they are so many that the classifier does not know slides like these."""
        return looks_foreign(self.measured, self.unfamiliar)


@dataclass(frozen=True, slots=True)
class PastState:
    """What a report of an earlier state shows.

    Attributes:
        act: number of the last act that it holds.
        at: when that was done; aware.
        reader: by whom.
    """

    act: int
    at: datetime
    reader: str


@dataclass(frozen=True, slots=True)
class Amends:
    """What an amended report takes the place of.

    Attributes:
        version: number of the version before.
        reader: who signed that.
        at: when that was signed; aware.
        reopened_by: who opened it again.
        reopened_at: when; aware.
        reason: why.
        changed: what is said otherwise now.
    """

    version: int
    reader: str
    at: datetime
    reopened_by: str
    reopened_at: datetime
    reason: str
    changed: Changed


@dataclass(frozen=True, slots=True)
class SlideUsed:
    """A smear of the case.

    Attributes:
        number: the slide's number in its case file; ``Cell.slide`` refers to it.
        name: as printed.
        folder: where its images lie; only the last part of it is ever printed.
        cells: how many cells of it are in the case.
        differential: its own count, where the case has several smears; else None.
    """

    number: int
    name: str
    folder: Path
    cells: int
    differential: Differential | None = None

    def file_of(self, cell: Cell) -> str:
        """Give the image file of a cell as seen from the slide's folder, with forward slashes."""
        path = cell.place.path
        return path.relative_to(self.folder).as_posix() if path.is_relative_to(self.folder) else path.name


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A representative cell.

    Attributes:
        code: the class it counts under.
        image: uint8 RGB, shape (H, W, 3).
        reviewed: whether a reader decided on it; a proposal is framed dotted, a decision solid.
        caption: a few words below the picture, for example the number of the cell.
        confidence: of a proposal, in [0, 1]; None for what a reader decided on.
    """

    code: str
    image: np.ndarray
    reviewed: bool
    caption: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything a report prints, of one moment of a case.

    Attributes:
        title: name of the case, repeated on each page.
        header: the fields of the laboratory.
        differential: the count.
        method: model and program.
        slides: the smears counted.
        made_at: when the snapshot was taken; aware, printed in its own time zone with the offset.
        reader: who signs; empty for a line to be filled by hand.
        pictures: representative cells, in any order.
        problems: images that could not be read.
        repeated: cells, excluded ones apart, that show the very image of an earlier cell of the case; they
            are counted once more.
        manual: the manual count; None where there is none.
        signed: who signed it; None while it is not signed.
        logo: of the institution, a PNG or JPEG file; None where there is none.
        adjusted: the count adjusted for the classifier's mistakes; None where nothing is left to adjust, or
            where its mistakes are not known.
        doubt: how many cells are unfamiliar to the classifier; None where it measures no doubt.
        past: the earlier state that it shows; None where it shows the present one or a signed version.
        amends: the signed version that it takes the place of; None for the first version.
        research_use: the sentence on each page.
    """

    title: str
    header: ReportFields
    differential: Differential
    method: Method
    slides: tuple[SlideUsed, ...]
    made_at: datetime
    reader: str = ""
    pictures: tuple[Picture, ...] = ()
    problems: int = 0
    repeated: int = 0
    manual: ManualCount | None = None
    signed: Signed | None = None
    amends: Amends | None = None
    past: PastState | None = None
    logo: bytes | None = None
    adjusted: Adjusted | None = None
    doubt: DoubtFound | None = None
    research_use: str = RESEARCH_USE

    @property
    def version(self) -> int:
        """Number of the version: 1, and 2 and more for amended ones."""
        return 1 if self.amends is None else self.amends.version + 1

    @property
    def unreviewed(self) -> int:
        """Cells no reader has decided on, those outside of the differential too."""
        return self.differential.total - self.differential.reviewed

    @property
    def preliminary(self) -> bool:
        """Whether it may yet change: nobody has signed it, and it was reopened or cells are not reviewed."""
        return self.signed is None and (self.amends is not None or self.unreviewed > 0)
