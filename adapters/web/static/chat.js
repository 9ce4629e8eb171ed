// One page of the web chat. What is said stays in `unsent` until the server has it safe, so that
// a cut connection loses nothing and says nothing twice (the server knows each event's id).
"use strict";

const person = document.body.dataset.person;
const entries = document.getElementById("entries");
const text = document.getElementById("text");
const lost = document.getElementById("lost");
const tabs = [...document.querySelectorAll("[role=tab]")];
const rooms = new Map(tabs.map((tab) => [tab.dataset.channel, new Map()]));
const unsent = new Map();
let channel = tabs[0].dataset.channel;
let socket;

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/talk?as=${person}`);
  socket.onopen = () => {
    lost.hidden = true;
    unsent.forEach((said) => socket.send(JSON.stringify(said)));
  };
  socket.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (event.kind === "taken") unsent.delete(event.event);
    if (event.kind === "entry") show(event);
  };
  socket.onclose = () => {
    lost.hidden = false;
    setTimeout(connect, 1000);
  };
}

function say(said) {
  const event = crypto.randomUUID();
  unsent.set(event, { event, channel, ...said });
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(unsent.get(event)));
}

function show(entry) {
  const known = rooms.get(entry.channel).has(entry.id);
  rooms.get(entry.channel).set(entry.id, entry.html);
  if (entry.channel === channel) {
    draw(entry);
  } else if (!known) {
    const news = tabs.find((tab) => tab.dataset.channel === entry.channel).querySelector(".news");
    news.hidden = false;
    news.textContent = Number(news.textContent) + 1;
  }
}

function draw(entry) {
  const box = document.createElement("div");
  box.innerHTML = entry.html; // rendered and escaped by the server
  const node = box.firstElementChild;
  node.dataset.entry = entry.id;
  if (node.dataset.person === person) node.classList.add("mine");
  const old = [...entries.children].find((child) => child.dataset.entry === entry.id);
  if (old) {
    old.replaceWith(node);
  } else {
    entries.append(node);
    entries.scrollTop = entries.scrollHeight;
  }
}

function open(name) {
  channel = name;
  entries.replaceChildren();
  rooms.get(name).forEach((html, id) => draw({ id, html }));
  tabs.forEach((tab) => {
    const chosen = tab.dataset.channel === name;
    tab.setAttribute("aria-selected", chosen);
    if (chosen) {
      tab.querySelector(".news").hidden = true;
      tab.querySelector(".news").textContent = "";
    }
  });
}

tabs.forEach((tab) => tab.addEventListener("click", () => open(tab.dataset.channel)));

entries.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-token]");
  if (!button) return;
  button.closest(".buttons").classList.add("pressed");
  say({ press: button.dataset.token, pressed_on: button.closest("article").dataset.entry });
});

document.getElementById("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  if (text.value.trim()) say({ text: text.value });
  text.value = "";
});

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    text.form.requestSubmit();
  }
});

connect();
