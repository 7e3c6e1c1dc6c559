"""What an annotation says: its label, the role that the label names, and what the rest tells of time and money.

The steps are those of the specification (knowledge graph, section 3).
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from vaultkit.knowledge.values import amount_in, percentage_in
from vaultkit.knowledge.vocabulary import Vocabulary

_MARKS = re.compile(r"[*_`\"“”„‘]|\\(?=\W)")
_LABEL_END = re.compile(r"\s\(|;|,\s|\s[—–]\s|\s--\s|:\s|\.\s|\s-\s|→|\s/\s")
_PREPOSITIONS = frozenset(
    "in of for to by at on with from that which who whose where via vs vs. versus behind under over against since "
    "during through after before into as across among amid around within without because if when until per than "
    "alongside including like near between is was are were has had".split()
)
_PREPOSITION = re.compile(
    rf"\s(?:{'|'.join(map(re.escape, sorted(_PREPOSITIONS)))})\s.*",
    re.IGNORECASE | re.DOTALL,
)
_OWNED = re.compile(r"\s(?:of|at|for)\s+(?:the\s+)?(?P<name>\S.*)", re.IGNORECASE | re.DOTALL)
_PASSIVE = re.compile(
    r"\w(?:ed|ght|ld|spun|led|out|ven|wn|de)\b[\w\s]{0,20}?\s(?:by|from)\s+(?:the\s+)?", re.IGNORECASE
)
_FREE = re.compile(
    r"(?:(?:in|for|at|from|via|since|until|through|as|with|during|after|before|by)\s+)?(?:[~$€£≈(\d]|(?:jan|feb|mar|apr|may|jun|jul|aug|"
    r"sep|oct|nov|dec|spring|summer|fall|early|late|mid|fy|q[1-4]|h[12]|series|seed|pre-seed|multiple|several|stake)\b)|\Z",
    re.IGNORECASE,
)
"""What follows a verb without being its object: a time, a price, a round."""
_OBJECT = re.compile(r"(?:in|at|into|on)\s+(?:the\s+)?", re.IGNORECASE)
_AFTER_NAME = re.compile(r"\W*(?:$|[\d$]|(?:in|for|from|at|by|via|with|on|as|after|before|during)\b)")
_OF_LINK = frozenset({"acquired", "portfolio-company", "employer", "founded"})
"""Roles whose verbs have the link for their object if they have no other: `acquired 2024`, but `acquired Groq`."""
_WORD = re.compile(r"[^\W_][\w&+'’/.-]*")
_FORMER = re.compile(
    r"\b(?:former(?:ly)?|ex-?|prior|previous(?:ly)?|past|one-time|erstwhile)(?:\s|-|\b)", re.IGNORECASE
)
_CLAIMED = re.compile(
    r"\b(?:potential(?:ly)?|reported(?:ly)?|rumou?red|possible|possibly|prospective|alleged(?:ly)?|likely|proposed|would-be|"
    r"expected|planned|speculated)\b",
    re.IGNORECASE,
)
_STATUS = re.compile(
    "former|ex|prior|previous|past|one-time|erstwhile|potential|report|rumo|possib|prospect|alleged|likely|proposed|would-be|"
    "planned|speculated"
)
"""Begins every word that tells of a status: most labels have none of them."""
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<![\d$.,])(1[89]\d\d|20\d\d)(?![\d,]|\.\d)")
_ROUND = re.compile(r"\b(?:pre-)?(?:series\s+[a-h]\d?\+?|seed)(?=\W|$)", re.IGNORECASE)
_STAKE = re.compile(
    r"\b(?:stake|owned|owns|ownership|share(?:holding)?|holding|equity|voting)\b|^[\s(]*[~≈]?\d+(?:\.\d+)?\s?%",
    re.IGNORECASE,
)


class Reading(Struct, frozen=True, array_like=True, gc=False):
    """An annotation as it is understood; the author's words stand beside it in the fact."""

    label: str = ""
    role: str = ""
    """Empty where no word of the vocabulary names one."""
    detail: str = ""
    qualifier: str = ""
    """The words before the head: `primary`, or the name of a third party."""
    party: str = ""
    """The name in `founder of Stripe`: whose founder it is."""
    is_passive: bool = False
    """As in `acquired by Meta`, or `acquired Groq`: the party is then what the role names, and the link its subject."""
    status: str = ""
    """`former`, `claimed` or empty."""
    year: str = ""
    amount: str = ""
    stake: str = ""
    round: str = ""


@lru_cache(maxsize=50_000)
def read_annotation(text: str, vocabulary: Vocabulary) -> Reading:
    """
    >>> from vaultkit.knowledge.vocabulary_file import load
    >>> found = read_annotation("former Series B co-lead investor ($40M, 2021)", load(None)[0])
    >>> found.role, found.status, found.round, found.amount, found.year
    ('investor', 'former', 'Series B', '$40M', '2021')
    """
    plain = _MARKS.sub("", text).strip()
    if plain.startswith("(") and plain.endswith(")"):
        plain = plain[1:-1].strip()
    end = _LABEL_END.search(plain)
    label = plain[: end.start()].strip() if end else plain.rstrip(".")
    detail = plain[end.start() :].strip(" ,;:.—–-()→/") if end else ""
    role, qualifier, party, is_passive = _role(label, vocabulary)
    status = ""
    if _STATUS.search(label.casefold()):
        status = "former" if _FORMER.search(label) else "claimed" if _CLAIMED.search(label) else ""
    return Reading(label, role, detail, qualifier, party, is_passive, status, *_figures(plain, label, detail))


def label_of(text: str) -> str:
    """The label of an annotation, folded: what `read_annotation` looks for a role in."""
    plain = _MARKS.sub("", text).strip()
    end = _LABEL_END.search(plain)
    return (plain[: end.start()] if end else plain.rstrip(".")).strip().casefold()


def figures_in(text: str) -> tuple[str, str, str, str]:
    """Year, amount, stake and round that a text names; each empty if it names none."""
    return _figures(text, "", text)


def _figures(plain: str, label: str, detail: str) -> tuple[str, str, str, str]:
    found_round = _ROUND.search(plain) if "eed" in plain or "eries" in plain else None
    round_ = found_round[0] if found_round else ""
    if not _DIGIT.search(plain):
        return "", "", "", round_
    year = _YEAR.search(label) or _YEAR.search(detail)
    stake = percentage_in(plain) if "%" in plain and _STAKE.search(plain) else ""
    return year[1] if year else "", amount_in(plain), stake, round_


@lru_cache(maxsize=50_000)
def _role(label: str, vocabulary: Vocabulary) -> tuple[str, str, str, bool]:
    """The role that a label names, the words before its head, whose it is, and whether it is said passively."""
    is_plain = _PREPOSITIONS.isdisjoint(label.casefold().split())
    before = label if is_plain else _PREPOSITION.sub("", f" {label}").strip()
    words = _WORD.findall(before)
    if words and words[0].casefold() in vocabulary.verbs:
        return _sentence(label, vocabulary)
    role, n_head = _head(words, vocabulary)
    while not role and len(words) > 1 and words[-1].casefold() in vocabulary.generic:
        words.pop()
        role, n_head = _head(words, vocabulary)
    if not role:
        return _sentence(label, vocabulary)
    qualifiers = [word.casefold() for word in words[:-n_head]]
    if n_head == 1 and words[-1].casefold() in vocabulary.plain and not _are_modifiers(words[:-1], role, vocabulary):
        return _sentence(label, vocabulary)
    if role not in vocabulary.persons and len(words) > 1 and all(map(_is_name, words[-2:])):
        # "Q Developer" is called so; it needn't develop anything.
        return _sentence(label, vocabulary)
    known = vocabulary.roles[role]
    if "and" in qualifiers:
        # In "investor and customer", investor is a role of its own.
        del qualifiers[: len(qualifiers) - qualifiers[::-1].index("and")]
    if known.symmetric or known.weak or vocabulary.besides.isdisjoint(qualifiers):
        owned = _OWNED.match(label[len(before) :]) if label.startswith(before) else None
        return role, " ".join(words[:-n_head]), _name_in(owned["name"]) if owned else "", False
    return _sentence(label, vocabulary)


def _is_name(word: str) -> bool:
    return word[:1].isupper() and not (word.isupper() and len(word) > 1)


def _are_modifiers(words: list[str], role: str, vocabulary: Vocabulary) -> bool:
    """Whether words before a plain head leave it its meaning: modifiers and figures, and the name of what is owned."""
    return all(
        word.casefold() in vocabulary.modifiers or word[:1].isdigit() or (role == "parent" and word[:1].isupper())
        for word in words
    )


def _head(words: list[str], vocabulary: Vocabulary) -> tuple[str, int]:
    """The role that the last word or two name, and how many they are; a gerund ends what is named before it."""
    for index in range(1, len(words) - 1):
        if words[index].endswith("ing") and words[index - 1].casefold() in vocabulary.heads:
            del words[index:]
            break
    if len(words) > 1 and (role := vocabulary.heads.get(" ".join(words[-2:]).casefold())):
        return role, 2
    last = words[-1].casefold().strip("'’.-/") if words else ""
    if last not in vocabulary.heads and "/" in last:
        last = next((part for part in last.split("/") if part in vocabulary.heads), "")
    return vocabulary.heads.get(last, ""), 1


def _sentence(label: str, vocabulary: Vocabulary) -> tuple[str, str, str, bool]:
    """The role that a whole label names by a pattern, and who else is named in it: by whom, or whom."""
    passive = _PASSIVE.search(label) if "by " in label or "from " in label else None
    role = vocabulary.by_pattern(_FORMER.sub("", label, count=1).strip())
    if passive is not None:
        return role, "", _name_in(label[passive.end() :]) or "?", True
    first, _, rest = label.partition(" ")
    if role in _OF_LINK and first.casefold() in vocabulary.verbs and not _FREE.match(rest):
        rest = _OBJECT.sub("", rest, count=1)
        name = _name_in(rest)
        return role, "", name if name and _AFTER_NAME.match(rest, len(name)) else "?", True
    return role, "", "", False


def _name_in(text: str) -> str:
    """The proper name that a text begins with; empty if it begins with none."""
    words = []
    for word in text.split():
        if not word[:1].isupper() and not word[:1].isdigit() and word not in {"of", "de", "von", "and", "&"}:
            break
        words.append(word)
    return " ".join(words).strip(" ,.;:()")
