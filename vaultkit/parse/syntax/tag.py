"""`#tags` in the body (rules T-1 … T-9)."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

# A tag ends at white space, at these ASCII marks and at general punctuation,
# but not at the joiner inside an emoji sequence (T-1).
TAG_BODY = r"(?:[^\s!\"#$%&'()*+,.:;<=>?@^`{|}~\[\]\\\u2000-\u206f\u2e00-\u2e7f]|(?<=[^\x00-\x7f])\u200d)+"
_TAG = re.compile("#(" + TAG_BODY + ")")
_UNDERSCORE = ord("_")
_IN_COMMENT = re.compile(r"(?:^|(?<=\s))#(" + TAG_BODY + ")")


def add(md: MarkdownIt) -> None:
    md.inline.ruler.push("tag", tag)


def is_tag(name: str) -> bool:
    """Whether *name*, without its `#`, has a character that isn't a digit (T-2)."""
    return not all("0" <= char <= "9" for char in name)


def tags_in_comment(text: str) -> list[tuple[str, int]]:
    """Names of the tags in a comment's text with their offsets: comments hide tags but don't unmake them (M-17)."""
    return [(match[1], match.start()) for match in _IN_COMMENT.finditer(text) if is_tag(match[1])]


def tag(state: StateInline, silent: bool) -> bool:
    pos = state.pos
    if silent or state.src[pos] != "#":
        return False
    # The boundary is tested per inline run, and a run also starts right after
    # an inline construct: `_#x_` is a tag, `(#x` is not (T-3).
    if pos and state.pending and not state.src[pos - 1].isspace():
        return False
    match = _TAG.match(state.src, pos, state.posMax)
    if match is None:
        return False
    name = match[1]
    if name[-1] == "_" and (closing := _opened(state)):
        name = name[: max(len(name.rstrip("_")), len(name) - closing)]
    if not is_tag(name):
        return False
    token = state.push("tag", "", 0)
    token.content = name
    state.pos = pos + 1 + len(name)
    return True


def _opened(state: StateInline) -> int:
    """How many underscores stand open: as many at the end of a tag close emphasis, `_#x_` (T-3)."""
    # The nearest are enough, and a long text of such tags stays linear.
    ours = [mark for mark in state.delimiters[-32:] if mark.marker == _UNDERSCORE]
    return max(0, sum(mark.open for mark in ours) - sum(mark.close for mark in ours))
