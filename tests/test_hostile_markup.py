"""Note text is hostile: whatever it holds, a body comes out with nothing in it that could run."""

from __future__ import annotations

import re
from pathlib import Path

import linkcheck
import pytest
import vaults
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from payloads import BY_CLASS

from vaultkit import config
from vaultkit.vault import Vault

MARK = "alert(31337)"

PAYLOADS = {kind: [text.replace("MARK", MARK) for text in texts] for kind, texts in BY_CLASS.items()}


def name_of(kind: str, i: int) -> str:
    return f"{kind} {i}.{'canvas' if kind == 'canvas' else 'md'}"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {name_of(kind, i): text for kind, texts in PAYLOADS.items() for i, text in enumerate(texts)}
    folder = tmp_path_factory.mktemp("hostile")
    return vaults.write(
        folder / "vault", {**files, "A.md": "a", "x.png": None, f"pay'\"><img src=x onerror={MARK}>.md": "x"}
    )


@pytest.fixture(scope="module", params=["safe", "off"])
def vault(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Vault:
    loaded = config.load(root, overrides={"syntax.html": request.param})
    return Vault.open(root, config=loaded.config, cache_dir=tmp_path_factory.mktemp("cache"), jobs=1)


@pytest.mark.parametrize(("kind", "i"), [(kind, i) for kind, texts in PAYLOADS.items() for i in range(len(texts))])
def test_a_body_holds_nothing_that_could_run(vault: Vault, kind: str, i: int) -> None:
    html = vault.html(name_of(kind, i))
    assert linkcheck.body_problems(html) == []
    assert not re.search(r"\b49\b", lxml_html.fromstring(f"<div>{html}</div>").text_content())


def test_no_note_names_an_element(vault: Vault) -> None:
    for i in range(len(PAYLOADS["clobbering"])):
        assert not re.search(
            r"<[^<>]*\b(id|name)=['\"]?(defaultView|getElementById|__proto__|body)\b",
            vault.html(name_of("clobbering", i)),
        )


def test_the_site_of_hostile_notes_holds_nothing_that_could_run(root: Path, tmp_path: Path) -> None:
    vaults.build(root, tmp_path / "site")
    assert linkcheck.check(tmp_path / "site") == []
    assert not [
        url
        for url, data in vaults.tree(tmp_path / "site").items()
        if url.endswith(".html") and b"7*7" not in data and b">49<" in data
    ]


def test_no_address_of_a_body_leaves_by_itself(vault: Vault) -> None:
    bodies = [vault.html(name_of(kind, i)) for kind, texts in PAYLOADS.items() for i in range(len(texts))]
    assert not [
        body
        for body in bodies
        if re.search(r"<(?:img|audio|video|source|link|script)[^>]*(?:src|href)=['\"]?(?:https?:)?//", body)
    ]


def test_the_checker_sees_what_trusted_html_lets_through(root: Path, tmp_path: Path) -> None:
    loaded = config.load(root, overrides={"syntax.html": "trusted"})
    trusting = Vault.open(root, config=loaded.config, cache_dir=tmp_path, jobs=1)
    seen = [
        kind
        for kind, texts in PAYLOADS.items()
        for i in range(len(texts))
        if linkcheck.body_problems(trusting.html(name_of(kind, i)))
    ]
    assert len(seen) >= 30


FRAGMENTS = st.sampled_from(
    [
        *(part for texts in PAYLOADS.values() for text in texts for part in re.split(r"(?<=[ >\])])", text) if part),
        *"[[ ]] ![[ | %% == $ $$ ` ``` > - # ^ \\ < > \" ' &lt; &#x3c; \n \t \x00".split(" "),
        "\n\n",
        " ",
    ]
)


@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=6)), max_size=14).map("".join))
def test_no_mixture_of_fragments_runs(text: str) -> None:
    from vaultkit.model import Source, VaultPath
    from vaultkit.parse.note import parse
    from vaultkit.settings import Syntax

    source = Source(VaultPath("A.md"), "note", "0", data=text.encode("utf-8", "replace"))
    document = parse(source, Syntax())
    assert linkcheck.body_problems("".join(part for part in document.body if isinstance(part, str))) == []


def test_html_that_is_trusted_is_left_as_it_is(tmp_path: Path) -> None:
    script = "<script>\n" + "if (a<b) c();\n" * 600 + "</script>\n"
    root = vaults.write(tmp_path / "vault", {"A.md": script})
    loaded = config.load(root, overrides={"syntax.html": "trusted"})
    trusting = Vault.open(root, config=loaded.config, cache_dir=tmp_path / "cache", jobs=1)
    assert script in trusting.html("A.md")
