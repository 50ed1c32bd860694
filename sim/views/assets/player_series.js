// The time series below the map: a small picture a panel, lines of both runs, published counts, a cursor on the day.

const NS = 'http://www.w3.org/2000/svg';
const WIDE = 320, HIGH = 150, LEFT = 44, RIGHT = 8, TOP = 8, BOTTOM = 22;

function svg(name, attributes) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function roundAbove(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map(step => step * power).find(step => step >= value);
}

Onward.Panel = class {
  constructor(data, index, runs) {
    this.data = data;
    this.about = data.panels[index];
    this.lines = runs.map(run => run.series[index]);
    this.seen = data.observed[index];
    this.runs = runs;
    const tops = this.lines.flat(2).map(list => Math.max(...list));
    this.top = roundAbove(Math.max(...tops, ...this.seen.map(one => one[4] ?? one[2])));
    this.element = Onward.element('figure', {class: 'op-panel'}, this.head(), this.drawn());
  }

  head() {
    return Onward.element('figcaption', {}, Onward.element('strong', {}, this.about.title), ` [${this.about.unit}]`);
  }

  x(day) { return LEFT + (WIDE - LEFT - RIGHT) * day / Math.max(1, this.data.n_days - 1); }
  y(value) { return TOP + (HIGH - TOP - BOTTOM) * (1 - value / this.top); }

  drawn() {
    const label = `${this.about.title} over time [${this.about.unit}]; the text below the map gives the numbers`;
    const picture = svg('svg', {viewBox: `0 0 ${WIDE} ${HIGH}`, role: 'img', 'aria-label': label});
    this.drawAxes(picture);
    this.lines.forEach((lines, run) => lines.forEach((line, i) => this.drawLine(picture, line, run, i)));
    this.seen.forEach(one => this.drawSeen(picture, one));
    this.cursor = svg('line', {class: 'op-cursor', y1: TOP, y2: HIGH - BOTTOM, x1: LEFT, x2: LEFT});
    picture.append(this.cursor);
    return picture;
  }

  drawAxes(picture) {
    for (const share of [0, 0.5, 1]) {
      const y = this.y(share * this.top), text = svg('text', {x: LEFT - 5, y: y + 3.5, 'text-anchor': 'end'});
      text.textContent = Onward.short(share * this.top);
      picture.append(svg('line', {class: 'op-grid', x1: LEFT, x2: WIDE - RIGHT, y1: y, y2: y}), text);
    }
    const last = this.data.n_days - 1, every = Math.max(1, Math.ceil(last / 30.5 / 8));
    let months = 0;
    for (let day = 0; day <= last; day++) {
      const date = Onward.dateOf(this.data, day);
      if (date.getUTCDate() !== 1 || months++ % every || day > last - 12) continue;
      const text = svg('text', {x: this.x(day), y: HIGH - 7});
      text.textContent = Onward.month(date);
      picture.append(svg('line', {class: 'op-grid', x1: this.x(day), x2: this.x(day), y1: HIGH - BOTTOM,
        y2: HIGH - BOTTOM + 4}), text);
    }
  }

  drawLine(picture, [mean, low, high], run, i) {
    const path = list => list.map((value, day) => `${this.x(day).toFixed(1)} ${this.y(value).toFixed(1)}`);
    if (low) {
      const around = [...path(high), ...path(low).reverse()].join('L');
      picture.append(svg('path', {class: `op-band op-run${run}`, d: `M${around}z`}));
    }
    picture.append(svg('path', {class: `op-line op-run${run} op-of${i}`, d: `M${path(mean).join('L')}`}));
  }

  drawSeen(picture, [first, last, value, low, high, use]) {
    const x = this.x((first + last) / 2), y = this.y(value), mark = {class: `op-seen op-${use}`};
    if (last > first) picture.append(svg('line', {...mark, x1: this.x(first), x2: this.x(last), y1: y, y2: y}));
    if (low !== null && high !== null) picture.append(svg('line', {...mark, x1: x, x2: x, y1: this.y(low), y2: this.y(high)}));
    picture.append(svg('circle', {...mark, cx: x, cy: y, r: 2.6}));
  }

  draw(day) {
    const x = this.x(day).toFixed(1);
    this.cursor.setAttribute('x1', x);
    this.cursor.setAttribute('x2', x);
  }

  // What the panel's lines say on a day: [[name, value of each run], ...].
  values(day) {
    return this.about.lines.map((name, i) => [
      name ? `${this.about.title}: ${name}` : this.about.title,
      this.lines.map(lines => lines[i][0][day]),
    ]);
  }
};
