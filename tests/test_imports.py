"""The shape of the package: imports go down only, third parties are fenced, few modules touch the outside."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "vaultkit"

FLOORS: dict[str, int] = {
    "cli": 10,
    "serve": 9,
    "vault": 8,
    "publication": 7,
    "questions": 7,
    "printing": 7,
    "keeping": 6,
    "reader": 5,
    "inspection": 5,
    "pipeline": 4,
    "index": 4,
    "parse": 3,
    "links": 3,
    "knowledge": 3,
    "site": 3,
    "history": 3,
    "lint": 3,
    "export": 5,
    "plugins": 2,
    "nodes": 2,
    "urls": 2,
    "config": 2,
    "facts": 2,
    "changes": 2,
    "related": 2,
    "search": 2,
    "drawing": 2,
    "settings": 1,
    "model": 1,
    "folders": 1,
    "bodies": 0,
    "diagnostics": 0,
    "words": 0,
    "yaml_core": 0,
    "engine": 0,
}
"""A module may import what stands on a lower floor, and its own package."""

ACROSS = {("knowledge", "links"), ("changes", "facts")}
"""The only packages of one floor that know each other."""

FENCES: dict[str, tuple[str, ...]] = {
    "cyclopts": ("cli",),
    "rich": ("cli",),
    "markdown_it": ("parse",),
    "frontmatter": ("parse.properties",),
    "yaml": ("parse.properties", "yaml_core"),
    "nh3": ("parse.sanitize",),
    "latex2mathml": ("parse",),
    "networkx": ("links.graph", "knowledge", "export"),
    "numpy": ("knowledge.related", "drawing.layout"),
    "scipy": ("knowledge.related",),
    "jinja2": ("site.theme", "site.page"),
    "markupsafe": ("site.theme", "site.page"),
    "rcssmin": ("site.theme",),
    "rjsmin": ("site.theme",),
    "sqlite3": ("engine.memo", "export.databases"),
    "rdflib": ("export.linked_data",),
    "pyarrow": ("export.databases",),
    "starlette": ("serve",),
    "uvicorn": ("serve",),
    "watchdog": ("serve",),
    "platformdirs": ("folders",),
}
"""Who may import a third party: a module, or all below a package."""

OPENERS = (
    "parse.scan",
    "parse.files",
    "site.writer",
    "site.disk",
    "site.generations",
    "site.theme",
    "site.frontend",
    "engine.memo",
    "knowledge.vocabulary_file",
    "knowledge.schema_org",
    "config",
    "history.repository",
    "history.snapshots",
    "serve.spot",
    "serve.files",
)
"""The only modules that open files."""

OPENING = {
    "open",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "fdopen",
    "scandir",
    "copyfile",
    "copyfileobj",
}

FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
"""A cache file must not be able to run code."""

MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
ENTRANCES = {"__init__", "__main__"}
"""The package itself offers the public names, whatever their floor."""


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imported(module: str) -> Iterator[tuple[str, int]]:
    """Every absolute name that a module imports, wherever in it, with the line."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: imports are absolute"
            assert node.module is not None
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def ours(module: str) -> Iterator[tuple[str, int]]:
    """The modules of this package that a module imports, without the package's name."""
    for name, line in imported(module):
        inner = name.removeprefix("vaultkit.")
        if inner != name and inner in MODULES:
            yield inner, line


def called(module: str) -> Iterator[tuple[str, int]]:
    """What a module calls, with the line: functions by name, methods with a dot before it."""
    for node in ast.walk(tree(module)):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield name, node.lineno
            case ast.Call(func=ast.Attribute(value=ast.Name(id="os" | "sys" | "io" | "shutil" as owner), attr=name)):
                yield f"{owner}.{name}", node.lineno
            case ast.Call(func=ast.Attribute(attr=name)):
                yield f".{name}", node.lineno


def within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def top(module: str) -> str:
    return module.partition(".")[0]


def allowed(importer: str, imported: str) -> bool:
    one, other = top(importer), top(imported)
    return one == other or (one, other) in ACROSS or FLOORS[other] < FLOORS[one]


def test_every_module_stands_on_a_floor():
    assert {top(module) for module in MODULES} <= FLOORS.keys() | ENTRANCES


def test_imports_go_down_only():
    wrong = [
        f"{importer}:{line} imports {name}"
        for importer in MODULES
        if importer not in ENTRANCES
        for name, line in ours(importer)
        if name not in ENTRANCES and not allowed(importer, name)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("importer", "name", "verdict"),
    [
        ("cli.build", "vault", True),
        ("vault", "cli.build", False),
        ("parse.note", "parse.syntax.tag", True),
        ("parse.note", "links.names", False),
        ("export.graph", "links.edges", True),
        ("links.edges", "export.graph", False),
        ("engine.memo", "engine.tables", True),
        ("engine.memo", "diagnostics", False),
        ("config", "settings", True),
        ("settings", "config", False),
    ],
)
def test_what_goes_down_and_what_does_not(importer, name, verdict):
    assert allowed(importer, name) is verdict


def test_third_parties_are_fenced():
    wrong = [
        f"{module}:{line} imports {name}"
        for module in MODULES
        for name, line in imported(module)
        if top(name) in FENCES and not within(module, FENCES[top(name)])
    ]
    assert wrong == []


def test_every_third_party_is_declared_and_every_declared_one_is_used(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["export"]]
    declared = {re.split(r"[\s<>=]", each)[0].lower() for each in wanted}
    used = {top(name) for module in MODULES for name, _ in imported(module)} - sys.stdlib_module_names - {"vaultkit"}
    packages = {"markdown_it": "markdown-it-py", "frontmatter": "python-frontmatter", "yaml": "pyyaml"}
    assert {packages.get(name, name).lower() for name in used} == declared


def test_files_are_opened_in_few_places():
    wrong = [
        f"{module}:{line} calls {name}"
        for module in MODULES
        for name, line in called(module)
        if name in OPENING and not within(module, OPENERS)
    ]
    assert wrong == []


def test_only_the_command_line_prints_or_exits():
    wrong = [
        f"{module}:{line} calls {name}"
        for module in MODULES
        for name, line in called(module)
        if name in {"print", "exit", "sys.exit", "os._exit"} and not within(module, ("cli",))
    ]
    assert wrong == []


def test_nothing_read_can_run_code():
    imports = [f"{m}:{line} {name}" for m in MODULES for name, line in imported(m) if top(name) in FORBIDDEN]
    calls = [f"{m}:{line} {name}" for m in MODULES for name, line in called(m) if name in {"eval", "exec"}]
    assert imports + calls == []
    shells = [
        f"{module}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.keyword) and node.arg == "shell"
    ]
    assert shells == []


def test_modules_fit_in_a_reading():
    long = {name: n for name, path in MODULES.items() if (n := len(path.read_text("utf-8").splitlines())) > 450}
    assert long == {}


def test_every_module_says_what_it_is_for():
    assert [name for name in MODULES if not ast.get_docstring(tree(name))] == []


# ---------------------------------------------------------------------------
# Where text becomes HTML
# ---------------------------------------------------------------------------

MARKUP = {("site.page", "_Macro.__call__"), ("site.page", "PageEnvironment.getattr")}
"""The one place that makes Markup of a value, and how Jinja's macros, which have escaped what they print, return it."""


def functions(tree: ast.AST, name: str = "") -> Iterator[tuple[str, ast.AST]]:
    """All nodes, each with the name of the function it stands in."""
    for node in ast.iter_child_nodes(tree):
        inner = f"{name}.{node.name}".lstrip(".") if isinstance(node, ast.ClassDef | ast.FunctionDef) else name
        yield inner, node
        yield from functions(node, inner)


def uses_of_markup(source: str) -> set[str]:
    """The functions that make Markup, or give themselves out for it, whatever they call it."""
    tree = ast.parse(source)
    renamed = {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == "Markup" and alias.asname
    }
    found = set()
    for name, node in functions(tree):
        is_named = isinstance(node, ast.Name) and node.id in {"Markup", *renamed}
        is_attribute = isinstance(node, ast.Attribute) and node.attr == "Markup"
        is_hidden = name.endswith(("__html__", "__html_format__")) and isinstance(node, ast.Return)
        if is_named or is_attribute or is_hidden:
            found.add(name)
    return found


def test_markup_is_made_in_one_place() -> None:
    found = {(module, name) for module, path in MODULES.items() for name in uses_of_markup(path.read_text("utf-8"))}
    # To ask whether something is Markup already makes none.
    assert found - {("site.page", "PageEnvironment.shown")} == MARKUP


@pytest.mark.parametrize(
    "source", ["Markup(x)", "markupsafe.Markup(x)", "from markupsafe import Markup as M\nM(x)", "Markup.join(x)"]
)
def test_whoever_makes_markup_is_found(source: str) -> None:
    assert uses_of_markup(source) == {""}


def test_no_template_turns_escaping_off() -> None:
    folder = PACKAGE.parent / "templates"
    texts = {path.name: path.read_text("utf-8") for path in sorted(folder.rglob("*.html"))}
    assert len(texts) > 20
    unsafe = re.compile(r"\|\s*(?:safe|forceescape|tojson|xmlattr|urlize)\b|autoescape|Markup")
    assert {name: unsafe.findall(text) for name, text in texts.items() if unsafe.search(text)} == {}


def test_no_script_of_the_theme_makes_html_of_text() -> None:
    folder = PACKAGE.parent / "templates"
    texts = {path.name: path.read_text("utf-8") for path in sorted(folder.rglob("*.js"))}
    assert len(texts) > 10
    unsafe = re.compile(
        r"(?<!morphStyle: \")\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|eval|new Function|srcdoc)\b"
    )
    assert {name: unsafe.findall(text) for name, text in texts.items() if unsafe.search(text)} == {}
