"""Matching: finding again what was seen before. Pure numpy and numba: arrays in, arrays out, no database, no framework."""
