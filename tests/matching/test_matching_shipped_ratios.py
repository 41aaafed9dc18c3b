"""The tables that come with Clew are whole, and say what they were measured on."""

from clew.matching.evidence import evidence_of
from clew.matching.evidence_sources import SOURCES, Source
from clew.matching.ratio_table import log10_lr
from clew.matching.shipped_ratios import shipped_tables


def test_shipped_tables_name_their_data_set_and_run_the_way_of_their_source():
    tables = shipped_tables()
    assert {Source.NEAR_DUPLICATE, Source.PARTIAL_COPY} <= set(tables)
    for source, table in tables.items():
        ratios = [step.log10_ratio for step in table.steps]
        assert ratios == sorted(ratios, reverse=not SOURCES[source].rises)
        assert table.data_set
        assert table.measured_on
        assert min(table.same, table.different) >= 100


def test_shipped_tables_speak_for_what_is_clear_and_against_what_is_not():
    tables = shipped_tables()
    assert log10_lr(tables[Source.NEAR_DUPLICATE], 4) > 1 > log10_lr(tables[Source.NEAR_DUPLICATE], 120)
    assert log10_lr(tables[Source.PARTIAL_COPY], 60) > 1 > log10_lr(tables[Source.PARTIAL_COPY], 0)
    assert evidence_of(tables[Source.NEAR_DUPLICATE], 4).log10_ratio <= SOURCES[Source.NEAR_DUPLICATE].log10_max
