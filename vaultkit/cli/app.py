"""The commands: their names, what they are for, and examples. None is imported before it is called."""

from __future__ import annotations

from cyclopts import App, Parameter

from vaultkit import __version__

ABOUT = """Turn an Obsidian vault into a knowledge graph and a website.

Every command finds its vault: the folder you name, else the nearest one upwards that has vaultkit.toml or .obsidian, \
else "vault"."""

EXAMPLES = """Examples:
  vaultkit build                   the vault here, into site/
  vaultkit build notes -o public   another vault, another folder
  vaultkit serve                   the site in the browser, as you write
  vaultkit search "some words"     the notes that have them
  vaultkit find "Some name"        whether a note is called so
  vaultkit inspect "Some note"     all that vaultkit knows of a note
  vaultkit show "Some thing"       its facts and relations, and who states them
  vaultkit explain VK201           what a problem means and how to mend it
"""

app = App(
    name="vaultkit",
    help=ABOUT,
    version=__version__,
    help_format="plaintext",
    help_epilogue=EXAMPLES,
    default_parameter=Parameter(negative=(), show_default=False),
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)


def _command(name: str, purpose: str, examples: str, function: str = "") -> None:
    app.command(
        f"vaultkit.cli.{name}:{function or name}", name=name, help=purpose, help_epilogue=f"Examples:\n{examples}\n"
    )


_command(
    "build",
    """Build the site.

Only what changed since the last build is read, rendered and written. Progress and problems go to standard error, the \
summary to standard output. Exits with 1 if there are problems at or above --fail-on.""",
    """  vaultkit build                        the vault here, into site/
  vaultkit build notes -o public        another vault, another folder
  vaultkit build --fail-on warning      for CI: any warning fails
  vaultkit build --json | jq .written   the summary for a script
  vaultkit build --explain              why each page was rendered again
  vaultkit build --watch                go on, and build what is written
  vaultkit build --swap -o public       for readers: the new site at once""",
)
_command(
    "serve",
    """Show the site in the browser, and each change as you write.

Open pages follow what is saved: without a reload, without losing the place. Problems of the open note are shown on it. \
Only this machine can reach the server, unless --host says otherwise.""",
    """  vaultkit serve                   the vault here, at http://localhost:8000/
  vaultkit serve notes --open      another vault, opened in the browser
  vaultkit serve --drafts          with private notes, marked as such
  vaultkit serve --watch-only      keep site/ up to date for another server""",
)
_command(
    "search",
    """Search the public notes.

The same notes in the same order as in the search of the site, each with the lines that answer. Beside words there are \
"phrases", -word for what is to be away, and filters: type:Actor, tag:ai, folder:Actors, rel:investor (the notes that \
state a relation of this role), linked:NAME (the notes that link to NAME, or are linked from it). Quote the query for the shell. \
Exits with 1 if nothing is found.""",
    """  vaultkit search deepseek
  vaultkit search '"chain of thought" type:Concept'
  vaultkit search 'distillation -legal linked:DeepSeek'
  vaultkit search export controls --limit 3 --json | jq -r '.hits[].path'""",
)
_command(
    "find",
    """Find out whether a name is taken, before you make a note.

A name is taken if a note is called so, by its title, its file's name or an alias, and also if nothing differs but case, \
accents, punctuation, spaces, or a legal form at the end (Inc, GmbH, Holdings, Capital Partners). Names that are near, by \
typing or by words, are shown with the reason and leave it free; so do names that notes link to and none has. Private notes \
aren't known here. Exits with 1 if any name is taken, with 0 if all are free.""",
    """  vaultkit find "DeepSeek Inc"
  vaultkit find OpenAI Anthropic "Mistral AI" --limit 3
  vaultkit find - < names.txt
  vaultkit find - --json < names.txt | jq -r '.[] | select(.taken | not).name'""",
)
_command(
    "inspect",
    """Show all that vaultkit knows of a note.

The note is named by its path, its file name or an alias, as in a link.""",
    """  vaultkit inspect "Graph theory"
  vaultkit inspect Concepts/Graph.md -V notes
  vaultkit inspect Graph --json | jq .backlinks""",
)
_command(
    "show",
    """Show what the vault knows of a thing.

Its facts, its relations from either side with the words that state them, and rows about it in other notes. It is named \
by path, file name or alias; a name that no note has will do, if notes use it.""",
    """  vaultkit show DeepSeek
  vaultkit show "A name without a note"
  vaultkit show DeepSeek --json | jq '.relations[].role'""",
    function="show_note",
)
_command(
    "relations",
    """List who is what to whom.

Without a role, count the relations of each. Roles come from a vocabulary that the vault can extend, see [relations] in \
the configuration; --unmapped names the words that are worth a rule.""",
    """  vaultkit relations
  vaultkit relations investor
  vaultkit relations --unmapped""",
)
_command(
    "related",
    """Show which notes are close to a note, and why.

One list of notes with a link to or from it, and one of all others: by the things that both are linked with, by what \
stands together in other notes, and by words. Journals and reports are left out, unless asked for.""",
    """  vaultkit related DeepSeek
  vaultkit related DeepSeek --limit 20 --json | jq '.unlinked[].path'
  vaultkit related --all --json -V notes > related.json""",
)
_command(
    "tables",
    """Show the tables of the notes as data.

Without a note, list them all with their kind and columns. What cells say is read: numbers, amounts, shares, dates, links.""",
    """  vaultkit tables
  vaultkit tables DeepSeek
  vaultkit tables DeepSeek --csv 2 > table.csv
  vaultkit tables DeepSeek --json | jq '.[].columns'""",
)
_command(
    "path",
    """Show how two things are connected.

The cheapest way along relations and links, in either direction; hubs and daily notes are dear, since everything is near \
them. Each step tells what is said, and where.""",
    """  vaultkit path DeepSeek NVIDIA
  vaultkit path "Model distillation" "Export controls" --json""",
)
_command(
    "stats",
    """Count what there is in the vault.

Notes by type, links, facts by where they stand, relations by role, tables by kind, the notes that most others link to, \
problems by code.""",
    """  vaultkit stats
  vaultkit stats --json | jq '."relations by role"'""",
)
_command(
    "export",
    """Write the graph, the facts or the tables for other programs.

Only what readers of the site can see is written; the same vault gives the same bytes.""",
    """  vaultkit export --list
  vaultkit export graphml -o vault.graphml
  vaultkit export turtle | grep investor
  vaultkit export tables -o tables.zip""",
)
_command(
    "print",
    """Write a note as one HTML file that stands alone.

Its text, facts and footnotes with styles and pictures in the file: it loads nothing, runs nothing, and looks good on \
paper. Links within the vault become text, links out of it show their address. The note is named by its path, its file \
name or an alias; a canvas by its file name with .canvas. A private note is refused without --drafts.""",
    """  vaultkit print "Graph theory" -o graph.html
  vaultkit print "Board.canvas" > board.html
  vaultkit print Plans/Secret.md --drafts -o secret.html
  chromium --headless --print-to-pdf=graph.pdf graph.html""",
    function="print_note",
)
_command(
    "changes",
    """Show what changed, day by day.

Notes that are new, edited, renamed or deleted, with the facts that each came to state or states no more. The vault's git \
commits say when; without git, what vaultkit snapshot keeps. What is private, or was, isn't told.""",
    """  vaultkit changes
  vaultkit changes --since 2026-11-23
  vaultkit changes --since HEAD~3
  vaultkit changes --json | jq '.[0].notes[].path'""",
)
_command(
    "snapshot",
    """Keep what the public notes are and state now.

For vaults without git: two snapshots tell what changed between them. They hold paths, digests and facts, and no text. \
Nothing is written into the vault, unless changes.snapshots names a folder in it.""",
    """  vaultkit snapshot
  vaultkit snapshot --json | jq -r .path""",
)
_command(
    "config",
    "Show every setting, its value and where it was set.",
    """  vaultkit config
  vaultkit config -V notes
  vaultkit config --json""",
)
_command(
    "explain",
    """Explain a problem by its code or name.

Without a code, list them all.""",
    """  vaultkit explain VK201
  vaultkit explain unresolved-link
  vaultkit explain""",
)
_command(
    "clean",
    """Remove what vaultkit made, and nothing else.

A file of the site that was changed by someone else is kept.""",
    """  vaultkit clean                  the site
  vaultkit clean --cache          what vaultkit remembers of the vault
  vaultkit clean --site --cache   both""",
)
