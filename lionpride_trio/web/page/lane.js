// One model's answer: text, reasoning (folded), tool calls, and how it ended.
import {make, seconds} from "./dom.js";

const ENDS = {
  complete: "Complete", length: "Cut by a limit", tool_use: "Waits for a tool", blocked: "Cut by a filter",
  refused: "Declined", paused: "Paused", stopped: "Stopped", unknown: "Ended", failed: "Failed",
};

export class Lane {
  constructor(model, hue, {stop}) {
    const [provider, ...rest] = model.split("/");
    const title = make("h3", {id: `lane-${hue}`, tabIndex: -1});
    if (rest.length) title.append(make("span", {}, `${provider}/`), rest.join("/"));
    else title.append(model);
    this.model = model;
    this.button = make("button", {type: "button", className: "quiet", "aria-label": `Stop ${model}`}, "Stop");
    this.button.addEventListener("click", stop);
    this.title = title;
    this.waiting = make("p", {className: "waiting"}, "Waiting …");
    this.body = make("div", {}, this.waiting);
    this.footer = make("footer");
    this.element = make("article", {className: "lane", "aria-labelledby": title.id, "aria-busy": "true", data: {hue: hue % 6}},
      make("header", {}, title, this.button), this.body, this.footer);
    this.end = null;
    this.at = 0;
    this.tokens = new Map();
    this.calls = new Map();
    this.callsById = new Map();
    this.kind = null;  // of the part that grows
    this.grows = null;
  }

  add(fact) {
    this.at = Math.max(this.at, fact.at);
    if (fact.text !== undefined) this.grow("text", fact.text);
    else if (fact.thought !== undefined) this.grow("thought", fact.thought);
    else if (fact.call !== undefined) this.addCall(fact);
    else if (fact.result !== undefined) this.addResult(fact);
    else if (fact.tokens !== undefined) this.tokens.set(fact.turn, fact.tokens);
    else if (fact.end !== undefined) this.finish(fact.end, fact.failure);
  }

  grow(kind, text) {
    if (this.kind !== kind) {
      this.grows = document.createTextNode("");
      const paragraph = make("p", {className: kind === "text" ? "text" : ""}, this.grows);
      this.put(kind, kind === "text" ? paragraph : make("details", {}, make("summary", {}, "Reasoning"), paragraph));
    }
    this.grows.appendData(text);
  }

  put(kind, element) {
    this.waiting.remove();
    this.kind = kind;
    this.body.append(element);
  }

  addCall({call, id, name, arguments: piece}) {
    let card = this.calls.get(call);
    if (card === undefined) {
      card = {name: make("b"), state: make("span", {}, "called"), said: document.createTextNode("")};
      card.element = make("section", {className: "tool"}, make("h4", {}, card.name, card.state), make("pre", {}, card.said));
      this.calls.set(call, card);
      this.put("call", card.element);
    }
    if (id) this.callsById.set(id, card);
    if (name) {
      card.name.append(name);
      card.element.setAttribute("aria-label", `Tool ${card.name.textContent}`);
    }
    if (piece) card.said.appendData(piece);
  }

  addResult({result, of, failed}) {
    const card = this.callsById.get(of);
    if (card === undefined) return;
    card.state.textContent = failed ? "failed" : "done";
    card.element.classList.toggle("failed", Boolean(failed));
    card.element.append(make("pre", {}, result));
  }

  finish(end, failure) {
    if (this.end !== null) return;
    this.end = end;
    this.waiting.remove();
    if (failure) {
      const wait = failure.retry_after ? ` Try again in ${Math.ceil(failure.retry_after)} s.` : failure.retryable ? " Try again." : "";
      this.body.append(make("p", {className: "failure"}, make("b", {}, failure.error), failure.message + wait));
    }
    const count = [...this.tokens.values()].reduce((sum, one) => sum + one, 0);
    const facts = [this.ending, this.at ? seconds(this.at) : null, count ? `${count} tokens` : null];
    this.footer.textContent = facts.filter(Boolean).join(" · ");
    this.element.setAttribute("aria-busy", "false");
    // The focus goes on in this lane: with a button that vanishes it would fall out of the page.
    if (document.activeElement === this.button) this.title.focus();
    this.button.hidden = true;
  }

  get ending() {
    return ENDS[this.end] ?? this.end;
  }
}
