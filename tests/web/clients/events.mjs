// Reads the protocol `events` with the module of web.EVENTS_JS, over npm's eventsource.
import { EventSource } from "eventsource";

const plan = JSON.parse(process.argv[2]);
const { readEvents } = await import(plan.module);
const heard = [];
let closed = 0;

class Watched extends EventSource {
  close() {
    closed += 1;
    super.close();
  }
}

const alive = setInterval(() => {}, 1000);  // eventsource lets node end while it waits to connect again
await new Promise((done) => {
  readEvents(plan.api, {
    EventSource: Watched,
    chunk: (item, id) => heard.push({ chunk: item, id }),
    end: (end, id) => { heard.push({ end, id }); done(); },
    failure: (failure, id) => { heard.push({ failure, id }); done(); },
  });
});
clearInterval(alive);
process.stdout.write(JSON.stringify({ heard, closed }));
