"""A real Tryton server as a program of its own, with a CRM that `tools/tryton.sh` made."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import requests

from leadbot.crm.base import wall_clock
from leadbot.crm.tryton_rpc import TrytonRpc
from leadbot.crm.wire import Wire
from leadbot.model.secret import Secret

MADE = Path(__file__).parents[2] / ".tryton"
DATABASE, USER = "crm", "admin"
STARTS_WITHIN_S = 60.0


class TrytonServer:
    """Starts on a copy of the empty CRM; a company, an employee and leadbot's user are set up once."""

    def __init__(self, folder: Path) -> None:
        if not list(MADE.glob("ready-*")):
            raise AssertionError("there is no Tryton here: make test-all installs it, or sh tools/tryton.sh")
        self.password = (MADE / "password").read_text()
        self._folder = folder
        shutil.copy(MADE / "empty" / "crm.sqlite", folder / "crm.sqlite")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        self._rpc = TrytonRpc(
            Wire("Tryton", wall_clock, timeout=(5, 60)), self.url, DATABASE, USER, Secret(self.password)
        )
        self._set_up()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Returns when it answers."""
        conf = self._folder / "trytond.conf"
        conf.write_text(
            f"[database]\nuri = sqlite://\npath = {self._folder}\n[web]\nlisten = 127.0.0.1:{self._port}\n"
        )
        with (self._folder / "trytond.log").open("ab") as log:
            self._process = subprocess.Popen(
                [MADE / "venv" / "bin" / "trytond", "-c", conf, "-d", DATABASE],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONWARNINGS": "ignore"},
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                requests.get(self.url, timeout=5)
                return
            except requests.ConnectionError:
                assert self._process.poll() is None, (self._folder / "trytond.log").read_text()
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.1)

    def stop(self) -> None:
        """Down, whatever it was doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def call(self, model: str, method: str, *params: Any) -> Any:
        """As an administrator of the CRM would."""
        return self._rpc.call(f"model.{model}.{method}", *params)

    def rows(self, model: str, *names: str) -> list[dict[str, Any]]:
        """All records of a model, oldest first."""
        found: list[dict[str, Any]] = self.call(
            model, "search_read", [], 0, None, [["id", "ASC"]], list(names)
        )
        return found

    def clear(self) -> None:
        """Without leads, as it began."""
        leads = [row["id"] for row in self.rows("sale.opportunity", "id")]
        self.call("sale.opportunity", "write", leads, {"state": "cancelled"}) if leads else None
        self.call("sale.opportunity", "delete", leads) if leads else None
        people = [row["id"] for row in self.rows("party.party", "id") if row["id"] not in self._own]
        self.call("party.party", "delete", people) if people else None

    def _set_up(self) -> None:
        currency = self.call("currency.currency", "create", [{"name": "Euro", "code": "EUR", "symbol": "€"}])[
            0
        ]
        house, rep = self.call("party.party", "create", [{"name": "Acme Ltd"}, {"name": "Maya Lindqvist"}])
        company = self.call("company.company", "create", [{"party": house, "currency": currency}])[0]
        employee = self.call("company.employee", "create", [{"party": rep, "company": company}])[0]
        user = self.call("res.user", "search", [["login", "=", USER]], 0, 1, None)[0]
        own = {"companies": [["add", [company]]], "employees": [["add", [employee]]]}
        self.call("res.user", "write", [user], own)
        self.call("res.user", "write", [user], {"company": company, "employee": employee})
        self._own = {house, rep}
        self._rpc._session = ""  # sign in again, now as somebody with a company
