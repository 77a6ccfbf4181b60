"""English: the texts stand where they are printed; here is only the way of its numbers and dates."""

from __future__ import annotations

from marrowdesk.report.language.catalogue import Catalogue

CATALOGUE = Catalogue(
    tag="en",
    decimal=".",
    percent="{} %",
    comma=", ",
    colon=": ",
    semicolon="; ",
    space=" ",
    date=lambda day: f"{day:%Y-%m-%d}",
    clock="{day} {time}",
)
