"""Isolation against a small model: whatever is brought, shared, denied, doubted, opened and closed, nobody sees a row that the rules do not give them.

Every step is drawn by its own seed from the state before it, so any part of a run can be played again; what fails is played again with ever fewer steps.
"""

import ast
import random
import time
from pathlib import Path

import pytest

import clew
from tests.isolation_doors import QUERIES, Doors
from tests.isolation_world import NOUNS, Countries, key_of

#: Tables the web role may read in which nothing belongs to one country, each with its reason.
DIRECTORIES = {
    "access_organisation": "names of organisations: whom a record can be shared with",
    "access_unit": "units and whom to call: what a contact answer shows",
    "auth_group": "Django's, empty",
    "auth_permission": "Django's words for its own models",
    "django_content_type": "Django's names of models",
    "django_migrations": "which migrations ran",
    "ledger_witness": "which witnesses this installation has",
    "mfa_authenticator": "read before there is a scope, with sealed secrets (threat model)",
}
#: The store of data subjects' requests: no role but its own.
STORE = ("access_subjectfreeze", "access_subjectrequest")


def _readable(database):
    with database["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
            " AND has_any_column_privilege('clew_web', oid, 'SELECT')"
        )
        return {name for (name,) in cursor.fetchall()}


#: The nouns with a rule of their own.
RULED = ("catalogue_case", "catalogue_series", "catalogue_sighting", "catalogue_submission")


def _deciding(row):
    lists = ("audience_organisations", "audience_groups", "denied_organisations")
    plain = ("confidentiality", "sharing", "release_only", "under_examination", "owner_organisation_id")
    return {**{name: row[name] for name in plain}, **{name: {str(one) for one in row[name]} for name in lists}}


class Machine:
    """Countries that live, and officers who look."""

    def __init__(self, database, seed=0):
        with database["owner"].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for table in [*NOUNS, "access_unit", "access_organisation"]:
                cursor.execute(f"DELETE FROM {table}")
        self.web = database["default"]
        self.countries = Countries(database, seed)
        self.model = self.countries.model
        self.officers = list(self.model.rows("access_officer"))
        #: Those who were enlisted to decide about records, whatever became of them.
        self.deciding = [
            key for key in self.officers if {"specialist", "national_administrator"} & set(self._roles(key))
        ]
        self.doors = Doors(self.countries, database)
        self.pairs = self.shown = 0
        self.seen_tables = set()

    def _roles(self, officer_id):
        return self.model.rows("access_officer")[officer_id]["roles"]

    def step(self, seed):
        name = self.countries.step(seed)
        chance = random.Random(~seed)
        self.look(chance.choice(self.officers), chance.sample(NOUNS, 3))
        if seed % 20 == 0:
            self.look(None, NOUNS)
            self.doors.ask(chance.choice(self.officers), chance)
        if seed % 50 == 25:
            self.doors.act(chance.choice(self.deciding), chance)
        if seed % 500 == 250:
            self.doors.open_page(chance.choice(self.officers), chance)
        return name

    def look(self, officer_id, tables):
        """Plain SELECTs as the web role in the officer's scope, with no filter of the application: exactly what the model says."""
        asked = [f"SELECT clew_enter('{officer_id}')"] if officer_id else []
        asked += [f"SELECT coalesce(array_agg({key_of(table)}::text), '{{}}') FROM {table}" for table in tables]
        viewer = self.model.viewer(officer_id) if officer_id else None
        with self.web.cursor() as cursor:
            cursor.execute("; ".join(asked))
            if officer_id:
                cursor.nextset()
            for table in tables:
                told = set(cursor.fetchone()[0])
                cursor.nextset()
                expected = self.model.visible(viewer, table)
                assert told == expected, (table, officer_id, viewer, told ^ expected)
                self.pairs, self.shown = self.pairs + 1, self.shown + len(told)
                if told:
                    self.seen_tables.add(table)

    def look_at_everything(self):
        """Every officer at every noun; and the columns that decide are those of the model, however they were changed."""
        for officer_id in self.officers:
            self.look(officer_id, NOUNS)
        held = {table: dict(self.model.rows(table)) for table in RULED}
        self.countries.read_again(*RULED)
        for table, rows in held.items():
            now = self.model.rows(table)
            assert {key: _deciding(row) for key, row in rows.items()} == {
                key: _deciding(row) for key, row in now.items()
            }


def fails(database, seeds, world=0):
    """Where the machine, begun anew in this world, first fails over these steps: (number of steps taken, failure), or None."""
    machine = Machine(database, world)
    for number, seed in enumerate(seeds, 1):
        try:
            machine.step(seed)
        except AssertionError as failure:
            return number, failure
    return None


def shrunk(database, seeds, seconds_max=60, world=0):
    """Fewer steps that still fail, as few as are found in the time."""
    until = time.monotonic() + seconds_max
    size = max(len(seeds) // 2, 1)
    while time.monotonic() < until:
        for start in range(0, len(seeds), size):
            fewer = seeds[:start] + seeds[start + size :]
            if fewer and (found := fails(database, fewer, world)):
                seeds = fewer[: found[0]]
                break
        else:
            if size == 1:
                break
            size = max(size // 2, 1)
    return seeds


def run(database, steps, first=0):
    machine = Machine(database, first)
    seeds = []
    for seed in range(first, first + steps):
        seeds.append(seed)
        try:
            machine.step(seed)
            if seed % 2_000 == 1_999:
                machine.look_at_everything()
        except AssertionError as failure:
            fewer = shrunk(database, seeds, world=first) if len(seeds) <= 3_000 else seeds
            pytest.fail(f"world {first}, after {len(seeds)} steps; again with {fewer[-100:]}: {failure}")
    machine.look_at_everything()
    return machine


def test_every_table_is_in_the_model_or_shut_or_named_with_its_reason(database):
    assert _readable(database) == set(NOUNS) | set(DIRECTORIES)
    with database["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT (relrowsecurity AND relforcerowsecurity) AND has_any_column_privilege('clew_web', oid, 'SELECT')"
        )
        assert {name for (name,) in cursor.fetchall()} <= set(DIRECTORIES)


@pytest.mark.timeout(900)
def test_20_000_steps_leak_nothing(database):
    machine = run(database, 20_000)
    # What nobody ever saw would prove nothing.
    assert machine.seen_tables == set(NOUNS)
    assert machine.shown > machine.pairs
    assert min(machine.doors.asked, machine.doors.shown) > 50
    assert min(machine.doors.acted, machine.doors.opened) > 20


#: What a policy may forget, each as the words that are left out of it.
FORGOTTEN = {
    "a caution": ("clew_sees_row", "NOT under_examination"),
    "a denial of one row": (
        "clew_sees_row",
        "NOT nullif(current_setting('clew.organisation', true), '')::uuid = ANY (denied)",
    ),
    "a denial of everything": (
        "clew_sees_row",
        "NOT owner = ANY (coalesce(nullif(current_setting('clew.deniers', true), ''), '{}')::uuid[])",
    ),
    "the marking": (
        "catalogue_case",
        "((confidentiality)::text = ANY (( SELECT clew_clearances() AS clew_clearances)::text[]))",
    ),
    "what opens media": ("clew_sees_media", "m.opens_media"),
    "the submission of a verdict": ("intake_verdict", "(s.id = intake_verdict.submission_id)"),
    "the owner of an alert": (
        "cooperation_alert",
        "(owner_organisation_id = ( SELECT clew_organisation() AS clew_organisation))",
    ),
}


@pytest.mark.parametrize("forgotten", FORGOTTEN)
def test_the_machine_finds_what_a_policy_forgets_and_makes_it_small(database, forgotten):
    name, words = FORGOTTEN[forgotten]
    with database["owner"].cursor() as cursor:
        whole, weaken = _said_by(cursor, name)
        assert words in whole
        cursor.execute(weaken(whole.replace(words, "true")))
        try:
            found = fails(database, list(range(3_000)))
            assert found
            assert len(shrunk(database, list(range(found[0])))) <= 20
        finally:
            cursor.execute(weaken(whole))


def _said_by(cursor, name):
    """What a function or a table's policy says, and how it is made to say something else."""
    if name.startswith("clew_"):
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [name])
        return cursor.fetchone()[0], str
    cursor.execute("SELECT qual FROM pg_policies WHERE policyname = %s", [f"{name}_see"])
    return cursor.fetchone()[0], f"ALTER POLICY {name}_see ON {name} USING ({{}})".format


@pytest.mark.long
@pytest.mark.timeout(3_000)
def test_200_000_steps_leak_nothing(database):
    """In ten worlds of 20,000 steps each: as many beginnings, and what fails is played again in a tenth of the time."""
    for world in range(10):
        machine = run(database, 20_000, first=world * 20_000)
        assert machine.seen_tables == set(NOUNS)


#: Queries for an officer that the machine does not ask, each with its reason.
NOT_ASKED = {
    "_own_stacks": "counted by the service and never shown; a test of the desk holds the count to the policy",
    "_answered": "a part of the second reviews, under their policy",
    "_free": "a part of the open stacks",
    "_skipped": "a part of the open stacks",
    "_theirs": "a part of the second reviews, under their policy",
    "_unskipped": "a part of the open stacks",
    "_waiting": "contents of one's own stacks, under their policy",
    "_with_numbers": "as second_reviews_of",
    "_registered": "the organisation's own officers, as officers_of",
    "administrators_waiting": "read by the service for the coordinator, who oversees all",
    "confirmations_of": "read by the service: they say of schemes, not of contents, and are the officer's organisation's own by its id",
    "cautions_clearable": "read by the service: cautions of compliance are hidden from the web role",
    "certifications_of": "of one officer, under the policy of certifications",
    "cleared": "a part of _own_stacks",
    "embedded_in": "files in a file, as waiting_of",
    "entries_wanted": "a part of entries_read",
    "history_of": "read by the service, of records one's organisation holds",
    "lines_of": "of a campaign, under its policy",
    "officers_audited": "names for the filters of the entries",
    "organisations_to_share_with": "a directory",
    "promotions_visible": "of contents that are named, under the policy of statements",
    "units_of": "a directory",
    "words_of": "of a request, under its policy",
}
#: Read by the service, which names officers of others by their unit alone: their filter is the wall, tested with the machine.
BY_THE_SERVICE = {"glass_seen", "notices_seen"}


def _queries_of_the_product():
    for path in Path(clew.__file__).parent.rglob("*.py"):
        for found in ast.walk(ast.parse(path.read_text())):
            if (
                not isinstance(found, ast.FunctionDef)
                or not found.returns
                or "QuerySet[" not in ast.unparse(found.returns)
            ):
                continue
            if found.args.args and ast.unparse(found.args.args[0].annotation or ast.Constant("")) == "Officer":
                yield found.name


def test_with_every_filter_of_the_application_mutated_away_no_query_gives_a_foreign_row(database, monkeypatch):
    """`filter` and `exclude` do nothing: what still stands between the officers is the database alone."""
    from django.db.models import QuerySet

    from clew.access.scope import acting_as
    from clew.kernel.errors import ClewError

    asked = {query.name for query in QUERIES}
    assert set(_queries_of_the_product()) <= asked | set(NOT_ASKED)
    machine = Machine(database)
    for seed in range(600):
        machine.countries.step(seed)
    officers = {officer_id: machine.doors.officer(officer_id) for officer_id in machine.officers}
    filtered = QuerySet._filter_or_exclude
    monkeypatch.setattr(
        QuerySet,
        "_filter_or_exclude",
        lambda rows, *how: rows._chain() if rows.db == "default" else filtered(rows, *how),
    )
    shown = 0
    for officer_id, officer in officers.items():
        for query in QUERIES:
            key = machine.countries.one_of(query.about) if query.about else None
            if query.name in BY_THE_SERVICE or (query.about and key is None):
                continue
            try:
                with acting_as(officer):
                    told = query(officer, key)
            except ClewError:
                continue
            shown += len(told)
            foreign = told - machine.doors.allowed(officer_id, query.table)
            assert not foreign, (query, officer_id, foreign)
    assert shown > 300
