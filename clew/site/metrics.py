"""Metrics: numbers for whatever watches over an installation, in Prometheus' text form. No hash, name or case is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from clew.intake.index_state import IndexState
from clew.intake.models import RecallCheck
from clew.intake.queries import Totals
from clew.ledger.standing import LedgerStanding

__all__ = ["CONTENT_TYPE_LATEST", "exposition"]


def exposition(state: IndexState, totals: Totals, ledger: LedgerStanding) -> bytes:
    """The numbers of this moment."""
    registry = CollectorRegistry()
    registry.register(_Collected(state, totals, ledger))
    return generate_latest(registry)


class _Collected:
    def __init__(self, state: IndexState, totals: Totals, ledger: LedgerStanding) -> None:
        self._state, self._totals, self._ledger = state, totals, ledger

    def describe(self) -> list[Metric]:
        """Nothing beforehand: what is registered is asked once."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Gauges of the index, and for each index of each machine those of its guard."""
        state, totals, segment = self._state, self._totals, self._state.segment
        counts = (
            ("clew_media", "Contents held.", totals.media),
            ("clew_files_waiting", "Files acknowledged that have no verdict yet.", totals.waiting),
            ("clew_signatures", "Looks that can be compared.", state.signatures),
            ("clew_scenes", "Scenes of pictures by which parts are found.", state.scenes),
            ("clew_sounds", "Sounds by which parts are found.", state.sounds),
            ("clew_contents_to_imprint", "Contents from before imprints that wait for theirs.", state.unimprinted),
            ("clew_index_segment_rows", "Rows of the segment in use on this machine.", segment.rows if segment else 0),
        )
        plain = (
            ("clew_index_trusted", "0 once the segment failed a test.", float(segment is None or segment.is_trusted)),
            ("clew_signatures_parked", "Signatures set aside.", state.parked_count),
        )
        for name, words, value in (*(counts if state.tells_counts else ()), *plain):
            yield GaugeMetricFamily(name, words, value=value)
        guards: tuple[tuple[str, str, Callable[[RecallCheck], float]], ...] = (
            ("clew_recall_probes", "Known answers asked for at the last test.", lambda check: check.probes),
            ("clew_recall_missed", "Known answers not found at the last test.", lambda check: check.missed),
            ("clew_recall_checked_timestamp_seconds", "When that was.", lambda check: check.checked_at.timestamp()),
            ("clew_recall_duration_seconds", "How long it took.", lambda check: check.took_ms / 1000),
        )
        for name, words, value_of in guards:
            family = GaugeMetricFamily(name, words, labels=["machine", "index"])
            for check in state.checks:
                family.add_metric([check.machine, check.index], value_of(check))
            yield family
        yield from _jails(state)
        yield from _ledger(self._ledger)


def _ledger(standing: LedgerStanding) -> Iterator[Metric]:
    signed_at = standing.signed_at.timestamp() if standing.signed_at else 0
    for name, words, value in (
        ("clew_ledger_entries", "Entries in the ledger's tree.", standing.size),
        ("clew_ledger_signed_entries", "Of these covered by the newest checkpoint.", standing.signed_size),
        ("clew_ledger_signed_timestamp_seconds", "When that was signed; 0 for never.", signed_at),
        ("clew_ledger_cosignatures", "Witnesses that have cosigned it.", standing.cosignatures),
    ):
        yield GaugeMetricFamily(name, words, value=value)
    disagrees = GaugeMetricFamily(
        "clew_ledger_witness_disagrees", "1 where the past looks rewritten.", labels=["witness"]
    )
    for witness in standing.witnesses:
        disagrees.add_metric([witness.name], float(witness.is_grave))
    yield disagrees


def _jails(state: IndexState) -> Iterator[Metric]:
    full = GaugeMetricFamily("clew_jail_full", "1 where every wall holds, as workers found.", labels=["machine"])
    missing = GaugeMetricFamily(
        "clew_jail_wall_missing", "1 for each wall that is missing.", labels=["machine", "wall"]
    )
    for report in state.jails:
        full.add_metric([report.machine], float(report.grade.is_full))
        for wall in report.grade.missing:
            missing.add_metric([report.machine, wall], 1)
    yield full
    yield missing
