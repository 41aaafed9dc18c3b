"""Schemes as data: what the public definitions say is there, what is unverified says so, and a file that cannot be meant is refused whole."""

import pytest

# The table is the public definition of each scheme, spelled out a second time: code -> (weight, digit).
PUBLIC = {
    ("baseline", "1"): {"yes": (4, "1"), "no": (1, "0")},
    ("uk", "2014"): {"A": (4, "1"), "B": (3, "2"), "C": (2, "3"), "prohibited": (2, "4"), "none": (0, "0")},
    ("vic-us", "1"): {"0": (0, ""), "1": (4, "1"), "2": (2, "2"), "3": (2, "3"), "4": (1, "4"), "5": (0, "5")},
    ("vic-us", "2"): {"0": (0, "0"), "1": (4, "1"), "2": (2, "2"), "3": (2, "3"), "4": (1, "4")},
    ("ncmec", "1"): {"A1": (4, "1"), "A2": (2, "2"), "B1": (4, "3"), "B2": (2, "4")},
    ("sar", "1"): {"1": (1, "1"), "2": (3, "2"), "3": (3, "3"), "4": (4, "4"), "5": (4, "5")},
    ("iccam", "1"): {"baseline": (4, "1"), "national": (2, "2"), "not-illegal": (0, "0")},
    ("arachnid", "1"): {
        "csam": (4, "1"),
        "harmful-abusive-material": (2, "2"),
        "no-known-match": (0, ""),
        "test": (0, ""),
    },
}


@pytest.mark.parametrize(("named", "codes"), PUBLIC.items())
def test_a_scheme_has_the_codes_of_its_public_definition(named, codes):
    from clew.review.schemes import scheme_of

    scheme = scheme_of(*named)
    assert {one.code: (one.severity, one.digit) for one in scheme.codes} == codes
    assert scheme.is_verified


def test_what_no_public_source_bears_out_says_so_of_every_code():
    from clew.review.schemes import all_schemes

    unverified = {scheme.key for scheme in all_schemes() if not scheme.is_verified}
    assert unverified == {"caid", "ch", "copine", "vic-ca"}
    for key in ("caid", "ch"):
        assert not any(one.is_verified for scheme in all_schemes() if scheme.key == key for one in scheme.codes)


def test_zero_is_uncategorised_in_the_old_numbering_and_not_pertinent_in_the_current_one():
    from clew.review.schemes import scheme_of

    old, current = scheme_of("vic-us", "1").code("0"), scheme_of("vic-us").code("0")
    assert (old.literal, old.is_assessment) == ("Uncategorized", False)
    assert (current.literal, current.is_assessment) == ("Non-Pertinent", True)


def test_the_two_editions_of_copine_disagree_on_levels_seven_and_eight():
    from clew.review.schemes import scheme_of

    editions = [scheme_of("copine", version) for version in ("misp", "cac")]
    assert [[edition.code(level).label for level in "78"] for edition in editions] == [
        ["Explicit sexual activity", "Assault"],
        ["Posing, explicit", "Explicit sexual activity"],
    ]
    assert [one.code for one in editions[1].codes if one.is_verified] == ["7", "8"]


def test_no_label_or_definition_uses_a_term_that_the_guidelines_refuse_and_literals_have_a_source():
    from clew.review.schemes import all_schemes
    from clew.review.wording import refused_terms

    for scheme in all_schemes():
        assert scheme.source
        for one in scheme.codes:
            assert refused_terms(f"{scheme.title} {one.label} {one.definition}") == []


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Child " + "Pornography", 1),
        ("child-" + "porn", 1),
        ("sextortion", 1),
        ('called "sextortion" by its source', 0),
        ("unwilling", 0),
        ("A child in a room", 0),
    ],
)
def test_the_wording_list_finds_whole_terms_and_leaves_quotations_alone(text, refused):
    from clew.review.wording import refused_terms

    assert len(refused_terms(text)) == refused


GOOD = """
key = "own"
version = "1"
title = "Own"
jurisdiction = "NO"
source = "The national profile"
is_verified = true
[[codes]]
code = "1"
label = "One"
definition = "The first."
severity = 2
digit = "1"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of the installation; schemes are read anew in it and forgotten afterwards."""
    from clew.review.inference import rule_book
    from clew.review.schemes import all_schemes

    monkeypatch.setenv("CLEW_SCHEMES", str(tmp_path))
    all_schemes.cache_clear()
    rule_book.cache_clear()
    yield tmp_path
    all_schemes.cache_clear()
    rule_book.cache_clear()


def test_an_installation_adds_a_scheme_which_is_unverified_whatever_it_says_of_itself(folder):
    from clew.review.schemes import scheme_of

    (folder / "own.toml").write_text(GOOD)
    scheme = scheme_of("own")
    assert not scheme.is_verified
    assert not scheme.code("1").is_verified
    assert len(scheme.digest) == 64


def test_a_code_of_an_added_scheme_cannot_call_itself_verified(folder):
    from clew.review.schemes import scheme_of

    (folder / "own.toml").write_text(GOOD + "is_verified = true\n")
    assert not scheme_of("own").code("1").is_verified


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("severity = 2", "severity = 5"), "not between 0 and 4"),
        (('label = "One"', 'label = ""'), "lacks its code, label or definition"),
        (('digit = "1"', 'digit = "12"'), "not one digit"),
        (('label = "One"', 'label = "Sextortion"'), "worded as the guidelines refuse"),
        (("severity = 2", "severity = 2\nis_assessment = false"), "says nothing"),
        (("severity = 2", "severity = "), "not in the form"),
        (('key = "own"', ""), "not in the form"),
        (('key = "own"', 'key = "baseline"'), "two files hold the same version"),
    ],
)
def test_a_scheme_that_cannot_be_meant_is_refused_with_its_fault(folder, change, fault):
    from clew.review.schemes import SchemeBroken, all_schemes

    (folder / "own.toml").write_text(GOOD.replace(*change))
    with pytest.raises(SchemeBroken, match=fault):
        all_schemes()


def test_the_same_code_or_digit_twice_is_refused(folder):
    from clew.review.schemes import SchemeBroken, all_schemes

    row = GOOD[GOOD.index("[[codes]]") :]
    for again, fault in (
        (row.replace('"One"', '"Two"'), "code 1"),
        (row.replace('code = "1"', 'code = "2"'), "digit 1"),
    ):
        (folder / "own.toml").write_text(GOOD + again)
        with pytest.raises(SchemeBroken, match=fault):
            all_schemes()


def test_the_reference_of_schemes_is_made_from_the_data():
    from pathlib import Path

    from clew.review.schemes_table import table

    written = Path(__file__).resolve().parents[2] / "docs/reference/schemes.md"
    assert written.read_text() == table(), "python -m clew.review.schemes_table > docs/reference/schemes.md"
