"""Why a field was refused."""

from service.filters import PATTERN
from service.messages.language import Message

#: why a field was refused, by pydantic's name of the error and ours; facts are pydantic's
FIELDS: dict[str, Message] = {
    "missing": Message("this field is needed and is not there", "缺少必填字段"),
    "extra_forbidden": Message("no such field here", "没有这个字段"),
    "string_type": Message("needs a text", "须为文本"),
    "string_too_short": Message(
        "needs at least {min_length} character(s)", "至少 {min_length} 个字符"
    ),
    "string_too_long": Message(
        "needs at most {max_length} character(s)", "至多 {max_length} 个字符"
    ),
    "int_type": Message("needs a whole number", "须为整数"),
    "int_parsing": Message("needs a whole number", "须为整数"),
    "int_parsing_size": Message("needs a smaller number", "整数过大"),
    "int_from_float": Message("needs a whole number, not a fraction", "须为整数"),
    "float_type": Message("needs a number", "须为数字"),
    "float_parsing": Message("needs a number", "须为数字"),
    "finite_number": Message("needs a finite number", "须为有限的数"),
    "bool_type": Message("needs true or false", "须为 true 或 false"),
    "bool_parsing": Message("needs true or false", "须为 true 或 false"),
    "none_required": Message("needs null", "须为 null"),
    "greater_than": Message("needs more than {gt}", "须大于 {gt}"),
    "greater_than_equal": Message("needs at least {ge}", "须不小于 {ge}"),
    "less_than": Message("needs less than {lt}", "须小于 {lt}"),
    "less_than_equal": Message("needs at most {le}", "须不大于 {le}"),
    "literal_error": Message("needs one of {expected}", "须为以下之一：{expected}"),
    "list_type": Message("needs a list", "须为数组"),
    "dict_type": Message("needs an object", "须为对象"),
    "model_type": Message("needs an object", "须为对象"),
    "model_attributes_type": Message("needs an object", "须为对象"),
    "too_short": Message("needs at least {min_length} entries", "至少 {min_length} 项"),
    "too_long": Message("needs at most {max_length} entries", "至多 {max_length} 项"),
    "union_tag_invalid": Message("needs one of {expected_tags}", "须为以下之一：{expected_tags}"),
    "union_tag_not_found": Message("needs {discriminator}", "缺少 {discriminator}"),
    "string_unicode": Message("needs valid Unicode", "须为合法的 Unicode 文本"),
    # ours
    "taken": Message("is the name of a route, needs another id", "与路由同名，请换一个 id"),
    "flat": Message(
        "needs a text, number, true, false, null, or a list of these",
        "须为文本、数字、true、false、null，或由它们组成的数组",
    ),
    "one_or_many": Message("needs either `text` or `texts`", "须给出 `text` 或 `texts` 之一"),
    "texts_together": Message(
        "needs at most {limit} characters in all texts together, {n} came",
        "所有文本合计至多 {limit} 个字符，收到 {n} 个",
    ),
    "hour_or_now": Message("needs `hour` or `now`, not both", "`hour` 与 `now` 只能给一个"),
    "agent": Message(
        "needs exactly one of account, mbox, mbox_sha1sum, openid",
        "须恰有 account、mbox、mbox_sha1sum、openid 之一",
    ),
    "event_type": Message("needs a `type` out of: {types}", "`type` 须为以下之一：{types}"),
    "moment_type": Message(
        "needs an RFC 3339 text or a Unix time", "须为 RFC 3339 文本或 Unix 时间"
    ),
    "moment_format": Message(
        "needs RFC 3339 such as 2026-03-01T08:00:00+08:00",
        "须为 RFC 3339，如 2026-03-01T08:00:00+08:00",
    ),
    "moment_calendar": Message("is no date of the calendar, or malformed", "不是有效的日期"),
    "moment_early": Message("is before 1970", "早于 1970 年"),
    "moment_future": Message("lies in the future: here it is {now}", "在未来：现在是 {now}"),
    "moment_range": Message("is outside the years 1900 to 2199", "超出 1900 至 2199 年"),
    "form_length": Message(
        "needs minutes for every form: {form} has none", "每种形式都须有时长：缺 {form}"
    ),
    "pack_name": Message(
        "needs a name of its own, none of {taken}", "须用新的名称，不能是 {taken}"
    ),
    "pack_event": Message("needs a type out of: {types}", "须为以下之一：{types}"),
    "pack_taxonomy": Message(
        "needs one of {known}; found {found}", "须为 {known} 之一；收到 {found}"
    ),
    "span": Message(
        "needs low <= high; found {low} and {high}", "须下限不大于上限；收到 {low} 和 {high}"
    ),
    "finite": Message("needs a finite number", "须为有限的数"),
}
FOUND = Message("{reason}; found {found}", "{reason}；收到 {found}")
#: what was found, where it is too long to be shown, by its type
FOUND_LONG = {
    str: Message("a text of {n} characters", "{n} 个字符的文本"),
    list: Message("a list of {n} entries", "{n} 项的数组"),
    dict: Message("an object of {n} entries", "{n} 项的对象"),
    int: Message("a number of {n} digits", "{n} 位的数"),
}
#: several ways in which a field could be right
EITHER = Message("{one}; or: {other}", "{one}；或：{other}")
#: of an error that has no sentence of its own
UNFIT = Message("does not fit here", "不符合这里的要求")

#: what the patterns of the schemas ask for
FORMATS: dict[str, Message] = {
    r"^[^\x00-\x1f\x7f\ufffd]+$": Message(
        "needs printable characters", "须为可见字符，不含控制字符"
    ),
    r"^[^\x00]*$": Message("must not hold a NUL character", "不能含 NUL 字符"),
    r"^[^\x00]+$": Message("must not hold a NUL character", "不能含 NUL 字符"),
    r"^[^\x00]*[^\s\x00][^\x00]*$": Message(
        "needs some words, without a NUL character", "须有文字，且不含 NUL 字符"
    ),
    r"^[^\x00-\x20\x7f\ufffd]+$": Message("needs an IRI without white space", "须为不含空白的 IRI"),
    r"^[+ -](0[0-9]|1[0-4]):[0-5][0-9]$": Message(
        "needs an offset such as +08:00 (in a URL %2B08:00)",
        "须为时差，如 +08:00（在 URL 中写作 %2B08:00）",
    ),
    r"^0x[01]\.[0-9a-f]{1,13}p[+-][0-9]{1,2} [^\x00-\x1f\x7f\ufffd]{1,256}$": Message(
        "needs the cursor of the page before", "须为上一页给出的 cursor"
    ),
    r"^mailto:[^\x00-\x20\x7f\ufffd@]+@[^\x00-\x20\x7f\ufffd@]+$": Message(
        "needs an address such as mailto:name@example.org", "须为 mailto:name@example.org 式的地址"
    ),
    "^[0-9a-fA-F]{40}$": Message("needs 40 hexadecimal digits", "须为 40 位十六进制数"),
    "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$": Message("needs a UUID", "须为 UUID"),
    "^[a-z]{1,8}$": Message(
        "needs one to eight small letters such as n", "须为一至八个小写字母，如 n"
    ),
    r"^[0-9A-Za-zÀ-ɏΑ-ωА-яぁ-ヿ㐀-䶿一-鿿〇가-힣！-～+#.\-/&·'()_]+$": Message(
        "needs letters, digits or + # . - / & ' ( ) _, without white space",
        "须为文字、数字或 + # . - / & ' ( ) _，不含空白",
    ),
    PATTERN: Message(
        "needs name:value, name!=value, name>=value and the like",
        "须为 name:value、name!=value、name>=value 等形式",
    ),
}
