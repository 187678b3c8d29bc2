"use strict";
// Adds what needs a script to charts that are whole without one: values under the pointer, and zoom by dragging.
for (const button of document.querySelectorAll("button.zoom")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const place = document.getElementById(button.getAttribute("aria-controls"));
    if (place.firstChild) {
      place.replaceChildren();
      button.textContent = "Zoom";
      return;
    }
    button.textContent = "Close";
    const { start, step, low, high, limits } = JSON.parse(button.dataset.series);
    const times = low.map((_, place) => start + step * place);
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--edge") }, ticks: { stroke: colour("--edge") } };
    const line = { stroke: colour("--line"), width: 1, spanGaps: false };
    new uPlot({
      width: Math.min(place.clientWidth, 860),
      height: 320,
      tzDate: (stamp) => uPlot.tzDate(new Date(stamp * 1000), "UTC"),
      axes: [axis, axis],
      series: [
        { label: "time, UTC" },
        { ...line, label: "least" },
        { ...line, label: "greatest" },
        ...limits.map(([label]) => ({ label, stroke: colour("--bad"), dash: [6, 4], points: { show: false } })),
      ],
      bands: [{ series: [2, 1], fill: colour("--line") + "33" }],
    }, [times, low, high, ...limits.map(([, value]) => times.map(() => value))], place);
  });
}
