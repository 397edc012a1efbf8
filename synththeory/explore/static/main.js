// The page: what changes asks the server, what comes back is drawn.

import { Advice } from "./advice.js";
import { Controls } from "./controls.js";
import { Curve } from "./curve.js";
import { save, savePng, svgText } from "./files.js";
import { Geometry } from "./geometry.js";
import { RegimeMap } from "./map.js";
import { short } from "./numbers.js";
import { ask, follow, newestOnly } from "./requests.js";
import { State } from "./state.js";
import { worded } from "./svg.js";
import { beside, csv, showTable } from "./table.js";

const REST = 350; // milliseconds without a change of a control before the simulation starts
const PAUSE = 100; // and before the geometry is asked for: the curve goes first
const SPOKEN = 1200; // and before the answer is read aloud
const find = (id) => document.getElementById(id);

const state = new State(window.location.search);
const curve = new Curve(find("curve"), handleMoved);
const map = new RegimeMap(find("map"), mapMoved, mapChosen);
const geometry = new Geometry(find("geometry"));
const controls = new Controls(find("settings"), changed);
let seconds = 60; // of one simulation
let pinned = null;
let presets = [];
let listing = null; // the presets, asked for once and after the first answer
let shown = null; // the newest answer about a setting
let rows = [];
let drawn = null; // the setting whose theory is drawn
let simulated = null; // the newest simulation's setting, and what it has told
let stopSimulation = () => {};
let rest = 0;
let pause = 0;
let moving = false; // whether a control was changed last, which may be held; a page just opened and a preset are not
let spoken = 0;

const complain = (message) => { find("problems").textContent = message; };

const askPage = newestOnly(async (query, newest) => {
  const page = await ask("api/page", state.query).finally(listPresets);
  if (!newest()) return;
  if (state.study === null) {
    state.begin({ study: page.study, cell: page.cell, settings: page.settings });
    query = state.design;
  }
  worded(find("notice"), page.notice);
  shown = page;
  choosePreset();
  controls.show(page.controls, page.problems);
  find("problems").textContent = page.problems.filter((each) => !each.key).map((each) => each.message).join("\n");
  find("command").textContent = page.command;
  if (page.problems.length) return;
  find("save-toml").href = `api/design.toml?${query}`;
  showTheory(page.theory, query);
  window.clearTimeout(pause);
  pause = window.setTimeout(() => askGeometry(state.pointed), moving ? PAUSE : 0);
  window.clearTimeout(rest);
  rest = window.setTimeout(() => {
    simulate();
    if (page.theory.columns) askMore(query);
    else askTheory(query);
  }, moving ? REST : 0);
}, complain);

const askTheory = newestOnly(async (query, newest) => {
  const view = await ask("api/theory", query).finally(() => askMore(query));
  if (newest() && query === state.design) showTheory(view, query);
}, complain);

// After the points and the best theory, which they would keep waiting.
function askMore(query) {
  if (query !== state.design) return;
  askMap(query);
  askDisabled(query);
}

// First order at once, with the controls; the best theory known, and the table's, once a setting has rested.
function showTheory(view, query) {
  drawn = query;
  curve.gamma = Number(state.gamma);
  curve.setTheory(view);
  curve.stale(false);
  curve.busy(!view.columns);
  showPoints();
  worded(find("curve-words"), view.caption);
  worded(find("answer"), view.answer.join(" "));
  window.clearTimeout(spoken);
  if (view.columns) spoken = window.setTimeout(() => { find("live").textContent = find("answer").textContent; }, SPOKEN);
}

const askDisabled = newestOnly(async (query, newest) => {
  const list = await ask("api/disabled", query);
  if (newest() && query === state.design) controls.disable(list);
}, complain);

const askMap = newestOnly(async (query, newest) => {
  const view = await ask("api/map", `${query}&${new URLSearchParams([["map", map.kind]])}`);
  if (!newest() || query !== state.design) return;
  worded(find("map-words"), view.map.words);
  map.show(view);
  map.stale(false);
}, complain);

const askGeometry = newestOnly(async (query, newest) => {
  const view = await ask("api/geometry", query);
  if (!newest() || query !== state.pointed) return;
  worded(find("geometry-words"), view.words);
  geometry.show(view);
  geometry.stale(false);
}, complain);

function changed(key, value) {
  state.set(key, value);
  refresh(true);
}

function refresh(held = false) {
  moving = held;
  stopSimulation();
  simulated = null;
  window.clearTimeout(rest);
  window.clearTimeout(pause);
  for (const view of [curve, map, geometry]) view.stale(true);
  find("progress").textContent = "";
  address();
  askPage(state.design);
}

function simulate() {
  stopSimulation();
  const query = state.design;
  const progress = find("progress");
  progress.textContent = "simulating; the first run after an install compiles kernels";
  find("stop").disabled = false;
  const heard = { query, view: null };
  simulated = heard;
  stopSimulation = follow("api/simulation", `${state.query}&seconds=${seconds}`, (view) => {
    heard.view = view;
    if (heard !== simulated) return;
    showPoints();
    progress.textContent = `${view.replications} replications${view.failed ? `, ${view.failed} failed fits` : ""}`;
    if (pinned && view.replications >= 500) comparePinned();
  }, (message) => {
    if (heard !== simulated) return;
    find("stop").disabled = true;
    if (message) progress.textContent = message;
    else if (!heard.view) progress.textContent = "no result in this time: raise the seconds under More";
  });
}

// Points and theory come in any order, and are shown over and beside those of their own setting only.
function showPoints() {
  const view = simulated && simulated.query === drawn ? simulated.view : null;
  rows = view ? beside(view.rows, curve.theory.columns || []) : [];
  curve.setSimulation(view);
  showTable(find("table"), rows);
}

function handleMoved(gamma) {
  state.gamma = String(gamma);
  address();
  geometry.stale(true);
  askGeometry(state.pointed);
}

function mapMoved(view, right, up) {
  for (const [axis, value] of [[view.x, right], [view.y, up]]) for (const change of axis.changes) state.set(change.key, change.written === null ? value : change.written);
  refresh(true);
}

function mapChosen() {
  map.stale(true);
  askMap(state.design);
}

function listPresets() {
  listing ??= ask("api/presets").then(showPresets);
}

function showPresets(list) {
  const select = find("preset");
  const groups = { questions: document.createElement("optgroup"), studies: document.createElement("optgroup") };
  groups.questions.label = "Questions";
  groups.studies.label = "Studies, by name and cell";
  presets = list;
  list.forEach((preset, place) => groups[preset.question ? "questions" : "studies"].append(new Option(preset.title, String(place))));
  select.replaceChildren(new Option("changed; choose one …", ""), groups.questions, groups.studies);
  select.addEventListener("change", () => {
    if (select.value === "") return;
    state.begin(list[Number(select.value)]);
    refresh();
  });
  choosePreset();
}

// The preset that the state is; none once something is changed.
function choosePreset() {
  const place = shown ? presets.findIndex((each) => each.study === shown.study && each.cell === shown.cell && each.settings.join() === shown.settings.join()) : -1;
  find("preset").value = place < 0 ? "" : String(place);
}

function comparePinned() {
  const query = new URLSearchParams([["a", pinned.query], ["b", state.design]]);
  ask("api/contrast", query.toString()).then((view) => { find("pinned").textContent = view.words; }).catch((error) => { find("pinned").textContent = error.message; });
}

function wire() {
  find("settings").addEventListener("submit", (event) => event.preventDefault());
  find("stop").addEventListener("click", () => { stopSimulation(); find("stop").disabled = true; find("progress").textContent += ", stopped"; });
  find("run-on").addEventListener("click", () => { seconds *= 2; atMost(2 * Number(state.replications)); });
  find("pin").addEventListener("click", () => {
    pinned = pinned ? null : { query: state.design };
    curve.pinned = pinned ? curve.theory : null;
    find("pin").textContent = pinned ? "Unpin A" : "Pin as A";
    find("pinned").textContent = pinned ? "A is pinned: change a setting, and B is compared with it." : "";
    curve.draw();
  });
  find("copy-link").addEventListener("click", () => copy(window.location.href, find("copy-link")));
  find("copy-command").addEventListener("click", () => copy(find("command").textContent, find("copy-command")));
  find("save-csv").addEventListener("click", () => save("numbers.csv", csv(rows), "text/csv"));
  find("save-svg").addEventListener("click", () => save("curve.svg", svgText(find("curve").querySelector("svg")), "image/svg+xml"));
  find("save-png").addEventListener("click", () => savePng("curve.png", find("curve").querySelector("svg")));
  find("guess").addEventListener("change", guessFirst);
  wireTabs();
  find("replications").value = state.replications;
  find("replications").addEventListener("change", () => atMost(Math.max(10, Math.round(Number(find("replications").value)) || 10)));
  find("seconds").addEventListener("change", () => { seconds = Math.max(1, Math.round(Number(find("seconds").value)) || 1); simulate(); });
}

function guessFirst() {
  const place = find("guessing");
  curve.hidden = find("guess").checked;
  place.hidden = !curve.hidden;
  if (curve.hidden) {
    const reveal = document.createElement("button");
    reveal.type = "button";
    reveal.textContent = "Show what my guess costs";
    reveal.addEventListener("click", () => {
      curve.hidden = false;
      find("guess").checked = false;
      place.textContent = curve.theory.lines.filter((each) => each.best).map((each) => `${each.words}: at γ = ${short(curve.gamma)} ${short(at(each.points, curve.gamma) / each.best[1])} times the least`).join("; ");
      curve.draw();
    });
    place.replaceChildren("How many synthetic rows? Move the blue handle to your guess. ", reveal);
  }
  curve.draw();
}

function at(points, gamma) {
  const after = points.findIndex(([each]) => each >= gamma);
  if (after <= 0) return points[Math.max(after, 0)][1];
  const [[left, low], [right, high]] = [points[after - 1], points[after]];
  return low + ((high - low) * (gamma - left)) / (right - left);
}

async function copy(words, button) {
  const before = button.textContent;
  try { await navigator.clipboard.writeText(words); button.textContent = "Copied"; } catch { window.prompt("Copy:", words); }
  window.setTimeout(() => { button.textContent = before; }, 1500);
}

function atMost(replications) {
  state.replications = String(replications);
  find("replications").value = state.replications;
  address();
  find("command").textContent = find("command").textContent.replace(/--replications \d+/, `--replications ${replications}`);
  simulate();
}

function address() {
  window.history.replaceState(null, "", state.study === null ? window.location.pathname : `?${state.query}`);
}

function wireTabs() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const choose = (tab) => tabs.forEach((each) => {
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
    find(each.getAttribute("aria-controls")).hidden = each !== tab;
  });
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(place + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    });
  });
}

wire();
new Advice();
refresh();
