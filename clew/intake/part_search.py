"""Searching for parts: of each fingerprint, the held contents of which it shows a part, or that show a part of it, or sound like it.

Searched before the batch's turn comes, since it takes longest; what others catalogued meanwhile is then compared one by one.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from clew.intake.fingerprints import Fingerprint
from clew.intake.fits import Fit
from clew.intake.imprint_index import ImprintIndex
from clew.intake.imprint_rows import HeldImprint, resolve_imprints
from clew.intake.models import PartBasis
from clew.intake.parts import Parts
from clew.intake.rules import Candidate

#: Candidates of one question that are compared in full.
CANDIDATES_MAX = 50
