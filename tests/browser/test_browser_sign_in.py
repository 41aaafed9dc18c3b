"""Sign-in in a real browser: a passkey is made, opens Clew alone, and answers to no other address; a page left alone hides itself."""

import contextlib
import datetime as dt
import http.server
import json
import shutil
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="Chromium is not installed (bin/install-for-tests needs root)"
    ),
]
PASSWORD = "a long password for tests"
ANSWER_ELSEWHERE = """async (asked) => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const publicKey = { ...asked.publicKey, challenge: bytes(asked.publicKey.challenge), allowCredentials: [] };
  return JSON.stringify((await navigator.credentials.get({ publicKey })).toJSON());
}"""


class Person:
    """Somebody with a browser of their own and, if wanted, a key on their ring."""

    def __init__(self, chromium, address):
        self.address = address
        self.context = chromium.new_context(viewport={"width": 1280, "height": 800}, base_url=address)
        self.page, self.troubles = self.context.new_page(), []
        # Where a test is refused on purpose, the browser tells that the answer was no success.
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _note(self, message):
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.troubles.append(message.text)

    def take_key(self, *, verifies=True):
        """A key that holds passkeys; `verifies`: it has seen its owner's finger."""
        self.devtools = self.context.new_cdp_session(self.page)
        self.devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": verifies,
            "automaticPresenceSimulation": True,
        }
        self.key = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def verify(self, verifies):
        self.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": self.key, "isUserVerified": verifies})

    def sign_in(self, officer):
        from clew.access.second_factor import current_one_time_code, set_up_one_time_code

        set_up_one_time_code(officer)
        self.page.goto("/accounts/login/")
        self.page.fill("input[name=login]", officer.username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/2fa/authenticate/**")
        self.page.fill("input[name=code]", current_one_time_code(officer))
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/submissions/")

    def sign_out(self):
        self.page.click("text=Sign out")
        self.page.wait_for_url("**/accounts/login/**")

    def add_passkey(self, name):
        self.page.goto("/accounts/2fa/webauthn/add/")
        self.page.fill("input[name=name]", name)
        self.page.click("text=Make it")
        self.page.wait_for_url(lambda address: "webauthn/add" not in address)

    def arrives_at(self, path):
        self.page.wait_for_url(lambda address: urlsplit(address).path == path)

    def sign_in_with_passkey(self):
        self.page.goto("/accounts/login/?next=/series/")
        self.page.click("text=Sign in with a passkey")


@pytest.fixture
def person(chromium, server):
    """Makes people; a passkey is bound to a name, and an address of digits is none (WebAuthn, section 5.1.2)."""
    made = []

    def make():
        made.append(Person(chromium, server.replace("127.0.0.1", "localhost")))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
    assert [trouble for one in made for trouble in one.troubles] == []


@pytest.fixture
def ingrid(person, world):
    """Norway's officer, signed in, with a passkey made."""
    one = person()
    one.take_key()
    one.sign_in(world.officer("NO"))
    one.add_passkey("key on the ring")
    return one


def verbs(prefix):
    from clew.ledger.models import Entry

    return list(Entry.objects.using("service").filter(verb__startswith=prefix).values_list("verb", flat=True))


def test_a_passkey_is_made_opens_clew_alone_and_is_renamed_and_removed(ingrid):
    from clew.ledger.models import Entry

    page = ingrid.page
    page.goto("/accounts/2fa/webauthn/")
    assert "key on the ring" in page.inner_text("main")
    ingrid.sign_out()
    ingrid.sign_in_with_passkey()
    ingrid.arrives_at("/series/")
    begun = Entry.objects.using("service").filter(verb="access:session:begin").order_by("sequence").last()
    assert begun.facts["ways"] == ["webauthn"]
    page.goto("/accounts/2fa/webauthn/")
    page.click("text=Rename")
    page.fill("input[name=name]", "key at home")
    page.click("button:text('Rename')")
    ingrid.arrives_at("/accounts/2fa/webauthn/")
    assert "key at home" in page.inner_text("main")
    page.click("text=Remove")
    page.click("text=Remove it")
    ingrid.arrives_at("/accounts/2fa/webauthn/")
    assert "You have none yet." in page.inner_text("main")
    assert {"access:factor:add", "access:factor:remove"} <= set(verbs("access:factor"))
    ingrid.sign_out()
    ingrid.sign_in_with_passkey()
    page.wait_for_selector("text=Incorrect code")
    assert page.url.endswith("/accounts/login/")


def test_a_key_that_has_not_seen_its_owner_opens_nothing(ingrid):
    ingrid.sign_out()
    ingrid.verify(False)
    ingrid.sign_in_with_passkey()
    ingrid.page.wait_for_selector("[data-passkey] [role=alert]:not([hidden])")
    assert "No passkey was used" in ingrid.page.inner_text("[data-passkey]")
    ingrid.page.goto("/series/")
    assert "/accounts/login/" in ingrid.page.url


@contextlib.contextmanager
def foreign_site():
    """Another site on this machine: the same name, another port, so that the browser lets it ask for the same passkey."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Clew</title><link rel=icon href='data:,'>")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    serving.join()


def test_what_a_passkey_answers_to_another_site_opens_nothing(ingrid, person):
    ingrid.sign_out()
    phisher = person()
    phisher.page.goto("/accounts/login/")
    asked = phisher.page.evaluate(
        "async () => (await (await fetch('/accounts/2fa/webauthn/login/', {headers: {Accept: 'application/json'}})).json()).request_options"
    )
    with foreign_site() as address:
        ingrid.page.goto(address)
        answer = ingrid.page.evaluate(ANSWER_ELSEWHERE, asked)
        assert json.loads(answer)["response"]["userHandle"]
        phisher.page.evaluate("answer => { document.querySelector('[name=credential]').value = answer; }", answer)
        phisher.page.evaluate("document.querySelector('[data-passkey]').submit()")
        phisher.page.wait_for_selector("text=Incorrect code")
    phisher.page.goto("/series/")
    assert "/accounts/login/" in phisher.page.url
    assert "access:sign_in:fail" in verbs("access:sign_in")


def test_an_answer_sent_a_second_time_opens_nothing(ingrid, person):
    ingrid.sign_out()
    sent = []
    ingrid.page.on("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
    ingrid.sign_in_with_passkey()
    ingrid.arrives_at("/series/")
    answer = parse_qs(sent[-1])["credential"][0]
    thief = person()
    thief.page.goto("/accounts/login/")
    thief.page.evaluate("fetch('/accounts/2fa/webauthn/login/', {headers: {Accept: 'application/json'}})")
    thief.page.evaluate("answer => { document.querySelector('[name=credential]').value = answer; }", answer)
    thief.page.evaluate("document.querySelector('[data-passkey]').submit()")
    thief.page.wait_for_selector("text=Incorrect code")


def test_another_officers_passkey_does_not_confirm_who_it_is(ingrid, person, world):
    rita = person()
    rita.take_key()
    rita.sign_in(world.officer("PT"))
    rita.add_passkey("rita's")
    rita.page.goto("/accounts/2fa/webauthn/reauthenticate/?next=/series/")
    rita.page.click("text=Confirm with a passkey")
    rita.arrives_at("/series/")
    # Rita's key on Ingrid's ring: the browser offers it no more, and what it answered to Rita's page is not Ingrid's.
    credentials = rita.devtools.send("WebAuthn.getCredentials", {"authenticatorId": rita.key})["credentials"]
    ingrid.devtools.send("WebAuthn.clearCredentials", {"authenticatorId": ingrid.key})
    ingrid.devtools.send("WebAuthn.addCredential", {"authenticatorId": ingrid.key, "credential": credentials[0]})
    ingrid.page.goto("/accounts/2fa/webauthn/reauthenticate/?next=/series/")
    asked = json.loads(ingrid.page.text_content("#passkey-options"))
    answer = ingrid.page.evaluate(ANSWER_ELSEWHERE, asked)
    ingrid.page.evaluate("answer => { document.querySelector('[name=credential]').value = answer; }", answer)
    ingrid.page.evaluate("document.querySelector('[data-passkey]').submit()")
    ingrid.page.wait_for_load_state()
    assert verbs("access:session:confirm") == ["access:session:confirm"]


def _age_sessions(minutes):
    from clew.access.models import OpenSession

    for session in OpenSession.objects.using("service").all():
        session.seen_at -= dt.timedelta(minutes=minutes)
        session.save(using="service")


def test_a_page_left_alone_hides_itself_and_goes_on_where_it_was(ingrid):
    page = ingrid.page
    page.clock.install()
    page.goto("/series/?show=all")
    assert page.locator("h1:visible").inner_text() == "Series"
    page.clock.fast_forward("14:00")
    assert page.locator("h1:visible").inner_text() == "Series"
    # Somebody worked in another tab: the page asks, and stays.
    page.clock.fast_forward("02:00")
    page.wait_for_function("() => !document.documentElement.classList.contains('locked')")
    assert page.locator("h1:visible").inner_text() == "Series"
    _age_sessions(minutes=20)
    page.clock.fast_forward("16:00")
    page.wait_for_selector("#locked:visible")
    assert page.locator("h1:visible").all_inner_texts() == ["Locked"]
    assert page.locator("header:visible").count() == 0
    page.click("text=Unlock")
    ingrid.arrives_at("/accounts/2fa/webauthn/reauthenticate/")
    assert "Officer NO" not in page.inner_text("body")
    page.click("text=Confirm with a passkey")
    ingrid.arrives_at("/series/")
    assert page.url.endswith("?show=all")
    assert page.locator("h1:visible").inner_text() == "Series"
