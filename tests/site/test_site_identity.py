"""Sign-in by an organisation's own identity provider: only who exists here, is of that organisation, was named by an administrator, and showed two factors."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.identity_provider import CLIENT, SECRET, identity_provider

SUBJECT = "a3f9-the-provider's-own-name"


@pytest.fixture
def provider(world, settings_of):
    """Norway's provider, which vouches for `ingrid`, whom an administrator named."""
    from clew.access.identity_links import state_name

    with identity_provider() as running:
        settings_of(CLEW_IDENTITY_PROVIDERS={"no": described(running)})
        running.claims = {"sub": SUBJECT, "preferred_username": "ingrid"}
        state_name(world.officer("NO"), issuer=running.issuer, name="ingrid", by=None)
        yield running


def described(running, **changes):
    from clew.site.identity_providers import IdentityProvider

    stated = {
        "organisation": "no",
        "issuer": running.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "name_claim": "preferred_username",
        "acr": frozenset(),
        "amr": frozenset({"mfa"}),
    }
    return IdentityProvider(**{**stated, **changes})


def travel(provider, client, start="/accounts/identity/no/?next=/series/"):
    """Out to the provider and back, as a browser goes."""
    out = client.get(start)
    assert out.status_code == 302
    assert out["Location"].startswith(f"{provider.issuer}/authorize?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(out["Location"]).query).items()}
    back = urlsplit(provider.authorize(asked))
    return client.get(f"{back.path}?{back.query}")


def is_in(client):
    return client.get("/series/").status_code == 200


def refusals():
    from clew.ledger.models import Entry

    return list(Entry.objects.using("service").filter(verb="access:sign_in:fail").values_list("outcome", flat=True))


@pytest.fixture
def browser():
    from django.test import Client

    return Client()


def test_an_officer_signs_in_with_no_password_and_is_brought_to_the_page_asked_for(provider, browser, world):
    from clew.access.models import IdentityLink
    from clew.ledger.models import Entry

    answer = travel(provider, browser)
    assert (answer.status_code, answer["Location"]) == (302, "/series/")
    assert is_in(browser)
    asked = provider.asked[0]
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert len(asked["state"]) > 40 < len(asked["nonce"]) + 1
    assert IdentityLink.objects.using("service").get().subject == SUBJECT
    begun = Entry.objects.using("service").get(verb="access:session:begin")
    assert (begun.officer_id, begun.facts["ways"]) == (world.officer("NO").pk, ["identity provider"])


def test_once_bound_the_constant_name_counts_and_not_the_one_people_use(provider, browser, world):
    from django.test import Client

    travel(provider, browser)
    provider.claims = {"sub": SUBJECT, "preferred_username": "ingrid.renamed"}
    again = Client()
    travel(provider, again)
    assert is_in(again)
    # The name given to somebody else at the provider opens nothing of the first one's.
    provider.claims = {"sub": "another", "preferred_username": "ingrid"}
    other = Client()
    assert travel(provider, other).status_code == 403
    assert not is_in(other)


def _aged(claims):
    return {**claims, "iat": int(time.time()) - 900, "exp": int(time.time()) - 600}


@pytest.mark.parametrize(
    "alter",
    [
        lambda claims: {**claims, "aud": "another client"},
        lambda claims: {**claims, "aud": [CLIENT, "another"]},
        lambda claims: {**claims, "azp": "another client"},
        lambda claims: {**claims, "iss": "https://another.example"},
        _aged,
        lambda claims: {**claims, "nonce": "of another trip"},
        lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
        lambda claims: {**claims, "amr": ["pwd"]},
        lambda claims: {name: value for name, value in claims.items() if name != "amr"},
        lambda claims: {**claims, "sub": "unknown", "preferred_username": "nobody"},
        lambda claims: {name: value for name, value in claims.items() if name != "sub"},
    ],
)
def test_a_token_that_is_not_exactly_as_asked_opens_nothing(provider, browser, alter):
    provider.alter = alter
    answer = travel(provider, browser)
    assert (answer.status_code, is_in(browser)) == (403, False)
    assert refusals() == ["IdentityRefused"]


def test_a_token_signed_by_another_or_by_nobody_opens_nothing(provider, browser):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forgeries = [
        lambda claims: provider.signed(claims, key=stranger),
        lambda claims: provider.signed(claims, key=SECRET + " and more, to be long enough", algorithm="HS256"),
        provider.unsigned,
        lambda claims: provider.signed(claims, kid="unknown"),
        lambda claims: provider.signed(claims)[:-8] + "AAAAAAAA",
        lambda _claims: "no token",
    ]
    for forged in forgeries:
        provider.sign = forged
        assert travel(provider, browser).status_code == 403
        assert not is_in(browser)
    provider.sign = provider.signed
    assert travel(provider, browser).status_code == 302


def test_the_providers_acr_is_held_to_where_one_is_asked_for(provider, browser, settings_of):
    settings_of(CLEW_IDENTITY_PROVIDERS={"no": described(provider, acr=frozenset({"high"}), amr=frozenset())})
    assert travel(provider, browser).status_code == 403
    provider.claims = {**provider.claims, "acr": "low"}
    assert travel(provider, browser).status_code == 403
    provider.claims = {**provider.claims, "acr": "high"}
    assert travel(provider, browser).status_code == 302
    assert provider.asked[0]["acr_values"] == "high"


def test_a_provider_never_signs_in_an_officer_of_another_organisation(provider, browser, world):
    from clew.access.identity_links import state_name
    from clew.access.models import IdentityLink

    # Even where an administrator of the installation stated it by mistake, and where it was bound before.
    state_name(world.officer("PT"), issuer=provider.issuer, name="rita", by=None)
    provider.claims = {"sub": "s-2", "preferred_username": "rita"}
    assert travel(provider, browser).status_code == 403
    IdentityLink.objects.using("service").filter(name="rita").update(subject="s-2")
    assert travel(provider, browser).status_code == 403
    assert not is_in(browser)


def test_a_disabled_officer_is_not_let_in_by_a_provider(provider, browser, world):
    from clew.access.actions import disable_officer

    travel(provider, browser)
    disable_officer(world.officer("NO"))
    assert not is_in(browser)
    assert travel(provider, browser).status_code == 403


def test_an_answer_of_another_trip_or_a_second_time_opens_nothing(provider, browser):
    from django.test import Client

    assert browser.get("/accounts/identity/no/answer/?code=x&state=y").status_code == 403
    out = browser.get("/accounts/identity/no/")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(out["Location"]).query).items()}
    back = urlsplit(provider.authorize(asked))
    # Somebody else's browser, into which the answer was planted.
    assert Client().get(f"{back.path}?{back.query}").status_code == 403
    wrong_issuer = back.query.replace("iss=", "iss=x")
    assert browser.get(f"{back.path}?{wrong_issuer}").status_code == 403
    assert browser.get(f"{back.path}?{back.query}").status_code == 403
    assert not is_in(browser)


def test_the_identity_confirms_who_it_is_only_with_a_sign_in_made_anew(provider, browser):
    travel(provider, browser)
    session = browser.session
    session["account_authentication_methods"] = [
        {**given, "at": given["at"] - 3600} for given in session["account_authentication_methods"]
    ]
    session.save()
    away = browser.get("/accounts/password/change/")
    assert away["Location"] == "/accounts/identity/confirm/?next=/accounts/password/change/"
    provider.alter = lambda claims: {**claims, "auth_time": int(time.time()) - 3600}
    assert travel(provider, browser, away["Location"]).status_code == 403
    assert browser.get("/accounts/password/change/").status_code == 302
    provider.alter = lambda claims: claims
    assert travel(provider, browser, away["Location"])["Location"] == "/accounts/password/change/"
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")
    assert browser.get("/accounts/password/change/").status_code == 200


def test_a_provider_that_is_away_or_speaks_for_another_issuer_is_told_in_words(provider, browser, settings_of):
    provider.configuration = lambda: {"issuer": "https://another.example"}
    answer = browser.get("/accounts/identity/no/")
    assert (answer.status_code, "does not answer as it should" in answer.content.decode()) == (502, True)
    assert browser.get("/accounts/identity/pt/").status_code == 404


def test_the_sign_in_page_names_the_providers_there_are(provider, browser):
    page = browser.get("/accounts/login/?next=/series/").content.decode()
    assert "Sign in with Bureau NO" in page
    assert "/accounts/identity/no/?next=/series/" in page
    assert provider.issuer not in page


def test_providers_are_named_by_environment_and_file_and_wrong_ones_stop_the_start(tmp_path):
    from clew.site.home import Home
    from clew.site.identity_providers import IdentityProviderNotUsable, identity_providers

    secret = tmp_path / "secret"
    secret.write_text("s\n")
    stated = {
        "CLEW_OIDC_ISSUER": "https://id.no.example",
        "CLEW_OIDC_CLIENT": "clew",
        "CLEW_OIDC_SECRET_FILE": str(secret),
        "CLEW_OIDC_ORGANISATION": "no",
    }
    found = identity_providers(stated, Home(tmp_path))["no"]
    assert (found.client_secret, found.amr, found.name_claim) == ("s", {"mfa"}, "preferred_username")
    for name, value in (
        ("CLEW_OIDC_ISSUER", "http://id.no.example"),
        ("CLEW_OIDC_CLIENT", ""),
        ("CLEW_OIDC_SECRET_FILE", str(tmp_path / "absent")),
        ("CLEW_OIDC_ORGANISATION", ""),
    ):
        with pytest.raises(IdentityProviderNotUsable):
            identity_providers({**stated, name: value}, Home(tmp_path))
    table = f'[pt]\nissuer = "https://id.pt.example"\nclient = "c"\nsecret_file = "{secret}"\nacr = ["high"]\n'
    (tmp_path / "identity-providers.toml").write_text(table)
    both = identity_providers(stated, Home(tmp_path))
    assert (set(both), both["pt"].acr, both["pt"].amr) == ({"no", "pt"}, {"high"}, frozenset())
    (tmp_path / "identity-providers.toml").write_text(table.replace("[pt]", "[no]"))
    with pytest.raises(IdentityProviderNotUsable):
        identity_providers(stated, Home(tmp_path))
