"""What the tests of pools share: an instance with a pool's file, and the simulated pool behind it."""
import json
import os
import sys

from kairan_test import DOMAIN, TREE, Kairan, new_folder, read_maildir, run, program

sys.path.insert(0, os.path.join(TREE, "tests", "sim"))
import pool as sim_pool  # noqa: E402
import xapi  # noqa: E402

SHARED = os.path.join(os.path.dirname(TREE), "shared", "xen", "data")


class Center(Kairan):
    """An instance that looks after one simulated pool, "center"."""

    def __init__(self, server, settings="", folder=None, now="2026-01-15T02:00:00+09:00"):
        super().__init__(folder or new_folder(), now)
        self.server = server
        run([program("kairan"), "init", "--domain", DOMAIN, os.path.join(self.folder, "i")])
        self.folder = os.path.join(self.folder, "i")
        os.makedirs(os.path.join(self.folder, "pools"))
        self.password_file = self.write("pools/center.password", server.pool.password + "\n", 0o600)
        self.settings = settings
        self.configure()

    def configure(self, settings=None, pins=None, addresses="127.0.0.1, 127.0.0.2"):
        """Writes the pool's file; `settings` are sections and keys beside [pool]."""
        pins = ", ".join(self.server.pins) if pins is None else pins
        own = self.settings if settings is None else settings
        self.write("pools/center.conf", f"[pool]\naddresses = {addresses}\nport = {self.server.port}\npins = {pins}\n{own}")

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def xen(self, *arguments, **options):
        return self.run("xen", *arguments, **options)

    def shown(self, *arguments, language="ja_JP.UTF-8"):
        """What a person with that language sees, whatever the status."""
        environment = {**os.environ, "KAIRAN_NOW": self.now, "LC_ALL": language}
        return run([program("kairan"), "xen", *arguments, "-C", self.folder], env=environment).stdout.decode()

    def xen_json(self, *arguments, **options):
        return json.loads(self.run("xen", *arguments, "--json", **options).stdout)

    def mails(self):
        return [letter.message for letter in read_maildir(os.path.join(self.folder, "out"))]
