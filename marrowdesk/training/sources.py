"""The public data sets that MarrowDesk's bundles are trained on, with their licences, for the card."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from marrowdesk.inference.card import DataSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.training.dataset import Sample

_KNOWN = {
    "matek": (
        "Matek et al. 2021, an expert-annotated data set of bone marrow cytology in hematologic malignancies",
        "https://doi.org/10.7937/TCIA.AXH3-T579",
        "CC BY 4.0",
    ),
    "pbc": (
        "Acevedo et al. 2020, a data set for microscopic peripheral blood cell images",
        "https://doi.org/10.17632/snkd93bnjr.1",
        "CC BY 4.0",
    ),
    "aml_lmu": (
        "Matek et al. 2019, a single-cell morphological data set of leukocytes from AML patients",
        "https://doi.org/10.7937/tcia.2019.36f5o9ld",
        "CC BY",
    ),
}


def described(samples: Sequence[Sample]) -> tuple[DataSource, ...]:
    """Describe the sources of training cells, with how many images of each were used."""
    counts = Counter(sample.source for sample in samples)
    found = []
    for name, images in sorted(counts.items()):
        title, link, licence = _KNOWN.get(name, (name, "", "not stated"))
        found.append(DataSource(name=name, title=title, link=link, licence=licence, images=images))
    return tuple(found)
