"""What the command line says beside what answers say."""

from service.messages.language import Message

NOTHING = Message("nothing to recommend", "没有可推荐的内容")
DRAWN = Message("  (drawn, {propensity:.1%})", "  （抽取，{propensity:.1%}）")
LACKS = Message("first learn: {names}", "需先学：{names}")
MASTERED = Message("mastered: {title} ({mastery:.0%})", "已掌握：{title}（{mastery:.0%}）")

VERDICTS = {
    "better": Message("above all together", "高于总体"),
    "worse": Message("below all together", "低于总体"),
    "unclear": Message("", ""),
    "not_enough": Message("too little evidence", "证据不足"),
}
USUAL = Message("usually {rate:.1%}", "平常 {rate:.1%}")
OVERALL = Message("all together {rate:.1%}", "总体 {rate:.1%}")
HOURS = Message("when  at {hours} o'clock", "时间  {hours} 点")
GROUP = Message("whom  {group}", "人群  {group}")

REPORT = Message(
    "{item}  {reviews} reviews, {ratings} people rated",
    "{item}  {reviews} 条评论，{ratings} 人评分",
)
MONTHS = Message("months  {months}", "各月  {months}")
TRENDS = {
    "up": Message(
        "trend  up {change:+.2f} ({low:+.2f} to {high:+.2f})",
        "趋势  上升 {change:+.2f}（{low:+.2f} 至 {high:+.2f}）",
    ),
    "down": Message(
        "trend  down {change:+.2f} ({low:+.2f} to {high:+.2f})",
        "趋势  下降 {change:+.2f}（{low:+.2f} 至 {high:+.2f}）",
    ),
    "unclear": Message(
        "trend  unclear {change:+.2f} ({low:+.2f} to {high:+.2f})",
        "趋势  不明 {change:+.2f}（{low:+.2f} 至 {high:+.2f}）",
    ),
}
COMPLETION = Message("finished  {share:.0%} of {n} people", "完成  {share:.0%}，{n} 人")
ADVICE = Message("advice  {text}", "建议  {text}")

AUDIENCE = Message("{item}  {size} people of {n}", "{item}  {size} 人，共 {n} 人")
REACH = Message(
    "best {share:.0%}  lift {lift:.1f} ({low:.1f}–{high:.1f})",
    "前 {share:.0%}  提升 {lift:.1f}（{low:.1f}–{high:.1f}）",
)
NO_SOURCE = Message(
    "found no item and no file {source!r}, needs one of them",
    "没有条目也没有文件 {source!r}，须有其一",
)
TITLE_OF_ITEM = Message(
    "found the stored item {source!r}, needs a file beside --title",
    "{source!r} 是已存的条目，--title 只能用于文件",
)
NOT_UTF8 = Message("{path}: found {reason}, needs UTF-8", "{path}：不是 UTF-8（{reason}）")
SENTIMENTS = {
    "positive": Message("positive", "积极"),
    "neutral": Message("neutral", "中性"),
    "negative": Message("negative", "消极"),
}
SEGMENT = Message(
    "{name}  {size} people, lift {lift:.1f} ({low:.1f}–{high:.1f})",
    "{name}  {size} 人，提升 {lift:.1f}（{low:.1f}–{high:.1f}）",
)

PORTRAIT = Message(
    "{user}  {events} events, {items} items ({zone})",
    "{user}  {events} 次行为，{items} 个条目（{zone}）",
)
LEVEL = Message("level", "水平")
TRAITS = {
    "interests": Message("interests", "兴趣"),
    "kinds": Message("kinds", "类型"),
    "forms": Message("forms", "形式"),
    "lengths": Message("lengths", "时长"),
    "parts": Message("hours", "时段"),
    "devices": Message("devices", "设备"),
    "regions": Message("regions", "地域"),
}
MARKS = Message("reviews", "评价")

FITTED = Message(
    "model {version}: {users} users, {items} items",
    "模型 {version}：{users} 名用户，{items} 个条目",
)
DEMO = {
    "tags": Message("tags", "标签"),
    "topics": Message("topics", "主题"),
    "sentiment": Message("sentiment", "情感"),
    "key_point": Message("key point", "要点"),
    "taken": Message("{user} took:", "{user} 学过："),
    "recommended": Message("recommended to {user}:", "推荐给 {user}："),
    "tonight": Message(
        "to {user} on a phone at nine in the evening, for half an hour:",
        "推荐给 {user}，晚上九点用手机，只有半小时：",
    ),
    "path": Message(
        "{user} learns machine learning in 300 minutes a week:",
        "{user} 学会机器学习，每周 300 分钟：",
    ),
    "audience": Message("audience of", "受众"),
}
