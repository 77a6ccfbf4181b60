"""The jobs a person asks for, with progress and cancellation, free of Qt."""
