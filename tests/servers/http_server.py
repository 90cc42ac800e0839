"""A web server that behaves badly on request, for tests of HTTP clients: http_server.py PORT_FILE [CERT KEY].
It listens on a free port of loopback, writes its number to PORT_FILE, and ends when its standard input does."""
import http.server
import json
import os
import socket
import ssl
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", headers=(), length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def go(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        path, _, query = self.path.partition("?")
        what, _, argument = path.lstrip("/").partition("/")
        if what == "echo":
            told = {"method": self.command, "path": self.path, "body": body.decode("latin-1"),
                    "headers": [[k.lower(), v] for k, v in self.headers.items()]}
            self.answer(200, json.dumps(told).encode(), [("X-One", "a: b"), ("X-Empty", "")])
        elif what == "status":
            self.answer(int(argument), b"the body")
        elif what == "redirect":
            self.answer(307, b"", [("Location", query)])
        elif what == "bytes":
            self.answer(200, b"x" * int(argument))
        elif what == "header":
            self.answer(200, b"", [(f"X-{i}", "y" * 1000) for i in range(int(argument))])
        elif what == "cut":
            self.answer(200, b"half", length=1000)
            self.close_connection = True
        elif what == "close":
            self.close_connection = True
        elif what == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            os.close(self.connection.detach())
            self.close_connection = True
        elif what == "garbage":
            self.wfile.write(b"hello\r\n\r\n")
            self.close_connection = True
        elif what == "trickle":  # headers, then a byte at a time for ever
            self.send_response(200)
            self.end_headers()
            while not ended.wait(0.01):
                self.wfile.write(b".")
        elif what == "hang":
            ended.wait()
        else:
            self.answer(404, b"no such page")

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.go
        raise AttributeError(name)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


ended = threading.Event()


def serve(handler, port_file, cert=None, key=None):
    server = Server(("127.0.0.1", 0), handler)
    if cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        # The handshake belongs to the connection's own thread.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with open(port_file + ".new", "w", encoding="utf-8") as f:
        f.write(str(server.server_address[1]))
    os.rename(port_file + ".new", port_file)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.buffer.read()
    ended.set()


if __name__ == "__main__":
    serve(Handler, *sys.argv[1:])
