"""Which header fields stand together in the form, in which order, and how they are called on the screen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from marrowdesk.report.document import header_labels


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading.

    Attributes:
        title: heading, to be translated.
        names: of the fields, in the order of the form.
        upright: whether the labels stand above their fields: long texts need the width.
    """

    title: str
    names: tuple[str, ...]
    upright: bool = False

    @property
    def heading(self) -> str:
        """The heading in the language of the window."""
        return QCoreApplication.translate("ReportForm", self.title)


GROUPS = (
    Group(QT_TRANSLATE_NOOP("ReportForm", "Institution"), ("institution",)),
    Group(
        QT_TRANSLATE_NOOP("ReportForm", "Patient"),
        ("patient_name", "patient_id", "birth_date", "sex", "requester"),
    ),
    Group(
        QT_TRANSLATE_NOOP("ReportForm", "Specimen"),
        ("accession", "collected", "site", "aspirate", "indication", "blood_film"),
    ),
    Group(
        QT_TRANSLATE_NOOP("ReportForm", "Narrative"),
        (
            "cellularity", "erythropoiesis", "myelopoiesis", "megakaryocytes", "lymphocytes", "plasma_cells",
            "other_cells", "iron", "other_studies",
        ),
        upright=True,
    ),
    Group(QT_TRANSLATE_NOOP("ReportForm", "Conclusion"), ("conclusion", "comment"), upright=True),
)  # fmt: skip
"""The whole form; every header field stands in one group."""


def labels() -> dict[str, str]:
    """Give how each header field is called on the screen, by its name."""
    return {each.name: QCoreApplication.translate("ReportFields", each.label) for each in header_labels()}


def long_names() -> tuple[str, ...]:
    """Give the names of the fields that hold several lines, in the order of the form."""
    return tuple(each.name for each in header_labels() if each.long)
