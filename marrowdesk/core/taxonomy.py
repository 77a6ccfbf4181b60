"""The cell classes of a count: names, lineages, keys and colours, in one place."""

from __future__ import annotations

import enum
import json
import re
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

from marrowdesk.core.errors import MarrowdeskError

Specimen = Literal["marrow", "blood"]


class Lineage(enum.StrEnum):
    """The line of blood cells a class belongs to; group subtotals follow it."""

    BLAST = "blast"
    NEUTROPHILIC = "neutrophilic"
    EOSINOPHILIC = "eosinophilic"
    BASOPHILIC = "basophilic"
    MONOCYTIC = "monocytic"
    ERYTHROID = "erythroid"
    LYMPHOID = "lymphoid"
    PLASMA_CELL = "plasma cell"
    OTHER = "other"
    NONE = "none"


class CountRole(enum.StrEnum):
    """What a class does to the count.

    Attributes:
        COUNTED: counts in the nucleated differential count (NDC).
        APART: not in the NDC, reported beside it (smudge cells, megakaryocytes, artefacts).
        UNRESOLVED: must be resolved or dismissed before sign-off (not identifiable).
    """

    COUNTED = "counted"
    APART = "apart"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class CellClass:
    """One class a cell can be given.

    Attributes:
        code: short code, unique in its scheme, for example ``BLA``.
        name: singular name in lower case, as printed.
        lineage: the group it is summed under.
        role: whether it counts in the nucleated differential.
        key: the one key that assigns it (upper-case letter or digit); empty for none.
        color: ``#rrggbb``; data, the same in the light and dark theme.
        always_review: a proposal of this class is never counted as settled without a reader.
        alert: a sentence shown when such a cell is found; empty for none.
        folders: folder names (besides code and name) that public data sets use for it.
        takes: codes of shipped classes that the scheme tells apart no further: cells that the classifier
            proposes as one of them are proposed as this class.
        prior: how common the class is in what is counted, beside the others, as against how common the
            classifier takes it for; in (0, 1]. Its proposals are weighed so.

    Raises:
        MarrowdeskError: the prior is not in (0, 1].
    """

    code: str
    name: str
    lineage: Lineage
    role: CountRole
    key: str
    color: str
    always_review: bool = False
    alert: str = ""
    folders: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    prior: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.prior <= 1:
            raise MarrowdeskError(
                f"The class {self.code} has the prior {self.prior:g}.", "Give it one above 0, and at most 1."
            )

    @property
    def counted(self) -> bool:
        """Whether the class counts in the nucleated differential."""
        return self.role is CountRole.COUNTED


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-]+", " ", name).strip().casefold()


@dataclass(frozen=True)
class Scheme:
    """An ordered set of classes a case is counted with.

    Attributes:
        name: as printed.
        classes: in their order.
        unidentified: code of the class for cells that are not identified.
        specimen: what is counted: thresholds and reference ranges follow it.

    Raises:
        MarrowdeskError: two classes share a code or a key, or take proposals of the same class.
    """

    name: str
    classes: tuple[CellClass, ...]
    unidentified: str = "NIF"
    specimen: Specimen = "marrow"

    def __post_init__(self) -> None:
        codes = [code for each in self.classes for code in (each.code, *each.takes)]
        keys = [each.key for each in self.classes if each.key]
        for what, values in (("code", codes), ("key", keys)):
            twice = {value for value in values if values.count(value) > 1}
            if twice:
                raise MarrowdeskError(
                    f"The scheme {self.name!r} uses the {what} {', '.join(sorted(twice))} twice.",
                    "Give each class its own.",
                )

    @cached_property
    def _by_code(self) -> dict[str, CellClass]:
        return {each.code: each for each in self.classes}

    @cached_property
    def _by_key(self) -> dict[str, CellClass]:
        return {each.key: each for each in self.classes if each.key}

    @cached_property
    def _by_folder(self) -> dict[str, CellClass]:
        found: dict[str, CellClass] = {}
        for each in self.classes:
            for name in (each.code, each.name, f"{each.name}s", *each.folders):
                found.setdefault(_folded(name), each)
        return found

    @cached_property
    def _by_taken(self) -> dict[str, str]:
        return {code: each.code for each in self.classes for code in each.takes}

    def prior(self, code: str) -> float:
        """Give the prior of the class under which a class stands; 1 where the scheme has none."""
        found = self._by_code.get(self.place(code))
        return 1.0 if found is None else found.prior

    @cached_property
    def as_proposed(self) -> bool:
        """Whether proposals stand here as the classifier makes them, neither taken by others nor weighed."""
        return not self._by_taken and all(each.prior == 1 for each in self.classes)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order of the scheme."""
        return tuple(each.code for each in self.classes)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> CellClass:
        try:
            return self._by_code[code]
        except KeyError:
            raise MarrowdeskError(
                f"The scheme {self.name!r} has no class {code!r}.", "Add the class to the scheme."
            ) from None

    def place(self, code: str) -> str:
        """Give the code under which a class stands here: of the class that takes it, else its own."""
        return self._by_taken.get(code, code)

    def order(self, code: str) -> int:
        """Give the place of a class in the scheme, counted from 0."""
        return self.codes.index(self[code].code)

    def for_key(self, key: str) -> CellClass | None:
        """Give the class that a key assigns, or None."""
        return self._by_key.get(key.upper())

    def for_folder(self, name: str) -> CellClass | None:
        """Give the class that a folder is named after (code, name or a known alias), or None."""
        return self._by_folder.get(_folded(name))

    def lineages(self) -> tuple[Lineage, ...]:
        """Give the lineages that hold counted classes, in the order of the scheme."""
        return tuple(dict.fromkeys(each.lineage for each in self.classes if each.counted))

    def to_json(self) -> str:
        """Write the scheme as JSON text, read back by :meth:`from_json`."""
        return json.dumps(
            {
                "format": "marrowdesk-scheme",
                "version": 1,
                "name": self.name,
                "unidentified": self.unidentified,
                "specimen": self.specimen,
                "classes": [asdict(each) for each in self.classes],
            },
            ensure_ascii=False,
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> Scheme:
        """Read a scheme written by :meth:`to_json`.

        Raises:
            MarrowdeskError: the text is no scheme; the message says where it fails.
        """
        try:
            data: dict[str, Any] = json.loads(text)
            if data["format"] != "marrowdesk-scheme" or data["version"] != 1:
                raise MarrowdeskError(f"This is not a class scheme of version 1: {data['format']!r}.")
            classes = tuple(
                CellClass(
                    **{
                        **each,
                        "lineage": Lineage(each["lineage"]),
                        "role": CountRole(each["role"]),
                        "folders": tuple(each.get("folders", ())),
                        "takes": tuple(each.get("takes", ())),
                    }
                )
                for each in data["classes"]
            )
            specimen = data.get("specimen", "marrow")  # schemes written before there was another know none
            if specimen not in get_args(Specimen):
                raise MarrowdeskError(f"The class scheme counts {specimen!r}, which is not known here.")
            return cls(data["name"], classes, data["unidentified"], specimen)
        except (KeyError, TypeError, ValueError) as error:
            raise MarrowdeskError(f"The class scheme cannot be read: {error}.") from error


@dataclass(frozen=True, slots=True)
class _Row:
    """Shorthand for the table below."""

    code: str
    name: str
    lineage: Lineage
    role: CountRole
    key: str
    color: str
    folders: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def build(self) -> CellClass:
        return CellClass(
            self.code, self.name, self.lineage, self.role, self.key, self.color,
            folders=self.folders, **self.extra,
        )  # fmt: skip


_L, _C, _A, _U = Lineage, CountRole.COUNTED, CountRole.APART, CountRole.UNRESOLVED
_REVIEW = {"always_review": True}

# The 21 classes of Matek et al., Blood 2021 (TCIA AXH3-T579), then the manual classes readers need.
# Folder aliases are those of Acevedo et al. 2020 (PBC) and Matek et al. 2019 (AML-Cytomorphology_LMU).
_ROWS = (
    _Row("BLA", "blast", _L.BLAST, _C, "B", "#c2255c", ("MYO", "MOB", "myeloblast")),
    _Row("PMO", "promyelocyte", _L.NEUTROPHILIC, _C, "P", "#1864ab", ("PMY",)),
    _Row("FGC", "faggot cell", _L.NEUTROPHILIC, _C, "F", "#364fc7", (), {
        **_REVIEW, "alert": "Faggot cells found: abnormal promyelocytes that need a reader at once.",
    }),
    _Row("MYB", "myelocyte", _L.NEUTROPHILIC, _C, "M", "#1c7ed6", ("MY", "MYC")),
    _Row("MMZ", "metamyelocyte", _L.NEUTROPHILIC, _C, "T", "#4dabf7", ("MMY",)),
    _Row("NGB", "band neutrophil", _L.NEUTROPHILIC, _C, "N", "#15aabf", ("BNE", "BAND")),
    _Row("NGS", "segmented neutrophil", _L.NEUTROPHILIC, _C, "S", "#0b7285", ("SNE", "SEG", "neutrophil")),
    _Row("EOS", "eosinophil", _L.EOSINOPHILIC, _C, "E", "#e8590c", ("EO",)),
    _Row("ABE", "abnormal eosinophil", _L.EOSINOPHILIC, _C, "V", "#fd7e14", (), {
        **_REVIEW, "alert": "Abnormal eosinophils found: a class that always needs a reader.",
    }),
    _Row("BAS", "basophil", _L.BASOPHILIC, _C, "O", "#5f3dc4", ("BA", "BASO")),
    _Row("MON", "monocyte", _L.MONOCYTIC, _C, "C", "#2b8a3e", ("MO", "MONO")),
    _Row("PRM", "promonocyte", _L.MONOCYTIC, _C, "4", "#69db7c", (), _REVIEW),
    _Row("PEB", "proerythroblast", _L.ERYTHROID, _C, "R", "#a61e4d"),
    _Row("EBB", "basophilic erythroblast", _L.ERYTHROID, _C, "1", "#c92a2a"),
    _Row("EBP", "polychromatic erythroblast", _L.ERYTHROID, _C, "2", "#e03131"),
    _Row("EBX", "orthochromatic erythroblast", _L.ERYTHROID, _C, "3", "#fa5252"),
    _Row("EBO", "erythroblast", _L.ERYTHROID, _C, "Y", "#ff8787", ("ERB", "normoblast")),
    _Row("LYT", "lymphocyte", _L.LYMPHOID, _C, "L", "#7048e8", ("LY", "LYM")),
    _Row("LYI", "immature lymphocyte", _L.LYMPHOID, _C, "I", "#9775fa", (), _REVIEW),
    _Row("HAC", "hairy cell", _L.LYMPHOID, _C, "H", "#be4bdb", (), {
        **_REVIEW, "alert": "Hairy cells found: a class that always needs a reader.",
    }),
    _Row("PLM", "plasma cell", _L.PLASMA_CELL, _C, "W", "#d6336c"),
    _Row("MST", "mast cell", _L.OTHER, _C, "5", "#862e9c"),
    _Row("MIT", "mitosis", _L.OTHER, _A, "8", "#5c940d"),
    _Row("MGK", "megakaryocyte", _L.NONE, _A, "6", "#74b816"),
    _Row("MAC", "macrophage", _L.NONE, _A, "7", "#66a80f"),
    _Row("KSC", "smudge cell", _L.NONE, _A, "G", "#868e96", ("smudge",)),
    _Row("ART", "artefact", _L.NONE, _A, "X", "#495057", ("artifact", "PLATELET")),
    _Row("OTH", "other cell", _L.NONE, _A, "Z", "#adb5bd"),
    _Row("NIF", "not identifiable", _L.NONE, _U, "U", "#f08c00", ("unidentified",)),
)  # fmt: skip

MARROW = Scheme("Bone marrow, 21 classes and manual classes", tuple(row.build() for row in _ROWS))
"""The scheme the program starts with."""
