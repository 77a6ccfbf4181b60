"""The schemes to choose from: the 21 classes, the classes of the ICSH, and blood in five or seven."""

from __future__ import annotations

from dataclasses import replace

from marrowdesk.core.taxonomy import MARROW, CellClass, CountRole, Lineage, Scheme

_ERYTHROBLASTS = ("PEB", "EBB", "EBP", "EBX")
_IMMATURE_GRANULOCYTES = ("PMO", "MYB", "MMZ")
_RARE_IN_BLOOD = ("MST", "MIT", "MGK", "MAC")

_UNIDENTIFIED_IN_BLOOD = 0.05
"""How common cells are in a blood film that the experts of a marrow call not identifiable.

They name so what lies crushed, torn or piled up in a marrow smear (2 % of Matek et al. 2021). In a film of
another laboratory the classifier calls plain lymphocytes so; what is taken from that class there, and what it
brings, tells ``models/EXPERIMENTS.md``, "Blood of another laboratory".
"""


def _taking(code: str, takes: tuple[str, ...]) -> CellClass:
    return replace(MARROW[code], takes=takes)


def _icsh() -> Scheme:
    """The classes that the ICSH counts in a marrow (Lee et al., Int J Lab Hematol 2008;30:349-64).

    Erythroblasts are one class. Abnormal cells that always need a reader keep classes of their own: under a
    class of healthy cells nobody would see them.
    """
    classes = tuple(
        _taking("EBO", _ERYTHROBLASTS) if each.code == "EBO" else each
        for each in MARROW.classes
        if each.code not in _ERYTHROBLASTS
    )
    return Scheme("Bone marrow, classes of the ICSH", classes)


def _blood(name: str, neutrophils: tuple[CellClass, ...]) -> Scheme:
    """A differential of white cells; nucleated red cells are counted apart, per 100 white cells.

    Blasts and what may count with them (faggot cells, promonocytes), immature granulocytes, abnormal lymphoid
    cells and plasma cells keep their place in the count: a film that holds them must not look like one that
    does not. Cases of earlier programs keep the scheme they were begun with, where faggot cells stand under
    immature granulocytes and promonocytes under monocytes.
    """
    lymphoid = CellClass(
        "ALY", "abnormal lymphoid cell", Lineage.LYMPHOID, CountRole.COUNTED, "I", "#9775fa",
        always_review=True, alert="Abnormal lymphoid cells found: a class that always needs a reader.",
        takes=("LYI", "HAC"),
    )  # fmt: skip
    immature = CellClass(
        "IGR", "immature granulocyte", Lineage.NEUTROPHILIC, CountRole.COUNTED, "M", "#1c7ed6",
        folders=("IG",), takes=_IMMATURE_GRANULOCYTES,
    )  # fmt: skip
    red = CellClass(
        "NRB", "nucleated red cell", Lineage.ERYTHROID, CountRole.APART, "Y", "#ff8787",
        folders=("NRBC",), takes=("EBO", *_ERYTHROBLASTS),
    )  # fmt: skip
    classes = (
        *neutrophils,
        MARROW["LYT"],
        MARROW["MON"],
        MARROW["PRM"],
        _taking("EOS", ("ABE",)),
        MARROW["BAS"],
        MARROW["BLA"],
        MARROW["FGC"],
        immature,
        lymphoid,
        MARROW["PLM"],
        red,
        MARROW["KSC"],
        MARROW["ART"],
        _taking("OTH", _RARE_IN_BLOOD),
        replace(MARROW["NIF"], prior=_UNIDENTIFIED_IN_BLOOD),
    )
    return Scheme(name, classes, specimen="blood")


def _neutrophil() -> CellClass:
    return CellClass(
        "NEU", "neutrophil", Lineage.NEUTROPHILIC, CountRole.COUNTED, "S", "#0b7285", takes=("NGB", "NGS")
    )


ICSH = _icsh()
BLOOD_FIVE = _blood("Blood, five classes", (_neutrophil(),))
BLOOD_SEVEN = _blood("Blood, seven classes", (MARROW["NGS"], MARROW["NGB"]))

SCHEMES = {"marrow": MARROW, "icsh": ICSH, "blood-5": BLOOD_FIVE, "blood-7": BLOOD_SEVEN}
"""The shipped schemes by their key.

The five classes of blood are neutrophils, lymphocytes, monocytes, eosinophils and basophils; the seven tell
segmented neutrophils, bands and immature granulocytes apart. What else may lie in a film follows them.
"""


def class_of(code: str) -> CellClass | None:
    """Give the class that a code names in the shipped schemes, or None."""
    return next((scheme[code] for scheme in SCHEMES.values() if code in scheme), None)
