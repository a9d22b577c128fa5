from tests.house.test_admin import *


def test_dbg(first, rival, monkeypatch):
    monkeypatch.setattr(Scope, "visible", lambda self, rows, user: rows)
    monkeypatch.setattr(Scope, "covers", lambda self, row, user: True)
    for l in walker.walk(signed_in(rival.member), first, rival.member):
        if "Stock" in l.model or "500" in l.what:
            print(l)
