"""The data-protection policy: a file with rule ids, in which a country may only shorten; what cannot be meant is refused."""

import datetime as dt

import pytest

from clew.access.data_protection import SHIPPED, PolicyBroken, months_later, read_policy

TEXT = SHIPPED.read_text(encoding="utf-8")


def test_the_policy_that_is_shipped_says_what_the_rules_say():
    policy = read_policy(TEXT)
    assert {"R6", "R13", "R14", "R15", "R27"} == set(policy.rules)
    assert (policy.years("general"), policy.years("icse")) == (5, 99)
    assert policy.defaults == {"case": "general", "series": "icse"}
    assert (policy.review_months_before, policy.keeps_exact_hash) == (6, False)
    assert (policy.acknowledge_months, policy.decide_months) == (1, {"access": 4, "correction": 9, "deletion": 9})


def test_a_country_shortens():
    policy = read_policy(TEXT + "\n[countries.NO]\ngeneral = 3\n")
    assert (policy.years("general", "NO"), policy.years("general", "PT"), policy.years("icse", "NO")) == (3, 5, 99)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[countries]", "[countries.NO]\ngeneral = 6"),
        ("[countries]", "[countries.NO]\ngeneral = 0"),
        ("[countries]", "[countries.NO]\nelsewhere = 1"),
        ('case = "general"', 'case = "elsewhere"'),
        ("years_max = 5", "years_max = 0"),
        ("years_max = 5", 'years_max = "five"'),
        ('extension_from = "now"', 'extension_from = "whenever"'),
        ("months_before = 6", "months_before = 0"),
        ("acknowledge_months = 1", ""),
        ('version = "1"', "version"),
    ],
)
def test_what_cannot_be_meant_is_refused(old, new):
    assert old in TEXT
    with pytest.raises(PolicyBroken):
        read_policy(TEXT.replace(old, new, 1))


def test_a_file_that_cannot_be_read_is_refused(monkeypatch, tmp_path):
    from clew.access.data_protection import policy

    monkeypatch.setenv("CLEW_POLICY", str(tmp_path / "none.toml"))
    with pytest.raises(PolicyBroken, match="cannot be read"):
        policy.__wrapped__()
    (tmp_path / "own.toml").write_text(TEXT.replace("years_max = 5", "years_max = 4"))
    monkeypatch.setenv("CLEW_POLICY", str(tmp_path / "own.toml"))
    assert policy.__wrapped__().years("general") == 4


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2030-01-31", 1, "2030-02-28"),
        ("2028-08-31", 6, "2029-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2030-12-15", 1, "2031-01-15"),
        ("2035-03-01", -6, "2034-09-01"),
        ("2035-01-31", -2, "2034-11-30"),
    ],
)
def test_months_are_counted_by_the_calendar(day, months, later):
    assert months_later(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(later)
