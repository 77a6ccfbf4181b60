"""What the program itself says on paper, in each language: tables that a translator edits.

The English text is the key: it stands in the code that prints it. ``german`` and ``chinese`` hold the
sentences and labels, ``german_names`` and ``chinese_names`` what the domain calls things: classes, lineages,
definitions. A text that a person typed is in none of them and is printed as typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.language import chinese, chinese_names, english, german, german_names

if TYPE_CHECKING:
    from marrowdesk.report.language.catalogue import Catalogue
    from marrowdesk.report.options import Language

CATALOGUES: dict[Language, Catalogue] = {
    "en": english.CATALOGUE,
    "de": german.catalogue(german_names.CLASSES, german_names.DOMAIN),
    "zh": chinese.catalogue(chinese_names.CLASSES, chinese_names.DOMAIN),
}
"""The languages a report can be printed in."""
