"""XMP: what editors and cameras write of a picture and of its history, as facts of their own (ISO 16684-1). Bounded, and never trusted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from defusedxml import ElementTree

from clew.kernel.limits import XML_SIZE_BYTES_MAX

_FACTS = {
    "CreatorTool": "xmp_creator_tool",
    "CreateDate": "xmp_created_at",
    "ModifyDate": "xmp_changed_at",
    "MetadataDate": "xmp_described_at",
    "DateCreated": "xmp_date_created",
    "DateTimeOriginal": "xmp_taken_at",
    "DocumentID": "xmp_document_id",
    "InstanceID": "xmp_instance_id",
    "OriginalDocumentID": "xmp_original_document_id",
    "Make": "xmp_camera_make",
    "Model": "xmp_camera_model",
    "SerialNumber": "xmp_camera_serial_number",
    "Lens": "xmp_lens_model",
    "GPSLatitude": "xmp_gps_latitude",
    "GPSLongitude": "xmp_gps_longitude",
    "City": "xmp_city",
    "State": "xmp_state",
    "Country": "xmp_country",
    "creator": "xmp_creator",
    "title": "xmp_title",
    "description": "xmp_description",
    "rights": "xmp_rights",
    "Software": "xmp_software",
}
_EVENTS_MAX = 12
# Steps of a history that are looked at, the last ones.
_STEPS_MAX = 1000
# Elements looked at below one for its text or for a value of its own: a hostile packet nests thousands, and each would be gone through again.
_BELOW_MAX = 100


def xmp_facts(packet: bytes | str) -> dict[str, Any]:
    """The facts of an XMP packet; a damaged or too large one says so."""
    text = packet.encode() if isinstance(packet, str) else packet
    if len(text) > XML_SIZE_BYTES_MAX:
        return {"xmp": "larger than Clew reads"}
    try:
        root = ElementTree.fromstring(text.strip(b"\0 \r\n\t"))
    except Exception:  # noqa: BLE001 - hostile like the rest
        return {"xmp": "damaged"}
    facts: dict[str, Any] = {}
    # The first history: another one in it would be gone through again.
    steps: list[Any] | None = None
    for element in root.iter():
        name = _local(element.tag)
        if name == "DerivedFrom":
            facts.setdefault("xmp_derived_from", _value(element, "documentID"))
        elif name == "History" and steps is None:
            steps = [step for step in element.iter() if _local(step.tag) in {"li", "Description"}]
        own = _text(element) if name in _FACTS else ""
        for key, value in [(name, own), *((_local(key), value) for key, value in element.attrib.items())]:
            fact = _FACTS.get(key)
            if fact and value:
                facts.setdefault(fact, value)
    told = [event for step in (steps or [])[-_STEPS_MAX:] if (event := _event(step))]
    if told:
        facts["xmp_history"] = "; ".join(told[-_EVENTS_MAX:])
        facts["xmp_history_steps"] = len(told)
    return facts


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2]


def _below(element: Any) -> Iterator[Any]:
    return islice(element.iter(), _BELOW_MAX)


def _text(element: Any) -> str:
    """The text of an element, or of the first of a list in it."""
    own = (element.text or "").strip()
    return own or next((text for below in _below(element) if (text := (below.text or "").strip())), "")


def _value(element: Any, name: str) -> str:
    """An attribute or a child of this name, wherever it is below the element."""
    for below in _below(element):
        if _local(below.tag) == name and below.text:
            return str(below.text)
        for key, value in below.attrib.items():
            if _local(key) == name:
                return str(value)
    return ""


def _event(step: Any) -> str:
    """A step of the history: what was done, by what, when."""
    return " ".join(filter(None, (_value(step, name) for name in ("action", "softwareAgent", "when"))))
