// Runs an agent with AG-UI's HttpAgent, and tells its messages, and what its subscriber heard.
import { HttpAgent } from "@ag-ui/client";

const plan = JSON.parse(process.argv[2]);
const agent = new HttpAgent({ url: plan.api, threadId: "thread-1", initialMessages: plan.messages ?? [] });
const heard = [];
const warnings = [];
console.warn = (...words) => warnings.push(words.join(" "));
console.error = (...words) => warnings.push(words.join(" "));
let failure = null;
try {
  await agent.runAgent({ runId: "run-1", context: plan.context }, {
    onEvent: ({ event }) => { heard.push(event); },
  });
} catch (error) {
  failure = error.message;
}
process.stdout.write(JSON.stringify({ messages: agent.messages, events: heard, failure, warnings }));
