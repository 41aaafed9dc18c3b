"""What may be decided in: what an administrator confirmed for exactly this file, what the desk uses, and no file that changed in silence."""

import pytest

GROUNDS = "The profile of our force, edition of 2026."


@pytest.fixture
def administrator(world):
    from clew.access.actions import enlist_officer

    made = enlist_officer(
        world.units["NO"],
        username="no.admin",
        name="Admin",
        roles=("national_administrator",),
        password="a long password",
    )
    world.officers["A"] = made
    return made


@pytest.fixture
def seized(world, pictures, jpeg):
    from clew.catalogue.models import Media

    world.submit("NO", {"a.jpg": jpeg(pictures(1))}, sharing="members")
    return Media.objects.using("service").get().id


def _confirm(administrator, key="caid", version="1"):
    from clew.review.scheme_acts import confirm_scheme
    from clew.review.schemes import scheme_of

    return confirm_scheme(administrator, key, version, digest=scheme_of(key, version).digest, grounds=GROUNDS)


def test_nobody_decides_in_an_unverified_code_before_their_own_organisation_has_confirmed_it(
    world, seized, administrator
):
    from clew.review.deciding import decide
    from clew.review.scheme_acts import CodeUnconfirmed, withdraw_confirmation

    def tries(key):
        decide(world.officer(key), [seized], scheme="caid", code="1")

    with pytest.raises(CodeUnconfirmed):
        tries("NO")
    made = _confirm(administrator)
    tries("NO")
    with pytest.raises(CodeUnconfirmed):
        tries("PT")
    withdraw_confirmation(administrator, made.id)
    with pytest.raises(CodeUnconfirmed):
        tries("NO")


def test_what_is_public_needs_no_confirmation_even_where_the_rest_of_the_scheme_does(world, seized):
    from clew.review.deciding import decide
    from clew.review.scheme_acts import CodeUnconfirmed

    decide(world.officer("NO"), [seized], scheme="copine", version="cac", code="7")
    with pytest.raises(CodeUnconfirmed):
        decide(world.officer("NO"), [seized], scheme="copine", version="cac", code="6")


def test_a_code_that_says_nothing_is_not_decided(world, seized):
    from clew.review.deciding import decide
    from clew.review.scheme_acts import SaysNothing

    with pytest.raises(SaysNothing):
        decide(world.officer("NO"), [seized], scheme="vic-us", version="1", code="0")
    decide(world.officer("NO"), [seized], scheme="vic-us", version="2", code="0")


def test_confirming_takes_the_permission_the_digest_read_and_grounds(world, administrator):
    from clew.kernel.errors import InputRefused, NotPermitted
    from clew.ledger.models import Entry
    from clew.review.scheme_acts import FileChanged, confirm_scheme

    with pytest.raises(NotPermitted):
        _confirm(world.officer("NO"))
    with pytest.raises(FileChanged):
        confirm_scheme(administrator, "caid", "1", digest="0" * 64, grounds=GROUNDS)
    with pytest.raises(InputRefused):
        confirm_scheme(administrator, "caid", "1", digest="", grounds="so")
    for key, version in (("uk", "2014"), ("vic-ca", "1")):
        with pytest.raises(InputRefused, match="nothing in this scheme to confirm"):
            _confirm(administrator, key, version)
    _confirm(administrator)
    with pytest.raises(InputRefused, match="already"):
        _confirm(administrator)
    entry = Entry.objects.using("service").get(verb="review:scheme:confirm")
    assert (entry.facts["scheme"], entry.facts["version"]) == ("caid", "1")


def test_a_confirmation_is_withdrawn_by_ones_own_organisation_alone(world, administrator):
    from clew.access.actions import enlist_officer
    from clew.kernel.errors import NotFound
    from clew.review.scheme_acts import withdraw_confirmation

    made = _confirm(administrator)
    other = enlist_officer(
        world.units["PT"],
        username="pt.admin",
        name="Admin",
        roles=("national_administrator",),
        password="a long password",
    )
    with pytest.raises(NotFound):
        withdraw_confirmation(other, made.id)


def test_the_desk_uses_what_the_administrator_chose(world, administrator, seized):
    from clew.kernel.errors import InputRefused, NotPermitted
    from clew.review.deciding import decide
    from clew.review.scheme_acts import choose_schemes
    from clew.review.schemes import SchemeUnknown, desk_scheme, desk_schemes

    officer = world.officer("NO")
    assert desk_scheme(officer).key == "uk"
    choose_schemes(administrator, ["ncmec/1", "baseline/1", "ncmec/1"])
    assert [one.key for one in desk_schemes(officer)] == ["ncmec", "baseline"]
    assert decide(officer, [seized], code="A1").scheme == "ncmec"
    assert desk_scheme(world.officer("PT")).key == "uk"
    with pytest.raises(NotPermitted):
        choose_schemes(officer, ["uk/2014"])
    for wrong in ([], ["vic-ca/1"]):
        with pytest.raises(InputRefused):
            choose_schemes(administrator, wrong)
    with pytest.raises(SchemeUnknown):
        choose_schemes(administrator, ["uk/1900"])


def test_a_changed_file_with_the_same_version_is_refused(world, seized, monkeypatch):
    from dataclasses import replace

    from clew.review import scheme_acts
    from clew.review.deciding import decide

    monkeypatch.setattr(scheme_acts, "_met", set())
    decide(world.officer("NO"), [seized], code="A")
    other = replace(scheme_acts.scheme_of("uk"), digest="0" * 64)
    monkeypatch.setattr(scheme_acts, "scheme_of", lambda key, version="": other)
    with pytest.raises(scheme_acts.FileChanged):
        decide(world.officer("NO"), [seized], code="B")


def test_the_digest_of_every_rule_set_is_on_record_once(world, monkeypatch):
    from clew.ledger.models import Entry
    from clew.review import scheme_acts
    from clew.review.inference import rule_book

    monkeypatch.setattr(scheme_acts, "_met", set())
    scheme_acts.meet_rules()
    monkeypatch.setattr(scheme_acts, "_met", set())
    scheme_acts.meet_rules()
    met = [entry.facts for entry in Entry.objects.using("service").filter(verb="review:scheme:meet")]
    assert sorted((one["key"], one["version"], one["digest"]) for one in met) == sorted(
        (one.key, one.version, one.digest) for one in rule_book().rule_sets()
    )
