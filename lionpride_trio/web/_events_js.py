"""`EVENTS_JS`: the client of the protocol ``events``, for a page without a build step."""

from typing import Final

EVENTS_JS: Final = """\
// Reads the protocol `events` of lionpride_trio: readEvents("/chat/42", {chunk, end, failure}).
// The browser connects again by itself, with the id of the last item. Returns what closes it.
export function readEvents(url, {chunk, end, failure, EventSource = globalThis.EventSource}) {
  const source = new EventSource(url);
  const on = (name, tell, isLast) => source.addEventListener(name, (event) => {
    if (isLast) source.close();  // it would connect again, and ask anew
    tell?.(JSON.parse(event.data), event.lastEventId);
  });
  on("chunk", chunk, false);
  on("end", end, true);
  on("failure", failure, true);
  source.addEventListener("error", () => {  // a status that is no stream: nothing is tried again
    if (source.readyState === 2) failure?.({error: "ConnectionLost", message: "The connection failed."});
  });
  return () => source.close();
}
"""
"""A module of JavaScript for a page: ``readEvents(url, {chunk, end, failure})``.

It calls ``chunk`` for each item, and ``end`` or ``failure`` once, then closes; a connection that is lost
is made again with the id of the last item.  Serve it as ``text/javascript``.
"""
