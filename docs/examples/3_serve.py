"""The whole walk in one process: items and events in, a refit, a list with reasons out."""

import tempfile

from service import Settings, create_app
from service.fitting import refit
from service.services import EXTENSION

app = create_app(Settings(home=tempfile.mkdtemp()))
client = app.test_client()

texts = {
    "微积分": "极限、导数与积分，导数是函数的变化率。",
    "数学分析": "极限的严格定义，导数与积分的证明。",
    "烘焙": "面团发酵与烤箱温度，面包的做法。",
    "煲汤": "老火汤的食材搭配，小火慢炖与调味。",
}
for title, text in texts.items():
    client.put(f"/v1/items/{title}", json={"title": title, "text": text})
taken = {"甲": ["微积分", "数学分析"], "乙": ["烘焙", "煲汤"], "丙": ["微积分"]}
for user, titles in taken.items():
    for title in titles:
        client.post("/v1/events", json={"user": user, "item": title, "type": "enrol"})

services = app.extensions[EXTENSION]
refit(services.store, services.models)  # over HTTP: POST /v1/jobs {"kind": "refit"}

answer = client.get("/v1/users/丙/recommendations?n=1&explain=true").json
for item in answer["items"]:
    print(item["rank"], item["title"], round(item["score"], 4), item["source"])
    for reason in item["reasons"]:
        print("  ", round(reason["contribution"], 4), reason["text"])
assert answer["items"][0]["title"] == "数学分析"
services.store.close()
