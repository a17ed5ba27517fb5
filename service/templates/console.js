"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const SAMPLE = {
    title: "把话说清楚：沟通课",
    text:
      "一句“随便”，为什么能毁掉一顿晚饭？沟通课从家里的餐桌讲起。" +
      "我们以为对方应该懂，对方却只听见了敷衍，误会就这样一层层垒起来。" +
      "非暴力沟通分为四步：观察、感受、需要、请求。" +
      "例如把“你从不帮忙”换成“我今天很累，想请你洗碗”。" +
      "当你学会说出需要，争吵自然就少了。适合所有想好好说话的家长。",
  };
  const PARTS = "include=tags&include=key_points&include=sentiment&include=topics&include=difficulty";
  const MOODS = { positive: "积极", neutral: "中性", negative: "消极" };
  const TAXONOMIES = { subject: "学科", domain: "领域" };
  const SVG = "http://www.w3.org/2000/svg";
  let shown = null;
  let item = null;

  function element(name, text, ...children) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  }

  function drawn(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  async function ask(path, body) {
    const headers = { "Accept-Language": "zh" };
    const key = $("key").value.trim();
    if (key) headers["Authorization"] = `Bearer ${key}`;
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(path, {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
    });
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({}));
    const fields = (problem.errors || []).map((e) => `${e.pointer} ${e.detail}`);
    throw new Error([problem.detail || `错误 ${answer.status}`, ...fields].join("；"));
  }

  async function busy(work) {
    const buttons = document.querySelectorAll("button");
    buttons.forEach((b) => (b.disabled = true));
    $("state").textContent = "请稍候…";
    try {
      await work();
      $("state").textContent = "";
    } catch (error) {
      $("state").textContent = error.message;
    } finally {
      buttons.forEach((b) => (b.disabled = false));
    }
  }

  async function analyse() {
    const body = { title: $("title").value, text: $("text").value };
    // what is known of a stored item holds as long as its text is this one
    const attributes = item && item.text === body.text ? item.attributes : {};
    const asked = { ...body, attributes };
    const [analysis, brief] = await Promise.all([
      ask(`/v1/analyze?${PARTS}`, body).then((a) => a.json()),
      ask("/v1/brief?format=json", asked).then((a) => a.json()),
    ]);
    shown = { asked, letters: Array.from(body.text), analysis, brief };
    $("result").hidden = false;
    showReading(null);
    showTags();
    showTopics();
    showSentiment();
    showBrief();
    $("result").scrollIntoView({ behavior: "smooth" });
  }

  // offsets count code points, as `letters` does
  function showReading(span) {
    const { letters, analysis } = shown;
    const text = shown.asked.text;
    const kinds = letters.map(() => 0);
    const lay = (start, end, bit) => {
      for (let i = start; i < Math.min(end, letters.length); i++) kinds[i] |= bit;
    };
    for (const tag of analysis.tags) {
      const size = Array.from(tag.text).length;
      for (let at = text.indexOf(tag.text); at >= 0; at = text.indexOf(tag.text, at + 1)) {
        const start = Array.from(text.slice(0, at)).length;
        lay(start, start + size, 1);
      }
    }
    for (const point of analysis.key_points) lay(point.start, point.end, 2);
    if (span) lay(span.start, span.end, 4);
    const pieces = [];
    for (let from = 0, to = 0; from < letters.length; from = to) {
      while (to < letters.length && kinds[to] === kinds[from]) to++;
      const piece = element(kinds[from] & 1 ? "mark" : "span", letters.slice(from, to).join(""));
      if (kinds[from] & 2) piece.classList.add("point");
      if (kinds[from] & 4) piece.classList.add("here");
      pieces.push(piece);
    }
    $("reading").replaceChildren(...pieces);
    const here = $("reading").querySelector(".here");
    if (here) here.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  function showTags() {
    const rows = shown.analysis.tags.map((tag) => {
      const chip = element("li", tag.text);
      chip.title = tag.weight.toFixed(2);
      return chip;
    });
    $("tags").replaceChildren(...rows);
  }

  function showTopics() {
    const rows = [];
    for (const [taxonomy, topics] of Object.entries(shown.analysis.topics)) {
      const name = TAXONOMIES[taxonomy] || taxonomy;
      if (!topics.length) rows.push(element("tr", "", element("td", `${name}：不确定`), element("td", "")));
      for (const topic of topics.slice(0, 5)) {
        const bar = element("meter");
        bar.value = topic.probability;
        const cells = [element("td", `${name}：${topic.label}`), element("td", "", bar)];
        rows.push(element("tr", "", ...cells, element("td", topic.probability.toFixed(2))));
      }
    }
    $("topics").replaceChildren(...rows);
  }

  function showSentiment() {
    const { sentiment, difficulty } = shown.analysis;
    const facts = [];
    if (difficulty) facts.push(`难度 ${difficulty.level}（1 入门 – 5 专业）`);
    if (sentiment) facts.push(`情感 ${MOODS[sentiment.label]} ${sentiment.polarity.toFixed(2)}`);
    $("facts").textContent = facts.join("，") || "没有可判断的文字";
    $("sentence").textContent = "";
    const arc = sentiment ? sentiment.arc : [];
    const at = (i) => (arc.length > 1 ? 2 + (96 * i) / (arc.length - 1) : 50);
    const marks = [drawn("line", { x1: 0, y1: 20, x2: 100, y2: 20 })];
    const path = arc.map((value, i) => `${at(i)},${38 - 36 * value}`);
    marks.push(drawn("polyline", { points: path.join(" ") }));
    if (arc.length <= 60) {
      arc.forEach((value, i) => {
        const dot = drawn("circle", { cx: at(i), cy: 38 - 36 * value, r: 0.9 });
        dot.addEventListener("mouseenter", () => {
          $("sentence").textContent = `第 ${i + 1} 句 ${value.toFixed(2)}`;
        });
        marks.push(dot);
      });
    }
    $("arc").replaceChildren(...marks);
  }

  function showBrief() {
    const { brief } = shown;
    const [low, high] = brief.length.minutes;
    const advice = [["形式", [brief.form.form, ...brief.form.others].join("、"), brief.form.why]];
    advice.push(["时长", `${low}–${high} 分钟`, brief.length.why]);
    if (brief.tone) advice.push(["基调", `${brief.tone.mood}，${brief.tone.shape}`, ""]);
    $("form-advice").replaceChildren(
      ...advice.flatMap(([name, value, why]) => [
        element("dt", name),
        element("dd", value, element("br"), element("small", why)),
      ]),
    );
    $("beats").replaceChildren(
      ...brief.beats.map((beat) => {
        const button = element("button", "", element("b", `${beat.label} `), beat.text);
        button.type = "button";
        button.addEventListener("click", () => showReading(beat));
        return element("li", "", button, element("br"), element("small", beat.why));
      }),
    );
    const { places, organisations, works } = brief.setting;
    const cast = brief.characters.map((c) => `${c.label}：${c.name}`);
    const where = [["地点", places], ["机构", organisations], ["作品", works]];
    for (const [name, found] of where) {
      if (found.length) cast.push(`${name}：${found.map((f) => f.text).join("、")}`);
    }
    const list = (id, texts) => $(id).replaceChildren(...texts.map((t) => element("li", t)));
    list("cast", cast);
    list("missing", brief.missing.map((m) => `${m.label}：${m.why}`));
    list("films", brief.comparable.map((f) => `《${f.title || f.id}》${f.form || ""}`));
  }

  async function print() {
    const page = await ask("/v1/brief?format=html", shown.asked).then((a) => a.blob());
    const address = URL.createObjectURL(page);
    if (!window.open(address)) throw new Error("浏览器拦截了新窗口");
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  async function load() {
    const id = $("item").value.trim();
    if (!id) throw new Error("请填写条目编号");
    item = await ask(`/v1/items/${encodeURIComponent(id)}`).then((a) => a.json());
    $("title").value = item.title;
    $("text").value = item.text;
    await analyse();
  }

  $("form").addEventListener("submit", (event) => {
    event.preventDefault();
    busy(analyse);
  });
  $("load").addEventListener("click", () => busy(load));
  $("print").addEventListener("click", () => busy(print));
  $("sample").addEventListener("click", () => {
    $("title").value = SAMPLE.title;
    $("text").value = SAMPLE.text;
    busy(analyse);
  });
})();
