"""MarrowDesk: review, correct and count bone-marrow cells beside a classifier's proposals."""

__version__ = "0.1.0"

RESEARCH_USE = "For Research Use Only. Not for use in diagnostic procedures."
"""The sentence of 21 CFR 809.10(c)(2)(i), shown in the title bar, in About and on every report page."""
