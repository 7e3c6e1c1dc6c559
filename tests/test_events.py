"""When things happened: dated rows and headings, with what they are about."""

from __future__ import annotations

from pathlib import Path

import pytest
import vaults

from vaultkit.facts import Event
from vaultkit.knowledge.events import by_entity, events
from vaultkit.model import VaultPath
from vaultkit.vault import Vault

NOTES = """
-- Actors/Acme.md --
# Acme

## Timeline

| Date | Event | With |
| --- | --- | --- |
| 2026-04-24 | Launch of V4 | [[Bolt]] and [[Cog]] |
| | a second notice | |
| Q3 2024 | Moved | |
| TBD | Listing | |
| late 2025 | — | |

## Products

| Product | Since |
| --- | --- |
| V3 | 2024 |

## Launch (Apr 24, 2026)

## Holdings (Apr 2026)

## Outlook (by Dec 31, 2027)

## 2025-01-27: The big day

## Years

| Year | Revenue |
| ---: | ---: |
| 2023 | $1M |
| 2024 | $2M |
-- Daily/2026-01-01.md --
| Date | News |
| --- | --- |
| 2026-01-01 | [[Acme]] opened |
-- Actors/Bolt.md --
-- Actors/Empty.md --
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Event, ...]]:
    root = vaults.write(tmp_path_factory.mktemp("events") / "vault", NOTES)
    vault = Vault.open(root, cache_dir=root.parent / "cache", jobs=1)
    t = vault._reader.read()
    return {path: t.events.rows.get(path, ()) for path in t.documents.rows}


def test_each_dated_row_is_an_event(told: dict[str, tuple[Event, ...]]) -> None:
    rows = [event for event in told["Actors/Acme.md"] if event.section == "Timeline"]
    assert [(event.date, event.text, event.cells) for event in rows] == [
        ("2026-04-24", "2026-04-24", (("Event", "Launch of V4"), ("With", "Bolt and Cog"))),
        # It has the date of the row above.
        ("2026-04-24", "", (("Event", "a second notice"),)),
        ("2024-07-00", "Q3 2024", (("Event", "Moved"),)),
        ("", "TBD", (("Event", "Listing"),)),
    ]


def test_an_event_is_about_what_its_row_links_to_else_about_its_note(told: dict[str, tuple[Event, ...]]) -> None:
    first, second, *_ = told["Actors/Acme.md"]
    assert first.about == ("Actors/Bolt.md", "?cog")
    assert second.about == ("Actors/Acme.md",)


def test_an_event_knows_its_line(told: dict[str, tuple[Event, ...]]) -> None:
    lines = NOTES.split("-- Actors/Acme.md --\n")[1].split("\n")
    for event in told["Actors/Acme.md"]:
        assert event.text in lines[event.line - 1]


def test_columns_of_years_are_dated(told: dict[str, tuple[Event, ...]]) -> None:
    assert [(e.date, e.cells) for e in told["Actors/Acme.md"] if e.section == "Years"] == [
        ("2023-00-00", (("Revenue", "$1M"),)),
        ("2024-00-00", (("Revenue", "$2M"),)),
    ]


def test_headings_with_a_day_are_events_and_those_of_a_state_are_not(told: dict[str, tuple[Event, ...]]) -> None:
    assert [(e.date, e.text, e.section) for e in told["Actors/Acme.md"] if not e.cells] == [
        ("2026-04-24", "Apr 24, 2026", "Launch (Apr 24, 2026)"),
        ("2025-01-27", "2025-01-27", "2025-01-27: The big day"),
    ]


def test_events_of_daily_notes_are_marked(told: dict[str, tuple[Event, ...]]) -> None:
    (event,) = told["Daily/2026-01-01.md"]
    assert event.is_journal
    assert event.about == ("Actors/Acme.md",)
    assert not any(event.is_journal for event in told["Actors/Acme.md"])
    assert told["Actors/Empty.md"] == ()


def test_an_event_is_told_of_what_it_is_about_and_of_its_note(told: dict[str, tuple[Event, ...]]) -> None:
    acme, daily = VaultPath("Actors/Acme.md"), VaultPath("Daily/2026-01-01.md")
    first = told[acme][0]
    assert [node for node, event in by_entity(acme, told[acme]) if event is first] == ["Actors/Bolt.md", "?cog", acme]
    assert [node for node, _ in by_entity(daily, told[daily])] == ["Actors/Acme.md"]


def test_a_table_with_many_rows_takes_no_longer_than_it_is_long(tmp_path: Path) -> None:
    rows = "".join(f"| 2026-01-{1 + n % 28:02} | [[Note {n}]] |\n" for n in range(5_000))
    root = vaults.write(tmp_path / "vault", "-- A.md --\n| Date | What |\n| --- | --- |\n" + rows)
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    t = vault._reader.read()
    found = events(VaultPath("A.md"), t.documents.rows[VaultPath("A.md")], links=t.links.rows.get)
    assert found is not None
    assert len(found) == 5_000
    assert found[-1].about == ("?note 4999",)
