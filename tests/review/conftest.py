"""What tests of review share."""

import pytest


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
