"""The shipped schemes: every class of the classifier has its place, and proposals are summed there."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from marrowdesk.core.cell import Cell, Place, Prediction
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.own_classes import check
from marrowdesk.core.placing import Placing
from marrowdesk.core.reference import DACIE_LEWIS
from marrowdesk.core.shipped_schemes import BLOOD_FIVE, BLOOD_SEVEN, ICSH, SCHEMES
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW, Scheme

CODES = ("BLA", "NGB", "NGS", "EBO", "LYT")


def _prediction(*odds: float) -> Prediction:
    return Prediction("a" * 64, CODES, np.array(odds, np.float32), 0.5)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_that_every_shipped_class_has_one_place_in_each_scheme(scheme: Scheme) -> None:
    assert check(scheme, "QKJ") is scheme
    assert all(scheme.place(code) in scheme for code in MARROW.codes)
    assert Scheme.from_json(scheme.to_json()) == scheme


def test_that_bands_and_segmented_cells_are_neutrophils_together() -> None:
    placed = Placing(BLOOD_FIVE).prediction(_prediction(0.3, 0.25, 0.24, 0.11, 0.1))
    assert placed.codes == ("BLA", "NEU", "NRB", "LYT")
    assert placed.code == "NEU"  # neither of the two alone was the likeliest
    assert placed.probabilities == pytest.approx([0.3, 0.49, 0.11, 0.1])
    assert placed.doubt == 0.5


def test_that_a_scheme_that_takes_nothing_leaves_a_proposal_as_it_is() -> None:
    found = _prediction(0.3, 0.25, 0.24, 0.11, 0.1)
    assert Placing(MARROW).prediction(found) is found


def test_that_blood_shows_a_cell_as_not_identifiable_only_where_nothing_else_is_likely() -> None:
    codes = ("LYT", "BLA", "NIF")
    doubtful = Prediction("a" * 64, codes, np.array([0.16, 0.04, 0.8], np.float32), 0.5)
    assert Placing(MARROW).prediction(doubtful).code == "NIF"
    shown = Placing(BLOOD_FIVE).prediction(doubtful)
    assert shown.code == "LYT"
    assert shown.probabilities == pytest.approx([0.16 / 0.24, 0.04 / 0.24, 0.04 / 0.24])
    torn = Prediction("a" * 64, codes, np.array([0.02, 0.0, 0.98], np.float32), 0.5)
    assert Placing(BLOOD_FIVE).prediction(torn).code == "NIF"
    assert Placing(BLOOD_FIVE).prediction(torn).probabilities.sum() == pytest.approx(1)


def test_that_one_prior_alone_weighs_proposals_too() -> None:
    classes = tuple(replace(each, prior=0.1) if each.code == "EBO" else each for each in MARROW.classes)
    placed = Placing(replace(MARROW, classes=classes)).prediction(_prediction(0.3, 0.1, 0.1, 0.4, 0.1))
    assert placed.codes == CODES
    assert placed.code == "BLA"
    assert placed.probabilities == pytest.approx(np.array([0.3, 0.1, 0.1, 0.04, 0.1]) / 0.64)


@pytest.mark.parametrize("prior", [0.0, -1.0, 1.5, float("nan")])
def test_that_a_prior_that_is_no_share_is_refused(prior: float) -> None:
    with pytest.raises(MarrowdeskError, match="The class LYT has the prior"):
        replace(MARROW["LYT"], prior=prior)


def test_that_a_case_counted_before_there_were_priors_shows_what_it_showed() -> None:
    text = json.loads(BLOOD_FIVE.to_json())
    for each in text["classes"]:
        del each["prior"]
    assert Scheme.from_json(json.dumps(text))["NIF"].prior == 1


def test_that_the_map_of_classes_together_is_their_mean_by_probability() -> None:
    maps = np.arange(5, dtype=np.float32).reshape(5, 1, 1)
    codes, placed = Placing(BLOOD_FIVE).maps(CODES, maps, np.array([0, 0.3, 0.1, 0.6, 0], np.float32))
    assert codes == ("BLA", "NEU", "NRB", "LYT")
    assert placed[:, 0, 0] == pytest.approx([0, 1.25, 3, 4])


def test_that_the_classes_of_the_icsh_hold_one_erythroblast_and_all_abnormal_cells() -> None:
    assert [ICSH.place(code) for code in ("PEB", "EBB", "EBP", "EBX", "EBO")] == ["EBO"] * 5
    assert all(code in ICSH for code in ("FGC", "ABE", "LYI", "HAC"))


def test_that_nucleated_red_cells_stand_beside_the_white_ones_of_blood() -> None:
    tally = Tally()
    tally.current.update({"NEU": 60, "LYT": 30, "MON": 6, "BLA": 4, "NRB": 5})
    found = differential(tally, BLOOD_FIVE, CountingRules(references=DACIE_LEWIS))
    assert found.counted == 100
    assert found.row("NEU").share.percent == 60.0
    assert (found.row("NEU").range.low, found.row("NEU").mark) == (40.0, "")
    assert [(each.name, each.per_hundred) for each in found.apart] == [("nucleated red cell", 5.0)]
    marks = [(each.threshold.name, each.threshold.percent) for each in found.marks]
    assert marks == [("blasts", 2.0), ("blasts", 5.0), ("blasts", 20.0), ("plasma cells", 5.0)]


@pytest.mark.parametrize("scheme", [BLOOD_FIVE, BLOOD_SEVEN], ids=["five", "seven"])
def test_that_a_film_counts_faggot_cells_and_promonocytes_and_both_with_the_blasts_by_choice(scheme) -> None:
    codes = ("PMO", "FGC", "MON", "BLA")
    proposed = Prediction("a" * 64, codes, np.array([0.3, 0.4, 0.2, 0.1], np.float32), 0.5)
    assert Placing(scheme).prediction(proposed).code == "FGC"  # not one immature granulocyte among others
    tally = Tally()
    tally.current.update({"LYT": 150, "MON": 20, "IGR": 10, "BLA": 4, "FGC": 6, "PRM": 10})
    rules = CountingRules(references=DACIE_LEWIS, blast_equivalents=("FGC", "PRM"))
    found = differential(tally, scheme, rules)
    assert (found.marks[0].threshold.name, found.marks[0].share.count) == ("blasts and equivalents", 20)
    assert [row.name for row in found.equivalents()] == ["promonocyte", "faggot cell"]
    assert [each.cell_class.code for each in found.alerts()] == ["FGC"]


def test_that_a_film_of_an_earlier_scheme_names_no_equivalents_it_cannot_count() -> None:
    takes = {"IGR": ("PMO", "FGC", "MYB", "MMZ"), "MON": ("PRM",)}
    earlier = tuple(
        replace(each, takes=takes.get(each.code, each.takes))
        for each in BLOOD_FIVE.classes
        if each.code not in ("FGC", "PRM")
    )
    scheme = check(Scheme.from_json(replace(BLOOD_FIVE, classes=earlier).to_json()))
    tally = Tally()
    tally.current.update({"LYT": 90, "MON": 5, "BLA": 5})
    rules = CountingRules(references=DACIE_LEWIS, blast_equivalents=("FGC", "PRM"))
    assert {each.threshold.name for each in differential(tally, scheme, rules).marks} == {
        "blasts",
        "plasma cells",
    }


def test_that_seven_classes_have_the_range_of_both_neutrophils_as_a_sum() -> None:
    tally = Tally()
    tally.current.update({"NGS": 20, "NGB": 10, "LYT": 70})
    found = differential(tally, BLOOD_SEVEN, CountingRules(references=DACIE_LEWIS))
    assert [(each.name, each.share.count, each.mark) for each in found.sums] == [
        ("band + segmented", 30, "low")
    ]
    assert not differential(tally, BLOOD_FIVE, CountingRules(references=DACIE_LEWIS)).sums


def test_that_a_label_stands_under_the_class_that_takes_it() -> None:
    cell = Cell(1, 1, Place("a.png"), reference="NGB")
    assert Placing(BLOOD_FIVE).label(cell.reference) == "NEU"
    assert Placing(MARROW).label(cell.reference) == "NGB"


def test_that_two_classes_cannot_take_the_same_proposals() -> None:
    classes = [replace(each, takes=("NGS",)) if each.code == "LYT" else each for each in BLOOD_FIVE.classes]
    with pytest.raises(MarrowdeskError, match="uses the code NGS twice"):
        replace(BLOOD_FIVE, classes=tuple(classes))


def test_that_a_class_cannot_take_what_nobody_proposes() -> None:
    classes = [replace(each, takes=("XYZ",)) if each.code == "LYT" else each for each in MARROW.classes]
    with pytest.raises(MarrowdeskError, match="takes XYZ, which is no shipped class"):
        check(replace(MARROW, classes=tuple(classes)))


def test_that_a_scheme_of_an_unknown_specimen_is_refused() -> None:
    text = BLOOD_FIVE.to_json().replace('"specimen": "blood"', '"specimen": "urine"')
    with pytest.raises(MarrowdeskError, match="'urine'"):
        Scheme.from_json(text)
