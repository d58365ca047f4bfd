"""A second implementation of the safeconduct format, written from SPEC.md alone."""
