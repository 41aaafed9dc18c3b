"""Rules of looking: which step may be shown, from the organisation's minimum, the officer's own choice, and what they looked at before. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from clew.kernel.errors import ClewError, InputRefused
from clew.kernel.limits import LOOK_REASON_CHARACTERS_MAX, LOOK_REASON_CHARACTERS_MIN
from clew.media.steps import Step

#: What may be looked at, smallest first, and the column that says where it is sealed. Thumbnails are what pages show many of.
RENDITIONS = {"thumbnail": "thumbnail_address", "preview": "preview_address", "strip": "strip_address"}
GRID_RENDITION = "thumbnail"


class StepTooClear(ClewError):
    """Pictures become no clearer than {clearest} here: your organisation's minimum or your own choice says so. Nothing was shown. Open the picture by itself, or ask your national administrator."""

    status = 403


class StepSkipped(ClewError):
    """Look at it in {before} first: pictures become clearer one step after the other. Nothing was shown."""

    status = 409


class LookReasonMissing(ClewError):
    """Your organisation wants a reason before a picture is shown in colour. Nothing was shown. State it in {least} to {most} letters."""

    status = 422


class ColourClosed(ClewError):
    """What is known already is not shown in colour: your organisation has decided so. Nothing was shown. Use the step before."""

    status = 403


@dataclass(frozen=True, slots=True)
class LookRules:
    """What holds for one officer: of the organisation's minimum and the officer's own choice always the stricter."""

    first_step: Step = Step.OUTLINE
    grid_step: Step = Step.GREY
    colour_needs_reason: bool = False
    colour_of_known: bool = True

    def clearest(self, rendition: str) -> Step:
        """How clear this rendition may become. The first step is never refused, even where grids are to be less clear than it."""
        return max(self.grid_step, Step.OUTLINE) if rendition == GRID_RENDITION else Step.COLOUR

    def first(self, rendition: str) -> Step:
        """With which step a look at this rendition begins."""
        return min(self.first_step, self.clearest(rendition))


def stricter(one: LookRules, first_step: Step, grid_step: Step) -> LookRules:
    """The organisation's rules with what the officer chose, where that shows less."""
    return LookRules(
        min(one.first_step, first_step),
        min(one.grid_step, grid_step),
        one.colour_needs_reason,
        one.colour_of_known,
    )


def step_asked(word: str, rules: LookRules, rendition: str) -> Step:
    """The step of this name; the first one where none is named. Raises `InputRefused` for what is no step."""
    if not word:
        return rules.first(rendition)
    step = Step.of(word)
    if step is None:
        raise InputRefused(
            reason="That is no step of clearness. Nothing was shown. Name outline, reduced, grey or colour."
        )
    return step


def allow(step: Step, rules: LookRules, rendition: str, *, before: Step | None, reason: str, is_known: bool) -> None:
    """Let the look pass, or raise what stands in its way. `before` is the clearest step that the officer took of this media just now."""
    clearest = rules.clearest(rendition)
    if step > clearest:
        raise StepTooClear(clearest=clearest.word)
    if step > rules.first(rendition) and (before is None or before < step - 1):
        raise StepSkipped(before=Step(step - 1).word)
    if step is not Step.COLOUR:
        return
    if is_known and not rules.colour_of_known:
        raise ColourClosed
    if rules.colour_needs_reason and len(reason) < LOOK_REASON_CHARACTERS_MIN:
        raise LookReasonMissing(least=LOOK_REASON_CHARACTERS_MIN, most=LOOK_REASON_CHARACTERS_MAX)
