"""nginx with the documented configuration, in front of a site, with a self-made certificate."""

import os
import re
import ssl
import subprocess
from pathlib import Path

from tests.parts.part import Part, PartFailed, free_port, program
from tests.parts.site import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "nginx.conf"


class Nginx(Part):
    """``url`` is its https address, ``trust`` what believes its certificate."""

    def __init__(self, upstream_port: int, static: Path) -> None:
        super().__init__()
        self.static = static
        self.upstream_port = upstream_port
        self.plain_port = free_port()

    @property
    def host(self) -> str:
        """Host and port, as a browser's address bar has them."""
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        """Where pages are; no slash at the end."""
        return f"https://{self.host}"

    @property
    def plain_url(self) -> str:
        """Where they are not, for want of TLS."""
        return f"http://localhost:{self.plain_port}"

    @property
    def ws_url(self) -> str:
        """Where the live protocol is spoken."""
        return f"wss://{self.host}/ws/chat/"

    @property
    def trust(self) -> ssl.SSLContext:
        """What a client needs to trust the certificate."""
        context = ssl.create_default_context(cafile=str(self._certificate))
        # The tests' sockets read in one thread and write in another. In TLS 1.3 the tickets that
        # follow the handshake are read while the first request is written, and OpenSSL, which is
        # not made for that, loses the request once in some thousand.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context

    @property
    def _certificate(self) -> Path:
        return self.directory / "certificate.pem"

    @property
    def _key(self) -> Path:
        return self.directory / "key.pem"

    def prepare(self) -> None:
        openssl = program("openssl")
        if openssl is None:
            raise PartFailed("openssl is not installed: apt install openssl")
        subprocess.run(
            [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", str(self._key), "-out", str(self._certificate)],
            check=True, capture_output=True,
        )  # fmt: skip
        (self.directory / "site.conf").write_text(self.configuration())
        (self.directory / "nginx.conf").write_text(self._frame())

    def configuration(self) -> str:
        """Return the documentation's example with its addresses and paths made ours.

        Fails where the example no longer has what is replaced.
        """
        text = EXAMPLE.read_text()
        for documented, ours in {
            r"listen \[::\].*;": "",
            r"listen 443 ": f"listen 127.0.0.1:{self.port} ",
            r"listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            r"server 127\.0\.0\.1:8000;": f"server 127.0.0.1:{self.upstream_port};",
            r"/etc/letsencrypt/live/chat\.example\.org/fullchain\.pem": str(self._certificate),
            r"/etc/letsencrypt/live/chat\.example\.org/privkey\.pem": str(self._key),
            r"/srv/chat/staticfiles/": f"{self.static}/",
            r"server_name chat\.example\.org;": "server_name localhost;",
        }.items():
            text, count = re.subn(documented, ours, text)
            assert count, f"{EXAMPLE} has no {documented}"
        return text

    def _frame(self) -> str:
        """Return the main configuration, which distributions bring, around the site's."""
        account = "user root;" if os.getuid() == 0 else ""
        places = "\n".join(
            f"{module}_temp_path {self.directory}/{module};"
            for module in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return f"""
            {account}
            daemon off;
            pid {self.directory}/pid;
            error_log stderr;
            events {{ worker_connections 1024; }}
            http {{
                access_log off;
                include /etc/nginx/mime.types;
                {places}
                include {self.directory}/site.conf;
            }}
        """

    def command(self) -> list[str]:
        path = program("nginx")
        if path is None:
            raise PartFailed("nginx is not installed: apt install nginx")
        return [path, "-p", str(self.directory), "-c", str(self.directory / "nginx.conf")]
