"""German: sentences and labels by the English ones, and the way of its numbers and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.language.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS = {
    # Every page
    "For Research Use Only. Not for use in diagnostic procedures.":
        "Nur für Forschungszwecke. Nicht für den Einsatz in diagnostischen Verfahren.",
    "Page {page} of {pages}": "Seite {page} von {pages}",
    "Case": "Fall",
    "Case {}": "Fall {}",
    "preliminary": "vorläufig",
    "AMENDED, version {}": "GEÄNDERT, Version {}",
    "earlier state, act {}": "früherer Stand, Schritt {}",
    "(continued)": "(Fortsetzung)",
    # Letterhead and key figures
    "Bone marrow differential count": "Knochenmark-Differenzierung",
    "Differential count of a blood film": "Differentialblutbild",
    "Reported {}": "Erstellt {}",
    "Nucleated cells counted": "Gezählte kernhaltige Zellen",
    "White cells counted": "Gezählte Leukozyten",
    "target {}": "Ziel {}",
    "Reviewed by a reader": "Vom Befunder geprüft",
    "Changed by the reader": "Vom Befunder geändert",
    "proposals": "Vorschläge",
    "Smears": "Ausstriche",
    "{} in all": "{} insgesamt",
    "{} by eye": "{} manuell",
    "{cells} + {by_eye} by eye": "{cells} + {by_eye} manuell",
    # Fields of the laboratory
    "Institution": "Einrichtung",
    "Accession": "Probennummer",
    "Patient": "Patient/in",
    "Patient ID": "Patientennummer",
    "Date of birth": "Geburtsdatum",
    "Sex": "Geschlecht",
    "female": "weiblich",
    "male": "männlich",
    "other": "divers",
    "unknown": "unbekannt",
    "Requested by": "Einsender",
    "Collected": "Entnahme",
    "Site": "Entnahmeort",
    "Aspirate quality": "Aspiratqualität",
    "Indication": "Fragestellung",
    "Blood count and film": "Blutbild und Ausstrich",
    "Cellularity": "Zellgehalt",
    "Erythropoiesis": "Erythropoese",
    "Myelopoiesis": "Myelopoese",
    "Megakaryocytes": "Megakaryozyten",
    "Lymphocytes": "Lymphozyten",
    "Plasma cells": "Plasmazellen",
    "Other and abnormal cells": "Andere und abnorme Zellen",
    "Iron stain": "Eisenfärbung",
    "Other studies": "Weitere Untersuchungen",
    "Conclusion": "Beurteilung",
    "Comment": "Kommentar",
    "Manual count": "Manuelle Zählung",
    "Clinical details": "Klinische Angaben",
    "Clinical details and aspirate": "Klinische Angaben und Aspirat",
    "Morphology and further studies": "Morphologie und weitere Untersuchungen",
    # Notices
    "PRELIMINARY": "VORLÄUFIG",
    "UNREVIEWED": "UNGEPRÜFT",
    "ALERT": "WARNUNG",
    "AMENDED": "GEÄNDERT",
    "EARLIER": "FRÜHER",
    "OVERRIDDEN": "TROTZDEM",
    "REPEATED": "DOPPELT",
    "UNRESOLVED": "UNGEKLÄRT",
    "UNFAMILIAR": "UNBEKANNT",
    "{part} of {whole} cells not reviewed by a reader":
        "{part} von {whole} Zellen nicht von einem Befunder geprüft",
    "{} showing the very image of another cell of this case, counted once more: to be excluded if added by "
    "mistake":
        "{} mit genau demselben Bild wie eine andere Zelle dieses Falls, noch einmal gezählt: auszuschließen "
        "bei versehentlichem Hinzufügen",
    "{} not identifiable: to be given a class or dismissed":
        "{} nicht identifizierbar: einer Klasse zuzuordnen oder auszuschließen",
    "Signed in spite of {what}. Reason: {reason}": "Unterzeichnet trotz: {what}. Grund: {reason}",
    "The case as it was after act {act}, by {reader} on {time}; not its present state":
        "Der Fall nach Schritt {act}, von {reader} am {time}; nicht sein jetziger Stand",
    "Version {version}, in place of version {before} that {reader} signed on {time}.":
        "Version {version}, anstelle von Version {before}, unterzeichnet von {reader} am {time}.",
    "Reopened, not signed; is to be version {version} and to replace version {before} that {reader} "
    "signed on {time}.":
        "Wieder geöffnet, nicht unterzeichnet; soll als Version {version} die Version {before} ersetzen, "
        "unterzeichnet von {reader} am {time}.",
    "reopened, not signed; is to replace version {}":
        "wieder geöffnet, nicht unterzeichnet; soll Version {} ersetzen",
    "Reopened by {reader} on {time} (“{reason}”).": "Wieder geöffnet von {reader} am {time} („{reason}“).",
    "Changed: {}.": "Geändert: {}.",
    "{name} {before} to {after}": "{name} {before} auf {after}",
    "manual count of smear {} ({})": "manuelle Zählung von Ausstrich {} ({})",
    "classes of the case": "Klassen des Falls",
    "target": "Ziel",
    "definition of the M:E ratio": "Definition des M:E-Verhältnisses",
    "reference ranges": "Referenzbereiche",
    "sex for the reference ranges": "Geschlecht für die Referenzbereiche",
    "blast equivalents": "Blastenäquivalente",
    "blasts as a share of all but erythroid cells": "Blasten als Anteil aller Zellen außer den erythroiden",
    "level of the intervals": "Niveau der Intervalle",
    "whether the manual count is part of the differential":
        "ob die manuelle Zählung Teil der Differentialzählung ist",
    "nothing": "nichts",
    "{} found": "{} gefunden",
    "{} given this class by a reader": "{} von einem Befunder dieser Klasse zugeordnet",
    "{} without any class": "{} ohne Klasse",
    "{} not identifiable": "{} nicht identifizierbar",
    "{} unfamiliar to the classifier and not reviewed": "{} dem Klassifikator unbekannt und nicht geprüft",
    "{} of a class that needs a reader and not reviewed":
        "{} einer Klasse, die einen Befunder verlangt, nicht geprüft",
    "{} on which two readers differ": "{} von zwei Befundern verschieden beurteilt",
    "{} showing the very image of another cell": "{} mit genau demselben Bild wie eine andere Zelle",
    "{} whose image file is not the one that was read": "{}, deren Bilddatei nicht die eingelesene ist",
    "{} fewer than the target": "{} weniger als das Ziel",
    "{} left empty": "{} nicht ausgefüllt",
    "{} required field": "{} Pflichtfeld",
    "{} required fields": "{} Pflichtfelder",
    "Logo": "Logo",
    # Numbers
    "{} cell": "{} Zelle",
    "{} cells": "{} Zellen",
    "{part} of {whole}": "{part} von {whole}",
    "of {whole}": "von {whole}",
    "{first} and {last}": "{first} und {last}",
    "not computable": "nicht berechenbar",
    "▼ below range": "▼ vermindert",
    "▲ above range": "▲ erhöht",
    "▼ below": "▼ unter",
    "▲ above": "▲ über",
    "below {limits}": "unter {limits}",
    "crosses {limits}": "schließt {limits} ein",
    "above {limits}": "über {limits}",
    # The differential
    "Differential count": "Differentialzählung",
    "Cells": "Zellen",
    "Count": "Anzahl",
    "{level} interval": "{level}-Intervall",
    "Reference, %": "Referenz, %",
    "Proposed": "Vorschlag",
    "Reviewed": "Geprüft",
    "Adjusted, %": "Korrigiert, %",
    "Sum of {}": "Summe {}",
    "Intervals: exact binomial, {level} (Clopper and Pearson 1934). They cover the sampling of cells alone, "
    "not errors of classification.":
        "Intervalle: exakt binomial, {level} (Clopper und Pearson 1934). Sie erfassen nur die Stichprobe der "
        "Zellen, nicht Fehler der Zuordnung.",
    "Reference: {name}, {sex} (source: see method).": "Referenz: {name}, {sex} (Quelle: siehe Methode).",
    "women": "Frauen",
    "men": "Männer",
    "either sex (span of both)": "beide Geschlechter (gemeinsame Spanne)",
    "No cells counted as: {}.": "Keine Zellen dieser Klassen gefunden: {}.",
    "No reference ranges are held against this count: how old the patient was does not follow for certain "
    "from the dates of birth and collection as they are written.":
        "Diese Zählung wird mit keinen Referenzbereichen verglichen: das Alter geht aus Geburts- und "
        "Entnahmedatum, wie sie geschrieben sind, nicht sicher hervor.",
    "No reference ranges are held against this count: {name} does not hold for the age of the patient.":
        "Diese Zählung wird mit keinen Referenzbereichen verglichen: {name} gilt nicht für dieses Alter.",
    "Percent of white cells; reference ranges of the marrow do not hold for blood.":
        "Prozent der Leukozyten; Referenzbereiche des Knochenmarks gelten nicht für Blut.",
    "All cells were reviewed: the count needs no adjusting.":
        "Alle Zellen wurden geprüft: die Zählung braucht keine Korrektur.",
    "No adjusted column: the classifier's mistakes are not known for all cells that were not reviewed.":
        "Keine korrigierte Spalte: die Fehler des Klassifikators sind nicht für alle ungeprüften Zellen "
        "bekannt.",
    "Adjusted: the count corrected for the classifier's known confusion where cells are not reviewed, with "
    "an interval that covers both (Saerens et al. 2002); reviewed cells count as they are.":
        "Korrigiert: die Zählung, bei ungeprüften Zellen um die bekannten Verwechslungen des Klassifikators "
        "korrigiert, mit einem Intervall für beides (Saerens et al. 2002); geprüfte Zellen zählen, wie sie "
        "sind.",
    # Ratios, thresholds, cells apart
    "Ratios": "Verhältnisse",
    "M:E ratio": "M:E-Verhältnis",
    "Maturation index": "Reifungsindex",
    "reference {}": "Referenz {}",
    "{above} : {below} cells; {definition}": "{above} : {below} Zellen; {definition}",
    "Thresholds": "Schwellenwerte",
    "with them: {}": "darunter: {}",
    "of all but erythroid cells {}": "aller Zellen außer den erythroiden {}",
    "By the whole interval; {}": "Nach dem ganzen Intervall; {}",
    "No cells counted yet.": "Noch keine Zellen gezählt.",
    "Outside the differential": "Außerhalb der Zählung",
    "per 100": "je 100",
    "None.": "Keine.",
    "and {} kinds more": "und {} weitere Arten",
    "Nucleated red cells per 100 white cells": "Erythroblasten je 100 Leukozyten",
    "{count} cells; per 100 white cells, not part of the differential":
        "{count} Zellen; je 100 Leukozyten, nicht Teil der Differentialzählung",
    # Chart, smears, cells
    "Differential with intervals and ranges": "Differentialzählung mit Intervallen und Bereichen",
    "share": "Anteil",
    "interval": "Intervall",
    "reference range": "Referenzbereich",
    "Smears counted apart": "Ausstriche einzeln gezählt",
    "Manual count at the microscope": "Manuelle Zählung am Mikroskop",
    "smear {}": "Ausstrich {}",
    "All": "Alle",
    "Cells, and percent of the cells counted of that smear.":
        "Zellen, und Prozent der gezählten Zellen dieses Ausstrichs.",
    "It is part of the differential.": "Sie ist Teil der Differentialzählung.",
    "It is not part of the differential.": "Sie ist nicht Teil der Differentialzählung.",
    "Representative cells": "Repräsentative Zellen",
    "decided by a reader": "vom Befunder entschieden",
    "proposed by the classifier, with its confidence":
        "vom Klassifikator vorgeschlagen, mit dessen Sicherheit",
    "number beside a name: cells of the class; each picture {} pixels wide":
        "Zahl neben einem Namen: Zellen der Klasse; jedes Bild {} Pixel breit",
    # Method and signature
    "Method": "Methode",
    "Classifier": "Klassifikator",
    "Adapted to the laboratory from {name}; reviewed cells: {cells}, cases: {cases}":
        "An das Labor angepasst aus {name}; geprüfte Zellen: {cells}, Fälle: {cases}",
    "none": "keiner",
    "None: every class was given by a reader.": "Keiner: jede Klasse wurde von einem Befunder vergeben.",
    "Proposals changed or excluded": "Vorschläge geändert oder ausgeschlossen",
    "{} reviewed proposals": "{} geprüften Vorschlägen",
    "of them {} by eye": "davon {} manuell",
    "manual count, smear {}": "manuelle Zählung, Ausstrich {}",
    "The classifier does not know slides like these and errs more often on them.":
        "Solche Präparate kennt der Klassifikator nicht; er irrt auf ihnen häufiger.",
    "Unfamiliar to the classifier": "Dem Klassifikator unbekannt",
    "Doubt score above {threshold}: {part} cells": "Zweifelswert über {threshold}: {part} Zellen",
    "{} not yet reviewed": "{} noch nicht geprüft",
    "Agreement with folder labels": "Übereinstimmung mit Ordnernamen",
    "Images that could not be read": "Nicht lesbare Bilder",
    "{}, not counted": "{}, nicht gezählt",
    "Reference ranges": "Referenzbereiche",
    "Program": "Programm",
    "reviewed {part}, changed {changed}": "geprüft {part}, geändert {changed}",
    "Read by": "Befundet von",
    "Read and signed by": "Befundet und unterzeichnet von",
    "Signature": "Unterschrift",
    "Date": "Datum",
    "signed in the program, version {}": "elektronisch, Version {}",
    "State of the case that was signed": "Unterzeichneter Stand des Falls",
    # Summary
    "single classes": "einzelne Klassen",
    "notices": "Hinweise",
    "Cut to fit on one page, in full in the whole report: {}.":
        "Für eine Seite gekürzt, vollständig im ganzen Befund: {}.",
    "Only in the whole report: {}.": "Nur im ganzen Befund: {}.",
}  # fmt: skip


def catalogue(classes: Mapping[str, tuple[str, str]], domain: Mapping[str, str]) -> Catalogue:
    """Give the language with its names."""
    return Catalogue(
        tag="de",
        decimal=",",
        percent="{} %",
        comma=", ",
        colon=": ",
        semicolon="; ",
        space=" ",
        date=lambda day: f"{day:%d.%m.%Y}",
        clock="{day}, {time}",
        texts=TEXTS,
        classes=classes,
        domain=domain,
    )
