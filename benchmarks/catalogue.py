"""A seeded catalogue of any size, and learners with tastes: shapes of data, no claim of quality."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson

SUBJECTS = tuple(
    "微积分 线性代数 概率论 机器学习 数据结构 操作系统 计算机网络 有机化学 细胞生物 近代史 "
    "会计 世界文学 宏观经济 微观经济 营销 项目管理 演讲 写作 英语口语 心理学 营养 健身 瑜伽 "
    "中医 摄影 电影鉴赏 古典音乐 书法 国画 建筑 服装设计 烘焙 家常菜 理财 "
    "保险 法律 育儿 急救 天文".split(" ")
)
FORMS = tuple("入门 基础 进阶 实战 专题 讲座 精讲 案例 训练营 公开课".split(" "))
WORDS = tuple(
    "概念 方法 例题 证明 步骤 结构 分析 实验 模型 数据 历史 理论 应用 工具 习题 误区 技巧 "
    "流程 团队 沟通 风险 成本 图像 声音 光线 节奏 呼吸 饮食 睡眠 练习 阅读 讨论 总结 比较 推导 "
    "估计 设计".split(" ")
)


def items(n: int, seed: int = 0) -> Iterator[bytes]:
    """Item lines: a subject, a form, and a few sentences of its words; ``t`` is the subject."""
    rng = np.random.default_rng(seed)
    subjects = rng.integers(0, len(SUBJECTS), n)
    for i in range(n):
        subject, words = SUBJECTS[subjects[i]], rng.choice(WORDS, 6)
        title = f"{subject}{FORMS[i % len(FORMS)]}第{i}讲"
        text = (
            f"本课讲{subject}的{words[0]}与{words[1]}。先学{words[2]}，再做{words[3]}。"
            f"学完能用{words[4]}和{words[5]}。"
        )
        attributes = {"t": int(subjects[i]), "level": int(i % 5 + 1)}
        line = {"id": f"c{i}", "title": title, "text": text, "attributes": attributes}
        yield orjson.dumps(line) + b"\n"


def events(n: int, n_items: int, n_users: int, seed: int = 0) -> Iterator[bytes]:
    """Event lines: a learner has three groups of items she likes, in each some more than others."""
    rng = np.random.default_rng(seed + 1)
    n_groups = max(n_items // 200, 1)
    tastes = rng.integers(0, n_groups, (n_users, 3))
    kinds = ("enrol", "view", "play", "complete", "favourite")
    for start in range(0, n, 10_000):
        size = min(10_000, n - start)
        users = rng.integers(0, n_users, size)
        groups = tastes[users, rng.integers(0, 3, size)]
        places = np.minimum(rng.zipf(1.3, size), n_items // n_groups) - 1
        taken = np.where(
            rng.random(size) < 0.9, groups + n_groups * places, rng.integers(0, n_items, size)
        )
        for j in range(size):
            line = {
                "id": f"e{start + j}",
                "user": f"u{users[j]}",
                "item": f"c{taken[j]}",
                "type": kinds[(start + j) % len(kinds)],
                "time": 1_700_000_000 + start + j,
            }
            if line["type"] == "play":
                line["value"] = 0.5
            yield orjson.dumps(line) + b"\n"


def write(folder: str, n_items: int, n_events: int) -> None:
    """Both files, ``items.jsonl`` and ``events.jsonl``; half as many users as items."""
    home = Path(folder)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "items.jsonl").open("wb") as file:
        file.writelines(items(n_items))
    with (home / "events.jsonl").open("wb") as file:
        file.writelines(events(n_events, n_items, max(n_items // 2, 1)))
