"""The search of the site's script without a browser: its words, its queries and its order are those of Python."""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import vaults

from vaultkit.model import VaultPath
from vaultkit.search import tokens
from vaultkit.serve.files import media_type
from vaultkit.site import frontend
from vaultkit.site.frame import SEARCH_WORDS, search_scripts
from vaultkit.urls import natural_url

NODE = shutil.which("node") or ""
ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "templates" / "src" / "search"

if not NODE:
    pytest.skip("THE SCRIPT'S SEARCH IS NOT COMPARED WITH PYTHON'S: no node", allow_module_level=True)


def node(script: str, told: object, *arguments: str) -> Any:
    """What a module of JavaScript, with `told` in it, prints as JSON."""
    whole = f'import {{ readFileSync }} from "node:fs";\nconst told = JSON.parse(readFileSync(0, "utf8"));\n{script}'
    command = [NODE, "--input-type=module", "-e", whole, *arguments]
    ended = subprocess.run(
        command, input=json.dumps(told).encode("utf-8"), stdout=subprocess.PIPE, check=True, cwd=SOURCES
    )
    return json.loads(ended.stdout)


# ---------------------------------------------------------------------------
# Words
# ---------------------------------------------------------------------------

TOKENS = """
const { fold, runs, wordsOf, nameKey } = await import(`file://${process.cwd()}/tokens.js`);
console.log(JSON.stringify(told.map((text) => [fold(text), wordsOf(text), nameKey(runs(text))])));
"""

ODD = (
    "Straße STRASSE GROẞ ß ẞ",
    "İstanbul ISTANBUL ı I i̇",
    "ΌΔΟΣ όδος ΣΊΣΥΦΟΣ ς σ ΣΣ",
    "한국어 한글 가각 ㄱㄴ",
    "ﬁnancial oﬃce ﬆ Ĳssel ǆ",
    "½ ¾ 1½ ² x² ⅷ Ⅷ ① ㊙ ㎏",
    "ｶﾀｶﾅ ﾊﾟﾋﾟ ｶﾞ ＡＢＣ １２３",
    "𝒜𝓁𝓅𝒽𝒶 𝔘𝔫𝔦 𝟙𝟚𝟛 𝐀",
    "🙂 👩‍👩‍👧 🇩🇪 1️⃣ ©️",
    "é e\u0301 ñ n\u0303 Å Å a\u030a q\u0307\u0323 Việt Nguyễn",
    "幻方量化 深度求索 𠀀𠀁 ー々〇 北京AI大学",
    "العربية الْعَرَبِيَّة עברית שָׁלוֹם हिन्दी भारत ไทย",
    "don't don’t rock'n'roll ’tis 'quoted' O’Reilly’s companies' James's",
    "companies ties ies series glass bus basis was Axes s ss sss moody's",
    "__proto__ constructor toString a_b_c x-y_z",
    "AT&T S&P 500 C++ .NET 3,14 1.000,00 $2bn 0700.HK",
    "ŉ ǰ ΐ ΰ և ẖ ẗ ẘ ẙ ẚ ᾳ ῼ ᾼ Ω K ſ ſt",
    "Ꭰ ꭰ Ა ა Ⴀ ⴀ Ω ω ϐ ϑ ϕ µ μ",
    "\u00a0\u2003\u200b\ufeff\u2028\u0000\n\t\\\"'",
    "x" * 100 + " " + "𝒜" * 60 + " " + "word " * 40 + "字" * 120,
    "",
)


def texts() -> Iterator[str]:
    """Strings of every kind: chosen, made up from odd characters, and from notes."""
    yield from ODD
    dice = random.Random(5)
    letters = [char for char in map(chr, range(0x20, 0x3100)) if unicodedata.category(char) not in ("Cn", "Cs")]
    wide = [
        chr(n)
        for n in (*range(0xFB00, 0xFB50), *range(0xFF00, 0xFFEF), *range(0x1D400, 0x1D7FF), *range(0xAC00, 0xAC80))
    ]
    wide = [char for char in wide if unicodedata.category(char) != "Cn"]
    for _ in range(4000):
        pool = letters if dice.random() < 0.6 else wide
        yield "".join(dice.choices(pool, k=dice.randrange(1, 30))) + dice.choice(["", " ", "s", "'s", "\u0301"])
    known = "".join(ODD)
    for _ in range(2000):
        yield "".join(dice.choices(known, k=dice.randrange(1, 40)))
    for folder in (ROOT / "vault", ROOT.parent / "shared" / "vaults" / "research"):
        for path in sorted(folder.rglob("*.md")) if folder.is_dir() else ():
            yield path.stem
            yield path.read_text(encoding="utf-8", errors="replace")[:1500]


def test_both_cut_texts_into_the_same_words() -> None:
    asked = list(texts())
    assert len(asked) > 6000
    told = node(TOKENS, asked)
    for text, (folded, words, key) in zip(asked, told, strict=True):
        assert (folded, words, key) == (tokens.fold(text), tokens.words(text), tokens.name_key(text)), repr(text)


def test_every_letter_and_number_is_one_for_both() -> None:
    """Letters that Unicode came to know later than this Python are left to the browser."""
    chars = [char for char in map(chr, range(0x30000)) if unicodedata.category(char) not in ("Cn", "Cs")]
    told = node(TOKENS, chars)
    differs = [char for char, (_, words, _) in zip(chars, told, strict=True) if words != tokens.words(char)]
    assert [f"U+{ord(char):04X}" for char in differs] == []


# ---------------------------------------------------------------------------
# Queries and answers
# ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("client") / "site"
    vaults.build(ROOT / "vault", out)
    return out


def answers(site: Path, queries: Sequence[str], *options: str) -> list[dict[str, Any]]:
    """What the script answers, as the benchmark runs it."""
    command = [NODE, str(ROOT / "bench" / "search_client.mjs"), str(site), *options]
    lines = "".join(f"{json.dumps({'q': query})}\n" for query in queries)
    ended = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("NVIDIA", "Actors/NVIDIA.html"),
        ("nvida", "Actors/NVIDIA.html"),
        ("nvi", "Actors/NVIDIA.html"),
        ("NVDA", "Actors/NVIDIA.html"),
        ("model distil", "Concepts/Model-distillation.html"),
        ("distillation MODELS", "Concepts/Model-distillation.html"),
        ('"accumulated software" type:concepts', "Concepts/CUDA-moat.html"),
        ("type:concept cuda", "Concepts/CUDA-moat.html"),
        ("tag:concept folder:Concepts cuda", "Concepts/CUDA-moat.html"),
    ],
)
def test_what_is_meant_comes_first(site: Path, query: str, first: str) -> None:
    assert answers(site, [query])[0]["urls"][0] == first


def test_what_is_to_be_away_is_away(site: Path) -> None:
    every, without, none = answers(site, ["cuda", "cuda -cuda", "cuda type:nothing"])
    assert every["total"] > without["total"] == none["total"] == 0


def test_a_phrase_is_looked_for_in_the_texts(site: Path) -> None:
    together, apart, away = answers(
        site, ['"accumulated software"', '"software accumulated"', '-"accumulated software" cuda']
    )
    assert together["total"] >= 1
    assert apart["total"] == 0
    assert "Concepts/CUDA-moat.html" not in away["urls"]


STRANGE = [
    "x" * 10_000, "word " * 2000, "幻" * 10_000, "!!!", "()[]{}*+?.^$|\\", '"', '""', '"""', '"unbalanced', 'a"b"c"',
    "-", "--", '-"', "type:", 'type:"', "type:type:type:", "nosuch:operator", "rel:", "tag:###", "folder:///", "__proto__",
    "constructor", "hasOwnProperty type:__proto__", "\u202eabc", "שלום עולם", "<img src=x onerror=alert(1)>", "\0", "%%%", "a" * 41,
    "the", "of the", " ", "", "\ud800", "👩‍👩‍👧", "½", "$&", "nvidi$& $1",
]  # fmt: skip


def test_whatever_is_typed_has_an_answer(site: Path) -> None:
    assert len(answers(site, STRANGE)) == len(STRANGE)


def test_words_of_every_note_can_be_asked_for(site: Path) -> None:
    assert answers(site, ["the"])[0]["q"] == "the"


def test_a_first_query_loads_little(site: Path) -> None:
    """Scripts and styles, the manifest, shards and eight texts: no more than twelve files."""
    for answer in answers(site, ["nvidia", "inference", "deepseek", "moat"], "--cold"):
        assert len(answer["loads"]) + 2 <= 12
        assert sum(size for _, size in answer["loads"]) < 28_000


def test_the_client_is_small() -> None:
    """As it is written, its words included: the bounds are what was reached."""
    words = json.loads((ROOT / "templates" / "strings" / "en.json").read_bytes())
    scripts = search_scripts(frontend.bundled, words)
    sizes = {url: len(gzip.compress(script, 9)) for url, script in scripts.items()}
    assert 2000 < sizes["static/search.js"] <= 5000
    assert 500 < sizes["static/search-page.js"] <= 1360


def test_the_words_are_taken_in_the_order_in_which_they_are_written() -> None:
    taken = re.search(r"const \[(.*)\] = vkWords;", (SOURCES / "shown.js").read_text("utf-8"))
    assert taken
    assert tuple(taken[1].lower().split(", ")) == SEARCH_WORDS


@pytest.mark.parametrize("path", ["search/t/1.js", "Search/m.js", "static/x.js"])
def test_an_attachment_never_lies_where_scripts_are_run(path: str) -> None:
    assert media_type(natural_url(VaultPath(path), "attachment")) == "text/plain; charset=utf-8"
    assert media_type("search/m.js") == "text/javascript; charset=utf-8"


def test_nothing_of_a_note_is_ever_read_as_html() -> None:
    scripts = [*SOURCES.glob("*.js"), SOURCES.parent / "search.js", SOURCES.parent / "search-page.js"]
    assert len(scripts) > 8
    found = [
        re.findall(r"(?:inner|outer)HTML|insertAdjacent|document\.write|eval\(", path.read_text("utf-8"))
        for path in scripts
    ]
    assert [each for each in found if each] == []
