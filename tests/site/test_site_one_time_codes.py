"""One-time codes: taken in their own step and one step beside it, and once."""

import time

import pytest


@pytest.fixture
def code_of(world):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
    from allauth.mfa.utils import decrypt

    from clew.access.second_factor import set_up_one_time_code

    officer = world.officer("NO")
    set_up_one_time_code(officer)
    secret = decrypt(Authenticator.objects.get(user=officer).data["secret"])
    return lambda steps: format_hotp_value(hotp_value(secret, int(time.time() // 30) + steps))


def _tried(world, code):
    from allauth.core.context import request_context
    from django.test import RequestFactory

    from clew.site.one_time_forms import SignInForm

    with request_context(RequestFactory().post("/")):
        return SignInForm({"code": code}, user=world.officer("NO")).is_valid()


def test_a_code_typed_in_its_last_second_is_taken_and_an_older_one_is_not(world, code_of):
    assert not _tried(world, code_of(-3))
    assert _tried(world, code_of(-1))
    assert _tried(world, code_of(0))


def test_a_code_counts_once_for_as_long_as_it_could_be_valid(world, code_of):
    from allauth.mfa.models import Authenticator
    from django.core.cache import cache

    code = code_of(0)
    assert _tried(world, code)
    # What allauth remembers lasts one step, half of what is left of the code's life.
    cache.delete(f"allauth.mfa.totp.used?user={world.officer('NO').pk}&code={code}")
    assert Authenticator.objects.get(user=world.officer("NO")).wrap().validate_code(code)
    assert not _tried(world, code)
    assert not _tried(world, f"{code[:3]} {code[3:]}")
