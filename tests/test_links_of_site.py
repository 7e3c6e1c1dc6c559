"""Every link of the sample vault's site leads somewhere, and the checker that says so can fail."""

from __future__ import annotations

from pathlib import Path

import linkcheck
import pytest
import vaults


def site(folder: Path, **pages: str) -> Path:
    files = {
        f"{name}.html": f"<!doctype html><html><head></head><body>{body}</body></html>" for name, body in pages.items()
    }
    return vaults.write(folder / "site", {"static/app.js": "", "A b/Sub.html": "<p id='x'>x", "pic.png": None, **files})


def test_the_sample_vault_has_no_broken_link(repository: Path, tmp_path: Path) -> None:
    vaults.build(repository / "vault", tmp_path / "site")
    assert linkcheck.check(tmp_path / "site") == []


def test_the_documentation_has_no_broken_link(repository: Path, tmp_path: Path) -> None:
    vaults.build(repository / "docs", tmp_path / "site")
    assert linkcheck.check(tmp_path / "site") == []


BOARD = "<main><div id='vk.board'><div class='board-view'><svg>"


@pytest.mark.parametrize(
    "body",
    [
        "<a href='A%20b/Sub.html#x'>1</a><a href=''>2</a><a href='#t'>3</a><i id='t'></i><a href='?q=1'>4</a>",
        "<img src='pic.png'><a href='pic.png#page=3'>1</a><a href='https://e.com/#x'>2</a><a href='mailto:a@b'>3</a>",
        "<script src='static/app.js'></script><script type='application/json'>{}</script>",
        "<math><mi>x</mi></math><details open><summary>s</summary></details><input type='checkbox' disabled>",
    ],
)
def test_sound_pages_have_no_problem(tmp_path: Path, body: str) -> None:
    assert linkcheck.check(site(tmp_path, page=body)) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<a href='gone.html'>", "no file for 'gone.html'"),
        ("<a href='a%20B/Sub.html'>", "no file for"),
        ("<a href='A b/'>", "no file for"),
        ("<a href='A%20b/Sub.html#y'>", "no id for"),
        ("<a href='#y'>", "no id for '#y'"),
        ("<img src='gone.png'>", "no file for"),
        ("<img srcset='gone.png 2x'>", "no file for"),
        ("<a href='../out.html'>", "leads out of the site"),
        ("<a href='/page.html'>", "from the host's root"),
        ("<a href='//evil.test/'>", "another host"),
        ("<a href='\\\\evil.test/'>", "another host"),
        ("<img src='https://e.com/a.png'>", "from elsewhere"),
        ("<a href='javascript:alert(1)'>", "forbidden scheme"),
        ("<a href=' java&#9;script:alert(1)'>", "forbidden scheme"),
        ("<a href='data:text/html,x'>", "forbidden scheme"),
        ("<b id=a></b><b id=a></b>", "id 'a' stands twice"),
        ("<script>alert(1)</script>", "inline script whose hash"),
        ("<script src='pic.png'></script>", "script that isn't the theme's"),
        ("<p onclick='x'>", "forbidden attribute 'onclick'"),
        ("<p STYLE='x'>", "forbidden attribute 'style'"),
        ("<iframe src='page.html'></iframe>", "forbidden tag <iframe>"),
        ("<form action='page.html'></form>", "forbidden tag <form>"),
        ("<svg><foreignObject></foreignObject></svg>", "forbidden tag <foreignobject>"),
        (
            f"{BOARD}<foreignObject onload='x'></foreignObject></svg></div></div></main>",
            "forbidden tag <foreignobject>",
        ),
        (
            f"{BOARD}<foreignObject><p class='prose'><svg><foreignObject></foreignObject></svg></p></foreignObject></svg></div></div></main>",
            "forbidden tag <foreignobject>",
        ),
        ("<p><meta http-equiv='refresh' content='0;url=page.html'></p>", "<meta> outside the head"),
    ],
)
def test_each_fault_is_found(tmp_path: Path, body: str, problem: str) -> None:
    assert any(problem in line for line in linkcheck.check(site(tmp_path, page=body)))


def test_the_themes_own_picture_of_a_canvas_is_no_fault(tmp_path: Path) -> None:
    card = "<g><foreignObject x=1 y=2 width=3 height=4 color='#abc'><p class=prose>x</p></foreignObject></g>"
    assert linkcheck.check(site(tmp_path, page=f"{BOARD}{card}</svg></div></div></main>")) == []


def test_an_inline_script_counts_as_the_themes_when_the_policy_has_its_hash(tmp_path: Path) -> None:
    policy = "script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"
    page = f'<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="{policy}"><script>alert(1)</script></head></html>'
    assert linkcheck.check(vaults.write(tmp_path / "site", {"page.html": page})) == []


@pytest.mark.parametrize(
    "html",
    [
        "<script src='static/app.js'></script>",
        "<style>p{}</style>",
        "<svg></svg>",
        "<a href='jar:x'>",
        "<input name='a'>",
        "<p ping='x'>",
    ],
)
def test_a_body_may_hold_less_than_a_page(html: str) -> None:
    assert linkcheck.body_problems(html)
    assert linkcheck.body_problems("<p>Fine <a href='x.html'>x</a> <input type='checkbox' disabled></p>") == []
