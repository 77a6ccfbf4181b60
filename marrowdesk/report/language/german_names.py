"""German names of the domain: classes as singular and plural, lineages, definitions, sets and limits."""

from __future__ import annotations

CLASSES = {
    "blast": ("Blast", "Blasten"),
    "promyelocyte": ("Promyelozyt", "Promyelozyten"),
    "faggot cell": ("Faggot-Zelle", "Faggot-Zellen"),
    "myelocyte": ("Myelozyt", "Myelozyten"),
    "metamyelocyte": ("Metamyelozyt", "Metamyelozyten"),
    "band neutrophil": ("Stabkerniger", "Stabkernige"),
    "segmented neutrophil": ("Segmentkerniger", "Segmentkernige"),
    "eosinophil": ("Eosinophiler", "Eosinophile"),
    "abnormal eosinophil": ("abnormer Eosinophiler", "abnorme Eosinophile"),
    "basophil": ("Basophiler", "Basophile"),
    "monocyte": ("Monozyt", "Monozyten"),
    "promonocyte": ("Promonozyt", "Promonozyten"),
    "proerythroblast": ("Proerythroblast", "Proerythroblasten"),
    "basophilic erythroblast": ("basophiler Erythroblast", "basophile Erythroblasten"),
    "polychromatic erythroblast": ("polychromatischer Erythroblast", "polychromatische Erythroblasten"),
    "orthochromatic erythroblast": ("orthochromatischer Erythroblast", "orthochromatische Erythroblasten"),
    "erythroblast": ("Erythroblast", "Erythroblasten"),
    "lymphocyte": ("Lymphozyt", "Lymphozyten"),
    "immature lymphocyte": ("unreifer Lymphozyt", "unreife Lymphozyten"),
    "hairy cell": ("Haarzelle", "Haarzellen"),
    "plasma cell": ("Plasmazelle", "Plasmazellen"),
    "mast cell": ("Mastzelle", "Mastzellen"),
    "mitosis": ("Mitose", "Mitosen"),
    "megakaryocyte": ("Megakaryozyt", "Megakaryozyten"),
    "macrophage": ("Makrophage", "Makrophagen"),
    "smudge cell": ("Kernschatten", "Kernschatten"),
    "artefact": ("Artefakt", "Artefakte"),
    "other cell": ("andere Zelle", "andere Zellen"),
    "not identifiable": ("nicht identifizierbar", "nicht identifizierbar"),
    "neutrophil": ("Neutrophiler", "Neutrophile"),
    "immature granulocyte": ("unreifer Granulozyt", "unreife Granulozyten"),
    "abnormal lymphoid cell": ("abnorme lymphatische Zelle", "abnorme lymphatische Zellen"),
    "nucleated red cell": ("Erythroblast", "Erythroblasten"),
}

DOMAIN = {
    # Lineages
    "Blasts": "Blasten",
    "Neutrophilic series": "Neutrophile Reihe",
    "Eosinophilic series": "Eosinophile Reihe",
    "Basophilic series": "Basophile Reihe",
    "Monocytic series": "Monozytäre Reihe",
    "Erythroid series": "Erythropoetische Reihe",
    "Lymphoid cells": "Lymphatische Zellen",
    "Plasma cells": "Plasmazellen",
    "Other cells": "Andere Zellen",
    "Not assigned to a lineage": "Keiner Reihe zugeordnet",
    # Cells apart
    "excluded by the reader": "ausgeschlossen",
    "not classified yet": "noch nicht zugeordnet",
    # Sums, thresholds
    "band + segmented": "Stab- + Segmentkernige",
    "blasts": "Blasten",
    "blasts and equivalents": "Blasten und Äquivalente",
    "plasma cells": "Plasmazellen",
    "WHO, 5th ed.": "WHO, 5. Aufl.",
    "IMWG 2014": "IMWG 2014",
    "IMWG 2021": "IMWG 2021",
    # Definitions of the ratios
    "granulocytic and monocytic cells and their precursors, blasts included : all erythroid cells "
    "(ICSH, Lee 2008)":
        "granulozytäre und monozytäre Zellen mit Vorstufen, Blasten eingeschlossen : alle erythropoetischen "
        "Zellen (ICSH, Lee 2008)",
    "granulocytic and monocytic cells without blasts : all erythroid cells":
        "granulozytäre und monozytäre Zellen ohne Blasten : alle erythropoetischen Zellen",
    "granulocytic cells without blasts and monocytes : all erythroid cells":
        "granulozytäre Zellen ohne Blasten und Monozyten : alle erythropoetischen Zellen",
    "granulocytic cells and blasts without monocytes : all erythroid cells":
        "granulozytäre Zellen und Blasten ohne Monozyten : alle erythropoetischen Zellen",
    "blasts, promyelocytes, myelocytes, metamyelocytes : band and segmented neutrophils":
        "Blasten, Promyelozyten, Myelozyten, Metamyelozyten : Stab- und Segmentkernige",
    # Sets of reference ranges; a citation stays in its language
    "Bain 1996, adults": "Bain 1996, Erwachsene",
    "Wintrobe, adults": "Wintrobe, Erwachsene",
    "Dacie and Lewis, blood of adults": "Dacie und Lewis, Blut von Erwachsenen",
    "Wintrobe's Clinical Hematology, differential counts of bone marrow aspirates from healthy adults.":
        "Wintrobe's Clinical Hematology, Differentialzählungen des Knochenmarkaspirats gesunder Erwachsener.",
    # Alerts
    "Abnormal lymphoid cells found: a class that always needs a reader.":
        "Abnorme lymphatische Zellen gefunden: eine Klasse, die immer einen Befunder verlangt.",
    "Faggot cells found: abnormal promyelocytes that need a reader at once.":
        "Faggot-Zellen gefunden: abnorme Promyelozyten, die sofort einen Befunder verlangen.",
    "Abnormal eosinophils found: a class that always needs a reader.":
        "Abnorme Eosinophile gefunden: eine Klasse, die immer einen Befunder verlangt.",
    "Hairy cells found: a class that always needs a reader.":
        "Haarzellen gefunden: eine Klasse, die immer einen Befunder verlangt.",
}  # fmt: skip
