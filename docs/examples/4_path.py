"""A learning path on the sample catalogue, and how an exercise changes it."""

import tempfile

from service import Settings, create_app, sample

client = create_app(Settings(home=tempfile.mkdtemp())).test_client()
for item in sample.catalogue():
    body = item.model_dump(mode="json", exclude={"id"}, exclude_none=True)
    client.put(f"/v1/items/{item.id}", json=body)

wanted = {"goal": "机器学习", "minutes_per_week": 300, "start": "2026-03-02"}
before = client.post("/v1/users/小林/path", json=wanted).json
for step in before["steps"]:
    print(step["starts"], step["title"], [why["text"] for why in step["why"]])

exercise = {"user": "小林", "item": before["steps"][0]["id"], "type": "exercise", "value": 0.9}
client.post("/v1/events", json=exercise)
after = client.post("/v1/users/小林/path", json=wanted).json
for known in after["mastered"]:
    print("已掌握", known["title"], round(known["mastery"], 2), known["events"])
needed = [[step["id"] for step in path["steps"]] for path in (before, after)]
assert exercise["item"] in needed[0]
assert exercise["item"] not in needed[1]
