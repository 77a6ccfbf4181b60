"""What is kept on disk: case files with their journal of decisions, settings, and where both lie."""
