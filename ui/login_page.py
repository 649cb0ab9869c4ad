"""The pages on which one logs in and out, and what they say where that cannot work.

In: what became of the last try. Out: HTML, with all of its styles. They know no request and no password.
"""

from __future__ import annotations

from html import escape

from ui.embedding import embed_file

__all__ = ["render_login", "render_logout"]

WRONG = "Name or password is wrong."
LOST = (
    "This page cannot keep your login: your browser keeps nothing for a page within one of another site, "
    "or the chat is not served over https."
)


def render_login(root: str, *, is_framed: bool, script: str, problem: str = "") -> str:
    """Return the page. `root` is the path of the server, `script` what loads that for frames; `is_framed`
    says that the chat in a frame comes next. `problem` is "wrong", "lost", or other words for people.
    """
    root, place = escape(root), "embed" if is_framed else "chat"
    own = f'<a href="{root}/" target="_blank" rel="noopener">Open the chat in its own window</a>'
    said = {"wrong": WRONG, "lost": LOST}.get(problem, problem)
    told = f'<p class="wrong" role="alert">{escape(said)}</p>' if said else ""
    form = (
        f'<form method="post" action="{root}/login"><input type="hidden" name="to" value="{place}">'
        '<label>Name<input name="name" autocomplete="username" required autofocus></label>'
        '<label>Password<input name="password" type="password" autocomplete="current-password" required>'
        "</label><button>Log in</button></form>"
    )
    inside = f"{told}{own if problem == 'lost' else form}"
    greeting = "Ask your papers." if problem == "lost" else "Log in to ask your papers."
    return _page("Log in to paperchat", f"<p>{greeting}</p>{inside}", script if is_framed else "")


def render_logout(root: str) -> str:
    """Return the page on which one logs out."""
    form = f'<form method="post" action="{escape(root)}/logout"><button>Log out</button></form>'
    return _page(
        "Log out of paperchat", f"<p>What this browser has kept of your questions goes, too.</p>{form}"
    )


def _page(title: str, inside: str, script: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="same-origin">'  # else a browser sends the form as from nowhere
        f"<style>{embed_file('login.css')}</style>{script}</head>"
        f"<body><main><h1>paperchat</h1>{inside}</main></body></html>"
    )
