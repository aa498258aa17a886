// Reads one answer with the AI SDK, as a page does: with its transport, and with the chat behind useChat.
import { AbstractChat, DefaultChatTransport, readUIMessageStream } from "ai";

const plan = JSON.parse(process.argv[2]);
const transport = new DefaultChatTransport({ api: plan.api });
const tell = (told) => process.stdout.write(JSON.stringify(told));

class State {
  status = "ready";
  error = undefined;
  messages = plan.messages ?? [];
  pushMessage = (message) => { this.messages = [...this.messages, message]; };
  popMessage = () => { this.messages = this.messages.slice(0, -1); };
  replaceMessage = (index, message) => {
    this.messages = this.messages.map((each, at) => (at === index ? message : each));
  };
  snapshot = (value) => structuredClone(value);
}

class Chat extends AbstractChat {
  constructor(options) {
    super({ ...options, state: new State() });
  }
}

if (plan.way === "read") {
  const stream = await transport.sendMessages({
    chatId: "chat-1", messages: plan.messages ?? [], trigger: "submit-message",
  });
  const [read, seen] = stream.tee();
  const chunks = (async () => {
    const all = [];
    for await (const chunk of seen) all.push(chunk);
    return all;
  })();
  const errors = [];
  let message = null;
  for await (const grown of readUIMessageStream({
    stream: read, onError: (error) => errors.push(error.message),
  })) message = grown;
  tell({ message, errors, chunks: await chunks });
} else {
  const calls = [];
  const finished = [];
  const chat = new Chat({
    id: "chat-1",
    transport,
    messages: plan.messages,
    onToolCall: ({ toolCall }) => { calls.push(toolCall); },
    onError: () => {},
    onFinish: ({ isAbort, isError, isDisconnect, finishReason }) =>
      finished.push({ isAbort, isError, isDisconnect, finishReason }),
  });
  if (plan.way === "resume") await chat.resumeStream();
  else await chat.sendMessage({ text: "hi", files: plan.files });
  tell({ messages: chat.messages, status: chat.status, error: chat.error?.message ?? null, calls, finished });
}
