"""How well, how quickly and at what cost notes are found: by the site's script and by the command line.

    python bench/search.py VAULT [--seed 2] [--size 16384] [--edits 200]

Queries with known answers are made from the notes and asked of a fresh site, by
`search_client.mjs` in Node, which is the script of the site, and by the ranking
of the command line. Then notes are edited at random, one at a time, and in the
end the shards are compared with those of a clean start. Ends with 1 when a
bound is exceeded or shards differ.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent), str(ROOT / "tests")]

from indexing import Index  # noqa: E402
from search_queries import Query, queries  # noqa: E402

from vaultkit.model import Document, Passage  # noqa: E402
from vaultkit.search.layout import file_name, in_base_32  # noqa: E402
from vaultkit.search.shards import MANIFEST  # noqa: E402
from vaultkit.search.terms import Terms, own_terms  # noqa: E402
from vaultkit.vault import Vault  # noqa: E402

BOUNDS = {
    "all": (0.96, 0.0, 0.965), "names": (0.99, 0.0, 0.0), "phrase": (0.0, 0.0, 0.92), "typo": (0.94, 0.0, 0.0),
    "prefix": (0.0, 0.99, 0.0),
}  # fmt: skip
"""What s@1, s@5 and MRR must reach, by kind of query."""

NAMES = ("title", "alias", "cjk", "ticker")
ALL = (*NAMES, "phrase")


# ---------------------------------------------------------------------------
# Whether it is found
# ---------------------------------------------------------------------------


def by_script(site: Path, asked: Sequence[Query]) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """The first results of each query by the script of the site, as addresses, and what it told besides."""
    lines = "".join(json.dumps({"q": query.text}) + "\n" for query in asked)
    command = ["node", str(ROOT / "bench" / "search_client.mjs"), str(site), "--cold"]
    ended = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    return [each["urls"] for each in told], told


def by_command(site: Path, asked: Sequence[Query]) -> list[list[str]]:
    """The same by the ranking of the command line over the same files."""
    from vaultkit.search import ranking
    from vaultkit.search.query import read_query

    reading = ranking.Reading(Files(site))
    found = []
    for each in asked:
        query = read_query(each.text)
        ranked = ranking.rank(reading, query)
        texts = Texts(site)
        ordered = ranking.nearer(query, ranked, ranked.notes, texts.parts)
        found.append([texts.text(note)[0] for note, _ in ordered[: ranking.NEAR]])
    return found


class Texts:
    """What results show of notes, in the files of a site."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self._known: dict[int, Any] = {}

    def text(self, note: int) -> Any:
        if note not in self._known:
            self._known[note] = called(self.site, f"t/{in_base_32(note)}")
        return self._known[note]

    def parts(self, note: int) -> list[str]:
        text = self.text(note)
        return [text[1], *text[3], *(part for section in text[6] for part in (section[0], section[2]))]


class Files:
    """The shards in the files of a site."""

    def __init__(self, site: Path) -> None:
        self.site = site
        head, *self.leaves = called(site, MANIFEST).split("\n")
        self.n_notes = int(head.split()[0])

    def shard(self, leaf: str) -> str:
        shard: str = called(self.site, file_name(leaf))
        return shard


def called(site: Path, name: str) -> Any:
    """What a script of the index says."""
    script = (site / "search" / f"{name}.js").read_text()
    return json.loads(f"[{script.removeprefix('vkShard(').removesuffix(');' + chr(10))}]")[1]


def judge(asked: Sequence[Query], found: Sequence[Sequence[str]], url_of: Mapping[str, str]) -> bool:
    """Print how often an answer comes first, among the first five, and how early; return whether that is enough."""
    places: dict[str, list[int]] = defaultdict(list)
    for query, urls in zip(asked, found, strict=True):
        wanted = {url_of[path] for path in query.paths}
        place = next((at for at, url in enumerate(urls, 1) if url in wanted), 0)
        kinds = [query.kind, *(["names"] if query.kind in NAMES else []), *(["all"] if query.kind in ALL else [])]
        for kind in kinds:
            places[kind].append(place)
    is_enough = True
    for kind, found_at in places.items():
        n = len(found_at)
        s1, s5 = sum(at == 1 for at in found_at) / n, sum(1 <= at <= 5 for at in found_at) / n
        mrr = sum(1 / at for at in found_at if at) / n
        least = BOUNDS.get(kind, (0, 0, 0))
        is_met = s1 >= least[0] and s5 >= least[1] and mrr >= least[2]
        is_enough &= is_met
        print(f"{kind:8} {n:4}  s@1 {s1:.3f}  s@5 {s5:.3f}  MRR {mrr:.3f}{'' if is_met else '  TOO LITTLE'}")
    return is_enough


# ---------------------------------------------------------------------------
# What it costs
# ---------------------------------------------------------------------------


class Cpu:
    """Seconds of CPU time in a block."""

    def __enter__(self) -> Self:
        self._start = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.process_time() - self._start


KINDS = ["sentence"] * 120 + ["paragraph"] * 30 + ["new"] * 20 + ["deleted"] * 10 + ["alias"] * 10 + ["renamed"] * 10
"""What is edited, and how often."""


def edits(
    documents: Mapping[str, Document], others: Mapping[str, Terms], n: int, seed: int
) -> Iterator[tuple[str, dict[str, Terms | None]]]:
    """Random edits of notes, one at a time: what each is, and the keys of the notes that it changes."""
    chance = random.Random(seed)
    notes = {path: document for path, document in documents.items() if document.kind == "note" and document.packed}
    texts = [p.text for d in chance.sample(list(notes.values()), min(600, len(notes))) for p in d.passages]
    sentences = [each for text in texts for each in text.split(". ") if 60 < len(each) < 220]
    kinds = KINDS[:]
    chance.shuffle(kinds)
    for number in range(n):
        kind, path = kinds[number % len(kinds)], chance.choice(sorted(notes))
        yield kind, _edited(kind, path, notes, others, chance, sentences, number)


def _edited(
    kind: str, path: str, notes: dict[str, Document], others: Mapping[str, Terms], chance: random.Random,
    sentences: Sequence[str], number: int,
) -> dict[str, Terms | None]:  # fmt: skip
    import msgspec

    note = notes[path]
    structure = note.structure
    passages = list(structure.passages)
    changed: dict[str, Terms | None] = {}
    if kind in ("deleted", "renamed"):
        del notes[path]
        changed[path] = None
    if kind == "deleted":
        return changed
    fields: dict[str, Any] = {}
    if kind == "sentence":
        passages.append(Passage("paragraph", chance.choice(sentences), 1))
    elif kind == "paragraph" and passages:
        passages.pop(chance.randrange(len(passages)))
    elif kind == "new":
        path = f"Concepts/New note {number}.md"
        passages = [Passage("paragraph", each, 1) for each in chance.sample(sentences, 12)]
        fields = {"path": path, "title": f"New note {number}", "aliases": (), "headings": ()}
    elif kind == "alias":
        fields = {"aliases": (*note.aliases, f"Zz alias {number}")}
    elif kind == "renamed":
        path = path.replace(".md", f" renamed {number}.md")
        fields = {"path": path, "title": f"{note.title} renamed {number}"}
    structure = msgspec.structs.replace(structure, passages=tuple(passages))
    note = msgspec.structs.replace(note, packed=msgspec.msgpack.encode(structure), **fields)
    notes[path] = note
    rest = others[path].others if path in others else ()
    return changed | {path: Terms(own_terms(note, structure), rest)}


def measure_edits(documents: Mapping[str, Document], terms: Mapping[str, Terms], size: int, n: int, seed: int) -> bool:
    """Edit notes at random, and print what it took; return whether the shards are those of a clean start."""
    index = Index(size)
    with Cpu() as cpu:
        index.update(terms)
    print(f"\nall shards anew: {cpu.seconds:.2f} CPU s, {len(index.rows)} files")
    took: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
    for kind, batch in edits(documents, terms, n, seed):
        with Cpu() as cpu:
            written = index.update(batch)
        took[kind].append((cpu.seconds * 1000, len(written), sum(len(index.rows.get(name, "")) for name in written)))
    for kind, all_of_it in took.items():
        cpu_ms, files, bytes_ = (sorted(each) for each in zip(*all_of_it, strict=True))
        print(
            f"{kind:9} {len(all_of_it):4}  CPU ms {statistics.median(cpu_ms):6.1f} (max {cpu_ms[-1]:.0f})"
            f"  shards {statistics.median(files):5.0f} (max {files[-1]})  KB {statistics.median(bytes_) / 1000:6.0f}"
        )
    clean = Index(size)
    clean.update(index.notes)
    is_same = clean.rows == index.rows
    print(f"after {n} edits the shards are {'those' if is_same else 'NOT THOSE'} of a clean start")
    return is_same


def measure_parts(documents: Mapping[str, Document]) -> None:
    """Print what finding the keys of all notes takes beside parsing them."""
    notes = [document for document in documents.values() if document.kind == "note"]
    structures = [note.structure for note in notes]
    with Cpu() as cpu:
        for note, structure in zip(notes, structures, strict=True):
            own_terms(note, structure)
    print(
        f"keys of {len(notes)} notes: {cpu.seconds:.2f} CPU s, {sum(len(note.terms) for note in notes) / 1e6:.1f} MB packed"
    )


def measure_sizes(site: Path) -> None:
    files = {path: path.read_bytes() for path in (site / "search").rglob("*.js")}
    for name, those in {
        "shards": [data for path, data in files.items() if path.parent.name != "t"],
        "texts": [data for path, data in files.items() if path.parent.name == "t"],
    }.items():
        zipped = sorted(len(gzip.compress(data, 6, mtime=0)) for data in those)
        print(
            f"{name:7} {len(those):5} files  {sum(map(len, those)) / 1e6:6.2f} MB  {sum(zipped) / 1e6:6.2f} MB gz"
            f"  gz KB median {statistics.median(zipped) / 1000:.1f}, p90 {zipped[len(zipped) * 9 // 10] / 1000:.1f}, max {zipped[-1] / 1000:.1f}"
        )


def measure_loads(asked: Collection[Query], told: Sequence[Mapping[str, Any]]) -> None:
    """What a first query loads, by its number of words; and how long the search takes in memory."""
    by_words: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for query, each in zip(asked, told, strict=True):
        if query.kind in ALL:
            loads = each["loads"]
            by_words[min(len(query.text.split()), 3)].append((len(loads), sum(size for _, size in loads)))
    for n, found in sorted(by_words.items()):
        requests, sizes = (sorted(each) for each in zip(*found, strict=True))
        print(
            f"{n} words: requests {statistics.median(requests):.0f} (p95 {requests[len(requests) * 95 // 100]}),"
            f" gz KB {statistics.median(sizes) / 1000:.1f} (p95 {sizes[len(sizes) * 95 // 100] / 1000:.1f})"
        )
    times = sorted(each["search"] for each in told)
    print(f"search in memory, CPU: {statistics.median(times):.2f} ms (p95 {times[len(times) * 95 // 100]:.2f})")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vault", type=Path)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--size", type=int, default=16_384)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--site", type=Path, help="A site of the vault that is there already.")
    parser.add_argument("--cache-dir", type=Path)
    parser.add_argument("--misses", action="store_true", help="Print the queries whose answer doesn't come first.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = given.site or Path(folder, "site")
        with Vault.open(given.vault, cache_dir=given.cache_dir or Path(folder, "cache"), jobs=1) as vault:
            if given.site is None:
                vault.build(site)
            t = vault._reader.read()  # noqa: SLF001  (what is measured is inside)
            documents, terms = t.documents.rows, t.terms.rows
            url_of = {path: card.url for path, card in t.cards.rows.items()}
        measure_sizes(site)
        asked = queries(documents, given.seed)
        found, told = by_script(site, asked)
        print(f"\nby the script of the site, seed {given.seed}")
        is_enough = judge(asked, found, url_of)
        measure_loads(asked, told)
        print("\nby the command line")
        commanded = by_command(site, asked)
        is_enough &= judge(asked, commanded, url_of)
        differing = [
            query.text for query, one, other in zip(asked, found, commanded, strict=True) if one[:1] != other[:1]
        ]
        print(f"queries of which the two don't have the same first result: {len(differing)} {differing[:5]}")
        if given.misses:
            for query, urls in zip(asked, found, strict=True):
                if not {url_of[path] for path in query.paths} & set(urls[:1]):
                    print(query.kind, repr(query.text), urls[:2], sorted(query.paths)[:2])
        print()
        measure_parts(documents)
        is_same = measure_edits(documents, terms, given.size, given.edits, given.seed)
    return 0 if is_enough and is_same else 1


if __name__ == "__main__":
    sys.exit(main())
