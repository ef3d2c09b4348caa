/* What pages do beyond showing: charts, selections, dialogues, uploads, keys.
 * Everything can be read and done without it. No framework, no eval, no inline style.
 *
 * It is loaded before the page is drawn, so that what it will fold is not seen unfolded:
 * `html.js` is set at once, the rest waits until the page is there.
 *
 * Charts. <figure class="chart" data-chart='…'> holds this vocabulary, never options of ECharts:
 *   { "kind": "line" | "bar" | "fan" | "ladder" | "spark",
 *     "title": "what is drawn, for those who do not see it",
 *     "unit": "万元",
 *     "categories": ["1月", …],
 *     "series": [ { "name": "今年", "values": [12.5, null, …],
 *                   "style": "solid" | "dashed" | "last-year" | "band-low" | "band-high" } ],
 *     "threshold": { "name": "规模标准", "value": 2000 } }
 *   line, bar  one value a category; last-year is grey behind the rest
 *   fan        a line that goes on as a middle (dashed) with a band from band-low to band-high
 *   ladder     horizontal bars, first category on top; the threshold is a line across them
 *   spark      a line of the height of a word, without axes
 * The same figures stand in a <details open> in the figure; it is folded once the chart is drawn.
 */
"use strict";
(function () {
  document.documentElement.classList.add("js");

  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const on = (type, listener) => document.addEventListener(type, listener);

  /* ---- Charts -------------------------------------------------------------------- */
  const charts = new Map();
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const written = (value, digits) => value === null || value === undefined ? "—"
    : value.toLocaleString("zh-CN", { minimumFractionDigits: digits || 0, maximumFractionDigits: digits === undefined ? 2 : digits });
  /* All numbers of a chart have as many decimals as the one that has most, two at most. */
  const digits = (told) => Math.min(2, Math.max(0, ...told.series.flatMap((series) => series.values)
    .map((value) => (String(value === null ? "" : value).split(".")[1] || "").length)));
  const ROW_HEIGHT = 22;
  const SHAPES = ["circle", "rect", "triangle", "diamond", "pin"];
  const MARKED_MAX = 26;
  const DIRECT_WIDTH_MIN = 520;

  const style = () => ({
    lines: [1, 2, 3, 4, 5].map((place) => colour(`--chart-${place}`)),
    last: colour("--chart-last"), band: colour("--chart-band"), grid: colour("--chart-grid"),
    axis: colour("--chart-axis"), ink: colour("--ink"), quiet: colour("--quiet"), paper: colour("--paper"),
  });

  function threshold(told, look, across) {
    if (!told.threshold) return undefined;
    const label = `${told.threshold.name} ${written(told.threshold.value)}`;
    return {
      silent: true, symbol: "none", animation: false,
      lineStyle: { color: look.ink, type: [6, 4], width: 1.2 },
      label: { formatter: label, color: look.ink, fontSize: 12, position: across ? "start" : "insideStartTop" },
      data: [across ? { xAxis: told.threshold.value } : { yAxis: told.threshold.value }],
    };
  }

  const banded = (told) => {
    const named = (style) => told.series.find((series) => series.style === style);
    return named("band-low") && named("band-high") ? `${named("band-low").name}至${named("band-high").name}` : "";
  };

  /* Low and high become one stacked area; what the reader is told stays low and high. */
  function band(told, look) {
    const low = told.series.find((series) => series.style === "band-low");
    const high = told.series.find((series) => series.style === "band-high");
    if (!low || !high) return [];
    const width = low.values.map((value, place) =>
      value === null || high.values[place] === null ? null : high.values[place] - value);
    const part = (name, values, area) => ({
      name, type: "line", data: values, stack: "band", stackStrategy: "all", symbol: "none", silent: true,
      lineStyle: { opacity: 0 }, itemStyle: { color: look.band }, areaStyle: area, tooltip: { show: false }, z: 1,
    });
    return [part("", low.values, { opacity: 0 }), part(banded(told), width, { color: look.band, opacity: 1 })];
  }

  function line(series, place, told, look, direct) {
    const isLast = series.style === "last-year";
    const goesOn = told.kind === "fan" && series.style === "dashed";
    const stroke = isLast ? look.last : look.lines[goesOn ? 0 : place % look.lines.length];
    const points = series.values.filter((value) => value !== null).length;
    return {
      name: series.name, type: "line", data: series.values, z: isLast ? 2 : 3, connectNulls: false,
      symbol: isLast ? "none" : goesOn ? "emptyCircle" : SHAPES[place % SHAPES.length], symbolSize: 5, showSymbol: points <= MARKED_MAX && !isLast,
      color: stroke, itemStyle: { color: stroke },
      lineStyle: { color: stroke, width: isLast ? 1.4 : 2, type: series.style === "dashed" ? [5, 4] : isLast ? [2, 3] : "solid" },
      endLabel: { show: direct, formatter: "{a}", color: stroke, fontSize: 12, distance: 6 },
      labelLayout: { moveOverlap: "shiftY" },
      emphasis: { disabled: true },
    };
  }

  function bars(series, place, told, look, across) {
    const isLast = series.style === "last-year";
    const fill = isLast ? look.grid : look.lines[place % look.lines.length];
    return {
      name: series.name, type: "bar", data: series.values, barMaxWidth: across ? 16 : 26, barGap: "10%",
      color: fill, itemStyle: { color: fill, borderColor: isLast ? look.last : fill, borderWidth: 1 },
      emphasis: { disabled: true },
    };
  }

  function tip(told, look) {
    const lows = told.series.find((series) => series.style === "band-low");
    const highs = told.series.find((series) => series.style === "band-high");
    const exact = (value) => written(value, digits(told));
    const said = (place) => {
      const lines = told.series.filter((series) => !series.style || !series.style.startsWith("band"))
        .filter((series) => series.values[place] !== null && series.values[place] !== undefined)
        .map((series) => `${series.name}　${exact(series.values[place])} ${told.unit || ""}`);
      if (lows && highs && lows.values[place] !== null && lows.values[place] !== highs.values[place]) {
        lines.push(`${lows.name}至${highs.name}　${exact(lows.values[place])}–${exact(highs.values[place])} ${told.unit || ""}`);
      }
      return [told.categories[place], ...lines].join("\n");
    };
    return {
      trigger: "axis", renderMode: "richText", confine: true, transitionDuration: 0,
      backgroundColor: look.paper, borderColor: look.axis, borderWidth: 1, padding: [6, 10],
      textStyle: { color: look.ink, fontSize: 12, lineHeight: 19, fontFamily: colour("--sans") },
      axisPointer: { type: "line", lineStyle: { color: look.axis, type: "solid", width: 1 } },
      formatter: (points) => said((Array.isArray(points) ? points[0] : points).dataIndex),
    };
  }

  function axes(told, look, across) {
    const label = { color: look.quiet, fontSize: 12 };
    /* One number a row stands beside its name, where no line crosses it. */
    const named = (name, place) => told.series.length === 1 ? `${name}　${written(told.series[0].values[place], digits(told))}` : name;
    const categories = {
      type: "category", data: told.categories, inverse: across, boundaryGap: across || told.kind === "bar",
      axisLine: { lineStyle: { color: look.axis } }, axisTick: { show: false }, axisLabel: across ? { ...label, color: look.ink, interval: 0, formatter: named } : { ...label, hideOverlap: true },
    };
    const values = {
      type: "value", splitNumber: 4, axisLabel: { ...label, formatter: (value) => written(value) }, splitLine: { lineStyle: { color: look.grid } },
      name: across ? "" : told.unit || "", nameTextStyle: { color: look.quiet, fontSize: 12, align: "right", padding: [0, 4, 0, 0] }, nameGap: 10,
      max: (range) => told.threshold && told.threshold.value > range.max ? told.threshold.value * 1.08 : null,
    };
    return across ? { xAxis: { ...values, axisLabel: { show: false }, splitLine: { show: false } }, yAxis: categories }
      : { xAxis: categories, yAxis: values };
  }

  function options(told, width) {
    const look = style();
    const across = told.kind === "ladder";
    const shown = told.series.filter((series) => !series.style || !series.style.startsWith("band"));
    const base = { animation: false, textStyle: { fontFamily: colour("--sans") }, backgroundColor: "transparent" };
    if (told.kind === "spark") {
      return {
        ...base, grid: { left: 2, right: 4, top: 3, bottom: 3 },
        xAxis: { type: "category", show: false, boundaryGap: false, data: told.categories }, yAxis: { type: "value", show: false, scale: true },
        series: shown.map((series, place) => ({ ...line(series, place, told, look, false), showSymbol: false, lineStyle: { color: look.lines[0], width: 1.5 } })),
      };
    }
    const isBars = across || told.kind === "bar";
    const direct = told.kind === "line" && shown.length > 1 && width >= DIRECT_WIDTH_MIN;
    const legend = shown.length > 1 && !direct;
    const longest = Math.max(...shown.map((series) => series.name.length));
    const drawn = shown.map((series, place) => isBars ? bars(series, place, told, look, across) : line(series, place, told, look, direct));
    if (drawn.length > 0) drawn[0].markLine = threshold(told, look, across);
    return {
      ...base, ...axes(told, look, across), tooltip: tip(told, look),
      legend: { show: legend, top: 0, right: 0, data: [...shown.map((series) => series.name), { name: banded(told), icon: "rect" }].filter((one) => one.name !== ""), selectedMode: false, itemWidth: 20, itemHeight: 8, textStyle: { color: look.ink, fontSize: 12 } },
      grid: { left: 4, right: direct ? longest * 12 + 14 : across ? 16 : 12, top: told.unit || legend || across ? 28 : 10, bottom: 2, containLabel: true },
      series: [...band(told, look), ...drawn],
    };
  }

  function draw(figure) {
    figure.classList.add("settled");
    if (!window.echarts || charts.has(figure)) return;
    const told = JSON.parse(figure.dataset.chart);
    const drawing = document.createElement("div");
    drawing.className = "drawing";
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", told.title || "");
    const caption = figure.querySelector("figcaption");
    if (caption) caption.after(drawing); else figure.prepend(drawing);
    if (told.kind === "ladder") drawing.style.height = `${told.categories.length * ROW_HEIGHT + 40}px`;
    const chart = window.echarts.init(drawing, null, { renderer: "svg" });
    chart.setOption(options(told, drawing.clientWidth));
    charts.set(figure, { chart, told, drawing });
    all("details[open]", figure).forEach((details) => { details.open = false; });
  }

  const fit = (width) => charts.forEach(({ chart, told, drawing }, figure) => {
    if (!figure.isConnected) { chart.dispose(); charts.delete(figure); return; }
    chart.resize(width && told.kind !== "spark" ? { width } : {});
    chart.setOption(options(told, width || drawing.clientWidth), true);
  });
  let fitting = 0;
  window.addEventListener("resize", () => { clearTimeout(fitting); fitting = setTimeout(fit, 120); });
  window.addEventListener("beforeprint", () => fit(640));
  window.addEventListener("afterprint", () => fit());

  /* ---- What is said to those who listen -------------------------------------------- */
  function say(text) {
    const live = document.getElementById("live");
    if (!live || !text) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 60);
  }

  function refuse(text) {
    const notice = document.createElement("div");
    const word = document.createElement("strong");
    const body = document.createElement("div");
    notice.className = "notice refusal";
    notice.setAttribute("role", "alert");
    word.textContent = "没有办成";
    body.textContent = text;
    notice.append(word, body);
    all("#content > .notice.refusal").forEach((old) => old.remove());
    const content = document.getElementById("content");
    if (content) content.prepend(notice);
    notice.scrollIntoView({ block: "nearest" });
  }

  /* ---- Choosing rows ------------------------------------------------------------------
   * <form id="chosen" data-selection> with the acts; boxes with form="chosen" in the table.
   * Boxes of pages that were left stay chosen as hidden fields. */
  const chosen = new Map();
  const boxes = (form) => all(`input[data-select][form="${form.id}"]`);

  function count(form) {
    const kept = chosen.get(form.id) || new Map();
    const here = boxes(form);
    here.forEach((box) => {
      if (box.checked) kept.set(box.value, box.name); else kept.delete(box.value);
      box.closest("tr").classList.toggle("selected", box.checked);
    });
    chosen.set(form.id, kept);
    all("input[data-kept]", form).forEach((field) => field.remove());
    const present = new Set(here.map((box) => box.value));
    kept.forEach((name, value) => {
      if (present.has(value)) return;
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      field.dataset.kept = "";
      form.append(field);
    });
    all("[data-selection-count]", form).forEach((place) => { place.textContent = kept.size.toLocaleString("zh-CN"); });
    all("button", form).forEach((button) => { button.disabled = kept.size === 0; });
    form.classList.toggle("selecting", kept.size > 0);
    all("input[data-select-all]").forEach((box) => {
      const ticked = here.filter((one) => one.checked).length;
      box.checked = ticked > 0 && ticked === here.length;
      box.indeterminate = ticked > 0 && ticked < here.length;
    });
  }

  function recall(form) {
    const kept = chosen.get(form.id);
    if (kept) boxes(form).forEach((box) => { box.checked = kept.has(box.value); });
    count(form);
  }

  on("change", (event) => {
    const box = event.target;
    if (box.matches("input[data-select]") && box.form) count(box.form);
    if (box.matches("input[data-select-all]")) {
      all("input[data-select]", box.closest("table")).forEach((one) => { one.checked = box.checked; });
      all("form[data-selection]").forEach((form) => {
        count(form);
        say(`已选 ${(chosen.get(form.id) || new Map()).size} 条`);
      });
    }
    if (box.matches("form[data-auto] select, form[data-auto] input[type=date], form[data-auto] input[type=month]")) box.form.requestSubmit();
  });

  /* ---- Dialogues: what will happen, before it happens ------------------------------------ */
  function dialogue(section) {
    if (section.tagName === "DIALOG") return section;
    const dialog = document.createElement("dialog");
    for (const { name, value } of Array.from(section.attributes)) dialog.setAttribute(name, value);
    dialog.append(...section.childNodes);
    section.replaceWith(dialog);
    return dialog;
  }

  on("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const closer = event.target.closest("dialog [data-closes]");
    const printer = event.target.closest("[data-print]");
    const clearer = event.target.closest("[data-selection-clear]");
    if (opener) {
      const panel = document.getElementById(opener.dataset.opens);
      if (panel) { event.preventDefault(); dialogue(panel).showModal(); }
    }
    if (closer) { event.preventDefault(); closer.closest("dialog").close(); }
    if (printer) window.print();
    if (clearer) {
      chosen.delete(clearer.form.id);
      boxes(clearer.form).forEach((box) => { box.checked = false; });
      count(clearer.form);
      say("已清空选择");
    }
    all("details.person[open], details.term[open]").forEach((details) => {
      if (!details.contains(event.target)) details.open = false;
    });
  });

  /* ---- Handing in files: <form data-upload> with a .drop ------------------------------------ */
  function sized(bytes) {
    return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
  }

  function showChosen(drop) {
    const files = Array.from(drop.querySelector("input[type=file]").files);
    let place = drop.querySelector(".chosen");
    if (!place) { place = document.createElement("p"); place.className = "chosen"; drop.append(place); }
    place.textContent = files.map((file) => `${file.name}（${sized(file.size)}）`).join("、");
    if (files.length > 0) say(`已选文件 ${place.textContent}`);
  }

  ["dragover", "dragleave", "drop"].forEach((type) => on(type, (event) => {
    const drop = event.target.closest && event.target.closest(".drop");
    if (!drop) return;
    event.preventDefault();
    drop.classList.toggle("over", type === "dragover");
    if (type === "drop" && event.dataTransfer.files.length > 0) {
      drop.querySelector("input[type=file]").files = event.dataTransfer.files;
      showChosen(drop);
    }
  }));
  on("change", (event) => {
    const drop = event.target.closest(".drop");
    if (drop) showChosen(drop);
  });

  function progress(form) {
    const work = document.createElement("div");
    const head = document.createElement("p");
    const bar = document.createElement("progress");
    const name = document.createElement("strong");
    const note = document.createElement("span");
    work.className = "work";
    name.textContent = "正在上传";
    note.className = "quiet";
    bar.max = 100;
    bar.setAttribute("aria-label", "上传进度");
    head.append(name, note);
    work.append(head, bar);
    form.after(work);
    return { work, bar, name, note };
  }

  function upload(form) {
    const shown = progress(form);
    const request = new XMLHttpRequest();
    const locked = all("button, input", form);
    const body = new FormData(form);
    const failed = (text) => {
      shown.work.remove();
      locked.forEach((field) => { field.disabled = false; });
      refuse(text);
    };
    locked.forEach((field) => { field.disabled = true; });
    request.upload.onprogress = (event) => {
      if (!event.lengthComputable) return;
      shown.bar.value = event.loaded / event.total * 100;
      shown.note.textContent = `${sized(event.loaded)}，共 ${sized(event.total)}`;
      if (event.loaded === event.total) { shown.name.textContent = "已经收到，正在核对"; shown.bar.removeAttribute("value"); }
    };
    request.onerror = () => failed("文件没有传完，网络中断。请检查网络后重新上传。");
    request.onload = () => {
      const made = new DOMParser().parseFromString(request.responseText, "text/html");
      const content = made.getElementById("content");
      if (!content) { failed(`文件没有被接收（代码 ${request.status}）。请稍后重新上传。`); return; }
      if (request.status < 400) history.pushState(null, "", request.responseURL);
      document.title = made.title;
      document.getElementById("content").replaceWith(content);
      begin(content);
      if (window.htmx) window.htmx.process(content);
      content.focus();
      window.scrollTo(0, 0);
    };
    request.open("POST", form.action);
    request.send(body);
  }

  on("submit", (event) => {
    const form = event.target;
    if (form.matches("form[data-upload]")) { event.preventDefault(); upload(form); return; }
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  /* ---- Keys ----------------------------------------------------------------------------------- */
  on("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const find = document.getElementById("find");
      if (find && find.offsetParent) { event.preventDefault(); find.focus(); find.select(); }
    }
    if (event.key === "Escape") {
      all("details.person[open], details.term[open]").forEach((details) => {
        const had = details.contains(document.activeElement);
        details.open = false;
        if (had) details.querySelector("summary").focus();
      });
      if (location.hash === "#menu") location.hash = "#content";
    }
  });

  /* ---- Partial updates keep focus and scroll; what they say is heard ------------------------------ */
  let kept = null;
  function mark(element) {
    if (!element || element === document.body || element.id) return null;
    for (const name of ["href", "name", "data-sort"]) {
      const value = element.getAttribute(name);
      if (value) {
        const also = element.value !== undefined && element.type === "checkbox" ? `[value="${CSS.escape(element.value)}"]` : "";
        return `${element.tagName.toLowerCase()}[${name}="${CSS.escape(value)}"]${also}`;
      }
    }
    return null;
  }
  on("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    kept = {
      focus: target.contains(document.activeElement) ? mark(document.activeElement) : null,
      words: target.contains(document.activeElement) ? document.activeElement.textContent : "",
      page: [window.scrollX, window.scrollY],
      frames: all(".list-frame", target).map((frame) => frame.scrollLeft),
    };
  });
  on("htmx:afterSettle", (event) => {
    const target = event.detail.elt.isConnected ? event.detail.elt : document.getElementById(event.detail.target.id) || document;
    begin(target);
    if (kept) {
      window.scrollTo(...kept.page);
      all(".list-frame", target).forEach((frame, place) => { frame.scrollLeft = kept.frames[place] || 0; });
      const again = kept.focus && document.querySelector(kept.focus);
      const alike = kept.words && all("a, button, summary", target).find((one) => one.textContent === kept.words);
      if (document.activeElement === document.body && (again || alike)) (again || alike).focus({ preventScroll: true });
      kept = null;
    }
    const says = target.matches && target.matches("[data-says]") ? target : target.querySelector("[data-says]");
    if (says) say(says.dataset.says || says.textContent);
  });
  on("htmx:responseError", (event) => refuse(`服务没有办成这件事（代码 ${event.detail.xhr.status}）。请刷新页面后再试。`));
  on("htmx:sendError", () => refuse("没有连上服务。请检查网络后再试。"));

  /* ---- Beginning ------------------------------------------------------------------------------------ */
  function begin(root) {
    all("figure.chart[data-chart]", root).forEach(draw);
    all("form[data-selection]").forEach(recall);
    /* What moves sideways can be moved with the keys. */
    all(".list-frame:not([tabindex])").filter((frame) => frame.scrollWidth > frame.clientWidth || frame.scrollHeight > frame.clientHeight)
      .forEach((frame) => { frame.tabIndex = 0; });
    all("[data-print]", root).forEach((button) => { button.hidden = false; });
    all("[data-opens]", root).forEach((opener) => {
      const panel = document.getElementById(opener.dataset.opens);
      if (panel) dialogue(panel);
    });
    all("dialog[data-opened]", root).forEach((dialog) => { if (!dialog.open) dialog.showModal(); });
  }
  on("DOMContentLoaded", () => begin(document));
})();
