"""What review says is known already: contents of which a decision stands, as far as the officer may see it."""

from __future__ import annotations

import uuid

from clew.access.models import Officer
from clew.review.statements import standing_statements


def is_decided(officer: Officer, media_id: uuid.UUID) -> bool:
    """Whether anybody's decision of the content stands. Runs in the officer's scope."""
    return bool(standing_statements(officer, [media_id]))
