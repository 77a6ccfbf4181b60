"""The page of an evaluation: whole, self-contained, and with the numbers that were measured."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from marrowdesk import RESEARCH_USE
from marrowdesk.training.evaluation_page import evaluation_page
from marrowdesk.training.judged import Judged
from marrowdesk.training.metrics import summarise

VOID = {"meta", "line", "rect", "circle", "polyline"}
CODES = ("PMO", "NGB", "NGS", "LYT")


class Reader(HTMLParser):
    """Reads tables and text, and fails on tags that do not close."""

    def __init__(self, html):
        super().__init__()
        self.open, self.rows, self.words = [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)
        if self.open and {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def measured(**more):
    rng = np.random.default_rng(0)
    labels = np.array([CODES[at % 4] for at in range(200)] + ["KSC"] * 2)
    odds = rng.dirichlet(np.ones(4), len(labels)).astype(np.float32)
    odds[np.arange(200), np.arange(200) % 4] += 0.6
    odds /= odds.sum(1, keepdims=True)
    sources = np.array(["one", "<two>"] * 101)
    judged = Judged(CODES, odds, rng.uniform(0.2, 1.1, len(labels)).astype(np.float32), labels, sources)
    results = summarise(judged, {(source, code) for source in ("one", "<two>") for code in CODES})
    results["images that show no cell"] = {"noise": {"images": 8, "unfamiliar": 0.625, "median doubt": 1.0}}
    results["detail"]["unreadable images"] = []
    results |= more
    return results


def rows_of(html):
    return {row[0]: row[1:] for row in Reader(html).rows}


@pytest.fixture(scope="module")
def results():
    return measured()


def test_that_the_page_needs_nothing_from_outside_and_says_what_it_is_for(results):
    html = evaluation_page(results, "Evaluation of a & b 1.0", {"weights": "sha256 " + "ab" * 32})
    assert not re.search(r"https?://|<script|<link|@import|url\(", html)
    assert html.count(RESEARCH_USE) == 2
    assert "Evaluation of a &amp; b 1.0" in html
    assert rows_of(html)["weights"] == ["sha256 " + "ab" * 32]


def test_that_numbers_intervals_and_class_names_are_on_it(results):
    html = evaluation_page(results, "Evaluation", {})
    rows = rows_of(html)
    whole = results["intervals"]["macro F1"]
    shown = f"{whole['value']:.3f} {whole['95 % from']:.3f}–{whole['95 % to']:.3f}"
    assert rows["macro F1"][0] == shown
    assert f"{results['expected calibration error']:.3f}" in rows["expected calibration error"]
    assert rows["smudge cell (KSC)"][0] == "2"
    assert "<two>" in "".join(Reader(html).words)


def test_that_it_compares_other_orders_of_the_proposals_with_the_one_that_ships(results):
    rows = rows_of(evaluation_page(results, "Evaluation", {}))
    compared = results["detail"]["orderings"]["margin"]
    assert rows["margin"][0] == f"{compared['error at 90 % coverage']:.3f}"
    assert rows["at the very best"] == [f"{results['detail']['orderings at best']['at the very best']:.3f}"]
    assert f"{results['coverage at half the error']:.3f}" in rows["coverage at half the error"]


def test_that_the_confusion_matrix_holds_the_counts(results):
    matrix = results["detail"]["confusion"]
    rows = [row for row in Reader(evaluation_page(results, "Evaluation", {})).rows if len(row) == 6]
    wanted = [[str(each) if each else "" for each in row] + [str(sum(row))] for row in matrix["counts"]]
    assert [row[1:] for row in rows if row[0] == "band neutrophil (NGB)"] == [wanted[1]]


def test_that_plots_stay_inside_of_their_frames(results):
    html = evaluation_page(results, "Evaluation", {})
    drawings = re.findall(r'<svg[^>]*viewBox="0 0 (\d+) (\d+)".*?</svg>', html, re.S)
    assert len(drawings) == 3
    for drawing in re.finditer(r'<svg[^>]*viewBox="0 0 (\d+) (\d+)"(.*?)</svg>', html, re.S):
        wide, high, inner = int(drawing[1]), int(drawing[2]), drawing[3]
        for name, limit in (("x", wide), ("cx", wide), ("x1", wide), ("y", high), ("cy", high), ("y1", high)):
            values = [float(each) for each in re.findall(rf'\s{name}="([^"]+)"', inner)]
            assert all(0 <= each <= limit for each in values), name
        points = re.findall(r'points="([^"]+)"', inner)
        for x, y in (pair.split(",") for each in points for pair in each.split()):
            assert 0 <= float(x) <= wide
            assert 0 <= float(y) <= high


def test_that_shifts_are_told_where_they_were_measured(results):
    shifts = {
        "unchanged": {"cells": 80, "unfamiliar": 0.05, "one": 0.9, "<two>": 0.8},
        "scale × 0.5": {
            **{"cells": 80, "unfamiliar": 0.1, "one": 0.6, "<two>": 0.82},
            **{"one fall": 0.3, "<two> fall": -0.02},
        },
    }
    html = evaluation_page(measured(shifts=shifts), "Evaluation", {})
    assert rows_of(html)["scale × 0.5"] == ["0.600", "0.300", "0.820", "−0.020", "0.100"]
    assert '<td class="fall">0.300</td>' in html
    assert "Changed images" not in evaluation_page(results, "Evaluation", {})


def test_that_unreadable_images_are_listed(results):
    assert "None." in evaluation_page(results, "Evaluation", {})
    detail = {**results["detail"], "unreadable images": ["a<b>.jpg is cut off."]}
    assert "<li>a&lt;b&gt;.jpg is cut off.</li>" in evaluation_page({**results, "detail": detail}, "E", {})
