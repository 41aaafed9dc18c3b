"""Telling a match whose holder stays unnamed: in each form nothing of it is told, and the way to ask is."""

import csv
import io
import json

import pytest

UNNAMED = {
    "path": "a.jpg",
    "parent": None,
    "verdict": "known",
    "reason": "the same bytes as something held",
    "matches": [
        {
            "id": None,
            "level": "existence",
            "basis": "sha256",
            "distance": 0,
            "threshold": 31,
            "orientation": "original",
            "variant": "",
            "met_later_at": None,
            "media": None,
            "series": None,
            "state": None,
            "owner": None,
        }
    ],
}


@pytest.mark.parametrize("is_streaming", [False, True])
def test_for_people(capsys, is_streaming):
    from clew.site.cli_telling import Form, Teller

    teller = Teller(Form.TABLE, is_streaming=is_streaming)
    teller.tell([UNNAMED])
    teller.end()
    assert "another unit, unnamed; ask through Clew" in " ".join(capsys.readouterr().out.split())


def test_for_programs(capsys):
    from clew.site.cli_telling import Form, Teller

    Teller(Form.JSON).tell([UNNAMED])
    assert json.loads(capsys.readouterr().out)["matches"][0]["owner"] is None
    Teller(Form.CSV).tell([UNNAMED])
    ((_path, row),) = [(row["path"], row) for row in csv.DictReader(io.StringIO(capsys.readouterr().out))]
    assert (row["owner"], row["unit"], row["email"], row["phone"], row["parent"]) == ("", "", "", "", "")
    assert row["basis"] == "sha256"
