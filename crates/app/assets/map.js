/* The operator's own map: shapes from the server, coloured like the tiles. Without it, or
 * without JavaScript, the tiles say the same. */
"use strict";
(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

  const option = (values) => {
    const wash = (own) => ({
      name: own.code,
      value: own.text,
      itemStyle: { areaColor: colour(own.class + "-wash"), borderColor: colour(own.class), borderWidth: 1.5 },
      label: { show: true, formatter: own.name.replace(/市$/, ""), color: colour("ink"), fontSize: 12 },
    });
    const byCode = Object.fromEntries(values.map((own) => [own.code, own]));
    return {
      animation: false,
      tooltip: {
        renderMode: "richText",
        formatter: (shown) => {
          const own = byCode[shown.name];
          return own ? own.name + "\n" + own.text : "";
        },
      },
      series: [{
        type: "map", map: "own", selectedMode: false, layoutCenter: ["50%", "50%"], layoutSize: "96%",
        emphasis: { itemStyle: { areaColor: colour("accent-wash") } },
        data: values.map(wash),
      }],
    };
  };

  const draw = async (figure) => {
    const values = JSON.parse(figure.dataset.values);
    const answer = await fetch(figure.dataset.map, { credentials: "same-origin" });
    if (!answer.ok || !window.echarts) return;
    window.echarts.registerMap("own", await answer.json());
    const drawing = document.createElement("div");
    drawing.className = "drawing map-drawing";
    drawing.setAttribute("aria-hidden", "true");
    figure.append(drawing);
    const chart = window.echarts.init(drawing, null, { renderer: "svg" });
    chart.setOption(option(values));
    chart.on("click", (shown) => {
      const own = values.find((value) => value.code === shown.name);
      if (own && own.address) window.location.assign(own.address);
    });
    window.addEventListener("resize", () => chart.resize());
  };

  const drawAll = (root) => {
    for (const figure of root.querySelectorAll("figure[data-map]")) {
      if (!figure.querySelector(".drawing")) draw(figure);
    }
  };

  document.addEventListener("DOMContentLoaded", () => drawAll(document));
  document.addEventListener("htmx:afterSwap", () => drawAll(document));
})();
