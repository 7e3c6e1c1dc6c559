"""For each thing that a page or a problem depends on, an edit of that thing alone: the site must follow.

The random histories of `test_machine` find what nobody thought of; these are
the ones that are known to matter, one for each look-up of the pipeline.
"""

from __future__ import annotations

from pathlib import Path

import linkcheck
import pytest
import vaults

from vaultkit.site.mentions import HUB
from vaultkit.vault import Vault

FOUR = {f"Things/T{i}.md": f"Thing {i}.\n" for i in range(4)}
"""One note short of being an entity type."""

FIVE = {**FOUR, "Things/T4.md": "Thing 4.\n"}

Edit = dict[str, str | bytes | None]
"""What is written, by path; None deletes."""

DATED = "| Date | What |\n|---|---|\n" + "".join(f"| 2025-01-0{day} | [[Bee]] did it |\n" for day in range(1, 5))

CROWDED = "| Date | What |\n|---|---|\n" + "".join(
    f"| 2025-{month:02}-{day:02} | [[Bee]] met [[nobody]] |\n" for month in range(1, 13) for day in range(1, 20 if month > 2 else 28)
    for _ in range(2 if month < 9 else 1)
)  # fmt: skip
"""More than a year's page holds."""

THREE = DATED.replace("2025-01", "2025-03")
ONE = "| Date | What |\n|---|---|\n| 2025-03-30 | [[Bee]] did it |\n"

TYPES = "[entities.Firm]\ntag = 'firm'\n[entities.Thing]\ntag = 'thing'\n"

CROWD = {f"N{i}.md": "First words.\n\nSays [[Hub]]." for i in range(HUB)}

CASES: dict[str, tuple[vaults.Files, Edit]] = {
    # What links mean.
    "a name appears": ({"A.md": "[[B]]"}, {"B.md": "b"}),
    "a name goes": ({"A.md": "[[B]]", "B.md": "b"}, {"B.md": None}),
    "a nearer namesake appears": ({"F/A.md": "[[B]]", "G/B.md": "b"}, {"F/B.md": "b"}),
    "a namesake as near appears": ({"A.md": "[[B]]", "F/B.md": "b"}, {"G/B.md": "b"}),
    "an alias appears": ({"A.md": "[[Bee]]", "B.md": "b"}, {"B.md": "---\naliases: [Bee]\n---\nb"}),
    "a second claim on an alias": (
        {"A.md": "[[Bee]]", "B.md": "---\naliases: [Bee]\n---\nb", "C.md": "c"},
        {"C.md": "---\naliases: [Bee]\n---\nc"},
    ),
    "a heading appears": ({"A.md": "[[B#Head]]", "B.md": "b"}, {"B.md": "b\n\n## Head\n"}),
    "a heading goes": ({"A.md": "[[B#Head]]", "B.md": "b\n\n## Head\n"}, {"B.md": "b"}),
    "a heading gets another id": ({"A.md": "[[B#Head]]", "B.md": "## Head\n"}, {"B.md": "# Head\n\n## Head\n"}),
    "a block appears": ({"A.md": "[[B#^x]]", "B.md": "b"}, {"B.md": "b ^x\n"}),
    "an attachment appears": ({"A.md": "![[p.png]] ![](q.png)"}, {"p.png": b"p", "q.png": b"q"}),
    "an attachment goes": ({"A.md": "![[p.png]]", "p.png": None}, {"p.png": None}),
    "an attachment becomes unsafe": (
        {"A.md": "![[p.svg]]", "p.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"},
        {"p.svg": "<svg onload='x'/>"},
    ),
    # What other pages show of a note.
    "the bytes of an attachment": ({"A.md": "![[p.png]]", "p.png": b"one"}, {"p.png": b"two"}),
    "a title": ({"A.md": "[[B]]", "B.md": "[[C]] #t", "C.md": "c"}, {"B.md": "---\ntitle: New\n---\n[[C]] #t"}),
    "a permalink": ({"A.md": "[[B]]", "B.md": "[[A]]"}, {"B.md": "---\npermalink: far/away\n---\n[[A]]"}),
    "a quote": ({"A.md": "Says [[B]] here.", "B.md": "b"}, {"A.md": "Said [[B]] there."}),
    "the heading above a quote": ({"A.md": "## One\n\n[[B]]", "B.md": "b"}, {"A.md": "## Two\n\n[[B]]"}),
    "the address of a quote": ({"A.md": "## X\n\n[[B]]", "B.md": "b"}, {"A.md": "# X\n\n## X\n\n[[B]]"}),
    "the body of an embed": ({"A.md": "![[B]]", "B.md": "b", "C.md": "![[A]]"}, {"B.md": "changed"}),
    "a link in an embed": ({"A.md": "![[B]]", "B.md": "[[C]]"}, {"C.md": "c"}),
    "a section of an embed": ({"A.md": "![[B#X]]", "B.md": "# X\n\nx\n\n# Y\n\ny"}, {"B.md": "# X\n\nx\n\n## Y\n\ny"}),
    "the first paragraph": ({"A.md": "[[B]]", "B.md": "First words."}, {"B.md": "Other words."}),
    # The graph of all.
    "a link comes twice": ({"A.md": "[[B]]", "B.md": "b"}, {"A.md": "[[B]]\n\n[[B]]"}),
    "a link leads back": ({"A.md": "[[B]]", "B.md": "b"}, {"B.md": "[[A]]"}),
    "a tag that another note has": ({"A.md": "a #t", "B.md": "b"}, {"B.md": "b #t"}),
    "a linked note becomes private": ({"A.md": "[[B|that]]", "B.md": "b"}, {"B.md": "---\npublish: false\n---\nb"}),
    # What notes say of one another.
    "a relation gets another role": (
        {"A.md": "## Related\n\n- [[B]] — competitor", "B.md": "b"},
        {"A.md": "## Related\n\n- [[B]] — supplier"},
    ),
    "a thing becomes a country": (
        {"A.md": "| Region | Customers |\n|---|---|\n| [[B]] | [[C]] |\n| [[D]] | [[E]] |", "B.md": "b", "D.md": "d"},
        {"B.md": "---\ntags: [country]\n---\nb"},
    ),
    "what is said of a thing goes": (
        {"A.md": "## Related\n\n- [[B]] — competitor", "B.md": "b", "C.md": "## Related\n\n- [[B]] — peer"},
        {"A.md": None},
    ),
    "whose role it is, appears": (
        {"A.md": "## Related\n\n- [[P]] — Apollo CEO", "P.md": "p", "B.md": "b"},
        {"Apollo.md": "a"},
    ),
    "a tag makes another type": (
        {"A.md": "See [[B]].", "B.md": "b #firm", "C.md": "c #thing", "vaultkit.toml": TYPES},
        {"B.md": "b #thing"},
    ),
    "a relation of a wanted thing gets another role": (
        {"A.md": "## Related\n\n- [[Gone]] — competitor"},
        {"A.md": "## Related\n\n- [[Gone]] — supplier"},
    ),
    "the spelling of a wanted name that a note links to": ({"B.md": "[[gone]]"}, {"A.md": "[[GONE]]"}),
    "the spelling of a wanted name beside another in an event": (
        {"B.md": DATED.replace("did it", "did it to [[lost]]")},
        {"A.md": "[[LOST]]"},
    ),
    "the date of an event of a wanted thing": ({"A.md": DATED}, {"A.md": DATED.replace("2025-01", "2025-07")}),
    "what links to a hub says": ({"Hub.md": "h", **CROWD}, {"N3.md": "First words.\n\nSays [[Hub]] otherwise."}),
    "the title of what links to a hub": (
        {"Hub.md": "h", **CROWD},
        {"N3.md": "---\ntitle: New\n---\nFirst words.\n\nSays [[Hub]]."},
    ),
    "the title of a hub": ({"Hub.md": "h", **CROWD}, {"Hub.md": "---\ntitle: New\n---\nh"}),
    "a thing of an event appears": (
        {"A.md": DATED, "C.md": "---\naliases: [Bee]\n---\nc"},
        {"Bee.md": "b"},
    ),
    "the date of an event": ({"A.md": DATED, "Bee.md": "b"}, {"A.md": DATED.replace("2025-01", "2025-07")}),
    "the year of an event": ({"A.md": DATED, "Bee.md": "b"}, {"A.md": DATED.replace("2025", "2024")}),
    "an event goes": ({"A.md": DATED, "Bee.md": "b"}, {"A.md": "a"}),
    "the title of who tells of an event": ({"A.md": DATED, "Bee.md": "b"}, {"A.md": f"---\ntitle: New\n---\n{DATED}"}),
    "the title of a thing of an event": ({"A.md": DATED, "Bee.md": "b"}, {"Bee.md": "---\ntitle: New\n---\nb"}),
    "an event of a crowded year": (
        {"A.md": CROWDED, "B.md": ONE, "Bee.md": "b"},
        {"B.md": ONE.replace("did it", "did something else")},
    ),
    "the title of who tells of a crowded year": ({"A.md": CROWDED}, {"A.md": f"---\ntitle: New\n---\n{CROWDED}"}),
    "the title of a thing of a crowded year": (
        {"A.md": CROWDED, "Bee.md": "b"},
        {"Bee.md": "---\ntitle: New\n---\nb"},
    ),
    "the spelling of a wanted name in a crowded year": ({"B.md": CROWDED}, {"A.md": "[[NOBODY]]"}),
    "a month comes to a crowded year": (
        {"A.md": CROWDED.replace("2025-12", "2025-11")},
        {"A.md": CROWDED},
    ),
    "a year becomes crowded": (
        {"A.md": "\n".join(CROWDED.split("\n")[:401]), "B.md": "b"},
        {"B.md": THREE},
    ),
    "a year is crowded no more": (
        {"A.md": "\n".join(CROWDED.split("\n")[:401]), "B.md": THREE},
        {"B.md": "b"},
    ),
    "the vault's present moves on": ({"A.md": DATED, "Daily/2025-01-02.md": "d"}, {"Daily/2025-01-03.md": "d"}),
    "the vault's present is known": ({"A.md": DATED, "B.md": "b"}, {"B.md": "---\ndate: 2025-01-02\n---\nb"}),
    # Pages of relations.
    "the title of who states a relation": (
        {"A.md": "## Related\n\n- [[B]] — competitor", "B.md": "b"},
        {"A.md": "---\ntitle: New\n---\n## Related\n\n- [[B]] — competitor"},
    ),
    "the title of a thing that a relation is of": (
        {"A.md": "## Related\n\n- [[B]] — competitor", "B.md": "b"},
        {"B.md": "---\ntitle: New\n---\nb"},
    ),
    "the spelling of a wanted thing that a relation is of": (
        {"B.md": "## Related\n\n- [[gone]] — competitor", "C.md": "c"},
        {"A.md": "[[GONE]]"},
    ),
    "the words of a relation": (
        {"A.md": "## Related\n\n- [[B]] — competitor (in Asia)", "B.md": "b"},
        {"A.md": "## Related\n\n- [[B]] — competitor (in Europe)"},
    ),
    "the inverse of a role is used": (
        {"A.md": "## Related\n\n- [[B]] — investor", "B.md": "b", "C.md": "c"},
        {"C.md": "## Related\n\n- [[B]] — portfolio company"},
    ),
    "the inverse of a role is used no more": (
        {"A.md": "## Related\n\n- [[B]] — investor", "B.md": "b", "C.md": "## Related\n\n- [[B]] — portfolio company"},
        {"C.md": "c"},
    ),
    "a relation more from the other end": (
        {"A.md": "## Related\n\n- [[B]] — investor", "B.md": "b", "C.md": "c"},
        {"C.md": "## Related\n\n- [[B]] — investor"},
    ),
    # What is close to a note.
    "a note comes close": ({"A.md": "[[C]]", "B.md": "b", "C.md": "c"}, {"B.md": "[[C]]"}),
    "a close note goes": ({"A.md": "[[C]]", "B.md": "[[C]]", "C.md": "c"}, {"B.md": None}),
    "the title of a close note": (
        {"A.md": "[[C]]", "B.md": "[[C]]", "C.md": "c"},
        {"B.md": "---\ntitle: New\n---\n[[C]]"},
    ),
    "the title of what makes notes close": (
        {"A.md": "[[C]]", "B.md": "[[C]]", "C.md": "c"},
        {"C.md": "---\ntitle: New\n---\nc"},
    ),
    "the spelling of a wanted name that makes notes close": (
        {"A.md": "[[gone]]", "B.md": "[[gone]]", "C.md": "c"},
        {"A.md": "[[GONE]]", "C.md": "[[GONE]]"},
    ),
    "a close note becomes a journal": (
        {"A.md": "[[C]]", "B.md": "[[C]]", "C.md": "c"},
        {"B.md": None, "Daily/B.md": "[[C]]"},
    ),
    # Entity types.
    "a folder becomes a type": ({"A.md": "[[T0]]", **FOUR}, {"Things/T4.md": "Thing 4."}),
    "a folder is no type any more": ({"A.md": "[[T0]] [[Nobody]]", **FIVE}, {"Things/T4.md": None}),
    "a type among backlinks": (
        {"A.md": "a", "B.md": "[[A]]", **FOUR, "Things/T0.md": "[[A]] #t"},
        {"Things/T4.md": "Thing 4."},
    ),
    "a type on a wanted page": (
        {"B.md": "[[Nobody]]", **FOUR, "Things/T0.md": "[[Nobody]]"},
        {"Things/T4.md": "Thing 4."},
    ),
    "a folder that is named becomes a type": (
        {"A.md": "[[T0]]", "Things/x.txt": "x", "vaultkit.toml": "[site]\nnav = ['Things']\n"},
        {"Things/T0.md": "t"},
    ),
    "a type in a folder": (
        {"Things/Sub/T9.md": "t #t", **{k: v for k, v in FOUR.items() if k != "Things/T0.md"}},
        {"Things/T4.md": "4", "Things/T5.md": "5"},
    ),
    "types change places": (
        {**FIVE, **{f"Acts/{i}.md": "[[T0]]" for i in range(5)}, "Things/T1.md": "[[T0]]"},
        {f"Things/N{i}.md": "n" for i in range(30)},
    ),
    # Addresses.
    "two notes want one address": ({"a b.md": "one", "C.md": "[[a b]]"}, {"a-b.md": "two"}),
    "the first claimant of an address goes": (
        {"a b.md": "one", "a-b.md": "two", "C.md": "[[a b]] [[a-b]]"},
        {"a b.md": None},
    ),
    "another attachment takes an address": (
        {"A.md": "![[a-b.png]] ![[a b.png]]", "a-b.png": b"one"},
        {"a b.png": b"two"},
    ),
    "a home note appears": ({"A.md": "[[Home]]", "F/x.md": "x"}, {"Home.md": "# Home"}),
    "a better home note appears": ({"Readme.md": "r", "A.md": "[[Readme]]"}, {"index.md": "i"}),
    "the home note lies in a folder": (
        {"F/Start.md": "s", "A.md": "[[Start]]", "Readme.md": "r", "vaultkit.toml": "[site]\nhome = 'F/Start.md'\n"},
        {"F/Start.md": None},
    ),
    "a note takes the address of a folder": ({"F/x.md": "x"}, {"F/index.md": "i"}),
    "a permalink takes the address of a folder": (
        {"F/x.md": "x", "A.md": "a"},
        {"A.md": "---\npermalink: F/index\n---\na"},
    ),
    "a note takes a former address": ({"A.md": "---\naliases: [Old/Place]\n---\na"}, {"Old/Place.md": "b"}),
    "a second note claims a former address": (
        {"A.md": "---\naliases: [Old/Place]\n---\na", "B.md": "b"},
        {"B.md": "---\naliases: [Old/Place]\n---\nb"},
    ),
    "a redirect follows a title": (
        {"A.md": "---\naliases: [Old/Place]\n---\na"},
        {"A.md": "---\naliases: [Old/Place]\npermalink: new\ntitle: New\n---\na"},
    ),
    "an earlier note asks for a permalink": (
        {"A.md": "a", "B.md": "---\npermalink: new\n---\nb"},
        {"A.md": "---\npermalink: new\n---\na"},
    ),
    "another note takes the address before a permalink": (
        {"A.md": "---\npermalink: new\n---\na", "B.md": "b"},
        {"B.md": "---\npermalink: A\n---\nb"},
    ),
    # Names that no note has.
    "a name becomes visible": ({"A.md": "[[Gone|label]]", "B.md": "b"}, {"B.md": "[[Gone]]"}),
    "a name is hidden again": ({"A.md": "[[Gone|label]]", "B.md": "[[Gone]]"}, {"B.md": "b"}),
    "the spelling of a wanted name": ({"A.md": "[[gone]]", "B.md": "[[gone|x]] b"}, {"B.md": "[[Gone]] [[Gone]]"}),
    "a quote on a wanted page": (
        {"A.md": "First.\n\nSays [[Gone]] here."},
        {"A.md": "First.\n\nSaid [[Gone]] there."},
    ),
    "who mentions a wanted name": (
        {"A.md": "[[Gone]]", "B.md": "[[Gone]]"},
        {"B.md": "---\ntitle: New\n---\n[[Gone]]"},
    ),
    "who claims an ambiguous name": (
        {"A.md": "[[Bee]]", "B.md": "---\naliases: [Bee]\n---\nb", "C.md": "---\naliases: [Bee]\n---\nc", "D.md": "d"},
        {"D.md": "---\naliases: [Bee]\n---\nd"},
    ),
    "the title of a claimant": (
        {"A.md": "[[Bee]]", "B.md": "---\naliases: [Bee]\n---\nb", "C.md": "---\naliases: [Bee]\n---\nc"},
        {"C.md": "---\naliases: [Bee]\ntitle: New\n---\nc"},
    ),
    # What links show of the page that they lead to.
    "a fact of a note": (
        {**FIVE, "Things/T0.md": "a\n\n| Key | Value |\n|---|---|\n| Owner | [[B]] |\n| Age | 1 |\n", "B.md": "b"},
        {"Things/T0.md": "a\n\n| Key | Value |\n|---|---|\n| Owner | [[B]] |\n| Age | 2 |\n"},
    ),
    "the title of what a fact names": (
        {**FIVE, "Things/T0.md": "---\nowner: '[[B]]'\n---\na", "B.md": "b"},
        {"B.md": "---\ntitle: New\n---\nb"},
    ),
    "a link to a section appears": ({"A.md": "a", "B.md": "# X\n\nx\n\n# Y\n\ny"}, {"A.md": "[[B#Y]]"}),
    "the first words of a section": (
        {"A.md": "[[B#Y]]", "B.md": "b\n\n# Y\n\ny"},
        {"B.md": "b\n\n# Y\n\nother"},
    ),
    # Tags and folders.
    "a nested tag appears": ({"A.md": "#t", "B.md": "b"}, {"B.md": "#t/deep"}),
    "a nested tag goes": ({"A.md": "#t", "B.md": "#t/deep"}, {"B.md": "b"}),
    "a nested tag is used again": ({"A.md": "#t/deep", "B.md": "b #t"}, {"B.md": "b #t #t/deep"}),
    "a second nested tag": ({"A.md": "#t/deep"}, {"A.md": "#t/deep #t/other"}),
    "a tag among properties": ({"A.md": "a", "Readme.txt": "r"}, {"A.md": "---\ntags: [t]\n---\na"}),
    "the spelling of a tag": ({"A.md": "#tag", "B.md": "b"}, {"B.md": "#Tag #Tag"}),
    "a title in a folder": ({"F/A.md": "a #t", "F/B.md": "b #t"}, {"F/B.md": "---\ntitle: New\n---\nb #t"}),
    "a subfolder appears": ({"F/A.md": "a"}, {"F/G/B.md": "b"}),
    # Pictures for link previews.
    "a picture is published": (
        {"A.md": "---\nimage: p.png\n---\na", "p.png": None, "B.md": "b"},
        {"B.md": "![[p.png]]"},
    ),
    # Canvases.
    "a file of a card": ({"C.canvas": '{"nodes": [{"id": "a", "type": "file", "file": "A.md"}]}'}, {"A.md": "a"}),
    "a title on a card": (
        {"C.canvas": '{"nodes": [{"id": "a", "type": "file", "file": "A.md"}]}', "A.md": "a"},
        {"A.md": "---\ntitle: New\n---\na"},
    ),
    "the first paragraph on a card": (
        {"C.canvas": '{"nodes": [{"id": "a", "type": "file", "file": "A.md"}]}', "A.md": "a [[C.canvas]]\n\nb"},
        {"A.md": "z [[B]]\n\nb"},
    ),
    "a name in the first paragraph on a card": (
        {"C.canvas": '{"nodes": [{"id": "a", "type": "file", "file": "A.md"}]}', "A.md": "see [[B]]"},
        {"F/B.md": "b"},
    ),
    "the section on a card": (
        {
            "C.canvas": '{"nodes": [{"id": "a", "type": "file", "file": "A.md", "subpath": "#S"}]}',
            "A.md": "a\n## S\none [[B]]\n## T\nt",
            "B.md": "b",
        },
        {"A.md": "a\n## S\ntwo\n## T\nt"},
    ),
    "the type of a note on a card": (
        {
            "C.canvas": '{"nodes": [{"id": "a", "type": "file", "file": "F/A.md"}]}',
            **{f"F/{name}.md": name for name in "ABCD"},
        },
        {"F/E.md": "e"},
    ),
    "a note on a card becomes private": (
        {
            "C.canvas": (
                '{"nodes": [{"id": "a", "type": "file", "file": "A.md"}, {"id": "t", "type": "text", "text": "t"}],'
                ' "edges": [{"fromNode": "t", "toNode": "a", "label": "to"}]}'
            ),
            "A.md": "a",
        },
        {"A.md": "---\nprivate: true\n---\na"},
    ),
    "the picture behind a group": (
        {"C.canvas": '{"nodes": [{"id": "g", "type": "group", "background": "F/p.png"}]}', "F/p.png": None},
        {"F/p.png": None},
    ),
    "a place on a canvas": (
        {"C.canvas": '{"nodes": [{"id": "a", "type": "text", "text": "a"}, {"id": "b", "type": "text", "text": "b"}]}'},
        {
            "C.canvas": '{"nodes": [{"id": "a", "type": "text", "text": "a", "x": 500}, {"id": "b", "type": "text", "text": "b"}]}'
        },
    ),
    "a line on a canvas": (
        {"C.canvas": '{"nodes": [{"id": "a", "type": "text", "text": "a"}], "edges": []}'},
        {
            "C.canvas": '{"nodes": [{"id": "a", "type": "text", "text": "a"}], "edges": [{"fromNode": "a", "toNode": "a"}]}'
        },
    ),
    "a canvas shows itself": (
        {"A.md": "[[C.canvas]]", "C.canvas": '{"nodes": [{"id": "a", "type": "file", "file": "A.md"}]}'},
        {
            "C.canvas": (
                '{"nodes": [{"id": "a", "type": "file", "file": "C.canvas"},'
                ' {"id": "b", "type": "text", "text": "![[C.canvas]] ![[A]]"}]}'
            )
        },
    ),
    "a card of an embedded canvas": (
        {"A.md": "![[C.canvas]]", "C.canvas": '{"nodes": [{"id": "a", "type": "text", "text": "one"}]}'},
        {"C.canvas": '{"nodes": [{"id": "a", "type": "text", "text": "two [[A]]"}]}'},
    ),
    # Privacy.
    "a note becomes private": (
        {"A.md": "[[P]] [[P|x]] ![[P]]", "P.md": "[[A]] #t"},
        {"P.md": "---\npublish: false\n---\n[[A]] #t"},
    ),
    "a note becomes public": (
        {"A.md": "[[P]] [[P|x]] ![[P]]", "P.md": "---\npublish: false\n---\n[[A]]"},
        {"P.md": "[[A]]"},
    ),
    "a private note gets an alias": (
        {"A.md": "[[Bee]]", "P.md": "---\nprivate: true\n---\nx"},
        {"P.md": "---\nprivate: true\naliases: [Bee]\n---\nx"},
    ),
    "a label hides a private name": ({"A.md": "[[P]]", "P.md": "---\nprivate: true\n---\nx"}, {"A.md": "[[P|x]]"}),
    "a private attachment becomes unsafe": (
        {
            "A.md": "![[p.svg]]",
            "P/p.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "vaultkit.toml": "[publish]\nexclude = ['P/']\n",
        },
        {"P/p.svg": "<svg onload='x'/>"},
    ),
    "a private namesake appears": ({"A.md": "\n\n[[P]]", "B.md": "b"}, {"F/P.md": "---\nprivate: true\n---\nx"}),
    "a link to a private name appears": ({"A.md": "a", "P.md": "---\nprivate: true\n---\nx"}, {"A.md": "a [[P]]"}),
    # Problems.
    "a cycle of embeds closes": ({"A.md": "![[B]]", "B.md": "b"}, {"B.md": "![[A]]"}),
    "a cycle of embeds opens": ({"A.md": "![[B]]", "B.md": "![[C]]", "C.md": "![[A]]"}, {"C.md": "c"}),
    "the place of an embed in a cycle": ({"A.md": "![[B]]", "B.md": "![[A]]"}, {"A.md": "\n\n![[B]]"}),
    "a chain of embeds grows": (
        {f"E{i}.md": f"![[E{i + 1}]]" for i in range(5)},
        {"E5.md": "![[E6]]", "E6.md": "![[E7]]", "E7.md": "x"},
    ),
    "the target of an embed appears": ({"A.md": "![[B]]", "F/B.md": "x", "C.md": "![[A]]"}, {"B.md": "![[A]]"}),
    "a permalink that can't be used": ({"A.md": "a"}, {"A.md": "---\npermalink: ../a\n---\na"}),
    "a folder in the navigation appears": (
        {"A.md": "a", "vaultkit.toml": "[site]\nnav = ['F', 'G']\n"},
        {"F/x.md": "x"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_site_follows(tmp_path: Path, name: str) -> None:
    files, edit = CASES[name]
    root, out = vaults.write(tmp_path / "vault", files), tmp_path / "site"
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    before = vault.build(out)
    first = (vaults.tree(out), before.problems)
    for path, content in edit.items():
        if content is None:
            (root / path).unlink()
        else:
            vaults.write(root, {path: content})
    vault.update()
    after = vault.build(out)
    clean = vaults.build(root, tmp_path / "clean" / "site")
    assert (after.n_notes, after.n_links, after.n_wanted) == (clean.n_notes, clean.n_links, clean.n_wanted)
    vaults.assert_same(vaults.tree(out), vaults.tree(tmp_path / "clean" / "site"))
    assert vault.problems == clean.problems
    assert (vaults.tree(out), vault.problems) != first, "the edit should matter"


@pytest.mark.parametrize(("front", "title"), [("", "Atlas"), ("---\ntitle: Welcome\n---\n", "Welcome")])
def test_a_home_note_that_is_only_called_index_bears_the_title_of_the_site(
    tmp_path: Path, front: str, title: str
) -> None:
    files = {"vaultkit.toml": '[site]\ntitle = "Atlas"\n', "index.md": f"{front}Here.\n", "A.md": "[[index]]\n"}
    vaults.build(vaults.write(tmp_path / "vault", files), tmp_path / "site")
    assert f"<h1>{title}</h1>".encode() in vaults.tree(tmp_path / "site")["index.html"]


def test_the_configured_home_note_may_lie_in_a_folder(tmp_path: Path) -> None:
    files = {"F/Start.md": "Here it begins.\n", "A.md": "[[Start]]\n", "vaultkit.toml": "[site]\nhome = 'F/Start.md'\n"}
    vaults.build(vaults.write(tmp_path / "vault", files), tmp_path / "site")
    site = vaults.tree(tmp_path / "site")
    assert b"Here it begins" in site["index.html"]
    assert b'href="index.html"' in site["A.html"]


def test_what_links_to_a_hub_has_pages_of_its_own_as_long_as_it_is_much(tmp_path: Path) -> None:
    files = {f"F/N{number:03}.md": f"A remark on [[Hub]], the {number}th.\n" for number in range(130)}
    root = vaults.write(tmp_path / "vault", files | {"Hub.md": "The hub.\n"})
    out = tmp_path / "site"
    vault = Vault.open(root, cache_dir=tmp_path / "cache", jobs=1)
    vault.build(out)
    site = vaults.tree(out)
    assert {url for url in site if url.startswith("Hub")} == {
        "Hub.html", "Hub--backlinks.html", "Hub--backlinks-2.html",
    }  # fmt: skip
    assert site["Hub.html"].count(b'class="mention"') == 3
    pages = site["Hub--backlinks.html"] + site["Hub--backlinks-2.html"]
    assert all(f"N{number:03}.html".encode() in pages for number in range(130))
    assert linkcheck.check(out) == []

    vaults.write(root, {"F/N002.md": "It says something else of [[Hub]].\n"})
    vault.update()
    report = vault.build(out)
    assert set(report.rendered) == {"F/N002.html", "Hub.html", "Hub--backlinks.html"}

    for number in range(90):
        (root / f"F/N{number:03}.md").unlink()
    vault.update()
    vault.build(out)
    vaults.build(root, tmp_path / "clean" / "site")
    vaults.assert_same(vaults.tree(out), vaults.tree(tmp_path / "clean" / "site"))
    assert "Hub--backlinks.html" not in vaults.tree(out)
