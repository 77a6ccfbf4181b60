"""The codes of LOINC that a marrow report is exchanged with; what has none is sent as text.

Each was confirmed in LOINC with the marrow as its system. A class that is not here has no code that
is known to mean the same: none is guessed. The total of erythroblasts
(40689-2) is left out since its system is not the marrow for sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.taxonomy import Lineage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.core.taxonomy import Specimen

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


@dataclass(frozen=True, slots=True)
class Terms:
    """How the parts of a report on one specimen are called and coded; a code is empty where there is none.

    Attributes:
        specimen: what was counted.
        report: the report.
        report_code: its code.
        counted: the number of cells counted.
        hundred: the cells of which there are a hundred, where a number is given per 100.
        cells_counted: code of the number of cells counted.
        me_ratio: code of the M:E ratio.
        classes: code of each class, as percent of the nucleated cells, by the class's own code.
    """

    specimen: str
    report: str
    report_code: str
    counted: str
    hundred: str
    cells_counted: str
    me_ratio: str
    classes: Mapping[str, str]


TERMS: Mapping[Specimen, Terms] = {
    "marrow": Terms(
        "Bone marrow aspirate",
        "Bone marrow aspirate",
        "48807-2",
        "Nucleated cells counted",
        "nucleated cells",
        "38257-2",
        "11138-5",
        {
            "BLA": "11150-0",
            "PMO": "11120-3",
            "MYB": "11114-6",
            "MMZ": "11111-2",
            "NGB": "11103-9",
            "NGS": "11128-6",
            "EOS": "11106-2",
            "BAS": "11105-4",
            "MON": "11112-0",
            "PEB": "11124-5",
            "LYT": "11108-8",
            "PLM": "11118-7",
        },
    ),
    # The codes above have the marrow as their system; none of blood was confirmed.
    "blood": Terms(
        "Peripheral blood",
        "Differential count of blood",
        "",
        "White cells counted",
        "white cells",
        "",
        "",
        {},
    ),
}
"""The terms by specimen."""

PER_HUNDRED: Mapping[Specimen, str] = {"marrow": "/100{cells}", "blood": "/100{WBCs}"}
"""The unit, in UCUM, of a number per 100 cells counted."""

STANDS_FOR: Mapping[Lineage, str] = {
    Lineage.EOSINOPHILIC: "EOS",
    Lineage.BASOPHILIC: "BAS",
    Lineage.MONOCYTIC: "MON",
    Lineage.LYMPHOID: "LYT",
    Lineage.PLASMA_CELL: "PLM",
}
"""The class reported as absent where a lineage has no cells at all: it has a code, the lineage has none."""
