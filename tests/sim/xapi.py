"""A XenServer pool to test against: XAPI's wire as its hosts write it, over TLS, on the loopback.

Only the standard library of Python 3. The XML is written by hand, because xmlrpc.server tags every string and so hides
what real hosts do: untagged strings, 64-bit integers as strings, no prolog on 6.x. `Server` puts a pool (pool.py) on the
air at one address a host; everything it answers comes from the pool's tables. Faults of the wire are played on demand.
"""
import http.server
import json
import os
import re
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse
import xml.etree.ElementTree
import xml.sax.saxutils

NULL = "OpaqueRef:NULL"


class Instant(str):
    """A dateTime: "20260115T04:00:00Z"."""


class Failure(Exception):
    """An error of XAPI: its ErrorDescription."""

    def __init__(self, *description):
        super().__init__(description)
        self.description = [str(part) for part in description]


def write_value(value, out, modern, tagged=False):
    """XAPI's own form: untagged strings, integers as strings; 6.x writes <value/> for "", later ones <value></value>."""
    if isinstance(value, Instant):
        out.append(f"<value><dateTime.iso8601>{value}</dateTime.iso8601></value>")
    elif isinstance(value, str):
        text = xml.sax.saxutils.escape(value)
        if tagged:
            text = f"<string>{text}</string>"
        out.append(f"<value>{text}</value>" if text or modern else "<value/>")
    elif isinstance(value, bool):
        out.append(f"<value><boolean>{int(value)}</boolean></value>")
    elif isinstance(value, int):
        out.append(f"<value>{value}</value>")
    elif isinstance(value, float):
        out.append(f"<value><double>{value:g}</double></value>")
    elif isinstance(value, dict):
        out.append("<value><struct>" if value else "<value><struct/>")
        for name, member in value.items():
            out.append(f"<member><name>{xml.sax.saxutils.escape(name)}</name>")
            write_value(member, out, modern, tagged)
            out.append("</member>")
        out.append("</struct></value>" if value else "</value>")
    else:
        out.append("<value><array><data>" if value else "<value><array><data/>")
        for member in value:
            write_value(member, out, modern, tagged)
        out.append("</data></array></value>" if value else "</array></value>")


def to_xml(value, modern=False, tagged=False):
    out = []
    write_value(value, out, modern, tagged)
    return "".join(out)


def envelope(value, modern, tagged=False):
    prolog = '<?xml version="1.0"?>' if modern else ""
    body = to_xml(value, modern, tagged)
    return f"{prolog}<methodResponse><params><param>{body}</param></params></methodResponse>".encode()


def read_value(node):
    """The Python value of a <value> element of a request."""
    child = node[0] if len(node) else None
    if child is None:
        return node.text or ""
    if child.tag == "boolean":
        return child.text.strip() == "1"
    if child.tag == "double":
        return float(child.text)
    if child.tag == "array":
        return [read_value(value) for value in child.find("data")]
    if child.tag == "struct":
        return {member.find("name").text: read_value(member.find("value")) for member in child}
    if child.tag == "dateTime.iso8601":
        return Instant(child.text)
    return child.text or ""


def read_call(body):
    root = xml.etree.ElementTree.fromstring(body)
    return root.find("methodName").text, [read_value(param[0]) for param in root.iterfind("params/param")]


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection of one host."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, kind="text/xml", extra=()):
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *extra):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def drop(self):
        """Ends the connection as a host that went away does."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def do_POST(self):
        pool, host = self.server.pool, self.server.host
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/jsonrpc":
            return self.answer(200, envelope({"Status": "Failure", "ErrorDescription": ["INTERNAL_ERROR"]}, pool.modern))
        try:
            method, params = read_call(body)
        except (xml.etree.ElementTree.ParseError, AttributeError):
            return self.answer(500, b"<html><body>500 Internal Server Error</body></html>", "text/html")
        fault = pool.wire_fault(host, method)
        if fault == "500":
            return self.answer(500, b"<html><body>500 Internal Server Error</body></html>", "text/html")
        if fault == "empty":
            return self.drop()
        if fault == "silent":
            pool.stopping.wait(600)
            return self.drop()
        if method == "system.listMethods":
            return self.answer(200, envelope(pool.methods(), pool.modern))
        try:
            value = {"Status": "Success", "Value": pool.call(host, method, params)}
        except Failure as failure:
            value = {"Status": "Failure", "ErrorDescription": failure.description}
        answer = envelope(value, pool.modern, "tagged" in pool.quirks)
        if fault == "cut":
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer[:len(answer) // 2])
            return self.drop()
        if fault == "huge":
            answer = answer.replace(b"Success", b"Success" + b" " * (80 << 20))
        if fault == "doctype":
            answer = b'<!DOCTYPE methodResponse [<!ENTITY a "aaaaaaaaaa">]>' + answer
        return self.answer(200, answer)

    def do_GET(self):
        pool, host = self.server.pool, self.server.host
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        cookies = dict(re.findall(r"(\w+)=([^;]+)", self.headers.get("Cookie") or ""))
        session = cookies.get("session_id") or query.get("session_id")
        if session not in pool.sessions:
            return self.answer(401, b"", "text/html")
        self.close_connection = True
        if parts.path == "/export":
            return self.export(query, cookies)
        if parts.path == "/updates":
            document = pool.updates_document(query.get("host_refs", "").split(";"))
            return self.answer(200 if document else 404, json.dumps(document or ["NO_REPOSITORY_ENABLED"]).encode(), "application/json")
        if parts.path == "/pool/xmldbdump":
            return self.stream(pool.dump())
        return self.answer(404, b"", "text/html")

    def export(self, query, cookies):
        pool, host = self.server.pool, self.server.host
        task = cookies.get("task_id") or query.get("task_id")
        place = pool.export_place(query, host)
        if place:
            location = f"https://{place}:{self.server.server_address[1]}{self.path}"
            return self.answer(302, b"", "text/html", [("Location", location)])
        self.stream(pool.export(query, task))

    def stream(self, pieces):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.send_header("Content-Type", "application/octet-stream")
        self.end_headers()
        try:
            for piece in pieces:
                self.wfile.write(piece)
            self.wfile.flush()
        except OSError:
            pass


class HostServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address, context, pool, host):
        super().__init__(address, Handler)
        self.context, self.pool, self.host = context, pool, host
        self.down = False

    def get_request(self):
        connection, address = super().get_request()
        if self.down:
            connection.close()
            raise OSError("this host is down")
        return connection, address

    def finish_request(self, request, client_address):
        request.settimeout(60)
        try:
            request = self.context.wrap_socket(request, server_side=True)
        except OSError:
            return
        try:
            super().finish_request(request, client_address)
        except OSError:
            pass
        finally:
            try:
                request.close()
            except OSError:
                pass

    def handle_error(self, request, client_address):
        pass


def make_certificate(folder, name, bits):
    """A self-signed certificate such as a host makes at its first boot; the path of the file with key and certificate."""
    path = os.path.join(folder, f"{name}.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", f"rsa:{bits}", "-nodes", "-sha1" if bits < 2048 else "-sha256",
                    "-days", "3650", "-subj", f"/CN={name}", "-keyout", path, "-out", path + ".crt"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(path + ".crt", encoding="ascii") as certificate, open(path, "a", encoding="ascii") as both:
        both.write(certificate.read())
    return path


def pin_of(path):
    """The pin of a certificate as curl takes it, made by openssl alone."""
    command = (f"openssl x509 -in '{path}' -noout -pubkey | openssl pkey -pubin -outform der | "
               "openssl dgst -sha256 -binary | openssl base64")
    done = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, check=True)
    return "sha256//" + done.stdout.decode().strip()


def tls_context(path, setup):
    """What a 6.5 host ("old": TLS 1.0, CBC-SHA), a strict 7.0 host ("strict": TLS 1.2, CBC-SHA256) or a later one offers."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if setup == "old":
        context.set_ciphers("AES256-SHA:AES128-SHA:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    elif setup == "strict":
        context.set_ciphers("AES128-SHA256:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(path)
    return context


class Server:
    """A pool on the air: host n at 127.0.0.<n + 1>, all on one port."""

    def __init__(self, pool, setup="old", folder=None):
        self.pool = pool
        self.folder = folder or tempfile.mkdtemp(prefix="kairan-sim-")
        self.servers, self.pins = [], []
        bits = 1024 if setup in ("old", "strict") else 2048
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        for number, host in enumerate(pool.host_refs()):
            address = pool.tables["host"][host]["address"]
            path = make_certificate(self.folder, address, bits)
            self.pins.append(pin_of(path))
            server = HostServer((address, self.port), tls_context(path, setup), pool, host)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            self.servers.append(server)

    def set_down(self, number, down=True):
        self.servers[number].down = down

    def close(self):
        self.pool.stopping.set()
        self.pool.go_on.set()
        for server in self.servers:
            server.shutdown()
            server.server_close()


def now_text(instant=None):
    return Instant(time.strftime("%Y%m%dT%H:%M:%SZ", time.gmtime(instant)))
