// A row for each stream: waiting, each piece as a tick, tools as boxes, the end as a dot.
import {make, seconds} from "./dom.js";

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

class Row {
  constructor(model, hue) {
    this.canvas = make("canvas", {"aria-hidden": "true"});
    this.first = make("td", {}, "–");
    this.pieces = make("td", {}, "0");
    this.ended = make("td", {}, "–");
    this.element = make("tr", {data: {hue: hue % 6}},
      make("th", {scope: "row", title: model}, model), make("td", {className: "picture"}, this.canvas), this.first, this.pieces, this.ended);
    this.ticks = [];
    this.tools = [];
    this.open = new Map();
    this.count = 0;
    this.start = null;
    this.last = 0;
    this.end = null;
  }

  add(fact) {
    this.last = Math.max(this.last, fact.at);
    const isContent = fact.text !== undefined || fact.thought !== undefined || fact.call !== undefined;
    if (isContent) {
      if (this.start === null) {
        this.start = fact.at;
        this.first.textContent = seconds(fact.at);
      }
      this.count += 1;
      this.ticks.push([fact.at, fact.thought === undefined ? 1 : 0.5]);
    }
    if (fact.call !== undefined) {
      let tool = this.open.get(fact.call);
      if (tool === undefined) {
        tool = {from: fact.at, to: null, id: null};
        this.open.set(fact.call, tool);
        this.tools.push(tool);
      }
      tool.id ??= fact.id ?? null;
    }
    if (fact.result !== undefined) {
      const tool = this.tools.find((one) => one.id === fact.of);
      if (tool) tool.to = fact.at;
    }
    if (fact.end !== undefined) this.finish(fact.end);
  }

  finish(end) {
    if (this.end !== null) return;
    this.end = end;
    this.ended.textContent = this.last ? seconds(this.last) : "–";
  }

  draw(now, span) {
    this.pieces.textContent = String(this.count);
    const {pen, width, height, colour} = prepare(this.canvas);
    const x = (at) => 5 + (at / span) * (width - 12);
    const until = this.end === null ? Math.max(now, this.last) : this.last;
    const middle = height / 2;
    pen.fillStyle = pen.strokeStyle = colour;
    pen.lineWidth = 2;
    pen.globalAlpha = 0.7;
    pen.setLineDash([2, 4]);
    line(pen, x(0), middle, x(this.start ?? until), middle);
    pen.setLineDash([]);
    if (this.start !== null) {
      pen.globalAlpha = 0.16;
      pen.fillRect(x(this.start), 4, Math.max(1, x(until) - x(this.start)), height - 8);
      pen.globalAlpha = 0.85;
      for (const [at, size] of this.ticks) {
        const tall = (height - 8) * size;
        pen.fillRect(x(at) - 0.6, middle - tall / 2, 1.2, tall);
      }
    }
    pen.globalAlpha = 1;
    for (const tool of this.tools) {
      pen.lineWidth = 1.5;
      pen.strokeRect(x(tool.from) - 3, 2, Math.max(6, x(tool.to ?? until) - x(tool.from) + 6), height - 4);
    }
    if (this.end === null) return;
    pen.beginPath();
    if (this.end === "failed") {
      pen.lineWidth = 2.5;
      for (const sign of [1, -1]) line(pen, x(this.last) - 4, middle - 4 * sign, x(this.last) + 4, middle + 4 * sign);
    } else if (this.end === "stopped") {
      pen.fillRect(x(this.last) - 4, middle - 4, 8, 8);
    } else {
      pen.arc(x(this.last), middle, 4.5, 0, 7);
      pen.fill();
    }
  }
}

export class Timeline {
  constructor(body, axis) {
    this.body = body;
    this.axis = axis;
    this.rows = [];
    this.offset = null;  // of the page's clock against that of the streams
    this.frame = null;
    for (const event of ["resize", "themechange"]) addEventListener(event, () => this.ask());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.ask());
  }

  begin(models) {
    this.rows = models.map((model, n) => new Row(model, n));
    this.body.replaceChildren(...this.rows.map((row) => row.element));
    this.offset = performance.now() / 1000;
    this.ask();
  }

  add(lane, fact) {
    this.rows[lane].add(fact);
    // What is read late came early: the smallest difference is the true one.
    this.offset = Math.min(this.offset, performance.now() / 1000 - fact.at);
    this.ask();
  }

  finish(lane, end) {
    this.rows[lane].finish(end);
    this.ask();
  }

  ask() {
    this.frame ??= isCalm.matches ? setTimeout(() => this.draw(), 300) : requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = null;
    const now = performance.now() / 1000 - this.offset;
    const isRunning = this.rows.some((row) => row.end === null);
    const last = Math.max(1, ...this.rows.map((row) => row.last), isRunning ? now : 0);
    const span = last * (isRunning ? 1.06 : 1.01);
    for (const row of this.rows) row.draw(now, span);
    this.drawAxis(span);
    if (isRunning && !document.hidden) this.ask();
  }

  drawAxis(span) {
    const {pen, width, height, colour} = prepare(this.axis);
    const room = Math.max(2, width / 70);
    const step = STEPS.find((one) => span / one <= room) ?? 1000;
    pen.fillStyle = colour;
    pen.font = "11px system-ui, sans-serif";
    for (let n = 0; n * step <= span; n += 1) {
      const label = `${Number((n * step).toFixed(1))} s`;
      const x = 5 + ((n * step) / span) * (width - 12);
      pen.fillRect(x - 0.5, 0, 1, 4);
      pen.fillText(label, Math.min(Math.max(0, x - 8), width - pen.measureText(label).width), height - 3);
    }
  }
}

function prepare(canvas) {
  const {clientWidth: width, clientHeight: height} = canvas;
  const scale = devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  return {pen, width, height, colour: getComputedStyle(canvas).color};
}

function line(pen, ...[x0, y0, x1, y1]) {
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}
