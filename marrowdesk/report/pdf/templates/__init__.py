"""The kinds of documents: each lays the shared parts out in its own order."""
