"""A page of another site with the chat in it. Run: python examples/embed_page.py, then open what it prints.

It starts two servers: the chat over the sample library, and a site at another port with three pages: a
button in the corner, a chat within the text in the colours of the page, and a plain frame.
"""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading

CHAT, SITE = "http://127.0.0.1:7860", "http://localhost:8000"
PAGES = {
    "/": f'<p>A button in the corner.</p><script src="{CHAT}/widget.js"></script>',
    "/inline": (
        "<style>paper-chat { --paperchat-accent: #7c3aed; --paperchat-radius: 4px }</style>"
        '<p>A chat in the text.</p><paper-chat height="640"></paper-chat>'
        f'<script src="{CHAT}/widget.js"></script>'
    ),
    "/frame": f'<p>A frame.</p><iframe src="{CHAT}/embed/" width="100%" height="600"></iframe>',
}
LINKS = "".join(f'<a href="{path}">{path}</a> ' for path in PAGES)


class Site(http.server.BaseHTTPRequestHandler):
    """The other site: its pages allow scripts and frames of the chat, and no more than that."""

    def do_GET(self) -> None:
        """Send one page."""
        body = PAGES.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("content-type", "text/html; charset=utf-8")
        policy = f"default-src 'self'; script-src {CHAT}; frame-src {CHAT}; style-src 'unsafe-inline'"
        self.send_header("content-security-policy", policy)
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>Example</title><nav>{LINKS}</nav>{body}".encode())


def main() -> None:
    """Serve both until Ctrl-C."""
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 8000), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    print(f"The other site is {SITE}, and the chat in it comes from {CHAT}.")
    command = [sys.executable, "-m", "ui.cli", "serve", "--library", "sample", "--embed-origin", SITE]
    subprocess.run(command, check=False)


if __name__ == "__main__":
    main()
