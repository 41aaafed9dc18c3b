"""How officers of the isolation machine look and act through the product: its queries, pages and actions, and which roles each is for, said once more."""

import uuid
from dataclasses import dataclass

from clew.kernel.errors import ClewError

#: Roles of which a specialist needs a certification for everything but these queries.
UNCERTIFIED = {"approvals_seen", "glass_seen", "keys_of"}
#: What is open while an organisation is being onboarded.
ONBOARDING = {"approvals_seen", "officers_of", "entries_read", "keys_of_organisation"}
S, N, A, C = "specialist", "national_administrator", "auditor", "coordinator"


@dataclass(frozen=True)
class Query:
    """A query of the product: for whom, over which noun, and whether it gives all that may be seen or a part of it."""

    room: str
    name: str
    roles: tuple
    table: str
    is_all: bool = False
    #: The noun whose key it takes besides the officer.
    about: str = ""
    #: What of its rows is the key of the noun.
    key: str = "pk"

    def __call__(self, officer, key):
        from importlib import import_module

        ask = getattr(import_module(f"clew.{self.room}"), self.name)
        if not self.about:
            return {str(getattr(row, self.key)) for row in ask(officer)}
        if self.name.endswith("_for"):
            return {str(ask(officer, uuid.UUID(key)).pk)}
        from django.apps import apps

        room, noun = self.about.split("_")
        about = apps.get_model(room, noun)(pk=uuid.UUID(key))
        return {str(getattr(row, self.key)) for row in ask(officer, about)}


QUERIES = [
    Query("catalogue.queries", "series_visible", (S, N, C), "catalogue_series", is_all=True),
    Query("catalogue.queries", "series_for", (S, N, C), "catalogue_series", about="catalogue_series"),
    Query("catalogue.queries", "media_for", (S,), "catalogue_media", about="catalogue_media"),
    Query("catalogue.queries", "media_of_series", (S,), "catalogue_media", about="catalogue_series", key="media_id"),
    Query("catalogue.queries", "series_of", (S, N, C), "catalogue_series", about="catalogue_media"),
    Query("catalogue.queries", "sightings_of", (S,), "catalogue_sighting", about="catalogue_media"),
    Query("catalogue.queries", "cases_of", (S, N), "catalogue_case", is_all=True),
    Query("catalogue.retention_queries", "purges_of", (S, N, A), "catalogue_purge"),
    Query("intake.queries", "submissions_of", (S, N), "catalogue_submission"),
    Query("intake.queries", "submission_for", (S, N), "catalogue_submission", about="catalogue_submission"),
    Query("intake.queries", "verdicts_of", (S, N), "intake_verdict", about="catalogue_submission"),
    Query("intake.queries", "waiting_of", (S, N), "intake_receivedfile", about="catalogue_submission"),
    Query("intake.handing_over", "held_submissions", (N,), "catalogue_submission"),
    Query("cooperation.queries", "alerts_of", (S, N, C), "cooperation_alert"),
    Query("cooperation.queries", "requests_of", (S,), "cooperation_accessrequest"),
    Query("cooperation.queries", "tasks_of", (S, N), "cooperation_accesstask"),
    Query("access.groups", "groups_known_to", (S, N), "access_sharinggroup", is_all=True),
    Query("access.queries", "groups_to_share_with", (S, N), "access_sharinggroup"),
    Query("access.groups", "denials_of", (N,), "access_denial", is_all=True),
    Query("access.people_queries", "officers_of", (N, A), "access_officer", is_all=True),
    Query("access.approvals", "approvals_seen", (S, N, A), "access_approval"),
    Query("access.break_glass", "glass_seen", (S, N, A), "access_glassbreak"),
    Query("access.canaries", "canaries_of", (A,), "access_canary"),
    Query("access.canaries", "notices_seen", (N, A), "access_guardnotice"),
    Query("access.spot_checks", "checks_seen", (A,), "access_spotcheck"),
    Query("access.audit_queries", "entries_read", (N, A), "ledger_entry"),
    Query("review.search", "media_found", (S,), "catalogue_media", is_all=True),
    Query("review.saved_searches", "saved_visible", (S,), "review_savedsearch", is_all=True),
    Query("review.second_review_queries", "second_reviews_of", (N, A), "review_secondreview", is_all=True),
    Query("review.second_review_queries", "second_reviews_open", (S,), "review_secondreview"),
    Query("review.vote_queries", "calls_visible", (S,), "review_votecall", is_all=True),
    Query("catalogue.apart", "apart_of", (S,), "catalogue_apart", about="catalogue_media"),
    Query("review.apart", "own_moves", (S,), "review_stackmove"),
    Query("review.leases", "open_stacks", (S,), "review_stack"),
    Query("review.proposals", "stacks_with_proposals", (S,), "review_stack"),
    Query("review.statements", "own_decisions", (S,), "review_decision"),
    Query("access.keys", "keys_of", (S, N, "provider_engineer"), "access_apikey"),
    Query("access.keys", "keys_of_organisation", (N,), "access_apikey", is_all=True),
]
#: An address of one record and its noun, for whom.
PAGES = [
    ("/series/{}/", "catalogue_series", (S, N, C)),
    ("/media/{}/", "catalogue_media", (S,)),
    ("/submissions/{}/", "catalogue_submission", (S, N)),
    ("/verdicts/{}/", "intake_verdict", (S, N)),
]


class Doors:
    """The product, as the officers of a machine use it."""

    def __init__(self, countries, connections):
        self.countries, self.model, self.connections = countries, countries.model, connections
        self.asked = self.opened = self.acted = self.shown = 0

    def officer(self, officer_id):
        from clew.access.models import Officer

        return Officer.objects.using("service").select_related("unit__organisation").get(id=officer_id)

    def may(self, officer_id, roles, name=""):
        """Whether one of these roles is theirs, and counts now."""
        row = self.model.rows("access_officer")[officer_id]
        viewer = self.model.viewer(officer_id)
        if viewer is None or not (viewer.takes_part or name in ONBOARDING):
            return False
        held = set(row["roles"])
        if (row["certified_until"] is None or row["certified_until"].year < 2026) and name not in UNCERTIFIED:
            held.discard(S)
        return bool(held & set(roles))

    def allowed(self, officer_id, table):
        """What the database gives; the coordinator's auditors read entries and notices of all, which hold ids alone."""
        viewer = self.model.viewer(officer_id)
        if table in {"ledger_entry", "access_guardnotice"} and viewer is not None:
            organisation = self.model.rows("access_organisation")[viewer.organisation]
            if organisation["kind"] == C:
                return set(self.model.rows(table))
        return self.model.visible(viewer, table)

    def told_of(self, officer_id, table):
        """The keys of the records that pages and queries of one record give: a submission and its verdicts are told with their case, so whoever
        is not cleared for the case, which takes the strictest marking of what is in it, is told of none of them.
        """
        allowed = self.allowed(officer_id, table)
        if table not in {"catalogue_submission", "intake_verdict"}:
            return allowed
        cases = self.allowed(officer_id, "catalogue_case")
        submissions = {k for k, row in self.model.rows("catalogue_submission").items() if row["case_id"] in cases}
        rows = self.model.rows(table)
        return {
            k for k in allowed if (k if table == "catalogue_submission" else rows[k]["submission_id"]) in submissions
        }

    def ask(self, officer_id, chance):
        """One query as the officer: refused, or nothing beyond what they may see."""
        from clew.access.scope import acting_as

        query = chance.choice(QUERIES)
        key = self.countries.one_of(query.about) if query.about else None
        if query.about and key is None:
            return
        officer = self.officer(officer_id)
        try:
            with acting_as(officer):
                told = query(officer, key)
        except ClewError as refusal:
            told = refusal
        may, allowed = self.may(officer_id, query.roles, query.name), self.allowed(officer_id, query.table)
        self.asked += 1
        if query.name == "requests_of" and not may:
            assert told == set(), (query, officer_id, told)
            return
        if not may or isinstance(told, ClewError):
            is_hidden = may and query.name.endswith("_for") and key not in self.told_of(officer_id, query.table)
            assert isinstance(told, ClewError), (query, officer_id, told)
            assert is_hidden or not may, (query, officer_id, told)
            return
        self.shown += bool(told)
        if query.name.endswith("_for"):
            assert told <= self.told_of(officer_id, query.table), (query, officer_id, told)
        assert told <= allowed, (query, officer_id, told - allowed)
        if query.is_all:
            assert told == allowed, (query, officer_id, allowed - told)

    def open_page(self, officer_id, chance):
        """One page as the officer: it is there where they may see the record, and not there else."""
        from django.test import Client

        from clew.access.second_factor import set_up_one_time_code

        address, table, roles = chance.choice(PAGES)
        key = self.countries.one_of(table)
        if key is None:
            return
        officer = self.officer(officer_id)
        may = self.may(officer_id, roles)
        expected = may and key in self.told_of(officer_id, table)
        set_up_one_time_code(officer)
        client = Client()
        client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
        answer = client.get(address.format(key))
        assert (answer.status_code == 200) == bool(expected), (address, officer_id, answer.status_code, expected)
        self.opened += 1
        self.countries.read_again("ledger_entry", "access_guardnotice")

    def act(self, officer_id, chance):
        """One action of the product, by the officer: it does to the rows what the model says, and only to one's own."""
        act = chance.choice([self._share, self._share, self._deny, self._group, self._caution])
        try:
            act(self.officer(officer_id), chance)
            self.acted += 1
        except ClewError:
            pass
        self.countries.read_again(
            "ledger_entry",
            "access_guardnotice",
            "access_denial",
            "access_sharinggroup_members",
            "catalogue_caution",
            # What is said of a content follows the rule of the sightings it rests on.
            "review_statement",
            "review_votecall",
            "review_promotion",
        )

    def _share(self, officer, chance):
        from clew.catalogue.sharing import Rule, change_rule

        kind, key = self.countries.some_record()
        if key is None:
            return
        rule = self.countries.rule()
        ids = {name: [uuid.UUID(one) for one in told] for name, told in rule.items() if isinstance(told, list)}
        change_rule(officer, kind, uuid.UUID(key), Rule(**{**rule, **ids}))
        assert self.model.rows(f"catalogue_{kind}")[key]["owner_organisation_id"] == str(officer.organisation_id)
        for table, changed, columns in self.model.ruled(kind, key, rule):
            self.model.rows(table)[changed].update(columns)

    def _caution(self, officer, chance):
        from clew.catalogue.caution import set_caution

        kind, key = self.countries.some_record(("case", "series"))
        if key is None:
            return
        seen = self.model.visible(self.model.viewer(str(officer.pk)), f"catalogue_{kind}")
        set_caution(officer, kind, uuid.UUID(key), "it may not be what it says it is")
        assert key in seen
        for table, changed in self.model.under(kind, key):
            self.model.rows(table)[changed]["under_examination"] = True

    def _deny(self, officer, chance):
        from clew.access.groups import deny, lift_denial

        standing = self.countries.one_of("access_denial")
        if standing and chance.random() < 0.5:
            lift_denial(officer, uuid.UUID(standing))
            assert self.model.rows("access_denial")[standing]["owner_organisation_id"] == str(officer.organisation_id)
        else:
            deny(officer, uuid.UUID(chance.choice(self.countries.organisations())), "they passed it on")

    def _group(self, officer, chance):
        from clew.access.groups import add_member, remove_member

        group, organisation = (
            self.countries.one_of("access_sharinggroup"),
            chance.choice(self.countries.organisations()),
        )
        if group is None:
            return
        change = add_member if chance.random() < 0.6 else remove_member
        change(officer, uuid.UUID(group), uuid.UUID(organisation))
        assert self.model.rows("access_sharinggroup")[group]["owner_id"] == str(officer.organisation_id)
