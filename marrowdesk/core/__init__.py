"""The domain as plain values: classes, cells, decisions and the differential. No Qt, no files, no network."""
