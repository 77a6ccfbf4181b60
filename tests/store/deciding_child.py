"""A process that decides without pause and says what was kept, until it is killed.

Run as ``python deciding_child.py CASE SEED``. Prints ``ready`` once, then ``BATCH CELL CODE`` a line for
each decision after it was kept (code ``-`` for an undo), while a thread writes predictions.
"""

from __future__ import annotations

import random
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from case_samples import MODEL, proposal

from marrowdesk.core import edits
from marrowdesk.store.casefile import CaseFile


def predict(case: CaseFile, cell_ids: list[int]) -> None:
    """Write predictions for ever."""
    while True:
        case.add_predictions(MODEL.sha256, [proposal(number, features=True) for number in cell_ids])


def main(path: Path, seed: int) -> None:
    """Decide for ever."""
    case = CaseFile.open(path)
    dice = random.Random(seed)
    cells = {cell.id: cell for cell in case.cells()}
    worker = threading.Thread(target=predict, args=(case, list(cells)), daemon=True)
    worker.start()
    print("ready", flush=True)
    while True:
        cell = cells[dice.choice(list(cells))]
        code = dice.choice(["BLA", "LYT", "NGS", "PLM"])
        edit = edits.assign([cell], code, code, f"Reader {seed}", datetime.now(UTC))
        if not edit:
            continue
        number = case.record(edit)
        print(number, cell.id, code, flush=True)
        cells[cell.id] = cell.with_review(edit.changes[0].after)
        if dice.random() < 0.2:
            number = case.record(edit.inverse(), undoes=number)
            print(number, cell.id, "-", flush=True)
            cells[cell.id] = cell


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
