"""The made ledger beside these tests can be imported by them and by those of the promises."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
