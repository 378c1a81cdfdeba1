// Charts from <script type="application/json">; colours follow the look of the page.
import { all, loadScript, one, words } from "./dom.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const palette = () => [1, 2, 3, 4, 5, 6].map((number) => colour(`--ld-chart-${number}`));
const axisText = () => ({ color: colour("--ld-text-2"), fontSize: 12 });

const axes = (spec) => {
  const names = { type: "category", data: spec.categories, axisLabel: { ...axisText(), hideOverlap: true }, axisLine: { lineStyle: { color: colour("--ld-line-strong") } }, axisTick: { show: false } };
  const values = { type: "value", name: spec.unit ?? "", nameTextStyle: axisText(), axisLabel: axisText(), splitLine: { lineStyle: { color: colour("--ld-line") } }, minInterval: spec.whole ? 1 : undefined };
  return spec.horizontal ? { yAxis: { ...names, inverse: true }, xAxis: values } : { xAxis: names, yAxis: values };
};

const line = (series, spec) => ({
  name: series.name, data: series.data, type: series.kind ?? spec.kind, stack: spec.stacked ? "all" : undefined,
  barMaxWidth: 28, symbolSize: 6, smooth: false, itemStyle: { borderRadius: spec.stacked ? 0 : 3 },
  lineStyle: { width: 2, type: series.dashed ? "dashed" : "solid" },
});

const option = (spec) => {
  const common = {
    color: palette(), textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
    tooltip: { trigger: spec.categories && spec.kind !== "pie" ? "axis" : "item", backgroundColor: colour("--ld-surface"), borderColor: colour("--ld-line"), textStyle: { color: colour("--ld-text") }, confine: true },
    legend: { show: spec.series.length > 1, bottom: 0, icon: "circle", itemWidth: 8, itemHeight: 8, textStyle: axisText() },
  };
  if (spec.kind === "pie" || spec.kind === "funnel") {
    const shade = (index) => spec.kind === "funnel" ? { color: palette()[0], opacity: 1 - index * 0.6 / spec.categories.length } : {};
    const data = spec.categories.map((name, index) => ({ name, value: spec.series[0].data[index], itemStyle: shade(index) }));
    const label = { color: colour("--ld-text"), formatter: "{b} {c}" };
    return { ...common, series: [{ type: spec.kind, radius: ["45%", "68%"], sort: "none", gap: 2, left: "8%", right: "8%", top: 12, bottom: 12, data, label, itemStyle: { borderColor: colour("--ld-surface"), borderWidth: 2 } }] };
  }
  const grid = { left: 8, right: 16, top: spec.unit ? 36 : 16, bottom: common.legend.show ? 36 : 8, containLabel: true };
  return { ...common, ...axes(spec), grid, series: spec.series.map((series) => line(series, spec)) };
};

const draw = (figure) => {
  const host = one("[data-chart-canvas]", figure);
  const spec = JSON.parse(one(`#${CSS.escape(figure.dataset.chart)}`).textContent);
  const chart = echarts.getInstanceByDom(host) ?? echarts.init(host, null, { renderer: "canvas" });
  chart.setOption(option(spec), true);
  chart.off("click");
  if (spec.urls) chart.on("click", ({ dataIndex }) => { if (spec.urls[dataIndex]) location.href = spec.urls[dataIndex]; });
  return chart;
};

export const start = async (figures) => {
  await loadScript(words().echarts);
  figures.forEach((figure) => {
    const chart = draw(figure);
    new ResizeObserver(() => chart.resize()).observe(one("[data-chart-canvas]", figure));
  });
  new MutationObserver(() => all("[data-chart]").forEach(draw)).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
};
