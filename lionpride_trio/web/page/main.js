// The page: asks, follows the answers of the question that the address names, and stops them.
import {enable, isEnabled, make} from "./dom.js";
import {readEvents} from "./events.js";
import {Lane} from "./lane.js";
import {keepTheme} from "./theme.js";
import {Timeline} from "./timeline.js";

const $ = (id) => document.getElementById(id);
const CHOSEN = "lionpride-models";
const timeline = new Timeline($("rows"), $("axis"));
let shown = null;  // {id, lanes, close}: what is followed

const isRunning = () => shown !== null && shown.lanes.some((lane) => lane.end === null);
const say = (text) => { $("status").textContent = text; };
const tell = (error) => { $("alert").textContent = error.message; };

async function request(method, path, body) {
  const headers = body === undefined ? {} : {"content-type": "application/json"};
  let answer;
  try {
    answer = await fetch(path, {method, headers, body: body && JSON.stringify(body)});
  } catch {
    throw new Error("The server cannot be reached. Is it still running?");
  }
  const text = await answer.text();
  const found = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(found?.message ?? `The server answered with the status ${answer.status}.`);
  return found;
}

async function listModels() {
  const names = await request("GET", "models");
  const kept = JSON.parse(localStorage.getItem(CHOSEN) ?? "null");
  const isChosen = kept?.some((name) => names.includes(name)) ? (name) => kept.includes(name) : () => true;
  names.forEach((name, n) => {
    const box = make("input", {type: "checkbox", value: String(n), checked: isChosen(name)});
    box.addEventListener("change", () => {
      localStorage.setItem(CHOSEN, JSON.stringify(chosen().map((number) => names[number])));
    });
    $("models").append(make("label", {data: {hue: n % 6}}, box, make("span", {}, name)));
  });
}

const chosen = () => [...$("models").querySelectorAll(":checked")].map((box) => Number(box.value));

async function ask() {
  const question = $("question").value.trim();
  $("alert").textContent = "";
  if (!question) return tell(new Error("Write a question first."));
  if (!chosen().length) return tell(new Error("Choose a model first."));
  if (!isEnabled($("ask"))) return;
  enable($("ask"), false);
  try {
    if (isRunning()) await stop();
    const {id} = await request("POST", "questions", {question, models: chosen()});
    location.hash = id;  // which lets `follow` read it, now and after a reload
    $("question").value = "";
  } catch (error) {
    tell(error);
  } finally {
    enable($("ask"), true);
  }
}

async function stop(lane) {
  const {id} = shown;
  try {
    await request("DELETE", `questions/${encodeURIComponent(id)}${lane === undefined ? "" : `/${lane}`}`);
  } catch (error) {
    tell(error);
  }
}

function follow() {
  const id = location.hash.slice(1);
  if (shown?.id === id) return;
  shown?.close();
  shown = null;
  $("shown").hidden = true;
  enable($("stop"), false);
  say("");
  document.title = "Ask several models";
  if (!id) return;
  const own = shown = {id, lanes: [], close: null};
  // What is read for a question that is not shown any more changes nothing.
  const ifShown = (act) => (told) => shown === own && act(told);
  own.close = readEvents(`questions/${encodeURIComponent(id)}`, {
    EventSource: ReportingSource,
    chunk: ifShown((fact) => fact.lane === undefined ? begin(own, fact) : add(own, fact)),
    end: ifShown(() => finish(own, "stopped")),
    failure: ifShown((failure) => {
      if (own.lanes.length) finish(own, "failed", failure);
      else tell(new Error("There is no such question here. It was asked of a server that has ended, or was kept long enough."));
    }),
  });
}

// The browser connects again by itself; who looks at the page is told of it.
class ReportingSource extends EventSource {
  constructor(url) {
    super(url);
    let isLost = false;
    this.addEventListener("error", () => {
      if (this.readyState !== EventSource.CONNECTING) return;
      isLost = true;
      say("The connection is lost. Trying again …");
    });
    this.addEventListener("open", () => {
      if (isLost) say("Connected again.");
      isLost = false;
    });
  }
}

function begin(own, {question, models}) {
  own.lanes = models.map((model, n) => new Lane(model, n, {stop: () => stop(n)}));
  $("lanes").replaceChildren(...own.lanes.map((lane) => lane.element));
  $("asked").textContent = question;
  $("alert").textContent = "";
  $("shown").hidden = false;
  document.title = question.slice(0, 80);
  timeline.begin(models);
  enable($("stop"), true);
  say(models.length === 1 ? "1 model answers." : `${models.length} models answer.`);
}

function add(own, fact) {
  const lane = own.lanes[fact.lane];
  lane.add(fact);
  timeline.add(fact.lane, fact);
  if (fact.end !== undefined) report(own, [lane]);
}

// The stream is over: lanes that have no end of their own were ended with it.
function finish(own, end, failure) {
  const open = own.lanes.filter((lane) => lane.end === null);
  for (const lane of open) {
    lane.finish(end, failure);
    timeline.finish(own.lanes.indexOf(lane), end);
  }
  report(own, open);
}

function report(own, ended) {
  const told = ended.map((lane) => `${lane.model}: ${lane.ending}.`);
  if (!isRunning()) {
    enable($("stop"), false);
    told.push("All answers have ended.");
  }
  if (ended.length) say(told.join(" "));
}

keepTheme($("theme"));
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
$("stop").addEventListener("click", () => isEnabled($("stop")) && stop());
$("skip").addEventListener("click", (event) => {
  event.preventDefault();  // the fragment of the address is the question's
  $("question").focus();
});
$("question").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("form").requestSubmit();
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isRunning()) stop();
});
addEventListener("hashchange", follow);
addEventListener("pageshow", (event) => event.persisted && follow());
listModels().then(follow, tell);
