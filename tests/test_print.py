"""`vaultkit print`: one file that stands alone, says all that the note says, asks for nothing and tells nothing private."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import browsing
import lxml.html
import pytest
import vaults

from vaultkit import cli, printing
from vaultkit.diagnostics import VaultkitError
from vaultkit.vault import Vault

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"

FILES: dict[str, Any] = {
    "F/A.md": (
        "---\ntitle: The note\naliases: [Eh]\ntags: [one]\nupdated: 2026-03-04\nborn: 1999\nseen: '[[B]]'\n---\n"
        "First, of [[B]] and [[Nobody]].[^1]\n\n## Head\n\n![[p.png|The picture]] ![other](../q.svg)\n\n"
        "[out](https://example.org/x?a=1&b=2) <https://example.org/y> [post](mailto:a@b.cd) ![far](https://example.org/z.png)\n\n"
        "![[s.mp3]] ![[B]] ![[d.pdf]] [[#Head]]\n\n> [!tip]- Folded\n> inside\n\n| a | b |\n|---|---|\n| 1 | [[B]] |\n\n[^1]: Foot, [[B]].\n"
    ),
    "F/p.png": PNG,
    "q.svg": SVG,
    "s.mp3": None,
    "d.pdf": None,
    "B.md": "Embedded ![[p.png]].\n",
    "P.md": "---\nprivate: true\n---\nCanary\n",
    "C.canvas": json.dumps(
        {
            "nodes": [
                {"id": "a", "type": "file", "file": "F/A.md", "width": 300, "height": 200},
                {"id": "b", "type": "file", "file": "F/p.png", "x": 400, "width": 300, "height": 200},
                {"id": "l", "type": "link", "url": "https://example.org/", "x": 800, "width": 300, "height": 200},
                {
                    "id": "g",
                    "type": "group",
                    "label": "G",
                    "x": -10,
                    "y": -10,
                    "width": 900,
                    "height": 300,
                    "background": "q.svg",
                },
            ],
            "edges": [{"fromNode": "a", "toNode": "b", "label": "to"}],
        }
    ),
}


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    folder = tmp_path_factory.mktemp("print")
    return Vault.open(vaults.write(folder / "vault", FILES), cache_dir=folder / "cache", jobs=1)


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("path", ["F/A.md", "C.canvas"])
def test_a_file_needs_nothing_else(vault: Vault, path: str) -> None:
    html = vault.print(path).html.decode()
    tree = lxml.html.document_fromstring(html)
    assert not tree.xpath(
        "//script | //link | //iframe | //audio | //video | //object | //*[@style or @srcset or @onload]"
    )
    assert {src.partition(",")[0] for src in tree.xpath("//img/@src")} <= {
        "data:image/png;base64",
        "data:image/svg+xml;base64",
    }
    ids = set(tree.xpath("//@id"))
    for href in tree.xpath("//@href"):
        assert re.match(r"https?:|mailto:|data:image/", href) or href[1:] in ids, href
    assert not re.search(r"url\((?![\"']?data:)|@import", html)
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = tree.xpath("//style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert (
        policy == f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_the_file_says_what_the_note_says(vault: Vault) -> None:
    tree = lxml.html.document_fromstring(vault.print("F/A.md").html)
    (head,) = tree.xpath("//header")
    assert text(head).startswith("F The note Also known as Eh Updated")
    assert "#one" in text(head)
    (box,) = tree.xpath("//section[@class='box']")
    assert text(box) == "Born1999 SeenB"
    article = " ".join(map(text, tree.xpath("//*[contains(@class, 'prose')]")))
    for said in ("First, of B and Nobody.1", "out", "far", "Embedded", "s.mp3", "Foot, B.", "inside"):
        assert said in article
    assert [text(address) for address in tree.xpath("//*[@class='address']")] == [
        "https://example.org/x?a=1&b=2", "a@b.cd", "https://example.org/z.png",
    ]  # fmt: skip
    images = tree.xpath("//img")
    assert [image.get("alt") for image in images] == ["The picture", "other", "p"]
    assert base64.b64decode(images[0].get("src").partition(",")[2]) == PNG
    assert tree.xpath("//details/@open")
    assert not tree.xpath("//a[contains(@class, 'internal-link') and not(starts-with(@href, '#'))]")


def test_a_canvas_is_drawn_and_listed(vault: Vault) -> None:
    tree = lxml.html.document_fromstring(vault.print("C.canvas").html)
    (board,) = tree.xpath("//div[@class='board-view']")
    assert "The note" in text(board)
    assert len(tree.xpath("//*[local-name() = 'image' and starts-with(@href, 'data:image/svg+xml')]")) == 1
    assert len(board.xpath(".//img[starts-with(@src, 'data:image/png')]")) == 1
    assert tree.xpath("//article//a/@href") == ["https://example.org/"]


def test_large_pictures_are_named_in_their_place(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    assert vault.print("F/A.md").left_out == ()
    monkeypatch.setattr(printing, "MAX_PICTURE", len(SVG) - 1)
    made = vault.print("F/A.md")
    assert made.left_out == ("q.svg",)
    assert b'<span class="file-embed">other</span>' in made.html
    monkeypatch.setattr(printing, "MAX_PICTURES", 10)
    assert set(vault.print("F/A.md").left_out) == {"q.svg", "F/p.png"}


def test_the_same_note_gives_the_same_bytes(vault: Vault, tmp_path: Path) -> None:
    other = Vault.open(vaults.write(tmp_path / "vault", FILES), cache_dir=tmp_path / "cache", jobs=1)
    assert vault.print("F/A.md") == other.print("F/A.md")


@pytest.mark.parametrize(
    ("path", "said"), [("P.md", "is private: --drafts"), ("X.md", "isn't in the vault"), ("q.svg", "is no note")]
)
def test_what_cannot_be_printed_is_told(vault: Vault, path: str, said: str) -> None:
    with pytest.raises(VaultkitError, match=said):
        vault.print(path)


def test_a_private_note_is_printed_for_its_author_and_leaves_no_trace_else(tmp_path: Path) -> None:
    files = {"A.md": "See [[P|it]] and ![[P]].", "P.md": "---\nprivate: true\n---\nCanary\n"}
    with_it = Vault.open(vaults.write(tmp_path / "1" / "vault", files), cache_dir=tmp_path / "c1", jobs=1)
    without = Vault.open(
        vaults.write(tmp_path / "2" / "vault", {"A.md": files["A.md"]}), cache_dir=tmp_path / "c2", jobs=1
    )
    assert with_it.print("A.md") == without.print("A.md")
    drafts = Vault.open(tmp_path / "1" / "vault", cache_dir=tmp_path / "c3", jobs=1, drafts=True)
    html = drafts.print("P.md").html
    assert b"Canary" in html
    assert b'class="draft"' in html


MakeVault = Callable[..., Path]


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, bytes, str]:
        code = cli.run(["print", *arguments])
        out, err = capsysbinary.readouterr()
        return code, out, err.decode()

    return command


def test_the_command_writes_to_standard_output_or_a_file(run: Any, make_vault: MakeVault, tmp_path: Path) -> None:
    make_vault(FILES)
    code, out, err = run("Eh")
    assert (code, err) == (0, "")
    assert out.startswith(b"<!doctype html>\n")
    assert out.endswith(b"</html>\n")
    code, nothing, err = run("A", "-o", "a.html")
    assert (code, nothing, err) == (0, b"", f"a.html: {len(out):,} bytes\n")
    assert (tmp_path / "a.html").read_bytes() == out
    assert run("F/A.md", "-o", "-")[1] == out
    assert run("C.canvas")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Ehh"], "there is no note 'Ehh': did you mean 'Eh'?"),
        (["P.md"], "P.md is private: --drafts prints it for you alone"),
        (["A", "-o", "vault/a.html"], "is in the vault, where nothing is written"),
        (["A", "-o", "no/a.html"], "there is no folder no"),
    ],
)
def test_mistakes_are_told(run: Any, make_vault: MakeVault, arguments: list[str], said: str) -> None:
    make_vault(FILES)
    code, out, err = run(*arguments)
    assert (code, out) == (2, b"")
    assert said in err


def test_drafts_are_printed_on_demand(run: Any, make_vault: MakeVault) -> None:
    make_vault(FILES)
    code, out, _ = run("P.md", "--drafts")
    assert code == 0
    assert b"Canary" in out


HOSTILE = (
    "---\ntitle: '<img src=x onerror=alert(1)>'\naliases: ['\"><svg onload=alert(1)>']\nurl: javascript:alert(1)\n---\n![[F/p.png]]\n\n"
    "<script>alert(1)</script><a href='javascript:alert(1)' title='a > b'>x</a> <img src=x onerror=alert(1)> "
    "<a title='<a href=javascript:alert(1)>'>y</a> <p title='\n\n[[B]] ![[F/p.png]] $x$\n\n<img src=x onerror=alert(1)>'>\n"
    "![](https://example.org/x.png) [a](data:text/html,x) <details ontoggle=alert(1)>z</details></style></main>\n"
)


@pytest.mark.skipif(not browsing.CHROMIUM, reason="no chromium")
def test_in_a_browser_nothing_runs_or_loads_and_a_long_table_repeats_its_head(tmp_path: Path) -> None:
    rows = "\n".join(f"| row {n} | value |" for n in range(120))
    files = {"H.md": HOSTILE, "B.md": "b", "F/p.png": PNG, "T.md": f"| Headword | b |\n|---|---|\n{rows}\n"}
    with Vault.open(vaults.write(tmp_path / "vault", files), cache_dir=tmp_path / "cache", jobs=1) as vault:
        for name in "HT":
            (tmp_path / f"{name}.html").write_bytes(vault.print(f"{name}.md").html)
    with browsing.chromium() as browser, browser.new_context() as context:
        page = context.new_page()
        seen: list[str] = []
        page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: seen.append(message.text))
        page.on("request", lambda request: seen.append(request.url))
        page.goto((tmp_path / "H.html").as_uri())
        page.evaluate("addEventListener('click', (event) => event.preventDefault(), true)")
        page.evaluate(
            "document.querySelectorAll('*').forEach((e) => e.dispatchEvent(new MouseEvent('click', {cancelable: true})))"
        )
        assert [each for each in seen if not each.startswith("data:image/png")] == [(tmp_path / "H.html").as_uri()]
        assert page.locator("img").count() == 1
        # The style applies: the policy has its hash.
        assert page.locator("main").evaluate("(main) => getComputedStyle(main).maxWidth") == "736px"
        page.goto((tmp_path / "T.html").as_uri())
        page.pdf(path=tmp_path / "T.pdf", prefer_css_page_size=True)
    if _has_pdftotext():
        assert len(tables_of(tmp_path / "T.pdf")) > 2


@pytest.mark.skipif(not browsing.CHROMIUM, reason="no chromium")
def test_a_page_of_the_site_prints_in_one_column_with_plain_links(tmp_path: Path) -> None:
    rows = "\n".join(f"| row {n} | [[B]] and a text that takes its room |" for n in range(90))
    note = f"---\nx: '[[B]]'\n---\nLead [[B]], [[Nobody]].\n\nText.\n\n## Head\n\n| Headword | b |\n|---|---|\n{rows}\n\n## More\nx\n"
    vaults.build(vaults.write(tmp_path / "vault", {"T.md": note, "B.md": "b [[T]]"}), tmp_path / "site")
    with browsing.chromium() as browser, browser.new_context(viewport={"width": 1400, "height": 900}) as context:
        page = context.new_page()
        page.goto((tmp_path / "site" / "T.html").as_uri())
        page.pdf(path=tmp_path / "T.pdf")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 720, "height": 1000})
        for hidden in (".top", ".outline", ".foot", ".csv"):
            assert not page.locator(hidden).first.is_visible()
        lines = "(links) => links.map((link) => getComputedStyle(link).textDecorationLine)"
        assert set(page.locator("main a:visible, .rail dd a").evaluate_all(lines)) == {"none"}
        widths = "(parts) => parts.map((part) => part.getBoundingClientRect().width)"
        assert len(set(page.locator(".lead, .box, article, article > p").evaluate_all(widths))) == 1
    if _has_pdftotext():
        assert len(tables_of(tmp_path / "T.pdf")) > 2


def tables_of(pdf: Path) -> list[str]:
    """The pages on which rows of a table stand, each of which must begin with its head."""
    made = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True)
    pages = [each for each in made.stdout.decode().rstrip("\f").split("\f") if re.search(r"row \d", each)]
    assert all("Headword" in each.partition("row")[0] for each in pages)
    return pages


def _has_pdftotext() -> bool:
    from shutil import which

    return which("pdftotext") is not None
