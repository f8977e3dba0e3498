import time
def test_a(url, fresh_ledger):
    t=time.time()
    b = fresh_ledger(url)
    assert b.store.total() == 0
def test_b(url, fresh_ledger):
    b = fresh_ledger(url)
    assert b.store.total() == 0
