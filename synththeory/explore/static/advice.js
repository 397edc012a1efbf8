// The second tab: advice on a table of one's own. The file goes to this machine's own server and nowhere else.

const find = (id) => document.getElementById(id);

export class Advice {
  constructor() {
    this.file = null;
    this.running = null;
    find("file").addEventListener("change", () => this.#take(find("file").files[0]));
    const drop = find("drop");
    for (const name of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", name === "dragover");
        if (name === "drop") this.#take(event.dataTransfer.files[0]);
      });
    }
    find("upload").addEventListener("submit", (event) => { event.preventDefault(); this.#ask(); });
    find("give-up").addEventListener("click", () => this.running && this.running.abort());
  }

  async #take(file) {
    if (!file) return;
    this.file = file;
    find("advising").textContent = `reading ${file.name}`;
    const response = await fetch(`api/columns?${new URLSearchParams([["name", file.name]])}`, { method: "POST", body: await file.arrayBuffer() });
    const answer = await response.json();
    find("advising").textContent = response.ok ? `${file.name}: ${answer.rows} rows, ${answer.columns.length} columns` : answer.message;
    const select = find("label");
    select.replaceChildren(...(answer.columns || []).map((each) => new Option(each)));
    if (answer.guess) select.value = answer.guess;
    select.disabled = find("ask").disabled = !response.ok;
  }

  async #ask() {
    this.running = new AbortController();
    find("ask").disabled = true;
    find("give-up").disabled = false;
    find("advising").textContent = "comparing; this takes seconds to a minute";
    try {
      const query = new URLSearchParams([["name", this.file.name], ["label", find("label").value]]);
      const response = await fetch(`api/advice?${query}`, { method: "POST", body: await this.file.arrayBuffer(), signal: this.running.signal });
      await this.#read(response);
    } catch (error) {
      find("advising").textContent = error.name === "AbortError" ? "stopped" : error.message;
    }
    find("ask").disabled = false;
    find("give-up").disabled = true;
  }

  // One JSON object a line: progress while it runs, the answer at the end.
  async #read(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      text += value || "";
      const lines = text.split("\n");
      text = lines.pop();
      lines.filter(Boolean).forEach((line) => this.#tell(JSON.parse(line)));
      if (done) return;
    }
  }

  #tell(news) {
    if (news.progress !== undefined) find("advising").textContent = news.progress;
    if (news.message !== undefined) find("advising").textContent = news.message;
    if (news.page === undefined) return;
    find("advising").textContent = "done";
    find("advice").hidden = false;
    find("advice").textContent = news.page;
    const figure = find("advice-figure");
    figure.hidden = !news.figure;
    figure.src = news.figure || "";
    figure.alt = "The page's figure: loss against the synthetic size, and every method against the better free fix";
    const link = find("advice-json");
    link.hidden = false;
    link.href = URL.createObjectURL(new Blob([news.json], { type: "application/json" }));
  }
}
