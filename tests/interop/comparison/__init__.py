"""The second implementation and the first, put to the same questions."""
