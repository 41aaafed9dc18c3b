"""The world of the isolation machine: five countries, a provider and the coordinator, an officer in each role of each, and steps that change
rows of every noun, in the model and in the database alike. Rows are written straight into the tables: cheap, and in whatever shape.
"""

import datetime as dt
import random
import uuid

from tests.isolation import MARKINGS, OWN, OWN_OFFICER, ROLES, Model

ORGANISATIONS = {
    "NO": "bureau",
    "PT": "bureau",
    "SE": "bureau",
    "FR": "bureau",
    "JP": "bureau",
    "HL": "provider",
    "CO": "coordinator",
}
#: Rows of a noun; who comes after makes room.
ROWS_MAX = 30
KEYS = {"intake_verdict": "file_id", "cooperation_accesstask": "request_id", "ledger_entry": "sequence"}
#: Nouns whose rows hang on others; with the nouns of one owner alone, on which the model's rules say the rest.
NOUNS = [
    *OWN,
    *OWN_OFFICER,
    "access_apikey",
    "access_glassbreak",
    "access_guardnotice",
    "access_officer",
    "access_sharinggroup",
    "access_sharinggroup_members",
    "catalogue_apart",
    "catalogue_case",
    "catalogue_media",
    "catalogue_membership",
    "catalogue_series",
    "catalogue_sighting",
    "catalogue_submission",
    "cooperation_requestwords",
    "intake_match",
    "intake_receivedfile",
    "intake_verdict",
    "ledger_entry",
    "review_promotion",
    "review_stack",
    "review_stackmember",
    "review_stackmove",
    "review_savedsearch",
    "review_searchword",
    "review_statement",
    "review_votecall",
]
WORDS = {
    ("access_approval", "state"): "requested",
    ("access_campaignline", "answer"): "waiting",
    ("catalogue_retentiontask", "answer"): "",
    ("catalogue_caution", "record_kind"): "case",
    ("catalogue_caution", "source"): "owner",
    ("catalogue_legalhold", "record_kind"): "case",
    ("catalogue_retentiontask", "record_kind"): "case",
    ("cooperation_accessrequest", "state"): "open",
    ("cooperation_accesstask", "state"): "open",
    ("intake_match", "level"): "full",
    ("intake_verdict", "kind"): "known",
}


#: Whose keys are numbers.
NUMBERED = {"ledger_entry", "access_sharinggroup_members", "review_searchword"}


def key_of(table):
    return KEYS.get(table, "id")


def _plain(value):
    """Ids as text, as the model has them."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, uuid.UUID) else value


class Countries:
    """The model and the database side by side."""

    def __init__(self, connections, seed):
        self.owner = connections["owner"]
        self.model = Model()
        self.chance = random.Random(seed)
        self.statements = []
        self.number = 10**9
        with self.owner.cursor() as cursor:
            cursor.execute(
                "SELECT table_name, column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public'"
                " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
            )
            self.required = {}
            for table, column, kind in cursor.fetchall():
                self.required.setdefault(table, {})[column] = kind
        self._found()
        self.flush()

    def some_id(self):
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def _found(self):
        for key, kind in ORGANISATIONS.items():
            organisation = self.add(
                "access_organisation", key=key.lower(), name=key, kind=kind, country=key[:2], state="active"
            )
            unit = self.add("access_unit", organisation_id=organisation, name=f"Unit {key}")
            for role in ROLES:
                self.add(
                    "access_officer",
                    unit_id=unit,
                    username=f"{key}.{role}",
                    name=f"{role} {key}",
                    roles=[role],
                    is_active=True,
                    clearance="confidential",
                    certified_until=dt.date(2999, 1, 1),
                )

    # The pieces of which rows are made.

    def organisations(self):
        return list(self.model.rows("access_organisation"))

    def unit_of(self, organisation):
        return next(k for k, row in self.model.rows("access_unit").items() if row["organisation_id"] == organisation)

    def officers_of(self, organisation):
        unit = self.unit_of(organisation)
        return [k for k, row in self.model.rows("access_officer").items() if row["unit_id"] == unit]

    def one_of(self, table):
        """The key of some row, or None."""
        rows = self.model.rows(table)
        return self.chance.choice(list(rows)) if rows else None

    def some(self, of, most=3):
        return self.chance.sample(of, self.chance.randint(0, min(most, len(of))))

    def rule(self):
        """Some rule of an owner."""
        chance, groups = self.chance, list(self.model.rows("access_sharinggroup"))
        rule = {
            "sharing": chance.choice(["members", "listed", "listed", "nobody"]),
            "outside": chance.choice(["contact", "existence", "silent"]),
            "confidentiality": chance.choice(MARKINGS),
            "audience_organisations": self.some(self.organisations()),
            "audience_groups": self.some(groups, 2),
            "release_only": chance.random() < 0.3,
            "denied_organisations": self.some(self.organisations()) if chance.random() < 0.3 else [],
        }
        if rule["sharing"] == "nobody" or not rule["audience_organisations"] + rule["audience_groups"]:
            rule["release_only"] = False
        return rule

    def owned(self, organisation):
        return {
            **self.rule(),
            "owner_organisation_id": organisation,
            "owner_unit_id": self.unit_of(organisation),
            "under_examination": self.chance.random() < 0.1,
            "purpose": "x",
        }

    def _filled(self, table, column, kind, organisation):
        chance = self.chance
        if column.endswith("_by_id") or column == "officer_id":
            return chance.choice(self.officers_of(organisation))
        if column.endswith("unit_id"):
            return self.unit_of(organisation if column == "owner_unit_id" else chance.choice(self.organisations()))
        if column in {"media_id", "series_id"}:
            return self.one_of(f"catalogue_{column.removesuffix('_id')}") or self.some_id()
        if kind == "varchar":
            return WORDS.get((table, column), f"{chance.getrandbits(32):08x}")
        return {
            "uuid": self.some_id,
            "text": str,
            "timestamptz": lambda: dt.datetime.now(dt.UTC),
            "date": lambda: dt.date(2999, 1, 1),
            "int2": lambda: 1,
            "int4": lambda: 1,
            "int8": lambda: 1,
            "bool": lambda: False,
            "bytea": lambda: chance.randbytes(32),
            "jsonb": lambda: "{}",
        }.get(kind, list)()

    def add(self, table, organisation=None, **columns):
        """A row with these columns, the rest filled; its key."""
        organisation = organisation or columns.get("owner_organisation_id") or columns.get("organisation_id")
        key = key_of(table)
        if key not in columns:
            self.number += 1
            columns[key] = self.number if table in NUMBERED else self.some_id()
        filled = {
            column: self._filled(table, column, kind, organisation)
            for column, kind in self.required[table].items()
            if column not in columns
        }
        row = {**filled, **columns}
        self.model.rows(table)[str(row[key])] = row
        names = ", ".join(f'"{column}"' for column in row)
        self.statements.append(
            (f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", [*row.values()])
        )
        return str(row[key])

    def change(self, table, key, **columns):
        self.model.rows(table)[key].update(columns)
        sets = ", ".join(f"{column} = %s" for column in columns)
        self.statements.append((f"UPDATE {table} SET {sets} WHERE {key_of(table)} = %s", [*columns.values(), key]))

    def remove(self, table, key):
        """A group goes with those in it: they would be in every later look, and a long run would only grow slower."""
        if table == "access_sharinggroup":
            members = self.model.rows("access_sharinggroup_members")
            for member in [k for k, row in members.items() if row["sharinggroup_id"] == key]:
                self.remove("access_sharinggroup_members", member)
        del self.model.rows(table)[key]
        self.statements.append((f"DELETE FROM {table} WHERE {key_of(table)} = %s", [key]))

    def flush(self):
        """Write what was done since, in one round trip and one commit."""
        with self.owner.cursor() as cursor:
            text = "; ".join(cursor.mogrify(sql, values) for sql, values in self.statements)
            cursor.execute(f"SET session_replication_role = replica; SET synchronous_commit = off; {text}")
        self.statements = []

    def read_again(self, *tables):
        """Take up what the product itself wrote into these tables."""
        with self.owner.cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT * FROM {table}")
                names = [column.name for column in cursor.description]
                rows = [dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall()]
                self.model.tables[table] = {str(row[key_of(table)]): row for row in rows}

    # The steps.

    def step(self, seed):
        """One step, drawn by its own seed from what is possible now; its name."""
        self.chance = random.Random(seed)
        names, weights = zip(*STEPS, strict=True)
        name = self.chance.choices(names, weights)[0]
        getattr(self, name)()
        if self.statements:
            self.flush()
        return name

    def bring(self):
        """A case with what it brings: submission, files, verdicts, matches, sightings, alerts."""
        organisation = self.chance.choice(self.organisations())
        owned = self.owned(organisation)
        case = self.add("catalogue_case", reference=self.some_id(), **owned)
        submission = self.add("catalogue_submission", case_id=case, **owned)
        for _ in range(self.chance.randint(1, 2)):
            is_new = self.chance.random() < 0.5
            media = (
                self.add("catalogue_media", organisation, kind="image") if is_new else self.one_of("catalogue_media")
            )
            if media is None:
                continue
            sighting = self.add("catalogue_sighting", media_id=media, submission_id=submission, **owned)
            own = {"owner_organisation_id": organisation}
            file = self.add("intake_receivedfile", submission_id=submission, depth=0, **own)
            self.add("intake_verdict", file_id=file, submission_id=submission, sighting_id=sighting, **own)
            match = self.add("intake_match", verdict_id=file, media_id=media, **own)
            if self.chance.random() < 0.3:
                self._ask(organisation, match, media)
        self._make_room()

    def _ask(self, asker, match, media):
        """A request for access, with the owner's task and words of both."""
        owner = self.chance.choice(self.organisations())
        request = self.add("cooperation_accessrequest", owner_organisation_id=asker, match_id=match)
        self.add(
            "cooperation_accesstask",
            request_id=request,
            owner_organisation_id=owner,
            media_id=media,
            series_id=self.one_of("catalogue_series"),
            asker_unit_id=self.unit_of(asker),
        )
        self.add("cooperation_requestwords", asker, request_id=request, by_owner=False)

    def _make_room(self):
        if len(self.model.rows("catalogue_case")) > ROWS_MAX // 2:
            self.purge()
        for table in (
            "catalogue_media",
            "catalogue_membership",
            "catalogue_series",
            *OWN,
            "cooperation_requestwords",
            "review_promotion",
            *OWN_OFFICER,
            "review_savedsearch",
            "review_searchword",
            "review_statement",
            "review_votecall",
        ):
            while len(self.model.rows(table)) > ROWS_MAX and (spare := self._spare(table)):
                self.remove(table, self.chance.choice(spare))

    def _spare(self, table):
        """What may go by itself: no content goes while a file of it is there."""
        held = {row["media_id"] for row in self.model.rows("catalogue_sighting").values()}
        return [key for key in self.model.rows(table) if table != "catalogue_media" or key not in held]

    def paper(self):
        """A row of some noun that its owner alone sees."""
        table, organisation = self.chance.choice(OWN), self.chance.choice(self.organisations())
        columns = {"owner_organisation_id": organisation}
        if table == "access_denial":
            self.deny()
            return
        if table == "access_campaign":
            # One may be open.
            columns["closed_at"] = dt.datetime.now(dt.UTC)
        self.add(table, **columns)
        self._make_room()

    def desk(self):
        """A key, a guard's notice, an entry of the ledger, a group."""
        chance = self.chance
        organisation = chance.choice(self.organisations())
        table = chance.choice(["access_apikey", "access_guardnotice", "ledger_entry", "access_sharinggroup"])
        if table == "access_apikey":
            self.add(table, organisation)
        elif table == "access_guardnotice":
            planter = chance.choice([None, *self.organisations()])
            self.add(table, owner_organisation_id=organisation, planter_organisation_id=planter)
        elif table == "ledger_entry":
            self.add(table, organisation_id=chance.choice([None, organisation]), organisation=organisation)
        else:
            self.add(table, organisation, owner_id=organisation)
        while len(self.model.rows(table)) > ROWS_MAX // 2:
            self.remove(table, self.one_of(table))

    def series(self):
        """A series, or a statement that something belongs to one; what opens media is what its owner may say."""
        organisation = self.chance.choice(self.organisations())
        if self.chance.random() < 0.3:
            self.add("catalogue_series", name=self.some_id(), **self.owned(organisation))
            self._make_room()
            return
        series, media = self.one_of("catalogue_series"), self.one_of("catalogue_media")
        if series is None or media is None:
            return
        owner = self.model.rows("catalogue_series")[series]["owner_organisation_id"]
        brought = [
            row
            for row in self.model.rows("catalogue_sighting").values()
            if row["media_id"] == media and row["owner_organisation_id"] == owner
        ]
        unit = self.unit_of(owner if brought else organisation)
        if any(
            (row["series_id"], row["media_id"], row["stated_by_unit_id"]) == (series, media, unit)
            for row in self.model.rows("catalogue_membership").values()
        ):
            return
        self.add(
            "catalogue_membership",
            owner if brought else organisation,
            stated_by_unit_id=unit,
            series_id=series,
            media_id=media,
            belongs=True,
            opens_media=bool(brought),
        )
        markings = [row["confidentiality"] for row in brought]
        for table, key, columns in self.model._raised(
            "catalogue_series", [series], max(markings, key=MARKINGS.index, default=MARKINGS[0])
        ):
            self.change(table, key, **columns)
        self._make_room()

    def state(self):
        """What an officer says of a content, the votes asked for on it, and what they confirmed, under any rule."""
        media = self.one_of("catalogue_media")
        if media is not None:
            organisation = self.chance.choice(self.organisations())
            self.add("review_statement", media_id=media, is_standing=False, **self.owned(organisation))
            closed = dt.datetime.now(dt.UTC)
            self.add("review_votecall", media_id=media, closed_at=closed, **self.owned(organisation))
            self.add("review_promotion", media_id=media, undone_at=closed, **self.owned(organisation))
            self._make_room()

    def stack(self):
        """A content in a stack of some organisation, a move out of it, and what is kept apart."""
        organisation = self.chance.choice(self.organisations())
        brought = sorted(
            {
                row["media_id"]
                for row in self.model.rows("catalogue_sighting").values()
                if row["owner_organisation_id"] == organisation
            }
        )
        # Mostly of what it holds: of what it does not, nobody of it sees anything.
        if self.chance.random() < 0.8 and len(brought) > 1:
            media, other = sorted(self.chance.sample(brought, 2))
        else:
            media, other = self.one_of("catalogue_media"), self.one_of("catalogue_media")
        if media is None or other is None:
            return
        own = {"owner_organisation_id": organisation}
        table = self.chance.choice(["review_stack", "review_stackmember", "review_stackmove", "catalogue_apart"])
        # Ends differ, so that none stands twice.
        columns = {
            "review_stack": {"medoid_id": media},
            "catalogue_apart": {"left_id": media, "right_id": other, "ended_at": dt.datetime.now(dt.UTC)},
        }.get(table, {"media_id": media})
        name = {"review_stack": "medoid_id"}.get(table, "media_id")
        taken = {(row["owner_organisation_id"], row.get(name)) for row in self.model.rows(table).values()}
        is_ordered = table != "catalogue_apart" or media < other
        if is_ordered and (table in {"review_stackmove", "catalogue_apart"} or (organisation, media) not in taken):
            self.add(table, **own, **columns)
        while len(self.model.rows(table)) > ROWS_MAX // 2:
            self.remove(table, self.one_of(table))

    def search(self):
        """Something of an officer's own searching, or a word of something."""
        chance, organisation = self.chance, self.chance.choice(self.organisations())
        own = {"owner_organisation_id": organisation}
        table = chance.choice([*OWN_OFFICER, "review_savedsearch", "review_searchword", "review_searchword"])
        if table == "review_savedrun":
            saved = self.one_of("review_savedsearch")
            officer = chance.choice(self.officers_of(organisation))
            ran = {(row["saved_id"], row["officer_id"]) for row in self.model.rows(table).values()}
            if saved is not None and (saved, officer) not in ran:
                self.add(table, saved_id=saved, officer_id=officer, **own)
        elif table == "review_savedsearch":
            self.add(table, is_shared=chance.random() < 0.5, **own)
        elif table != "review_searchword":
            self.add(table, **own)
        else:
            noun = chance.choice(["media", "sighting", "series", "case"])
            key = self.one_of(f"catalogue_{noun}")
            if key is None:
                return
            of = {f"{noun}_id": key}
            if noun == "sighting":
                of["media_id"] = self.model.rows("catalogue_sighting")[key]["media_id"]
            self.add(table, organisation, word=f"{chance.getrandbits(32):08x}", **of)
        self._make_room()

    def some_record(self, kinds=("case", "submission", "series")):
        kind = self.chance.choice(kinds)
        return kind, self.one_of(f"catalogue_{kind}")

    def share(self):
        """Another rule for a record and what is under it."""
        kind, key = self.some_record()
        if key is not None:
            self.apply(self.model.ruled(kind, key, self.rule()))

    def apply(self, changes):
        for table, key, columns in changes:
            self.change(table, key, **columns)

    def mark(self):
        """One row of its own, whatever stands above it: the database decides by the row."""
        table = self.chance.choice(
            [
                "catalogue_sighting",
                "catalogue_series",
                "catalogue_case",
                "catalogue_submission",
                "review_promotion",
                "review_statement",
                "review_votecall",
            ]
        )
        key = self.one_of(table)
        if key is not None:
            self.change(table, key, **dict(self.chance.sample(list(self.rule().items()), 2)))

    def caution(self):
        kind, key = self.some_record(("case", "series"))
        if key is not None:
            is_doubted = self.chance.random() < 0.5
            self.apply([(table, k, {"under_examination": is_doubted}) for table, k in self.model.under(kind, key)])

    def deny(self):
        """An organisation is denied everything, or no longer."""
        owner, denied = self.chance.sample(self.organisations(), 2)
        standing = [
            k
            for k, row in self.model.rows("access_denial").items()
            if row["owner_organisation_id"] == owner and row["denied_id"] == denied
        ]
        if standing:
            self.remove("access_denial", standing[0])
        elif len(self.model.rows("access_denial")) < 5:
            self.add("access_denial", owner_organisation_id=owner, denied_id=denied)
        else:
            self.remove("access_denial", self.one_of("access_denial"))

    def group(self):
        """An organisation joins a group, or leaves it."""
        group, organisation = self.one_of("access_sharinggroup"), self.chance.choice(self.organisations())
        if group is None:
            return
        rows = self.model.rows("access_sharinggroup_members")
        inside = [
            k for k, row in rows.items() if (row["sharinggroup_id"], row["organisation_id"]) == (group, organisation)
        ]
        if inside:
            self.remove("access_sharinggroup_members", inside[0])
        else:
            self.add("access_sharinggroup_members", sharinggroup_id=group, organisation_id=organisation)

    def grant(self):
        """A request for access is granted: the asker is named."""
        task = self.one_of("cooperation_accesstask")
        row = self.model.rows("cooperation_accesstask").get(task)
        if row is None:
            return
        asker = self.model.rows("access_unit")[row["asker_unit_id"]]["organisation_id"]
        series = row.get("series_id")
        rows = [("catalogue_series", series)] if series else []
        rows += [
            ("catalogue_sighting", k)
            for k, sighting in self.model.rows("catalogue_sighting").items()
            if not series
            and (sighting["media_id"], sighting["owner_unit_id"]) == (row["media_id"], row["owner_unit_id"])
        ]
        for table, key in rows:
            if key in self.model.rows(table):
                was = self.model.rows(table)[key]
                named = [asker] if was["sharing"] == "nobody" else sorted({*was["audience_organisations"], asker})
                groups = [] if was["sharing"] == "nobody" else was["audience_groups"]
                sharing = "listed" if was["sharing"] == "nobody" else was["sharing"]
                self.change(table, key, sharing=sharing, audience_organisations=named, audience_groups=groups)

    def glass(self):
        """An officer breaks the glass on some rows, closes it, or lets its hour go by."""
        rows = self.model.rows("access_glassbreak")
        if len(rows) >= 6:
            self.remove("access_glassbreak", self.one_of("access_glassbreak"))
        action = self.chance.choice(["break", "break", "close", "expire"])
        standing = [k for k, row in rows.items() if row["is_open"]]
        if action == "break" or not standing:
            organisation, holder = self.chance.sample(self.organisations(), 2)
            opened = [k for k in (self.one_of("catalogue_sighting"), self.one_of("catalogue_series")) if k]
            key = self.add(
                "access_glassbreak",
                owner_organisation_id=organisation,
                holder_organisation_id=holder,
                opened_rows=opened,
            )
            rows[key]["is_open"] = True
            return
        key = self.chance.choice(standing)
        moment = dt.datetime.now(dt.UTC)
        if action == "close":
            self.change("access_glassbreak", key, closed_at=moment)
        else:
            self.change("access_glassbreak", key, opened_at=moment - dt.timedelta(minutes=61))
        rows[key]["is_open"] = False

    def officer(self):
        """Disabled, enabled, cleared otherwise, in other roles, certified or no more."""
        key, chance = self.one_of("access_officer"), self.chance
        changes = {
            "is_active": chance.random() < 0.8,
            "clearance": chance.choice(MARKINGS),
            "roles": chance.sample(ROLES, chance.randint(1, 2)),
            "certified_until": chance.choice([None, dt.date(2000, 1, 1), dt.date(2999, 1, 1)]),
        }
        column = chance.choice(list(changes))
        self.change("access_officer", key, **{column: changes[column]})

    def organisation(self):
        """Suspended, back, or still on its way."""
        states = ["active"] * 5 + ["suspended", "onboarding"]
        self.change("access_organisation", self.one_of("access_organisation"), state=self.chance.choice(states))

    def purge(self):
        """A case or series goes, with everything under it."""
        kind, key = self.some_record(("case", "case", "series"))
        if key is None:
            return
        gone = self.model.under(kind, key)
        submissions = {k for table, k in gone if table == "catalogue_submission"}
        for table in ("intake_receivedfile", "intake_verdict"):
            gone += [(table, k) for k, row in self.model.rows(table).items() if row["submission_id"] in submissions]
        verdicts = {k for table, k in gone if table == "intake_verdict"}
        gone += [
            ("intake_match", k) for k, row in self.model.rows("intake_match").items() if row["verdict_id"] in verdicts
        ]
        for table, k in gone:
            self.remove(table, k)


#: How often each is drawn.
STEPS = [
    ("bring", 8),
    ("paper", 8),
    ("desk", 5),
    ("series", 8),
    ("state", 4),
    ("stack", 6),
    ("search", 6),
    ("share", 12),
    ("mark", 12),
    ("caution", 6),
    ("deny", 6),
    ("group", 8),
    ("grant", 6),
    ("glass", 6),
    ("officer", 6),
    ("organisation", 4),
    ("purge", 2),
]
