"""The model bundle and its card, and the engines that propose a class for a cell."""

import os

# Torch's OpenMP threads wait for each other many times a layer, by default spinning. Where a window, decoders
# or other programs want the processors too, that is fatal: on two busy ones the shipped network classified 10
# to 20 cells a second spinning, and 80 sleeping. The OpenMP library reads this when torch loads it, so it is
# set here, before anything of ours can import torch; whoever sets the variable keeps the choice.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
