"""The study behind the program, run again: networks, losses and attention compared on labelled cells."""
