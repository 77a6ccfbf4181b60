"""Data sets, architectures, losses, the training loop, evaluation, and the export of a model bundle."""
