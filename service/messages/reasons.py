"""Why an item stands in a list or a path."""

from service.messages.language import Message

POPULAR = Message("many people take it", "很多人在学")
SEGMENT_MORE = Message("{people} take it more often than others", "{people}更常学")
SEGMENT_LESS = Message("{people} take it less often than others", "{people}较少学")
PEOPLE = Message("people whose {attribute} is {value}", "{attribute}为{value}的学员")
PEOPLE_AGED = Message("people aged {value}", "{value} 岁的学员")
CONTEXT_MORE = Message(
    "learners {place} choose {trait} more often than others", "{place}的学员更常选{trait}"
)
CONTEXT_LESS = Message(
    "learners {place} choose {trait} less often than others", "{place}的学员较少选{trait}"
)
#: where no trait of the item tells it: what it is not is chosen less there, or more
ELSE_LESS = Message(
    "learners {place} choose other kinds less often than others",
    "{place}的学员较少选其他类型的内容",
)
ELSE_MORE = Message(
    "learners {place} choose other kinds more often than others",
    "{place}的学员更常选其他类型的内容",
)
#: circumstances by ``field:value``, else by field
PLACES = {
    "device:phone": Message("on a phone", "用手机"),
    "device:computer": Message("on a computer", "用电脑"),
    "device:tablet": Message("on a tablet", "用平板"),
    "device:tv": Message("on a television", "用电视"),
    "device": Message("on {value}", "用{value}"),
    "region": Message("in {value}", "在{value}"),
    "channel:home": Message("coming from the home page", "从首页来"),
    "channel:channel": Message("coming from a channel of the platform", "从专属频道来"),
    "channel:social": Message("coming from social media", "从社交媒体来"),
    "channel:forum": Message("coming from a forum", "从论坛来"),
    "channel:kol": Message("coming from a KOL", "从 KOL 来"),
    "channel:other": Message("coming from elsewhere", "从其他渠道来"),
    "channel": Message("coming from {value}", "从{value}来"),
    "part:清晨": Message("early in the morning", "清晨"),
    "part:上午": Message("in the morning", "上午"),
    "part:下午": Message("in the afternoon", "下午"),
    "part:晚间": Message("in the evening", "晚间"),
    "part:深夜": Message("late at night", "深夜"),
}
#: traits of items, likewise
TRAITS = {
    "kind:course": Message("courses", "课程"),
    "kind:film": Message("films", "影片"),
    "kind:short_drama": Message("short dramas", "短剧"),
    "kind": Message("items of the kind {value}", "{value}类条目"),
    "length:短": Message("short ones", "篇幅短的内容"),
    "length:中": Message("ones of middle length", "中等篇幅的内容"),
    "length:长": Message("long ones", "篇幅长的内容"),
    "topic": Message("what is about {value}", "“{value}”类内容"),
}
QUALITY_HIGH = Message("learners rate it above the usual", "学员评价高于平常")
QUALITY_LOW = Message("learners rate it below the usual", "学员评价低于平常")
OTHER_HISTORY = Message("because of other things taken", "与学过的其他内容有关")
NEAR_DISLIKED = Message("close to {name}, which was disliked", "与不喜欢的{name}相近")
UNLIKE_DISLIKED = Message("unlike {name}, which was disliked", "不同于不喜欢的{name}")
OTHER_DIRECTION = Message("leads away from {name}, which was taken", "与学过的{name}方向不同")
NEAR_TAKEN = Message("close to {name}, which was taken", "内容与学过的{name}相近")
TAKEN_TOO = Message("people who took {name} take it too", "学过{name}的人也学它")

IS_GOAL = Message("this is the goal", "这是学习目标")
#: why a step is there that nothing needs: by what it is near the goal, and what else is true
ALSO_ABOUT = Message(
    "also about “{words}”{liked}, and there is time", "同样关于“{words}”{liked}，时间也够"
)
LIKE_THE_GOAL = Message(
    "its content is close to {name}{liked}, and there is time", "内容与{name}相近{liked}，时间也够"
)
LIKED = Message(", to your taste", "，合你的口味")
NEEDED = Message("needed before {name}", "学{name}之前需要它")
GAP = Message(
    "known in part, {mastery:.0%} by now: to be made up",
    "学过一些，目前掌握 {mastery:.0%}，需要补上",
)

TITLE = Message("“{title}”", "《{title}》")
