"""Why a field was refused."""

from service.messages.language import Message

#: why a field was refused, by pydantic's name of the error and ours; facts are pydantic's
FIELDS: dict[str, Message] = {
    "missing": Message("this field is needed and is not there", "缺少必填字段"),
    "extra_forbidden": Message("no such field here", "没有这个字段"),
    "string_type": Message("Input should be a valid string", "须为字符串"),
    "string_too_short": Message(
        "String should have at least {min_length} character(s)", "至少 {min_length} 个字符"
    ),
    "string_too_long": Message(
        "String should have at most {max_length} character(s)", "至多 {max_length} 个字符"
    ),
    "string_pattern_mismatch": Message(
        "String should match pattern '{pattern}'", "须符合格式 '{pattern}'"
    ),
    "int_type": Message("Input should be a valid integer", "须为整数"),
    "int_parsing": Message("Input should be a valid integer", "须为整数"),
    "int_parsing_size": Message("Input should be a smaller integer", "整数过大"),
    "int_from_float": Message("Input should be a valid integer, got a fraction", "须为整数"),
    "float_type": Message("Input should be a valid number", "须为数字"),
    "float_parsing": Message("Input should be a valid number", "须为数字"),
    "finite_number": Message("Input should be a finite number", "须为有限的数"),
    "bool_type": Message("Input should be true or false", "须为 true 或 false"),
    "bool_parsing": Message("Input should be true or false", "须为 true 或 false"),
    "none_required": Message("Input should be null", "须为 null"),
    "greater_than": Message("Input should be greater than {gt}", "须大于 {gt}"),
    "greater_than_equal": Message("Input should be at least {ge}", "须不小于 {ge}"),
    "less_than": Message("Input should be less than {lt}", "须小于 {lt}"),
    "less_than_equal": Message("Input should be at most {le}", "须不大于 {le}"),
    "literal_error": Message("Input should be {expected}", "须为 {expected} 之一"),
    "list_type": Message("Input should be a list", "须为数组"),
    "dict_type": Message("Input should be an object", "须为对象"),
    "model_type": Message("Input should be an object", "须为对象"),
    "model_attributes_type": Message("Input should be an object", "须为对象"),
    "too_short": Message("needs at least {min_length} entries", "至少 {min_length} 项"),
    "too_long": Message("needs at most {max_length} entries", "至多 {max_length} 项"),
    "union_tag_invalid": Message("needs one of {expected_tags}", "须为 {expected_tags} 之一"),
    "union_tag_not_found": Message("needs {discriminator}", "缺少 {discriminator}"),
    "string_unicode": Message("Input should be valid Unicode", "须为合法的 Unicode 文本"),
    # ours
    "taken": Message("is the name of a route, needs another id", "与路由同名，请换一个 id"),
    "flat": Message(
        "needs a text, number, true, false, null, or a list of these",
        "须为文本、数字、true、false、null，或由它们组成的数组",
    ),
    "one_or_many": Message("needs either `text` or `texts`", "须给出 `text` 或 `texts` 之一"),
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
FOUND_LONG = Message("{type} of {n} characters", "{n} 个字符的 {type}")
