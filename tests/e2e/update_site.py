"""A web site that gives out updates, and misbehaves as such sites do."""
import http.server
import io
import random
import threading
import zipfile

CHANCE = random.Random(7)
PIECE = 64 * 1024


def make_zip(member="update.xsupdate", content=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "read me")
        archive.writestr(member, CHANCE.randbytes(200000) if content is None else content)
    return out.getvalue()


class Site(http.server.ThreadingHTTPServer):
    """Gives out files by path; an entry of `odd` says how a path misbehaves."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), SiteHandler)
        self.files, self.odd, self.asked = {}, {}, []
        self.on_piece = None  # called before each piece of an answer
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


class SiteHandler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def give(self, status, body, whole=None, extra=()):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if whole is None else whole))
        for name, value in extra:
            self.send_header(name, value)
        self.end_headers()
        for at in range(0, len(body), PIECE):
            if self.server.on_piece:
                self.server.on_piece()
            self.wfile.write(body[at:at + PIECE])

    def do_GET(self):
        site, odd = self.server, self.server.odd.get(self.path)
        wanted = self.headers.get("Range")
        site.asked.append((self.path, wanted))
        body = site.files.get(self.path)
        if body is None:
            return self.give(404, b"not here")
        if odd == "login":
            return self.give(200, b"<!DOCTYPE html><html><body>Please log in</body></html>")
        if odd == "redirect":
            return self.give(302, b"", extra=[("Location", "/login")])
        if odd == "cut":
            return self.give(200, body[:len(body) // 2], len(body))
        if wanted and odd != "no-range":
            start = int(wanted[len("bytes="):].rstrip("-"))
            if start >= len(body):
                return self.give(416, b"")
            return self.give(206, body[start:], extra=[("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")])
        return self.give(200, body)
