"""The inmates of `jail_inmates` in the cell of films: the same acts, in a process that has loaded what hashes films."""

import jail_inmates

from clew.signatures import film_cell

rehearse_cell = film_cell.rehearse_cell


def acting(errand):
    """A film that does what its fifth byte says; one that says nothing known is a fine one."""
    act = jail_inmates.act_of(errand.content[4])
    if act is None:
        return jail_inmates.FINE | {"width": None, "height": None, "has_pixels": False}
    return act(errand) or jail_inmates.FINE
