"""The model bundle and its card, and the engines that propose a class for a cell."""
