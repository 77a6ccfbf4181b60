"""What is kept on disk: the case file with its journal, the settings, and where they lie."""
