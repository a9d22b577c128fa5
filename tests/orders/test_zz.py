from tests.orders.test_query_counts import *
from collections import Counter
import re
def short(sql):
    return re.sub(r"\s+"," ",re.sub(r'SELECT .*? FROM','SELECT … FROM',sql))[:170]
def test_x(client, cast, outside):
    from_country(client)
    forget_laws()
    def run(name, f):
        with CaptureQueriesContext(connection) as asked:
            r=f()
        print("=====", name, len(asked), "tx:", sum(q["sql"].startswith(("SAVEPOINT","RELEASE","BEGIN","COMMIT")) for q in asked))
        for q in asked: print("   ", short(q["sql"]))
        return r
    run("add1", lambda: put_in(client,(cast.tshirt,2)))
    run("add2", lambda: put_in(client,(cast.notebook,1)))
    run("cart", lambda: client.get("/de/cart/"))
    run("checkout", lambda: client.get("/de/checkout/"))
    page=run("refresh", lambda: client.post("/de/checkout/", filled()))
    fields = filled(action="place") | {name: hidden(page, name) for name in ("key", "shown_total")}
    run("place", lambda: client.post("/de/checkout/", fields))
    order=Order.objects.get(); outside.decide(order)
    headers, body = outside.messages()[0]
    run("webhook", lambda: client.post("/webhooks/payments/sandbox/", body, content_type="application/json", headers=headers))
    run("return", lambda: client.get(f"/de/order/{order.token}/return/"))
    run("order", lambda: client.get(f"/de/order/{order.token}/"))
    client.force_login(cast.japanese)
    run("member add", lambda: put_in(client,(cast.tshirt,2)))
    run("member add", lambda: put_in(client,(cast.tshirt,2)))
