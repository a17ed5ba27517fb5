"""Domain packs: the packaged two, folders of one's own, and what is wrong with a bad one."""

import json
import re
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

import service.packs
from nlp import Analyzer, analyze
from nlp.beat_rules import rules_version
from recommend import EVENT_WEIGHTS, event_weights
from service.app import create_app
from service.cli import main
from service.config import Settings
from service.evaluation.recommend import evaluate_recommend, load
from service.packs import PackError, load_trade, read_pack
from service.packs.trade import packaged
from service.services import Services

FOLDER = Path(service.packs.__file__).parent

#: courses of medicine, written for this test, with the leaf a reader finds
COURSES = {
    "临床医学/内科": ["高血压患者如何规范服药、监测血压", "从胸闷气短认识心力衰竭与冠心病"],
    "临床医学/外科": ["腹腔镜胆囊切除的围手术期管理", "骨折手术的切口、缝合与术后换药"],
    "临床医学/妇产与儿科": ["孕妈妈的产前检查与分娩准备", "小儿发热与腹泻：父母该怎么办"],
    "临床医学/口腔与五官": ["牙周炎、龋齿与根管治疗", "青少年近视防控与验光配镜"],
    "中医药/中医基础": ["望闻问切与辨证论治入门", "读懂《伤寒论》的经方与六经"],
    "中医药/针灸与推拿": ["常用穴位与艾灸手法", "小儿推拿与经络取穴"],
    "护理与康复/护理": ["静脉输液与压疮预防的护理要点", "病房护士的交接班与生命体征监测"],
    "护理与康复/康复": ["偏瘫病人的步态训练与作业治疗", "膝关节术后的肌力训练与关节活动度"],
    "公共卫生/预防与流行病": ["传染病的监测预警与消毒隔离", "队列研究与病例对照研究"],
    "公共卫生/营养与慢病管理": ["糖友一周食谱：控糖、减重与膳食纤维", "社区慢病随访与生活方式干预"],
    "药学与医技/药学": ["抗生素的合理用药与不良反应", "药代动力学：半衰期与给药途径"],
    "药学与医技/影像与检验": ["看懂血常规与肝功能化验单", "CT与核磁共振影像诊断基础"],
    "急救与心理/急救": ["心肺复苏与AED的使用", "气道异物梗阻与海姆立克急救"],
    "急救与心理/心理与精神": ["抑郁症与焦虑症的认知行为治疗", "自杀危机干预与心理评估"],
}


def test_the_default_pack_is_the_program_as_it_was():
    trade = load_trade()
    assert trade.analyzer is Analyzer.default()
    assert trade.weights is EVENT_WEIGHTS
    assert set(packaged()) == {"default", "medical"}


def test_a_pack_adds_a_taxonomy_and_leaves_the_others():
    analyzer = load_trade("medical").analyzer
    text = "心肺复苏与AED的使用"
    found, plain = analyzer.analyze(text), analyze(text)
    assert found.topics["medical"][0].label.startswith("急救与心理")
    assert {name: found.topics[name] for name in plain.topics} == plain.topics
    assert (found.tags, found.sentiment) == (plain.tags, plain.sentiment)
    assert found.version != plain.version
    assert "pack:medical=" in found.version


def test_the_taxonomy_of_medicine_finds_the_leaves_of_courses():
    analyzer = load_trade("medical").analyzer
    right, wrong = 0, []
    rows = [(text, leaf) for leaf, texts in COURSES.items() for text in texts]
    for text, leaf in rows:
        labels = [t.label for t in analyzer.analyze(text).topics["medical"]]
        best = next((label for label in labels if "/" in label), None)
        right += best == leaf
        if best != leaf:
            wrong.append(f"{text}: {best} instead of {leaf}")
    assert right / len(rows) >= 0.85, "\n".join(wrong)
    assert set(COURSES) == set(load_trade("medical").analyzer.taxonomies["medical"].labels)


@pytest.mark.parametrize(
    ("review", "aspects"),
    [
        ("疗效讲得很清楚。", {"疗效讲解"}),
        ("内容不够严谨，没有证据。", {"专业性"}),
        ("术语太多，根本听不懂。", {"通俗"}),
        ("病例非常丰富，很精彩。", {"案例"}),
        ("医生讲课很有耐心。", {"讲师"}),
        ("一直在推销，太差了。", {"价格"}),
    ],
)
def test_reviews_of_medicine_have_its_aspects(review, aspects):
    found = {a.name for a in load_trade("medical").analyzer.analyze(review).aspects}
    assert aspects <= found
    assert found <= set(read_pack("medical").aspects.terms)


def test_a_pack_changes_the_weights_it_names_and_no_others():
    weights = load_trade("medical").weights
    assert event_weights(["complete", "exercise"], table=weights).tolist() == [1.2, 0.8]
    for kind, usual in zip(weights.kinds, EVENT_WEIGHTS.kinds, strict=True):
        if kind.name not in read_pack("medical").event_weights:
            assert kind == usual


def copied(tmp_path, change):
    folder = tmp_path / "mine"
    tmp_path.mkdir(exist_ok=True)
    shutil.copytree(FOLDER / "medical", folder)
    pack = json.loads((folder / "pack.json").read_text())
    change(pack)
    (folder / "pack.json").write_text(json.dumps(pack))
    return str(folder)


def drop_length(pack):
    del pack["forms"]["minutes"]["动画"]


def name_an_event(pack):
    pack["event_weights"]["viewed"] = {"weight": 1}


def turn_a_span(pack):
    pack["forms"]["minutes"]["微课"] = [9, 3]


def name_a_taxonomy(pack):
    pack["forms"]["taxonomy"] = "law"


def add_a_field(pack):
    pack["colour"] = "red"


def lose_the_model(pack):
    pack["topics"]["folder"] = "nothing"


def take_a_name(pack):
    pack["topics"]["name"] = "domain"


def empty_an_aspect(pack):
    pack["aspects"]["terms"]["案例"] = []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (drop_length, "/forms/minutes: needs minutes for every form: 动画"),
        (name_an_event, "/event_weights/viewed"),
        (turn_a_span, "/forms/minutes/微课: needs low <= high; found 9 and 3"),
        (name_a_taxonomy, "/forms/taxonomy: needs one of subject, domain, medical; found law"),
        (add_a_field, "/colour: no such field here"),
        (lose_the_model, "/topics/folder"),
        (take_a_name, "/topics/name"),
        (empty_an_aspect, "/aspects/terms/案例"),
    ],
)
def test_a_bad_pack_is_refused_field_by_field(tmp_path, change, told):
    with pytest.raises(PackError) as refused:
        load_trade(copied(tmp_path, change))
    assert told in str(refused.value)


def test_a_pack_that_is_not_there_is_named_with_those_that_are(tmp_path):
    with pytest.raises(PackError, match="needs one of default, medical"):
        load_trade(str(tmp_path / "nothing"))


def test_the_walk_through_of_the_documentation_makes_a_pack(tmp_path, monkeypatch):
    page = (Path(__file__).parents[3] / "docs/packs.md").read_text("utf-8")
    page = page[page.index("## A pack of your own") :]
    blocks = dict(re.findall(r"```(\w+)\n(.*?)```", page, re.S)[:3])
    folder = tmp_path / "law"
    folder.mkdir()
    (folder / "topics.jsonl").write_text(blocks["jsonl"], "utf-8")
    (folder / "pack.json").write_text(blocks["json"], "utf-8")
    monkeypatch.chdir(tmp_path)
    command = re.search(r"^zhiying (train [^#]+)", page, re.M).group(1).split()
    trained = CliRunner().invoke(main, [*command, "--folds", "2"])
    assert trained.exit_code == 0, trained.output

    services = Services.build(Settings(home=tmp_path / "home", pack="law"))
    with closing(services.store):
        client = create_app(services.settings, services).test_client()
        title, text = re.search(r"of a course (\S+) \(“(.+?)”\)", page).groups()
        analysis = client.put("/v1/items/a", json={"title": title, "text": text}).json["analysis"]
        assert analysis["topics"]["law"][0]["label"].startswith("劳动")
        assert client.get("/v1/items/a/brief").json["form"]["form"] == "短视频"
        review = {"text": re.search(r"the review (\S+) speaks", page).group(1)}
        found = {a["name"] for a in client.post("/v1/analyze", json=review).json["aspects"]}
        assert found == {"案例", "讲师"}
        assert event_weights(["view"], table=services.serving.weights).tolist() == [0.1]

    pack = json.loads(blocks["json"])
    del pack["forms"]["minutes"]["短视频"]
    (folder / "pack.json").write_text(json.dumps(pack), "utf-8")
    with pytest.raises(PackError) as refused:
        read_pack("law")
    assert str(refused.value) in page


@pytest.mark.parametrize("name", ["pack.json", "topics/manifest.json"])
def test_a_change_of_any_file_of_a_pack_is_another_version(tmp_path, name):
    before = load_trade(copied(tmp_path / "a", lambda pack: None)).version
    again = load_trade(copied(tmp_path / "b", lambda pack: None)).version
    folder = Path(copied(tmp_path / "c", lambda pack: None))
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    assert (before == again, before == load_trade(str(folder)).version) == (True, False)


def test_evaluations_read_and_weigh_as_the_pack_says(tmp_path):
    items = [{"id": f"i{n}", "title": "针灸入门", "text": "常用穴位与艾灸手法"} for n in range(12)]
    events = [
        {"user": f"u{u}", "item": f"i{n}", "type": ("view", "exercise")[(u + n) % 2], "time": n}
        for u in range(30)
        for n in range(12)
        if (u + n) % 3
    ]
    for name, rows in (("items", items), ("events", events)):
        lines = "\n".join(json.dumps(row) for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, "utf-8")

    def drop_views(pack):
        pack["event_weights"]["view"] = {"weight": 0}

    def loaded(trade):
        return load(tmp_path / "items.jsonl", tmp_path / "events.jsonl", "", None, trade=trade)

    plain, medical = loaded(None), loaded(load_trade(copied(tmp_path, drop_views)))
    assert plain.r.nnz == 240
    assert sorted(set(plain.r.data.tolist())) == [0.2, 0.5]
    assert (medical.r.nnz, set(medical.r.data.tolist())) == (120, {0.8})
    topics = [set(f.topics) for f in (plain.features[0], medical.features[0])]
    assert any(name.startswith("medical:中医药") for name in topics[1] - topics[0])
    found = evaluate_recommend(
        *(tmp_path / "items.jsonl", tmp_path / "events.jsonl"),
        models=["popularity"],
        merge="",
        trade=load_trade("medical"),
    )
    assert found["data"]["pack"] == "medical"


def test_a_service_with_a_pack_analyses_weighs_and_briefs_by_it(tmp_path):
    services = Services.build(Settings(home=tmp_path, pack="medical"))
    with closing(services.store):
        client = create_app(services.settings, services).test_client()
        body = {"title": "针灸入门", "text": "常用穴位与艾灸手法。先找经络，再取穴位。"}
        topics = client.put("/v1/items/a", json=body).json["analysis"]["topics"]
        assert topics["medical"][0]["label"].startswith("中医药")
        brief = client.get("/v1/items/a/brief").json
        assert (brief["pack"], brief["form"]["form"]) == ("medical", "动画")
        rules = f"/beats={rules_version()}/pack:{load_trade('medical').version}"
        assert brief["version"] == brief["analysis_version"] + rules
        assert services.serving.weights is load_trade("medical").weights
        review = {"text": "病例非常丰富，很精彩。"}
        assert client.post("/v1/analyze", json=review).json["aspects"][0]["name"] == "案例"
