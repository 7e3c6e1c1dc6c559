"""Counts the facts of a vault by source and role, against truths that plain regular expressions find in its notes.

    python bench/facts.py VAULT
    python bench/facts.py VAULT --misses 20

The truths are scripted here without any of our readers: lines, tables and
cells are found anew in the raw Markdown, as somebody with `grep` would.
Of each, the part that became a fact is told; `--misses` shows some of the rest.
Ends with 1 when less than 98 % of the annotated lines were found.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from vaultkit.facts import Fact  # noqa: E402
from vaultkit.vault import Vault  # noqa: E402

ENOUGH = 0.98
"""The part of the annotated lines that has to be found."""

SPECIFICATION = {
    "related, typed": 24_475 / 46_744,
    "key/value, typed": 6_230 / 54_855,
    "rows": 14_237 / 46_744,
    "cells": 28_511 / 14_237,
}
"""Ratios of the full vault's counts, to compare those of a part with."""

WIKILINK = r"\[\[[^\[\]]+\]\]"
LINK_LINE = re.compile(
    rf"\s*(?:[-*+]|\d+[.)])\s+(?:\[.\]\s+)?[*_\"“]*{WIKILINK}[*_\"”]*(?:\s*(?:,|/|&|and|\+|·|→)\s*[*_]*{WIKILINK}[*_]*)*(?P<rest>.*)"
)
ANNOTATION = re.compile(r"(?:\s*(?:—|--|–|:|(?=\())|\s+-)\s*\S")
RELATED = {"related", "see also", "connections", "links", "cross-vault"}
DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
KEYS = re.compile(
    r"(?:|(?:key )?metrics?|details?|fields?|facts?|attributes?|item|aspect|specs?|specification|propert(?:y|ies)|parameters?|"
    r"stats?|key|feature|characteristic|trait|element|factor|category|term|info|profile|indicator|measure|data point|quick stats)"
)
VALUES = re.compile(r"values?|details?|data|info|information|figures?")
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
YEAR = r"(?:1[5-9]|20|21)\d\d"
DATE = re.compile(
    r"[\W_]*(?:(?:~|c\.|ca\.|by|since|from|in|until|early|late|mid|spring|summer|fall|autumn|winter|end|of)[-\s]*)*"
    rf"(?:{YEAR}-\d\d(?:-\d\d)?|(?:\d{{1,2}}\s)?{MONTH}[\s\d,–/-]*(?:{MONTH})?[\s\d,–-]*{YEAR}|[qh][1-4]\s*'?(?:{YEAR}|\d\d)|[12]h\s*{YEAR}|"
    rf"fy\s?'?\d+e?|{YEAR}(?:\s*[qh][1-4]|s|e)?(?:\s*[-–/]\s*(?:\d+|present|now)?)?)[\s*_)]*(?:[(\[,;:—–+/].*)?",
    re.IGNORECASE,
)
TYPED_HEAD = re.compile(
    r"(?:(?:key|lead|notable|major|main|other)\s)*(?:investors?|backers?|founders?|co-founders?|ceo|customers?|suppliers?|partners?|"
    r"competitors?|acquirers?|owners?|shareholders?|developers?|hq|headquarters)",
    re.IGNORECASE,
)
FIELD = re.compile(r"(?:^|[\[(])\s*[A-Za-z][\w /&-]{0,40}::\s*[^\s\])]")
PROPERTY_LINK = re.compile(rf"(?:[\w -]+:|\s*-)\s*[\"']?{WIKILINK}[\"']?\s*")
NOTHING = {"", "-", "–", "—", "n/a", "N/A", "?", "TBD"}
TOPIC = re.compile(r"(?:concepts|sectors|theses|questions|reports|trackers)/", re.IGNORECASE)
"""Notes about ideas: who is listed there has investors, not the idea."""
JOURNAL = re.compile(r"(?:daily|journal|diary|log|inbox|calendar|weekly|periodic)", re.IGNORECASE)

Line = tuple[str, int]


@dataclass
class Truth:
    """Lines of notes at which something stands."""

    related: set[Line] = field(default_factory=set)
    annotated: set[Line] = field(default_factory=set)
    key_values: set[Line] = field(default_factory=set)
    rows: set[Line] = field(default_factory=set)
    dated: set[Line] = field(default_factory=set)
    typed_cells: set[Line] = field(default_factory=set)
    properties: set[Line] = field(default_factory=set)
    fields: set[Line] = field(default_factory=set)
    tables: Counter[str] = field(default_factory=Counter)
    n_cells: int = 0


# ---------------------------------------------------------------------------
# What stands in the notes, read with regular expressions
# ---------------------------------------------------------------------------


def read(vault: Path, notes: set[str]) -> Truth:
    truth = Truth()
    for note in sorted(notes):
        lines = (vault / note).read_text(encoding="utf-8", errors="replace").splitlines()
        body = _front_matter(note, lines, truth)
        told = _prose(lines, body)
        _lines(note, told, truth)
        _tables(note, told, truth)
    return truth


def _front_matter(note: str, lines: list[str], truth: Truth) -> int:
    """Where the body begins."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    truth.properties |= {(note, n + 1) for n in range(1, end) if PROPERTY_LINK.fullmatch(lines[n])}
    return end + 1 if end else 0


def _prose(lines: list[str], body: int) -> dict[int, str]:
    """The lines outside code and comments, by number."""
    told, fence, in_comment = {}, "", False
    for number, line in enumerate(lines[body:], body + 1):
        mark = re.match(r"\s*(```+|~~~+)", line)
        if fence or mark:
            if mark and not fence:
                fence = mark[1][:3]
            elif mark and line.strip().strip(fence[0]) == "":
                fence = ""
            continue
        if line.count("%%") % 2:
            in_comment = not in_comment
        elif not in_comment:
            told[number] = re.sub(r"%%.*?%%|`[^`]*`", "", line)
    return told


def _lines(note: str, told: dict[int, str], truth: Truth) -> None:
    level = 0
    for number, line in told.items():
        if heading := re.match(r"(#{1,6})\s+(.*)", line):
            if level and len(heading[1]) <= level:
                level = 0
            if not level and heading[2].strip(" :*#").lower() in RELATED:
                level = len(heading[1])
        if level and (match := LINK_LINE.fullmatch(line)):
            truth.related.add((note, number))
            if ANNOTATION.match(match["rest"]):
                truth.annotated.add((note, number))
        if FIELD.search(line):
            truth.fields.add((note, number))


def _tables(note: str, told: dict[int, str], truth: Truth) -> None:
    for number, line in told.items():
        below = told.get(number + 1, "")
        if "|" in line and "|" in below and DELIMITER.fullmatch(below) and not DELIMITER.fullmatch(line):
            heads, rows = _cells(line), []
            at = number + 2
            while "|" in told.get(at, ""):
                rows.append((at, _cells(told[at])))
                at += 1
            if rows and len(heads) == len(_cells(below)):
                _table(note, [head.strip(" :*").lower() for head in heads], rows, truth)


def _cells(line: str) -> list[str]:
    line = re.sub(WIKILINK, lambda link: link[0].replace("|", "\0"), line.replace("\\|", "\0")).strip()
    return [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]


def _table(note: str, heads: list[str], rows: list[tuple[int, list[str]]], truth: Truth) -> None:
    led = [(at, cells) for at, cells in rows if re.fullmatch(rf"[*_\s]*{WIKILINK}[*_\s]*", cells[0])]
    dated = [at for at, cells in rows if DATE.fullmatch(cells[0])]
    truth.tables["all"] += 1
    if 2 * len(led) >= len(rows):
        truth.tables["entity"] += 1
        truth.rows |= {(note, at) for at, _ in led}
        truth.n_cells += sum(cell not in NOTHING for _, cells in led for cell in cells[1 : len(heads)])
    elif 2 * len(dated) >= len(rows):
        truth.tables["dated"] += 1
        truth.dated |= {(note, at) for at, _ in rows}
    elif len(heads) == 2 and (
        (KEYS.fullmatch(heads[0]) and VALUES.fullmatch(heads[1])) or heads[1] in ("value", "values")
    ):
        truth.tables["key/value"] += 1
        truth.key_values |= {
            (note, at) for at, cells in rows if cells[0] and len(cells) > 1 and cells[1] not in NOTHING
        }
    else:
        truth.tables["other"] += 1
    if len(heads) > 2 and not JOURNAL.match(note) and not TOPIC.match(note) and (note_row := _occasions(heads, rows)):
        columns = [column for column, head in enumerate(heads) if column and TYPED_HEAD.fullmatch(head)]
        truth.typed_cells |= {
            (note, at)
            for at, cells in note_row
            if any(re.match(rf"[*_]*{WIKILINK}", cell) for column in columns for cell in cells[column : column + 1])
        }


def _occasions(heads: list[str], rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """The rows that are of a time or a round, and so of the note itself, unless they name a target."""
    if "target" in heads:
        return []
    if heads[0] in ("date", "year", "round", "series", "stage", "period", "quarter"):
        return [row for row in rows if "[[" not in row[1][0]]
    return []


# ---------------------------------------------------------------------------
# What we found, and how it compares
# ---------------------------------------------------------------------------


def compare(name: str, wanted: set[Line], found: set[Line], vault: Path, n_shown: int) -> float:
    """Print and return the part of what there is that was found; what else was found is no mistake by itself."""
    missed = sorted(wanted - found)
    part = 1 - len(missed) / len(wanted) if wanted else 1.0
    print(
        f"  {name:42} {len(wanted):7,} there {len(wanted) - len(missed):7,} found  {part:7.2%}  {len(found - wanted):6,} more"
    )
    for note, line in missed[:n_shown]:
        text = (vault / note).read_text(encoding="utf-8", errors="replace").splitlines()[line - 1]
        print(f"      {note}:{line}: {text.strip()[:150]}")
    return part


def dated_rows(vault: Vault) -> set[Line]:
    from vaultkit.knowledge.events import events

    return {
        (event.note, event.line)
        for document in vault.notes
        for event in events(document.path, document, links={}.get) or ()
        if event.cells
    }


def at(facts: list[Fact], *sources: str) -> set[Line]:
    return {(fact.note, fact.line) for fact in facts if fact.source in sources}


def report(vault: Path, opened: Vault, n_shown: int) -> bool:
    notes = opened.notes
    facts = [fact for document in notes for fact in opened.facts(document.path)]
    truth = read(vault, {document.path for document in notes})
    print(f"{len(notes):,} notes, {truth.tables['all']:,} tables: {dict(sorted(truth.tables.items()))}\n")
    print("what stands in the notes, by regular expressions")
    with_words: set[Line] = {(f.note, f.line) for f in facts if f.source == "related" and f.words}
    part = compare("S1 annotated lines below Related", truth.annotated, with_words, vault, n_shown)
    compare("S1 lines below Related", truth.related, at(facts, "related"), vault, n_shown)
    compare("S2 rows of key/value tables", truth.key_values, at(facts, "key-value"), vault, n_shown)
    compare("S3 rows about what they begin with", truth.rows, at(facts, "row"), vault, n_shown)
    compare(
        "S4 rows of rounds with links in typed columns", truth.typed_cells, at(facts, "cell", "row"), vault, n_shown
    )
    compare("S5 rows of dated tables", truth.dated, dated_rows(opened), vault, n_shown)
    compare("S6 properties that are links", truth.properties, at(facts, "property"), vault, n_shown)
    compare("S7 inline fields", truth.fields, at(facts, "field"), vault, n_shown)
    _print_counts(facts, truth, _strong(opened))
    return part >= ENOUGH


def _strong(opened: Vault) -> set[str]:
    from vaultkit.knowledge.vocabulary_file import load

    own = opened.root / opened.config.relations.vocabulary if opened.config.relations.vocabulary else None
    vocabulary, _ = load(own, replace=opened.config.relations.replace)
    return {name for name, role in vocabulary.roles.items() if not role.weak}


def _print_counts(facts: list[Fact], truth: Truth, strong: set[str]) -> None:
    print("\nfacts by source (a strong role is one that says enough for a column: neither `context` nor `driver`)")
    for source in ("related", "key-value", "row", "cell", "property", "field", "lead-in"):
        mine = [fact for fact in facts if fact.source == source]
        relations = [fact for fact in mine if fact.object]
        typed = [fact for fact in relations if fact.is_typed]
        n_strong = sum(fact.role in strong for fact in typed)
        print(
            f"  {source:10} {len(mine) - len(relations):7,} literals {len(relations):7,} relations {len(typed):7,} typed "
            f"{n_strong:7,} strongly"
        )
    ours = Counter(fact.source for fact in facts if fact.is_typed and fact.role in strong)
    lines = len(truth.annotated) or 1
    measured = {
        "related, typed": ours["related"] / lines,
        "key/value, typed": ours["key-value"] / (len(truth.key_values) or 1),
        "rows": len(truth.rows) / lines,
        "cells": truth.n_cells / (len(truth.rows) or 1),
    }
    print("\nratios, and those of the specification's vault")
    for name, wanted in SPECIFICATION.items():
        print(f"  {name:18} {measured[name]:6.3f} {wanted:6.3f}")
    print("\ntyped relations by role")
    counts = Counter(fact.role for fact in facts if fact.is_typed and fact.object)
    for role, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        print(f"  {n:6,} {role}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("vault", type=Path)
    parser.add_argument(
        "--misses", type=int, default=0, metavar="N", help="show up to N of what was missed, of each kind"
    )
    parser.add_argument("--cache-dir", type=Path, help="keep what was parsed there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        opened = Vault.open(chosen.vault, cache_dir=chosen.cache_dir or folder)
        sys.exit(0 if report(chosen.vault, opened, chosen.misses) else 1)


if __name__ == "__main__":
    main()
