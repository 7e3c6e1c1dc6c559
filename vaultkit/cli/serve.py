"""`vaultkit serve`: show the site, and each change as it is written."""

from __future__ import annotations

import webbrowser
from functools import partial
from typing import Annotated

from cyclopts import Parameter

from vaultkit.cli.console import safe, show, tell
from vaultkit.cli.where import CacheFolder, ConfigFile, OutFolder, VaultFolder, locate
from vaultkit.settings import Reading


def serve(
    vault: VaultFolder = None,
    *,
    out: OutFolder = None,
    config: ConfigFile = None,
    cache_dir: CacheFolder = None,
    reading: Annotated[Reading | None, Parameter(help="Read notes exactly as Obsidian does, or save what it drops [default: forgiving].")] = None,
    jobs: Annotated[int | None, Parameter(help="Processes that parse and render [default: one per core].")] = None,
    port: Annotated[int | None, Parameter(help="Where to listen [default: 8000, or one of the next that is free].")] = None,
    host: Annotated[str, Parameter(help="The address to listen at [default: 127.0.0.1, which only this machine reaches].")] = "127.0.0.1",
    allow_host: Annotated[tuple[str, ...], Parameter(help="One more name by which the server may be called.")] = (),
    open_: Annotated[bool, Parameter(name="--open", help="Open the site in the browser.")] = False,
    drafts: Annotated[bool, Parameter(help="Show private notes too, marked; they stay out of the site's folder.")] = False,
    watch_only: Annotated[bool, Parameter(help="Keep the site up to date without serving it.")] = False,
    explain: Annotated[bool, Parameter(help="Say why each page was rendered.")] = False,
    verbose: Annotated[bool, Parameter(name=["--verbose", "-v"], help="Show every problem, remarks too.")] = False,
) -> int:  # fmt: skip
    from vaultkit.cli.live import Lines, preview_of, until_interrupted
    from vaultkit.serve.live import Live

    overrides = {"out": out, "cache_dir": cache_dir, "reading": reading, "jobs": jobs}
    located = locate(vault, config, overrides)
    located.loaded.settled()
    preview = preview_of(located, config, overrides, drafts=drafts)
    lines = Lines(located.place, verbose=verbose, explain=explain)
    if watch_only:
        return until_interrupted(Live(preview, [lines], tuple))

    from vaultkit.serve.app import make_app
    from vaultkit.serve.browsers import Browsers
    from vaultkit.serve.server import Server
    from vaultkit.site.frontend import MISSING, bundled

    is_alone = host in {"127.0.0.1", "localhost", "::1"}
    browsers = Browsers(is_alone=is_alone)
    script = partial(bundled, "live.js")
    if script() is None:
        tell(MISSING)
    server = Server(make_app(browsers, browsers.hub, script, lambda: browsers.generation), host, port, allow_host)
    server.start()
    try:
        show(f"{safe(str(located.root))} is at {server.url}  (Ctrl-C ends it)")
        if not is_alone:
            tell(f"Everybody who can reach {safe(host)} can read it.")
        if open_:
            webbrowser.open(server.url)
        return until_interrupted(Live(preview, [browsers, lines], browsers.hub.open_pages))
    finally:
        server.stop()
