"""Who sees what, said once more: a small model of the rules of decisions 0016, 0017, 0018 and 0020 in plain Python, for the machine that holds the database to it.

It knows the columns that decide, as plain rows by table, and nothing of the product's own rule.
"""

from dataclasses import dataclass, field

ROLES = (
    "auditor",
    "coordinator",
    "data_protection_officer",
    "national_administrator",
    "provider_engineer",
    "specialist",
)
MARKINGS = ("official", "restricted", "confidential")
#: Seen by the owner's own organisation alone.
OWN = [
    "access_approval",
    "access_budgetraise",
    "access_campaign",
    "access_campaignline",
    "access_canary",
    "access_certification",
    "access_denial",
    "access_onboardingtick",
    "access_spotcheck",
    "access_spotcheckanswer",
    "catalogue_caution",
    "catalogue_legalhold",
    "catalogue_purge",
    "catalogue_retentiontask",
    "cooperation_accessrequest",
    "cooperation_accesstask",
    "cooperation_alert",
    "review_decision",
    "review_result",
    "review_resultchunk",
    "review_secondlook",
    "review_secondreview",
    "review_stackskip",
]


@dataclass(frozen=True)
class Viewer:
    """An officer at this moment."""

    id: str
    organisation: str
    takes_part: bool
    is_member: bool
    cleared: tuple
    groups: frozenset
    deniers: frozenset
    glass: frozenset


@dataclass
class Model:
    """Table -> key -> row."""

    tables: dict = field(default_factory=dict)

    def rows(self, table):
        return self.tables.setdefault(table, {})

    def viewer(self, officer_id):
        """The officer as they stand, or None: nobody, who sees nothing."""
        officer = self.rows("access_officer")[officer_id]
        organisation = self.rows("access_organisation")[self.organisation_of(officer)]
        if not officer["is_active"] or organisation["state"] == "suspended":
            return None
        takes_part = organisation["state"] == "active"
        groups = {
            row["sharinggroup_id"]
            for row in self.rows("access_sharinggroup_members").values()
            if row["organisation_id"] == organisation["id"]
        }
        glass = [
            set(row["opened_rows"])
            for row in self.rows("access_glassbreak").values()
            if row["officer_id"] == officer_id and row["is_open"]
        ]
        return Viewer(
            officer_id,
            organisation["id"],
            takes_part,
            takes_part and organisation["kind"] != "provider",
            MARKINGS[: MARKINGS.index(officer["clearance"]) + 1],
            frozenset(groups if takes_part else ()),
            frozenset(
                row["owner_organisation_id"]
                for row in self.rows("access_denial").values()
                if row["denied_id"] == organisation["id"]
            ),
            frozenset().union(*glass),
        )

    def organisation_of(self, officer):
        return self.rows("access_unit")[officer["unit_id"]]["organisation_id"]

    def sees_shared(self, viewer, row):
        """Decision 0016, in its order."""
        if row["confidentiality"] not in viewer.cleared:
            return False
        if row["owner_organisation_id"] == viewer.organisation:
            return True
        if row["owner_organisation_id"] in viewer.deniers or viewer.organisation in row["denied_organisations"]:
            return False
        if row["under_examination"] or not viewer.is_member:
            return False
        named = viewer.organisation in row["audience_organisations"] or viewer.groups & set(row["audience_groups"])
        if row["release_only"] and not named:
            return False
        through_glass = row["id"] in viewer.glass and not row["release_only"]
        return (
            through_glass
            or (row["sharing"] == "members" and viewer.is_member)
            or bool(row["sharing"] == "listed" and named)
        )

    def visible(self, viewer, table):
        """The keys of the rows of a table that the viewer may see."""
        if viewer is None:
            return set()
        return {key for key, row in self.rows(table).items() if self._rule(viewer, table)(row)}

    def _rule(self, viewer, table):
        mine = viewer.organisation

        def own(row):
            return row["owner_organisation_id"] == mine

        if table in OWN:
            return own
        if table in {"catalogue_series", "catalogue_sighting"}:
            return lambda row: self.sees_shared(viewer, row)
        if table in {"catalogue_case", "catalogue_submission"}:
            return lambda row: own(row) and row["confidentiality"] in viewer.cleared
        return getattr(self, f"_{table}")(viewer, own)

    def _catalogue_membership(self, viewer, _own):
        series = self.visible(viewer, "catalogue_series")
        return lambda row: row["series_id"] in series

    def _catalogue_media(self, viewer, _own):
        media = self._media_seen(viewer)
        return lambda row: row["id"] in media

    def _media_seen(self, viewer):
        """Contents of which a sighting is seen, or a statement that opens them."""
        sightings, stated = self.rows("catalogue_sighting"), self.rows("catalogue_membership")
        seen = {sightings[key]["media_id"] for key in self.visible(viewer, "catalogue_sighting")}
        opened = {
            stated[key]["media_id"]
            for key in self.visible(viewer, "catalogue_membership")
            if stated[key]["opens_media"]
        }
        return seen | opened

    def _review_statement(self, viewer, _own):
        media = self._media_seen(viewer)
        return lambda row: self.sees_shared(viewer, row) and row["media_id"] in media

    _review_votecall = _review_statement
    _review_promotion = _review_statement

    def _own_where_seen(*columns):
        def rule(self, viewer, own):
            media = self._media_seen(viewer)
            return lambda row: own(row) and all(row[column] in media for column in columns)

        return rule

    _catalogue_apart = _own_where_seen("left_id", "right_id")
    _review_stack = _own_where_seen("medoid_id")
    _review_stackmember = _own_where_seen("media_id")
    _review_stackmove = _own_where_seen("media_id")

    def _intake_receivedfile(self, viewer, own):
        submissions = self.visible(viewer, "catalogue_submission")
        return lambda row: own(row) and row["submission_id"] in submissions

    _intake_verdict = _intake_receivedfile

    def _intake_match(self, viewer, own):
        verdicts = self.visible(viewer, "intake_verdict")
        return lambda row: own(row) and row["verdict_id"] in verdicts

    def _cooperation_requestwords(self, viewer, _own):
        sides = self.visible(viewer, "cooperation_accessrequest") | self.visible(viewer, "cooperation_accesstask")
        return lambda row: row["request_id"] in sides

    def _access_officer(self, viewer, _own):
        return lambda row: self.organisation_of(row) == viewer.organisation

    def _access_apikey(self, viewer, _own):
        officers = self.visible(viewer, "access_officer")
        return lambda row: row["officer_id"] in officers

    def _access_sharinggroup(self, viewer, _own):
        return lambda row: row["owner_id"] == viewer.organisation or row["id"] in viewer.groups

    def _access_sharinggroup_members(self, viewer, _own):
        groups = self.visible(viewer, "access_sharinggroup")
        return lambda row: row["sharinggroup_id"] in groups

    def _access_glassbreak(self, viewer, own):
        return lambda row: own(row) or row["holder_organisation_id"] == viewer.organisation

    def _access_guardnotice(self, viewer, own):
        return lambda row: own(row) or row["planter_organisation_id"] == viewer.organisation

    def _ledger_entry(self, viewer, _own):
        return lambda row: row["organisation_id"] == viewer.organisation

    # What the owner's rule and a caution reach, in rows: (table, key) of everything under a record.

    def under(self, kind, key):
        """The record and what stands under it."""
        if kind == "series":
            return [("catalogue_series", key)]
        submissions = (
            [key]
            if kind == "submission"
            else [k for k, row in self.rows("catalogue_submission").items() if row["case_id"] == key]
        )
        sightings = [k for k, row in self.rows("catalogue_sighting").items() if row["submission_id"] in submissions]
        above = [("catalogue_case", key)] if kind == "case" else []
        return (
            above + [("catalogue_submission", k) for k in submissions] + [("catalogue_sighting", k) for k in sightings]
        )

    def ruled(self, kind, key, rule):
        """What a rule makes of the rows under a record and around it: [(table, key, columns)]."""
        owner = self.rows(f"catalogue_{kind}")[key]["owner_organisation_id"]
        changes = []
        if kind == "series":
            inside = {
                row["media_id"]
                for row in self.rows("catalogue_membership").values()
                if row["series_id"] == key and row["opens_media"]
            }
            held = {
                k: row
                for k, row in self.rows("catalogue_sighting").items()
                if row["owner_organisation_id"] == owner and row["media_id"] in inside
            }
            marking = max(
                [rule["confidentiality"], *(row["confidentiality"] for row in held.values())], key=MARKINGS.index
            )
            changes += [("catalogue_series", key, {**rule, "confidentiality": marking})]
            if rule["denied_organisations"]:
                changes += [
                    (
                        "catalogue_sighting",
                        k,
                        {"denied_organisations": sorted({*row["denied_organisations"], *rule["denied_organisations"]})},
                    )
                    for k, row in held.items()
                ]
            return changes
        reached = self.under(kind, key)
        changes += [(table, k, rule) for table, k in reached]
        if kind == "submission":
            case = self.rows("catalogue_submission")[key]["case_id"]
            if case in self.rows("catalogue_case"):
                changes += self._raised("catalogue_case", [case], rule["confidentiality"])
        media = {self.rows(table)[k]["media_id"] for table, k in reached if table == "catalogue_sighting"}
        series = {
            row["series_id"]
            for row in self.rows("catalogue_membership").values()
            if row["media_id"] in media and row["opens_media"]
        }
        own = [
            k
            for k in series
            if k in self.rows("catalogue_series") and self.rows("catalogue_series")[k]["owner_organisation_id"] == owner
        ]
        return changes + self._raised("catalogue_series", own, rule["confidentiality"])

    def _raised(self, table, keys, marking):
        return [
            (table, k, {"confidentiality": marking})
            for k in keys
            if MARKINGS.index(self.rows(table)[k]["confidentiality"]) < MARKINGS.index(marking)
        ]
