// The texts of a file through resumable-stream, followed by a second reader; prints the seconds.
import { readFileSync } from "node:fs";
import { createClient } from "redis";
import { createResumableStreamContext } from "resumable-stream/generic";

const [url, file] = process.argv.slice(2);
const texts = JSON.parse(readFileSync(file, "utf8"));
const publisher = createClient({ url });
const subscriber = createClient({ url });
await Promise.all([publisher.connect(), subscriber.connect()]);
const context = createResumableStreamContext({ waitUntil: null, publisher, subscriber });

let begin;
const begun = new Promise((resolve) => { begin = resolve; });
let next = 0;
const source = () =>
  new ReadableStream({
    async pull(controller) {
      await begun;
      if (next < texts.length) controller.enqueue(texts[next++]);
      else controller.close();
    },
  });

async function count(stream) {
  let characters = 0;
  for await (const text of stream) characters += text.length;
  return characters;
}

const id = `bench-${process.pid}`;
const first = count(await context.createNewResumableStream(id, source));
const second = await context.resumeExistingStream(id);
const began = performance.now();
begin();
const [made, got] = await Promise.all([first, count(second)]);
const took = (performance.now() - began) / 1000;
if (made !== got) throw new Error(`${got} of ${made} characters came`);
console.log(took);
process.exit(0);
