"""All facts that one note states: each from a line of it, with the words that the author chose."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from vaultkit.engine.tables import Get
from vaultkit.facts import Fact, Source
from vaultkit.knowledge.cells import Place, is_occasion, is_thing, post_before, remark_after, stands_alone, told_of
from vaultkit.knowledge.direction import directed, named, party_of, top_of
from vaultkit.knowledge.labels import Reading, read_annotation
from vaultkit.knowledge.tables import Row, kind_of, linked_in, rows_of, says_something
from vaultkit.knowledge.vocabulary import PERSON, PLACE, RELATED, TOPIC, Vocabulary
from vaultkit.model import Document, Links, Passage, Table, VaultPath
from vaultkit.nodes import node_of
from vaultkit.words import fold, is_journal

Facts = tuple[Fact, ...]

MAX_WORDS = 6
"""Words of an annotation beyond which it isn't a role of the subheading's but a remark."""

KEY_AND_VALUE = 2
"""Columns of a table of keys and values."""

NO_LINKS = Links(())

MAX_LINKS = 12
"""Leading links of one line that an annotation is taken to speak of; a longer list says nothing of each."""

MAX_FIELD = 1_000
"""Characters of a field in brackets, which may hold others."""

_BETWEEN = re.compile(r"\s*(?:,|/|&|and|\+|·|→)?\s*")
_KEY = r"[A-Za-z][\w /&-]{0,40}?::"
_FIELD = re.compile(rf"(?m:^|(?<=[\[(]))[ \t]*(?P<key>{_KEY})[ \t]*(?P<value>[^\n]*?)(?=\s*[\[(]{_KEY}|\n|\Z)")
_LEAD_IN = re.compile(r"\s*(?P<key>[^\W\d_][^:\t]{0,40}?):\s+")


def entity_kind(path: VaultPath, document: Document, *, vocabulary: Vocabulary) -> str | None:
    """Whether a note is about a person, an investor, a topic or an event, by its folder, else by its tags."""
    by_folder = vocabulary.kinds.get(fold(path.partition("/")[0])) if "/" in path else None
    if by_folder:
        return by_folder
    by_tags = [kind for tag in document.tags if (kind := vocabulary.kinds.get(fold(tag.name)))]
    # A person who invests is a person.
    return PERSON if PERSON in by_tags else next(iter(by_tags), None)


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
    if document.kind != "note":
        return None
    resolved: Links = links(path) or NO_LINKS
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
        self.is_topic = kinds(path) == TOPIC
        """Whether the note is of an idea: who is listed there has customers, not the idea."""
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
        default = default if reading.label.count(" ") < MAX_WORDS and not reading.party else ""
        if default == "security" and top_of(target) == top_of(self.path):
            # What other companies do below "Securities" is a remark on the market.
            default = ""
        role = reading.role or default or RELATED
        if default and not reading.party and self.vocabulary.inverse(default) == role:
            # "early investor" in a list of investments is said of the note.
            role = default
        is_typed = role != RELATED
        if not reading.role:
            if role in self.vocabulary.persons and self.kinds(target) != "person":
                role, is_typed = RELATED, False
        elif not self.vocabulary.roles[reading.role].weak:
            name, is_certain = named(reading, self.vocabulary)
            party = self._party(name, target, is_certain=is_certain) if name else None
            if party is not None and party != target:
                # "acquired by Meta" says of the link what Meta is to it; "Apollo CEO" what the link is to Apollo.
                subject, target = (target, party) if reading.is_passive else (party, target)
            elif is_certain or party is not None:
                # Whose founder it is isn't known here; the note's own it is not.
                role, is_typed = RELATED, False
        if target != subject:
            yield self._fact(
                subject, role, target, words, self.refs[number].label, passage.line, "related", passage.section, reading,
                is_typed=is_typed,
            )  # fmt: skip

    def _party(self, name: str, target: str, *, is_certain: bool) -> str | None:
        near = (self.path, target)
        return party_of(name, near, self.document.title, self.names, self.kinds, is_certain=is_certain)

    # -- S2 to S5: tables --------------------------------------------------------------

    def _table(self, table: Table) -> Iterator[Fact]:
        if len(table.columns) != KEY_AND_VALUE and self.by_passage.keys().isdisjoint(
            range(table.passage, table.passage + table.n_rows)
        ):
            # Without links only keys and values are facts.
            return
        rows = rows_of(table, self.structure, self.refs, self.by_passage)
        kind = kind_of(table, rows)
        heads = [column.strip(" :*") for column in table.columns]
        role, words = self._role_of_rows(table, heads[0]) if kind == "entity" else ("", "")
        for row in rows:
            if kind == "key-value" and len(row.cells) > 1:
                yield from self._key_value(table, row)
            elif kind == "entity" and row.lead >= 0:
                if role:
                    yield from self._edge(Place(table, row, 0), row.lead, role, words, "row")
                yield from self._about(table, row, heads)
            elif row.links and not self.is_journal:
                yield from self._typed_cells(table, row, heads)

    def _role_of_rows(self, table: Table, head: str) -> tuple[str, str]:
        """What the things that a table lists are to the note: by the head above them, else by the section's name."""
        if self.is_journal or self.is_topic:
            return "", ""
        role = self.vocabulary.by_key(head)
        if not role and table.section >= 0 and (not head or fold(head) in self.vocabulary.generic):
            head = self.document.headings[table.section].text.partition("(")[0].strip(" :*")
            role = self.vocabulary.by_key(head)
        return ("", "") if role in self.vocabulary.categories else (role, head)

    def _key_value(self, table: Table, row: Row) -> Iterator[Fact]:
        key, value = row.cells[0].strip(" :*"), row.cells[1].strip()
        if key and says_something(value):
            yield from self._stated(str(self.path), key, Place(table, row, 1), "key-value")

    def _about(self, table: Table, row: Row, heads: Sequence[str]) -> Iterator[Fact]:
        """A row that begins with a link speaks of what it leads to."""
        subject = node_of(self.targets[row.lead])
        for column in range(1, min(len(row.cells), len(heads))):
            if heads[column] and says_something(row.cells[column]):
                yield from self._stated(subject, heads[column], Place(table, row, column), "row")

    def _typed_cells(self, table: Table, row: Row, heads: Sequence[str]) -> Iterator[Fact]:
        """Links under a head, or beside a row label, that names a role: `Lead investors`, `CEO`."""
        label = row.cells[0].strip(" :*")
        by_label = self.vocabulary.by_key(label)
        if by_label and not self.vocabulary.by_key(heads[0]):
            for column, number in row.links:
                if column == 1:
                    yield from self._edge(Place(table, row, 1), number, by_label, label, "cell")
            return
        subject = self._subject_of(row, heads)
        for column, number in row.links:
            role = self.vocabulary.by_key(heads[column]) if column < len(heads) else ""
            about = str(self.path) if column == 0 else subject
            is_listing = about == self.path and (self.is_topic or role in self.vocabulary.categories)
            if role and about and not is_listing:
                yield from self._edge(Place(table, row, column), number, role, heads[column], "cell", about)

    def _subject_of(self, row: Row, heads: Sequence[str]) -> str:
        """The node that a row is about: what it begins with, or the note where that is a time or a round; else none."""
        first = [number for column, number in row.links if column == 0]
        if len(first) == 1 and self.refs[first[0]].start == 0:
            return node_of(self.targets[first[0]])
        if first or not is_occasion(heads[0], row.cells[0]):
            return ""
        targets = [number for column, number in row.links if is_thing(heads[column : column + 1], self.vocabulary)]
        return node_of(self.targets[targets[0]]) if len(targets) == 1 else str(self.path)

    def _stated(self, subject: str, key: str, place: Place, source: Source) -> Iterator[Fact]:
        """A key with its value: a literal; where the value has links and the key names a role, a relation to each."""
        row, value = place.row, place.row.cells[place.column].strip()
        linked = [number for _, number in linked_in(row, place.column)]
        shown = self.vocabulary.keys.get(fold(key), key)
        yield self._fact(subject, shown, "", key, value, row.line, source, place.table.section, Reading())
        kind = self.kinds(subject) if linked else None
        if source == "row" and kind in (PLACE, TOPIC):
            # "Europe | Key customers" tells of the customers there.
            return
        role = self.vocabulary.by_key(key) if linked else ""
        for number in linked:
            if role:
                yield from self._edge(place, number, role, key, source, subject)
            elif kind == PERSON:
                yield from self._post(place, number, key, source, subject)

    def _post(self, place: Place, number: int, key: str, source: Source, subject: str) -> Iterator[Fact]:
        """What a person is where: `Current role | CEO, [[X]]`."""
        if fold(key) not in self.vocabulary.posts:
            return
        said = post_before(place.row.cells[place.column], self.refs[number].start - place.offset)
        role = read_annotation(said, self.vocabulary).role if said else ""
        if role in self.vocabulary.persons:
            yield from self._edge(place, number, role, key, source, subject, is_listed=True)
        elif said.count(" ") < MAX_WORDS:
            # "Engineer, [[X]]" tells no more than where.
            yield from self._edge(place, number, "employer", key, source, subject)

    def _edge(
        self,
        place: Place,
        number: int,
        role: str,
        words: str,
        source: Source,
        subject: str = "",
        *,
        is_listed: bool = False,
    ) -> Iterator[Fact]:
        """The relation to a link in a cell, if it is what the cell names and not part of a remark."""
        ref, cell = self.refs[number], place.row.cells[place.column]
        start, end = ref.start - place.offset, ref.end - place.offset
        if not is_listed and not stands_alone(cell, start, end):
            return
        remark = remark_after(cell, end, is_only=len(linked_in(place.row, place.column)) == 1)
        told = told_of(place, remark, words, self.vocabulary, is_of_row=role not in self.vocabulary.categories)
        yield from self._if_typed(
            self._fact(
                subject or str(self.path), role, node_of(self.targets[number]), words, ref.label, place.row.line, source,
                place.table.section, told, is_typed=True,
            )
        )  # fmt: skip

    def _if_typed(self, fact: Fact) -> Iterator[Fact]:
        if fact.is_typed and fact.subject != fact.object:
            yield fact

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
        numbers = self.by_passage.get(index, ())
        starts = [self.refs[n].start for n in numbers]
        line, counted = passage.line, 0
        for match in _FIELD.finditer(passage.text):
            key, start, end = match["key"].removesuffix("::").strip(), match.start("value"), match.end("value")
            opened = passage.text[match.start("key") - 1 : match.start("key")]
            if opened in ("[", "("):
                close = passage.text.find("]" if opened == "[" else ")", start, start + MAX_FIELD)
                end = close if close >= 0 else end
            value = passage.text[start:end].strip()
            linked = [
                n for n in numbers[bisect_left(starts, start) : bisect_right(starts, end)] if self.refs[n].end <= end
            ]
            role = self.vocabulary.by_key(key)
            line, counted = line + passage.text.count("\n", counted, start), start
            if not linked and value:
                yield self._fact(str(self.path), key, "", key, value, line, "field", passage.section, Reading())
            for number in linked:
                yield self._fact(
                    str(self.path), role or key, node_of(self.targets[number]), key, self.refs[number].label, line,
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
            key = match["key"].strip(" *")
            yield from self._if_typed(
                self._fact(
                    str(self.path), role, node_of(self.targets[number]), key, self.refs[number].label, passage.line, "lead-in",
                    passage.section, Reading(status=read_annotation(key, self.vocabulary).status), is_typed=True,
                )
            )  # fmt: skip

    # -- one fact ------------------------------------------------------------------------

    def _fact(
        self, subject: str, role: str, target: str, words: str, value: str, line: int, source: Source, section: int,
        reading: Reading, *, is_typed: bool = False,
    ) -> Fact:  # fmt: skip
        heading = self.document.headings[section] if section >= 0 else None
        if is_typed:
            subject, role, target, is_typed = directed(
                (subject, role, target), words, reading.stake, self.kinds, self.vocabulary
            )
        return Fact(
            subject, role, target, words, value, self.path, line, source, heading.text if heading else "",
            heading.slug if heading else "", is_typed, reading.detail, reading.status, reading.year, reading.amount,
            reading.stake, reading.round,
        )  # fmt: skip


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
