"""Who is in the demo world: bureaus of six countries, a hotline, a service provider and the coordinators, all of them invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """A person of the demo world."""

    username: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """An organisation with one unit and its officers; the first of them brings what the organisation brings."""

    key: str
    name: str
    kind: str
    country: str
    unit: str
    phone: str
    officers: tuple[DemoOfficer, ...]
    state: str = "active"

    @property
    def email(self) -> str:
        """Where the unit is written to; no such domain exists (RFC 2606)."""
        return f"desk@{self.key}.example"


_SPECIALIST, _ADMINISTRATOR = ("specialist",), ("national_administrator",)


def _bureau(key: str, country: str, name: str, phone: str, *officers: DemoOfficer) -> DemoOrganisation:
    return DemoOrganisation(key, name, "bureau", country, "Victim identification unit", phone, officers)


ORGANISATIONS: tuple[DemoOrganisation, ...] = (
    _bureau(
        "no", "NO", "National bureau of Norway", "+47 00 00 01 10",
        DemoOfficer("ingrid.dahl", "Ingrid Dahl", _SPECIALIST),
        DemoOfficer("olav.berg", "Olav Berg", _ADMINISTRATOR),
        DemoOfficer("nina.lund", "Nina Lund", ("auditor",)),
        DemoOfficer("eva.holm", "Eva Holm", ("data_protection_officer",)),
    ),
    _bureau(
        "pt", "PT", "National bureau of Portugal", "+351 000 000 120",
        DemoOfficer("rui.matos", "Rui Matos", _SPECIALIST),
        DemoOfficer("ana.sequeira", "Ana Sequeira", _ADMINISTRATOR),
    ),
    _bureau("ca", "CA", "National bureau of Canada", "+1 000 000 0130", DemoOfficer("claire.roy", "Claire Roy", _SPECIALIST)),
    _bureau("jp", "JP", "National bureau of Japan", "+81 0 0000 0140", DemoOfficer("emi.sato", "Emi Sato", _SPECIALIST)),
    _bureau("eg", "EG", "National bureau of Egypt", "+20 0 0000 0150", DemoOfficer("karim.nasr", "Karim Nasr", _SPECIALIST)),
    _bureau("br", "BR", "National bureau of Brazil", "+55 00 0000 0160", DemoOfficer("lia.prado", "Lia Prado", _SPECIALIST)),
    DemoOrganisation(
        "hotline", "Open Hotline", "hotline", "", "Analysts", "+00 00 0170",
        (DemoOfficer("maya.king", "Maya King", _SPECIALIST),),
    ),
    DemoOrganisation(
        "provider", "Example Photos", "provider", "", "Trust and safety", "+00 00 0180",
        (DemoOfficer("sam.lee", "Sam Lee", ("provider_engineer",)),),
    ),
    DemoOrganisation(
        "coordination", "Coordination office", "coordinator", "", "Coordination", "+00 00 0190",
        (DemoOfficer("tomas.novak", "Tomas Novak", ("coordinator",)),),
    ),
    DemoOrganisation(
        "is", "National bureau of Iceland", "bureau", "IS", "Victim identification unit", "+354 000 0195",
        (DemoOfficer("jon.arnason", "Jón Árnason", _ADMINISTRATOR),), state="onboarding",
    ),
)  # fmt: skip
#: Those who bring material, in the order in which they do.
BRINGERS = tuple(
    found.key for found in ORGANISATIONS if found.kind in {"bureau", "hotline"} and found.state == "active"
)
