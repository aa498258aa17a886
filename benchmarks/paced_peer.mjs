// Reads so many streams at once by a client of npm; prints the seconds of processor time that they took.
const [client, url, streams] = process.argv.slice(2);

async function byOpenai() {
  const { default: OpenAI } = await import("openai");
  const sdk = new OpenAI({ apiKey: "x", baseURL: url });
  return async () => {
    const stream = await sdk.chat.completions.create({
      model: "m", stream: true, messages: [{ role: "user", content: "hi" }],
    });
    for await (const _ of stream);
  };
}

async function byAi() {
  const { streamText } = await import("ai");
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const provider = createOpenAICompatible({ name: "bench", apiKey: "x", baseURL: url });
  return async () => {
    const { textStream } = streamText({ model: provider("m"), prompt: "hi" });
    for await (const _ of textStream);
  };
}

const read = await (client === "ai" ? byAi() : byOpenai());
await read();
const before = process.cpuUsage();
await Promise.all(Array.from({ length: Number(streams) }, read));
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1e6);
