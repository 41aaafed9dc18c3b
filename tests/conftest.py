"""One real PostgreSQL for the whole run, in a home of its own; each test that asks for the database gets it empty."""

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

_HOME = tempfile.mkdtemp(prefix="clew-test-")
# Run by root, the database has a user of its own, who must be able to pass through.
Path(_HOME).chmod(0o711)
os.environ["CLEW_HOME"] = str(Path(_HOME) / "home")

for _name in [name for name in os.environ if name.startswith("CLEW_") and name not in {"CLEW_HOME", "CLEW_VECTORS"}]:
    del os.environ[_name]

os.environ["DJANGO_SETTINGS_MODULE"] = "clew.site.settings"
# The tests open their own benign files, on any kernel and in a plain container; what a reduced jail refuses has tests of its own.
os.environ["CLEW_JAIL_REDUCED"] = "accepted"
# The name under which Django's test client speaks.
os.environ["CLEW_HOSTS"] = "testserver,localhost,127.0.0.1"

PASSWORD = "a long password for tests"


def pytest_configure():
    """Models are imported by many test files; nothing is asked of the database yet."""
    import django

    django.setup()


def pytest_sessionfinish(session):
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def installation():
    """A running database with its roles, tables and policies."""
    from clew.site.home import home
    from clew.site.postgres import Cluster

    cluster = Cluster(home())
    cluster.start()
    cluster.ensure_database("clew")
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.db import connections

    from clew.site.preparation import prepare_database

    # Dear hashing is for those who guess; the tests know their password.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 64

    prepare_database()
    yield cluster
    connections.close_all()
    cluster.stop()


# Emptying a table that is empty costs as much as one that is not: only those with rows are touched.
_EMPTY = """
DO $$ DECLARE t text; has_rows boolean; BEGIN
  FOR t IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'
           AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission') LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', t) INTO has_rows;
    IF has_rows THEN EXECUTE format('DELETE FROM %s', t); END IF;
  END LOOP;
END $$
"""


@pytest.fixture
def database(installation):
    """The installation's database, empty again afterwards."""
    from django.db import connections

    yield connections
    with connections["owner"].cursor() as cursor:
        # Only the superuser may empty the ledger, and only with triggers off: the product never can.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_EMPTY)
        cursor.execute("SET session_replication_role = DEFAULT")
    from django.conf import settings

    from clew.intake import part_search, recognition

    recognition._recogniser = None
    part_search.forget_part_searches()
    for kept in Path(settings.CLEW_VAULT_URL).rglob("*"):
        # The folders stay: processes know which of them they have made.
        if kept.is_file():
            kept.unlink()
    shutil.rmtree(settings.CLEW_INDEX_PATH)
    settings.CLEW_INDEX_PATH.mkdir(mode=0o700)


@dataclass
class World:
    """Two countries and a provider, with officers of each; `officer("NO")` is Norway's specialist."""

    organisations: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)
    officers: dict = field(default_factory=dict)

    def found(self, key, kind="bureau", roles=("specialist",)):
        from clew.access.actions import enlist_officer, found_organisation, set_up_unit
        from clew.kernel.clock import now

        organisation = found_organisation(
            key=key.lower(),
            name=f"Bureau {key}",
            kind=kind,
            country=key if kind == "bureau" else "",
            state="active",
        )
        unit = set_up_unit(
            organisation,
            name="Unit",
            contact_email=f"desk@{key.lower()}.example",
            contact_phone="+00 1",
            purpose_default="victim-identification",
            legal_basis_default="Act 1",
        )
        officer = enlist_officer(
            unit,
            username=f"{key.lower()}.officer",
            name=f"Officer {key}",
            roles=roles,
            password=PASSWORD,
            certified_until=now().date() + timedelta(days=120 * 365),
        )
        self.organisations[key], self.units[key], self.officers[key] = organisation, unit, officer
        return officer

    def officer(self, key):
        return self.officers[key]

    def grounds(self, **changes):
        from clew.catalogue.actions import Grounds

        return Grounds(
            **{"purpose": "victim identification", "confidentiality": "restricted", "sharing": "nobody", **changes}
        )

    def submit(self, key, files, *, reference="C-1", decide=True, close=True, **changes):
        """A submission of `files` (path -> bytes) by an officer's unit, decided in this process."""
        from clew.intake.actions import close_submission, open_submission, receive_files

        officer = self.officer(key)
        submission = open_submission(
            officer, case_reference=reference, legal_basis="Act 1", grounds=self.grounds(**changes), door="test"
        )
        receive_files(officer, submission.id, [(str(path), str(path), content) for path, content in files.items()])
        if close:
            close_submission(officer, submission.id)
        if decide:
            self.decide(submission)
        return submission

    def decide(self, submission):
        from clew.intake.pipeline import decide_waiting
        from clew.ledger.delivery import deliver_waiting

        while decide_waiting(submission.id):
            pass
        deliver_waiting()

    def verdicts(self, submission):
        """Path -> (verdict, reason) of a submission, as its owner sees them."""
        from clew.access.scope import acting_as
        from clew.intake.queries import verdicts_of

        officer = next(o for o in self.officers.values() if o.unit_id == submission.owner_unit_id)
        with acting_as(officer):
            return {verdict.file.path: verdict for verdict in verdicts_of(officer, submission)}

    def confirmed(self, key):
        """The same, just after the officer has confirmed that it is they."""
        import time

        client = self.client(key)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(self.officer(key).pk)
        session.save()
        return client

    def client(self, key):
        """A browser signed in as the officer, past both factors."""
        from django.test import Client

        from clew.access.second_factor import set_up_one_time_code

        officer = self.officer(key)
        set_up_one_time_code(officer)
        client = Client()
        client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client


@pytest.fixture
def world(database):
    """Norway and Portugal (bureaus), and a provider."""
    made = World()
    made.found("NO")
    made.found("PT")
    made.found("HL", kind="provider", roles=("provider_engineer",))
    return made


@pytest.fixture
def settings_of():
    """Settings for the length of a test: `settings_of(CLEW_LOCK_MINUTES=30)`."""
    from django.test import override_settings

    changed = []

    def change(**values):
        changed.append(override_settings(**values))
        changed[-1].enable()

    yield change
    for one in reversed(changed):
        one.disable()


@pytest.fixture(scope="session")
def pictures():
    """Benign pictures by number: `pictures(3)` is the same room each time, 3 and 4 are strangers."""
    from functools import cache

    from clew.demo.render.views import picture_of

    @cache
    def make(number, width=320, height=240):
        picture = picture_of(number, 0, width=width, height=height)
        picture.flags.writeable = False
        return picture

    return make


@pytest.fixture(scope="session")
def jpeg():
    """Pixels to JPEG bytes."""
    import io

    from PIL import Image

    def encode(pixels, quality=90):
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "JPEG", quality=quality)
        return out.getvalue()

    return encode


@pytest.fixture
def make_words(database):
    """Make the words of everything that waits, as the job does."""
    from clew.review.search_indexing import make_words

    def make():
        while make_words():
            pass

    return make
