// Lists of whole numbers out of texts, and what a run holds on a day. The texts are made by sim/views/packing.py.

Onward.unpacked = function (text) {
  const bytes = atob(text), values = [];
  let number = 0, scale = 1, sum = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.charCodeAt(i);
    number += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      sum += number % 2 ? -(number + 1) / 2 : number / 2;
      values.push(sum);
      number = 0;
      scale = 1;
    }
  }
  return values;
};

// Value that holds on a day of a list day, value, day, value, ...
Onward.onDay = function (changes, day) {
  let value = 0;
  for (let i = 0; i < changes.length && changes[i] <= day; i += 2) value = changes[i + 1];
  return value;
};

Onward.Run = class {
  constructor(data, run) {
    this.data = data;
    this.label = run.label;
    this.short = run.short || run.label;
    this.zones = run.zones;
    this.crossings = run.states;
    const read = new Map();
    this.list = number => {
      if (!read.has(number)) read.set(number, Onward.unpacked(data.pool[number]));
      return read.get(number);
    };
    this.stocks = data.places.map(() => []);
    for (let i = 0; i < run.stocks.length; i += 3) {
      this.stocks[run.stocks[i]].push([run.stocks[i + 1], this.list(run.stocks[i + 2])]);
    }
    this.flows = run.flows;
    this.series = run.series.map(panel => panel.map(line => line.map(this.list)));
  }

  // People of a place by status on a day that may lie between two: [[status, people], ...].
  people(place, day) {
    const before = Math.floor(day), after = Math.min(before + 1, this.data.n_days - 1), share = day - before;
    return this.stocks[place].map(([status, list]) => [status, list[before] * (1 - share) + list[after] * share]);
  }

  // The ways of a day in a frame: {all, ways: [[origin, destination, people], ...]}.
  ways(frame, day) {
    const list = this.list(this.flows[frame][day]), ways = [];
    for (let i = 1; i + 2 < list.length; i += 3) ways.push([list[i], list[i + 1], list[i + 2]]);
    return {all: list[0] || 0, ways};
  }
};

Onward.dateOf = function (data, day) {
  const [year, month, date] = data.start.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, date + Math.round(day)));
};
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
  'November', 'December'];
Onward.told = function (data, day) {
  const date = Onward.dateOf(data, day);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
};
Onward.month = date => MONTHS[date.getUTCMonth()].slice(0, 3);
Onward.whole = number => Math.round(number).toString().replace(/\B(?=(\d{3})+$)/g, ',');
Onward.short = function (number) {
  const size = Math.abs(number);
  if (size >= 1e6) return `${+(number / 1e6).toFixed(2)} m`;
  return size >= 1e4 ? `${+(number / 1e3).toFixed(0)}k` : Onward.whole(number);
};

Onward.element = function (name, attributes, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) if (value !== null) made.setAttribute(key, value);
  made.append(...content);
  return made;
};
