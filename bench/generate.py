"""Makes vaults of any size that look like a real one, from a seed.

    python bench/generate.py VAULT --notes 10000 --seed 2026

A note is a function of the seed, its number and the size of the vault, so that
nothing but the note at hand is in memory. Proportions are those of a research
vault: 4.8 kB and 30 links a note, half of them to notes nearby, the others to
few names that everybody links to and many that hardly anybody does; three
names a note that nobody has written; tables of facts, of things and of dates;
annotated lines; words by Zipf's law.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from random import Random

SEED = 2026

FOLDERS = ("Actors", "Actors", "Actors", "People", "People", "Concepts", "Concepts", "Sources", "Products", "Events")
ROLES = (
    "co-founder", "lead investor (Series B, $40M, 2023)", "competitor", "former CEO", "customer since 2021", "supplier of chips", "parent company",
    "board member", "partner in research", "acquired 2024", "mentioned beside it", "an early critic of the approach", "reportedly in talks",
)  # fmt: skip
KEYS = (
    "Founded",
    "Headquarters",
    "Employees",
    "Revenue",
    "Valuation",
    "CEO",
    "Type",
    "License",
    "Parameters",
    "Status",
    "Website",
    "Funding",
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SYLLABLES = tuple(a + b for a in "b c d f g k l m n p r s t v z".split() for b in "a e i o u an er in on ul".split())

WORDS = 60_000
"""Different words of a vault, about."""

NEAR = 60
"""How far away in number the notes are that are nearby."""


def word(rank: int) -> str:
    """The word of a rank: short ones are frequent."""
    made = []
    rank += 1
    while rank:
        rank, digit = divmod(rank, len(SYLLABLES))
        made.append(SYLLABLES[digit])
    return "".join(made)


@lru_cache(maxsize=1 << 16)
def title(number: int) -> str:
    """What a note is called; names beyond the last note are those that nobody has written."""
    dice = Random(f"title {number}")
    first = word(dice.randrange(3_000)).capitalize()
    return f"{first} {word(number + 500).capitalize()}" if number % 3 else word(number + 500).capitalize()


class Maker:
    """The notes of one vault."""

    def __init__(self, n_notes: int, seed: int = SEED) -> None:
        self.n_notes, self.seed = n_notes, seed

    def notes(self) -> Iterator[tuple[str, str]]:
        """Each note's path and text, one after the other."""
        for number in range(self.n_notes):
            yield self.path(number), self.note(number)

    def path(self, number: int) -> str:
        return f"{FOLDERS[number % len(FOLDERS)]}/{title(number)}.md"

    def note(self, number: int) -> str:
        dice = Random(f"{self.seed} {number}")
        parts = [self._front_matter(number, dice), f"# {title(number)}\n", self._paragraph(number, dice)]
        if dice.random() < 0.5:
            parts.append(self._key_facts(number, dice))
        for _ in range(dice.choice((3, 4, 5, 8))):
            parts.append(f"## {self._words(dice, 3).capitalize()}\n")
            parts += [self._paragraph(number, dice) for _ in range(dice.choice((1, 1, 2, 2)))]
            if dice.random() < 0.35:
                parts.append("".join(f"- {self._sentence(number, dice, 0.25)}\n" for _ in range(dice.randrange(3, 8))))
        if dice.random() < 0.2:
            parts.append(self._dated(number, dice))
        if dice.random() < 0.15:
            parts.append(self._things(number, dice))
        if dice.random() < 0.5:
            lines = (f"- {self._link(number, dice)} — {dice.choice(ROLES)}\n" for _ in range(dice.randrange(3, 12)))
            parts.append("## Related\n\n" + "".join(lines))
        return "\n".join(parts)

    def _front_matter(self, number: int, dice: Random) -> str:
        tags = ", ".join(word(dice.randrange(10) * dice.randrange(1, 40)) for _ in range(3))
        alias = f"\naliases: [{word(number + 500).upper()} {number}]" if dice.random() < 0.3 else ""
        return f"---\ntags: [{tags}]{alias}\nupdated: 20{dice.randrange(18, 27)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}\n---\n"

    def _key_facts(self, number: int, dice: Random) -> str:
        values = (
            str(dice.randrange(1980, 2027)), f"${dice.randrange(1, 900)}M", f"{dice.randrange(1, 99)}%", self._words(dice, 2),
            self._link(number, dice), f"{dice.choice(MONTHS)} {dice.randrange(2018, 2027)}", f"~{dice.randrange(1, 9000):,}",
        )  # fmt: skip
        rows = (f"| {key} | {dice.choice(values)} |\n" for key in dice.sample(KEYS, dice.randrange(3, 9)))
        return "## Key facts\n\n| Metric | Value |\n| --- | --- |\n" + "".join(rows)

    def _dated(self, number: int, dice: Random) -> str:
        rows = (
            f"| {dice.choice(MONTHS)} {dice.randrange(2015, 2027)} | {self._sentence(number, dice, 0.4)} |\n" for _ in range(dice.randrange(3, 12))
        )  # fmt: skip
        return "## Timeline\n\n| Date | Event |\n| --- | --- |\n" + "".join(rows)

    def _things(self, number: int, dice: Random) -> str:
        rows = (
            f"| {self._link(number, dice)} | ${dice.randrange(1, 900)}M | {dice.randrange(2010, 2027)} | {self._words(dice, 4)} |\n"
            for _ in range(dice.randrange(3, 15))
        )
        return "## Investors\n\n| Investor | Amount | Year | Remark |\n| --- | --- | --- | --- |\n" + "".join(rows)

    def _paragraph(self, number: int, dice: Random) -> str:
        return " ".join(self._sentence(number, dice, 0.45) for _ in range(dice.choice((3, 4, 5, 7)))) + "\n"

    def _sentence(self, number: int, dice: Random, linked: float) -> str:
        words = self._words(dice, dice.randrange(6, 22)).split()
        while dice.random() < linked:
            words.insert(dice.randrange(len(words)), self._link(number, dice))
            linked /= 2
        if dice.random() < 0.1:
            words[0] = f"**{words[0]}**"
        return f"{words[0][0].upper()}{' '.join(words)[1:]}."

    def _words(self, dice: Random, n: int) -> str:
        # Zipf's law: the rank's logarithm is as likely to be here as there.
        return " ".join(word(int(WORDS ** dice.random()) - 1) for _ in range(n))

    def _link(self, number: int, dice: Random) -> str:
        """A link to a note nearby, to one of those that everybody knows, or to a name without a note."""
        kind = dice.random()
        if kind < 0.5:
            target = min(max(number + round(dice.gauss(0, NEAR / 2)), 0), self.n_notes - 1)
        elif kind < 0.85:
            # Rank r is as frequent as r to the power of -0.7: the first has some percent of all.
            target = int((dice.random() * (self.n_notes**0.3 - 1) + 1) ** (1 / 0.3)) - 1
        else:
            near = number + round(dice.gauss(0, NEAR / 2)) if dice.random() < 0.7 else dice.randrange(self.n_notes)
            target = self.n_notes + max(near, 0) * 4 + dice.randrange(4)
        name = title(target)
        return f"[[{name}|{word(dice.randrange(2_000))}]]" if dice.random() < 0.15 else f"[[{name}]]"


def write(root: Path, n_notes: int, seed: int = SEED) -> int:
    """Write a vault into a folder that isn't there yet; the bytes written."""
    size = 0
    for folder in set(FOLDERS):
        (root / folder).mkdir(parents=True)
    for path, text in Maker(n_notes, seed).notes():
        size += (root / path).write_text(text, encoding="utf-8")
    return size


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("vault", type=Path)
    arguments.add_argument("--notes", type=int, default=1_000)
    arguments.add_argument("--seed", type=int, default=SEED)
    given = arguments.parse_args()
    print(f"{write(given.vault, given.notes, given.seed):,} characters in {given.notes:,} notes")
