"""Device odds: how many times likelier each kind of evidence is where two media come from one device than where they do not, as log10.

Those of sensor noise are measured, those of traces counted in the collection itself, those of serial numbers set: no trial with made-up
cameras tells how often real ones are forged, copied or repeated. Nothing speaks against a device by being absent.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from clew.signatures.encoder_traces import EncoderTrace
from clew.signatures.sensor_noise import Peak

#: (PCE from, log10 of the likelihood ratio), by `bench/devices.py --table`: of a pair of pictures (910 of one camera, 8,820 of two), and of a
#: picture and a fingerprint of eight (360 and 3,240). No ratio is larger than so many strangers can tell. Pairs at 15 to 20 are set lower than
#: the 3.0 measured, since of 169 pairs of strangers among real photographs one reached 17.7.
PAIR_TABLE = ((10.0, 2.3), (15.0, 2.5), (20.0, 3.8))
FINGERPRINT_TABLE = ((15.0, 2.3), (20.0, 3.3), (100.0, 3.5))
#: Where the correlation's energy without its strongest quarter is below this, a mark or caption made the peak.
PCE_SPREAD_MIN = 4.0
#: Of a peak that was looked for everywhere: the best of a million places is high for strangers too, up to 101 of 1,080 (measured).
SEARCHED_PCE_MIN = 120.0
#: Set, not measured: equal numbers of body and lens, and bodies that differ. EXIF is easily written, and some firmware repeats a number.
BODY_LOG10, LENS_LOG10, OTHER_BODY_LOG10 = 3.0, 3.0, -2.0
#: A trace is of a model or a program, never of one device: whatever its rarity, it alone proposes nothing.
TRACE_LOG10_MAX = 1.5
#: What is proposed: a thousand times likelier with one device than without.
PROPOSED_LOG10_MIN = 3.0


class Source(StrEnum):
    """Where evidence comes from."""

    BODY = "body serial"
    LENS = "lens serial"
    NOISE = "sensor noise"
    TRACE = "encoder trace"


@dataclass(frozen=True, slots=True)
class DeviceEvidence:
    """One reason for or against one device: its source, log10 of its likelihood ratio, and what to show for it."""

    source: Source
    log10_ratio: float
    words: str
    pce: float | None = None


class TraceCounts:
    """How often every trace is met in a collection: the same trace of a common camera says little."""

    def __init__(self, traces: Iterable[EncoderTrace | None]) -> None:
        self._counts = Counter(trace.key for trace in traces if trace is not None)
        self._total = sum(self._counts.values())

    def share(self, trace: EncoderTrace) -> float:
        """The share of files with this trace, none so rare as never to be met again: one more than was counted."""
        return (self._counts[trace.key] + 1) / (self._total + 1)

    def evidence(self, first: EncoderTrace, second: EncoderTrace) -> DeviceEvidence | None:
        """What two equal traces say; None of others, since whoever saves a picture again gives it another."""
        if first != second:
            return None
        share = self.share(first)
        # Nothing where all have it; a pair of strangers has it as often as any file.
        ratio = min(TRACE_LOG10_MAX, max(0.0, -math.log10(share)))
        return DeviceEvidence(Source.TRACE, ratio, f"written alike; {share:.1%} of all files are")


def noise_evidence(peak: Peak, table: tuple[tuple[float, float], ...] = PAIR_TABLE) -> DeviceEvidence | None:
    """What a peak says; None where it says nothing, which is no sign of another device."""
    if peak.pce_spread < PCE_SPREAD_MIN:
        return None
    at = bisect_right([edge for edge, _ratio in table], peak.pce) - 1
    if at < 0:
        return None
    return DeviceEvidence(Source.NOISE, table[at][1], f"noise of one sensor, PCE {peak.pce:.0f}", peak.pce)


def together(evidence: Iterable[DeviceEvidence]) -> float:
    """log10 of the likelihood ratio of all of it. What EXIF and the encoder tell comes from one model of camera, so it counts once: the
    strongest. The noise of the sensor is independent of it. A contradiction counts in full.
    """
    listed = list(evidence)
    written = [each.log10_ratio for each in listed if each.source is not Source.NOISE]
    noise = [each.log10_ratio for each in listed if each.source is Source.NOISE]
    against = sum(ratio for ratio in written if ratio < 0)
    return max([0.0, *written]) + max([0.0, *noise]) + against
