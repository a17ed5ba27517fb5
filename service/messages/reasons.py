"""Why an item stands in a list or a path."""

from service.messages.language import Message

POPULAR = Message("many people take it", "很多人在学")
SEGMENT_OFTEN = Message(
    "people with the same {attribute} as yours take it often", "{attribute}与你相同的人常学"
)
SEGMENT_SELDOM = Message(
    "people with the same {attribute} as yours take it seldom", "{attribute}与你相同的人较少学"
)
CONTEXT_MORE = Message("such things are chosen more often there", "这样的场景下更常选这类内容")
CONTEXT_LESS = Message("such things are chosen less often there", "这样的场景下不常选这类内容")
QUALITY_HIGH = Message("learners rate it above the usual", "学员评价高于平常")
QUALITY_LOW = Message("learners rate it below the usual", "学员评价低于平常")
OTHER_HISTORY = Message("because of other things taken", "与学过的其他内容有关")
NEAR_DISLIKED = Message("close to {name}, which was disliked", "与不喜欢的{name}相近")
UNLIKE_DISLIKED = Message("unlike {name}, which was disliked", "不同于不喜欢的{name}")
OTHER_DIRECTION = Message("leads away from {name}, which was taken", "与学过的{name}方向不同")
NEAR_TAKEN = Message("close to {name}, which was taken", "内容与学过的{name}相近")
TAKEN_TOO = Message("people who took {name} take it too", "学过{name}的人也学它")

IS_GOAL = Message("this is the goal", "这是学习目标")
ENRICHES = Message(
    "near the goal, to your taste, and there is time", "与目标相关，合你的口味，时间也够"
)
NEEDED = Message("needed before {name}", "学{name}之前需要它")
GAP = Message(
    "known in part, {mastery:.0%} by now: to be made up",
    "学过一些，目前掌握 {mastery:.0%}，需要补上",
)

TITLE = Message("“{title}”", "《{title}》")
