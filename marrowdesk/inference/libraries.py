"""How much of the machine torch may take beside a window."""

from __future__ import annotations

import os
import sys


def processors() -> int:
    """Give the number of processors that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def leave_a_core() -> int:
    """Let torch compute on all processors but one; to be called on the thread that runs the network.

    Torch's threads wait for each other many times a layer. Where a window, decoders and other programs take
    turns on the last processor, each wait lasts a turn: on two busy processors two threads classify 19 cells
    a second, one thread 60.

    Returns:
        The number of threads.
    """
    import torch

    number = max(1, processors() - 1)
    torch.set_num_threads(number)
    return number
