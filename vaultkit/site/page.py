"""A view becomes the bytes of its page: the one place where text is declared to be HTML already."""

from __future__ import annotations

import keyword
import traceback
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import markupsafe
from jinja2 import Environment, Template, TemplateError, nodes, pass_eval_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import EvalContext
from jinja2.runtime import Macro, new_context
from jinja2.utils import missing
from markupsafe import Markup, escape

from vaultkit.diagnostics import VaultkitError
from vaultkit.site.board_views import BoardCard, BoardItem
from vaultkit.site.views import TEMPLATES, AnyView, PropertyRow, View

if TYPE_CHECKING:
    from vaultkit.site.theme import Theme

HTML_FIELDS = frozenset({"html", "lead_html", "facts_html"})
"""What `parse` has sanitized or `site.holes` has escaped; every other text is escaped as it is printed."""


def render(view: AnyView, theme: Theme) -> bytes:
    """The page of a view, byte for byte the same for equal views and themes."""
    return render_with(TEMPLATES[type(view)], view, theme)


def render_with(name: str, view: AnyView, theme: Theme) -> bytes:
    """A view as a template shows it that isn't the one of its kind."""
    try:
        return f"{_filled(theme.template(name), view)}\n".encode()
    except (TemplateError, AttributeError) as error:
        raise VaultkitError(f"{_place(error, name)}: {error} (while rendering {view.url})") from error


def _filled(template: Template, view: AnyView) -> str:
    """What `Template.render` gives, without looking through a chain of maps for the same names at each page."""
    environment = template.environment
    context = new_context(
        environment, template.name, template.blocks, environment.globals | {"view": view}, shared=True
    )
    try:
        return "".join(template.root_render_func(context))
    except Exception:  # noqa: BLE001  (it comes out again, with the template's lines in its traceback)
        environment.handle_exception()


class _Macro(Macro):
    """A macro that is asked as it was declared goes without Jinja's look at each argument."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._is_plain = self._default_autoescape and not (self.caller or self.catch_kwargs or self.catch_varargs)

    @pass_eval_context
    def __call__(self, *args: Any, **kwargs: Any) -> str:
        n_missing = self._argument_count - len(args)
        if kwargs or n_missing < 0 or not self._is_plain or (args and type(args[0]) is EvalContext):
            return super().__call__(*args, **kwargs)
        return str.__new__(Markup, self._func(*args, *(missing,) * n_missing))


class _PageCode(CodeGenerator):
    """Jinja's compiler, with some short cuts, for a page has hundreds of texts and attributes.

    Escaped text isn't wrapped in Markup only to be joined. In our own templates,
    which know what they are given, an attribute of a view is read as one, not
    looked for among items too, and what is called is called, not asked first
    whether it wants the context.
    """

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802  (Jinja's name)
        owner: nodes.Node = node.node
        while isinstance(owner, nodes.Getattr | nodes.Getitem | nodes.Call):
            owner = owner.node
        is_special = isinstance(owner, nodes.Name) and owner.name in _SPECIAL
        if not self._is_ours or is_special or node.attr in HTML_FIELDS or keyword.iskeyword(node.attr):
            super().visit_Getattr(node, frame)
        else:
            self.write("(")
            self.visit(node.node, frame)
            self.write(f").{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802
        called = node.node
        is_special = isinstance(called, nodes.Name) and called.name in _SPECIAL
        if not self._is_ours or is_special or forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(called, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline("escaped = environment.escaped")
        self.writeline("Macro = environment.macro")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _is_plain(frame, finalize):
            self.write("(escaped(text) if type(text := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _is_plain(frame, finalize):
            self.write(") is str else environment.shown(text))")
        else:
            super()._output_child_post(node, frame, finalize)

    @property
    def _is_ours(self) -> bool:
        own: str = self.environment.own_folder  # type: ignore[attr-defined]
        return bool(own) and (self.filename or "").startswith(own)


_SPECIAL = ("self", "super", "caller", "loop")


def _is_plain(frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> bool:
    """Whether a text is surely to be escaped: where a template turns that off and on, Jinja decides as it runs."""
    return bool(frame.eval_ctx.autoescape) and not frame.eval_ctx.volatile and finalize.src is None


def _escaped(text: str) -> str:
    return str(escape(text))


class PageEnvironment(Environment):
    """Jinja's environment, which knows the HTML fields of views when it meets them."""

    code_generator_class = _PageCode
    macro = _Macro
    own_folder = ""
    """Where our own templates lie, which know what they are given."""

    escaped: Callable[[str], str] = staticmethod(getattr(markupsafe, "_escape_inner", _escaped))
    """A text as HTML: what `markupsafe.escape` wraps in Markup, if it lets us have it."""

    @staticmethod
    def shown(value: object) -> str:
        """What is printed for a value that isn't a plain text."""
        if type(value) is int:
            return str(value)
        return value if type(value) is Markup else escape(value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        try:
            value = getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)
        if attribute in HTML_FIELDS and isinstance(obj, View | PropertyRow | BoardCard | BoardItem):
            return Markup(value)  # noqa: S704  (these fields alone, see HTML_FIELDS)
        return value


def _place(error: Exception, template: str) -> str:
    """Where in the templates an error arose: Jinja makes tracebacks point into them."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.endswith(".html"):
            return f"{PurePath(frame.filename).name}:{frame.lineno}"
    return template
