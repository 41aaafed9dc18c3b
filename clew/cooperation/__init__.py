"""Cooperation: what units tell one another. For now, the alert to the owner of each hit."""
