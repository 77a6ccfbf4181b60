"""Images kept between the check and the network: the first come stay, within a bound."""

from pathlib import Path

import numpy as np

from marrowdesk.core.cell import Place
from marrowdesk.imaging.kept import KeptImages

PLACES = [Place(Path(f"{number}.png")) for number in range(4)]
IMAGE = np.zeros((10, 10, 3), np.uint8)


def test_that_the_first_images_stay_where_the_bound_is_reached():
    kept = KeptImages(budget=700)
    for place in PLACES:
        kept.keep(place, IMAGE)
    assert kept.bytes == 600
    assert [kept.take(place) is not None for place in PLACES] == [True, True, False, False]


def test_that_what_was_taken_makes_room():
    kept = KeptImages(budget=300)
    kept.keep(PLACES[0], IMAGE)
    assert kept.take(PLACES[0]) is IMAGE
    assert kept.take(PLACES[0]) is None
    kept.keep(PLACES[1], IMAGE)
    kept.keep(PLACES[1], IMAGE)
    assert kept.bytes == 300
    kept.forget(PLACES)
    assert kept.bytes == 0


def test_that_nothing_is_kept_where_no_network_will_ask():
    kept = KeptImages()
    kept.keep(PLACES[0], IMAGE)
    kept.want(False)
    kept.keep(PLACES[1], IMAGE)
    assert (kept.bytes, kept.take(PLACES[0]), kept.take(PLACES[1])) == (0, None, None)
    kept.want(True)
    kept.keep(PLACES[1], IMAGE)
    assert kept.take(PLACES[1]) is IMAGE
