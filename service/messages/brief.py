"""What a brief says beside the text itself: names of its parts, reasons, and its printed page."""

from service.messages.language import Message

BEATS = {
    "hook": Message("Hook", "开场钩子"),
    "conflict": Message("Conflict", "冲突"),
    "turn": Message("Turn", "推进"),
    "resolution": Message("Resolution", "结局"),
}
PARTS = {
    "learner": Message("Learner's view", "学习者视角"),
    "mentor": Message("Mentor", "引路人"),
    "person": Message("Person", "人物"),
    "role": Message("Role", "人物身份"),
    "characters": Message("Characters", "人物"),
    "setting": Message("Setting", "场景"),
    "tone": Message("Tone", "基调"),
    "comparable": Message("Works like it", "参考作品"),
}
#: why a sentence was chosen, by its cue
WHY = {
    "question": Message("asks a question", "提出问题"),
    "wonder": Message("lets the viewer imagine", "请观众设想"),
    "surprise": Message("is unexpected", "出人意料"),
    "problem": Message("names a trouble of many", "说出许多人的难处"),
    "claim": Message("makes a claim", "断言"),
    "opening": Message("opens without speaking of the course", "开篇一句，不谈课程本身"),
    "contrast": Message("turns", "转折"),
    "misconception": Message("tells a mistaken belief", "误区"),
    "difficulty": Message("tells a difficulty", "困难"),
    "danger": Message("tells a risk", "风险"),
    "opposition": Message("sets one against the other", "对立"),
    "negation": Message("denies", "否定"),
    "step": Message("is a step", "步骤"),
    "example": Message("is an example", "例子"),
    "definition": Message("is a definition", "定义"),
    "matter": Message("says what is taught", "讲授的内容"),
    "key_point": Message("is a key point", "要点"),
    "outcome": Message("tells what comes of it", "学完之后"),
    "conclusion": Message("concludes", "结论"),
    "ability": Message("tells what one can do then", "能做到什么"),
    "end": Message("ends", "结尾"),
    "insight": Message("tells an insight", "领悟"),
}
SEEN = Message("{why} (“{words}”)", "{why}“{words}”")

#: why a beat is missing
NO_BEAT = {
    "hook": Message(
        "no question, suspense or surprise in its first two thirds",
        "前三分之二没有提问、悬念或出人意料的句子",
    ),
    "conflict": Message(
        "no difficulty, mistake, risk, opposition or turn is told",
        "没有写到困难、误区、风险、对立或转折",
    ),
    "turn": Message(
        "only {found} sentence(s) are steps, examples, definitions or key points",
        "步骤、例子、定义或要点只有 {found} 句",
    ),
    "resolution": Message(
        "no conclusion, gain or ending in its last two thirds", "后三分之二没有结论、收获或结局"
    ),
}
NO_SENTENCE = Message("the text has no sentence", "文本里没有句子")
NO_LEARNER = Message(
    "the text does not say whom it is for, and is too short to be read from",
    "文本没有写明面向谁，也太短，无从判断",
)
NO_CHARACTERS = Message("the text names nobody", "文本没有提到人物")
NO_SETTING = Message("the text names no place or organisation", "文本没有提到地点或机构")
NO_MODEL = Message(
    "no model has been fitted yet to compare contents", "尚无训练好的模型，无法比较内容"
)
NO_FILMS = Message("the catalogue has no films", "目录中没有影视作品")
NONE_NEAR = Message(
    "no film of the catalogue is about anything like it", "目录中没有内容相近的影视作品"
)

#: who learns, by level
LEVELS = {
    1: Message("a complete beginner", "零基础的初学者"),
    2: Message("a beginner who knows a little", "有些基础的初学者"),
    3: Message("a learner who knows the basics", "有基础的学习者"),
    4: Message("an advanced learner", "进阶学习者"),
    5: Message("a professional", "专业人士"),
}
OFTEN_TAKES = Message("who often takes {group}", "常学{group}的人")
OF_ATTRIBUTE = Message("learners with {group}", "{group}的学员")

MOODS = {
    "明快": Message("bright", "明快"),
    "平实": Message("plain", "平实"),
    "沉重": Message("grave", "沉重"),
}
SHAPES = {
    "平稳": Message("level", "平稳"),
    "先抑后扬": Message("falls, then rises", "先抑后扬"),
    "先扬后抑": Message("rises, then falls", "先扬后抑"),
    "起伏": Message("up and down", "起伏"),
}
TONE = Message("{mood}, {shape}", "{mood}，{shape}")

FORM_FEW_VIEWINGS = Message(
    "by rule: these forms have {seen} viewings in the catalogue; each needs {works} works and "
    "{viewings} viewings to be judged by data",
    "按规则：这些形式在目录中共有 {seen} 次观看，每种形式至少需要 {works} 部作品、"
    "{viewings} 次观看才看数据",
)
FORM_BY_DATA = Message(
    "by data: {form} is watched to {shrunk:.2f} (95 % interval {low:.2f}–{high:.2f}, {works} "
    "works, {viewings} viewings), above the upper end {bar:.2f} of the rule's first, {first}",
    "按数据：{form}的观看完成度 {shrunk:.2f}（95% 区间 {low:.2f}–{high:.2f}，{works} 部，"
    "{viewings} 次），高于规则首选{first}的区间上限 {bar:.2f}",
)
FORM_BY_DATA_ALONE = Message(
    "by data: {form} is watched to {shrunk:.2f} (95 % interval {low:.2f}–{high:.2f}, {works} "
    "works, {viewings} viewings), above {bar:.2f}, the mean of all forms; {first}, the rule's "
    "first, has too few viewings to be judged",
    "按数据：{form}的观看完成度 {shrunk:.2f}（95% 区间 {low:.2f}–{high:.2f}，{works} 部，"
    "{viewings} 次），高于全部形式的平均完成度 {bar:.2f}；规则首选{first}观看不足，无法判断",
)
FORM_BY_RULE = Message(
    "by rule: no other form of the rule is surely watched further than {first}",
    "按规则：规则内没有其他形式的观看完成度明确高于{first}",
)
FORM_UNWATCHED = Message(
    "by rule: {first} has {viewings} viewings, too few to be judged, and no other form of the rule "
    "is surely watched further than {bar:.2f}, the mean of all forms",
    "按规则：{first}只有 {viewings} 次观看，不足以判断；规则内其他形式也没有明确高于"
    "全部形式的平均完成度 {bar:.2f}",
)
LENGTH_BY_RULE = Message(
    "by rule: the catalogue has {n} works of {form} with a length and enough viewers, {needed} are "
    "needed",
    "按规则：目录中注明时长且观看人数足够的{form}只有 {n} 部，至少需要 {needed} 部",
)
LENGTH_BY_DATA = Message(
    "by data: the middle half of the lengths of the {better} better watched of {n} works of {form}",
    "按数据：{n} 部{form}中观看完成度较高的 {better} 部，时长的中间一半",
)

#: words of the page and of the terminal
PAGE = {
    "brief": Message("Adaptation brief", "改编简报"),
    "untitled": Message("Untitled text", "未命名文本"),
    "about": Message(
        "Screen-adaptation brief{id} · all of it comes from the text, from data or from rules; in "
        "brackets, characters of the text",
        "影视改编简报{id} · 每一条都出自原文、数据或规则，括号内为原文字符位置",
    ),
    "form_and_length": Message("Form and length", "形式与时长"),
    "form": Message("Form", "建议形式"),
    "then": Message(", else {forms}", "，其次 {forms}"),
    "topic": Message("Topic", "主题"),
    "unsure": Message("unsure", "不确定"),
    "length": Message("Length", "建议时长"),
    "minutes": Message("{low:g}–{high:g} minutes", "{low:g}–{high:g} 分钟"),
    "tone": Message("Tone", "基调"),
    "polarity": Message(
        "sentiment {polarity:.2f}, lowest in sentence {low}, highest in sentence {high}",
        "情感 {polarity:.2f}，低点在第 {low} 句，高点在第 {high} 句",
    ),
    "arc": Message("sentiment arc", "情感曲线"),
    "story": Message("Story", "情节"),
    "no_story": Message("Nothing that makes a story.", "没有可用的情节。"),
    "span": Message("({start}–{end})", "（{start}–{end}）"),
    "teaches": Message("teaches the key point [{role}]", "讲授要点〔{role}〕"),
    "itself": Message(": this sentence", "：即本句"),
    "colon": Message(": ", "："),
    "who_and_where": Message("Characters and setting", "人物与场景"),
    "times": Message(", {n} times", "，{n} 次"),
    "by_level": Message(" (by the difficulty of the text)", "（按文本难度）"),
    "by_audience": Message(" ({share:.0%} of the audience)", "（受众的 {share:.0%}）"),
    "places": Message("Places", "地点"),
    "organisations": Message("Organisations", "机构"),
    "works": Message("Works named", "提到的作品"),
    "props": Message("To be seen", "画面要素"),
    "missing": Message("Not in the text", "原文没有提供"),
    "remark": Message(" ({why})", "（{why}）"),
    "lacks": Message("Lacks", "缺"),
    "comparable": Message("Works like it", "参考作品"),
    "like": Message("like it", "相似"),
    "work": Message("Work", "作品"),
    "of_form": Message("Form", "形式"),
    "how_long": Message("Minutes", "分钟"),
    "similarity": Message("Likeness", "内容相似"),
    "viewings": Message("Viewings", "观看"),
    "completion": Message("Watched", "完成度"),
    "figures": Message("How far each form is watched", "各形式的观看完成度"),
    "in_rule": Message("In the rule", "规则内"),
    "yes": Message("yes", "是"),
    "n_works": Message("Works", "作品"),
    "shrunk": Message("Shrunk", "收缩后"),
    "interval": Message("95 % interval", "95% 区间"),
    "unnamed": Message("not said", "未注明"),
    "foot": Message(
        "Analyser {analysis} · domain pack {pack}", "分析版本 {analysis} · 领域包 {pack}"
    ),
}
