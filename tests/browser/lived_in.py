"""An installation in which something of every kind is there to be shown, and for each page with an id the address that shows it."""

import datetime as dt
import re

#: What a page must be asked for to show anything.
QUERIES = {
    "/review/compare/": "?media={0}&media={1}",
    "/review/media/<uuid:media_id>/": "?result={result_id}&at=1",
}
#: The ids of pages by the names in their addresses, and pages whose id is told by the page's own name.
SLUGS = {"kind": "series", "organisation": "no", "key": "caid", "version": "1", "taxonomy_key": "rooms"}


class LivedIn:
    """Norway and Portugal at work: cases, series, verdicts, requests, approvals, checks; `ids` by the name of an argument or a page."""

    def __init__(self, world, pictures, jpeg):
        self.world, self.ids = world, {}
        self._enlist()
        self._bring(pictures, jpeg)
        self._ask()
        self._administer()
        self._judge_again()
        self._search()
        self._vote()

    def _enlist(self):
        from clew.access.actions import enlist_officer
        from clew.access.models import Officer

        for key, role in (
            ("NA", "national_administrator"),
            ("AU", "auditor"),
            ("DP", "data_protection_officer"),
            ("N2", "specialist"),
        ):
            made = enlist_officer(
                self.world.units["NO"], username=key, name=f"Officer {key}", roles=[role], password="a long password"
            )
            Officer.objects.using("service").filter(id=made.id).update(
                certified_until=self.world.officer("NO").certified_until
            )
            officers = Officer.objects.using("service").select_related("unit__organisation")
            self.world.officers[key] = officers.get(id=made.id)
        self.world.found("CO", kind="coordinator", roles=("coordinator",))
        self.ids["officer_id"] = self.world.officer("N2").id
        self.ids["organisation_id"] = self.world.organisations["NO"].id

    def _bring(self, pictures, jpeg):
        from clew.access.scope import acting_as
        from clew.catalogue.actions import create_series, state_membership
        from clew.catalogue.models import Media
        from clew.intake.models import Match, Verdict

        world = self.world
        world.submit("PT", {"held.jpg": jpeg(pictures(1)), "closed.jpg": jpeg(pictures(2))})
        world.submit("PT", {"open.jpg": jpeg(pictures(3))}, reference="C-2", sharing="members")
        mine = {
            "DCIM/met.jpg": jpeg(pictures(1), quality=70),
            "DCIM/near.jpg": jpeg(pictures(3), quality=70),
            "DCIM/new.jpg": jpeg(pictures(4)),
            "DCIM/broken.jpg": b"",
        }
        submission = world.submit("NO", mine, sharing="members")
        officer = world.officer("NO")
        with acting_as(officer):
            series = create_series(officer, "Blue room", world.grounds(sharing="members"))
            media = list(Media.objects.order_by("-id").values_list("id", flat=True)[:2])
            state_membership(officer, series, media, basis="seen by eye")
            closed = Match.objects.filter(verdict__submission=submission).exclude(level="full").first()
            self.ids["file_id"] = Verdict.objects.filter(submission=submission, kind="resembles").first().file_id
        self.ids |= {"submission_id": submission.id, "series_id": series.id, "media_id": media[0]}
        self.ids |= {"case_id": submission.case_id, "match_id": closed.id}
        self.media = media
        self._stack(officer)

    def _stack(self, officer):
        from clew.review.leases import next_stack
        from clew.review.tasks import stack_finished

        stack_finished(0)
        self.ids["stack_id"] = next_stack(officer).id

    def _ask(self):
        from clew.access.approvals import ask
        from clew.access.grave_acts import GraveAct
        from clew.access.subject_requests import enter_request
        from clew.cooperation.requests import ask_for_access

        world = self.world
        request = ask_for_access(world.officer("NO"), self.ids["match_id"], words="A child may be near.")
        approval = ask(
            world.officer("NA"),
            GraveAct.RECORD_PURGE,
            subject_kind="case",
            facts={"case": "C-9"},
            reason="The court ordered that this be deleted.",
        )
        told = {"kind": "access", "person": "Somebody", "contact": "Box 7", "words": "What do you hold of me?"}
        entered = enter_request(world.officer("DP"), received_on=dt.datetime.now(dt.UTC).date(), **told)
        self.ids |= {"request_id": request.id, "approval_id": approval.id, "subject_request_id": entered}

    def _administer(self):
        from clew.access.campaigns import open_campaign
        from clew.access.groups import create_group
        from clew.access.keys import create_key
        from clew.access.scope import acting_as
        from clew.access.spot_checks import draw
        from clew.catalogue.retention import place_hold

        world, moment = self.world, dt.datetime.now(dt.UTC)
        day = dt.timedelta(days=1)
        with acting_as(world.officer("AU")):
            check = draw(world.officer("AU"), entries_from=moment - day, entries_to=moment + day, number=3)
        with acting_as(world.officer("NA")):
            group = create_group(world.officer("NA"), "Northern group")
        create_key(world.officer("NO"), "workstation")
        open_campaign(world.organisations["NO"])
        reason = "Evidence in a trial that is still to come."
        held = world.submit("NO", {}, reference="C-7").case_id
        place_hold(world.officer("NO"), "case", held, reason=reason, review_on=(moment + 30 * day).date())
        self.ids |= {"spot_check_id": check.id, "group_id": group.id}

    def _judge_again(self):
        from clew.review.deciding import decide
        from clew.review.second_review import draw_second_review

        moment, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
        decide(self.world.officer("NO"), self.media, code="A")
        review = draw_second_review(
            self.world.officer("NA"), scheme="uk", made_from=moment - day, made_to=moment + day, number=2
        )
        self.ids["review_id"] = review.id

    def _search(self):
        from clew.access.scope import acting_as
        from clew.review.results import keep_result
        from clew.review.search import EVERYTHING

        officer = self.world.officer("NO")
        with acting_as(officer):
            self.ids["result_id"] = keep_result(officer, EVERYTHING).id

    def _vote(self):
        """One content confirmed by votes of two countries, another on which votes are asked for."""
        from clew.access.approvals import decide as answer
        from clew.review.deciding import decide
        from clew.review.models import Statement
        from clew.review.vote_acts import ask_promotion, call_for_votes, promote

        norway, portugal = self.world.officer("NO"), self.world.officer("PT")
        calls = [call_for_votes(norway, media_id, rule="baseline") for media_id in self.media]
        for officer in (norway, portugal):
            decide(officer, self.media, scheme="baseline", code="yes")
        decide(portugal, self.media, scheme="sar", code="4")
        asked = ask_promotion(norway, calls[0].id, "Two countries looked at it independently.")
        answer(self.world.officer("NA"), asked.id, digest=bytes(asked.request_digest), grant=True)
        confirmed = promote(norway, calls[0].id)
        said = Statement.objects.using("service").filter(officer=norway, scheme="baseline").first()
        self.ids |= {"call_id": calls[1].id, "promotion_id": confirmed.id, "statement_id": said.id}

    def address(self, pattern):
        """The address of a page that shows something; raises `KeyError` where nothing is there yet to be shown on it."""
        kinds = re.search(r"retention/(case|series)|purges/(case|series)", pattern)
        ids = dict(self.ids)
        if kinds:
            ids["record_id"] = ids["series_id" if "series" in kinds.group() else "case_id"]
        elif "<slug:kind>" in pattern:
            ids["record_id"] = ids["series_id"]
        ids |= SLUGS
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(ids[found[1]]), pattern)
        return address + QUERIES.get(pattern, "").format(*self.media, **ids)
