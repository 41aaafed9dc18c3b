"""A seizure in stacks: rooms, and copies of them that matching calls near-duplicates."""

import pytest


@pytest.fixture
def copies(pictures, jpeg):
    """The files of a folder: `copies(2, "half", "mirrored")` is room 2 as it is and so changed."""
    from clew.demo.changes import CHANGES, apply_change

    def make(number, *changes):
        found = {f"DCIM/{number}/plain.jpg": jpeg(pictures(number, 640, 480))}
        for change in changes:
            found[f"DCIM/{number}/{change}{CHANGES[change].suffix}"] = apply_change(pictures(number, 640, 480), change)
        return found

    return make


@pytest.fixture
def stacked(world):
    """Submit files and have the job put them into stacks: `stacked("NO", files)`."""
    from clew.review.tasks import stack_finished

    def submit(key, files, **changes):
        submission = world.submit(key, files, **changes)
        stack_finished(0)
        return submission

    return submit


@pytest.fixture
def desk():
    """What stands at the desk of an officer, in plain words."""
    from clew.access.scope import acting_as
    from clew.catalogue.models import Sighting
    from clew.review.models import Stack, StackMember, Statement

    class Desk:
        def path(self, officer, media_id):
            with acting_as(officer):
                return Sighting.objects.filter(media=media_id, owner_organisation=officer.organisation_id).first().path

        def media(self, officer, path):
            with acting_as(officer):
                return Sighting.objects.filter(path=path).order_by("id").first().media_id

        def stacks(self, officer):
            """Sets of paths, one for each stack."""
            found = {}
            with acting_as(officer):
                for member in StackMember.objects.filter(owner_organisation=officer.organisation_id):
                    found.setdefault(member.stack_id, set()).add(self.path(officer, member.media_id))
            return {frozenset(paths) for paths in found.values()}

        def stack(self, officer, path):
            with acting_as(officer):
                member = StackMember.objects.get(
                    media=self.media(officer, path), owner_organisation=officer.organisation_id
                )
                return Stack.objects.get(id=member.stack_id)

        def said(self, officer):
            """Path -> (code, basis) of what the organisation's own statements say and stand."""
            with acting_as(officer):
                own = Statement.objects.filter(owner_organisation=officer.organisation_id, is_standing=True)
                return {self.path(officer, one.media_id): (one.code, one.basis) for one in own}

        def proposed(self, officer, stack):
            from clew.review.proposals import proposals_of
            from clew.review.stacks import stack_for

            with acting_as(officer):
                found = proposals_of(officer, stack_for(officer, stack.id))
                return {self.path(officer, one.member.media_id): one.stated.code for one in found}

        def state(self, officer):
            """Everything that undoing must restore."""
            with acting_as(officer):
                stacks = [
                    (str(s.id), str(s.medoid_id), s.size, s.decided_by is not None, s.leased_by_id, s.leased_until)
                    for s in Stack.objects.order_by("id")
                    if s.size
                ]
                members = [
                    (str(m.media_id), str(m.stack_id), m.distance, m.orientation, m.variant)
                    for m in StackMember.objects.order_by("media")
                ]
                proposed = {
                    path: code
                    for s in Stack.objects.filter(decided_by__isnull=False, size__gt=0)
                    for path, code in self.proposed(officer, s).items()
                }
            return stacks, members, proposed, self.said(officer)

    return Desk()


@pytest.fixture
def found(world, make_words):
    """What an officer finds by a search: the paths under which they see it, sorted; a media without a path they see by its kind."""

    def run(officer, **wanted):
        from clew.access.scope import acting_as
        from clew.catalogue.models import Sighting
        from clew.review.search import Search, media_found

        make_words()
        with acting_as(world.officer(officer)):
            media = list(media_found(world.officer(officer), Search(**wanted)))
            paths = {}
            for sighting in Sighting.objects.filter(media__in=media).order_by("-id"):
                paths[sighting.media_id] = sighting.path
            return sorted(paths.get(one.id, one.kind) for one in media)

    return run
