"""The language of `tests/scenarios` (its README.md documents it), and how it is played."""
