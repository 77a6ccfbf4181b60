"""Chinese names of the domain: classes, lineages, definitions, sets of ranges and thresholds."""

from __future__ import annotations

_CLASSES = {
    "blast": "原始细胞",
    "promyelocyte": "早幼粒细胞",
    "faggot cell": "柴捆细胞",
    "myelocyte": "中幼粒细胞",
    "metamyelocyte": "晚幼粒细胞",
    "band neutrophil": "杆状核粒细胞",
    "segmented neutrophil": "分叶核粒细胞",
    "eosinophil": "嗜酸性粒细胞",
    "abnormal eosinophil": "异常嗜酸性粒细胞",
    "basophil": "嗜碱性粒细胞",
    "monocyte": "单核细胞",
    "promonocyte": "幼稚单核细胞",
    "proerythroblast": "原红细胞",
    "basophilic erythroblast": "早幼红细胞",
    "polychromatic erythroblast": "中幼红细胞",
    "orthochromatic erythroblast": "晚幼红细胞",
    "erythroblast": "幼红细胞",
    "lymphocyte": "淋巴细胞",
    "immature lymphocyte": "幼稚淋巴细胞",
    "hairy cell": "毛细胞",
    "plasma cell": "浆细胞",
    "mast cell": "肥大细胞",
    "mitosis": "核分裂象",
    "megakaryocyte": "巨核细胞",
    "macrophage": "巨噬细胞",
    "smudge cell": "涂抹细胞",
    "artefact": "人工假象",
    "other cell": "其他细胞",
    "not identifiable": "无法识别",
    "neutrophil": "中性粒细胞",
    "immature granulocyte": "幼稚粒细胞",
    "abnormal lymphoid cell": "异常淋巴细胞",
    "nucleated red cell": "有核红细胞",
}

CLASSES = {name: (said, said) for name, said in _CLASSES.items()}

DOMAIN = {
    # Lineages
    "Blasts": "原始细胞",
    "Neutrophilic series": "中性粒细胞系",
    "Eosinophilic series": "嗜酸性粒细胞系",
    "Basophilic series": "嗜碱性粒细胞系",
    "Monocytic series": "单核细胞系",
    "Erythroid series": "红细胞系",
    "Lymphoid cells": "淋巴细胞系",
    "Plasma cells": "浆细胞",
    "Other cells": "其他细胞",
    "Not assigned to a lineage": "未归入任何系",
    # Cells apart
    "excluded by the reader": "人工排除",
    "not classified yet": "尚未分类",
    # Sums, thresholds
    "band + segmented": "杆状核 + 分叶核",
    "blasts": "原始细胞",
    "blasts and equivalents": "原始细胞及等同细胞",
    "plasma cells": "浆细胞",
    "WHO, 5th ed.": "WHO 第 5 版",
    "IMWG 2014": "IMWG 2014",
    "IMWG 2021": "IMWG 2021",
    # Definitions of the ratios
    "granulocytic and monocytic cells and their precursors, blasts included : all erythroid cells "
    "(ICSH, Lee 2008)": "粒系和单核系细胞及其前体（含原始细胞）: 全部红系细胞（ICSH，Lee 2008）",
    "granulocytic and monocytic cells without blasts : all erythroid cells":
        "粒系和单核系细胞（不含原始细胞）: 全部红系细胞",
    "granulocytic cells without blasts and monocytes : all erythroid cells":
        "粒系细胞（不含原始细胞和单核细胞）: 全部红系细胞",
    "granulocytic cells and blasts without monocytes : all erythroid cells":
        "粒系细胞和原始细胞（不含单核细胞）: 全部红系细胞",
    "blasts, promyelocytes, myelocytes, metamyelocytes : band and segmented neutrophils":
        "原始细胞、早幼粒、中幼粒、晚幼粒细胞 : 杆状核和分叶核粒细胞",
    # Sets of reference ranges; a citation stays in its language
    "Bain 1996, adults": "Bain 1996，成人",
    "Wintrobe, adults": "Wintrobe，成人",
    "Dacie and Lewis, blood of adults": "Dacie 与 Lewis，成人血液",
    "Wintrobe's Clinical Hematology, differential counts of bone marrow aspirates from healthy adults.":
        "Wintrobe's Clinical Hematology，健康成人骨髓穿刺液分类计数。",
    # Alerts
    "Abnormal lymphoid cells found: a class that always needs a reader.":
        "发现异常淋巴细胞：该类别必须由人工审核。",
    "Faggot cells found: abnormal promyelocytes that need a reader at once.":
        "发现柴捆细胞：异常早幼粒细胞，须立即由人工审核。",
    "Abnormal eosinophils found: a class that always needs a reader.":
        "发现异常嗜酸性粒细胞：该类别必须由人工审核。",
    "Hairy cells found: a class that always needs a reader.": "发现毛细胞：该类别必须由人工审核。",
}  # fmt: skip
