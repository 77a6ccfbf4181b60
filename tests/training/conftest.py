"""A small data set of painted cells that a tiny network can learn."""

from __future__ import annotations

import csv

import cv2
import numpy as np
import pytest
from painted import painted_cell

SHAPES = {"LYT": 30, "BLA": 44, "ART": 14}
TINTS = {"one": (235, 230, 240), "two": (250, 222, 196)}


@pytest.fixture(scope="session")
def painted_data(tmp_path_factory):
    """Write 20 painted cells of 3 classes and 2 sources, and one broken image; returns the folder."""
    folder = tmp_path_factory.mktemp("data")
    rows = []
    for source, tint in TINTS.items():
        for code, nucleus in SHAPES.items():
            (folder / source / code).mkdir(parents=True)
            for number in range(20):
                image = painted_cell(80, nucleus, background=tint, seed=number)
                if code == "ART":
                    image = 255 - image // 3
                file = f"{source}/{code}/{code}_{number:05d}.png"
                cv2.imwrite(str(folder / file), np.ascontiguousarray(image[..., ::-1]))
                rows.append([file, source, code, code])
    (folder / "one" / "LYT" / "LYT_00099.png").write_bytes(b"no image")
    rows.append(["one/LYT/LYT_00099.png", "one", "LYT", "LYT"])
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["file", "source", "source_label", "marrow_class"], *rows])
    return folder
