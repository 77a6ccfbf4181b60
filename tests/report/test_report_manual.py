"""The manual count is printed by smear and together, and whether it is part of the differential."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from pdf_reading import page_texts
from report_samples import normal

from marrowdesk.core.differential import differential
from marrowdesk.core.manual import manual_tally
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.report.document import ManualCount
from marrowdesk.report.pdf import pdf_bytes

FIRST, SECOND = Counter(BLA=3, NGS=40, EBO=17), Counter(BLA=1, NGS=45, EBO=14, ART=2)


@pytest.mark.parametrize("included", [True, False])
def test_that_every_number_of_the_manual_count_is_printed(included):
    manual = ManualCount(
        tuple((n, differential(manual_tally(c), MARROW)) for n, c in ((1, FIRST), (2, SECOND))),
        differential(manual_tally(FIRST + SECOND), MARROW),
        included,
    )
    text = " ".join(" ".join(page_texts(pdf_bytes(replace(normal(), manual=manual)))).split())
    assert "Manual count at the microscope" in text
    assert "Blasts 3 (5.0 %) 1 (1.7 %) 4 (3.3 %)" in text
    assert "Neutrophilic series 40 (66.7 %) 45 (75.0 %) 85 (70.8 %)" in text
    assert "Nucleated cells counted 60 60 120" in text
    assert ("It is part of the differential." in text) == included
    assert ("It is not part of the differential." in text) != included
