"""What the cells of a marrow look like: sizes, shapes and dyes for each class.

Sizes are in pixels of a picture of 250 x 250 as taken with a 40x lens, where a red cell is about 62 wide
(0.115 um a pixel). Proportions follow the usual descriptions of cells under May-Gruenwald-Giemsa.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.imaging.drawn.nuclei import bent, indented, kidney, lobed, rounded
from marrowdesk.imaging.drawn.stain import Dye

if TYPE_CHECKING:
    from marrowdesk.imaging.drawn.nuclei import Shape

    Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Chromatin:
    """The inner structure of a nucleus.

    Attributes:
        amount: of dye.
        clumps: size of its clumps in pixels.
        contrast: between clumps and gaps, as a share of the amount.
        hard: whether clumps have sharp borders.
    """

    amount: Range
    clumps: float
    contrast: float
    hard: bool = False


@dataclass(frozen=True, slots=True)
class Granules:
    """One kind of granule in the cytoplasm.

    Attributes:
        dye: what they take up.
        radius: in pixels.
        cover: share of the cytoplasm they cover.
        amount: of dye.
        over_nucleus: how much of them is seen over the nucleus, in [0, 1].
        packed: whether they fill the cytoplasm side by side.
    """

    dye: Dye
    radius: float
    cover: float
    amount: Range
    over_nucleus: float = 0.15
    packed: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to draw the cells of one class; every range is drawn from evenly.

    Attributes:
        radius: of the cell, pixels.
        aspect: largest length over width of the cell.
        rough: how far the outline leaves the ellipse.
        shapes: of the nucleus; one is chosen.
        nucleus: radius of the nucleus, as a share of the cell's.
        offset: of the nucleus from the middle, as a share of the room there is.
        chromatin: the structure of the nucleus.
        nucleoli: fewest and most.
        azure: amount of blue in the cytoplasm.
        pink: amount of pink in the cytoplasm.
        hemoglobin: amount of red blood pigment in the cytoplasm.
        rim: how much bluer the border of the cell is.
        hof: how pale the zone beside the nucleus is, in [0, 1].
        granules: kinds of granules.
        vacuoles: fewest and most.
        frayed: whether the cell has burst, so that its border is in shreds.
    """

    radius: Range
    shapes: tuple[Shape, ...]
    nucleus: Range
    chromatin: Chromatin
    aspect: float = 1.15
    rough: float = 0.035
    offset: Range = (0.0, 0.6)
    nucleoli: tuple[int, int] = (0, 0)
    azure: Range = (0.0, 0.0)
    pink: Range = (0.0, 0.0)
    hemoglobin: Range = (0.0, 0.0)
    rim: float = 0.0
    hof: float = 0.0
    granules: tuple[Granules, ...] = ()
    vacuoles: tuple[int, int] = (0, 0)
    frayed: bool = False


_NEUTRAL = Granules(Dye.AZUROPHIL, 0.9, 0.24, (0.22, 0.4))
_PRIMARY = Granules(Dye.AZUROPHIL, 1.1, 0.26, (0.5, 0.9), over_nucleus=0.4)
_EOSIN = Granules(Dye.EOSIN, 2.9, 0.0, (0.6, 0.9), over_nucleus=0.25, packed=True)

RECIPES = {
    "BLA": Recipe(
        radius=(56, 72), shapes=(rounded(1.25, 0.04), indented(0.25)), nucleus=(0.76, 0.86),
        chromatin=Chromatin((0.75, 0.95), 1.7, 0.19), nucleoli=(1, 4), azure=(0.7, 1.1), rim=0.5, hof=0.35,
    ),
    "PMO": Recipe(
        radius=(72, 90), shapes=(rounded(1.3, 0.04), indented(0.25)), nucleus=(0.62, 0.72),
        offset=(0.5, 0.95), chromatin=Chromatin((0.75, 0.95), 2.1, 0.21), nucleoli=(0, 2),
        azure=(0.4, 0.7), rim=0.3, hof=0.55, granules=(_PRIMARY,),
    ),
    "MYB": Recipe(
        radius=(62, 78), shapes=(rounded(1.45, 0.05),), nucleus=(0.54, 0.63), offset=(0.6, 1.0),
        chromatin=Chromatin((0.85, 1.05), 3.0, 0.24), azure=(0.10, 0.24), pink=(0.10, 0.2), hof=0.3,
        granules=(_NEUTRAL, Granules(Dye.AZUROPHIL, 1.1, 0.06, (0.5, 0.9))),
    ),
    "MMZ": Recipe(
        radius=(58, 72), shapes=(kidney, indented(0.5)), nucleus=(0.60, 0.68), offset=(0.2, 0.7),
        chromatin=Chromatin((0.90, 1.08), 3.4, 0.26), azure=(0.03, 0.10), pink=(0.14, 0.26),
        granules=(_NEUTRAL,),
    ),
    "NGB": Recipe(
        radius=(54, 66), shapes=(bent,), nucleus=(0.74, 0.82), offset=(0.0, 0.4),
        chromatin=Chromatin((0.95, 1.15), 3.6, 0.26, hard=True), azure=(0.0, 0.03), pink=(0.16, 0.3),
        granules=(_NEUTRAL,),
    ),
    "NGS": Recipe(
        radius=(52, 64), shapes=(lobed(3, 4), lobed(2, 5)), nucleus=(0.74, 0.82), offset=(0.0, 0.35),
        chromatin=Chromatin((1.0, 1.2), 3.8, 0.26, hard=True), azure=(0.0, 0.02), pink=(0.16, 0.3),
        granules=(_NEUTRAL,),
    ),
    "EOS": Recipe(
        radius=(58, 70), shapes=(lobed(2, 2), lobed(2, 3), bent, kidney), nucleus=(0.68, 0.74),
        offset=(0.5, 1.0), chromatin=Chromatin((0.88, 1.05), 3.6, 0.22, hard=True),
        azure=(0.0, 0.08), pink=(0.15, 0.25), granules=(_EOSIN,),
    ),
    "BAS": Recipe(
        radius=(48, 58), shapes=(lobed(2, 3), indented(0.4, bays=2)), nucleus=(0.72, 0.8), offset=(0.0, 0.4),
        chromatin=Chromatin((0.70, 0.9), 3.6, 0.18), azure=(0.05, 0.12), pink=(0.15, 0.3),
        granules=(
            Granules(Dye.CHROMATIN, 2.9, 0.14, (0.8, 1.2), over_nucleus=0.8),
            Granules(Dye.CHROMATIN, 1.6, 0.16, (0.5, 0.9), over_nucleus=0.5),
        ),
    ),
    "MON": Recipe(
        radius=(62, 80), aspect=1.25, rough=0.06, shapes=(indented(0.6), indented(0.4, bays=3), kidney),
        nucleus=(0.64, 0.74), offset=(0.1, 0.6), chromatin=Chromatin((0.72, 0.9), 2.8, 0.24),
        azure=(0.26, 0.42), pink=(0.06, 0.16),
        granules=(Granules(Dye.AZUROPHIL, 0.9, 0.12, (0.15, 0.3)),), vacuoles=(0, 6),
    ),
    "EBO": Recipe(
        radius=(38, 52), shapes=(rounded(1.1, 0.015),), nucleus=(0.54, 0.68), offset=(0.0, 0.6), rough=0.05,
        chromatin=Chromatin((1.15, 1.55), 4.0, 0.27, hard=True), azure=(0.15, 0.6), pink=(0.0, 0.15),
        hemoglobin=(0.0, 0.5), rim=0.1,
    ),
    "PEB": Recipe(
        radius=(72, 88), shapes=(rounded(1.12, 0.025),), nucleus=(0.74, 0.80), offset=(0.0, 0.5),
        chromatin=Chromatin((0.8, 1.0), 2.0, 0.22), nucleoli=(1, 3), azure=(1.0, 1.4), rim=0.35, hof=0.45,
    ),
    "LYT": Recipe(
        radius=(38, 50), shapes=(rounded(1.15, 0.03), indented(0.2)), nucleus=(0.82, 0.90), offset=(0.3, 1.0),
        chromatin=Chromatin((0.95, 1.2), 4.6, 0.22), azure=(0.35, 0.65), rough=0.05, rim=0.2,
    ),
    "PLM": Recipe(
        radius=(56, 70), aspect=1.4, rough=0.05, shapes=(rounded(1.12, 0.02),), nucleus=(0.52, 0.60),
        offset=(0.85, 1.0), chromatin=Chromatin((1.0, 1.2), 4.6, 0.32, hard=True), azure=(0.85, 1.2),
        pink=(0.1, 0.3), rim=0.2, hof=0.6, vacuoles=(0, 3),
    ),
    "KSC": Recipe(
        radius=(58, 72), aspect=1.4, rough=0.10, shapes=(rounded(1.5, 0.12),), nucleus=(0.86, 0.95),
        offset=(0.0, 0.3), chromatin=Chromatin((0.55, 0.75), 3.0, 0.2), pink=(0.02, 0.05), frayed=True,
    ),
    "NIF": Recipe(
        radius=(38, 54), aspect=1.3, rough=0.08, shapes=(rounded(1.3, 0.06),), nucleus=(0.78, 0.9),
        chromatin=Chromatin((1.4, 1.9), 5.0, 0.08), azure=(0.4, 0.9),
    ),
}  # fmt: skip
"""One recipe for each class that is a single cell; artefacts are drawn by themselves."""
