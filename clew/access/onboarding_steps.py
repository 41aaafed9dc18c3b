"""Steps of onboarding, as data: what an organisation must have done before it takes part, and whose word that is."""

from __future__ import annotations

from dataclasses import dataclass

from clew.access.permissions import Role


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist. `ticked_by` says whose word counts: the coordinator's, or the national administrator's of the organisation."""

    key: str
    words: str
    evidence_hint: str
    ticked_by: Role
    is_required: bool = True


STEPS: tuple[Step, ...] = (
    Step("policy", "The policy of the database is signed", "Who signed it, on which day, and where it lies", Role.COORDINATOR),
    Step("contact", "A contact for other countries is named", "Name, telephone and hours", Role.NATIONAL_ADMINISTRATOR),
    Step("data_protection", "A data-protection officer is named", "Name and how to write to them", Role.NATIONAL_ADMINISTRATOR),
    Step("legal_bases", "The legal bases of processing are recorded", "The laws, by their short names", Role.NATIONAL_ADMINISTRATOR),
    Step("retention", "Retention is recorded", "How long records are kept, and on which law", Role.NATIONAL_ADMINISTRATOR),
    Step("security", "The unit's rooms and machines were looked at", "Who looked, on which day, with what result", Role.COORDINATOR),
    Step("administrator", "The national administrator is certified", "The course and its day", Role.COORDINATOR),
    Step("trial", "A test submission was made on a training installation", "Its reference and how it ended", Role.COORDINATOR),
    Step("languages", "Languages in which the contact answers are recorded", "The languages", Role.NATIONAL_ADMINISTRATOR, is_required=False),
)  # fmt: skip
STEP_BY_KEY = {step.key: step for step in STEPS}
REQUIRED_STEPS = frozenset(step.key for step in STEPS if step.is_required)


def missing_steps(ticked: set[str]) -> list[Step]:
    """The required steps that are still to be taken, in the order of the list."""
    return [step for step in STEPS if step.is_required and step.key not in ticked]
