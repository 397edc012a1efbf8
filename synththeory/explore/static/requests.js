// Requests to the page's own server: one in flight for each view, and the newest setting wins.

export async function ask(path, query = "", options = {}) {
  const response = await fetch(query ? `${path}?${query}` : path, options);
  if (!response.ok) throw new Error((await response.json()).message);
  return response.json();
}

// A view: `draw(query)` is called for the newest query only, and never twice at once; `complain` shows a refusal.
export function newestOnly(draw, complain) {
  let waiting = null;
  let busy = false;
  async function next() {
    busy = true;
    while (waiting !== null) {
      const query = waiting;
      waiting = null;
      try { await draw(query, () => waiting === null); } catch (error) { complain(error.message); }
    }
    busy = false;
  }
  return (query) => {
    waiting = query;
    if (!busy) next();
  };
}

// Server-sent summaries; `onEnd` is given a message where it could not be done. Returns a function that ends them.
export function follow(path, query, onEvent, onEnd) {
  const source = new EventSource(`${path}?${query}`);
  const end = (message) => { source.close(); onEnd(message); };
  source.addEventListener("summary", (event) => onEvent(JSON.parse(event.data)));
  source.addEventListener("problem", (event) => end(JSON.parse(event.data).message));
  source.addEventListener("end", () => end(""));
  source.addEventListener("error", () => end("the simulation broke off"));
  return () => source.close();
}
