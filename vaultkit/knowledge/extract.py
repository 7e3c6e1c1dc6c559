"""All facts that one note states: each from a line of it, with the words that the author chose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from vaultkit.engine.tables import Get
from vaultkit.facts import Fact, Source
from vaultkit.knowledge.labels import Reading, figures_in, read_annotation
from vaultkit.knowledge.tables import Row, kind_of, rows_of, says_something
from vaultkit.knowledge.vocabulary import RELATED, Vocabulary
from vaultkit.links.names import ALIAS
from vaultkit.model import Document, Links, Passage, Table, VaultPath
from vaultkit.nodes import node_of
from vaultkit.words import fold, is_journal

Facts = tuple[Fact, ...]

MAX_WORDS = 6
"""Words of an annotation beyond which it isn't a role of the subheading's but a remark."""

MAX_LINKS = 12
"""Leading links of one line that an annotation is taken to speak of; a longer list says nothing of each."""

_BETWEEN = re.compile(r"\s*(?:,|/|&|and|\+|·|→)?\s*")
_KEY = r"[A-Za-z][\w /&-]{0,40}?::"
_FIELD = re.compile(rf"(?:^|(?<=[\[(]))\s*(?P<key>{_KEY})[ \t]*(?P<value>[^\n]*?)(?=\s*[\[(]{_KEY}|\n|\Z)")
_LEAD_IN = re.compile(r"\s*(?P<key>[^\W\d_][^:\t]{0,40}?):\s+")

_FINANCING = frozenset({"investor", "portfolio-company"})
_LED = re.compile(r"\W*(?:co-)?led\b", re.IGNORECASE)

# Roles of which the words before the head can name whose they are: "Apollo CEO".
_OF_A_PARTY = frozenset(
    "ceo executive founder employer investor subsidiary parent product supplier customer competitor partner acquirer acquired".split()
)


def entity_kind(path: VaultPath, document: Document, *, vocabulary: Vocabulary) -> str | None:
    """Whether a note is about a person or an investor, by its tags, else by its folder; None for anything else."""
    known = (vocabulary.kinds.get(fold(tag.name)) for tag in document.tags)
    return next((kind for kind in known if kind), None) or vocabulary.kinds.get(fold(path.partition("/")[0]))


def facts(
    path: VaultPath,
    document: Document,
    *,
    vocabulary: Vocabulary,
    headings: frozenset[str],
    links: Get,
    names: Get,
    kinds: Get,
) -> Facts | None:
    """Every fact of a note, in the order of its lines."""
    resolved: Links | None = links(path)
    if resolved is None or document.kind != "note":
        return None
    found = _Extraction(path, document, resolved, vocabulary, headings, names, kinds).all()
    return tuple(found) or None


class _Extraction:
    """One note being read for facts."""

    def __init__(
        self, path: VaultPath, document: Document, resolved: Links, vocabulary: Vocabulary, headings: frozenset[str], names: Get,
        kinds: Get,
    ) -> None:  # fmt: skip
        self.path, self.document, self.vocabulary, self.names, self.kinds = path, document, vocabulary, names, kinds
        self.refs, self.targets = document.refs, resolved.targets
        self.structure = document.structure
        self.by_passage: dict[int, list[int]] = {}
        for index, ref in enumerate(self.refs):
            if ref.passage >= 0 and not ref.in_comment:
                self.by_passage.setdefault(ref.passage, []).append(index)
        self.is_journal = is_journal(path.partition("/")[0])
        self.sections = _sections(document, vocabulary, headings)

    def all(self) -> Iterator[Fact]:
        yield from self._properties()
        in_tables: set[int] = set()
        for table in self.structure.tables:
            in_tables.update(range(table.passage, table.passage + table.n_rows))
            yield from self._table(table)
        for index, passage in enumerate(self.structure.passages):
            if index in in_tables or passage.place == "heading":
                continue
            if index in self.by_passage and passage.place == "list":
                yield from self._line(index, passage)
            elif index in self.by_passage:
                yield from self._lead_in(index, passage)
            if "::" in passage.text:
                yield from self._fields(index, passage)

    # -- S1: annotated lines ---------------------------------------------------------

    def _line(self, index: int, passage: Passage) -> Iterator[Fact]:
        is_related, default = self.sections[passage.section] if passage.section >= 0 else (False, "")
        subjects = self._leading(index, passage, annotated=not is_related)
        if not subjects:
            if not is_related:
                yield from self._lead_in(index, passage)
            return
        words = self.refs[subjects[0]].annotation
        reading = read_annotation(words, self.vocabulary) if words else Reading()
        if not is_related and (self.is_journal or not reading.role):
            return
        for number in subjects:
            yield from self._relation(number, passage, words, reading, default)

    def _leading(self, index: int, passage: Passage, *, annotated: bool) -> list[int]:
        """The links that begin a line, which its annotation speaks of; those within the annotation are no more than that."""
        found: list[int] = []
        at = 0
        for number in self.by_passage[index]:
            ref = self.refs[number]
            if not _BETWEEN.fullmatch(passage.text, at, ref.start) or ref.kind not in ("wikilink", "markdown"):
                break
            found.append(number)
            at = ref.end
        if len(found) > MAX_LINKS or (annotated and not (found and self.refs[found[0]].annotation)):
            return []
        return found

    def _relation(self, number: int, passage: Passage, words: str, reading: Reading, default: str) -> Iterator[Fact]:
        """What is said of one link: toward the note, or toward a third party that the words name."""
        subject, target = str(self.path), node_of(self.targets[number])
        # A subheading is taken at its word where the line says little else.
        default = default if reading.label.count(" ") < MAX_WORDS else ""
        role, is_typed = reading.role or default or RELATED, bool(reading.role or default)
        if not reading.role:
            if role in self.vocabulary.persons and self.kinds(target) != "person":
                role, is_typed = RELATED, False
        elif not self.vocabulary.roles[reading.role].weak:
            party = self._party(reading, target)
            if party is not None:
                # "acquired by Meta" says of the link what Meta is to it; "Apollo CEO" what the link is to Apollo.
                subject, target = (target, party) if reading.is_passive else (party, target)
            elif reading.is_passive or reading.party:
                # Whose founder it is isn't known here; the note's own it is not.
                role, is_typed = RELATED, False
        if target != subject:
            yield self._fact(
                subject, role, target, words, self.refs[number].label, passage.line, "related", passage.section, reading,
                is_typed=is_typed,
            )  # fmt: skip

    def _party(self, reading: Reading, target: str) -> str | None:
        """The note that the words name as the one whose role it is, if they name one: of a kind with either side."""
        name = reading.party
        if not name and reading.role in _OF_A_PARTY and reading.qualifier[:1].isupper() and not reading.round:
            name = re.sub(r"['’]s?$", "", reading.qualifier)
        candidates: Sequence[VaultPath] = (
            (self.names(fold(name) + ".md") or self.names(ALIAS + fold(name)) or ()) if name else ()
        )
        if len(candidates) != 1 or _top(candidates[0]) not in {_top(self.path), _top(target)}:
            return None
        return str(candidates[0])

    # -- S2 to S5: tables --------------------------------------------------------------

    def _table(self, table: Table) -> Iterator[Fact]:
        rows = rows_of(table, self.structure, self.refs, self.by_passage)
        kind = kind_of(table, rows)
        for row in rows:
            if kind == "key-value" and len(row.cells) > 1:
                yield from self._key_value(table, row)
            elif kind == "entity" and row.lead >= 0:
                yield from self._about(table, row)
            elif row.links:
                yield from self._typed_cells(table, row)

    def _key_value(self, table: Table, row: Row) -> Iterator[Fact]:
        key, value = row.cells[0].strip(" :*"), row.cells[1].strip()
        if not key or not says_something(value):
            return
        linked = [ref for column, ref in row.links if column == 1]
        yield from self._stated(str(self.path), key, value, linked, row.line, "key-value", table.section)

    def _about(self, table: Table, row: Row) -> Iterator[Fact]:
        """A row that begins with a link speaks of what it leads to."""
        subject = node_of(self.targets[row.lead])
        for column, cell in enumerate(row.cells[1:], 1):
            key = table.columns[column].strip(" :*") if column < len(table.columns) else ""
            if key and says_something(cell):
                linked = [ref for at, ref in row.links if at == column]
                yield from self._stated(subject, key, cell.strip(), linked, row.line, "row", table.section)

    def _typed_cells(self, table: Table, row: Row) -> Iterator[Fact]:
        """Links under a head, or beside a row label, that names a role: `Lead investors`, `CEO`.

        They are of the thing that the row is about: the only link under a head
        that names no role, else the note.
        """
        if self.is_journal:
            return
        label = row.cells[0].strip(" :*")
        heads = [column.strip(" :*") for column in table.columns]
        by_head = {column: self.vocabulary.by_key(head) for column, head in enumerate(heads) if column}
        others = [ref for column, ref in row.links if not by_head.get(column)]
        by_label = "" if others and any(column == 0 for column, _ in row.links) else self.vocabulary.by_key(label)
        if len(others) > 1 and not by_label:
            return
        subject = node_of(self.targets[others[0]]) if others and not by_label else str(self.path)
        for column, number in row.links:
            role = by_head.get(column, "") or (by_label if column else "")
            if role:
                words = heads[column] if by_head.get(column) else label
                cell = row.cells[column].strip() if column < len(row.cells) else ""
                yield self._edge(number, role, words, row.line, "cell", table.section, cell, subject)

    def _stated(
        self, subject: str, key: str, value: str, linked: Sequence[int], line: int, source: Source, section: int
    ) -> Iterator[Fact]:
        """A key with its value: a literal; where the value has links and the key names a role, a relation to each."""
        role = self.vocabulary.by_key(key) if linked else ""
        shown = self.vocabulary.keys.get(fold(key), key)
        yield self._fact(subject, shown, "", key, value, line, source, section, Reading())
        if role:
            for number in linked:
                yield self._edge(number, role, key, line, source, section, value, subject)

    def _edge(
        self, number: int, role: str, words: str, line: int, source: Source, section: int, value: str, subject: str = ""
    ) -> Fact:
        year, amount, stake, round_ = figures_in(value[self._after(number, value) :])
        status = read_annotation(words, self.vocabulary).status
        told = Reading(status=status, year=year, amount=amount, stake=stake, round=round_)
        return self._fact(
            subject or str(self.path), role, node_of(self.targets[number]), words, self.refs[number].label, line, source,
            section, told, is_typed=True,
        )  # fmt: skip

    def _after(self, number: int, value: str) -> int:
        """Where in a cell the text after a link begins."""
        label = self.refs[number].label
        at = value.find(label)
        return at + len(label) if at >= 0 else len(value)

    # -- S6 to S8 ------------------------------------------------------------------------

    def _properties(self) -> Iterator[Fact]:
        lines = {entry.name: entry.line for entry in self.document.properties}
        for number, ref in enumerate(self.refs):
            if ref.kind == "property":
                key = ref.key.partition(".")[0]
                role = self.vocabulary.by_key(key.replace("-", " "))
                yield self._fact(
                    str(self.path), role or key, node_of(self.targets[number]), key, ref.label, ref.line or lines.get(key, 1),
                    "property", -1, Reading(), is_typed=bool(role),
                )  # fmt: skip

    def _fields(self, index: int, passage: Passage) -> Iterator[Fact]:
        for match in _FIELD.finditer(passage.text):
            key, start, end = match["key"].removesuffix("::").strip(), match.start("value"), match.end("value")
            opened = passage.text[match.start("key") - 1 : match.start("key")]
            if opened in ("[", "("):
                close = passage.text.find("]" if opened == "[" else ")", start)
                end = close if close >= 0 else end
            value = passage.text[start:end].strip()
            linked = [
                n for n in self.by_passage.get(index, ()) if start <= self.refs[n].start and self.refs[n].end <= end
            ]
            role = self.vocabulary.by_key(key)
            if not linked and value:
                yield self._fact(str(self.path), key, "", key, value, passage.line, "field", passage.section, Reading())
            for number in linked:
                yield self._fact(
                    str(self.path), role or key, node_of(self.targets[number]), key, self.refs[number].label, passage.line,
                    "field", passage.section, Reading(), is_typed=bool(role),
                )  # fmt: skip

    def _lead_in(self, index: int, passage: Passage) -> Iterator[Fact]:
        """`Key: [[A]], [[B]]`, where the vocabulary knows the key and the line holds nothing but links."""
        match = _LEAD_IN.match(passage.text)
        if match is None or self.is_journal:
            return
        role = self.vocabulary.by_key(match["key"].strip(" *"))
        numbers = [n for n in self.by_passage[index] if self.refs[n].start >= match.end()]
        at = match.end()
        for number in numbers:
            if not role or not _BETWEEN.fullmatch(passage.text, at, self.refs[number].start):
                return
            at = self.refs[number].end
        if passage.text[at:].strip(" .") or len(numbers) > MAX_LINKS:
            return
        for number in numbers:
            yield self._edge(number, role, match["key"].strip(" *"), passage.line, "lead-in", passage.section, "")

    # -- one fact ------------------------------------------------------------------------

    def _fact(
        self, subject: str, role: str, target: str, words: str, value: str, line: int, source: Source, section: int,
        reading: Reading, *, is_typed: bool = False,
    ) -> Fact:  # fmt: skip
        heading = self.document.headings[section] if section >= 0 else None
        if is_typed:
            subject, role, target, is_typed = self._directed(subject, role, target, words)
        return Fact(
            subject, role, target, words, value, self.path, line, source, heading.text if heading else "",
            heading.slug if heading else "", is_typed, reading.detail, reading.status, reading.year, reading.amount,
            reading.stake, reading.round,
        )  # fmt: skip

    def _directed(self, subject: str, role: str, target: str, words: str) -> tuple[str, str, str, bool]:
        """A relation the right way round: what only a person can be is the person's, and who led a round is the investor."""
        of_subject, of_target = self.kinds(subject), self.kinds(target)
        if role in self.vocabulary.persons and of_subject == "person":
            # On a person's page "founder, CEO" beside a company says what the person is there.
            return (subject, RELATED, target, False) if of_target == "person" else (target, role, subject, True)
        if role in _FINANCING and _LED.match(words):
            role = "portfolio-company" if of_subject == "investor" and of_target != "investor" else "investor"
        return subject, role, target, True


def _top(path: str) -> str:
    return path.partition("/")[0] if "/" in path else ""


def _sections(document: Document, vocabulary: Vocabulary, headings: frozenset[str]) -> list[tuple[bool, str]]:
    """Of each heading: whether what stands below it is related to the note, and the role that a subheading gives."""
    found: list[tuple[bool, str]] = []
    open_: list[tuple[int, bool, str]] = []
    for heading in document.headings:
        while open_ and open_[-1][0] >= heading.level:
            open_.pop()
        inside, role = (open_[-1][1], open_[-1][2]) if open_ else (False, "")
        if inside:
            role = vocabulary.by_subheading(heading.text) or role
        elif fold(heading.text.strip(" :*")) in headings:
            inside = True
        open_.append((heading.level, inside, role))
        found.append((inside, role))
    return found


def by_entity(path: VaultPath, row: Facts) -> Iterator[tuple[str, Fact]]:
    """The inversion that tells of each thing all that is said of it, from either side."""
    for fact in row:
        yield fact.subject, fact
        if fact.object and fact.object != fact.subject:
            yield fact.object, fact


def formula(vocabulary: Vocabulary, headings: Sequence[str]) -> Callable[..., Facts | None]:
    """The formula of facts, for a vocabulary and the names of headings under which related things stand."""
    return partial(facts, vocabulary=vocabulary, headings=frozenset(fold(name) for name in headings))
