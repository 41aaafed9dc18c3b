"""A passkey in software: makes and answers WebAuthn ceremonies as a browser with a key would, and wrongly where a test wants that."""

import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

UP, UV, AT = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV, AuthenticatorData.FLAG.AT


class SoftKey:
    """One key with one passkey."""

    def __init__(self, origin="https://testserver"):
        self.origin, self.verifies = origin, True
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.owner = None

    def make(self, options):
        """What `navigator.credentials.create` answers, as JSON."""
        asked = options["publicKey"]
        self.owner = asked["user"]["id"]
        held = AttestedCredentialData.create(
            Aaguid.NONE, self.id, ES256.from_cryptography_key(self.private.public_key())
        )
        spoken = AuthenticatorData.create(sha256(asked["rp"]["id"].encode()), self._flags() | AT, 0, held)
        client = CollectedClientData.create("webauthn.create", websafe_decode(asked["challenge"]), self.origin)
        attested = AttestationObject.create("none", spoken, {})
        response = {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(attested)}
        return self._answer(response, {"credProps": {"rk": True}})

    def answer(self, options):
        """What `navigator.credentials.get` answers, as JSON."""
        asked = options["publicKey"]
        spoken = AuthenticatorData.create(sha256(asked["rpId"].encode()), self._flags(), 0)
        client = CollectedClientData.create("webauthn.get", websafe_decode(asked["challenge"]), self.origin)
        signature = self.private.sign(spoken + client.hash, ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(spoken),
            "signature": websafe_encode(signature),
            "userHandle": self.owner,
        }
        return self._answer(response, {})

    def _flags(self):
        return UP | UV if self.verifies else UP

    def _answer(self, response, extensions):
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": extensions,
            }
        )


def options_on(page):
    """What a page asks the key."""
    text = page.content.decode()
    start = text.index('id="passkey-options"')
    return json.loads(text[text.index(">", start) + 1 : text.index("</script>", start)])


def add_passkey(client, key):
    """Make a passkey on the page for it; the session must be fresh."""
    page = client.get("/accounts/2fa/webauthn/add/", secure=True)
    return client.post(
        "/accounts/2fa/webauthn/add/", {"name": "key", "credential": key.make(options_on(page))}, secure=True
    )


def sign_in_with(client, key):
    """Sign in with the passkey alone."""
    asked = client.get("/accounts/2fa/webauthn/login/", secure=True, headers={"Accept": "application/json"})
    answer = key.answer(asked.json()["request_options"])
    return client.post("/accounts/2fa/webauthn/login/", {"credential": answer}, secure=True)
