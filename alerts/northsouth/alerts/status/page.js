(function () {
  "use strict";

  var SVG = "http://www.w3.org/2000/svg";
  var WORDS = { operational: "Operational", degraded: "Degraded", outage: "Outage", unknown: "Status unknown" };
  var DAYS = 90, DAY = 86400000;
  // The better a day, the higher its bar: the states differ without colours, too.
  var BARS = { operational: 28, degraded: 18, outage: 9, none: 3 };
  var HEIGHT = 200, LEFT = 60, RIGHT = 12, TOP = 12, BOTTOM = 28;

  var main = byId("status");
  var staleAfter = Number(main.dataset.staleSeconds) * 1000;
  var refresh = Number(main.dataset.refreshSeconds) * 1000;
  var known = null, drawn = null;

  function byId(id) { return document.getElementById(id); }

  // All text reaches the page by textContent: whatever a name holds, it stays text.
  function write(id, text) { byId(id).textContent = text; }

  function element(name, attributes, text) {
    var made = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { made.setAttribute(key, String(attributes[key])); });
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  function moment(milliseconds) {
    return new Date(milliseconds).toLocaleString(undefined, {
      day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short"
    });
  }

  function clock(milliseconds) {
    return new Date(milliseconds).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  }

  function length(milliseconds) {
    var minutes = Math.max(1, Math.round(milliseconds / 60000));
    if (minutes < 120) { return minutes + " min"; }
    if (minutes < 2880) { return Math.floor(minutes / 60) + " h " + (minutes % 60) + " min"; }
    return Math.round(minutes / 1440) + " days";
  }

  // Date.parse alone finds a date in almost any text.
  function instant(text) { return /^\d{4}-\d\d-\d\dT\d\d:/.test(text) ? Date.parse(text) : NaN; }

  function list(value) { return Array.isArray(value) ? value : []; }

  function isState(value) { return typeof value === "string" && Object.prototype.hasOwnProperty.call(WORDS, value); }

  function show(status, uptime) {
    var updated = instant(status.updated);
    if (!isState(status.state) || isNaN(updated)) { throw new Error("not a status"); }
    known = { state: status.state, since: instant(status.since), updated: updated };
    var time = byId("updated");
    time.textContent = moment(updated);
    time.setAttribute("datetime", new Date(updated).toISOString());
    listComponents(status.components, uptime, updated);
    drawSuccess(status.success);
    listHistory(status.history);
  }

  function judge() {
    var now = byId("now"), warning = byId("warning");
    var age = known ? Date.now() - known.updated : 0;
    var stale = known !== null && age > staleAfter;
    var state = known && !stale ? known.state : "unknown";
    now.className = state;
    write("state", known ? WORDS[state] : "No status has been published yet");
    if (!known || stale || isNaN(known.since)) {
      write("since", stale ? "Last known: " + WORDS[known.state].toLowerCase() : "");
    } else {
      write("since", "since " + moment(known.since));
    }
    warning.hidden = !stale;
    warning.textContent = stale
      ? "This page has had no news for " + length(age) + ". What it shows may no longer be true."
      : "";
    now.hidden = false;
    byId("foot").hidden = false;
    main.setAttribute("aria-busy", "false");
  }

  function html(tag, name, text) {
    var made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
  }

  function listComponents(components, uptime, updated) {
    var shown = list(components).filter(function (each) {
      return each && typeof each === "object" && typeof each.name === "string" && isState(each.state);
    });
    var place = byId("components");
    byId("parts").hidden = !shown.length;
    while (place.firstChild) { place.removeChild(place.firstChild); }
    shown.forEach(function (component) {
      var item = document.createElement("li"), line = html("div", "line", ""), ends = html("div", "line ends", "");
      var days = daysOf(list(uptime && uptime.components), component.name, updated);
      // The service as a whole has the page's name.
      var name = component.name === "*" ? document.title : component.name;
      line.appendChild(html("span", "name", name));
      line.appendChild(html("span", "state " + component.state, WORDS[component.state]));
      ends.appendChild(html("span", "", DAYS + " days ago"));
      ends.appendChild(html("span", "share", share(days)));
      ends.appendChild(html("span", "", "Today"));
      item.appendChild(line);
      item.appendChild(bars(days, name));
      item.appendChild(ends);
      place.appendChild(item);
    });
  }

  // For each of the last days how long it was, in seconds, and how long the component was down or degraded.
  function daysOf(components, name, updated) {
    var kept = components.filter(function (each) { return each && each.name === name; })[0];
    var records = kept && kept.days && typeof kept.days === "object" ? kept.days : {};
    var today = updated - updated % DAY, found = [];
    for (var ago = DAYS - 1; ago >= 0; ago -= 1) {
      var start = today - ago * DAY, key = new Date(start).toISOString().slice(0, 10);
      var record = Object.prototype.hasOwnProperty.call(records, key) ? records[key] : null;
      found.push({
        start: start, known: record !== null, seconds: (ago ? DAY : updated - start) / 1000,
        outage: seconds(record && record.outage), degraded: seconds(record && record.degraded)
      });
    }
    return found;
  }

  function seconds(value) { return typeof value === "number" && isFinite(value) && value > 0 ? value : 0; }

  function share(days) {
    var whole = 0, down = 0;
    days.forEach(function (day) {
      if (day.known) {
        whole += day.seconds;
        down += Math.min(day.outage, day.seconds);
      }
    });
    // Rounded down: 100 % is said of no time with an outage.
    return whole ? Math.floor((1 - down / whole) * 10000) / 100 + " % up" : "No records";
  }

  function bars(days, name) {
    var svg = element("svg", {
      viewBox: "0 0 " + DAYS * 4 + " " + BARS.operational, preserveAspectRatio: "none", role: "img",
      "aria-label": name + ": " + share(days) + " in " + DAYS + " days"
    });
    days.forEach(function (day, index) {
      var kind = !day.known ? "none" : day.outage ? "outage" : day.degraded ? "degraded" : "operational";
      var bar = element("rect", {
        "class": kind, x: index * 4, y: BARS.operational - BARS[kind], width: 3, height: BARS[kind]
      });
      bar.appendChild(element("title", {}, about(day)));
      svg.appendChild(bar);
    });
    return svg;
  }

  function about(day) {
    var date = new Date(day.start).toLocaleDateString(undefined, {
      day: "numeric", month: "short", year: "numeric", timeZone: "UTC"
    });
    if (!day.known) { return date + ": no record"; }
    var parts = [];
    if (day.outage) { parts.push("down for " + length(day.outage * 1000)); }
    if (day.degraded) { parts.push("degraded for " + length(day.degraded * 1000)); }
    return date + ": " + (parts.join(", ") || "no outage");
  }

  function drawSuccess(success) {
    drawn = success;
    var times = list(success && success.times), values = list(success && success.values);
    var points = [];
    times.forEach(function (at, index) {
      var time = instant(at);
      if (!isNaN(time) && typeof values[index] === "number" && isFinite(values[index])) {
        points.push([time, values[index]]);
      }
    });
    byId("success").hidden = !success;
    var graph = byId("graph");
    while (graph.firstChild) { graph.removeChild(graph.firstChild); }
    if (!success) { return; }
    if (!points.length) {
      write("summary", "There is no data.");
      return;
    }
    points.sort(function (one, other) { return one[0] - other[0]; });
    var limit = typeof success.limit === "number" ? success.limit : null;
    var unit = typeof success.unit === "string" && success.unit ? " " + success.unit : "";
    var lowest = points.reduce(function (low, point) { return point[1] < low[1] ? point : low; });
    var newest = points[points.length - 1];
    var words = "Lowest " + figure(lowest[1]) + unit + " at " + moment(lowest[0]) +
      ", newest " + figure(newest[1]) + unit + "." +
      (limit === null ? "" : " The dashed line is at " + figure(limit) + unit + ".");
    write("summary", words);
    graph.appendChild(chart(points, limit, unit, words, Number(success.period) * 1000 || 300000));
  }

  function figure(value) { return String(Math.round(value * 100) / 100); }

  function chart(points, limit, unit, words, period) {
    var width = Math.max(260, byId("graph").clientWidth);
    var values = points.map(function (point) { return point[1]; });
    if (limit !== null) { values.push(limit); }
    if (unit === " %") { values.push(100); }
    var marks = ticks(Math.min.apply(null, values), Math.max.apply(null, values));
    var low = marks[0], high = marks[marks.length - 1];
    var end = points[points.length - 1][0] + period, start = Math.min(points[0][0], end - 86400000);

    function x(time) { return LEFT + (time - start) / (end - start) * (width - LEFT - RIGHT); }
    function y(value) { return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM); }
    function place(value) { return Math.round(value * 10) / 10; }

    var svg = element("svg", { width: width, height: HEIGHT, viewBox: "0 0 " + width + " " + HEIGHT, role: "img", "aria-label": words });
    marks.forEach(function (value) {
      var at = place(y(value));
      svg.appendChild(element("line", { "class": "grid", x1: LEFT, x2: width - RIGHT, y1: at, y2: at }));
      svg.appendChild(element("text", { x: LEFT - 8, y: at + 4, "text-anchor": "end" }, figure(value) + unit));
    });
    [[start, "start"], [(start + end) / 2, "middle"], [end, "end"]].forEach(function (mark) {
      svg.appendChild(element("text", { x: place(x(mark[0])), y: HEIGHT - 8, "text-anchor": mark[1] }, clock(mark[0])));
    });
    if (limit !== null) {
      svg.appendChild(element("line", {
        "class": "limit", x1: LEFT, x2: width - RIGHT, y1: place(y(limit)), y2: place(y(limit))
      }));
    }
    runs(points, period).forEach(function (run) {
      var path = run.map(function (point) { return place(x(point[0])) + "," + place(y(point[1])); }).join(" ");
      svg.appendChild(run.length > 1
        ? element("polyline", { "class": "series", points: path })
        : element("circle", { "class": "point", cx: place(x(run[0][0])), cy: place(y(run[0][1])), r: 2 }));
    });
    return svg;
  }

  // Round numbers from below the lowest value to above the highest: 99, 99.5, 100.
  function ticks(low, high) {
    var rough = (high - low) / 3 || Math.abs(high) / 10 || 1;
    var power = Math.pow(10, Math.floor(Math.log10(rough)));
    var step = [1, 2, 5, 10].map(function (nice) { return nice * power; })
      .filter(function (nice) { return nice >= rough * 0.999; })[0];
    var found = [];
    for (var at = Math.floor(low / step + 1e-6); at <= Math.ceil(high / step - 1e-6); at += 1) { found.push(at * step); }
    if (found.length === 1) { found.unshift(found[0] - step); }
    return found;
  }

  // A gap in the data is a gap in the line.
  function runs(points, period) {
    var found = [];
    points.forEach(function (point, index) {
      if (!index || point[0] - points[index - 1][0] > 2 * period) { found.push([]); }
      found[found.length - 1].push(point);
    });
    return found;
  }

  // From changes of state to times of outage; one that began before the first change has no known start.
  function outages(changes) {
    var found = [], open = null;
    changes
      .filter(function (change) { return change && typeof change === "object" && !isNaN(instant(change.at)); })
      .sort(function (one, other) { return instant(one.at) - instant(other.at); })
      .forEach(function (change, index) {
        var at = instant(change.at);
        if (!index && change.was === "outage") { open = { start: null, end: null }; }
        if (open && change.state !== "outage") {
          open.end = at;
          found.push(open);
          open = null;
        } else if (!open && change.state === "outage") {
          open = { start: at, end: null };
        }
      });
    return open ? found.concat(open) : found;
  }

  function listHistory(changes) {
    var history = byId("history");
    byId("past").hidden = !Array.isArray(changes);
    while (history.firstChild) { history.removeChild(history.firstChild); }
    var found = outages(list(changes)).reverse();
    if (!found.length) { // the section is hidden where the history is not known
      var none = document.createElement("li");
      none.textContent = "None in the last 30 days.";
      history.appendChild(none);
    }
    found.forEach(function (outage) {
      var item = document.createElement("li"), detail = document.createElement("span");
      detail.className = "length";
      if (outage.start === null) {
        item.textContent = "Until " + moment(outage.end);
      } else if (outage.end === null) {
        item.textContent = "Since " + moment(outage.start);
        detail.textContent = ", not over";
      } else {
        item.textContent = moment(outage.start);
        detail.textContent = ", for " + length(outage.end - outage.start);
      }
      item.appendChild(detail);
      history.appendChild(item);
    });
  }

  function load(name) {
    return fetch(name, { cache: "no-store", credentials: "omit" }).then(function (answer) {
      if (!answer.ok) { throw new Error("no " + name); }
      return answer.json();
    });
  }

  function ask() {
    // Without the records of days the page shows the rest.
    Promise.all([load("status.json"), load("uptime.json").catch(function () { return null; })])
      .then(function (loaded) { show(loaded[0], loaded[1]); })
      // What is known stays on the page, and is called stale once it is.
      .catch(function () { return null; })
      .then(function () {
        judge();
        setTimeout(ask, refresh);
      });
  }

  window.addEventListener("resize", function () { if (drawn) { drawSuccess(drawn); } });
  ask();
})();
