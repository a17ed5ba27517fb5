"""Every sentence that an answer or a terminal may show, in Chinese and English.

An error is raised with a message of this package and its facts; the sentence is written when it is
known who asked. This module holds what problems say, the others what answers say. See
`service.errors` for the classes, and ``docs/api.md`` for the statuses.
"""

from service.messages.fields import FIELDS as FIELDS
from service.messages.fields import FOUND as FOUND
from service.messages.language import DEFAULT as DEFAULT
from service.messages.language import LANGUAGES as LANGUAGES
from service.messages.language import Language as Language
from service.messages.language import Message as Message
from service.messages.language import Remark as Remark

#: short name of each type of problem, by its code
TITLES: dict[str, Message] = {
    "bad-request": Message("Bad Request", "请求有误"),
    "broken-body": Message("Broken body", "请求体不完整"),
    "not-json": Message("Not JSON", "不是 JSON"),
    "unauthenticated": Message("No valid key", "缺少有效的密钥"),
    "forbidden": Message("Not allowed", "没有权限"),
    "not-found": Message("Not Found", "路径不存在"),
    "unknown": Message("Unknown", "对象不存在"),
    "method-not-allowed": Message("Method Not Allowed", "不支持该方法"),
    "too-slow": Message("Body too slow", "请求体传输过慢"),
    "conflict": Message("Conflict", "与已存内容冲突"),
    "in-progress": Message("Still being answered", "相同请求仍在处理"),
    "model-file": Message("Model refused", "模型文件不可用"),
    "precondition-failed": Message("Precondition failed", "前提条件不成立"),
    "body-too-large": Message("Body too large", "请求体过大"),
    "body-type": Message("Unsupported body", "不支持的请求体类型"),
    "too-long": Message("Head too long", "请求头过长"),
    "invalid": Message("Invalid request", "请求内容无效"),
    "key-reused": Message("Idempotency key reused", "幂等键被用于其他请求"),
    "too-many-requests": Message("Too many requests", "请求过于频繁"),
    "database": Message("Database unavailable", "数据库不可用"),
    "not-ready": Message("Not ready", "尚未就绪"),
    "busy": Message("Busy", "繁忙"),
    "no-space": Message("No space left", "磁盘已满"),
    "internal": Message("Internal error", "服务器内部错误"),
    "http": Message("Request refused", "请求被拒绝"),
}

NOT_JSON = Message(
    "the {where} is not JSON: it breaks at line {row}, column {column}",
    "{where}不是 JSON：错在第 {row} 行第 {column} 列",
)
TOO_DEEP = Message(
    "the {where} is not JSON that is read here: nested deeper than {limit} levels",
    "{where}的 JSON 嵌套超过 {limit} 层",
)
DUPLICATE_NAME = Message(
    "the {where} is not JSON that is read here: the name {name!r} stands twice",
    "{where}的 JSON 对象中 {name!r} 重复出现",
)
BROKE_OFF = Message("the body broke off", "请求体中断")
BROKEN_GZIP = Message("the body is no whole gzip", "请求体不是完整的 gzip")
BROKE_OFF_EARLY = Message(
    "the body broke off {left} bytes before its end", "请求体在结束前 {left} 字节处中断"
)
BROKEN_ENCODING = Message("the body's encoding is broken", "请求体的编码已损坏")
BODY_TYPE = Message(
    "Content-Type: found {found}, needs {needed}", "Content-Type 为 {found}，需要 {needed}"
)
BODY_ENCODING = Message(
    "Content-Encoding: found {found}, needs gzip or none",
    "Content-Encoding 为 {found}，只接受 gzip",
)
BODY_TOO_LARGE = Message("the body is longer than {limit} bytes", "请求体超过 {limit} 字节")
LINE_TOO_LARGE = Message("the line is longer than {limit} bytes", "这一行超过 {limit} 字节")
BOMB = Message(
    "the body unpacks to more than {ratio} times its size", "请求体解压后超过原大小的 {ratio} 倍"
)
TOO_SLOW = Message(
    "the body came slower than it must: {wait_s:g} s between pieces at most, "
    "{rate} bytes/s on average",
    "请求体传输过慢：间隔不得超过 {wait_s:g} 秒，平均不低于每秒 {rate} 字节",
)
FIELDS_REFUSED = Message(
    "{n} field(s) refused in the {source}: {where}", "{source}中有 {n} 个字段无效：{where}"
)
NO_PARAMETER = Message("query: no parameter {name!r} here", "没有名为 {name!r} 的查询参数")
PARAMETER_TWICE = Message(
    "query: {name} is given {n} times, once is enough", "查询参数 {name} 出现 {n} 次，只能一次"
)
REFUSED_VALUE = Message(
    "a value does not fit what is computed or stored: {reason}",
    "值不符合计算或存储的要求：{reason}",
)
UNKNOWN = Message("no {what} {name!r}", "没有{what} {name!r}")
UNKNOWN_ITEM_OF_EVENT = Message(
    "no {what} {name!r}: put the item first", "没有{what} {name!r}：请先写入该条目"
)
UNKNOWN_OF_OTHER_KIND = Message(
    "no {what} {name!r}: it is a model of {kind}", "没有{what} {name!r}：它是 {kind} 模型"
)
EXPORTS_AT_WORK = Message(
    "{n} exports are being read: come back when one of them has ended",
    "已有 {n} 个导出正在读取：请等其中之一结束后再来",
)
NO_SPACE = Message(
    "a disk of the server is full: send again later", "服务器的磁盘已满：请稍后重新发送"
)
OTHER_SCHEMA = Message(
    "database: found schema {found}, needs {needed}: zhiying db upgrade",
    "数据库的模式为 {found}，需要 {needed}：请运行 zhiying db upgrade",
)
NO_MODEL_READ = Message(
    "model: found none that can be read, needs {needed} or an older one",
    "没有可读的模型，需要 {needed} 或更早的版本",
)
NOT_FITTED = Message(
    "no model has been fitted yet: post a refit job", "尚无训练好的模型：请先提交 refit 任务"
)
BELOW_FLOOR = Message(
    "too few people to be shown with a floor of {floor}: ask for a larger share",
    "人数太少，下限 {floor} 之下不予展示：请放宽 share",
)
NO_SEGMENT = Message(
    "no kind of learner has enough people in this audience to be shown with a floor of {floor}: "
    "ask for a larger share",
    "这批受众中没有哪一类学员多到可以展示（下限 {floor}）：请放宽 share",
)
NO_DENSER = Message(
    "no kind of learner is surely more common in this audience than among all users",
    "这批受众中没有哪一类学员确实比全体用户中更常见",
)
FEW_MARKS = Message(
    "too few reviews and ratings to tell a mean with a floor of {floor}",
    "评论与评分太少，不足以给出均值（下限 {floor}）",
)
NO_EVENTS = Message("nothing that this user did is stored", "没有存下该用户的任何行为")
NOTHING_TAKEN = Message(
    "none of the {n} events says that an item of the catalogue was taken",
    "{n} 次行为都不表示选了目录中的某个条目",
)
NO_INTEREST = Message(
    "the {n} item(s) taken show no topic more than usual",
    "选过的 {n} 个条目没有哪个主题多于平常",
)
FEW_TAKERS = Message("too few people took it to measure a lift", "选过它的人太少，无法衡量提升度")
FEW_REACHED = Message(
    "no channel has reached enough people yet to be shown with a floor of {floor}",
    "还没有一个渠道触达的人数多到可以展示（下限 {floor}）",
)
SHORT_LIST = Message("only {found} items fit of {total}", "共 {total} 项，只有 {found} 项符合")
#: why items are not in a list, in the order in which an item is counted
HIDDEN: dict[str, Message] = {
    "unpublished": Message("{n} not published yet", "{n} 项未发布"),
    "filtered": Message("{n} filtered out", "{n} 项被筛选条件排除"),
    "unplayable": Message("{n} cannot be played there", "{n} 项在该场景下无法播放"),
    "rejected": Message("{n} turned down", "{n} 项已被用户否定"),
    "seen": Message("{n} seen", "{n} 项已看过"),
    "excluded": Message("{n} excluded", "{n} 项被排除"),
}
NO_ITEM_FOR = Message(
    "{n} statement(s) about what is in no catalogue: {where}; put the items first",
    "{n} 条记录的对象不在目录中：{where}；请先写入条目",
)
NO_ITEM_NAMED = Message("found {name!r}, needs the id of an item", "收到 {name!r}，须为条目的 id")
NO_STATEMENT_NAMED = Message(
    "no statement {name!r} is stored here: send it first", "没有语句 {name!r}：请先发送该语句"
)
VOIDS_VOIDING = Message(
    "statement {name!r} voids another one and cannot be voided itself",
    "语句 {name!r} 本身用于作废其他语句，不能再被作废",
)
STATEMENT_ID_DIFFERS = Message(
    "id: found {found}, needs {needed} as in the query", "id 为 {found}，须与查询参数 {needed} 一致"
)
ONE_STATEMENT = Message(
    "query: needs either `statementId` or `voidedStatementId`: statements are read one by one here",
    "须恰给出 `statementId` 或 `voidedStatementId` 之一：此处只能逐条读取语句",
)
SOME_CONFLICT = Message(
    "{n} id(s) stand for other content already: {where}; the rest is stored",
    "{n} 个 id 已用于不同内容：{where}；其余已存",
)
XAPI_VERSION = Message(
    "X-Experience-API-Version: found {found!r}, needs 1.0, 1.0.x, 2.0 or 2.0.x",
    "X-Experience-API-Version 为 {found!r}，须为 1.0、1.0.x、2.0 或 2.0.x",
)
EVENT_CONFLICT = Message(
    "event {name!r} is stored with other content", "事件 {name!r} 已存，且内容不同"
)
PREREQUISITE_CYCLE = Message(
    "these items are set to be prerequisites of each other: {items}; "
    "change the attribute `prerequisites` of one of them",
    "这些条目互为先修：{items}；请修改其中一个的 `prerequisites` 属性",
)
GOAL_MASTERED = Message("mastered already: nothing is left to do", "目标已掌握，无须再学")
GOAL_MISSING = Message(
    "out of reach: {items} cannot be taken (removed, not published or turned down)",
    "目标暂不可达：{items} 无法学习（已下架、未发布或被学员拒绝）",
)
GOAL_BEYOND = Message(
    "not within the {limit} asked for: {minutes} minutes of {n} item(s) are left over; "
    "all of it takes {weeks} week(s)",
    "在给定的{limit}之内学不完：还剩 {n} 个条目共 {minutes} 分钟；全部学完需 {weeks} 周",
)
MODEL_DAMAGED = Message(
    "model {version}: {name} is damaged (sha256 differs)",
    "模型 {version}：{name} 已损坏（sha256 不符）",
)
MODEL_UNREADABLE = Message(
    "model {version}: cannot read {name}: {reason}", "模型 {version}：无法读取 {name}：{reason}"
)
MODEL_FORMAT = Message(
    "model {version} has format {found}, this program reads {needed}",
    "模型 {version} 的格式为 {found}，本程序只读 {needed}",
)
NO_KEY = Message(
    "this needs an API key: Authorization: Bearer … or X-API-Key",
    "需要 API 密钥：Authorization: Bearer … 或 X-API-Key",
)
BAD_KEY = Message("the API key is unknown, expired or revoked", "API 密钥不存在、已过期或已撤销")
SCOPE = Message(
    "the API key has {found}, this needs {needed}", "API 密钥的权限为 {found}，需要 {needed}"
)
NOT_LOOPBACK = Message(
    "without API keys only this machine is served: make one with `zhiying keys create`",
    "未设密钥时只服务本机：请用 `zhiying keys create` 创建",
)
FOREIGN_HOST = Message(
    "Host: found {found!r}; without API keys only the names of this machine are answered",
    "Host 为 {found!r}；未设密钥时只应答本机名称",
)
FOREIGN_ORIGIN = Message(
    "Origin: found {found!r}; without API keys pages of other sites are not answered",
    "Origin 为 {found!r}；未设密钥时不应答其他网站的页面",
)
THROUGH_PROXY = Message(
    "the request came through a proxy: without API keys only this machine is served",
    "请求经过代理：未设密钥时只服务本机",
)
TOO_MANY = Message(
    "more than {n} in {window_s} s: wait {wait_s} s",
    "{window_s} 秒内超过 {n} 次的限额：请等待 {wait_s} 秒",
)
STALE = Message(
    "If-Match: the {what} is not as it was read: found {found}, needs {needed}",
    "If-Match：{what}已与读取时不同：请求给出 {found}，现为 {needed}",
)
EXISTS = Message("If-None-Match: the {what} is there already", "If-None-Match：{what}已存在")
BAD_IDEMPOTENCY_KEY = Message(
    "Idempotency-Key: needs 1 to 255 visible ASCII characters",
    "Idempotency-Key 须为 1 至 255 个可见的 ASCII 字符",
)
KEY_REUSED = Message(
    "Idempotency-Key: it was used for another request", "Idempotency-Key 已用于另一请求"
)
IN_PROGRESS = Message(
    "Idempotency-Key: the same request is being answered; ask again",
    "Idempotency-Key：相同请求正在处理，请稍后重试",
)
DATABASE = Message(
    "the database did not answer; send the request again", "数据库没有应答，请重新发送请求"
)
INTERNAL = Message("the server failed; the log has the request id", "服务器出错，可凭请求号查日志")

REQUEST_HEAD = Message(
    "the head of the request is not HTTP/1.1: a URL holds ASCII alone, all else as %XX "
    "(curl -G --data-urlencode name=value)",
    "请求头不符合 HTTP/1.1：URL 只能含 ASCII，其余须写作 %XX"
    "（curl -G --data-urlencode name=value）",
)

#: what werkzeug or gunicorn refuses, by status
HTTP: dict[int, tuple[str, Message]] = {
    400: ("bad-request", Message("the request cannot be read", "无法读取请求")),
    404: ("not-found", Message("there is no such path", "没有这个路径")),
    405: ("method-not-allowed", Message("the path has no such method", "该路径不支持此方法")),
    413: ("body-too-large", Message("the body is too large", "请求体过大")),
    414: ("too-long", Message("the URL is too long", "URL 过长")),
    415: ("body-type", Message("the body's type is not read here", "不支持的请求体类型")),
    431: ("too-long", Message("the headers are too long or too many", "请求头过长或过多")),
}
HTTP_OTHER = Message("the request is refused with status {status}", "请求被拒绝，状态 {status}")
