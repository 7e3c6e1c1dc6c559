"""The command line: the only place that prints or exits.

A module a command, imported when it is called. Results go to standard output,
progress and problems to standard error. Exit codes: 0 clean, 1 problems at or
above `--fail-on`, 2 usage, 70 a bug of ours, 130 stopped.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from vaultkit.cli.app import app
from vaultkit.cli.console import complain

__all__ = ["main", "run"]


def main() -> None:
    """Run the command that the process was given, and exit."""
    _want_utf8()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Where the terminal lacks a character its number is shown: no name of a note may end a build.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def _want_utf8() -> None:
    """Begin again in Python's UTF-8 mode where the locale says otherwise: file names are UTF-8 wherever notes are."""
    if os.name == "posix" and sys.getfilesystemencoding().lower() != "utf-8" and "PYTHONUTF8" not in os.environ:
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, "-m", "vaultkit", *sys.argv[1:]])  # noqa: S606  (ourselves)


def run(arguments: Sequence[str]) -> int:
    """Run a command; its exit code."""
    from cyclopts import CycloptsError, UnusedCliTokensError

    from vaultkit.diagnostics import RefusedError, VaultkitError

    try:
        code = app(arguments, exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except UnusedCliTokensError as error:
        return _misused(arguments, f"Too many arguments: {' '.join(error.unused_tokens or ())}")
    except CycloptsError as error:
        return _misused(arguments, str(error))
    except VaultkitError as error:
        complain(str(error))
        return 1 if isinstance(error, RefusedError) else 2
    except KeyboardInterrupt:
        complain("stopped; nothing is half written")
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough (`| head`). Python would fail once more when it flushes on exit.
        sys.stdout = io.StringIO()
        return 0
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error))
        return 1
    except Exception:  # noqa: BLE001  (the boundary to the user: a bug is to be reported, not to be read as a problem)
        return _bug()
    return code if isinstance(code, int) else 0


def _misused(arguments: Sequence[str], message: str) -> int:
    command = next((f"{each} " for each in arguments if each in app), "")
    complain(message, f'Run "vaultkit {command}--help" to see how it is used.')
    return 2


def _bug() -> int:
    import traceback

    traceback.print_exc()
    complain("vaultkit made a mistake", "Please report it with the lines above.")
    return 70
